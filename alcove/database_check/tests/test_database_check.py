"""Each invariant is broken by hand, past the guards, and its check says so and where."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection

from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.complete import complete_appointment
from alcove.booking.actions.no_show import mark_no_show, settle_no_shows
from alcove.booking.models import Appointment
from alcove.booking.policies import AttendanceFacts
from alcove.core.models import Event, Job
from alcove.database_check.run import CHECKS, broken
from alcove.live.models import LiveSession, Stay
from alcove.notifications.models import Delivery, PushCopy, PushDevice
from alcove.rooms.models import Invitation, Membership, Room
from tests.cast import NOW, Cast, at, book, book_confirmed

SQLITE_GUARDS = {
    "claims": [
        "DROP TRIGGER time_claim_no_overlap_insert",
        "DROP TRIGGER time_claim_no_overlap_update",
    ],
    "edits": ["DROP TRIGGER credit_entry_no_update", "DROP TRIGGER credit_entry_no_delete"],
    "entries": ["DROP TRIGGER credit_entry_guard"],
    "kinds": ["DROP TRIGGER room_with_partner_stays_couples"],
}
POSTGRES_GUARDS = {
    "claims": ["ALTER TABLE booking_timeclaim DROP CONSTRAINT time_claim_no_overlap"],
    "edits": ["DROP TRIGGER credit_entry_no_change ON billing_creditentry"],
    "entries": ["DROP TRIGGER credit_entry_guard ON billing_creditentry"],
    "kinds": ["DROP TRIGGER room_with_partner_stays_couples ON rooms_room"],
}
GUARDS_BROKEN = "The database has its guards against overlap and edits"


def run(statement: str, *parameters: str | int | dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def drop(guard: str) -> None:
    """Take a guard away, until the test's transaction is rolled back."""
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (POSTGRES_GUARDS if connection.vendor == "postgresql" else SQLITE_GUARDS)[
        guard
    ]:
        run(statement)


def found() -> dict[str, list[str]]:
    """What is broken, apart from the guard that the test itself took away."""
    return {sentence: at for sentence, at in broken(NOW).items() if sentence != GUARDS_BROKEN}


@pytest.fixture
def session(cast: Cast) -> Appointment:
    """A confirmed session of the client, on Wednesday."""
    return book_confirmed(cast.room, at(4, 9))


@pytest.fixture
def cancelled(cast: Cast, session: Appointment) -> Appointment:
    """The same, given up an hour before it at the cost of its credit."""
    return cancel_appointment(
        actor=cast.client,
        code=session.code,
        reason=cast.reason,
        words="",
        agreed="credit",
        now=at(4, 8),
    )


def test_a_clean_database_has_nothing_broken(cast: Cast, session: Appointment) -> None:
    book(cast.couples_room, at(5, 9))
    done = book_confirmed(cast.second_room, at(3, 15))
    complete_appointment(appointment=done, now=at(3, 16))
    assert broken(NOW) == {}


@pytest.mark.parametrize("guard", ["claims", "edits", "entries"])
def test_a_dropped_guard_is_found(cast: Cast, guard: str) -> None:
    drop(guard)
    assert list(broken(NOW)) == [GUARDS_BROKEN]


def test_a_dropped_constraint_is_found(cast: Cast) -> None:
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE booking_timeclaim DROP CONSTRAINT claim_ends_after_start")
    else:
        # SQLite keeps a table's constraints in its text alone.
        run("CREATE TABLE spare AS SELECT * FROM booking_timeclaim")
        run("DROP TABLE booking_timeclaim")
        run("ALTER TABLE spare RENAME TO booking_timeclaim")
    places = broken(NOW)["The database has every constraint of the models"]
    assert "claim_ends_after_start of booking_timeclaim is missing" in places


def test_a_reference_to_nothing_is_found(cast: Cast, session: Appointment) -> None:
    if connection.vendor == "postgresql":
        return  # refused there at every commit, whoever writes
    run("INSERT INTO people_signinlink (person_id, token_hash, expires_at) VALUES (999, 'x', 'y')")
    (place,) = found()["Every reference leads to a row"]
    assert place.endswith("of people_signinlink refers to a row of people_person that is not there")
    run("DELETE FROM people_signinlink")


Break = Callable[[Cast, Appointment], None]


def _overlap(cast: Cast, session: Appointment) -> None:
    drop("claims")
    run(
        "INSERT INTO booking_timeclaim (person_id, starts_at, ends_at, appointment_id)"
        " SELECT person_id, starts_at, ends_at, appointment_id FROM booking_timeclaim"
        " WHERE person_id = %s",
        cast.client.pk,
    )


def _shift_a_claim(cast: Cast, session: Appointment) -> None:
    run(
        "UPDATE booking_timeclaim SET ends_at = %s WHERE person_id = %s",
        at(4, 9, 30),
        cast.client.pk,
    )


def _lose_a_claim(cast: Cast, session: Appointment) -> None:
    run("DELETE FROM booking_timeclaim WHERE person_id = %s", cast.provider.pk)


def _change_the_status(cast: Cast, session: Appointment) -> None:
    run("UPDATE booking_appointment SET status = 'requested' WHERE id = %s", session.pk)


def _invent_an_ending(cast: Cast, session: Appointment) -> None:
    run(
        "INSERT INTO booking_ending (appointment_id, words, cost, cause, ended_at)"
        " VALUES (%s, '', 'free', '', %s)",
        session.pk,
        NOW,
    )


def _lose_a_reservation(cast: Cast, session: Appointment) -> None:
    drop("edits")
    run("DELETE FROM billing_creditentry WHERE kind = 'reserved'")


def _reserve_for_nothing(cast: Cast, session: Appointment) -> None:
    run(
        "INSERT INTO billing_creditentry"
        " (room_id, kind, available, held, lot_id, cause, written_at)"
        " SELECT room_id, kind, available, held, lot_id, 'reserve:NONE:1', written_at"
        " FROM billing_creditentry WHERE kind = 'reserved'"
    )


def _settle_too_soon(cast: Cast, session: Appointment) -> None:
    run(
        "INSERT INTO billing_creditentry"
        " (room_id, kind, available, held, lot_id, cause, written_at)"
        " SELECT room_id, 'spent', 0, -1, lot_id, %s, written_at"
        " FROM billing_creditentry WHERE kind = 'reserved'",
        f"settle:{session.reservation_key}",
    )


def _overdraw(cast: Cast, session: Appointment) -> None:
    drop("edits")
    run(
        "UPDATE billing_creditentry SET available = 1 WHERE kind = 'granted' AND room_id = %s",
        cast.room.pk,
    )
    drop("entries")
    run(
        "INSERT INTO billing_creditentry"
        " (room_id, kind, available, held, lot_id, cause, written_at)"
        " SELECT room_id, 'expired', -1, 0, lot_id, 'expire:test', written_at"
        " FROM billing_creditentry WHERE kind = 'reserved'"
    )


def _take_anothers_lot(cast: Cast, session: Appointment) -> None:
    drop("edits")
    run(
        "UPDATE billing_creditentry SET lot_id = (SELECT id FROM billing_creditentry"
        " WHERE kind = 'granted' AND room_id = %s) WHERE kind = 'reserved'",
        cast.strangers_room.pk,
    )


CLAIMS = "An active session claims the time of each member, buffers for the provider"
LOTS = "No lot of credits is below zero or taken from by another room"
HELD = "A room holds as many credits as it has sessions to settle"
RESERVED = "Each session reserved one credit for each time it had"
SETTLED = "Each reservation is settled once when its time is over or moved, and not before"


@pytest.mark.parametrize(
    ("break_it", "sentences"),
    [
        (_overlap, ["Nobody's time is claimed twice at once", CLAIMS]),
        (_shift_a_claim, [CLAIMS]),
        (_lose_a_claim, [CLAIMS]),
        (_change_the_status, ["Each session's status is the one of its latest event"]),
        (
            _invent_an_ending,
            [
                "A session that ended early, and no other, has an ending",
                "What an ending cost is what the ledger and the fees say",
            ],
        ),
        (_lose_a_reservation, [RESERVED, HELD]),
        (_reserve_for_nothing, [RESERVED, HELD]),
        (_settle_too_soon, [SETTLED, HELD]),
        (_overdraw, [LOTS]),
        (_take_anothers_lot, [LOTS]),
    ],
)
def test_a_breach_is_found_and_named(
    cast: Cast, session: Appointment, break_it: Break, sentences: list[str]
) -> None:
    break_it(cast, session)
    assert list(found()) == sentences


def test_an_ended_session_that_takes_time_is_found(cast: Cast, cancelled: Appointment) -> None:
    assert found() == {}
    run(
        "INSERT INTO booking_timeclaim (person_id, starts_at, ends_at, appointment_id)"
        " VALUES (%s, %s, %s, %s)",
        cast.client.pk,
        cancelled.starts_at,
        cancelled.ends_at,
        cancelled.pk,
    )
    assert found() == {
        "An ended session claims nobody's time": [f"session {cancelled.code}, cancelled"]
    }


def test_an_ending_that_cost_something_else_is_found(cast: Cast, cancelled: Appointment) -> None:
    run("UPDATE booking_ending SET cost = 'fee'")
    assert found() == {
        "What an ending cost is what the ledger and the fees say": [
            f"session {cancelled.code} cost “fee”, not so the ledger",
            f"session {cancelled.code} cost “fee”, not so the late fees",
        ]
    }


@pytest.fixture
def missed(cast: Cast, session: Appointment) -> Appointment:
    """The same, marked as missed; nobody has disputed it yet."""
    alone = AttendanceFacts(True, False, False, dt.timedelta(), False)
    mark_no_show(actor=cast.provider, code=session.code, facts=alone, record={}, now=at(4, 9, 10))
    return session


MISSED = "A missed session has its mark, and costs what the ledger says"


def test_a_missed_session_keeps_its_credit_until_it_is_final(
    cast: Cast, missed: Appointment
) -> None:
    assert found() == {}
    settle_no_shows({}, at(6, 9, 10))
    assert found() == {}


def test_a_missed_session_without_its_mark_is_found(cast: Cast, missed: Appointment) -> None:
    run("DELETE FROM booking_noshow")
    assert found()[MISSED] == [f"session {missed.code}, no_show, has no mark as missed"]


def test_a_mark_of_a_session_that_took_place_is_found(cast: Cast, missed: Appointment) -> None:
    run("UPDATE booking_appointment SET status = 'completed'")
    assert found()[MISSED] == [f"session {missed.code}, completed, has a mark as missed"]


@pytest.mark.parametrize("cost", ["credit", "free", "fee"])
def test_a_mark_settled_without_the_ledger_is_found(
    cast: Cast, missed: Appointment, cost: str
) -> None:
    run("UPDATE booking_noshow SET settled_at = %s, cost = %s", at(6, 9, 10), cost)
    assert found() == {
        SETTLED: [f"reservation {missed.reservation_key} of a session no_show is settled 0 times"],
        MISSED: [f"missed session {missed.code} cost “{cost}”, not so the ledger"],
        HELD: [f"room {cast.room.code} holds 1, needs 0"],
    }


def test_a_room_whose_members_are_others_is_found(cast: Cast) -> None:
    drop("kinds")
    Room.objects.filter(pk=cast.couples_room.pk).update(kind="individual")
    Room.objects.filter(pk=cast.room.pk).update(owner=cast.stranger)
    sentence = "Owner and provider of a room are its members, a partner is in couples rooms only"
    assert dict.fromkeys(found()[sentence], sentence) == {
        f"room {cast.room.code}: its owner is not a member as such": sentence,
        f"room {cast.couples_room.code}: an individual room has a partner": sentence,
    }


def test_an_invitation_that_nobody_could_send_is_found(cast: Cast) -> None:
    sentence = "An open invitation is by the owner of a couples room that has no partner"
    couples, row = cast.couples_room, {"invited_at": NOW, "expires_at": at(9, 9)}
    beside = Invitation.objects.create(
        room=couples, invited_by=cast.client, address="a@b.org", token_hash="1", **row
    )
    alone = Invitation.objects.create(
        room=cast.room, invited_by=cast.client, address="a@b.org", token_hash="2", **row
    )
    assert found() == {sentence: [f"invitation {one.code}" for one in (beside, alone)]}
    alone.delete()
    Membership.objects.filter(room=couples, role="partner").delete()
    assert found() == {}
    Invitation.objects.update(invited_by=cast.provider)
    assert found() == {sentence: [f"invitation {beside.code}"]}


def test_somebody_who_stays_in_a_session_without_being_a_member_is_found(cast: Cast) -> None:
    session = book_confirmed(cast.couples_room, at(4, 9))
    live = LiveSession.objects.create(appointment=session, opened_at=at(4, 9), level="video")
    for person in (cast.partner, cast.stranger):
        Stay.objects.create(
            session=live, person=person, role="partner", epoch="e", device="d",
            joined_at=at(4, 9), seen_at=at(4, 9),
        )  # fmt: skip
    assert found() == {
        "Nobody is in a live session of a room that they are not in": [
            f"person {cast.stranger.pk} in session {session.code}"
        ]
    }


def test_a_second_letter_about_one_event_is_found(cast: Cast, session: Appointment) -> None:
    event = Event.objects.latest("pk")
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ALTER TABLE notifications_delivery DROP CONSTRAINT delivery_once")
    else:
        run("CREATE TABLE spare AS SELECT * FROM notifications_delivery")
        run("DROP TABLE notifications_delivery")
        run("ALTER TABLE spare RENAME TO notifications_delivery")
        # What refers to its rows needs them to be told apart.
        run("CREATE UNIQUE INDEX spare_by_id ON notifications_delivery (id)")
    for number in (1, 2):
        Delivery.objects.create(
            id=number, event=event, person=cast.client, state="sent", subject="s", created_at=NOW
        )
    for number in (3, 4):
        Delivery.objects.create(
            id=number, event=event, address=f"{number}@example.org", subject="s", created_at=NOW
        )
    assert found()["Nobody has two letters about one event"] == [
        f"event {event.pk}, person {cast.client.pk}: 2 by email"
    ]


def test_a_message_on_somebody_elses_device_is_found(cast: Cast) -> None:
    message = Delivery.objects.create(
        person=cast.client, channel="push", subject="You have news", created_at=NOW
    )
    device = PushDevice.objects.create(
        person=cast.partner, endpoint="https://push.example.org/", name="Firefox", added_at=NOW
    )
    PushCopy.objects.create(delivery=message, device=device)

    assert found()["A device shows its own person's messages only"] == [
        f"{message.key} on device {device.pk}"
    ]


def test_jobs_that_fail_are_found(cast: Cast) -> None:
    job = Job.objects.create(kind="a", run_at=NOW, attempts=10, last_error="OSError: away")
    Job.objects.create(kind="b", run_at=NOW, attempts=9)
    given_up = Job.objects.create(kind="c", run_at=NOW, attempts=20, failed_at=NOW)
    assert sorted(found()["No job was given up or fails again and again"]) == [
        f"job {job.pk} (a), failing after 10 attempts: OSError: away",
        f"job {given_up.pk} (c), given up after 20 attempts: ",
    ]


def test_every_check_has_a_sentence_of_its_own() -> None:
    assert len({check.sentence for check in CHECKS}) == len({check.find for check in CHECKS}) == 37

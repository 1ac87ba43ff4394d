"""What the database itself refuses, whatever code runs; the ledger has a file of its own."""

import datetime as dt

import pytest

from alcove.booking.models import Appointment, TimeClaim
from alcove.core.models import Event
from alcove.notifications.models import Delivery
from alcove.people.models import Person
from alcove.rooms.models import Message
from tests.cast import NOW, Cast, at, book, book_confirmed, hold
from tests.untouched import insert, refused_by_the_database, run_sql

OVERLAP = "overlap"


def claim(person: Person, begin: dt.datetime, end: dt.datetime, appointment: Appointment) -> None:
    insert(
        "booking_timeclaim",
        person_id=person.pk,
        starts_at=begin,
        ends_at=end,
        appointment_id=appointment.pk,
    )


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ((9, 0), (9, 45)),
        ((8, 0), (10, 0)),
        ((9, 10), (9, 20)),
        ((8, 30), (9, 1)),
        ((9, 44), (10, 0)),
    ],
)
def test_overlapping_claim_of_one_person_is_refused(
    cast: Cast, begin: tuple[int, int], end: tuple[int, int]
) -> None:
    appointment = book(cast.room, at(4, 9))

    with refused_by_the_database(OVERLAP):
        claim(cast.client, at(4, *begin), at(4, *end), appointment)


def test_claim_that_reaches_into_another_by_a_microsecond_is_refused(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    with refused_by_the_database(OVERLAP):
        claim(cast.client, at(4, 8), at(4, 9) + dt.timedelta(microseconds=1), appointment)


def test_touching_claims_and_those_of_other_people_are_taken(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    claim(cast.client, at(4, 8), at(4, 9), appointment)
    claim(cast.client, at(4, 9, 45), at(4, 10), appointment)
    claim(cast.stranger, at(4, 9), at(4, 9, 45), appointment)

    assert TimeClaim.objects.filter(person=cast.client).count() == 3


@pytest.mark.parametrize("column", ["starts_at", "person_id"])
def test_update_that_makes_claims_overlap_is_refused(cast: Cast, column: str) -> None:
    appointment = book(cast.room, at(4, 9))
    claim(cast.client, at(4, 9, 45), at(4, 10), appointment)
    claim(cast.stranger, at(4, 9), at(4, 9, 45), appointment)
    row = TimeClaim.objects.get(person=cast.client, starts_at=at(4, 9, 45))
    if column == "person_id":
        row = TimeClaim.objects.get(person=cast.stranger)
    value = {"starts_at": at(4, 9, 44), "person_id": cast.client.pk}[column]

    with refused_by_the_database(OVERLAP):
        run_sql(f"UPDATE booking_timeclaim SET {column} = %s WHERE id = %s", value, row.pk)


def test_claim_may_be_updated_within_its_own_time(cast: Cast) -> None:
    book(cast.room, at(4, 9))
    mine = TimeClaim.objects.filter(person=cast.client)

    mine.update(starts_at=at(4, 9, 15))

    assert mine.get().starts_at == at(4, 9, 15)


def test_claim_is_of_an_appointment_or_of_a_hold_that_ends(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    kept = hold(cast.room, at(4, 11))
    span = {"person_id": cast.stranger.pk, "starts_at": at(5, 9), "ends_at": at(5, 10)}

    for wrong in (
        {},
        {"expires_at": NOW},
        {"hold_id": kept.pk},
        {"appointment_id": appointment.pk, "expires_at": NOW},
        {"appointment_id": appointment.pk, "hold_id": kept.pk, "expires_at": NOW},
    ):
        with refused_by_the_database("claim_of_appointment_or_hold"):
            insert("booking_timeclaim", **span, **wrong)
    insert("booking_timeclaim", **span, hold_id=kept.pk, expires_at=NOW)


@pytest.mark.parametrize("table", ["booking_timeclaim", "booking_appointment", "booking_slothold"])
def test_nothing_ends_before_it_starts(cast: Cast, table: str) -> None:
    book(cast.room, at(4, 9))
    hold(cast.room, at(4, 11))

    with refused_by_the_database("ends_after_start"):
        run_sql(f"UPDATE {table} SET ends_at = starts_at")


def test_unknown_status_is_refused(cast: Cast) -> None:
    book(cast.room, at(4, 9))

    with refused_by_the_database("appointment_status_known"):
        run_sql("UPDATE booking_appointment SET status = 'pending'")


def test_practice_is_one_row(cast: Cast) -> None:
    with refused_by_the_database("practice_is_one_row"):
        run_sql("UPDATE people_practice SET id = 2")
    with refused_by_the_database("(?i)unique"):
        run_sql("INSERT INTO people_practice SELECT * FROM people_practice")


def test_room_has_two_people(cast: Cast) -> None:
    with refused_by_the_database("room_has_two_people"):
        run_sql("UPDATE rooms_room SET owner_id = provider_id WHERE id = %s", cast.room.pk)


@pytest.mark.parametrize(("who", "role"), [("client", "provider"), ("stranger", "owner")])
def test_person_and_role_are_in_a_room_once(cast: Cast, who: str, role: str) -> None:
    if role == "provider":
        run_sql("DELETE FROM rooms_membership WHERE person_id = %s", cast.provider.pk)
    with refused_by_the_database("(?i)unique"):
        insert(
            "rooms_membership",
            room_id=cast.room.pk,
            person_id=getattr(cast, who).pk,
            role=role,
            joined_at=NOW,
            read_up_to=0,
        )


def test_email_address_is_kept_in_lower_case(cast: Cast) -> None:
    with refused_by_the_database("person_email_lower"):
        run_sql("UPDATE people_person SET email = 'Cora@example.org' WHERE id = %s", cast.client.pk)


def make_events() -> tuple[Event, Event]:
    return (
        Event.objects.create(kind="k", subject="s", actor="a", happened_at=NOW),
        Event.objects.create(kind="k", subject="s", actor="a", happened_at=NOW),
    )


def test_event_leaves_one_card(cast: Cast) -> None:
    event, other = make_events()
    for one in (event, other):
        Message.objects.create(room=cast.room, kind="card", event=one, written_at=NOW)

    with refused_by_the_database("(?i)unique"):
        run_sql("UPDATE rooms_message SET event_id = %s", event.pk)


def test_event_is_delivered_to_a_person_once_by_each_channel(cast: Cast) -> None:
    event, other = make_events()
    for one, person in ((event, cast.client), (event, cast.partner), (other, cast.client)):
        Delivery.objects.create(
            event=one, person=person, address=person.email, subject="s", text="t", created_at=NOW
        )

    with refused_by_the_database("(?i)unique"):
        run_sql("UPDATE notifications_delivery SET event_id = %s", event.pk)
    with refused_by_the_database("(?i)unique"):
        run_sql("UPDATE notifications_delivery SET person_id = %s", cast.client.pk)


def test_event_is_delivered_once_to_an_address_without_a_person(cast: Cast) -> None:
    event, _other = make_events()
    for address in ("a@example.org", "b@example.org"):
        Delivery.objects.create(event=event, address=address, subject="s", created_at=NOW)

    with refused_by_the_database("(?i)unique"):
        run_sql("UPDATE notifications_delivery SET address = 'a@example.org'")


def test_one_kind_of_news_is_switched_off_once_for_each_channel(cast: Cast) -> None:
    columns = {"person_id": cast.client.pk, "kind": "bookings"}
    insert("notifications_switchedoff", **columns, channel="email")
    insert("notifications_switchedoff", **columns, channel="push")

    with refused_by_the_database("(?i)unique"):
        insert("notifications_switchedoff", **columns, channel="email")
    with refused_by_the_database("switched_off_known"):
        insert("notifications_switchedoff", **columns, channel="pigeon")


def test_idempotency_key_of_one_owner_exists_once(db: None) -> None:
    columns = {"key": "k", "answer": "", "created_at": NOW}
    insert("core_idempotencykey", owner="person:1", **columns)

    with refused_by_the_database("(?i)unique"):
        insert("core_idempotencykey", owner="person:1", **columns)
    insert("core_idempotencykey", owner="person:2", **columns)


def test_second_reminder_of_one_start_for_one_lead_is_refused(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    def remind(person: Person, start: dt.datetime, lead: int) -> None:
        event = Event.objects.create(kind="test", subject="x", actor="system", happened_at=NOW)
        insert(
            "notifications_reminder",
            appointment_id=appointment.pk,
            person_id=person.pk,
            starts_at=start,
            lead_minutes=lead,
            event_id=event.pk,
        )

    remind(cast.client, at(4, 9), 60)
    # Another person, another start and another lead are reminders of their own.
    remind(cast.provider, at(4, 9), 60)
    remind(cast.client, at(4, 10), 60)
    remind(cast.client, at(4, 9), 1440)
    with refused_by_the_database("reminder"):
        remind(cast.client, at(4, 9), 60)

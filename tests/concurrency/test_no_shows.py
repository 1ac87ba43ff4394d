"""Several people settle one missed session at once: one wins, and it costs once."""

import datetime as dt
from functools import partial

import pytest

from tests.concurrency.clients import Answer, Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.databases import Database
from tests.concurrency.facts import credits_of, ledger_of, state_of, told

pytestmark = pytest.mark.race

ROUNDS = 5
BEGAN_AGO = dt.timedelta(minutes=20)


@pytest.fixture(scope="module")
def staff(practice: Practice) -> Browser:
    """Somebody who decides disputes; nobody whose sessions these are."""
    visitor = practice.world.second_provider
    practice.database.change(
        f"UPDATE people_person SET is_staff = TRUE WHERE name = '{visitor.name}'"
    )
    return practice.browser(visitor)


def stored(database: Database, instant: dt.datetime) -> str:
    """An instant as a literal of the database at hand."""
    text = f"{instant:%Y-%m-%d %H:%M:%S}"
    return f"'{text}+00'" if database.url else f"'{text}'"


def waited_for(practice: Practice, client: Browser) -> str:
    """A session that has begun, and to which only its provider has come."""
    code = client.booked(practice.new_time())
    assert practice.provider.confirm(code).status == 302
    database, now = practice.database, dt.datetime.now(dt.UTC)
    began = stored(database, now - BEGAN_AGO)
    ends = stored(database, now + BEGAN_AGO)
    this = f"FROM booking_appointment WHERE code = '{code}'"
    database.change(
        f"UPDATE booking_appointment SET starts_at = {began}, ends_at = {ends}"
        f" WHERE code = '{code}'"
    )
    database.change(
        "INSERT INTO live_livesession (appointment_id, level, opened_at)"
        f" SELECT id, 'video', {began} {this}"
    )
    database.change(
        "INSERT INTO live_stay (session_id, person_id, role, epoch, device, joined_at, seen_at,"
        " left_at, socket, sends_audio, sends_video, sends_screen)"
        f" SELECT session.id, provider_id, 'provider', 'page', 'page', {began}, {ends}, {ends},"
        " '', FALSE, FALSE, FALSE FROM live_livesession session JOIN booking_appointment"
        f" ON booking_appointment.id = session.appointment_id WHERE code = '{code}'"
    )
    return code


def mark(practice: Practice, code: str) -> Answer:
    """The provider's mark."""
    return practice.provider.post(f"/live/{code}/missed/")


def dispute(client: Browser, code: str) -> Answer:
    """The client's word against it."""
    return client.post(f"/live/{code}/dispute/", words="I was there")


def decide(staff: Browser, code: str, verdict: str) -> Answer:
    """The word of the practice."""
    return staff.post(f"/staff/disputes/{code}/", verdict=verdict, words="By the record")


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_marking_many_times_at_once_marks_once(practice: Practice) -> None:
    for client in practice.clients[:ROUNDS]:
        code = waited_for(practice, client)

        answers = together([partial(mark, practice, code)] * 4)

        assert statuses(answers) == [302, 409, 409, 409]
        assert told(practice.database, code) == ["requested", "confirmed", "no_show"]
        assert state_of(practice.database, code).status == "no_show"
        assert ledger_of(practice.database, code) == ["reserved"]


def test_two_verdicts_at_once_settle_it_by_one_of_them(practice: Practice, staff: Browser) -> None:
    for client in practice.clients[ROUNDS : 2 * ROUNDS]:
        before = credits_of(practice.database, client.visitor.rooms[0])
        code = waited_for(practice, client)
        assert mark(practice, code).status == 302
        disputed = together([partial(dispute, client, code)] * 2)

        answers = together(
            [partial(decide, staff, code, "stands"), partial(decide, staff, code, "waived")]
        )

        assert (statuses(disputed), statuses(answers)) == ([302, 409], [302, 409])
        kept = answers[1].status == 302
        assert ledger_of(practice.database, code) == [
            "reserved",
            "released" if kept else "forfeited",
        ]
        after = credits_of(practice.database, client.visitor.rooms[0])
        assert after.held == before.held
        assert after.available == before.available - (0 if kept else 1)
        assert told(practice.database, code)[3:] == ["no_show.disputed", "no_show.decided"]
        shown = practice.database.value(
            "SELECT verdict FROM booking_noshow no_show JOIN booking_appointment session"
            f" ON session.id = no_show.appointment_id WHERE session.code = '{code}'"
        )
        assert shown == ("waived" if kept else "stands")


def test_a_dispute_and_several_workers_at_once_end_in_one_of_both(practice: Practice) -> None:
    clients = practice.clients[2 * ROUNDS : 4 * ROUNDS]
    codes = [waited_for(practice, client) for client in clients]
    for code in codes:
        assert mark(practice, code).status == 302

    def settle() -> None:
        done = practice.database.run("tests.concurrency.settle_no_shows")
        assert done.returncode == 0, done.stderr

    def dispute_all() -> None:
        for client, code in zip(clients, codes, strict=True):
            assert dispute(client, code).status in {302, 409}

    together([settle, dispute_all])
    settle()

    for code in codes:
        [(disputed_at, settled_at)] = practice.database.rows(
            "SELECT disputed_at, settled_at FROM booking_noshow no_show JOIN booking_appointment"
            f" session ON session.id = no_show.appointment_id WHERE session.code = '{code}'"
        )
        assert (disputed_at is None) != (settled_at is None)
        last = "no_show.final" if settled_at else "no_show.disputed"
        assert told(practice.database, code)[3:] == [last]
        paid = ["forfeited"] if settled_at else []
        assert ledger_of(practice.database, code) == ["reserved", *paid]

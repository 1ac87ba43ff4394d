"""Staff act for a client while somebody else acts too: the same guards, one winner, one record."""

import datetime as dt
from functools import partial

import pytest

from tests.concurrency.clients import Answer, Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import ledger_of, overlaps, sessions_at, state_of, told
from tests.concurrency.test_audit import make_staff
from tests.concurrency.world import LENGTH_MINUTES

pytestmark = pytest.mark.race

ROUNDS = 5
WHY = "Asked by phone"


def hold_for(staff: Browser, room: str, starts_at: dt.datetime) -> Answer:
    """Staff choose a time for the client of a room."""
    return staff.post(
        f"/staff/rooms/{room}/book/time/"
        f"?modality=video&length={LENGTH_MINUTES}&day={starts_at.date()}",
        modality="video",
        length=str(LENGTH_MINUTES),
        starts_at=starts_at.isoformat(),
    )


def cancel_for(staff: Browser, code: str) -> Answer:
    """Staff cancel for the client."""
    return staff.post(f"/staff/sessions/{code}/cancel/", reason=WHY, agreed="free")


def acts_on(practice: Practice, code: str) -> int:
    """How many acts of staff on this session are on record."""
    return int(
        practice.database.value(
            "SELECT COUNT(*) FROM core_auditrow WHERE act <> 'looked'"
            f" AND subject = 'appointment:{code}'"
        )
    )


def test_staff_and_another_client_who_want_one_time_get_it_once(practice: Practice) -> None:
    staff = make_staff(practice)
    for number in range(ROUNDS):
        mine, other = practice.clients[2 * number : 2 * number + 2]
        slot = practice.new_time()

        answers = together(
            [partial(hold_for, staff, mine.visitor.rooms[0], slot), partial(other.hold, slot)]
        )

        assert sorted(answer.status for answer in answers) == [302, 409]
        assert overlaps(practice.database) == []


def test_two_clicks_of_staff_book_once_and_are_on_record_once(practice: Practice) -> None:
    staff = make_staff(practice)
    for number in range(ROUNDS):
        room = practice.clients[20 + number].visitor.rooms[0]
        slot = practice.new_time()
        held = hold_for(staff, room, slot)
        assert held.status == 302, held.words

        answers = together([partial(staff.post, held.leads_to, reason=WHY)] * 4)

        [code] = sessions_at(practice.database, slot)
        assert {(answer.status, answer.code) for answer in answers} == {(302, code)}
        assert (told(practice.database, code), acts_on(practice, code)) == (["requested"], 1)
        assert ledger_of(practice.database, code) == ["reserved"]


def test_staff_and_client_who_cancel_at_once_cancel_once(practice: Practice) -> None:
    staff = make_staff(practice)
    for client in practice.clients[30 : 30 + ROUNDS]:
        code = client.booked(practice.new_time())

        answers = together(
            [
                partial(cancel_for, staff, code),
                partial(client.cancel, code, reason=practice.world.reason),
            ]
        )

        assert sorted(answer.status for answer in answers) == [302, 409]
        assert told(practice.database, code) == ["requested", "cancelled"]
        assert ledger_of(practice.database, code) == ["reserved", "released"]
        # On record exactly where it was staff who did it.
        assert acts_on(practice, code) == int(answers[0].status == 302)
        assert state_of(practice.database, code).status == "cancelled"

"""The same request sent again, at once and later: one effect, the same answer."""

import uuid
from functools import partial

import pytest

from tests.concurrency.clients import together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import ledger_of, sessions_at, told

pytestmark = pytest.mark.race

TIMES = 10


def test_booking_with_one_key_ten_times_at_once_books_once_and_answers_the_same(
    practice: Practice,
) -> None:
    for client in practice.clients[:3]:
        slot, key = practice.new_time(), uuid.uuid4().hex
        hold = client.hold(slot).code

        answers = together([partial(client.book, hold, key=key)] * TIMES)
        late = client.book(hold, key=key)

        [code] = sessions_at(practice.database, slot)
        assert {(answer.status, answer.code) for answer in [*answers, late]} == {(302, code)}
        assert told(practice.database, code) == ["requested"]
        assert ledger_of(practice.database, code) == ["reserved"]


def test_double_click_with_different_keys_books_once_and_leads_to_that_session(
    practice: Practice,
) -> None:
    for client in practice.clients[3:6]:
        slot = practice.new_time()
        hold = client.hold(slot).code

        answers = together([partial(client.book, hold)] * 4)

        [code] = sessions_at(practice.database, slot)
        assert {(answer.status, answer.code) for answer in answers} == {(302, code)}
        assert told(practice.database, code) == ["requested"]
        assert ledger_of(practice.database, code) == ["reserved"]


def test_cancelling_with_one_key_ten_times_at_once_cancels_once_and_answers_the_same(
    practice: Practice,
) -> None:
    for client in practice.clients[:3]:
        code, key = client.booked(practice.new_time()), uuid.uuid4().hex

        answers = together(
            [partial(client.cancel, code, reason=practice.world.reason, key=key)] * TIMES
        )

        assert {(answer.status, answer.leads_to) for answer in answers} == {
            (302, f"/schedule/{code}/")
        }
        assert told(practice.database, code) == ["requested", "cancelled"]


def test_moving_with_one_key_ten_times_at_once_moves_once_and_answers_the_same(
    practice: Practice,
) -> None:
    for client in practice.clients[:3]:
        code, key = client.booked(practice.new_time()), uuid.uuid4().hex
        new = practice.new_time()
        hold = client.hold_to_move(code, new).code

        answers = together([partial(client.move, hold, key=key)] * TIMES)

        assert {(answer.status, answer.code) for answer in answers} == {(302, code)}
        assert told(practice.database, code) == ["requested", "rescheduled"]
        assert sessions_at(practice.database, new) == [code]


def test_choosing_one_time_in_two_tabs_at_once_is_one_hold(practice: Practice) -> None:
    for client in practice.clients[6:9]:
        slot = practice.new_time()

        answers = together([partial(client.hold, slot)] * 4)

        assert {answer.status for answer in answers} == {302}
        assert len({answer.code for answer in answers}) == 1

"""Moves race with moves, bookings and cancellations; who loses keeps what they had."""

import datetime as dt
from functools import partial

import pytest

from tests.concurrency.clients import TAKEN, Answer, Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import (
    Credits,
    credits_of,
    ledger_of,
    overlaps,
    sessions_at,
    state_of,
    told,
)

pytestmark = pytest.mark.race

ROUNDS = 5
# Somebody was first, the time is not kept any more, or no credit is left.
REFUSED = {404, 409}


def book(client: Browser, starts_at: dt.datetime, *, room: int = 0) -> Answer:
    """Choose and book; the first refusal where there is one."""
    held = client.hold(starts_at, room=room)
    return client.book(held.code) if held.status == 302 else held


def move(client: Browser, code: str, starts_at: dt.datetime, *, agreed: str = "free") -> Answer:
    """Choose another time and confirm it; the first refusal where there is one."""
    held = client.hold_to_move(code, starts_at)
    return client.move(held.code, agreed=agreed) if held.status == 302 else held


def test_two_clients_who_want_each_others_times_both_keep_their_own(practice: Practice) -> None:
    for number in range(ROUNDS):
        clients = practice.clients[2 * number : 2 * number + 2]
        times = [practice.new_time(), practice.new_time()]
        codes = [client.booked(time) for client, time in zip(clients, times, strict=True)]

        answers = together(
            [
                partial(clients[0].hold_to_move, codes[0], times[1]),
                partial(clients[1].hold_to_move, codes[1], times[0]),
            ]
        )

        assert [answer.status for answer in answers] == [409, 409]
        assert all(TAKEN in answer.page for answer in answers)
        assert [sessions_at(practice.database, time) for time in times] == [[codes[0]], [codes[1]]]


def test_two_clients_moving_to_the_same_free_time_at_once_leave_the_losers_untouched(
    practice: Practice,
) -> None:
    for number in range(ROUNDS):
        clients = practice.clients[2 * number : 2 * number + 2]
        times = [practice.new_time(), practice.new_time()]
        free = practice.new_time()
        codes = [client.booked(time) for client, time in zip(clients, times, strict=True)]

        answers = together(
            [partial(move, client, code, free) for client, code in zip(clients, codes, strict=True)]
        )

        statuses = [answer.status for answer in answers]
        assert sorted(statuses) == [302, 409]
        winner = statuses.index(302)
        loser = 1 - winner
        assert sessions_at(practice.database, free) == [codes[winner]]
        assert sessions_at(practice.database, times[loser]) == [codes[loser]]
        assert told(practice.database, codes[winner]) == ["requested", "rescheduled"]
        assert told(practice.database, codes[loser]) == ["requested"]
        assert ledger_of(practice.database, codes[winner]) == ["reserved", "released", "reserved"]
        assert ledger_of(practice.database, codes[loser]) == ["reserved"]
    assert overlaps(practice.database) == []


def test_time_that_is_being_left_goes_to_at_most_one_other(practice: Practice) -> None:
    for number in range(ROUNDS):
        mover, *others = practice.clients[number : number + 9]
        former, new = practice.new_time(), practice.new_time()
        code = mover.booked(former)
        held = mover.hold_to_move(code, new)

        moved, *holds = together(
            [partial(mover.move, held.code), *(partial(other.hold, former) for other in others)]
        )

        assert moved.status == 302
        assert [answer.status for answer in holds].count(302) <= 1
        assert {answer.status for answer in holds} <= {302, 409}
        assert sessions_at(practice.database, new) == [code]
    assert overlaps(practice.database) == []


def test_moving_and_cancelling_at_once_ends_in_a_state_that_both_acts_explain(
    practice: Practice,
) -> None:
    for number in range(ROUNDS):
        client = practice.clients[number]
        before = credits_of(practice.database, client.visitor.rooms[0])
        code = client.booked(practice.new_time())
        held = client.hold_to_move(code, practice.new_time())

        moved, cancelled = together(
            [
                partial(client.move, held.code),
                partial(client.cancel, code, reason=practice.world.reason),
            ]
        )

        events = told(practice.database, code)
        status = state_of(practice.database, code).status
        after = credits_of(practice.database, client.visitor.rooms[0])
        if cancelled.status == 302:
            # Cancelled before the move or after it.
            assert moved.status in {302, 409}
            rescheduled = ["rescheduled"] if moved.status == 302 else []
            assert events == ["requested", *rescheduled, "cancelled"]
            assert status == "cancelled"
            assert after == before
        else:
            assert (moved.status, cancelled.status) == (302, 409)
            assert events == ["requested", "rescheduled"]
            assert status == "requested"
            assert (after.available, after.held) == (before.available - 1, before.held + 1)
    assert overlaps(practice.database) == []


def test_last_credit_is_used_once_when_two_devices_book_at_once(practice: Practice) -> None:
    poor = practice.browser(practice.world.poor)
    room = practice.world.poor.rooms[0]
    for _round in range(ROUNDS):
        times = [practice.new_time(), practice.new_time()]

        answers = together([partial(book, poor, time) for time in times])

        won = [answer.code for answer in answers if answer.status == 302]
        assert {answer.status for answer in answers} <= REFUSED | {302}
        assert len(won) <= 1
        credits = credits_of(practice.database, room)
        assert (credits.available, credits.held) == (1 - len(won), len(won))
        for code in won:
            assert poor.cancel(code, reason=practice.world.reason).status == 302
        assert credits_of(practice.database, room).available == 1


def test_last_credit_is_used_once_when_a_late_move_races_with_a_booking(
    practice: Practice,
) -> None:
    """The move forfeits the credit of the old time and needs another one for the new."""
    poor = practice.browser(practice.world.poor)
    room = practice.world.poor.rooms[1]
    code = poor.booked(practice.new_near_time(), room=1)
    assert practice.browser(practice.world.second_provider).confirm(code).status == 302
    assert credits_of(practice.database, room) == Credits(available=1, held=1)
    won = []
    for _round in range(ROUNDS):
        answers = together(
            [
                partial(move, poor, code, practice.new_time(), agreed="credit"),
                partial(book, poor, practice.new_time(), room=1),
            ]
        )
        assert {answer.status for answer in answers} <= REFUSED | {302}
        won += [answer.code for answer in answers if answer.status == 302]

    assert len(won) == 1
    held = 1 if won == [code] else 2
    assert credits_of(practice.database, room) == Credits(available=0, held=held)

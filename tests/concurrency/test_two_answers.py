"""Two people settle one appointment at once: one wins, the other is told."""

import datetime as dt
from functools import partial

import pytest

from tests.concurrency.clients import Answer, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import (
    credits_of,
    endings_of,
    ledger_of,
    overlaps,
    state_of,
    told,
)

pytestmark = pytest.mark.race

ROUNDS = 20


def statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_confirming_twice_at_once_confirms_once(practice: Practice) -> None:
    for number in range(6):
        code = practice.clients[number].booked(practice.new_time())

        answers = together([partial(practice.provider.confirm, code)] * 4)

        assert statuses(answers) == [302, 409, 409, 409]
        assert told(practice.database, code) == ["requested", "confirmed"]
        assert state_of(practice.database, code).status == "confirmed"


def test_two_requests_confirmed_at_once_are_both_confirmed_once(practice: Practice) -> None:
    codes = [client.booked(practice.new_time()) for client in practice.clients[:8]]

    answers = together([partial(practice.provider.confirm, code) for code in codes])

    assert statuses(answers) == [302] * 8
    assert [told(practice.database, code) for code in codes] == [["requested", "confirmed"]] * 8


def test_confirming_and_declining_at_once_does_one_of_them(practice: Practice) -> None:
    for number in range(6):
        client = practice.clients[number]
        before = credits_of(practice.database, client.visitor.rooms[0])
        code = client.booked(practice.new_time())

        answers = together(
            [partial(practice.provider.confirm, code), partial(practice.provider.decline, code)]
        )

        assert statuses(answers) == [302, 409]
        won = "confirmed" if answers[0].status == 302 else "declined"
        assert state_of(practice.database, code).status == won
        assert told(practice.database, code) == ["requested", won]
        credits = credits_of(practice.database, client.visitor.rooms[0])
        kept = 1 if won == "confirmed" else 0
        assert credits.available == before.available - kept
        assert credits.held == before.held + kept


def test_cancelling_and_confirming_at_once_does_one_of_them_and_settles_once(
    practice: Practice,
) -> None:
    """So near its start that a cancellation costs nothing before the yes, and a credit after."""
    for number in range(ROUNDS):
        client = practice.clients[number]
        room = client.visitor.rooms[0]
        before = credits_of(practice.database, room)
        code = client.booked(practice.new_near_time())

        confirmed, cancelled = together(
            [
                partial(practice.provider.confirm, code),
                partial(client.cancel, code, reason=practice.world.reason),
            ]
        )

        assert statuses([confirmed, cancelled]) == [302, 409]
        credits = credits_of(practice.database, room)
        if cancelled.status == 302:
            assert state_of(practice.database, code).status == "cancelled"
            assert told(practice.database, code) == ["requested", "cancelled"]
            assert ledger_of(practice.database, code) == ["reserved", "released"]
            assert endings_of(practice.database, code) == 1
            assert (credits.available, credits.held) == (before.available, before.held)
        else:
            assert state_of(practice.database, code).status == "confirmed"
            assert told(practice.database, code) == ["requested", "confirmed"]
            assert ledger_of(practice.database, code) == ["reserved"]
            assert endings_of(practice.database, code) == 0
            assert (credits.available, credits.held) == (before.available - 1, before.held + 1)


def test_both_sides_cancelling_at_once_end_and_settle_once(practice: Practice) -> None:
    for number in range(6):
        client = practice.clients[number]
        code = client.booked(practice.new_time())
        reason = practice.world.reason

        answers = together(
            [
                partial(client.cancel, code, reason=reason),
                partial(client.cancel, code, reason=reason),
                partial(practice.provider.cancel, code, reason=reason),
            ]
        )

        assert statuses(answers) == [302, 409, 409]
        assert told(practice.database, code) == ["requested", "cancelled"]
        assert ledger_of(practice.database, code) == ["reserved", "released"]
        assert endings_of(practice.database, code) == 1


def test_freed_time_taken_by_two_at_once_gives_the_lost_credit_back_once(
    practice: Practice,
) -> None:
    loser, *takers = practice.clients[ROUNDS : ROUNDS + 3]
    provider = practice.browser(practice.world.second_provider)
    start = practice.new_near_time()
    lost = loser.booked(start, room=1)
    assert provider.confirm(lost).status == 302
    assert loser.cancel(lost, reason=practice.world.reason, agreed="credit").status == 302
    halves = [start - dt.timedelta(minutes=30), start + dt.timedelta(minutes=30)]
    codes = [taker.booked(half, room=1) for taker, half in zip(takers, halves, strict=True)]

    answers = together([partial(provider.confirm, code) for code in codes])

    assert statuses(answers) == [302, 302]
    assert ledger_of(practice.database, lost) == ["reserved", "forfeited", "restored"]
    assert told(practice.database, lost) == [
        "requested",
        "confirmed",
        "cancelled",
        "credit.restored",
    ]
    assert overlaps(practice.database) == []

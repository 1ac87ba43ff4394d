"""Several answers to one offer of times, and several offers of one time: one wins each time."""

import datetime as dt
import uuid
from functools import partial

import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import (
    claims_over,
    credits_of,
    exchange_state,
    overlaps,
    sessions_at,
    steps_of,
    told,
)

pytestmark = pytest.mark.race

ROUNDS = 5
HOUR = dt.timedelta(hours=1)


def offered(practice: Practice, client: Browser, *starts: dt.datetime) -> str:
    """The code of an offer of these times to the client's first room."""
    answer = practice.provider.offer(client.visitor.rooms[0], *starts)
    assert answer.status == 302, answer.words
    return answer.code


def test_two_times_of_one_offer_taken_at_once_are_one_session(practice: Practice) -> None:
    for client in practice.clients[:ROUNDS]:
        first, second = practice.new_time(), practice.new_time()
        code = offered(practice, client, first, second)
        before = credits_of(practice.database, client.visitor.rooms[0])

        answers = together([partial(client.accept, code, start) for start in (first, second)] * 2)

        taken = sessions_at(practice.database, first) + sessions_at(practice.database, second)
        [session] = taken
        won = [answer for answer in answers if answer.status == 302]
        # The same time taken twice is the same session; the other time is told that it is over.
        assert {answer.code for answer in won} == {session}
        assert {answer.status for answer in answers if answer not in won} == {409}
        assert exchange_state(practice.database, code) == "accepted"
        after = credits_of(practice.database, client.visitor.rooms[0])
        assert (after.available, after.held) == (before.available - 1, before.held + 1)
        assert told(practice.database, session) == ["confirmed"]
        other = second if sessions_at(practice.database, first) else first
        assert claims_over(practice.database, other, other + HOUR) == 0
    assert overlaps(practice.database) == []


def test_taking_refusing_and_withdrawing_at_once_does_one_of_them(practice: Practice) -> None:
    for client in practice.clients[10 : 10 + ROUNDS]:
        start = practice.new_time()
        code = offered(practice, client, start)

        answers = together(
            [
                partial(client.accept, code, start),
                partial(client.exchange, code, "refuse"),
                partial(practice.provider.exchange, code, "take_back"),
            ]
        )

        assert sorted(answer.status for answer in answers) == [302, 409, 409]
        state = exchange_state(practice.database, code)
        assert (
            state
            == ["accepted", "declined", "withdrawn"][
                [answer.status for answer in answers].index(302)
            ]
        )
        assert len(steps_of(practice.database, code)) == 2
        assert len(sessions_at(practice.database, start)) == (state == "accepted")


def test_one_time_offered_to_many_rooms_at_once_is_offered_to_one(practice: Practice) -> None:
    clients = practice.clients[20:30]
    start = practice.new_time()

    answers = together(
        [partial(practice.provider.offer, client.visitor.rooms[0], start) for client in clients]
    )

    assert sorted(answer.status for answer in answers) == [302] + [409] * (len(clients) - 1)
    assert claims_over(practice.database, start, start + HOUR) == 2
    assert overlaps(practice.database) == []


def test_offering_in_several_tabs_at_once_is_one_offer(practice: Practice) -> None:
    client, key = practice.clients[40], uuid.uuid4().hex
    room, start = client.visitor.rooms[0], practice.new_time()

    same = together([partial(practice.provider.offer, room, start, key=key)] * 4)

    [code] = {answer.code for answer in same}
    assert {answer.status for answer in same} == {302}
    assert steps_of(practice.database, code) == ["times.offered"]

"""Many clients want the same time; the provider has it once."""

import datetime as dt
import random
from functools import partial
from itertools import pairwise

import pytest

from tests.concurrency.clients import TAKEN, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import claims_over, overlaps, sessions_at
from tests.concurrency.world import (
    LENGTH_MINUTES,
    REST_AFTER_MINUTES,
    REST_BEFORE_MINUTES,
    STEP_MINUTES,
)

pytestmark = pytest.mark.race

ROUNDS = 20
LENGTH = dt.timedelta(minutes=LENGTH_MINUTES)


def test_fifty_clients_choosing_one_slot_at_once_leave_it_with_exactly_one(
    practice: Practice,
) -> None:
    for _ in range(ROUNDS):
        slot = practice.new_time()

        answers = together([partial(client.hold, slot) for client in practice.clients])

        assert sorted(answer.status for answer in answers) == [302] + [409] * 49
        assert all(TAKEN in answer.page for answer in answers if answer.status == 409)
        # One for the client, one for the provider.
        assert claims_over(practice.database, slot, slot + LENGTH) == 2
    assert overlaps(practice.database) == []


def test_fifty_clients_booking_times_that_overlap_never_double_book_the_provider(
    practice: Practice,
) -> None:
    chance = random.Random(1)
    rests = dt.timedelta(minutes=REST_BEFORE_MINUTES + REST_AFTER_MINUTES)
    for _round in range(3):
        opening = practice.new_time()
        wanted = [
            opening + dt.timedelta(minutes=STEP_MINUTES * chance.randrange(8))
            for _client in practice.clients
        ]

        def hold_and_book(number: int, wanted: list[dt.datetime] = wanted) -> dt.datetime | None:
            client, start = practice.clients[number], wanted[number]
            held = client.hold(start)
            if held.status == 409:
                return None
            booked = client.book(held.code)
            assert (held.status, booked.status) == (302, 302), booked.words
            return start

        won = together([partial(hold_and_book, number) for number in range(50)])

        starts = sorted(start for start in won if start)
        gaps = [later - earlier for earlier, later in pairwise(starts)]
        assert starts
        assert all(gap >= LENGTH + rests for gap in gaps)
        for start in starts:
            assert len(sessions_at(practice.database, start)) == 1
    assert overlaps(practice.database) == []


def test_one_client_with_two_providers_cannot_be_in_two_sessions_at_once(
    practice: Practice,
) -> None:
    for number in range(5):
        client, slot = practice.clients[number], practice.new_time()
        later = slot + dt.timedelta(minutes=STEP_MINUTES)

        answers = together([partial(client.hold, slot), partial(client.hold, later, room=1)])

        assert sorted(answer.status for answer in answers) == [302, 409]
    assert overlaps(practice.database) == []

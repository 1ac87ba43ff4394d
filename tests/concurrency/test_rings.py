"""Many clients ring one provider, and several people settle one ring: one wins each time."""

import uuid
from functools import partial

import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import (
    answer_of,
    credits_of,
    ledger_of,
    open_rings,
    overlaps,
    told,
    told_of_ring,
)

pytestmark = pytest.mark.race

RINGERS = 20
# A person may ring six times a minute.
ROUNDS = 5


@pytest.fixture(autouse=True)
def _available(practice: Practice) -> None:
    for provider in (practice.provider, practice.browser(practice.world.second_provider)):
        assert provider.be_available().status == 302


def ringing(client: Browser, *, room: int = 0) -> str:
    """The code of a ring that nobody is in the way of."""
    rung = client.ring(room=room)
    assert rung.status == 302, rung.words
    return rung.code


def test_twenty_clients_ringing_one_provider_at_once_are_one_ring(practice: Practice) -> None:
    ringers = practice.clients[:RINGERS]
    for _ in range(ROUNDS):
        answers = together([partial(client.ring) for client in ringers])

        assert sorted(answer.status for answer in answers) == [302] + [409] * (RINGERS - 1)
        [code] = open_rings(practice.database)
        assert [answer.code for answer in answers if answer.status == 302] == [code]
        assert practice.provider.answer_ring(code, "decline").status == 302
    assert overlaps(practice.database) == []


def test_ringing_in_several_tabs_at_once_is_one_ring(practice: Practice) -> None:
    client, key = practice.clients[RINGERS], uuid.uuid4().hex

    same = together([partial(client.ring, key=key)] * 3 + [partial(client.ring)] * 2)

    [code] = open_rings(practice.database)
    assert {(answer.status, answer.code) for answer in same} == {(302, code)}
    assert told_of_ring(practice.database, code) == ["rung"]
    assert client.withdraw_ring(code).status == 302


def test_declining_and_withdrawing_at_once_does_one_of_them(practice: Practice) -> None:
    for client in practice.clients[30 : 30 + ROUNDS]:
        code = ringing(client)

        declined, withdrawn = together(
            [
                partial(practice.provider.answer_ring, code, "decline"),
                partial(client.withdraw_ring, code),
            ]
        )

        assert sorted([declined.status, withdrawn.status]) == [302, 409]
        won = "declined" if declined.status == 302 else "withdrawn"
        assert answer_of(practice.database, code) == won
        assert told_of_ring(practice.database, code) == ["rung", won]
        assert open_rings(practice.database) == []


def test_accepting_twice_and_declining_and_withdrawing_at_once_settles_once(
    practice: Practice,
) -> None:
    """An accepted ring keeps the provider busy, so each of the two has one round of this."""
    second = practice.browser(practice.world.second_provider)
    for client, provider, room in (
        (practice.clients[40], practice.provider, 0),
        (practice.clients[41], second, 1),
    ):
        before = credits_of(practice.database, client.visitor.rooms[room])
        code = ringing(client, room=room)

        first, again, declined, withdrawn = together(
            [
                partial(provider.answer_ring, code, "accept"),
                partial(provider.answer_ring, code, "accept"),
                partial(provider.answer_ring, code, "decline"),
                partial(client.withdraw_ring, code),
            ]
        )

        won = answer_of(practice.database, code)
        after = credits_of(practice.database, client.visitor.rooms[room])
        assert told_of_ring(practice.database, code) == ["rung", won]
        if won == "accepted":
            session = first.code
            # Each is led to the session, the client's too late withdrawal included.
            assert [first.leads_to, again.leads_to, withdrawn.leads_to] == [f"/live/{session}/"] * 3
            assert declined.status == 409
            assert told(practice.database, session) == ["confirmed"]
            assert ledger_of(practice.database, session) == ["reserved"]
            assert (after.available, after.held) == (before.available - 1, before.held + 1)
        else:
            assert (first.status, again.status) == (409, 409)
            assert after == before
    assert overlaps(practice.database) == []

"""A partner who joins a couples room races with themself, with bookings there and with their own."""

from functools import partial

import pytest

from tests.concurrency.clients import Browser, together
from tests.concurrency.conftest import Practice
from tests.concurrency.facts import members_without_claims, overlaps, partners_of
from tests.concurrency.world import Invited

pytestmark = pytest.mark.race

COUPLES_ROOM = 1


def browsers(practice: Practice, couple: Invited) -> tuple[Browser, Browser]:
    """Of owner and partner."""
    return practice.browser(couple.owner), practice.browser(couple.partner)


def test_joining_by_four_clicks_at_once_is_one_joining(practice: Practice) -> None:
    for couple in practice.world.couples[:2]:
        owner, partner = browsers(practice, couple)
        room = owner.visitor.rooms[COUPLES_ROOM]

        answers = together([partial(partner.post, couple.link)] * 4)

        assert {(one.status, one.leads_to) for one in answers} == {(302, f"/rooms/{room}/")}
        assert partners_of(practice.database, room) == (1, ["partner.invited", "partner.joined"])


def test_joining_while_the_owner_books_claims_the_partners_time(practice: Practice) -> None:
    for couple in practice.world.couples[2:5]:
        owner, partner = browsers(practice, couple)
        slot = practice.new_time()
        hold = owner.hold(slot, room=COUPLES_ROOM).code

        joined, booked = together([partial(partner.post, couple.link), partial(owner.book, hold)])

        assert (joined.status, booked.status) == (302, 302)
        assert members_without_claims(practice.database, booked.code) == 0


def test_time_that_is_chosen_while_the_partner_joins_is_kept_for_them_too(
    practice: Practice,
) -> None:
    for couple in practice.world.couples[5:8]:
        owner, partner = browsers(practice, couple)
        slot = practice.new_time()

        held, joined = together(
            [partial(owner.hold, slot, room=COUPLES_ROOM), partial(partner.post, couple.link)]
        )

        assert (held.status, joined.status) == (302, 302)
        booked = owner.book(held.code)
        assert booked.status == 302
        assert members_without_claims(practice.database, booked.code) == 0


def test_joining_and_choosing_a_time_of_ones_own_at_once_take_it_once(practice: Practice) -> None:
    for couple in practice.world.couples[8:]:
        owner, partner = browsers(practice, couple)
        slot = practice.new_time()
        owner.booked(slot, room=COUPLES_ROOM)

        joined, held = together([partial(partner.post, couple.link), partial(partner.hold, slot)])

        assert sorted([joined.status, held.status]) == [302, 409]
    assert overlaps(practice.database) == []

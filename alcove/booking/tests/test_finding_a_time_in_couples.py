"""What becomes of shared and offered times when a partner joins the room or leaves it."""

import datetime as dt

import pytest

from alcove.booking.access import proposal_for
from alcove.booking.actions.accept_time import accept_time
from alcove.booking.actions.answer_proposal import refuse_times
from alcove.booking.errors import ProposalSettled
from alcove.booking.models import OfferedTime, SlotHold, TimeClaim, TimeProposal, TimeWish
from alcove.booking.tests.test_find_a_time import kinds, offer, wish
from alcove.booking.tests.test_membership import accept, alone, claims  # noqa: F401 - a fixture too
from alcove.core.errors import NotFound
from alcove.rooms.actions.leave_room import leave_room, remove_partner
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at
from tests.couples import partners_own_session, what_is_broken
from tests.untouched import refused

SOON = NOW + dt.timedelta(minutes=1)
State = TimeProposal.State


def state() -> str:
    return TimeProposal.objects.get().state


def starts_held() -> list[tuple[dt.datetime, int]]:
    """The offered starts that are held, and for how many people."""
    holds = SlotHold.objects.filter(purpose="offer").order_by("starts_at")
    return [(hold.starts_at, hold.claims.count()) for hold in holds]


class TestJoining:
    def test_offered_times_are_kept_for_the_newcomer_too(
        self,
        cast: Cast,
        alone: Room,  # noqa: F811
    ) -> None:
        proposal = offer(alone, at(4, 19), at(5, 19))

        accept(cast, alone)

        assert starts_held() == [(at(4, 19), 3), (at(5, 19), 3)]
        booked = accept_time(actor=cast.client, code=proposal.code, starts_at=at(5, 19), now=SOON)
        assert claims(cast.partner) == [(booked.starts_at, booked.ends_at)]
        assert what_is_broken(SOON) == {}

    def test_offer_with_a_time_they_cannot_keep_is_taken_back_to_the_wish(
        self,
        cast: Cast,
        alone: Room,  # noqa: F811
    ) -> None:
        wish(alone)
        partners_own_session(cast, at(5, 15))
        proposal = offer(alone, at(4, 19), at(5, 15))

        accept(cast, alone)

        assert state() == State.OPEN
        assert kinds()[-2:] == ["times.withdrawn", "partner.joined"]
        assert starts_held() == []
        assert claims(cast.partner) == [(at(5, 15), at(5, 15, 30))]
        with refused(ProposalSettled):
            refuse_times(actor=cast.client, code=proposal.code, now=SOON)
        assert what_is_broken(SOON) == {}

    def test_unasked_offer_with_such_a_time_is_over(
        self,
        cast: Cast,
        alone: Room,  # noqa: F811
    ) -> None:
        partners_own_session(cast, at(5, 15))
        offer(alone, at(5, 15))

        accept(cast, alone)

        assert state() == State.WITHDRAWN
        assert not OfferedTime.objects.exclude(hold=None).exists()
        assert what_is_broken(SOON) == {}

    def test_newcomer_sees_the_exchange_that_goes_on_and_none_that_is_over(
        self,
        cast: Cast,
        alone: Room,  # noqa: F811
    ) -> None:
        over = offer(alone, at(4, 19))
        refuse_times(actor=cast.client, code=over.code, now=NOW)
        live = wish(alone)

        accept(cast, alone)

        assert proposal_for(cast.partner, live.code) == live
        with refused(NotFound):
            proposal_for(cast.partner, over.code)
        assert proposal_for(cast.client, over.code) == over


@pytest.mark.parametrize("way", ["leaves", "is removed"])
class TestLeaving:
    def go(self, cast: Cast, way: str) -> None:
        code = cast.couples_room.code
        if way == "leaves":
            leave_room(actor=cast.partner, room_code=code, now=SOON)
        else:
            remove_partner(actor=cast.client, room_code=code, now=SOON)

    def test_offer_stands_for_those_who_stay(self, cast: Cast, way: str) -> None:
        proposal = offer(cast.couples_room, at(4, 19), at(5, 19))

        self.go(cast, way)

        assert starts_held() == [(at(4, 19), 2), (at(5, 19), 2)]
        assert claims(cast.partner) == []
        booked = accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=SOON)
        assert booked.claims.count() == 2
        assert what_is_broken(SOON) == {}

    def test_leavers_times_go_and_the_owners_stay(self, cast: Cast, way: str) -> None:
        room = cast.couples_room
        wish(room)
        wish(room, actor=cast.partner)

        self.go(cast, way)

        assert [one.person for one in TimeWish.objects.all()] == [cast.client]
        assert state() == State.OPEN
        assert kinds()[-2] == "proposal.changed"
        assert what_is_broken(SOON) == {}

    def test_suggestion_that_was_theirs_alone_is_over(self, cast: Cast, way: str) -> None:
        wish(cast.couples_room, actor=cast.partner)

        self.go(cast, way)

        assert not TimeWish.objects.exists()
        assert state() == State.WITHDRAWN
        assert not TimeClaim.objects.exists()
        assert what_is_broken(SOON) == {}

    def test_what_they_marked_in_former_exchanges_goes_too(self, cast: Cast, way: str) -> None:
        room = cast.couples_room
        wish(room, actor=cast.partner)
        proposal = offer(room, at(4, 19))
        accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 19), now=NOW)

        self.go(cast, way)

        assert not TimeWish.objects.exists()
        assert state() == State.ACCEPTED
        assert what_is_broken(SOON) == {}

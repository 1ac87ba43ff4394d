"""What is wrong with a time proposal is found and named."""

import datetime as dt

from alcove.booking.actions.accept_time import accept_time
from alcove.booking.actions.answer_proposal import refuse_times, take_back_times, withdraw_wish
from alcove.booking.actions.settle_proposals import settle_proposals
from alcove.booking.tests.test_find_a_time import offer, wish
from alcove.database_check.run import broken
from tests.cast import NOW, Cast, at, book
from tests.untouched import run_sql


def test_proposals_as_they_should_be_break_nothing(cast: Cast) -> None:
    wish(cast.couples_room, actor=cast.partner)
    wish(cast.couples_room)
    first = offer(cast.couples_room, at(4, 19))
    refuse_times(actor=cast.client, code=first.code, now=NOW)
    offer(cast.couples_room, at(5, 19))
    accept_time(actor=cast.client, code=first.code, starts_at=at(5, 19), now=NOW)
    withdrawn = wish(cast.room)
    withdraw_wish(actor=cast.client, code=withdrawn.code, now=NOW)
    unasked = offer(cast.strangers_room, at(6, 19))
    take_back_times(actor=cast.provider, code=unasked.code, now=NOW)
    request = book(cast.second_room, at(9, 15))
    offer(cast.second_room, at(9, 15, 15), instead_of=request.code)
    assert broken(NOW) == {}

    settle_proposals({}, NOW + dt.timedelta(days=2))
    wish(cast.room, now=NOW + dt.timedelta(days=1))
    settle_proposals({}, NOW + dt.timedelta(days=2))
    assert broken(NOW + dt.timedelta(days=2)) == {}


def test_offered_time_that_lost_a_claim_is_found(cast: Cast) -> None:
    proposal = offer(cast.couples_room, at(4, 9))
    run_sql("DELETE FROM booking_timeclaim WHERE person_id = %s", cast.partner.pk)

    assert broken(NOW) == {
        "An offered time keeps the time of each member of its room": [
            f"proposal {proposal.code}, 2026-03-04 09:00"
        ]
    }


def test_offers_and_holds_that_do_not_belong_together_are_found(cast: Cast) -> None:
    proposal = offer(cast.room, at(4, 9), at(5, 9))
    lost = proposal.offered.all()[0].hold
    assert lost
    run_sql("UPDATE booking_offeredtime SET hold_id = NULL WHERE hold_id = %s", lost.pk)
    assert broken(NOW) == {
        "Held times and offers belong together": [f"hold {lost.code} belongs to no offer"]
    }

    run_sql("DELETE FROM booking_offeredtime")
    run_sql("DELETE FROM booking_timeclaim")
    run_sql("DELETE FROM booking_slothold")
    assert broken(NOW) == {
        "Held times and offers belong together": [f"proposal {proposal.code} offers no time"]
    }


def test_state_that_nobody_was_told_is_found(cast: Cast) -> None:
    proposal = wish(cast.room)
    run_sql("UPDATE booking_timeproposal SET state = 'lapsed', remind_at = NULL")

    assert broken(NOW) == {
        "Each time proposal's state is the one of its latest event": [
            f"proposal {proposal.code} is “lapsed”, its events say “open”"
        ]
    }


def test_proposal_that_waits_too_long_is_found(cast: Cast) -> None:
    proposal = wish(cast.room)

    found = broken(proposal.answer_by + dt.timedelta(minutes=31))

    assert found["A time proposal that nobody answered has lapsed"] == [
        f"proposal {proposal.code} was due at 2026-03-05 09:00"
    ]


def test_session_of_another_room_is_found(cast: Cast) -> None:
    proposal = offer(cast.room, at(4, 9))
    accept_time(actor=cast.client, code=proposal.code, starts_at=at(4, 9), now=NOW)
    other = book(cast.second_room, at(9, 15)).pk
    run_sql("UPDATE booking_timeproposal SET became_id = %s", other)

    assert broken(NOW) == {
        "An accepted time proposal became a session of its own room": [
            f"proposal {proposal.code} became a session of another room"
        ]
    }

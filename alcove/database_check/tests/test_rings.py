"""What is wrong with a ring is found and named."""

import datetime as dt

import pytest

from alcove.availability.actions.become_available import become_available
from alcove.booking.actions.accept_ring import accept_ring
from alcove.booking.actions.decline_ring import decline_ring
from alcove.booking.actions.withdraw_ring import withdraw_ring
from alcove.booking.models import Ring
from alcove.core import jobs
from alcove.database_check.run import broken
from tests.cast import NOW, Cast, ring
from tests.untouched import run_sql


@pytest.fixture
def ringing(cast: Cast) -> Ring:
    """The couple's room rings."""
    become_available(actor=cast.provider, minutes=60, now=NOW)
    return ring(cast.couples_room)


def test_ring_as_it_should_be_breaks_nothing(ringing: Ring) -> None:
    assert broken(NOW) == {}


@pytest.mark.parametrize("seconds", [0, 75, 119])
def test_accepted_ring_breaks_nothing(cast: Cast, ringing: Ring, seconds: int) -> None:
    now = NOW + dt.timedelta(seconds=seconds, milliseconds=900)
    accept_ring(actor=cast.provider, code=ringing.code, now=now)

    assert broken(now) == {}


def test_ring_that_came_to_nothing_breaks_nothing(cast: Cast, ringing: Ring) -> None:
    decline_ring(actor=cast.provider, code=ringing.code, now=NOW)
    withdraw_ring(actor=cast.client, code=ring(cast.room).code, now=NOW)
    lapsing = ring(cast.couples_room)
    jobs.run_due(lapsing.expires_at)

    assert broken(lapsing.expires_at) == {}


def test_ring_that_lost_a_claim_is_found(cast: Cast, ringing: Ring) -> None:
    run_sql("DELETE FROM booking_timeclaim WHERE person_id = %s", cast.partner.pk)

    assert broken(NOW) == {
        "An open ring keeps the time of each member of its room": [f"ring {ringing.code}"]
    }


def test_answer_that_nobody_was_told_is_found(ringing: Ring) -> None:
    run_sql("UPDATE booking_ring SET answer = 'declined', answered_at = %s, hold_id = NULL", NOW)

    assert broken(NOW) == {
        "Each ring's answer is the one of its latest event": [
            f"ring {ringing.code} is “declined”, its events say “”"
        ]
    }


def test_ring_that_never_lapsed_is_found(ringing: Ring) -> None:
    assert broken(ringing.expires_at + dt.timedelta(minutes=10)) == {}
    assert broken(ringing.expires_at + dt.timedelta(minutes=11)) == {
        "A ring that nobody answered has lapsed": [
            f"ring {ringing.code} was over at 2026-03-02 09:02"
        ]
    }


def test_ring_that_became_a_session_of_another_room_is_found(cast: Cast, ringing: Ring) -> None:
    accept_ring(actor=cast.provider, code=ringing.code, now=NOW)
    run_sql("UPDATE booking_ring SET room_id = %s", cast.room.pk)

    assert broken(NOW) == {
        "An accepted ring became a session of its own room": [
            f"ring {ringing.code} became a session of another room"
        ]
    }

"""Requests that nobody answered, and sessions that took place, settle themselves once."""

import datetime as dt

import pytest

from alcove.billing.ledger import Balance, balance
from alcove.booking.actions.complete import (
    HOLDS_KEPT_FOR,
    sweep_holds,
)
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.lapse import lapse_appointment, lapse_requests
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.models import Appointment, Ending, SlotHold, Status, TimeClaim
from alcove.core.models import Event
from tests.cast import CREDITS, NOW, Cast, at, book, book_confirmed, hold, move
from tests.untouched import every_row, refused

SECOND = dt.timedelta(seconds=1)


def statuses() -> list[str]:
    return list(Appointment.objects.order_by("id").values_list("status", flat=True))


def test_request_lapses_at_its_deadline_exactly_once(cast: Cast) -> None:
    appointment = book(cast.room, at(6, 9))
    deadline = appointment.confirm_by
    before = every_row()

    lapse_requests({}, deadline - SECOND)
    assert every_row() == before
    lapse_requests({}, deadline)
    after = every_row()
    lapse_requests({}, deadline + SECOND)

    assert every_row() == after
    assert statuses() == [Status.LAPSED]
    assert balance(cast.room, deadline) == Balance(available=CREDITS, held=0)
    assert (Ending.objects.get().ended_by, Ending.objects.get().cost) == (None, "free")
    event = Event.objects.latest("id")
    assert (event.kind, event.actor, event.data["by"]) == ("appointment.lapsed", "system", "system")
    hold(cast.strangers_room, at(6, 9), now=deadline)


def test_answered_requests_do_not_lapse(cast: Cast) -> None:
    book_confirmed(cast.room, at(6, 9))
    book(cast.room, at(6, 11))

    lapse_requests({}, at(5, 0))

    assert statuses() == [Status.CONFIRMED, Status.LAPSED]


def test_request_moved_meanwhile_does_not_lapse_by_its_former_deadline(cast: Cast) -> None:
    appointment = book(cast.room, at(6, 9))
    stale = Appointment.objects.get(pk=appointment.pk)
    move(appointment, at(6, 11), now=at(3, 8))

    with refused(ChangedMeanwhile):
        lapse_appointment(appointment=stale, now=at(3, 9))
    lapse_requests({}, at(3, 9))
    assert statuses() == [Status.REQUESTED]
    lapse_requests({}, at(4, 8))
    assert statuses() == [Status.LAPSED]


@pytest.mark.parametrize(("age", "left"), [(dt.timedelta(), 1), (SECOND, 0)])
def test_old_holds_are_swept_and_their_appointments_stay(
    cast: Cast, age: dt.timedelta, left: int
) -> None:
    appointment = book(cast.room, at(6, 9))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    ends = SlotHold.objects.get().expires_at

    sweep_holds({}, ends + HOLDS_KEPT_FOR + age)

    assert SlotHold.objects.count() == left
    assert statuses() == [Status.CONFIRMED]
    assert TimeClaim.objects.count() == 2

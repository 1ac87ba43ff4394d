"""The journey through the actions: book, confirm, move, cancel; the ledger at each step."""

import datetime as dt

import pytest

from alcove.billing.ledger import Balance, balance
from alcove.billing.models import CreditEntry
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.hold import hold_slot, hold_slot_to_move
from alcove.booking.actions.request import request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.errors import ConsequenceChanged, SlotTaken
from alcove.booking.models import Status, TimeClaim
from alcove.core.models import Event
from tests.cast import NOW, Cast, at, book, book_confirmed


def kinds(cast: Cast) -> list[str]:
    entries = CreditEntry.objects.filter(room=cast.room).order_by("id")
    return [entry.kind for entry in entries]


def test_journey_from_booking_to_late_cancellation_keeps_the_ledger_true(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    assert appointment.status == Status.REQUESTED
    assert appointment.confirm_by == NOW + dt.timedelta(hours=24)
    assert balance(cast.room, NOW) == Balance(available=3, held=1)

    appointment = confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    assert appointment.status == Status.CONFIRMED

    hold = hold_slot_to_move(
        actor=cast.client, appointment_code=appointment.code, starts_at=at(4, 9, 15), now=NOW
    )
    moved = reschedule_appointment(actor=cast.client, hold_code=hold.code, agreed="free", now=NOW)
    assert (moved.pk, moved.status, moved.starts_at) == (
        appointment.pk,
        Status.REQUESTED,
        at(4, 9, 15),
    )
    assert balance(cast.room, NOW) == Balance(available=3, held=1)
    assert list(
        TimeClaim.objects.filter(person=cast.client).values_list("starts_at", "ends_at")
    ) == [(at(4, 9, 15), at(4, 10))]

    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)
    late = at(3, 12)
    with pytest.raises(ConsequenceChanged):
        cancel_appointment(
            actor=cast.client,
            code=appointment.code,
            reason=cast.reason,
            words="",
            agreed="free",
            now=late,
        )
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="",
        agreed="credit",
        now=late,
    )
    assert balance(cast.room, late) == Balance(available=3, held=0)
    assert kinds(cast) == ["granted", "reserved", "released", "reserved", "forfeited"]
    assert not TimeClaim.objects.exists()
    assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
        "appointment.requested",
        "appointment.confirmed",
        "appointment.rescheduled",
        "appointment.confirmed",
        "appointment.cancelled",
    ]


def test_forfeited_credit_returns_when_somebody_else_takes_the_time(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    cancel_appointment(
        actor=cast.client,
        code=appointment.code,
        reason=cast.reason,
        words="",
        agreed="credit",
        now=NOW + dt.timedelta(minutes=1),
    )
    assert balance(cast.room, NOW).available == 3

    book_confirmed(cast.strangers_room, at(3, 9, 30))

    assert balance(cast.room, NOW).available == 4


def test_booking_a_held_slot_twice_gives_the_same_appointment(cast: Cast) -> None:
    hold = hold_slot(
        actor=cast.client,
        room_code=cast.room.code,
        modality="video",
        length_minutes=45,
        starts_at=at(4, 9),
        now=NOW,
    )

    first = request_appointment(actor=cast.client, hold_code=hold.code, now=NOW)
    second = request_appointment(actor=cast.client, hold_code=hold.code, now=NOW)

    assert first.pk == second.pk


def test_second_room_cannot_hold_a_held_time(cast: Cast) -> None:
    hold_slot(
        actor=cast.client,
        room_code=cast.room.code,
        modality="video",
        length_minutes=45,
        starts_at=at(4, 9),
        now=NOW,
    )

    with pytest.raises(SlotTaken):
        hold_slot(
            actor=cast.stranger,
            room_code=cast.strangers_room.code,
            modality="video",
            length_minutes=45,
            starts_at=at(4, 9),
            now=NOW,
        )

"""Staff schedule, move and cancel for a client: by the client's rules, and on record (R18)."""

import datetime as dt

import pytest

from alcove.billing.ledger import balance
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.actions.request import request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.behalf import Behalf
from alcove.booking.chronicle import chronicle
from alcove.booking.errors import (
    BehalfReasonNeeded,
    ConsequenceChanged,
    LateForStaff,
    SlotTaken,
    WaivingIsForAdmins,
)
from alcove.booking.models import Appointment
from alcove.core.errors import NotFound
from alcove.core.models import AuditRow
from alcove.people.models import Person
from alcove.rooms.errors import OwnRoom
from alcove.rooms.models import Room
from tests.cast import CREDITS, NOW, Cast, at, book_confirmed, hold, hold_to_move
from tests.untouched import refused

WHY = Behalf("Asked for it by phone")
WAIVED = Behalf("Was in hospital", waives=True)


def book_for(staff: Person, room: Room, starts_at: dt.datetime) -> Appointment:
    held = hold(room, starts_at, actor=staff, for_client=True)
    return request_appointment(actor=staff, hold_code=held.code, behalf=WHY, now=NOW)


def cancel_for(
    staff: Person,
    appointment: Appointment,
    *,
    behalf: Behalf = WHY,
    agreed: str = "free",
    now: dt.datetime = NOW,
) -> Appointment:
    return cancel_appointment(
        actor=staff,
        code=appointment.code,
        reason=None,
        words="",
        agreed=agreed,
        behalf=behalf,
        now=now,
    )


def acts() -> list[tuple[str, str, str, str]]:
    rows = AuditRow.objects.exclude(act__in=["looked", "slot.held"]).order_by("sequence")
    return [(row.actor, row.act, row.subject, row.reason) for row in rows]


def test_booking_for_a_client_is_the_clients_own_and_on_record(cast: Cast) -> None:
    appointment = book_for(cast.staff, cast.room, at(4, 9))

    assert (appointment.room, appointment.status) == (cast.room, "requested")
    assert appointment.booked_by == cast.staff
    assert balance(cast.room, NOW).available == CREDITS - 1
    assert acts() == [
        (cast.staff.key, "appointment.requested", appointment.key, "Asked for it by phone")
    ]


def test_moving_for_a_client_moves_it_and_says_so(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))
    held = hold_to_move(appointment, at(9, 9), actor=cast.staff, for_client=True)

    moved = reschedule_appointment(
        actor=cast.staff, hold_code=held.code, agreed="free", behalf=WHY, now=NOW
    )

    assert (moved.code, moved.starts_at) == (appointment.code, at(9, 9))
    assert chronicle(moved, cast.client)[-1].text == "The practice rescheduled it for you."
    assert [row[1] for row in acts()] == ["appointment.rescheduled"]


def test_cancelling_for_a_client_up_to_the_notice_is_free(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))

    cancel_for(cast.staff, appointment, now=at(5, 9))

    assert balance(cast.room, at(5, 9)).available == CREDITS
    lines = chronicle(appointment, cast.client)
    assert lines[-1].text == "The practice cancelled it for you."
    assert acts()[-1][1:] == ("appointment.cancelled", appointment.key, WHY.reason)


def test_staff_cannot_cancel_late(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))
    late = at(5, 9) + dt.timedelta(microseconds=1)

    with refused(LateForStaff):
        cancel_for(cast.staff, appointment, agreed="credit", now=late)


def test_a_request_that_nobody_confirmed_is_free_to_cancel_late_for_staff_too(cast: Cast) -> None:
    appointment = book_for(cast.staff, cast.room, at(3, 8))

    cancel_for(cast.staff, appointment)

    assert balance(cast.room, NOW).available == CREDITS


def test_staff_cannot_waive(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))

    for now in (NOW, at(6, 8)):
        with refused(WaivingIsForAdmins):
            cancel_for(cast.staff, appointment, behalf=WAIVED, now=now)


def test_an_admin_waives_a_late_cancellation(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))

    cancel_for(cast.admin, appointment, behalf=WAIVED, now=at(6, 8))

    assert balance(cast.room, at(6, 8)).available == CREDITS
    row = AuditRow.objects.latest("sequence")
    assert (row.reason, row.data["due"], row.data["cost"]) == ("Was in hospital", "credit", "free")
    told = chronicle(appointment, cast.client)[-1]
    assert told.note == "The practice waived what this late change costs."


def test_an_admin_cancels_late_at_the_cost_that_was_shown(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))

    with refused(ConsequenceChanged):
        cancel_for(cast.admin, appointment, agreed="free", now=at(6, 8))
    cancel_for(cast.admin, appointment, agreed="credit", now=at(6, 8))

    assert balance(cast.room, at(6, 8)).available == CREDITS - 1


@pytest.mark.parametrize("waives", [True, False])
def test_an_admin_moves_late_with_and_without_the_cost(cast: Cast, waives: bool) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))
    held = hold_to_move(appointment, at(9, 9), actor=cast.admin, for_client=True, now=at(6, 8))
    agreed = "free" if waives else "credit"

    reschedule_appointment(
        actor=cast.admin,
        hold_code=held.code,
        agreed=agreed,
        behalf=Behalf("Was in hospital", waives=waives),
        now=at(6, 8),
    )

    assert balance(cast.room, at(6, 8)).available == CREDITS - (1 if waives else 2)


def test_staff_cannot_move_late(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))
    held = hold_to_move(appointment, at(9, 9), actor=cast.staff, for_client=True, now=at(6, 8))

    with refused(LateForStaff):
        reschedule_appointment(
            actor=cast.staff, hold_code=held.code, agreed="credit", behalf=WHY, now=at(6, 8)
        )


def test_an_act_without_a_reason_is_none(cast: Cast) -> None:
    with refused(BehalfReasonNeeded):
        Behalf("  ")


def test_staff_are_bound_by_the_same_rules_of_time(cast: Cast) -> None:
    book_confirmed(cast.room, at(6, 9))

    with refused(SlotTaken):
        hold(cast.strangers_room, at(6, 9), actor=cast.staff, for_client=True)


@pytest.mark.parametrize("who", ["client", "partner", "provider", "stranger"])
def test_nobody_but_staff_acts_on_behalf(cast: Cast, who: str) -> None:
    actor = getattr(cast, who)
    appointment = book_confirmed(cast.couples_room, at(6, 9))
    held = hold(cast.strangers_room, at(9, 9), actor=cast.staff, for_client=True)

    with refused(NotFound):
        hold(cast.room, at(4, 9), actor=actor, for_client=True)
    with refused(NotFound):
        hold_to_move(appointment, at(9, 12), actor=actor, for_client=True)
    with refused(NotFound):
        cancel_for(actor, appointment)
    with refused(NotFound):
        request_appointment(actor=actor, hold_code=held.code, behalf=WHY, now=NOW)
    with refused(NotFound):
        reschedule_appointment(actor=actor, hold_code=held.code, agreed="free", behalf=WHY, now=NOW)


def test_what_one_of_staff_holds_is_not_for_another(cast: Cast) -> None:
    held = hold(cast.room, at(4, 9), actor=cast.staff, for_client=True)

    with refused(NotFound):
        request_appointment(actor=cast.admin, hold_code=held.code, behalf=WHY, now=NOW)


def test_nobody_is_the_practice_in_a_room_of_their_own(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(6, 9))
    Person.objects.filter(pk__in=[cast.client.pk, cast.provider.pk]).update(is_admin=True)

    for pk in (cast.client.pk, cast.provider.pk):
        actor = Person.objects.get(pk=pk)
        with refused(OwnRoom):
            cancel_for(actor, appointment, behalf=WAIVED, now=at(6, 8))
        with refused(OwnRoom):
            hold(cast.room, at(9, 9), actor=actor, for_client=True)


def test_keeping_a_time_for_a_client_is_an_act_on_record(cast: Cast) -> None:
    appointment = book_confirmed(cast.second_room, at(6, 15))

    hold(cast.room, at(4, 9), actor=cast.staff, for_client=True)
    hold_to_move(appointment, at(9, 15), actor=cast.staff, for_client=True)
    hold(cast.strangers_room, at(5, 9))

    held = AuditRow.objects.filter(act="slot.held").order_by("sequence")
    assert [(row.actor, row.subject, row.data["starts_at"]) for row in held] == [
        (cast.staff.key, cast.room.key, at(4, 9).isoformat()),
        (cast.staff.key, appointment.key, at(9, 15).isoformat()),
    ]


def test_a_second_click_books_nothing_more(cast: Cast) -> None:
    held = hold(cast.room, at(4, 9), actor=cast.staff, for_client=True)

    first, second = (
        request_appointment(actor=cast.staff, hold_code=held.code, behalf=WHY, now=NOW)
        for _click in range(2)
    )

    assert first == second
    assert len(acts()) == 1

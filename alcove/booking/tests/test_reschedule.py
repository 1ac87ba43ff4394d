"""Moving: the new time is claimed before the old one is let go, or nothing happens."""

import datetime as dt

import pytest

from alcove.availability.models import ProviderCalendar
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import CreditEntry, LateFee
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.hold import hold_slot_to_move
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.errors import (
    AlreadyEnded,
    AlreadyStarted,
    ChangedMeanwhile,
    ConsequenceChanged,
    HoldExpired,
    RoomNotBookable,
    SameTime,
    SlotTaken,
)
from alcove.booking.lifecycle import move as take_step
from alcove.booking.models import Appointment, FreedTime, SlotHold, Status, TimeClaim
from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.people.models import Person
from alcove.rooms.models import Room
from tests.cast import (
    CREDITS,
    NOW,
    Cast,
    at,
    book,
    book_confirmed,
    cancel,
    change_plans,
    hold,
    hold_to_move,
    move,
)
from tests.untouched import every_row, refused

MINUTE = dt.timedelta(minutes=1)


def reschedule(
    kept: SlotHold, *, actor: Person | None = None, agreed: str = "free", now: dt.datetime = NOW
) -> Appointment:
    return reschedule_appointment(
        actor=actor or kept.room.owner, hold_code=kept.code, agreed=agreed, now=now
    )


def claims_of(person: Person) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = TimeClaim.objects.filter(person=person).order_by("starts_at")
    return list(rows.values_list("starts_at", "ends_at"))


def test_moving_keeps_the_appointment_and_asks_the_provider_again(cast: Cast) -> None:
    before = book_confirmed(cast.couples_room, at(4, 9))

    moved = move(before, at(6, 11))

    stored = Appointment.objects.get()
    assert (stored.pk, stored.uid, stored.status) == (before.pk, before.uid, Status.REQUESTED)
    assert (stored.starts_at, stored.ends_at) == (at(6, 11), at(6, 11, 45))
    assert stored.sequence > before.sequence
    assert stored.confirm_by == NOW + dt.timedelta(hours=24)
    assert (moved.version, moved.sequence) == (stored.version, stored.sequence)
    assert stored.was_confirmed
    for person in (cast.client, cast.partner):
        assert claims_of(person) == [(at(6, 11), at(6, 11, 45))]
    assert claims_of(cast.provider) == [(at(6, 11), at(6, 11, 55))]
    assert balance(cast.couples_room, NOW) == Balance(available=CREDITS - 1, held=1)
    event = Event.objects.latest("id")
    assert (event.kind, event.data["former_starts_at"], event.data["cost"]) == (
        "appointment.rescheduled",
        at(4, 9).isoformat(),
        "free",
    )


def test_moving_asks_an_automatic_provider_nothing_and_is_one_event(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    ProviderCalendar.objects.update(confirms_automatically=True)
    count = Event.objects.count()

    moved = move(appointment, at(6, 11))

    assert moved.status == Status.CONFIRMED
    assert Event.objects.count() == count + 1
    event = Event.objects.latest("id")
    assert (event.kind, event.data["former_starts_at"]) == (
        "appointment.confirmed",
        at(4, 9).isoformat(),
    )


@pytest.mark.parametrize("minute", [15, 30])
def test_moving_into_its_own_time_is_possible(cast: Cast, minute: int) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    move(appointment, at(4, 9, minute))

    starts_at = at(4, 9, minute)
    ends_at = starts_at + 45 * MINUTE
    assert claims_of(cast.client) == [(starts_at, ends_at)]
    assert claims_of(cast.provider) == [(starts_at, ends_at + 10 * MINUTE)]


def test_moving_before_its_own_time_is_possible(cast: Cast) -> None:
    move(book_confirmed(cast.room, at(4, 9)), at(4, 8, 30))

    assert claims_of(cast.provider) == [(at(4, 8, 30), at(4, 9, 25))]


def test_second_click_gives_the_same_answer_and_changes_nothing(cast: Cast) -> None:
    kept = hold_to_move(book_confirmed(cast.room, at(4, 9)), at(6, 11))
    first = reschedule(kept)
    rows = every_row()

    second = reschedule(kept, agreed="credit", now=NOW + 30 * MINUTE)

    assert second == first
    assert every_row() == rows


def test_new_time_taken_meanwhile_leaves_the_old_one_standing(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    kept = hold_to_move(appointment, at(6, 11))
    TimeClaim.objects.filter(hold=kept).delete()
    book(cast.strangers_room, at(6, 11))

    with refused(SlotTaken):
        reschedule(kept)

    assert claims_of(cast.client) == [(at(4, 9), at(4, 9, 45))]


def test_moving_to_the_time_it_has_is_refused(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))

    with refused(SameTime):
        hold_to_move(appointment, at(4, 9))


def test_time_of_others_cannot_be_held_for_moving(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    hold(cast.strangers_room, at(4, 10))

    for minute in (15, 30):
        with refused(SlotTaken):
            hold_to_move(appointment, at(4, 9, minute))


def test_expired_hold_moves_nothing(cast: Cast) -> None:
    kept = hold_to_move(book_confirmed(cast.room, at(4, 9)), at(6, 11))

    with refused(HoldExpired):
        reschedule(kept, now=NOW + 10 * MINUTE)


def test_hold_for_a_new_booking_moves_nothing(cast: Cast) -> None:
    book_confirmed(cast.room, at(4, 9))
    kept = hold(cast.room, at(6, 11))

    with refused(HoldExpired):
        reschedule(kept)


@pytest.mark.parametrize("who", ["partner", "provider", "stranger", "staff"])
def test_hold_does_not_exist_for_others(cast: Cast, who: str) -> None:
    kept = hold_to_move(book_confirmed(cast.couples_room, at(4, 9)), at(6, 11))

    with refused(NotFound):
        reschedule(kept, actor=getattr(cast, who))


def test_late_move_loses_one_credit_and_reserves_another(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9), now=NOW)
    late = NOW + MINUTE
    kept = hold_to_move(appointment, at(6, 11), now=late)

    with refused(ConsequenceChanged):
        reschedule(kept, now=late)
    reschedule(kept, agreed="credit", now=late)

    assert balance(cast.room, late) == Balance(available=CREDITS - 2, held=1)
    kinds = CreditEntry.objects.filter(room=cast.room).order_by("id")
    assert [entry.kind for entry in kinds] == ["granted", "reserved", "forfeited", "reserved"]
    freed = FreedTime.objects.get()
    assert (freed.starts_at, freed.restored_at) == (at(3, 9), None)


def test_late_move_without_another_credit_leaves_everything_untouched(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(3, 9))
    for day in (9, 10, 11):
        book(cast.room, at(day, 9))
    late = NOW + MINUTE
    kept = hold_to_move(appointment, at(6, 11), now=late)

    with refused(NotEnoughCredits):
        reschedule(kept, agreed="credit", now=late)


def test_free_move_needs_no_second_credit(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    for day in (9, 10, 11):
        book(cast.room, at(day, 9))

    move(appointment, at(6, 11))

    assert balance(cast.room, NOW) == Balance(available=0, held=4)


def test_late_move_under_a_fee_owes_it_and_keeps_the_credit(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    cast.room.refresh_from_db()
    appointment = book_confirmed(cast.room, at(3, 9))

    move(appointment, at(6, 11), agreed="fee:4000:USD", now=NOW + MINUTE)

    assert LateFee.objects.get().amount_minor == 4000
    assert balance(cast.room, NOW) == Balance(available=CREDITS - 1, held=1)


def test_two_late_moves_owe_two_fees(cast: Cast) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    ProviderCalendar.objects.update(confirms_automatically=True)
    cast.room.refresh_from_db()
    appointment = book(cast.room, at(3, 9))

    for hour in (10, 11):
        move(appointment, at(3, hour), agreed="fee:4000:USD", now=at(2, hour + 1))

    assert LateFee.objects.count() == 2


def test_ended_and_started_sessions_are_not_moved(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(2, 11))

    with refused(AlreadyStarted):
        hold_to_move(appointment, at(6, 11), now=at(2, 11))
    kept = hold_to_move(appointment, at(6, 11), now=at(2, 10, 55))
    with refused(AlreadyStarted):
        reschedule(kept, agreed="credit", now=at(2, 11))
    cancel(appointment, actor=cast.provider, now=at(2, 10, 56))
    with refused(AlreadyEnded):
        hold_to_move(appointment, at(6, 11), now=at(2, 10, 56))


def test_session_that_the_provider_declined_meanwhile_is_not_moved(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    kept = hold_to_move(appointment, at(6, 11))
    take_step(appointment, Status.DECLINED)

    with refused(AlreadyEnded):
        reschedule(kept)


def test_closed_room_moves_nothing(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(4, 9))
    kept = hold_to_move(appointment, at(6, 11))
    Room.objects.filter(pk=cast.room.pk).update(closed_at=NOW)

    with refused(RoomNotBookable):
        reschedule(kept)
    with refused(RoomNotBookable):
        hold_slot_to_move(
            actor=cast.client, appointment_code=appointment.code, starts_at=at(6, 12), now=NOW
        )


def test_notice_counts_from_the_new_start_after_a_move(cast: Cast) -> None:
    appointment = move(book_confirmed(cast.room, at(4, 9)), at(6, 11))
    confirm_appointment(actor=cast.provider, code=appointment.code, now=NOW)

    with refused(ConsequenceChanged):
        cancel(appointment, now=at(5, 11) + MINUTE)
    cancel(appointment, now=at(5, 11))


def test_provider_who_answers_an_earlier_version_is_told(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    stale = Appointment.objects.get(pk=appointment.pk)
    move(appointment, at(6, 11))

    with refused(ChangedMeanwhile):
        take_step(stale, Status.CONFIRMED)

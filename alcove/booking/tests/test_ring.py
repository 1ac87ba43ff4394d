"""Ringing a provider who is available now keeps everybody's time for two minutes (R16)."""

import datetime as dt

import pytest

from alcove.availability.actions.become_available import become_available, end_availability
from alcove.availability.models import BusyBlock, ProviderCalendar, TimeOff
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.models import CreditEntry, Entitlement
from alcove.booking.access import hold_for
from alcove.booking.actions.complete import complete_appointment, sweep_holds
from alcove.booking.actions.request import request_appointment
from alcove.booking.errors import (
    AlreadyRinging,
    HoldExpired,
    NotAvailableNow,
    NotFreeNow,
    NotOffered,
    NotRoomOwner,
    RoomNotBookable,
    SlotTaken,
)
from alcove.booking.models import Ring, SlotHold, TimeClaim
from alcove.core.errors import NotAllowed, NotFound
from alcove.core.models import Event, Job
from alcove.people.models import Person
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, hold, ring
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)
LATER = NOW + dt.timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _available(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)


def claims_of(person: Person) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = TimeClaim.objects.filter(person=person).order_by("starts_at")
    return list(rows.values_list("starts_at", "ends_at"))


def set_calendar(provider: Person, **fields: object) -> None:
    ProviderCalendar.objects.filter(provider=provider).update(**fields)


def test_ring_keeps_everybodys_time_until_the_last_session_it_could_become_would_end(
    cast: Cast,
) -> None:
    set_calendar(cast.provider, buffer_before_minutes=5, buffer_after_minutes=10)
    now = NOW + dt.timedelta(milliseconds=400)

    found = ring(cast.couples_room, length=45, now=now)

    kept = (NOW, at(2, 9, 47))
    assert claims_of(cast.client) == claims_of(cast.partner) == [kept]
    assert claims_of(cast.provider) == [(at(2, 8, 55), at(2, 9, 57))]
    assert set(TimeClaim.objects.values_list("expires_at", flat=True)) == {now + 2 * MINUTE}
    assert (found.rung_at, found.expires_at) == (now, now + 2 * MINUTE)
    assert (found.rung_by, found.provider) == (cast.client, cast.provider)


def test_ring_spends_nothing_and_tells_of_itself(cast: Cast) -> None:
    found = ring(cast.room)

    assert list(CreditEntry.objects.filter(room=cast.room).values_list("kind", flat=True)) == [
        "granted"
    ]
    event = Event.objects.get(kind="ring.rung")
    assert (event.subject, event.actor) == (f"ring:{found.code}", cast.client.key)
    assert Job.objects.get(kind="booking.lapse_ring").run_at == found.expires_at


def test_ring_is_bound_neither_to_hours_nor_to_step_notice_and_horizon(cast: Cast) -> None:
    sunday_night = at(8, 23, 7) + dt.timedelta(seconds=13)
    become_available(actor=cast.provider, minutes=30, now=sunday_night)
    set_calendar(cast.provider, horizon_days=0, minimum_notice_minutes=480)

    found = ring(cast.room, now=sunday_night)

    assert claims_of(cast.client) == [(sunday_night, sunday_night + 47 * MINUTE)]
    assert found.is_open_at(sunday_night)


def test_ringing_twice_for_the_same_is_one_ring_and_for_another_is_refused(cast: Cast) -> None:
    first = ring(cast.room)

    again = ring(cast.room, now=LATER)

    assert (again.pk, again.expires_at) == (first.pk, NOW + 2 * MINUTE)
    with refused(AlreadyRinging):
        ring(cast.room, length=30, now=LATER)


def test_second_room_cannot_ring_a_provider_who_is_being_rung(cast: Cast) -> None:
    ring(cast.room)

    with refused(NotFreeNow):
        ring(cast.strangers_room, now=LATER)


def test_client_cannot_ring_two_providers_at_once(cast: Cast) -> None:
    become_available(actor=cast.second_provider, minutes=60, now=NOW)
    ring(cast.room)

    with refused(NotFreeNow):
        ring(cast.second_room, now=LATER)


def test_ring_past_its_time_that_no_job_has_come_to_keeps_nobody_from_ringing(cast: Cast) -> None:
    first = ring(cast.room)

    second = ring(cast.strangers_room, now=NOW + 2 * MINUTE)
    third_at = NOW + 4 * MINUTE
    third = ring(cast.strangers_room, now=third_at)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.answer, second.answer, third.answer) == ("lapsed", "lapsed", "")
    assert {claim.person for claim in TimeClaim.objects.all()} == {cast.stranger, cast.provider}


@pytest.mark.parametrize(("who", "error"), [("partner", NotRoomOwner), ("provider", NotAllowed),
                                            ("stranger", NotFound), ("staff", NotFound),
                                            ("second_provider", NotFound)])  # fmt: skip
def test_only_who_schedules_in_the_room_can_ring(
    cast: Cast, who: str, error: type[NotRoomOwner | NotAllowed | NotFound]
) -> None:
    with refused(error):
        ring(cast.couples_room, actor=getattr(cast, who))


def test_provider_who_is_not_available_cannot_be_rung(cast: Cast) -> None:
    with refused(NotAvailableNow) as caught:
        ring(cast.room, now=NOW + 60 * MINUTE)
    assert str(caught.value).startswith("Petra Provider takes no immediate sessions")
    end_availability(actor=cast.provider, now=NOW)
    with refused(NotAvailableNow):
        ring(cast.room)
    with refused(NotAvailableNow):
        ring(cast.second_room)


def test_availability_need_not_last_to_the_end_of_the_session(cast: Cast) -> None:
    assert ring(cast.room, now=NOW + 59 * MINUTE).answer == ""


@pytest.mark.parametrize(("modality", "length"), [("video", 50), ("chat", 45), ("mail", 45)])
def test_type_or_length_that_is_not_offered_is_refused(
    cast: Cast, modality: str, length: int
) -> None:
    with refused(NotOffered):
        ring(cast.room, modality=modality, length=length)


def test_room_that_cannot_be_booked_cannot_ring(cast: Cast) -> None:
    Entitlement.objects.filter(room=cast.room).update(state="unpaid")
    with refused(RoomNotBookable):
        ring(cast.room)
    Room.objects.filter(pk=cast.strangers_room.pk).update(closed_at=NOW)
    with refused(RoomNotBookable):
        ring(cast.strangers_room)


def test_room_without_a_credit_cannot_ring(cast: Cast) -> None:
    for hour in range(9, 13):
        book(cast.room, at(4, hour))

    with refused(NotEnoughCredits):
        ring(cast.room)


@pytest.mark.parametrize(
    ("starts_at", "free"),
    [
        (at(2, 9, 30), False),
        (at(2, 9, 45), False),  # an answer in the last second would run two minutes into it
        (at(2, 10, 0), True),  # 47 minutes and ten of rest end before
    ],
)
def test_session_that_comes_soon_stands_in_the_way(
    cast: Cast, starts_at: dt.datetime, free: bool
) -> None:
    set_calendar(cast.provider, minimum_notice_minutes=0)
    book(cast.strangers_room, starts_at)

    if free:
        assert ring(cast.room).answer == ""
    else:
        with refused(NotFreeNow):
            ring(cast.room)


def test_shorter_session_fits_where_a_longer_one_does_not(cast: Cast) -> None:
    set_calendar(cast.provider, minimum_notice_minutes=0)
    book(cast.strangers_room, at(2, 9, 45))

    assert ring(cast.room, length=30).length_minutes == 30


def test_other_session_of_any_member_stands_in_the_way(cast: Cast) -> None:
    set_calendar(cast.second_provider, minimum_notice_minutes=0, time_zone="Europe/Berlin")
    book(cast.second_room, at(2, 9, 30))

    with refused(NotFreeNow):
        ring(cast.couples_room)


def test_session_that_goes_on_or_has_just_ended_keeps_its_rest(cast: Cast) -> None:
    before = book_confirmed(cast.strangers_room, at(2, 9), now=at(1, 9))
    become_available(actor=cast.provider, minutes=60, now=at(2, 9, 40))

    with refused(NotFreeNow):
        ring(cast.room, now=at(2, 9, 44))
    complete_appointment(appointment=before, now=at(2, 9, 45))
    with refused(NotFreeNow):
        ring(cast.room, now=at(2, 9, 54))
    assert ring(cast.room, now=at(2, 9, 55)).answer == ""


def test_busy_block_and_time_off_to_come_stand_in_the_way_but_not_time_off_that_has_begun(
    cast: Cast,
) -> None:
    calendar = ProviderCalendar.objects.get(provider=cast.provider)
    TimeOff.objects.create(calendar=calendar, starts_at=NOW - MINUTE, ends_at=NOW + MINUTE)
    assert ring(cast.room).answer == ""
    Ring.objects.all().delete()
    SlotHold.objects.all().delete()

    off = TimeOff.objects.create(calendar=calendar, starts_at=NOW + MINUTE, ends_at=at(2, 12))
    with refused(NotFreeNow):
        ring(cast.room)
    off.delete()
    BusyBlock.objects.create(calendar=calendar, starts_at=at(2, 8), ends_at=NOW + MINUTE)
    with refused(NotFreeNow):
        ring(cast.room)


def test_daily_limit_counts_for_rings(cast: Cast) -> None:
    book(cast.strangers_room, at(2, 14))
    set_calendar(cast.provider, daily_limit=1)

    with refused(NotFreeNow):
        ring(cast.room)
    set_calendar(cast.provider, daily_limit=2)
    assert ring(cast.room).answer == ""


def test_ring_counts_for_the_daily_limit_of_others(cast: Cast) -> None:
    set_calendar(cast.provider, daily_limit=1)
    ring(cast.room)

    with refused(SlotTaken):
        hold(cast.strangers_room, at(2, 14))


def test_nobody_can_take_the_time_of_a_ring_its_own_room_included(cast: Cast) -> None:
    set_calendar(cast.provider, minimum_notice_minutes=0)
    ring(cast.room)

    for room in (cast.room, cast.strangers_room):
        with refused(SlotTaken):
            hold(room, at(2, 9, 30), now=LATER)


def test_choosing_a_time_for_later_leaves_the_ring_alone(cast: Cast) -> None:
    found = ring(cast.room)

    kept = hold(cast.room, at(4, 9), now=LATER)
    hold(cast.room, at(4, 11), now=LATER)

    found.refresh_from_db()
    kept.refresh_from_db()
    assert found.hold is not None
    assert found.hold.claims.count() == 2
    assert (found.hold.expires_at, kept.expires_at) == (NOW + 2 * MINUTE, LATER)


def test_ringing_gives_up_the_time_that_the_room_kept(cast: Cast) -> None:
    set_calendar(cast.provider, minimum_notice_minutes=0)
    kept = hold(cast.room, at(2, 9, 30))

    ring(cast.room, now=LATER)

    with pytest.raises(HoldExpired):
        request_appointment(actor=cast.client, hold_code=kept.code, now=LATER)


def test_hold_of_a_ring_cannot_be_booked_by_its_code(cast: Cast) -> None:
    found = ring(cast.room)
    assert found.hold is not None

    with refused(NotFound):
        request_appointment(actor=cast.client, hold_code=found.hold.code, now=LATER)
    with pytest.raises(NotFound):
        hold_for(cast.client, found.hold.code)


def test_sweep_of_old_holds_leaves_rings_to_their_own_job(cast: Cast) -> None:
    ring(cast.room)

    sweep_holds({}, NOW + dt.timedelta(days=2))

    assert SlotHold.objects.count() == 1

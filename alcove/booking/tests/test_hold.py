"""Choosing a time keeps it for ten minutes, for one room."""

import datetime as dt

import pytest

from alcove.availability.models import BusyBlock, ProviderCalendar, TimeOff
from alcove.billing.models import Entitlement
from alcove.booking.errors import (
    NotOffered,
    NotRoomOwner,
    RoomNotBookable,
    SlotNotOffered,
    SlotTaken,
)
from alcove.booking.models import Appointment, SlotHold, TimeClaim
from alcove.core.errors import NotAllowed, NotFound
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, at, book, book_confirmed, hold, hold_to_move
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)
TEN_MINUTES = dt.timedelta(minutes=10)


def claims_of(person: Person) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = TimeClaim.objects.filter(person=person).order_by("starts_at")
    return list(rows.values_list("starts_at", "ends_at"))


def set_calendar(provider: Person, **fields: object) -> None:
    ProviderCalendar.objects.filter(provider=provider).update(**fields)


def test_hold_claims_everybodys_time_and_ends_in_ten_minutes(cast: Cast) -> None:
    kept = hold(cast.couples_room, at(4, 9))

    assert kept.expires_at == NOW + TEN_MINUTES
    assert claims_of(cast.client) == claims_of(cast.partner) == [(at(4, 9), at(4, 9, 45))]
    assert claims_of(cast.provider) == [(at(4, 9), at(4, 9, 55))]
    assert set(TimeClaim.objects.values_list("expires_at", flat=True)) == {NOW + TEN_MINUTES}


def test_practice_sets_how_long_a_hold_lasts(cast: Cast) -> None:
    Practice.objects.update(hold_minutes=3)

    assert hold(cast.room, at(4, 9)).expires_at == NOW + 3 * MINUTE


@pytest.mark.parametrize(
    ("starts_at", "why"),
    [
        (at(4, 9, 5), "off the grid of a quarter of an hour"),
        (at(4, 9) + dt.timedelta(seconds=1), "a second off"),
        (at(4, 9) + dt.timedelta(microseconds=1), "a microsecond off"),
        (NOW - dt.timedelta(hours=1), "past"),
        (at(2, 10, 45), "inside the minimum notice of two hours"),
        (at(4, 7, 45), "before hours"),
        (at(4, 15, 30), "runs past hours"),
        (at(7, 9), "Saturday"),
        (at(4, 9, month=5), "beyond the horizon of 60 days"),
    ],
)
def test_time_that_is_not_offered_is_refused(cast: Cast, starts_at: dt.datetime, why: str) -> None:
    with refused(SlotNotOffered):
        hold(cast.room, starts_at)


@pytest.mark.parametrize(
    "starts_at", [at(2, 11), at(4, 8), at(4, 15, 15), at(1, 8, month=5), at(30, 8)]
)
def test_times_at_the_very_edge_are_offered(cast: Cast, starts_at: dt.datetime) -> None:
    # 30 March is after the change of the clock: nine in Berlin is seven in UTC, ten is eight.
    assert hold(cast.room, starts_at).starts_at == starts_at


@pytest.mark.parametrize(("modality", "length"), [("video", 50), ("chat", 45), ("fax", 30)])
def test_type_or_length_outside_the_plan_is_refused(cast: Cast, modality: str, length: int) -> None:
    with refused(NotOffered):
        hold(cast.room, at(4, 9), modality=modality, length=length)


def test_type_that_the_provider_does_not_offer_is_refused(cast: Cast) -> None:
    set_calendar(cast.provider, offers={"audio": [45]})

    with refused(NotOffered):
        hold(cast.room, at(4, 9))


def test_partner_is_told_who_schedules(cast: Cast) -> None:
    with refused(NotRoomOwner) as caught:
        hold(cast.couples_room, at(4, 9), actor=cast.partner)

    assert caught.value.data == {"owner": "Cora Client"}


def test_provider_may_not_book_for_the_client(cast: Cast) -> None:
    with refused(NotAllowed):
        hold(cast.room, at(4, 9), actor=cast.provider)


@pytest.mark.parametrize("who", ["stranger", "second_provider", "staff", "partner"])
def test_room_does_not_exist_for_others(cast: Cast, who: str) -> None:
    with refused(NotFound):
        hold(cast.room, at(4, 9), actor=getattr(cast, who))


def close(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(closed_at=NOW)


def end(room: Room) -> None:
    Entitlement.objects.filter(room=room).update(ends_on=NOW.date())


def leave_unpaid(room: Room) -> None:
    Entitlement.objects.filter(room=room).update(state="unpaid")


def take_plan_away(room: Room) -> None:
    Entitlement.objects.filter(room=room).delete()


def leave(room: Room) -> None:
    set_calendar(room.provider, on_leave_until=NOW.date() + dt.timedelta(days=1))


def retire(room: Room) -> None:
    Person.objects.filter(pk=room.provider_id).update(is_active=False)


def offer_nothing(room: Room) -> None:
    set_calendar(room.provider, offers={})


OBSTACLES = {
    "closed": close,
    "coverage_ended": end,
    "unpaid": leave_unpaid,
    "no_plan": take_plan_away,
    "on_leave": leave,
    "provider_gone": retire,
    "no_offers": offer_nothing,
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_room_that_cannot_be_booked_says_why(cast: Cast, obstacle: str) -> None:
    OBSTACLES[obstacle](cast.room)

    with refused(RoomNotBookable) as caught:
        hold(cast.room, at(4, 9))

    assert caught.value.data["obstacle"] == obstacle
    assert "%" not in str(caught.value)


def test_other_rooms_cannot_take_the_time_nor_its_rest_after(cast: Cast) -> None:
    hold(cast.room, at(4, 9))

    for minute in (0, 15, 45):
        with refused(SlotTaken):
            hold(cast.strangers_room, at(4, 9, minute))
    hold(cast.strangers_room, at(4, 10))


def test_hold_gives_up_the_rooms_earlier_one(cast: Cast) -> None:
    hold(cast.room, at(4, 9))

    hold(cast.room, at(4, 9, 15))

    assert claims_of(cast.client) == [(at(4, 9, 15), at(4, 10))]
    hold(cast.strangers_room, at(4, 8))


def test_refused_choice_keeps_the_earlier_hold(cast: Cast) -> None:
    hold(cast.room, at(4, 9))
    hold(cast.strangers_room, at(4, 11))

    with refused(SlotTaken):
        hold(cast.room, at(4, 11))


def test_choosing_the_same_time_again_keeps_it_longer(cast: Cast) -> None:
    first = hold(cast.room, at(4, 9))

    second = hold(cast.room, at(4, 9), now=NOW + 5 * MINUTE)

    assert (second.pk, second.expires_at) == (first.pk, NOW + 15 * MINUTE)
    with refused(SlotTaken):
        hold(cast.strangers_room, at(4, 9), now=NOW + 12 * MINUTE)


def test_expired_hold_blocks_nobody_although_no_job_ran(cast: Cast) -> None:
    hold(cast.room, at(4, 9))

    with refused(SlotTaken):
        hold(cast.strangers_room, at(4, 9), now=NOW + TEN_MINUTES - dt.timedelta(microseconds=1))
    taken = hold(cast.strangers_room, at(4, 9), now=NOW + TEN_MINUTES)

    assert claims_of(cast.stranger) == [(at(4, 9), at(4, 9, 45))]
    assert claims_of(cast.provider) == [(at(4, 9), at(4, 9, 55))]
    assert taken.room == cast.strangers_room


def test_partners_time_is_claimed_with_every_provider(cast: Cast) -> None:
    hold(cast.couples_room, at(4, 14))
    own = Room.objects.get(pk=cast.second_room.pk)
    Room.objects.filter(pk=own.pk).update(owner=cast.partner)
    own.memberships.filter(person=cast.client).update(person=cast.partner)
    own.refresh_from_db()

    with refused(SlotTaken):
        hold(own, at(4, 14, 30))
    hold(own, at(4, 14, 45))


def test_client_is_not_booked_with_two_providers_at_once(cast: Cast) -> None:
    book(cast.room, at(4, 14))

    for minute in (0, 30):
        with refused(SlotTaken):
            hold(cast.second_room, at(4, 14, minute))
    hold(cast.second_room, at(4, 14, 45))


def test_buffers_of_neighbours_add_up(cast: Cast) -> None:
    set_calendar(cast.provider, buffer_before_minutes=5)
    book(cast.room, at(4, 9))

    with refused(SlotTaken):
        hold(cast.strangers_room, at(4, 9, 45))
    hold(cast.strangers_room, at(4, 10))


def test_rest_after_a_completed_session_is_kept(cast: Cast) -> None:
    set_calendar(cast.provider, minimum_notice_minutes=0)
    Practice.objects.update(confirm_at_least_minutes=1)
    book_confirmed(cast.room, at(2, 10))
    Appointment.objects.update(status="completed")
    TimeClaim.objects.all().delete()

    with refused(SlotTaken):
        hold(cast.strangers_room, at(2, 10, 45), now=at(2, 10, 45))
    hold(cast.strangers_room, at(2, 11), now=at(2, 10, 45))


@pytest.mark.parametrize("status", ["requested", "confirmed", "completed", "no_show"])
def test_daily_limit_counts_every_session_of_the_date(cast: Cast, status: str) -> None:
    set_calendar(cast.provider, daily_limit=1, minimum_notice_minutes=0)
    book(cast.room, at(2, 10))
    Appointment.objects.update(status=status)
    if status in {"completed", "no_show"}:
        TimeClaim.objects.all().delete()

    with refused(SlotTaken):
        hold(cast.strangers_room, at(2, 15), now=at(2, 12))
    hold(cast.strangers_room, at(3, 8), now=at(2, 12))


def test_absences_stand_in_the_way(cast: Cast) -> None:
    calendar = cast.provider.provider_calendar
    TimeOff.objects.create(calendar=calendar, starts_at=at(4, 10), ends_at=at(4, 11))
    BusyBlock.objects.create(
        calendar=calendar, starts_at=at(4, 13), ends_at=at(4, 14), source="feed"
    )

    for hour, minute in ((9, 30), (10, 45), (12, 15), (13, 45)):
        with refused(SlotTaken):
            hold(cast.room, at(4, hour, minute))
    for hour, minute in ((9, 15), (11, 0), (12, 0), (14, 0)):
        hold(cast.room, at(4, hour, minute))


def test_hold_to_move_leaves_the_present_time_alone(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    kept = hold_to_move(appointment, at(4, 9, 15))

    assert kept.moves == appointment
    assert claims_of(cast.client) == [(at(4, 9), at(4, 9, 45)), (at(4, 9, 45), at(4, 10))]
    assert claims_of(cast.provider) == [(at(4, 9), at(4, 9, 55)), (at(4, 9, 55), at(4, 10, 10))]


def test_hold_to_move_is_for_the_owner_alone(cast: Cast) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    with refused(NotRoomOwner):
        hold_to_move(appointment, at(4, 11), actor=cast.partner)
    with refused(NotAllowed):
        hold_to_move(appointment, at(4, 11), actor=cast.provider)
    with refused(NotFound):
        hold_to_move(appointment, at(4, 11), actor=cast.stranger)


def test_hold_needs_nobody_elses_hold_to_be_removed(cast: Cast) -> None:
    hold(cast.room, at(4, 9))
    hold(cast.strangers_room, at(4, 11))
    hold(cast.room, at(4, 13))

    live = SlotHold.objects.filter(expires_at__gt=NOW).order_by("starts_at")
    assert [row.starts_at for row in live] == [at(4, 11), at(4, 13)]

"""A provider takes clients at once for a while: it ends by itself, or at once by hand (R16)."""

import datetime as dt

import pytest

from alcove.availability.actions.become_available import become_available, end_availability
from alcove.availability.errors import OnLeave, UnknownStay
from alcove.availability.models import ProviderCalendar
from alcove.core.errors import NotAllowed
from alcove.core.models import Event
from tests.cast import NOW, Cast, make_person
from tests.untouched import refused

HOUR = dt.timedelta(hours=1)


def available_until(cast: Cast) -> dt.datetime | None:
    return ProviderCalendar.objects.get(provider=cast.provider).available_now_until


@pytest.mark.parametrize("minutes", [30, 60, 120])
def test_availability_ends_by_itself_after_the_time_that_was_chosen(
    cast: Cast, minutes: int
) -> None:
    calendar = become_available(actor=cast.provider, minutes=minutes, now=NOW)

    until = NOW + dt.timedelta(minutes=minutes)
    assert available_until(cast) == until
    assert calendar.is_available_now(NOW)
    assert calendar.is_available_now(until - dt.timedelta(microseconds=1))
    assert not calendar.is_available_now(until)
    event = Event.objects.get()
    assert (event.kind, event.actor) == ("calendar.available_now", cast.provider.key)
    assert event.data == {"until": until.isoformat()}


def test_saying_it_again_starts_the_time_anew(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=120, now=NOW)
    become_available(actor=cast.provider, minutes=30, now=NOW + HOUR)

    assert available_until(cast) == NOW + 1.5 * HOUR


def test_ending_it_by_hand_is_at_once_and_again_has_no_effect(cast: Cast) -> None:
    become_available(actor=cast.provider, minutes=60, now=NOW)

    for _again in range(2):
        assert not end_availability(actor=cast.provider, now=NOW).is_available_now(NOW)

    assert available_until(cast) is None
    assert Event.objects.count() == 2


@pytest.mark.parametrize("minutes", [0, -30, 29, 45, 240, 10**9])
def test_other_lengths_are_refused(cast: Cast, minutes: int) -> None:
    with refused(UnknownStay):
        become_available(actor=cast.provider, minutes=minutes, now=NOW)


def test_provider_on_leave_is_told_to_end_it_first(cast: Cast) -> None:
    calendars = ProviderCalendar.objects.filter(provider=cast.provider)
    calendars.update(on_leave_until=NOW.date() + dt.timedelta(days=1))
    with refused(OnLeave) as caught:
        become_available(actor=cast.provider, minutes=30, now=NOW)
    assert "You are on leave until Tuesday, March 3," in str(caught.value)

    calendars.update(on_leave_until=NOW.date())
    assert become_available(actor=cast.provider, minutes=30, now=NOW).is_available_now(NOW)


def test_only_providers_can_be_available_and_only_for_themselves(cast: Cast) -> None:
    for person in (cast.client, cast.partner, cast.staff, cast.stranger):
        with refused(NotAllowed):
            become_available(actor=person, minutes=30, now=NOW)
        with refused(NotAllowed):
            end_availability(actor=person, now=NOW)
    become_available(actor=cast.second_provider, minutes=30, now=NOW)
    assert available_until(cast) is None


def test_provider_who_never_set_anything_gets_a_calendar(cast: Cast) -> None:
    fresh = make_person("Frida Fresh", is_provider=True)

    become_available(actor=fresh, minutes=30, now=NOW)

    assert ProviderCalendar.objects.get(provider=fresh).is_available_now(NOW)

"""The steps that lead from a practice with one admin to its first bookable client."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from alcove.availability.actions.change_calendar_settings import (
    CalendarSettings,
    change_calendar_settings,
)
from alcove.availability.actions.change_weekly_hours import add_weekly_hours
from alcove.availability.models import AvailabilityRule, Offers, ProviderCalendar
from alcove.availability.policies import Hours
from alcove.billing.actions.cover_room import cover_room
from alcove.billing.models import Entitlement, Plan
from alcove.booking.actions.reasons import add_reason
from alcove.booking.models import CancellationReason
from alcove.people.access import require_admin
from alcove.people.actions.change_roles import change_roles
from alcove.people.actions.invite_person import invite_person
from alcove.people.actions.record_act import record_act
from alcove.people.actions.set_up import set_up_practice
from alcove.people.models import Person, Practice
from alcove.people.roles import PROVIDER, roles_of
from alcove.rooms.actions.open_room import open_room
from alcove.rooms.models import Room


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to be invited."""

    name: str
    email: str
    language: str
    time_zone: str


# What people choose from when they cancel (R12), until an admin changes the list.
USUAL_REASONS = (
    ("I am ill", "Tengo un problema de salud"),
    ("Something came up at work", "Me surgió algo en el trabajo"),
    ("Something came up in my family", "Me surgió algo en la familia"),
    ("The time no longer suits me", "La hora ya no me viene bien"),
    ("Another reason", "Otro motivo"),
)


@transaction.atomic
def set_up(
    *,
    token: str,
    practice_name: str,
    time_zone: str,
    name: str,
    email: str,
    language: str,
    now: dt.datetime,
) -> Person:
    """Name the practice, make its first admin and suggest reasons for cancelling.

    Raises what ``set_up_practice`` does.
    """
    admin = set_up_practice(
        token=token,
        practice_name=practice_name,
        time_zone=time_zone,
        name=name,
        email=email,
        language=language,
        now=now,
    )
    if not CancellationReason.objects.exists():
        for en, es in USUAL_REASONS:
            add_reason(actor=admin, en=en, es=es, now=now)
    return admin


@transaction.atomic
def add_first_provider(
    *,
    actor: Person,
    newcomer: Newcomer | None,
    weekdays: Collection[int],
    hours: Hours,
    offers: Offers,
    now: dt.datetime,
) -> Person:
    """Make the admin themself a provider, or invite one; with weekly hours and what they offer.

    Raises NotFound, AddressKnown, EndsBeforeStart, NoSessionType, NoWeekday or HoursOverlap.
    """
    require_admin(actor)
    if newcomer is None:
        provider = change_roles(
            actor=actor,
            person=actor,
            roles=[*roles_of(actor), PROVIDER],
            reason="",
            now=now,
        )
    else:
        provider = _invite(actor, newcomer, [PROVIDER], now)
    _offer(provider, offers, now)
    # Who takes the step once more means these hours, and not these too.
    AvailabilityRule.objects.filter(calendar__provider=provider).delete()
    add_weekly_hours(actor=provider, weekdays=weekdays, hours=hours, now=now)
    record_act(actor=actor, act="calendar.set_up", subject=provider.key, now=now)
    return provider


@transaction.atomic
def add_first_client(
    *, actor: Person, newcomer: Newcomer, provider: Person, plan: Plan, now: dt.datetime
) -> Room:
    """Invite a client, open their room with the provider, and cover it from today on.

    Raises NotFound, AddressKnown, and what opening a room can refuse.
    """
    client = _invite(actor, newcomer, [], now)
    room = open_room(
        actor=actor, client=client, provider=provider, kind=Room.Kind.INDIVIDUAL, now=now
    )
    cover_room(
        actor=actor,
        room=room,
        plan=plan,
        state=Entitlement.State.ACTIVE,
        starts_on=now.astimezone(Practice.load().zone).date(),
        ends_on=None,
        now=now,
    )
    return room


def _invite(actor: Person, newcomer: Newcomer, roles: list[str], now: dt.datetime) -> Person:
    return invite_person(
        actor=actor,
        name=newcomer.name,
        email=newcomer.email,
        roles=roles,
        language=newcomer.language,
        time_zone=newcomer.time_zone,
        now=now,
    )


def _offer(provider: Person, offers: Offers, now: dt.datetime) -> None:
    stored = ProviderCalendar.objects.filter(provider=provider).first()
    calendar = stored or ProviderCalendar(provider=provider, time_zone=provider.time_zone)
    change_calendar_settings(
        actor=provider,
        settings=CalendarSettings(
            time_zone=calendar.time_zone,
            offers=offers,
            step_minutes=calendar.step_minutes,
            buffer_before_minutes=calendar.buffer_before_minutes,
            buffer_after_minutes=calendar.buffer_after_minutes,
            minimum_notice_minutes=calendar.minimum_notice_minutes,
            horizon_days=calendar.horizon_days,
            daily_limit=calendar.daily_limit,
            confirms_automatically=calendar.confirms_automatically,
            on_leave_until=calendar.on_leave_until,
        ),
        now=now,
    )

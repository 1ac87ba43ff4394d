"""Planned absence, to the minute."""

import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.errors import TimeOffBackwards, TimeOffIsPast
from alcove.availability.models import TimeOff
from alcove.availability.policies import instant_of_end, instant_of_start
from alcove.core import events
from alcove.people.models import Person


@transaction.atomic
def add_time_off(
    *,
    actor: Person,
    starts_on_wall: dt.datetime,
    ends_on_wall: dt.datetime,
    note: str,
    now: dt.datetime,
) -> TimeOff:
    """Take the provider out of their hours between two naive wall times of their working zone.

    In a repeated hour the absence takes all that its words can mean: the earlier start and the
    later end. Sessions booked already stay. Raises NotAllowed, SkippedHour, TimeOffBackwards or
    TimeOffIsPast. The note is the provider's own and stays out of the event.
    """
    calendar = lock_own_calendar(actor)
    starts_at = instant_of_start(starts_on_wall, calendar.zone)
    ends_at = instant_of_end(ends_on_wall, calendar.zone)
    if starts_at >= ends_at:
        raise TimeOffBackwards
    if ends_at <= now:
        raise TimeOffIsPast
    time_off = TimeOff.objects.create(
        calendar=calendar, starts_at=starts_at, ends_at=ends_at, note=note
    )
    events.record(
        "time_off.added",
        subject=key_of(calendar),
        actor=actor.key,
        now=now,
        data={"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()},
    )
    return time_off

"""The terms under which a provider can be booked."""

import dataclasses
import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.models import Offers, ProviderCalendar
from alcove.core import events
from alcove.people.models import Person


@dataclasses.dataclass(frozen=True, slots=True)
class CalendarSettings:
    """What a provider sets about their calendar as a whole; fields as in ProviderCalendar."""

    time_zone: str
    offers: Offers
    step_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None
    confirms_automatically: bool | None
    on_leave_until: dt.date | None


@transaction.atomic
def change_calendar_settings(
    *, actor: Person, settings: CalendarSettings, now: dt.datetime
) -> ProviderCalendar:
    """Set all of them; sessions booked already keep the terms of their booking.

    Weekly hours are wall time, so another zone moves them along. Raises NotAllowed, and
    ValidationError for values out of their range.
    """
    calendar = lock_own_calendar(actor)
    changed = {}
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if getattr(calendar, field.name) != value:
            changed[field.name] = value.isoformat() if isinstance(value, dt.date) else value
            setattr(calendar, field.name, value)
    if changed:
        calendar.full_clean()
        calendar.save(update_fields=list(changed))
        events.record(
            "calendar.changed", subject=key_of(calendar), actor=actor.key, now=now, data=changed
        )
    return calendar

"""A provider who takes clients at once for a while, and one who does no longer (R16)."""

import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.errors import OnLeave, UnknownStay
from alcove.availability.models import ProviderCalendar
from alcove.availability.policies import STAYS_MINUTES
from alcove.core import events
from alcove.core.formats import long_day
from alcove.people.models import Person


@transaction.atomic
def become_available(*, actor: Person, minutes: int, now: dt.datetime) -> ProviderCalendar:
    """Let clients ring this provider for the coming 30, 60 or 120 minutes; it ends by itself.

    Saying it again starts the time anew. Raises NotAllowed, UnknownStay or OnLeave.
    """
    if minutes not in STAYS_MINUTES:
        raise UnknownStay
    calendar = lock_own_calendar(actor)
    today = now.astimezone(calendar.zone).date()
    if calendar.on_leave_until is not None and today < calendar.on_leave_until:
        raise OnLeave(day=long_day(calendar.on_leave_until))
    _set(calendar, now + dt.timedelta(minutes=minutes), actor=actor, now=now)
    return calendar


@transaction.atomic
def end_availability(*, actor: Person, now: dt.datetime) -> ProviderCalendar:
    """Let nobody ring any more; a ring that is under way can still be answered.

    No effect on somebody who is not available. Raises NotAllowed.
    """
    calendar = lock_own_calendar(actor)
    if calendar.is_available_now(now):
        _set(calendar, None, actor=actor, now=now)
    return calendar


def _set(
    calendar: ProviderCalendar, until: dt.datetime | None, *, actor: Person, now: dt.datetime
) -> None:
    calendar.available_now_until = until
    calendar.save(update_fields=["available_now_until"])
    events.record(
        "calendar.available_now",
        subject=key_of(calendar),
        actor=actor.key,
        now=now,
        data={"until": until.isoformat() if until else None},
    )

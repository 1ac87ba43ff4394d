"""One date that differs from the weekly hours."""

import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.errors import DateHasHours, DateIsPast, HoursOverlap
from alcove.availability.models import DateOverride, ProviderCalendar
from alcove.availability.policies import Hours, first_overlap
from alcove.availability.wording import span_words
from alcove.core import events
from alcove.core.formats import long_day
from alcove.people.models import Person


@transaction.atomic
def add_date_override(
    *, actor: Person, date: dt.date, hours: Hours | None, now: dt.datetime
) -> DateOverride:
    """Replace the weekly hours of one date by these, or close it with None.

    A date may get several spans, or be closed. Sessions booked already stay. Raises NotAllowed,
    DateIsPast (in the provider's zone), EndsBeforeStart, NoSessionType, DateHasHours or
    HoursOverlap.
    """
    calendar = lock_own_calendar(actor)
    if date < now.astimezone(calendar.zone).date():
        raise DateIsPast(day=long_day(date))
    if hours is not None:
        hours.require_sound()
    _require_room(calendar, date, hours)
    override = DateOverride.objects.create(
        calendar=calendar,
        date=date,
        start_minute=hours.start_minute if hours else None,
        end_minute=hours.end_minute if hours else None,
        modalities=list(hours.modalities) if hours else [],
    )
    events.record(
        "date_override.added",
        subject=key_of(calendar),
        actor=actor.key,
        now=now,
        data={
            "date": date.isoformat(),
            "start_minute": override.start_minute,
            "end_minute": override.end_minute,
            "modalities": override.modalities,
        },
    )
    return override


def _require_room(calendar: ProviderCalendar, date: dt.date, hours: Hours | None) -> None:
    """Refuse hours on a closed date, closing one with hours, and spans that overlap."""
    spans: list[Hours] = []
    for row in DateOverride.objects.filter(calendar=calendar, date=date):
        if hours is None or row.start_minute is None or row.end_minute is None:
            words = span_words(row.start_minute, row.end_minute)
            raise DateHasHours(day=long_day(date), span=words)
        spans.append(Hours(row.start_minute, row.end_minute, tuple(row.modalities)))
    if hours is not None and (overlap := first_overlap(hours, spans)):
        raise HoursOverlap(
            day=long_day(date), span=span_words(overlap.start_minute, overlap.end_minute)
        )

"""A date that follows the weekly hours again."""

import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.models import DateOverride
from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.models import Person


@transaction.atomic
def remove_date_override(*, actor: Person, override_id: int, now: dt.datetime) -> None:
    """Take one override back; NotFound for others', NotAllowed for people without a calendar."""
    calendar = lock_own_calendar(actor)
    override = DateOverride.objects.filter(calendar=calendar, pk=override_id).first()
    if override is None:
        raise NotFound
    events.record(
        "date_override.removed",
        subject=key_of(calendar),
        actor=actor.key,
        now=now,
        data={
            "date": override.date.isoformat(),
            "start_minute": override.start_minute,
            "end_minute": override.end_minute,
        },
    )
    override.delete()

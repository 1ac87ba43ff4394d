"""Absence that is called off."""

import datetime as dt

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.models import TimeOff
from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.models import Person


@transaction.atomic
def remove_time_off(*, actor: Person, time_off_id: int, now: dt.datetime) -> None:
    """Open the time again; NotFound for others', NotAllowed for people without a calendar."""
    calendar = lock_own_calendar(actor)
    time_off = TimeOff.objects.filter(calendar=calendar, pk=time_off_id).first()
    if time_off is None:
        raise NotFound
    events.record(
        "time_off.removed",
        subject=key_of(calendar),
        actor=actor.key,
        now=now,
        data={
            "starts_at": time_off.starts_at.isoformat(),
            "ends_at": time_off.ends_at.isoformat(),
        },
    )
    time_off.delete()

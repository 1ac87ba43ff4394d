"""Requests that nobody answered settle themselves (R9)."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, Ending, Status
from alcove.core import jobs


@transaction.atomic
def lapse_appointment(*, appointment: Appointment, now: dt.datetime) -> None:
    """End a request past its deadline: slot free, credit back, both told.

    Raises ChangedMeanwhile when somebody settled it first.
    """
    lifecycle.move(appointment, Status.LAPSED)
    Ending.objects.create(appointment=appointment, ended_at=now)
    ledger.release(appointment.reservation_key, now=now)
    record_change("appointment.lapsed", appointment, actor=None, now=now)


@jobs.every(dt.timedelta(seconds=20), "booking.lapse_requests")
def lapse_requests(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Lapse every request past its deadline."""
    overdue = Appointment.objects.filter(status=Status.REQUESTED, confirm_by__lte=now)
    for appointment in overdue.select_related("room", "provider").order_by("confirm_by")[:500]:
        try:
            lapse_appointment(appointment=appointment, now=now)
        except ChangedMeanwhile:
            continue

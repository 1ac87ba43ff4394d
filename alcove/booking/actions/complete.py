"""Sessions that took place are completed and their credit spent."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, SlotHold, Status
from alcove.core import jobs

# Holds stay a while after their end, so that a late click is told what happened to it.
HOLDS_KEPT_FOR = dt.timedelta(days=1)


@transaction.atomic
def complete_appointment(*, appointment: Appointment, now: dt.datetime) -> None:
    """Close a confirmed session that is over and spend its credit.

    Raises ChangedMeanwhile when somebody settled it first.
    """
    lifecycle.move(appointment, Status.COMPLETED)
    ledger.spend(appointment.reservation_key, now=now)
    record_change("appointment.completed", appointment, actor=None, now=now)


@jobs.every(dt.timedelta(minutes=1), "booking.complete_sessions")
def complete_sessions(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Complete every confirmed session whose end has passed, and sweep old holds."""
    over = Appointment.objects.filter(status=Status.CONFIRMED, ends_at__lte=now)
    for appointment in over.select_related("room", "provider").order_by("ends_at")[:500]:
        try:
            complete_appointment(appointment=appointment, now=now)
        except ChangedMeanwhile:
            continue
    SlotHold.objects.filter(rings=False, expires_at__lt=now - HOLDS_KEPT_FOR).delete()

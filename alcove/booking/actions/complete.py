"""Sessions that took place are completed and their credit spent; old holds are swept."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
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


@jobs.every(dt.timedelta(minutes=10), "booking.sweep_holds")
def sweep_holds(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Delete holds that no click will come back to."""
    old = SlotHold.objects.filter(expires_at__lt=now - HOLDS_KEPT_FOR)
    old.filter(purpose=SlotHold.Purpose.REVIEW).delete()

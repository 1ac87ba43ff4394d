"""Reminding people of their sessions: found from what is booked now, never queued before."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.core import events, jobs
from alcove.notifications.due import due_reminders
from alcove.notifications.models import Reminder

REMINDER_DUE = "reminder.due"
# So many in one transaction: after a long silence there may be thousands.
BATCH = 500


@jobs.every(dt.timedelta(minutes=1), "notifications.remind")
def remind(_payload: dict[str, Any], now: dt.datetime) -> None:
    """The job, each minute: make every reminder that is due."""
    while make_reminders(now=now) == BATCH:
        pass


@transaction.atomic
def make_reminders(*, now: dt.datetime) -> int:
    """Make up to a batch of the reminders that are due at ``now``; return how many.

    Each has an event that tells its person. Where two runners find the same, the database lets
    one of them through; the other changes nothing and raises IntegrityError.
    """
    due = due_reminders(now, BATCH)
    recorded = events.record_all(
        REMINDER_DUE,
        [
            (
                f"appointment:{one.code}",
                {"code": one.code, "starts_at": one.starts_at.isoformat()},
            )
            for one in due
        ],
        now=now,
    )
    Reminder.objects.bulk_create(
        Reminder(
            appointment_id=one.appointment,
            person_id=one.person,
            starts_at=one.starts_at,
            lead_minutes=one.lead_minutes,
            event=event,
        )
        for one, event in zip(due, recorded, strict=True)
    )
    return len(due)

"""Whether people are reminded of what is booked, and of nothing else."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from alcove.core.models import Event, Job
from alcove.database_check.sessions import LEADS_TO
from alcove.notifications.due import due_reminders
from alcove.notifications.models import Delivery, Reminder

# The job looks each minute; a runner that is busy or starts anew may be this late.
PATIENCE = dt.timedelta(minutes=15)
MOST_OVERDUE = 1000


def wrong_starts(now: dt.datetime) -> Iterator[str]:
    """Reminders of a start that their session never had."""
    had: dict[str, set[dt.datetime]] = defaultdict(set)
    told = Event.objects.filter(kind__in=LEADS_TO).values_list("subject", "data__starts_at")
    for subject, start in told.iterator(chunk_size=5000):
        had[subject].add(dt.datetime.fromisoformat(start))
    for row in Reminder.objects.select_related("appointment").iterator(chunk_size=5000):
        if row.starts_at not in had[row.appointment.key]:
            yield f"reminder {row.pk} of session {row.appointment.code}: never at {row.starts_at}"


def overdue(now: dt.datetime) -> Iterator[str]:
    """Reminders whose moment went by without their being made: no job looks for them."""
    for one in due_reminders(now, MOST_OVERDUE):
        moment = one.starts_at - dt.timedelta(minutes=one.lead_minutes)
        if moment < now - PATIENCE:
            yield f"session {one.code}, person {one.person}: due at {moment}"


def unsent(now: dt.datetime) -> Iterator[str]:
    """Messages that wait without a job that would send them."""
    jobs = set(Job.objects.exclude(unique_key=None).values_list("unique_key", flat=True))
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    for row in waiting.iterator(chunk_size=5000):
        if row.key not in jobs:
            yield f"delivery {row.pk} waits, and nothing will send it"

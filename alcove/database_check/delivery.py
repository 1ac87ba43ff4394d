"""Whether what follows from events was done once, and is being done."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count

from alcove.core.models import Job
from alcove.notifications.models import Delivery

# So often in vain is no passing trouble: about half an hour of growing pauses.
MANY_ATTEMPTS = 10


def repeated_deliveries(now: dt.datetime) -> Iterator[str]:
    """Events about which somebody has two letters by one channel."""
    rows = (
        Delivery.objects.exclude(event=None)
        .values_list("event", "person", "channel")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
        .order_by()
    )
    for event, person, channel, count in rows:
        yield f"event {event}, person {person}: {count} by {channel}"


def stuck_jobs(now: dt.datetime) -> Iterator[str]:
    """Jobs that were set aside, or were tried many times and are still there."""
    for job in Job.objects.exclude(failed_at=None) | Job.objects.filter(
        attempts__gte=MANY_ATTEMPTS
    ):
        state = "given up" if job.failed_at else "failing"
        yield f"job {job.pk} ({job.kind}), {state} after {job.attempts} attempts: {job.last_error}"

"""Whether what follows from events was done once, and is being done."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F

from alcove.core.models import Job
from alcove.notifications.models import Delivery, PushCopy

# So often in vain is no passing trouble: about half an hour of growing pauses.
MANY_ATTEMPTS = 10


def repeated_deliveries(now: dt.datetime) -> Iterator[str]:
    """Events about which somebody has two letters by one channel."""
    letters = Delivery.objects.exclude(event=None).order_by()
    to_people = letters.exclude(person=None).values_list("event", "person", "channel")
    for event, person, channel, count in to_people.annotate(count=Count("pk")).filter(count__gt=1):
        yield f"event {event}, person {person}: {count} by {channel}"
    # People who are not known here yet are told apart by their address.
    to_others = letters.filter(person=None).values_list("event", "channel", "address")
    for event, channel, _to, count in to_others.annotate(count=Count("pk")).filter(count__gt=1):
        yield f"event {event}, to nobody known here: {count} by {channel}"


def copies_for_others(now: dt.datetime) -> Iterator[str]:
    """Copies of a message on a device of somebody else than its reader."""
    strays = PushCopy.objects.exclude(delivery__person=F("device__person"))
    for copy in strays.select_related("delivery"):
        yield f"{copy.delivery.key} on device {copy.device_id}"


def stuck_jobs(now: dt.datetime) -> Iterator[str]:
    """Jobs that were set aside, or were tried many times and are still there."""
    for job in Job.objects.exclude(failed_at=None) | Job.objects.filter(
        attempts__gte=MANY_ATTEMPTS
    ):
        state = "given up" if job.failed_at else "failing"
        yield f"job {job.pk} ({job.kind}), {state} after {job.attempts} attempts: {job.last_error}"

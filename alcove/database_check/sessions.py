"""Whether each session's story was told: its events, its ending."""

import datetime as dt
from collections.abc import Iterator

from alcove.booking.models import Appointment, Ending, Status
from alcove.core.models import Event

# Which events leave an appointment in which status.
LEADS_TO = {
    "appointment.requested": Status.REQUESTED,
    "appointment.rescheduled": Status.REQUESTED,
    "appointment.confirmed": Status.CONFIRMED,
    "appointment.declined": Status.DECLINED,
    "appointment.lapsed": Status.LAPSED,
    "appointment.cancelled": Status.CANCELLED,
    "appointment.completed": Status.COMPLETED,
    "appointment.no_show": Status.NO_SHOW,
}
ENDED_EARLY = {Status.DECLINED, Status.LAPSED, Status.CANCELLED}


def untold_statuses(now: dt.datetime) -> Iterator[str]:
    """Sessions whose latest change left no event, so that nobody was told."""
    told: dict[str, str] = {}
    events = Event.objects.filter(kind__in=LEADS_TO).order_by("id").values_list("subject", "kind")
    for subject, kind in events.iterator(chunk_size=5000):
        told[subject] = LEADS_TO[kind]
    for row in Appointment.objects.only("code", "status").iterator(chunk_size=5000):
        if told.get(row.key) != row.status:
            yield f"session {row.code} is {row.status}, its events say {told.get(row.key)}"


def wrong_endings(now: dt.datetime) -> Iterator[str]:
    """Sessions that ended early without saying how, or say so without having ended."""
    ended = set(Ending.objects.values_list("appointment_id", flat=True))
    for pk, code, status in Appointment.objects.values_list("pk", "code", "status").iterator():
        if (status in ENDED_EARLY) != (pk in ended):
            yield f"session {code}, {status}, has {'an' if pk in ended else 'no'} ending"

"""The life of an appointment: every legal step, and the one function that takes one.

requested → confirmed → completed / no-show; requested → declined / lapsed; requested or
confirmed → cancelled; rescheduling leads back to requested. Nothing else is legal.
"""

from typing import Any

from django.db.models import F

from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.models import Appointment, Status, TimeClaim

STEPS: dict[str, frozenset[str]] = {
    Status.REQUESTED: frozenset(
        {Status.REQUESTED, Status.CONFIRMED, Status.DECLINED, Status.LAPSED, Status.CANCELLED}
    ),
    Status.CONFIRMED: frozenset(
        {Status.REQUESTED, Status.COMPLETED, Status.NO_SHOW, Status.CANCELLED}
    ),
    Status.COMPLETED: frozenset(),
    Status.NO_SHOW: frozenset(),
    Status.DECLINED: frozenset(),
    Status.LAPSED: frozenset(),
    Status.CANCELLED: frozenset(),
}
ENDED = frozenset(status for status, following in STEPS.items() if not following)


def can_become(status: str, to: str) -> bool:
    """Whether the step is in the table."""
    return to in STEPS[status]


def move(appointment: Appointment, to: str, **changes: Any) -> None:
    """Take one step, from the status and version that the caller has read.

    A conditional UPDATE decides between two people who act at once: the later one gets
    ChangedMeanwhile and nothing is changed. An ended appointment gives its time claims up in
    the same transaction. ``changes`` are further fields to set.
    """
    if not can_become(appointment.status, to):
        raise ChangedMeanwhile(status=appointment.get_status_display())
    moved = Appointment.objects.filter(
        pk=appointment.pk, status=appointment.status, version=appointment.version
    ).update(status=to, version=F("version") + 1, sequence=F("sequence") + 1, **changes)
    if not moved:
        appointment.refresh_from_db()
        raise ChangedMeanwhile(status=appointment.get_status_display())
    if to in ENDED:
        TimeClaim.objects.filter(appointment=appointment).delete()
    appointment.status = to
    appointment.version += 1
    appointment.sequence += 1
    for field, value in changes.items():
        setattr(appointment, field, value)

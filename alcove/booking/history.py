"""Recording what happened to an appointment, as the events that everything above reads."""

import datetime as dt
from typing import Any, Literal

from alcove.booking.models import Appointment, Ring
from alcove.core import events
from alcove.core.models import Event
from alcove.people.models import Person

By = Literal["client", "provider", "system", "practice", "behalf"]


def role_of(actor: Person | None, appointment: Appointment) -> By:
    """In which role somebody acts on this appointment; nobody is the system."""
    if actor is None:
        return "system"
    return "provider" if actor.pk == appointment.provider_id else "client"


def record_change(
    kind: str, appointment: Appointment, *, actor: Person | None, now: dt.datetime, **data: Any
) -> Event:
    """Record one change with the appointment as it is now.

    What a letter about it needs travels in the event: it may go out when the appointment has
    changed again.
    """
    return events.record(
        kind,
        subject=appointment.key,
        actor=actor.key if actor else events.SYSTEM,
        now=now,
        data={
            "code": appointment.code,
            "by": role_of(actor, appointment),
            "status": appointment.status,
            "starts_at": appointment.starts_at.isoformat(),
            "ends_at": appointment.ends_at.isoformat(),
            "modality": appointment.modality,
            "confirm_by": appointment.confirm_by.isoformat(),
            "free_until": appointment.free_until.isoformat(),
            "sequence": appointment.sequence,
            "was_confirmed": appointment.was_confirmed,
            **data,
        },
    )


def former_start(appointment: Appointment) -> dt.datetime | None:
    """When it was to start before it was moved the last time; None if it never was."""
    moves = Event.objects.filter(subject=appointment.key, kind="appointment.rescheduled")
    last = moves.order_by("-id").values_list("data", flat=True).first()
    return dt.datetime.fromisoformat(last["former_starts_at"]) if last else None


def record_ring(kind: str, ring: Ring, *, actor: Person | None, now: dt.datetime) -> Event:
    """Record that somebody rang, or how that ended."""
    return events.record(
        kind,
        subject=ring.key,
        actor=actor.key if actor else events.SYSTEM,
        now=now,
        data={
            "ring": ring.code,
            "room": ring.room.code,
            "provider": ring.provider_id,
            "modality": ring.modality,
            "length_minutes": ring.length_minutes,
        },
    )

"""Sessions that the practice itself cancels: nobody pays, and both sides are told."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from alcove.billing.actions.stop_plan import stop_renewing
from alcove.booking import lifecycle
from alcove.booking.actions.cancel import settle_change
from alcove.booking.actions.hold import give_up_holds
from alcove.booking.history import record_change
from alcove.booking.models import ACTIVE, Appointment, Ending, Status
from alcove.booking.policies import FREE
from alcove.people.access import require_admin
from alcove.people.models import Person
from alcove.rooms.actions.open_room import mark_closed
from alcove.rooms.membership import lock_room
from alcove.rooms.models import Room


def to_come(rooms: QuerySet[Room], now: dt.datetime) -> QuerySet[Appointment]:
    """What is booked in these rooms and has not begun, next first."""
    return (
        Appointment.objects.filter(room__in=rooms, status__in=ACTIVE, starts_at__gt=now)
        .select_related("room__owner", "provider")
        .order_by("starts_at", "pk")
    )


@transaction.atomic
def call_off(*, actor: Person, rooms: QuerySet[Room], now: dt.datetime) -> list[Appointment]:
    """Cancel what is to come in these rooms, free of charge (R13), and let go of what they hold.

    Plans that renew by card are stopped: what is paid stays, nothing more is charged.

    Raises NotFound for everybody but admins, ChangedMeanwhile where somebody was faster.
    """
    require_admin(actor)
    found = list(to_come(rooms, now))
    for room in rooms:
        give_up_holds(room.pk, now=now)
        stop_renewing(actor=actor, room=room, now=now)
    for appointment in found:
        lifecycle.move(appointment, Status.CANCELLED)
        Ending.objects.create(appointment=appointment, ended_by=actor, ended_at=now)
        settle_change(appointment, FREE, now=now)
        record_change(
            "appointment.cancelled",
            appointment,
            actor=actor,
            now=now,
            cost=FREE.token,
            by="practice",
        )
    return found


@transaction.atomic
def close_room(*, actor: Person, room: Room, reason: str, now: dt.datetime) -> list[Appointment]:
    """Close a room; what is to come in it is cancelled, free of charge. Raises as ``call_off``."""
    require_admin(actor)
    # Whoever books takes the same lock: it is booked before, and cancelled here, or not at all.
    lock_room(room.pk)
    found = call_off(actor=actor, rooms=Room.objects.filter(pk=room.pk), now=now)
    mark_closed(actor=actor, room=room, reason=reason, now=now)
    return found

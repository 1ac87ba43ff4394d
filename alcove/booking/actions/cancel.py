"""Cancelling, with the consequence that the page has shown."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.models import LateFee
from alcove.booking import lifecycle
from alcove.booking.access import appointment_for, require_scheduler
from alcove.booking.actions.hold import give_up_holds, require_movable
from alcove.booking.errors import ConsequenceChanged, ReasonNeeded
from alcove.booking.history import record_change
from alcove.booking.models import (
    Appointment,
    CancellationReason,
    Ending,
    FreedTime,
    SlotHold,
    Status,
)
from alcove.booking.policies import FREE, Consequence, Terms, consequence_for_client
from alcove.people.models import Person


def consequence_for(actor: Person, appointment: Appointment, now: dt.datetime) -> Consequence:
    """What it costs this person to move or cancel at ``now``; a provider's act is always free."""
    if actor.pk == appointment.provider_id:
        return FREE
    terms = Terms(
        is_confirmed=appointment.status == Status.CONFIRMED,
        free_until=appointment.free_until,
        late_rule=appointment.late_rule,
        late_fee_minor=appointment.late_fee_minor,
        currency=appointment.currency,
    )
    return consequence_for_client(terms, now)


@transaction.atomic
def cancel_appointment(
    *,
    actor: Person,
    code: str,
    reason: CancellationReason | None,
    words: str,
    agreed: str,
    now: dt.datetime,
) -> Appointment:
    """Cancel a requested or confirmed session (R12) at the consequence that was agreed to.

    ``agreed`` is the token of the consequence the person was shown; where it differs from what
    holds now, ConsequenceChanged is raised and nothing is changed. Also raises NotFound,
    NotRoomOwner, ReasonNeeded, AlreadyEnded, AlreadyStarted or ChangedMeanwhile.
    """
    appointment = appointment_for(actor, code)
    if actor.pk != appointment.provider_id:
        require_scheduler(actor, appointment.room)
    require_movable(appointment, now)
    is_listed = reason is not None and reason.retired_at is None
    if not is_listed and CancellationReason.objects.filter(retired_at=None).exists():
        raise ReasonNeeded
    consequence = consequence_for(actor, appointment, now)
    if consequence.token != agreed:
        raise ConsequenceChanged
    lifecycle.move(appointment, Status.CANCELLED)
    Ending.objects.create(
        appointment=appointment,
        ended_by=actor,
        reason=reason,
        words=words,
        cost=consequence.cost,
        ended_at=now,
    )
    if SlotHold.objects.filter(moves=appointment, became=None).exists():
        give_up_holds(appointment.room_id, now=now)
    settle_change(appointment, consequence, now=now)
    record_change(
        "appointment.cancelled", appointment, actor=actor, now=now, cost=consequence.token
    )
    return appointment


def settle_change(appointment: Appointment, consequence: Consequence, *, now: dt.datetime) -> None:
    """Settle the present reservation of an appointment whose time is given up.

    A lost credit is noted with the time it freed, so that it can come back.
    """
    key = appointment.reservation_key
    if consequence.cost == "credit":
        ledger.forfeit(key, now=now)
        FreedTime.objects.create(
            room=appointment.room,
            provider=appointment.provider,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            appointment=appointment,
            reservation_key=key,
        )
        return
    ledger.release(key, now=now)
    if consequence.cost == "fee":
        LateFee.objects.create(
            room=appointment.room,
            amount_minor=consequence.fee_minor,
            currency=consequence.currency,
            cause=f"late:{key}",
            due_at=now,
        )

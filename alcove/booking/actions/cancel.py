"""Cancelling, with the consequence that the page has shown."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.actions.late_fees import make_fee_due
from alcove.booking import lifecycle
from alcove.booking.access import appointment_for, appointment_on_behalf, require_scheduler
from alcove.booking.actions.hold import give_up_holds, require_movable
from alcove.booking.behalf import Behalf, record_behalf, told
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
from alcove.booking.policies import (
    FREE,
    Consequence,
    Terms,
    consequence_for_client,
    consequence_on_behalf,
)
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


def consequence_by(actor: Person, due: Consequence, behalf: Behalf | None) -> Consequence:
    """What is due, or what staff make of it who act for the client; see ``consequence_on_behalf``."""
    if behalf is None:
        return due
    return consequence_on_behalf(due, is_admin=actor.is_admin, waives=behalf.waives)


@transaction.atomic
def cancel_appointment(
    *,
    actor: Person,
    code: str,
    reason: CancellationReason | None,
    words: str,
    agreed: str,
    now: dt.datetime,
    behalf: Behalf | None = None,
) -> Appointment:
    """Cancel a requested or confirmed session (R12) at the consequence that was agreed to.

    ``agreed`` is the token of the consequence the person was shown; where it differs from what
    holds now, ConsequenceChanged is raised and nothing is changed. With ``behalf`` it is staff who
    cancel for the client, whose words stand for a reason of the list; a late one is an admin's
    then, who may waive its cost (R18). Also raises NotFound, NotRoomOwner, OwnRoom, ReasonNeeded,
    LateForStaff, WaivingIsForAdmins, AlreadyEnded, AlreadyStarted or ChangedMeanwhile.
    """
    appointment = _find(actor, code, behalf)
    require_movable(appointment, now)
    is_listed = reason is not None and reason.retired_at is None
    if (
        behalf is None
        and not is_listed
        and CancellationReason.objects.filter(retired_at=None).exists()
    ):
        raise ReasonNeeded
    due = consequence_for(actor, appointment, now)
    consequence = consequence_by(actor, due, behalf)
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
    kind, cost = "appointment.cancelled", consequence.token
    about = told(behalf, waived=consequence != due)
    record_change(kind, appointment, actor=actor, now=now, cost=cost, **about)
    record_behalf(kind, appointment, behalf, actor=actor, now=now, due=due.token, cost=cost)
    return appointment


def _find(actor: Person, code: str, behalf: Behalf | None) -> Appointment:
    if behalf is not None:
        return appointment_on_behalf(actor, code)
    appointment = appointment_for(actor, code)
    if actor.pk != appointment.provider_id:
        require_scheduler(actor, appointment.room)
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
        make_fee_due(
            room=appointment.room,
            amount_minor=consequence.fee_minor,
            currency=consequence.currency,
            cause=f"late:{key}",
            consent_key=appointment.key,
            now=now,
        )

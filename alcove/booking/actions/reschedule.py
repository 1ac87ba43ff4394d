"""Moving an appointment to a time that is held already."""

import copy
import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.access import hold_for, hold_on_behalf, require_scheduler
from alcove.booking.actions.cancel import consequence_by, consequence_for, settle_change
from alcove.booking.actions.hold import require_movable
from alcove.booking.actions.request import announce, deadline
from alcove.booking.behalf import Behalf, record_behalf, told
from alcove.booking.claims import lock_people, move_claims
from alcove.booking.errors import ConsequenceChanged, HoldExpired
from alcove.booking.models import Appointment, SlotHold, Status
from alcove.booking.queries import room_terms
from alcove.people.models import Person, Practice


@transaction.atomic
def reschedule_appointment(
    *,
    actor: Person,
    hold_code: str,
    agreed: str,
    now: dt.datetime,
    behalf: Behalf | None = None,
) -> Appointment:
    """Move the appointment to the held time (R11); the provider confirms again.

    The new time is claimed before the old one is let go, in one transaction. A late move costs
    what a late cancellation costs, and the new time needs a credit of its own. With ``behalf`` it
    is staff who move it for the client; a late move is an admin's then, who may waive its cost.
    Raises NotFound, NotRoomOwner, OwnRoom, HoldExpired, AlreadyEnded, AlreadyStarted,
    LateForStaff, WaivingIsForAdmins, ConsequenceChanged, RoomNotBookable, SlotTaken,
    NotEnoughCredits or ChangedMeanwhile.
    """
    find = hold_on_behalf if behalf else hold_for
    people = lock_people(find(actor, hold_code).room_id)
    # Read behind the lock: another device may have used or replaced it a moment ago.
    hold = find(actor, hold_code)
    if hold.became is not None:
        return hold.became
    if behalf is None:
        require_scheduler(actor, hold.room)
    if hold.moves is None or not hold.is_good_at(now):
        raise HoldExpired
    appointment = hold.moves
    require_movable(appointment, now)
    practice = Practice.load()
    room_terms(hold.room, practice, now).require_bookable()
    due = consequence_for(actor, appointment, now)
    consequence = consequence_by(actor, due, behalf)
    if consequence.token != agreed:
        raise ConsequenceChanged
    former = copy.copy(appointment)
    # The step first: it decides who wins, before anything is settled.
    _move(appointment, hold, practice, now)
    settle_change(former, consequence, now=now)
    move_claims(hold, appointment, people)
    ledger.reserve(hold.room, appointment.reservation_key, now=now)
    SlotHold.objects.filter(pk=hold.pk).update(became=appointment)
    announce(
        appointment,
        "appointment.rescheduled",
        actor=actor,
        practice=practice,
        now=now,
        former_starts_at=former.starts_at.isoformat(),
        cost=consequence.token,
        **told(behalf, waived=consequence != due),
    )
    record_behalf(
        "appointment.rescheduled",
        appointment,
        behalf,
        actor=actor,
        now=now,
        former_starts_at=former.starts_at.isoformat(),
        due=due.token,
        cost=consequence.token,
    )
    return appointment


def _move(appointment: Appointment, hold: SlotHold, practice: Practice, now: dt.datetime) -> None:
    """Back to requested at the new time, with a fresh deadline and the terms of the booking."""
    lifecycle.move(
        appointment,
        Status.REQUESTED,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        buffer_before_minutes=hold.buffer_before_minutes,
        buffer_after_minutes=hold.buffer_after_minutes,
        confirm_by=deadline(hold.starts_at, practice, now),
        reservation=appointment.reservation + 1,
    )

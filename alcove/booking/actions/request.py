"""Booking a held slot: the appointment is requested, or confirmed where that is automatic."""

import datetime as dt

from django.db import transaction

from alcove.availability.models import ProviderCalendar
from alcove.billing import ledger
from alcove.billing.actions.late_fees import consent_to_fee
from alcove.billing.models import LateRule
from alcove.booking import lifecycle
from alcove.booking.access import hold_for, hold_on_behalf, require_scheduler
from alcove.booking.actions.restore import restore_credits_for
from alcove.booking.behalf import Behalf, record_behalf, told
from alcove.booking.claims import lock_people, pass_claims_on
from alcove.booking.errors import HoldExpired
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, SlotHold, Status
from alcove.booking.policies import confirm_by
from alcove.booking.queries import room_terms
from alcove.people.models import Person, Practice


@transaction.atomic
def request_appointment(
    *, actor: Person, hold_code: str, now: dt.datetime, behalf: Behalf | None = None
) -> Appointment:
    """Book the held slot: reserve a credit, take the time, tell everybody.

    A hold that was booked already gives that same appointment: a second click has no second
    effect. With ``behalf`` it is staff who book what they hold for a client, at their terms. Raises
    NotFound, NotRoomOwner, OwnRoom, HoldExpired, RoomNotBookable, NotOffered, SlotTaken or
    NotEnoughCredits.
    """
    find = hold_on_behalf if behalf else hold_for
    people = lock_people(find(actor, hold_code).room_id)
    # Read behind the lock: another device may have booked or replaced it a moment ago.
    hold = find(actor, hold_code)
    if hold.became is not None:
        return hold.became
    if behalf is None:
        require_scheduler(actor, hold.room)
    if hold.moves is not None or not hold.is_good_at(now):
        raise HoldExpired
    practice = Practice.load()
    appointment = create_appointment(actor, hold, practice, now)
    pass_claims_on(hold, appointment, people)
    ledger.reserve(hold.room, appointment.reservation_key, now=now)
    # Only its client can agree to a charge.
    if behalf is None and appointment.late_rule == LateRule.FEE:
        consent_to_fee(
            person=actor,
            key=appointment.key,
            amount_minor=appointment.late_fee_minor,
            currency=appointment.currency,
            now=now,
        )
    SlotHold.objects.filter(pk=hold.pk).update(became=appointment)
    kind = "appointment.requested"
    announce(appointment, kind, actor=actor, practice=practice, now=now, **told(behalf))
    record_behalf(kind, appointment, behalf, actor=actor, now=now)
    return appointment


def announce(
    appointment: Appointment,
    kind: str,
    *,
    actor: Person,
    practice: Practice,
    now: dt.datetime,
    **data: object,
) -> None:
    """Record the request; where confirmation is automatic, confirm it in the same breath (R9).

    One change is one event: an automatic confirmation is told as a confirmation only.
    """
    if not confirms_automatically(appointment.provider.provider_calendar, practice):
        record_change(kind, appointment, actor=actor, now=now, **data)
        return
    lifecycle.move(appointment, Status.CONFIRMED, was_confirmed=True)
    restore_credits_for(appointment, now=now)
    # Nobody confirmed it, whoever booked or moved it.
    by_itself = {key: value for key, value in data.items() if key != "by"}
    record_change("appointment.confirmed", appointment, actor=None, now=now, **by_itself)


def confirms_automatically(calendar: ProviderCalendar, practice: Practice) -> bool:
    """The provider's setting, or the practice's where the provider has none."""
    own = calendar.confirms_automatically
    return practice.confirms_automatically if own is None else own


def deadline(starts_at: dt.datetime, practice: Practice, now: dt.datetime) -> dt.datetime:
    """Until when the provider may answer a request made now."""
    return confirm_by(
        booked_at=now,
        starts_at=starts_at,
        within=dt.timedelta(hours=practice.confirm_within_hours),
        before_start=dt.timedelta(hours=practice.confirm_before_start_hours),
        at_least=dt.timedelta(minutes=practice.confirm_at_least_minutes),
    )


def create_appointment(
    actor: Person, hold: SlotHold, practice: Practice, now: dt.datetime
) -> Appointment:
    """The appointment at the hold's time with the terms that the client has read; requested.

    Raises RoomNotBookable or NotOffered. The caller settles claims, credit and hold.
    """
    terms = room_terms(hold.room, practice, now)
    _calendar, entitlement = terms.require_bookable()
    terms.require_offered(hold.modality, hold.length_minutes)
    return Appointment.objects.create(
        room=hold.room,
        provider=hold.room.provider,
        booked_by=actor,
        modality=hold.modality,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        buffer_before_minutes=hold.buffer_before_minutes,
        buffer_after_minutes=hold.buffer_after_minutes,
        confirm_by=deadline(hold.starts_at, practice, now),
        notice_hours=practice.notice_hours,
        late_rule=entitlement.plan.late_rule,
        late_fee_minor=entitlement.plan.late_fee_minor,
        currency=entitlement.plan.currency,
        booked_at=now,
    )

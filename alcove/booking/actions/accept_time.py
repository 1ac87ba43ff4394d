"""The client takes one of the offered times: it is booked, and confirmed already (R6)."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle, proposals
from alcove.booking.access import proposal_for, require_scheduler
from alcove.booking.actions.request import create_appointment
from alcove.booking.actions.restore import restore_credits_for
from alcove.booking.claims import lock_people, pass_claims_on
from alcove.booking.errors import OfferOver, ProposalSettled, SlotTaken
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, OfferedTime, SlotHold, Status, TimeProposal
from alcove.people.models import Person, Practice

State = TimeProposal.State


@transaction.atomic
def accept_time(
    *, actor: Person, code: str, starts_at: dt.datetime, now: dt.datetime
) -> Appointment:
    """Book the offered time that starts then; the other times are free again.

    As the provider offered it, nobody has to confirm: everybody gets one confirmation. Accepting
    the same time again gives the same session. Raises NotFound, NotRoomOwner, NotAllowed,
    ProposalSettled, OfferOver, RoomNotBookable, NotOffered or NotEnoughCredits.
    """
    proposal = proposal_for(actor, code)
    require_scheduler(actor, proposal.room)
    people = lock_people(proposal.room_id)
    # Read behind the lock: another tab or the provider may have answered a moment ago.
    proposal = proposal_for(actor, code)
    if proposal.became is not None and proposal.became.starts_at == starts_at:
        return proposal.became
    if proposal.state != State.OFFERED:
        raise ProposalSettled(state=proposal.get_state_display())
    hold = _hold_of(proposal, starts_at, now)
    appointment = create_appointment(actor, hold, Practice.load(), now)
    try:
        pass_claims_on(hold, appointment, people)
    except SlotTaken as taken:
        raise OfferOver from taken
    ledger.reserve(proposal.room, appointment.reservation_key, now=now)
    lifecycle.move(appointment, Status.CONFIRMED, was_confirmed=True)
    restore_credits_for(appointment, now=now)
    proposals.move(proposal, State.ACCEPTED, became=appointment)
    proposals.record("times.accepted", proposal, actor=actor, now=now, session=appointment.code)
    record_change(
        "appointment.confirmed", appointment, actor=actor, now=now, proposal=proposal.code
    )
    return appointment


def _hold_of(proposal: TimeProposal, starts_at: dt.datetime, now: dt.datetime) -> SlotHold:
    """What keeps this time; OfferOver where nothing does any more."""
    offered = (
        OfferedTime.objects.filter(proposal=proposal, starts_at=starts_at)
        .select_related(
            "hold__room__owner",
            "hold__room__provider__provider_calendar",
            "hold__room__entitlement__plan",
        )
        .first()
    )
    if offered is None or offered.hold is None or not offered.hold.is_good_at(now):
        raise OfferOver
    return offered.hold

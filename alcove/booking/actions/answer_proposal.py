"""The other ends of an exchange about a time: nothing suits, no, or never mind (R6)."""

import datetime as dt

from django.db import transaction

from alcove.booking import proposals
from alcove.booking.access import proposal_for, require_provider, require_scheduler
from alcove.booking.actions.propose_times import answer_by, reminder_at
from alcove.booking.claims import lock_people
from alcove.booking.errors import ProposalSettled
from alcove.booking.models import TimeProposal, TimeWish
from alcove.core.errors import NotAllowed
from alcove.people.models import Person, Practice

State = TimeProposal.State


@transaction.atomic
def refuse_times(*, actor: Person, code: str, now: dt.datetime) -> TimeProposal:
    """None of the offered times suits: a wish waits for other ones, an unasked offer is declined.

    Raises NotFound, NotRoomOwner, NotAllowed or ProposalSettled.
    """
    proposal = _locked(actor, code)
    require_scheduler(actor, proposal.room)
    _require_state(proposal, State.OFFERED)
    take_offer_back(proposal, State.DECLINED, now)
    proposals.record("times.refused", proposal, actor=actor, now=now)
    return proposal


@transaction.atomic
def take_back_times(*, actor: Person, code: str, now: dt.datetime) -> TimeProposal:
    """The provider takes their offer back; a wish waits again.

    Raises NotFound, NotAllowed or ProposalSettled.
    """
    proposal = _locked(actor, code)
    require_provider(actor, proposal.room)
    _require_state(proposal, State.OFFERED)
    take_offer_back(proposal, State.WITHDRAWN, now)
    proposals.record("times.withdrawn", proposal, actor=actor, now=now)
    return proposal


@transaction.atomic
def decline_wish(*, actor: Person, code: str, words: str, now: dt.datetime) -> TimeProposal:
    """The provider has no time to offer, and says so with a word.

    Raises NotFound, NotAllowed or ProposalSettled.
    """
    proposal = _locked(actor, code)
    require_provider(actor, proposal.room)
    _require_state(proposal, State.OPEN)
    proposals.move(proposal, State.DECLINED, words=words)
    proposals.record("proposal.declined", proposal, actor=actor, now=now)
    return proposal


@transaction.atomic
def withdraw_wish(*, actor: Person, code: str, now: dt.datetime) -> TimeProposal:
    """A client takes their own marked times back; the owner's end the exchange.

    A partner's end it where nobody else's stand in it. Raises NotFound, NotAllowed for the
    provider or people who marked nothing, or ProposalSettled.
    """
    proposal = _locked(actor, code)
    if actor.pk == proposal.room.provider_id:
        raise NotAllowed
    if not proposal.is_live:
        raise ProposalSettled(state=proposal.get_state_display())
    own = TimeWish.objects.filter(proposal=proposal, person=actor)
    others = TimeWish.objects.filter(proposal=proposal).exclude(person=actor)
    if actor.pk != proposal.room.owner_id and not own.exists():
        raise NotAllowed
    if actor.pk != proposal.room.owner_id and (others.exists() or proposal.state == State.OFFERED):
        own.delete()
        proposals.record("proposal.changed", proposal, actor=actor, now=now)
        return proposal
    proposals.move(proposal, State.WITHDRAWN)
    proposals.record("proposal.withdrawn", proposal, actor=actor, now=now)
    return proposal


def _locked(actor: Person, code: str) -> TimeProposal:
    """The proposal as it is once nobody else can change it, for a member of its room."""
    lock_people(proposal_for(actor, code).room_id)
    return proposal_for(actor, code)


def _require_state(proposal: TimeProposal, state: str) -> None:
    if proposal.state != state:
        raise ProposalSettled(state=proposal.get_state_display())


def take_offer_back(proposal: TimeProposal, unasked: State, now: dt.datetime) -> None:
    """From an offer back to the owner's wish, with a fresh deadline; to ``unasked`` without one."""
    wishes = TimeWish.objects.filter(proposal=proposal, person=proposal.room.owner_id)
    if not wishes.exists():
        proposals.move(proposal, unasked)
        return
    practice = Practice.load()
    proposals.move(
        proposal,
        State.OPEN,
        answer_by=answer_by(practice, now),
        remind_at=reminder_at(practice, now),
    )

"""Exchanges about a time settle themselves: the provider is reminded, then they lapse (R6)."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.booking import proposals
from alcove.booking.claims import lock_people
from alcove.booking.errors import ProposalSettled
from alcove.booking.models import LIVE, TimeProposal
from alcove.core import jobs

State = TimeProposal.State
MOST_AT_ONCE = 500


@transaction.atomic
def lapse_proposal(*, proposal: TimeProposal, now: dt.datetime) -> None:
    """End an exchange past its deadline; offered times are free again, and everybody is told.

    Raises ProposalSettled when somebody answered first.
    """
    lock_people(proposal.room_id)
    waited_for = proposal.state
    proposals.move(proposal, State.LAPSED)
    proposals.record("proposal.lapsed", proposal, actor=None, now=now, waited_for=waited_for)


@transaction.atomic
def remind_provider(*, proposal: TimeProposal, now: dt.datetime) -> None:
    """Remind the provider of a wish, once. Raises ProposalSettled when it waits no more."""
    due = TimeProposal.objects.filter(
        pk=proposal.pk, version=proposal.version, remind_at__isnull=False
    )
    if not due.update(remind_at=None):
        raise ProposalSettled(state=proposal.get_state_display())
    proposals.record("proposal.reminded", proposal, actor=None, now=now)


@jobs.every(dt.timedelta(minutes=1), "booking.settle_proposals")
def settle_proposals(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Lapse every exchange past its deadline and remind the providers of those that wait."""
    live = TimeProposal.objects.filter(state__in=LIVE).select_related("room")
    for proposal in live.filter(answer_by__lte=now).order_by("answer_by")[:MOST_AT_ONCE]:
        try:
            lapse_proposal(proposal=proposal, now=now)
        except ProposalSettled:
            continue
    for proposal in live.filter(remind_at__lte=now).order_by("remind_at")[:MOST_AT_ONCE]:
        try:
            remind_provider(proposal=proposal, now=now)
        except ProposalSettled:
            continue

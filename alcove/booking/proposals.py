"""The life of a time proposal: every legal step, and the one function that takes one.

suggested → open → offered → accepted; an offer that suits nobody, or is taken back, leads back to
open. Whatever waits can be withdrawn, declined or lapse. Nothing else is legal.
"""

import datetime as dt
from typing import Any

from django.db.models import F

from alcove.booking.errors import ProposalSettled
from alcove.booking.models import OfferedTime, SlotHold, TimeClaim, TimeProposal
from alcove.core import events
from alcove.core.models import Event
from alcove.people.models import Person

State = TimeProposal.State

STEPS: dict[str, frozenset[str]] = {
    State.SUGGESTED: frozenset({State.OPEN, State.OFFERED, State.WITHDRAWN, State.LAPSED}),
    State.OPEN: frozenset(
        {State.OPEN, State.OFFERED, State.DECLINED, State.WITHDRAWN, State.LAPSED}
    ),
    State.OFFERED: frozenset(
        {State.ACCEPTED, State.OPEN, State.DECLINED, State.WITHDRAWN, State.LAPSED}
    ),
    State.ACCEPTED: frozenset(),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.LAPSED: frozenset(),
}


def move(proposal: TimeProposal, to: str, **changes: Any) -> None:
    """Take one step, from the state and version that the caller has read.

    A conditional UPDATE decides between two people who act at once: the later one gets
    ProposalSettled and nothing is changed. An offer that is answered keeps nobody's time any
    more. ``changes`` are further fields to set.
    """
    if to not in STEPS[proposal.state]:
        raise ProposalSettled(state=proposal.get_state_display())
    # Only what is open has its provider reminded.
    changes = {"remind_at": None, **changes}
    moved = TimeProposal.objects.filter(
        pk=proposal.pk, state=proposal.state, version=proposal.version
    ).update(state=to, version=F("version") + 1, **changes)
    if not moved:
        proposal.refresh_from_db()
        raise ProposalSettled(state=proposal.get_state_display())
    if proposal.state == State.OFFERED:
        _let_go(proposal)
    proposal.state, proposal.version = State(to), proposal.version + 1
    for field, value in changes.items():
        setattr(proposal, field, value)


def _let_go(proposal: TimeProposal) -> None:
    """Give up the time of every offered start; what was booked from its hold is the session's."""
    holds = list(
        OfferedTime.objects.filter(proposal=proposal, hold__isnull=False).values_list(
            "hold_id", flat=True
        )
    )
    OfferedTime.objects.filter(proposal=proposal).update(hold=None)
    TimeClaim.objects.filter(hold__in=holds).delete()
    SlotHold.objects.filter(pk__in=holds).delete()


def record(
    kind: str, proposal: TimeProposal, *, actor: Person | None, now: dt.datetime, **data: Any
) -> Event:
    """Record one step with what letters and cards about it need: they may go out much later."""
    return events.record(
        kind,
        subject=proposal.key,
        actor=actor.key if actor else events.SYSTEM,
        now=now,
        data={
            "proposal": proposal.code,
            "room": proposal.room.code,
            "modality": proposal.modality,
            "length_minutes": proposal.length_minutes,
            "state": proposal.state,
            "answer_by": proposal.answer_by.isoformat(),
            **data,
        },
    )

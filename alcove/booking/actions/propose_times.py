"""A client says when they would be free, because no time that is offered suits (R6)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from alcove.booking import proposals
from alcove.booking.access import bookable_room_for
from alcove.booking.claims import lock_people
from alcove.booking.errors import NoTimesMarked, NoUsefulTimes, TimesWait, TooManyTimes
from alcove.booking.models import LIVE, TimeProposal, TimeWish, WishedTime
from alcove.booking.queries import room_terms
from alcove.booking.wishes import REACH, Wished, has_room_for, wished_stretches
from alcove.core.clock import seconds
from alcove.core.errors import NotAllowed
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

MOST_TIMES = 200
State = TimeProposal.State


@transaction.atomic
def propose_times(
    *,
    actor: Person,
    room_code: str,
    modality: str,
    length_minutes: int,
    wished: Sequence[Wished],
    words: str,
    now: dt.datetime,
) -> TimeProposal:
    """Share when the actor would be free, on the wall clock of their zone.

    The owner's wish goes to the provider. A partner's is a suggestion to the owner, who schedules
    (R3), until the owner sends their own; then both stand side by side. Marking again replaces
    the actor's own wish. Raises NotFound, NotAllowed for the provider, RoomNotBookable,
    NotOffered, NoTimesMarked, TooManyTimes, NoUsefulTimes, TimesWait while offered times wait for
    an answer, or ProposalSettled.
    """
    room = bookable_room_for(actor, room_code)
    if actor.pk == room.provider_id:
        raise NotAllowed
    practice = Practice.load()
    terms = room_terms(room, practice, now)
    terms.require_bookable()
    terms.require_offered(modality, length_minutes)
    _require_useful(actor, wished, length_minutes, now)
    lock_people(room.pk)
    proposal = TimeProposal.objects.filter(room=room, state__in=LIVE).first()
    if proposal is not None and proposal.state == State.OFFERED:
        raise TimesWait
    if actor.pk == room.owner_id:
        proposal = _send(actor, room, proposal, modality, length_minutes, practice, now)
    else:
        proposal = proposal or _open(
            actor, room, State.SUGGESTED, modality, length_minutes, practice, now
        )
    is_new = _keep_wish(proposal, actor, wished, words, now)
    if actor.pk == room.owner_id:
        proposals.record("proposal.sent", proposal, actor=actor, now=now, changed=not is_new)
    else:
        proposals.record("proposal.suggested", proposal, actor=actor, now=now, changed=not is_new)
    return proposal


def _require_useful(
    actor: Person, wished: Sequence[Wished], length_minutes: int, now: dt.datetime
) -> None:
    """Raise unless a session could be had in the wished time that is ahead."""
    if not wished:
        raise NoTimesMarked
    if len(wished) > MOST_TIMES:
        raise TooManyTimes(most=MOST_TIMES)
    ahead = wished_stretches(wished, actor.zone, seconds(now), seconds(now + REACH))
    if not has_room_for(ahead, length_minutes * 60):
        raise NoUsefulTimes(minutes=length_minutes)


def answer_by(practice: Practice, now: dt.datetime) -> dt.datetime:
    """Until when a wish that is sent now waits for the provider."""
    return now + dt.timedelta(hours=practice.proposal_answer_hours)


def reminder_at(practice: Practice, now: dt.datetime) -> dt.datetime | None:
    """When the provider is reminded of it; None where that would be past the deadline."""
    at = now + dt.timedelta(hours=practice.proposal_remind_hours)
    return at if at < answer_by(practice, now) else None


def _open(
    actor: Person,
    room: Room,
    state: State,
    modality: str,
    length_minutes: int,
    practice: Practice,
    now: dt.datetime,
) -> TimeProposal:
    return TimeProposal.objects.create(
        room=room,
        modality=modality,
        length_minutes=length_minutes,
        state=state,
        opened_by=actor,
        opened_at=now,
        answer_by=answer_by(practice, now),
        remind_at=reminder_at(practice, now) if state == State.OPEN else None,
    )


def _send(
    actor: Person,
    room: Room,
    proposal: TimeProposal | None,
    modality: str,
    length_minutes: int,
    practice: Practice,
    now: dt.datetime,
) -> TimeProposal:
    """The exchange as it waits for the provider, for what the owner has chosen."""
    if proposal is None:
        return _open(actor, room, State.OPEN, modality, length_minutes, practice, now)
    proposal.room = room
    proposals.move(
        proposal,
        State.OPEN,
        modality=modality,
        length_minutes=length_minutes,
        answer_by=answer_by(practice, now),
        remind_at=reminder_at(practice, now),
    )
    return proposal


def _keep_wish(
    proposal: TimeProposal,
    actor: Person,
    wished: Sequence[Wished],
    words: str,
    now: dt.datetime,
) -> bool:
    """Replace the actor's wish in this exchange; whether they had none before."""
    gone, _rows = TimeWish.objects.filter(proposal=proposal, person=actor).delete()
    wish = TimeWish.objects.create(
        proposal=proposal, person=actor, zone=actor.time_zone, words=words, changed_at=now
    )
    WishedTime.objects.bulk_create(
        WishedTime(
            wish=wish,
            date=one.day if isinstance(one.day, dt.date) else None,
            weekday=one.day if isinstance(one.day, int) else None,
            start_minute=one.span.start_minute,
            end_minute=one.span.end_minute,
        )
        for one in wished
    )
    return not gone

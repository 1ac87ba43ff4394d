"""The provider offers up to three exact times (R6, R9)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from alcove.booking import proposals
from alcove.booking.access import bookable_room_for, require_provider
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.claims import claim_for_hold, lock_people
from alcove.booking.errors import (
    OfferedTimeImpossible,
    OfferedTimeTaken,
    OfferNeedsTimes,
    SlotTaken,
    TimesWait,
)
from alcove.booking.models import (
    LIVE,
    Appointment,
    OfferedTime,
    SlotHold,
    TimeProposal,
)
from alcove.booking.queries import RoomTerms, room_terms
from alcove.core.formats import day_and_time
from alcove.people.models import Person, Practice

MOST_TIMES = 3
# As far ahead as a time can be offered, whatever the provider's horizon for others.
FARTHEST = dt.timedelta(days=366)
State = TimeProposal.State


@transaction.atomic
def offer_times(
    *,
    actor: Person,
    room_code: str,
    modality: str,
    length_minutes: int,
    starts: Sequence[dt.datetime],
    words: str,
    now: dt.datetime,
    instead_of: str = "",
) -> TimeProposal:
    """Offer one to three starts to the room, in answer to its wish or unasked.

    Neither hours, step, notice, horizon nor daily limit are asked: they are the provider's own to
    overrule. Each time is held for everybody in the room until the offer's end (the practice's
    ``offer_hours``) or its start, so that accepting one cannot fail. ``instead_of`` is the code
    of a request that is declined by it. Raises NotFound, NotAllowed, RoomNotBookable, NotOffered,
    OfferNeedsTimes, OfferedTimeImpossible, OfferedTimeTaken, TimesWait where an offer waits
    already, or what ``decline_appointment`` raises.
    """
    room = bookable_room_for(actor, room_code)
    require_provider(actor, room)
    practice = Practice.load()
    terms = room_terms(room, practice, now)
    terms.require_bookable()
    terms.require_offered(modality, length_minutes)
    _require_possible(actor, starts, now)
    people = lock_people(room.pk)
    request: Appointment | None = None
    expires_at = min(now + dt.timedelta(hours=practice.offer_hours), max(starts))
    proposal = _offered(actor, terms, modality, length_minutes, words, expires_at, now)
    if instead_of:
        # First, so that a time beside the declined one can be offered.
        request = decline_appointment(
            actor=actor, code=instead_of, words=words, now=now, proposal=proposal.code
        )
        TimeProposal.objects.filter(pk=proposal.pk).update(instead_of=request)
    for position, start in enumerate(sorted(starts), start=1):
        hold = _held(actor, terms, proposal, start, expires_at, people, now)
        OfferedTime.objects.create(proposal=proposal, position=position, starts_at=start, hold=hold)
    proposals.record(
        "times.offered",
        proposal,
        actor=actor,
        now=now,
        starts=[start.isoformat() for start in sorted(starts)],
        instead_of=request.code if request else "",
    )
    return proposal


def _require_possible(actor: Person, starts: Sequence[dt.datetime], now: dt.datetime) -> None:
    if not 1 <= len(starts) <= MOST_TIMES or len(set(starts)) != len(starts):
        raise OfferNeedsTimes
    for start in starts:
        is_whole = not (start.second or start.microsecond)
        if not now < start < now + FARTHEST or not is_whole:
            raise OfferedTimeImpossible(when=day_and_time(start, actor.zone))


def _offered(
    actor: Person,
    terms: RoomTerms,
    modality: str,
    length_minutes: int,
    words: str,
    expires_at: dt.datetime,
    now: dt.datetime,
) -> TimeProposal:
    """The room's live exchange, or a new one, as it waits for the owner; its old times are gone."""
    proposal = TimeProposal.objects.filter(room=terms.room, state__in=LIVE).first()
    chosen = {
        "modality": modality,
        "length_minutes": length_minutes,
        "words": words,
        "answer_by": expires_at,
    }
    if proposal is None:
        return TimeProposal.objects.create(
            room=terms.room, state=State.OFFERED, opened_by=actor, opened_at=now, **chosen
        )
    if proposal.state == State.OFFERED:
        raise TimesWait
    proposals.move(proposal, State.OFFERED, **chosen)
    OfferedTime.objects.filter(proposal=proposal).delete()
    proposal.room = terms.room
    return proposal


def _held(
    actor: Person,
    terms: RoomTerms,
    proposal: TimeProposal,
    start: dt.datetime,
    expires_at: dt.datetime,
    people: list[int],
    now: dt.datetime,
) -> SlotHold:
    calendar, _entitlement = terms.require_bookable()
    hold = SlotHold.objects.create(
        room=terms.room,
        held_by=actor,
        modality=proposal.modality,
        starts_at=start,
        ends_at=start + dt.timedelta(minutes=proposal.length_minutes),
        buffer_before_minutes=calendar.buffer_before_minutes,
        buffer_after_minutes=calendar.buffer_after_minutes,
        purpose=SlotHold.Purpose.OFFER,
        expires_at=min(expires_at, start),
    )
    try:
        claim_for_hold(hold, people, now=now)
    except SlotTaken as taken:
        raise OfferedTimeTaken(when=day_and_time(start, actor.zone)) from taken
    return hold

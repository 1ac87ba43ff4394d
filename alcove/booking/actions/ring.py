"""Ringing a provider for a session at once (R16)."""

import datetime as dt

from django.db import IntegrityError, transaction

from alcove.availability.models import ProviderCalendar
from alcove.billing.errors import NotEnoughCredits
from alcove.billing.ledger import balance
from alcove.booking.access import bookable_room_for, require_scheduler
from alcove.booking.actions.hold import give_up_holds
from alcove.booking.actions.lapse_ring import LAPSE_RING, lapse_overdue_rings
from alcove.booking.claims import claim_for_hold, lock_people
from alcove.booking.errors import AlreadyRinging, NotAvailableNow, NotFreeNow, SlotTaken
from alcove.booking.history import record_ring
from alcove.booking.models import Ring, SlotHold
from alcove.booking.policies import RING_LASTS
from alcove.booking.queries import RoomTerms, SlotSearch, room_terms
from alcove.core import jobs
from alcove.people.models import Person, Practice


@transaction.atomic
def ring_provider(
    *, actor: Person, room_code: str, modality: str, length_minutes: int, now: dt.datetime
) -> Ring:
    """Ring the room's provider, who has two minutes to answer; nothing is spent by it.

    Everybody's time is kept from now until the last moment at which the session could end, so
    that nobody else can take it meanwhile; a time that the room kept for review is given up.
    Ringing again for the same gives the same ring. Raises NotFound, NotRoomOwner,
    RoomNotBookable, NotOffered, NotAvailableNow, NotEnoughCredits, AlreadyRinging or NotFreeNow.
    """
    room = bookable_room_for(actor, room_code)
    require_scheduler(actor, room)
    terms = room_terms(room, Practice.load(), now)
    calendar, _entitlement = terms.require_bookable()
    terms.require_offered(modality, length_minutes)
    people = lock_people(room.pk)
    lapse_overdue_rings(provider=room.provider, now=now)
    if ringing := Ring.objects.filter(room=room, answer=Ring.Answer.OPEN).first():
        return _same(ringing, modality, length_minutes)
    if not calendar.is_available_now(now):
        raise NotAvailableNow(name=room.provider.name)
    if balance(room, now).available < 1:
        raise NotEnoughCredits
    give_up_holds(room.pk, now=now)
    _require_free(terms, calendar, modality, length_minutes, now)
    ring = _ring(actor, terms, calendar, modality, length_minutes, people, now)
    record_ring("ring.rung", ring, actor=actor, now=now)
    jobs.enqueue(
        LAPSE_RING, {"ring": ring.code}, now=now, run_at=ring.expires_at, unique_key=ring.key
    )
    return ring


def _same(ringing: Ring, modality: str, length_minutes: int) -> Ring:
    """The open ring, for a second click; AlreadyRinging for another wish."""
    if (ringing.modality, ringing.length_minutes) != (modality, length_minutes):
        raise AlreadyRinging
    return ringing


def _require_free(
    terms: RoomTerms,
    calendar: ProviderCalendar,
    modality: str,
    length_minutes: int,
    now: dt.datetime,
) -> None:
    """NotFreeNow when anybody has something else, or the provider is being rung."""
    if Ring.objects.filter(provider=terms.room.provider, answer=Ring.Answer.OPEN).exists():
        raise NotFreeNow
    search = SlotSearch(terms.room, calendar, modality, length_minutes, now)
    if not search.lengths_free_at_once([length_minutes]):
        raise NotFreeNow


def _ring(
    actor: Person,
    terms: RoomTerms,
    calendar: ProviderCalendar,
    modality: str,
    length_minutes: int,
    people: list[int],
    now: dt.datetime,
) -> Ring:
    """The ring with its hold and claims; the database has the last word on both."""
    starts_at, expires_at = now.replace(microsecond=0), now + RING_LASTS
    try:
        with transaction.atomic():
            hold = SlotHold.objects.create(
                room=terms.room,
                held_by=actor,
                modality=modality,
                starts_at=starts_at,
                # An answer in the last second still leaves the whole length.
                ends_at=starts_at + RING_LASTS + dt.timedelta(minutes=length_minutes),
                buffer_before_minutes=calendar.buffer_before_minutes,
                buffer_after_minutes=calendar.buffer_after_minutes,
                purpose=SlotHold.Purpose.RING,
                expires_at=expires_at,
            )
            claim_for_hold(hold, people, now=now)
            return Ring.objects.create(
                room=terms.room,
                provider=terms.room.provider,
                rung_by=actor,
                modality=modality,
                length_minutes=length_minutes,
                hold=hold,
                rung_at=now,
                expires_at=expires_at,
            )
    except (SlotTaken, IntegrityError) as error:
        raise NotFreeNow from error

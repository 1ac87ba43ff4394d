"""The provider's yes to a ring: the session begins (R16)."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.access import require_provider, ring_for
from alcove.booking.actions.request import create_appointment
from alcove.booking.actions.restore import restore_credits_for
from alcove.booking.actions.settle_ring import require_open, settle_ring
from alcove.booking.claims import lock_people, move_claims
from alcove.booking.errors import RingLapsed
from alcove.booking.history import record_change, record_ring
from alcove.booking.models import Appointment, Ring, SlotHold, Status
from alcove.people.models import Person, Practice


@transaction.atomic
def accept_ring(*, actor: Person, code: str, now: dt.datetime) -> Appointment:
    """Accept a ring: a confirmed session that starts this second, and one credit reserved.

    Told as one confirmation to everybody in the room. Accepting again gives the same session.
    Raises NotFound, NotAllowed, RingSettled, RingLapsed, RoomNotBookable, NotOffered or
    NotEnoughCredits.
    """
    ring = ring_for(actor, code)
    require_provider(actor, ring)
    people = lock_people(ring.room_id)
    # Read behind the lock: another tab or the client may have settled it a moment ago.
    ring = ring_for(actor, code)
    if ring.became is not None:
        return ring.became
    require_open(ring)
    if now >= ring.expires_at or ring.hold is None:
        raise RingLapsed
    hold = _shortened(ring, ring.hold, now)
    appointment = create_appointment(ring.rung_by, hold, Practice.load(), now)
    move_claims(hold, appointment, people)
    ledger.reserve(ring.room, appointment.reservation_key, now=now)
    lifecycle.move(appointment, Status.CONFIRMED, was_confirmed=True)
    restore_credits_for(appointment, now=now)
    settle_ring(ring, Ring.Answer.ACCEPTED, now=now, became=appointment)
    record_ring("ring.accepted", ring, actor=actor, now=now)
    record_change("appointment.confirmed", appointment, actor=actor, now=now, ring=ring.code)
    return appointment


def _shortened(ring: Ring, hold: SlotHold, now: dt.datetime) -> SlotHold:
    """The ring's hold as the session's own time: from this second, its whole length."""
    # Clocks of two servers may differ by a little; the claims begin with the ring.
    hold.starts_at = max(now.replace(microsecond=0), hold.starts_at)
    hold.ends_at = hold.starts_at + dt.timedelta(minutes=ring.length_minutes)
    return hold

"""The provider's no to a ring (R16)."""

import datetime as dt

from django.db import transaction

from alcove.booking.access import require_provider, ring_for
from alcove.booking.actions.settle_ring import settle_ring
from alcove.booking.claims import lock_people
from alcove.booking.errors import RingLapsed
from alcove.booking.history import record_ring
from alcove.booking.models import Ring
from alcove.people.models import Person


@transaction.atomic
def decline_ring(*, actor: Person, code: str, now: dt.datetime) -> Ring:
    """Decline a ring: everybody's time is free again, nothing was spent.

    Declining again has no second effect. Raises NotFound, NotAllowed, RingSettled or RingLapsed.
    """
    ring = ring_for(actor, code)
    require_provider(actor, ring)
    lock_people(ring.room_id)
    ring = ring_for(actor, code)
    if ring.answer == Ring.Answer.DECLINED:
        return ring
    if ring.answer == Ring.Answer.OPEN and now >= ring.expires_at:
        raise RingLapsed
    settle_ring(ring, Ring.Answer.DECLINED, now=now)
    record_ring("ring.declined", ring, actor=actor, now=now)
    return ring

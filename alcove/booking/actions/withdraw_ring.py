"""The client stops ringing (R16)."""

import datetime as dt

from django.db import transaction

from alcove.booking.access import require_scheduler, ring_for
from alcove.booking.actions.settle_ring import settle_ring
from alcove.booking.claims import lock_people
from alcove.booking.errors import RingLapsed
from alcove.booking.history import record_ring
from alcove.booking.models import Ring
from alcove.people.models import Person


@transaction.atomic
def withdraw_ring(*, actor: Person, code: str, now: dt.datetime) -> Ring:
    """Take a ring back: everybody's time is free again, nothing was spent.

    Withdrawing again has no second effect. Raises NotFound, NotRoomOwner, NotAllowed, RingSettled
    or RingLapsed.
    """
    ring = ring_for(actor, code)
    require_scheduler(actor, ring.room)
    lock_people(ring.room_id)
    ring = ring_for(actor, code)
    if ring.answer == Ring.Answer.WITHDRAWN:
        return ring
    if ring.answer == Ring.Answer.OPEN and now >= ring.expires_at:
        raise RingLapsed
    settle_ring(ring, Ring.Answer.WITHDRAWN, now=now)
    record_ring("ring.withdrawn", ring, actor=actor, now=now)
    return ring

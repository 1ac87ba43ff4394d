"""A ring that nobody answered ends by itself after two minutes (R16)."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.booking.actions.settle_ring import settle_ring
from alcove.booking.claims import lock_people
from alcove.booking.errors import RingSettled
from alcove.booking.history import record_ring
from alcove.booking.models import Ring
from alcove.core import jobs
from alcove.people.models import Person

LAPSE_RING = "booking.lapse_ring"


@transaction.atomic
def lapse_ring(*, ring: Ring, now: dt.datetime) -> None:
    """End a ring past its two minutes: everybody's time is free, nothing was spent.

    Raises RingSettled when somebody settled it first.
    """
    lock_people(ring.room_id)
    _lapse(ring, now)


def _lapse(ring: Ring, now: dt.datetime) -> None:
    settle_ring(ring, Ring.Answer.LAPSED, now=now)
    record_ring("ring.lapsed", ring, actor=None, now=now)


def lapse_overdue_rings(*, provider: Person, now: dt.datetime) -> None:
    """Lapse what the job has not come to yet, so that it keeps nobody from ringing.

    Called in a transaction that has locked the provider, whom every answer to a ring of theirs
    locks too; other rooms' clients are not locked, for their order would be the wrong one.
    """
    for ring in Ring.objects.filter(
        provider=provider, answer=Ring.Answer.OPEN, expires_at__lte=now
    ).select_related("room"):
        _lapse(ring, now)


@jobs.handles(LAPSE_RING)
def lapse_unanswered(payload: dict[str, Any], now: dt.datetime) -> None:
    """Lapse the ring that this job was set for, if it still waits."""
    ring = Ring.objects.select_related("room").get(code=payload["ring"])
    if ring.answer != Ring.Answer.OPEN:
        return
    if now < ring.expires_at:
        raise jobs.Postpone(ring.expires_at - now, "the ring has time left")
    try:
        lapse_ring(ring=ring, now=now)
    except RingSettled:
        return

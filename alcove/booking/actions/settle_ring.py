"""The one step from an open ring to an answered one."""

import datetime as dt

from alcove.booking.errors import RingSettled
from alcove.booking.models import Appointment, Ring


def settle_ring(
    ring: Ring, answer: Ring.Answer, *, now: dt.datetime, became: Appointment | None = None
) -> None:
    """Answer an open ring and let its hold and the claims of that go, in the caller's transaction.

    The caller has locked the room's people, so that two answers come one after the other. A
    conditional UPDATE decides between two who answer at once: the later one gets RingSettled
    and nothing is changed.
    """
    hold = ring.hold
    settled = Ring.objects.filter(pk=ring.pk, answer=Ring.Answer.OPEN).update(
        answer=answer, answered_at=now, became=became, hold=None
    )
    if not settled:
        ring.refresh_from_db()
        raise RingSettled(answer=ring.get_answer_display())
    if hold is not None:
        hold.delete()
    ring.answer, ring.answered_at, ring.became, ring.hold = answer, now, became, None


def require_open(ring: Ring) -> None:
    """RingSettled unless the ring still waits for its answer."""
    if ring.answer != Ring.Answer.OPEN:
        raise RingSettled(answer=ring.get_answer_display())

"""Whether rings keep the time that they must, and were answered as their events say."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F

from alcove.booking.models import Ring, TimeClaim
from alcove.core.models import Event
from alcove.rooms.models import Membership

LEADS_TO = {
    "ring.rung": Ring.Answer.OPEN,
    "ring.accepted": Ring.Answer.ACCEPTED,
    "ring.declined": Ring.Answer.DECLINED,
    "ring.lapsed": Ring.Answer.LAPSED,
    "ring.withdrawn": Ring.Answer.WITHDRAWN,
}
# The job that lapses a ring may be late by so much on a busy machine.
PATIENCE = dt.timedelta(minutes=10)


def untold_answers(now: dt.datetime) -> Iterator[str]:
    """Rings whose answer is not that of their latest event, so that nobody was told."""
    told: dict[str, str] = {}
    events = Event.objects.filter(kind__in=LEADS_TO).order_by("id").values_list("subject", "kind")
    for subject, kind in events.iterator(chunk_size=5000):
        told[subject] = LEADS_TO[kind]
    for ring in Ring.objects.only("code", "answer").iterator(chunk_size=5000):
        if told.get(ring.key) != ring.answer:
            yield f"ring {ring.code} is “{ring.answer}”, its events say “{told.get(ring.key)}”"


def wrong_claims(now: dt.datetime) -> Iterator[str]:
    """Open rings that do not keep the time of exactly the members of their room."""
    for ring in Ring.objects.filter(answer=Ring.Answer.OPEN, expires_at__gt=now):
        claims = TimeClaim.objects.filter(hold=ring.hold_id)
        members = Membership.objects.filter(room=ring.room_id)
        claimed = sorted(claims.values_list("person_id", flat=True))
        if claimed != sorted(members.values_list("person_id", flat=True)):
            yield f"ring {ring.code}"


def overdue(now: dt.datetime) -> Iterator[str]:
    """Rings that wait long after their two minutes."""
    late = Ring.objects.filter(answer=Ring.Answer.OPEN, expires_at__lt=now - PATIENCE)
    for code, expires_at in late.values_list("code", "expires_at"):
        yield f"ring {code} was over at {expires_at:%Y-%m-%d %H:%M}"


def wrong_sessions(now: dt.datetime) -> Iterator[str]:
    """Accepted rings whose session is another room's."""
    wrong = Ring.objects.exclude(became=None).exclude(became__room=F("room"))
    for code in wrong.values_list("code", flat=True):
        yield f"ring {code} became a session of another room"

"""Whether people's time is claimed as the sessions say."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from alcove.booking.models import ACTIVE, Appointment, TimeClaim
from alcove.rooms.models import Membership

Span = tuple[dt.datetime, dt.datetime]


def overlaps(now: dt.datetime) -> Iterator[str]:
    """Claims of one person that overlap; those that touch do not."""
    rows = TimeClaim.objects.order_by("person_id", "starts_at", "ends_at")
    latest: TimeClaim | None = None
    for row in rows.iterator(chunk_size=2000):
        if latest is None or latest.person_id != row.person_id:
            latest = row
            continue
        if row.starts_at < latest.ends_at:
            yield f"claims {latest.pk} and {row.pk} of person {row.person_id}"
        if row.ends_at > latest.ends_at:
            latest = row


def wrong_claims(now: dt.datetime) -> Iterator[str]:
    """Active sessions whose claims are not exactly those of their room's members.

    Who joined when a session was over, though not settled yet, has nothing to do with it.
    """
    claimed: dict[int | None, list[tuple[int, Span]]] = defaultdict(list)
    for row in TimeClaim.objects.exclude(appointment=None).iterator(chunk_size=2000):
        claimed[row.appointment_id].append((row.person_id, (row.starts_at, row.ends_at)))
    active = Appointment.objects.filter(status__in=ACTIVE)
    members: dict[int, list[tuple[int, dt.datetime]]] = defaultdict(list)
    belonging = Membership.objects.filter(room__in=active.values("room"))
    for room, person, joined_at in belonging.values_list("room_id", "person_id", "joined_at"):
        members[room].append((person, joined_at))
    for appointment in active.iterator(chunk_size=2000):
        due = sorted(
            (person, _span(appointment, person))
            for person, joined_at in members[appointment.room_id]
            if joined_at < appointment.ends_at
        )
        if sorted(claimed[appointment.pk]) != due:
            yield f"session {appointment.code}"


def _span(appointment: Appointment, person: int) -> Span:
    if person != appointment.provider_id:
        return appointment.starts_at, appointment.ends_at
    return (
        appointment.starts_at - dt.timedelta(minutes=appointment.buffer_before_minutes),
        appointment.ends_at + dt.timedelta(minutes=appointment.buffer_after_minutes),
    )


def claims_of_ended(now: dt.datetime) -> Iterator[str]:
    """Ended sessions that still take somebody's time."""
    ended = Appointment.objects.exclude(status__in=ACTIVE).filter(claims__isnull=False)
    for code, status in ended.distinct().values_list("code", "status"):
        yield f"session {code}, {status}"

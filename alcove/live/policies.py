"""The rules of the live room as pure functions: plain values and ``now`` in, an answer out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from alcove.booking.models import Status
from alcove.booking.policies import AttendanceFacts

Door = Literal["early", "open", "over", "cancelled", "unconfirmed"]
State = Literal["absent", "door", "waiting", "here", "away"]

# A page renews its presence every 10 s; without four of these in a row it is gone.
PRESENCE = dt.timedelta(seconds=40)

LEVELS = ("chat", "audio", "video")
CLIENTS = frozenset({"owner", "partner"})


def door(status: str, *, opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> Door:
    """Whether a session can be joined at ``now`` (R14), and if not, why."""
    if status == Status.REQUESTED:
        return "unconfirmed"
    if status in {Status.DECLINED, Status.LAPSED, Status.CANCELLED}:
        return "cancelled"
    if status != Status.CONFIRMED or now >= closes_at:
        return "over"
    return "early" if now < opens_at else "open"


def is_within(level: str, booked: str) -> bool:
    """Whether a session of the booked type may use this level."""
    return LEVELS.index(level) <= LEVELS.index(booked)


@dataclass(frozen=True, slots=True)
class Presence:
    """A stay as a rule needs it; it ended at ``until``, or is good until then."""

    role: str
    since: dt.datetime
    until: dt.datetime
    connected_at: dt.datetime | None
    path_failed: bool


def facts_of(stays: Iterable[Presence], *, waits_at_least: dt.timedelta) -> AttendanceFacts:
    """What the stays say about who came and whether they met.

    Two who missed each other: a client who waited for the grace did come and the provider did
    not; one who left sooner did not wait, and is as absent as one who never joined.
    """
    found = list(stays)
    provider = [stay for stay in found if stay.role == "provider"]
    clients = [stay for stay in found if stay.role in CLIENTS]
    met = any(_overlap(one, other) for one in provider for other in clients)
    waited = max((stay.until - stay.since for stay in clients), default=dt.timedelta(0))
    is_patient = waited >= waits_at_least
    return AttendanceFacts(
        provider_came=bool(provider) and (met or not is_patient),
        client_came=met or is_patient,
        connected=any(stay.connected_at for stay in found),
        together=_together(provider, clients),
        path_failed=any(stay.path_failed for stay in found),
    )


def _overlap(one: Presence, other: Presence) -> dt.timedelta:
    """How long two stays were at the same time; zero when they were not."""
    span = min(one.until, other.until) - max(one.since, other.since)
    return max(span, dt.timedelta(0))


def _together(provider: list[Presence], clients: list[Presence]) -> dt.timedelta:
    """How long a provider and a client were connected at the same time."""
    spans = [
        _overlap(_connected(one), _connected(other))
        for one in provider
        for other in clients
        if one.connected_at and other.connected_at
    ]
    return sum(spans, dt.timedelta(0))


def _connected(stay: Presence) -> Presence:
    since = stay.connected_at or stay.until
    return Presence(stay.role, since, stay.until, stay.connected_at, stay.path_failed)

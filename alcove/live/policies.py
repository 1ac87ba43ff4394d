"""The rules of the live room as pure functions: plain values and ``now`` in, an answer out."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from alcove.booking.models import Status
from alcove.booking.policies import AttendanceFacts
from alcove.core.clock import seconds
from alcove.core.intervals import Interval, intersect, union

Door = Literal["early", "open", "over", "cancelled", "unconfirmed"]
State = Literal["absent", "door", "waiting", "here", "away"]

# A page renews its presence every 10 s; without four of these in a row it is gone.
PRESENCE = dt.timedelta(seconds=40)

# So long in at the same time is a meeting, whatever came of it.
MEETING = dt.timedelta(minutes=1)

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


def facts_of(
    stays: Iterable[Presence], *, starts_at: dt.datetime, waits_at_least: dt.timedelta
) -> AttendanceFacts:
    """What the stays say about who came and whether they met.

    Two who missed each other: a client who waited for the grace did come and the provider did
    not; one who left sooner did not wait, and is as absent as one who never joined. Waiting
    counts from the start on: whoever was early and left was not there when it began.

    Being in at the same time is meeting when they were connected, when their path failed, or from a
    minute on: a look in, of either side, is no way out of a session. A couple that reach each other
    have not met their provider.
    """
    found = list(stays)
    provider = [stay for stay in found if stay.role == "provider"]
    clients = [stay for stay in found if stay.role in CLIENTS]
    connected = any(stay.connected_at for stay in provider) and any(
        stay.connected_at for stay in clients
    )
    path_failed = any(stay.path_failed for stay in found)
    both_in = _length(intersect(_spans(provider), _spans(clients)))
    met = both_in >= MEETING or (bool(both_in) and (connected or path_failed))
    is_patient = _length(_waits(clients, starts_at)) >= waits_at_least
    was_there = any(stay.until >= starts_at for stay in provider)
    return AttendanceFacts(
        provider_came=met or (was_there and not is_patient),
        client_came=met or is_patient,
        connected=connected,
        together=_length(intersect(_connected_spans(provider), _connected_spans(clients))),
        path_failed=path_failed,
    )


def _length(spans: Iterable[Interval]) -> dt.timedelta:
    return dt.timedelta(seconds=sum(end - start for start, end in spans))


def _spans(stays: list[Presence]) -> list[Interval]:
    """When at least one of these people was in; one second at least for each stay."""
    return union((seconds(stay.since), seconds(stay.until) + 1) for stay in stays)


def _waits(stays: list[Presence], starts_at: dt.datetime) -> list[Interval]:
    """When at least one of these people was in, from the start on."""
    return union((seconds(max(stay.since, starts_at)), seconds(stay.until)) for stay in stays)


def _connected_spans(stays: list[Presence]) -> list[Interval]:
    """When at least one of these people was connected to somebody."""
    return union(
        (seconds(stay.connected_at), seconds(stay.until)) for stay in stays if stay.connected_at
    )

"""Events: how one change speaks to the floors above without importing them.

``record`` writes the event and its dispatch job in the caller's transaction, so an event
exists exactly when its change does. Receivers run afterwards in the job runner, each in its own
transaction, and each must be safe to run twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction

from alcove.core import jobs
from alcove.core.models import Event

Receiver = Callable[[Event], None]
_receivers: dict[str, list[Receiver]] = defaultdict(list)

SYSTEM = "system"
DISPATCH = "events.dispatch"


def receives(*kinds: str) -> Callable[[Receiver], Receiver]:
    """Register the decorated function to be called with each event of these kinds."""

    def register(receiver: Receiver) -> Receiver:
        for kind in kinds:
            if receiver not in _receivers[kind]:
                _receivers[kind].append(receiver)
        return receiver

    return register


def record(
    kind: str, *, subject: str, actor: str, now: dt.datetime, data: dict[str, Any] | None = None
) -> Event:
    """Record that something happened; receivers hear of it after the commit.

    Must be called inside the transaction that makes the change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record an event in the transaction that makes the change")
    event = Event.objects.create(
        kind=kind, subject=subject, actor=actor, data=data or {}, happened_at=now
    )
    if _receivers.get(kind):
        jobs.enqueue(DISPATCH, {"event": event.pk}, now=now)
    return event


def record_all(
    kind: str, happened: Iterable[tuple[str, dict[str, Any]]], *, now: dt.datetime
) -> list[Event]:
    """Record a subject and its data for each thing of one kind that the system found at once.

    As ``record``, in as many statements as for one.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record events in the transaction that makes the change")
    recorded = Event.objects.bulk_create(
        Event(kind=kind, subject=subject, actor=SYSTEM, data=data, happened_at=now)
        for subject, data in happened
    )
    if _receivers.get(kind):
        jobs.enqueue_all(DISPATCH, [{"event": event.pk} for event in recorded], now=now)
    return recorded


@jobs.handles(DISPATCH)
def dispatch(payload: dict[str, Any], now: dt.datetime) -> None:
    """Call every receiver of one event."""
    event = Event.objects.get(pk=payload["event"])
    for receiver in _receivers.get(event.kind, []):
        with transaction.atomic():
            receiver(event)

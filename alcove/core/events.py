"""Events: how one change speaks to the floors above without importing them.

``record`` writes the event and its dispatch job in the caller's transaction, so an event
exists exactly when its change does. Receivers run afterwards in the job runner, each in its own
transaction, and each must be safe to run twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from alcove.core import jobs
from alcove.core.models import Event

Receiver = Callable[[Event], None]
_receivers: dict[str, list[Receiver]] = defaultdict(list)

SYSTEM = "system"


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
        jobs.enqueue("events.dispatch", {"event": event.pk}, now=now)
    return event


@jobs.handles("events.dispatch")
def dispatch(payload: dict[str, Any], now: dt.datetime) -> None:
    """Call every receiver of one event."""
    event = Event.objects.get(pk=payload["event"])
    for receiver in _receivers.get(event.kind, []):
        with transaction.atomic():
            receiver(event)

"""Telling people that something was written in a room which they have not seen."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.core import events, jobs
from alcove.notifications.models import Nudge
from alcove.notifications.unread import unread_rooms

MESSAGES_WAIT = "messages.wait"
BATCH = 500


@jobs.every(dt.timedelta(minutes=1), "notifications.nudge")
def nudge(_payload: dict[str, Any], now: dt.datetime) -> None:
    """The job, each minute: tell everybody who has something unseen and was not told."""
    while make_nudges(now=now) == BATCH:
        pass


@transaction.atomic
def make_nudges(*, now: dt.datetime) -> int:
    """Make up to a batch of nudges, each with the event that tells its person; return how many.

    Where two runners find the same, the database lets one of them through; the other changes
    nothing and raises IntegrityError.
    """
    found = unread_rooms(now, BATCH)
    recorded = events.record_all(
        MESSAGES_WAIT, [(f"room:{one.room}", {"room": one.room}) for one in found], now=now
    )
    Nudge.objects.bulk_create(
        Nudge(membership_id=one.membership, read_up_to=one.read_up_to, event=event)
        for one, event in zip(found, recorded, strict=True)
    )
    return len(found)

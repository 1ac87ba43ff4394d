"""Stays that nobody renews end; sessions that are over are settled by who was there."""

import datetime as dt
from typing import Any

from alcove.booking.actions.settle import settle_session
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.models import Appointment
from alcove.booking.policies import AttendanceFacts
from alcove.core import jobs
from alcove.live.actions.join import AS_LAST_SEEN
from alcove.live.models import Stay
from alcove.live.policies import PRESENCE
from alcove.live.queries import attendance_facts, sessions_to_settle
from alcove.people.models import Practice

MOST_AT_ONCE = 500
# Three renewals of somebody else's page.
BEFORE_THE_JOB = dt.timedelta(seconds=30)


@jobs.every(dt.timedelta(seconds=20), "live.end_stays")
def end_stays(_payload: dict[str, Any], now: dt.datetime) -> None:
    """End every stay whose page has not renewed it, at the instant it was last seen.

    A little later than those who are still in do it, since they tell each other (``end_lost``).
    """
    patience = PRESENCE + BEFORE_THE_JOB
    Stay.objects.filter(left_at=None, seen_at__lt=now - patience).update(**AS_LAST_SEEN)


@jobs.every(dt.timedelta(seconds=30), "live.settle_sessions")
def settle_sessions(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Settle every confirmed session whose end plus grace has passed."""
    practice = Practice.load()
    for appointment in sessions_to_settle(practice, now, MOST_AT_ONCE):
        try:
            settle_session(appointment=appointment, facts=_facts(appointment, practice), now=now)
        except ChangedMeanwhile:
            # Somebody marked or cancelled it between the read and now.
            continue


def _facts(appointment: Appointment, practice: Practice) -> AttendanceFacts:
    session = getattr(appointment, "live_session", None)
    return attendance_facts(appointment, session.stays.all() if session else (), practice)

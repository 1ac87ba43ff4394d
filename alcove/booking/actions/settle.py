"""A session that is over is settled by the facts of who was there."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.actions.complete import complete_appointment
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, Ending, Status
from alcove.booking.policies import AttendanceFacts, outcome

# How long the provider may think about somebody who did not come.
MARKED_WITHIN = dt.timedelta(hours=24)


@transaction.atomic
def settle_session(*, appointment: Appointment, facts: AttendanceFacts, now: dt.datetime) -> bool:
    """Settle a confirmed session after its end; False while it waits for the provider's word.

    Attended: completed, and its credit spent. Nobody from the practice, or people who could not
    be connected: ended at no cost, the credit back at once. Only the provider: they may mark it
    as missed for a day; it then counts as held. Raises ChangedMeanwhile when somebody was first.
    """
    found = outcome(facts)
    if found == "client_absent" and now < appointment.ends_at + MARKED_WITHIN:
        return False
    if found in {"attended", "client_absent"}:
        complete_appointment(appointment=appointment, now=now)
        return True
    lifecycle.move(appointment, Status.CANCELLED)
    Ending.objects.create(appointment=appointment, cause=found, ended_at=now)
    ledger.release(appointment.reservation_key, now=now)
    record_change("appointment.cancelled", appointment, actor=None, now=now, cause=found)
    return True

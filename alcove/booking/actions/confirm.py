"""The provider's yes."""

import datetime as dt

from django.db import transaction

from alcove.booking import lifecycle
from alcove.booking.access import appointment_for, require_provider
from alcove.booking.actions.restore import restore_credits_for
from alcove.booking.errors import NotRequested, RequestLapsed
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, Status
from alcove.people.models import Person


@transaction.atomic
def confirm_appointment(*, actor: Person, code: str, now: dt.datetime) -> Appointment:
    """Confirm a request (R9); everybody in the room is told and gets the invitation (R10).

    Raises NotFound, NotAllowed, NotRequested, RequestLapsed or ChangedMeanwhile.
    """
    appointment = appointment_for(actor, code)
    require_answerable(actor, appointment, now)
    lifecycle.move(appointment, Status.CONFIRMED, was_confirmed=True)
    restore_credits_for(appointment, now=now)
    record_change("appointment.confirmed", appointment, actor=actor, now=now)
    return appointment


def require_answerable(actor: Person, appointment: Appointment, now: dt.datetime) -> None:
    """Raise unless this provider can still answer this request."""
    require_provider(actor, appointment)
    if appointment.status != Status.REQUESTED:
        raise NotRequested(status=appointment.get_status_display())
    if now >= appointment.confirm_by:
        raise RequestLapsed

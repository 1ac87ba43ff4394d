"""The provider's no, with a word."""

import datetime as dt

from django.db import transaction

from alcove.billing import ledger
from alcove.booking import lifecycle
from alcove.booking.access import appointment_for
from alcove.booking.actions.confirm import require_answerable
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, Ending, Status
from alcove.people.models import Person


@transaction.atomic
def decline_appointment(
    *, actor: Person, code: str, words: str, now: dt.datetime, proposal: str = ""
) -> Appointment:
    """Decline a request (R9): the slot is free again and the credit comes back.

    ``proposal`` is the code of the exchange in which other times are offered for it. Raises as
    ``confirm_appointment`` does.
    """
    appointment = appointment_for(actor, code)
    require_answerable(actor, appointment, now)
    lifecycle.move(appointment, Status.DECLINED)
    Ending.objects.create(appointment=appointment, ended_by=actor, words=words, ended_at=now)
    ledger.release(appointment.reservation_key, now=now)
    told = {"proposal": proposal} if proposal else {}
    record_change("appointment.declined", appointment, actor=actor, now=now, **told)
    return appointment

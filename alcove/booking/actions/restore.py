"""The forfeited credit that comes back when somebody else takes the freed time (R13)."""

import datetime as dt

from alcove.billing import ledger
from alcove.booking.history import record_change
from alcove.booking.models import Appointment, FreedTime


def restore_credits_for(appointment: Appointment, *, now: dt.datetime) -> None:
    """Give back every credit that was forfeited for time which this confirmation takes.

    Called in the transaction that confirms. A room's own new session does not count as
    somebody else's.
    """
    taken = FreedTime.objects.filter(
        provider=appointment.provider,
        starts_at__lt=appointment.ends_at,
        ends_at__gt=appointment.starts_at,
        restored_at=None,
    ).exclude(room=appointment.room)
    for freed in taken.select_related("appointment__room", "appointment__provider"):
        FreedTime.objects.filter(pk=freed.pk).update(restored_at=now)
        if ledger.restore(freed.reservation_key, now=now):
            record_change("credit.restored", freed.appointment, actor=None, now=now)

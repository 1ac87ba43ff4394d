"""Appointments, what comes before and after them, and the claims on people's time."""

from alcove.booking.models.appointment import (
    ACTIVE,
    Appointment,
    CancellationReason,
    Ending,
    FreedTime,
    Status,
)
from alcove.booking.models.hold import SlotHold, TimeClaim
from alcove.booking.models.no_show import NoShow
from alcove.booking.models.proposal import (
    LIVE,
    OfferedTime,
    TimeProposal,
    TimeWish,
    WishedTime,
)
from alcove.booking.models.ring import Ring

__all__ = [
    "ACTIVE",
    "LIVE",
    "Appointment",
    "CancellationReason",
    "Ending",
    "FreedTime",
    "NoShow",
    "OfferedTime",
    "Ring",
    "SlotHold",
    "Status",
    "TimeClaim",
    "TimeProposal",
    "TimeWish",
    "WishedTime",
]

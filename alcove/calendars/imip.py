"""Which calendar message (RFC 5546) goes with a change; the text itself is ``ics``'s."""

from dataclasses import dataclass

from alcove.calendars.ics import EntryStatus, Method

TAKEN_OUT = {
    "appointment.declined",
    "appointment.lapsed",
    "appointment.cancelled",
    "appointment.withdrawn",
}


@dataclass(frozen=True, slots=True)
class Wrapping:
    """The METHOD of a message and the STATUS of the entry in it."""

    method: Method
    status: EntryStatus


def wrapping_for(kind: str, *, was_confirmed: bool, is_tentative: bool = False) -> Wrapping | None:
    """The calendar message for one kind of event; None where calendars need not know.

    The first invitation goes out with the first confirmation (R10). From then on each change
    reaches the calendars: a moved session is tentative at its new time until it is confirmed
    again, and an ended one is taken out (RFC 5546 sections 3.2.2 and 3.2.5). So it is for one
    person who joins its room, and who leaves it.
    """
    if kind == "appointment.confirmed":
        return Wrapping("REQUEST", "CONFIRMED")
    if not was_confirmed:
        return None
    if kind == "appointment.rescheduled":
        return Wrapping("REQUEST", "TENTATIVE")
    if kind == "appointment.shared":
        return Wrapping("REQUEST", "TENTATIVE" if is_tentative else "CONFIRMED")
    if kind in TAKEN_OUT:
        return Wrapping("CANCEL", "CANCELLED")
    return None

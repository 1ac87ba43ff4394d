"""Which letter tells which change of a session, and what kind of news that is."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.booking.display import session_words
from alcove.notifications.kinds import Kind
from alcove.notifications.letters import attendance, bookings, credits
from alcove.notifications.letters.change import Change
from alcove.notifications.letters.letter import Letter, Role

_WRITERS: dict[str, Callable[[Change, Role, ZoneInfo], Letter | None]] = {
    "appointment.requested": bookings.requested,
    "appointment.confirmed": bookings.confirmed,
    "appointment.rescheduled": bookings.rescheduled,
    "appointment.declined": bookings.declined,
    "appointment.lapsed": bookings.lapsed,
    "appointment.cancelled": bookings.cancelled,
    "appointment.no_show": attendance.no_show,
    "no_show.disputed": attendance.disputed,
    "no_show.decided": attendance.decided,
    "no_show.final": attendance.final,
    "credit.restored": credits.restored,
}
# The kinds that are told by letter at all; completed sessions leave a card only.
TOLD_BY_LETTER = tuple(_WRITERS)
_WAITS_FOR_THE_PROVIDER = {"appointment.requested", "appointment.rescheduled"}


def letter_for(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    """What somebody in this role is told about the change; None when it is not their business."""
    write = _WRITERS.get(change.kind)
    letter = write(change, role, zone) if write else None
    if letter is not None and change.is_on_behalf:
        letter = replace(letter, lines=[*_on_behalf(change, role), *letter.lines])
    if letter is None or not letter.when:
        return letter
    return replace(
        letter,
        about_at=change.starts_at,
        needed_by=_needed_by(change, role),
        session=session_words(change.modality, change.minutes),
    )


def _on_behalf(change: Change, role: Role) -> list[str]:
    """That the practice did it (R18); never why."""
    if role != "owner":
        return [_("The practice did this on behalf of the person who books here.")]
    waived = [_("What this late change costs was waived.")] if change.was_waived else []
    return [_("The practice did this for you."), *waived]


def kind_of(change: Change, role: Role) -> Kind:
    """What kind of news the change is to somebody in this role."""
    if change.kind == "credit.restored":
        return Kind.CREDITS
    return Kind.REQUESTS if _is_request(change, role) else Kind.BOOKINGS


def _is_request(change: Change, role: Role) -> bool:
    return role == "provider" and change.kind in _WAITS_FOR_THE_PROVIDER


def _needed_by(change: Change, role: Role) -> dt.datetime:
    """Until when the reader must know: an answer is due, or the session begins."""
    return change.confirm_by if _is_request(change, role) else change.starts_at

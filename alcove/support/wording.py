"""The words of the desk: who somebody is, what a change costs a client."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alcove.booking.display import session_words, with_whom
from alcove.booking.models import Appointment
from alcove.booking.policies import FREE, Consequence
from alcove.core.formats import day_and_time, format_money, zone_name
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session in a list of the desk."""

    appointment: Appointment
    what: str
    who: str


def session_rows(sessions: Iterable[Appointment]) -> list[SessionRow]:
    """The sessions with everybody's name; members are loaded."""
    return [
        SessionRow(
            one,
            session_words(one.modality, one.length_minutes),
            # Nobody's point of view: everybody is named.
            with_whom(one.room, Person()),
        )
        for one in sessions
    ]


def roles_of(person: Person, memberships: Iterable[str]) -> list[str]:
    """What somebody is here, in words."""
    roles = set(memberships)
    found = {
        _("Client"): "owner" in roles,
        _("Partner"): "partner" in roles,
        _("Provider"): person.is_provider,
        _("Staff"): person.is_staff,
        _("Admin"): person.is_admin,
    }
    return [words for words, holds in found.items() if holds]


def due_words(due: Consequence, name: str) -> str:
    """What a change made now costs the client."""
    if due.cost == "fee":
        amount = format_money(due.fee_minor, due.currency)
        return _("This change is late: it costs %(name)s a fee of %(amount)s.") % {
            "name": name,
            "amount": amount,
        }
    if due.cost == "credit":
        return _("This change is late: it costs %(name)s 1 session credit.") % {"name": name}
    return _("This change is free for %(name)s.") % {"name": name}


def tone_of(due: Consequence) -> str:
    """How a notice about it looks."""
    return "success" if due == FREE else "warning"


def their_time(appointment_or_hold: object, person: Person) -> str:
    """When it starts on this person's own clock, with their zone named."""
    starts_at = appointment_or_hold.starts_at  # type: ignore[attr-defined]  # either has it
    return f"{day_and_time(starts_at, person.zone)}, {zone_name(person.zone, starts_at)}"

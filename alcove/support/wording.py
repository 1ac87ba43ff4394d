"""The words of the desk: who somebody is, what a change costs a client."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alcove.booking.display import session_words, with_whom
from alcove.booking.models import Appointment
from alcove.booking.policies import FREE, Consequence
from alcove.core import events
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


_PLACES = {
    "outbox": ("support:outbox", gettext_lazy("The outbox")),
    "disputes": ("disputes:list", gettext_lazy("The list of disputes")),
    "problems": ("problems", gettext_lazy("Reports from sessions")),
    "support": ("desk:requests", gettext_lazy("The list of requests")),
    "people": ("practice:people", gettext_lazy("The list of people")),
    "practice": ("practice:home", gettext_lazy("The practice")),
    "practice_file": (
        "practice:data",
        gettext_lazy("What an uploaded practice file would change"),
    ),
    "search": ("desk:home", gettext_lazy("A search for people")),
    "audit": ("desk:audit", gettext_lazy("The audit log")),
    "deletions": ("practice:deletions", gettext_lazy("Requests for deletion")),
    "export:credits": ("practice:money", gettext_lazy("The table of credits")),
    "export:payments": ("practice:money", gettext_lazy("The table of payments")),
}
_PAGES = {
    "person": ("desk:person", gettext_lazy("Person %(code)s")),
    "room": ("desk:room", gettext_lazy("Room %(code)s")),
    "appointment": ("desk:session", gettext_lazy("Live session %(code)s")),
    "delivery": ("support:letter", gettext_lazy("Message %(code)s")),
    "support": ("desk:request", gettext_lazy("Request %(code)s")),
    "plan": ("", gettext_lazy("Plan %(code)s")),
    "reason": ("", gettext_lazy("Cancellation reason %(code)s")),
    "job": ("", gettext_lazy("Job %(code)s")),
}
_ACTS = {
    "looked": gettext_lazy("looked at"),
    "slot.held": gettext_lazy("kept a time for the client"),
    "appointment.requested": gettext_lazy("booked for the client"),
    "appointment.rescheduled": gettext_lazy("rescheduled for the client"),
    "appointment.cancelled": gettext_lazy("cancelled for the client"),
    "no_show.decided": gettext_lazy("decided a dispute"),
    "payment.recorded": gettext_lazy("recorded a payment"),
    "fee.paid": gettext_lazy("settled a late fee"),
    "fee.waived": gettext_lazy("waived a late fee"),
    "purchase.refunded": gettext_lazy("gave a payment back"),
    "refund.by_hand": gettext_lazy("gave a refused refund back by other means"),
    "refund.retried": gettext_lazy("had a refund tried again"),
    "sign_in_link.made": gettext_lazy("made a sign-in link for somebody"),
    "delivery.sent_again": gettext_lazy("had a message sent again"),
    "support.answered": gettext_lazy("answered a request"),
    "support.closed": gettext_lazy("closed a request"),
    "problem.handled": gettext_lazy("saw to a report from a session"),
    "job.tried_again": gettext_lazy("had a job tried again"),
    "person.invited": gettext_lazy("invited somebody"),
    "person.invited_again": gettext_lazy("sent an invitation again"),
    "person.invitation_revoked": gettext_lazy("withdrew an invitation"),
    "person.roles_changed": gettext_lazy("changed somebody's roles"),
    "person.deactivated": gettext_lazy("closed an account"),
    "person.reactivated": gettext_lazy("opened an account again"),
    "person.deleted": gettext_lazy("deleted somebody's data"),
    "person.deletion_declined": gettext_lazy("declined a deletion"),
    "room.opened": gettext_lazy("opened a room"),
    "room.covered": gettext_lazy("gave a room its plan"),
    "room.closed": gettext_lazy("closed a room"),
    "room.reopened": gettext_lazy("opened a room again"),
    "calendar.set_up": gettext_lazy("set a calendar up"),
    "plan.made": gettext_lazy("made a plan"),
    "plan.changed": gettext_lazy("changed a plan"),
    "plan.offered": gettext_lazy("put a plan on offer"),
    "plan.stopped": gettext_lazy("took a plan off offer"),
    "reason.added": gettext_lazy("added a cancellation reason"),
    "reason.renamed": gettext_lazy("put a cancellation reason into other words"),
    "reason.raised": gettext_lazy("moved a cancellation reason up"),
    "reason.retired": gettext_lazy("retired a cancellation reason"),
    "reason.brought_back": gettext_lazy("brought a cancellation reason back"),
    "practice.set_up": gettext_lazy("set the practice up"),
    "practice.changed": gettext_lazy("changed the practice's settings"),
    "practice.logo_changed": gettext_lazy("changed the logo"),
    "practice.imported": gettext_lazy("imported a file of the practice"),
    "practice.exported": gettext_lazy("exported the practice"),
}


def act_words(act: str) -> str:
    """What staff did, in words; its own name where there are none yet."""
    return str(_ACTS.get(act, act))


def who_words(key: str) -> str:
    """Who did something and is no person; the key itself where there are no words."""
    return str(_("The server's command line")) if key == events.SYSTEM else key


def about_words(key: str) -> str:
    """What an opaque key is about, in words; the key itself where there are none yet."""
    if key in _PLACES:
        return str(_PLACES[key][1])
    kind, _colon, code = key.partition(":")
    return str(_PAGES[kind][1]) % {"code": code} if kind in _PAGES and code else key


def link_of(key: str) -> str:
    """The desk's page about an opaque key; empty where there is none."""
    if key in _PLACES:
        return reverse(_PLACES[key][0])
    kind, _colon, code = key.partition(":")
    name = _PAGES[kind][0] if kind in _PAGES and code else ""
    return reverse(name, args=[code]) if name else ""

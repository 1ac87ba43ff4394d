"""What happened to an appointment, told from its events."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from alcove.booking.display import cost_words
from alcove.booking.models import Appointment
from alcove.core.formats import day_and_time
from alcove.core.models import Event
from alcove.core.templatetags.times import reader_zone
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, in a sentence, and a further line where there is one."""

    at: dt.datetime
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Told:
    """One event with what its sentence needs."""

    event: Event
    appointment: Appointment
    reader: Person
    name: str

    @property
    def is_own(self) -> bool:
        """Whether the reader did it."""
        return self.event.actor == self.reader.key

    def by(self, own: str, others: str) -> str:
        """The sentence for one's own act or for somebody else's."""
        return own if self.is_own else others % {"name": self.name}

    @property
    def is_on_behalf(self) -> bool:
        """Whether the practice did it for the client (R18)."""
        return bool(self.event.data.get("on_behalf"))

    def for_client(self, own: str, others: str) -> str:
        """The sentence of an act on behalf, for the client or for somebody else."""
        owner = self.appointment.room.owner
        return own if self.reader.pk == owner.pk else others % {"name": owner.name}

    def moment(self, name: str) -> str:
        """A moment that the event carries, for the reader; empty if it has none."""
        text = self.event.data.get(name)
        return day_and_time(dt.datetime.fromisoformat(text), reader_zone()) if text else ""


def chronicle(appointment: Appointment, reader: Person) -> list[Line]:
    """Who did what when, first thing first; one statement."""
    names = {one.person.key: one.person.name for one in appointment.room.memberships.all()}
    events = Event.objects.filter(subject=appointment.key).order_by("id")
    lines = []
    for event in events:
        tell = TELLERS.get(event.kind)
        if tell is None:
            continue
        told = _Told(event, appointment, reader, names.get(event.actor, _("The practice")))
        text, note = tell(told)
        lines.append(Line(event.happened_at, text, note))
    return lines


def _requested(told: _Told) -> tuple[str, str]:
    if told.is_on_behalf:
        text = told.for_client(
            _("The practice booked this live session for you."),
            _("The practice booked this live session for %(name)s."),
        )
        return text, told.moment("starts_at")
    return (
        told.by(_("You booked this live session."), _("%(name)s booked this live session.")),
        told.moment("starts_at"),
    )


def _confirmed(told: _Told) -> tuple[str, str]:
    if told.event.data.get("ring"):
        text = told.by(
            _("You accepted a ring, and it started at once."),
            _("%(name)s accepted a ring, and it started at once."),
        )
        return text, told.moment("starts_at")
    if told.event.data.get("proposal"):
        text = told.by(
            _("You booked it: a time that was offered, and so confirmed."),
            _("%(name)s booked it: a time that was offered, and so confirmed."),
        )
        return text, told.moment("starts_at")
    if told.event.data.get("by") != "system":
        return told.by(_("You confirmed it."), _("%(name)s confirmed it.")), ""
    former = told.moment("former_starts_at")
    if told.is_on_behalf:
        text = told.for_client(
            _("The practice arranged this for you, and it was confirmed at once."),
            _("The practice arranged this for %(name)s, and it was confirmed at once."),
        )
        return text, _change(told, former) if former else told.moment("starts_at")
    if former:
        return _("It was moved and confirmed at once."), _change(told, former)
    return _("It was booked and confirmed at once."), told.moment("starts_at")


def _rescheduled(told: _Told) -> tuple[str, str]:
    text = told.by(_("You rescheduled it."), _("%(name)s rescheduled it."))
    if told.is_on_behalf:
        text = told.for_client(
            _("The practice rescheduled it for you."),
            _("The practice rescheduled it for %(name)s."),
        )
    return text, _change(told, told.moment("former_starts_at"))


def _change(told: _Told, former: str) -> str:
    change = _("From %(former)s to %(new)s.") % {"former": former, "new": told.moment("starts_at")}
    return f"{change} {_cost(told)}".strip()


def _cost(told: _Told) -> str:
    if told.event.data.get("waived"):
        return _("The practice waived what this late change costs.")
    cost = str(told.event.data.get("cost", "free"))
    return "" if cost == "free" else cost_words(cost, told.appointment)


def _declined(told: _Told) -> tuple[str, str]:
    text = told.by(_("You declined it."), _("%(name)s declined it."))
    return text, _("The session credit is back.")


def _lapsed(told: _Told) -> tuple[str, str]:
    return _("Nobody answered in time, so the request ended."), _("The session credit is back.")


def _cancelled(told: _Told) -> tuple[str, str]:
    cause = told.event.data.get("cause")
    if cause == "provider_absent":
        return _("The provider did not come."), _("The session credit is back.")
    if cause == "not_connected":
        return _("Nobody could be connected."), _("Nobody pays: the session credit is back.")
    text = told.by(_("You cancelled it."), _("%(name)s cancelled it."))
    if told.is_on_behalf:
        text = told.for_client(
            _("The practice cancelled it for you."), _("The practice cancelled it for %(name)s.")
        )
    return text, _cost(told) or _("The session credit is back.")


def _completed(told: _Told) -> tuple[str, str]:
    return _("It took place."), ""


def _no_show(told: _Told) -> tuple[str, str]:
    text = told.by(_("You marked it as missed."), _("%(name)s marked it as missed."))
    until = told.moment("final_at")
    return text, _("It can be disputed until %(until)s.") % {"until": until}


def _disputed(told: _Told) -> tuple[str, str]:
    text = told.by(_("You disputed that."), _("%(name)s disputed that."))
    return text, _("The practice looks at what was recorded.")


def _decided(told: _Told) -> tuple[str, str]:
    if told.event.data.get("verdict") == "waived":
        return _("The practice decided for the client."), _("The session credit is back.")
    return _("The practice decided that it stands."), _cost(told)


def _final(told: _Told) -> tuple[str, str]:
    return _("Nobody disputed it in time."), _cost(told)


def _restored(told: _Told) -> tuple[str, str]:
    return _("Somebody else took the freed time: the session credit is back."), ""


TELLERS: dict[str, Callable[[_Told], tuple[str, str]]] = {
    "appointment.requested": _requested,
    "appointment.confirmed": _confirmed,
    "appointment.rescheduled": _rescheduled,
    "appointment.declined": _declined,
    "appointment.lapsed": _lapsed,
    "appointment.cancelled": _cancelled,
    "appointment.completed": _completed,
    "appointment.no_show": _no_show,
    "no_show.disputed": _disputed,
    "no_show.decided": _decided,
    "no_show.final": _final,
    "credit.restored": _restored,
}

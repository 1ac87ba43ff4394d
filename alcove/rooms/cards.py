"""Cards that events leave in a room, in the words, zone and language of the reader.

A card holds plain values (``kind``, ``code``, ``starts_at`` …), never sentences: it is read by
people of several zones and languages. Kinds and keys come from above, so an unknown one still
gives a card that makes sense.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import clock_time, day_and_time, zone_name
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class CardAct:
    """Something that the reader can do from a card: a link, or a form where ``fields`` are given."""

    label: str
    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    is_primary: bool = False


Offer = Callable[[Person, Collection[str], dt.datetime], Mapping[str, Sequence[CardAct]]]
_offers: list[Offer] = []


def offers_acts(offer: Offer) -> Offer:
    """Register what a floor above lets a reader do about the things that cards are about.

    The decorated function gets the reader, what the cards are about and now, and answers by that.
    """
    if offer not in _offers:
        _offers.append(offer)
    return offer


def acts_for(
    reader: Person, codes: Collection[str], now: dt.datetime
) -> Mapping[str, Sequence[CardAct]]:
    """What this reader can do now about the things with these codes."""
    found: dict[str, list[CardAct]] = {}
    for offer in _offers if codes else ():
        for code, acts in offer(reader, codes, now).items():
            found.setdefault(code, []).extend(acts)
    return found


@dataclass(frozen=True, slots=True)
class Card:
    """What the template draws: a title, lines below it, and the session it is about."""

    title: str
    lines: list[str]
    tone: str
    icon: str
    code: str = ""
    # What the reader's acts are about: that session, or else the exchange about a time.
    about: str = ""
    # The start that this card confirms; None where it confirms none.
    confirms_at: dt.datetime | None = None


def card_of(data: dict[str, Any], zone: ZoneInfo) -> Card:
    """The card in the active language, its times on the wall clock of ``zone``."""
    kind = str(data.get("kind", ""))
    title, tone, icon = _headings(str(data.get("name", ""))).get(
        kind, (_("News about a live session"), "neutral", "info")
    )
    lines = [*_when(data, zone), *_notes(kind, data, zone), *_on_behalf(kind, data)]
    return Card(
        title=title,
        lines=lines,
        tone=tone,
        icon=icon,
        code=str(data.get("code", "")),
        about=about(data),
        confirms_at=_instant(data, "starts_at") if kind == "appointment.confirmed" else None,
    )


def about(data: dict[str, Any]) -> str:
    """The key of what a card is about; empty where there is nothing to do about it.

    A session's is its code; that of an exchange about a time begins with ``proposal:``.
    """
    if code := data.get("code"):
        return str(code)
    return f"proposal:{data['proposal']}" if data.get("proposal") else ""


def _headings(name: str) -> dict[str, tuple[str, str, str]]:
    """Title, tone and icon by kind; ``name`` is whom the card is about, if it is about somebody."""
    return {
        "appointment.requested": (_("Live session requested"), "warning", "clock"),
        "appointment.confirmed": (_("Live session confirmed"), "success", "check"),
        "appointment.rescheduled": (_("Live session moved to a new time"), "warning", "clock"),
        "appointment.declined": (_("Request declined"), "neutral", "cross"),
        "appointment.lapsed": (_("Request not answered in time"), "neutral", "clock"),
        "appointment.cancelled": (_("Live session cancelled"), "neutral", "cross"),
        "appointment.completed": (_("Live session completed"), "neutral", "check"),
        "appointment.no_show": (_("Live session marked as missed"), "warning", "warning"),
        "no_show.disputed": (_("A missed session is disputed"), "warning", "info"),
        "no_show.decided": (_("A dispute is decided"), "neutral", "check"),
        "ring.declined": (_("Rang for a session at once: declined"), "neutral", "audio"),
        "ring.lapsed": (_("Rang for a session at once: not answered"), "neutral", "audio"),
        "credit.restored": (_("A session credit came back"), "success", "credit"),
        "room.opened": (_("Couples room opened"), "info", "room"),
        "partner.invited": (_("A partner was invited to this room"), "neutral", "mail"),
        "partner.joined": (_("%(name)s joined this room") % {"name": name}, "success", "people"),
        "partner.left": (_("%(name)s left this room") % {"name": name}, "neutral", "people"),
        "partner.removed": (
            _("%(name)s is no longer in this room") % {"name": name},
            "neutral",
            "people",
        ),
        "proposal.sent": (_("Times that would suit, shared with the provider"), "warning", "clock"),
        "proposal.suggested": (_("Times suggested"), "neutral", "clock"),
        "proposal.declined": (_("The provider has no time to offer"), "neutral", "cross"),
        "proposal.withdrawn": (_("The shared times were withdrawn"), "neutral", "cross"),
        "proposal.lapsed": (_("No time was found in time"), "neutral", "clock"),
        "times.offered": (_("The provider offers times"), "warning", "calendar"),
        "times.refused": (_("None of the offered times suited"), "neutral", "cross"),
        "times.withdrawn": (_("The offered times were withdrawn"), "neutral", "cross"),
    }


def _when(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """Type and time of the session, as far as the card tells."""
    modality = {
        "video": _("Video session"),
        "audio": _("Audio session"),
        "chat": _("Live chat session"),
    }.get(str(data.get("modality", "")), "")
    starts_at, ends_at = _instant(data, "starts_at"), _instant(data, "ends_at")
    if starts_at is None:
        return [modality] if modality else []
    when = day_and_time(starts_at, zone)
    if ends_at is not None:
        when = f"{when} – {clock_time(ends_at, zone)}"
    place = zone_name(zone, starts_at)
    return [line for line in (modality, f"{when}, {place}") if line]


def _notes(kind: str, data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """What a kind adds to type and time."""
    ender = {
        "provider_absent": _("The provider did not come. The session credit is back."),
        "not_connected": _("Nobody could be connected, so nobody pays."),
        "provider": _("Cancelled by the provider."),
        "practice": _("Cancelled by the practice."),
        "behalf": _("Cancelled by the practice, on behalf of the client."),
    }.get(str(data.get("cause") or data.get("by")), _("Cancelled by the client."))
    return {
        "appointment.requested": _answer_by(data, zone),
        "appointment.rescheduled": [*_former(data, zone), *_answer_by(data, zone)],
        "appointment.confirmed": _former(data, zone),
        "appointment.declined": [_("The time is free again and the session credit is back.")],
        "appointment.lapsed": [
            _("The provider did not answer by the deadline. The session credit is back.")
        ],
        "appointment.cancelled": [ender],
        "appointment.no_show": _until(data, zone),
        "no_show.disputed": [_("The practice looks at what was recorded.")],
        "no_show.decided": [
            _("The session credit is back.")
            if data.get("verdict") == "waived"
            else _("It stands as it was marked.")
        ],
        "ring.declined": [_("Nothing was spent.")],
        "ring.lapsed": [_("Nothing was spent.")],
        "credit.restored": [_("Somebody else took the time that was given up.")],
        "room.opened": [
            _("Live sessions can be booked here as soon as the practice has set up a plan for it.")
        ],
        "partner.invited": [_("Until they accept, they see nothing of it.")],
        "partner.joined": [
            _("They see what is written here from now on, and every coming session.")
        ],
        "partner.left": [_("The sessions that are booked here stay as they are.")],
        "partner.removed": [_("The sessions that are booked here stay as they are.")],
        "times.offered": _starts(data, zone),
    }.get(kind, [])


def _on_behalf(kind: str, data: dict[str, Any]) -> list[str]:
    """That the practice did it for the client, and what it waived (R18)."""
    lines = []
    if data.get("on_behalf") and kind != "appointment.cancelled":
        lines.append(_("Arranged by the practice, on behalf of the client."))
    if data.get("waived"):
        lines.append(_("What this late change costs was waived."))
    return lines


def _answer_by(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    until = _instant(data, "confirm_by")
    if until is None:
        return []
    return [_("The provider answers by %(when)s.") % {"when": day_and_time(until, zone)}]


def _until(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    until = _instant(data, "final_at")
    if until is None:
        return []
    return [_("It can be disputed until %(when)s.") % {"when": day_and_time(until, zone)}]


def _starts(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """The offered starts, each in a line."""
    found = [_instant({"at": start}, "at") for start in data.get("starts", [])]
    return [f"{day_and_time(start, zone)}, {zone_name(zone, start)}" for start in found if start]


def _former(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    former = _instant(data, "former_starts_at")
    return [_("Before: %(when)s") % {"when": day_and_time(former, zone)}] if former else []


def _instant(data: dict[str, Any], key: str) -> dt.datetime | None:
    """An ISO instant of the card; None where there is none that can be read."""
    try:
        found = dt.datetime.fromisoformat(str(data.get(key, "")))
    except ValueError:
        return None
    return found if found.tzinfo else None

"""The life of a room's session credits in words, each with the session that it belongs to."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcove.billing.models import CreditEntry, LateFee
from alcove.booking.models import Appointment, Ending, Status
from alcove.core.formats import dated_day, day_and_time
from alcove.core.templatetags.times import reader_zone
from alcove.rooms.models import Room

Kind = CreditEntry.Kind
WITH_KEY = {Kind.RESERVED, Kind.SPENT, Kind.RELEASED, Kind.FORFEITED, Kind.RESTORED}


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One entry of the ledger: when, what happened, and how many credits could be used then."""

    at: dt.datetime
    text: str
    change: int
    left: int
    url: str
    session: str


LINES_ON_A_PAGE = 20


def page_of_story(room: Room, number: str | None) -> dict[str, Any]:
    """One page of a room's story, newest first: its ``lines`` and the ``page`` they are on."""
    entries = CreditEntry.objects.filter(room=room).order_by("-pk")
    page = Paginator(entries, LINES_ON_A_PAGE).get_page(number)
    on_page = list(page)
    first = on_page[0].pk if on_page else 0
    left = entries.filter(pk__lte=first).aggregate(sum=Sum("available"))["sum"] or 0
    return {"lines": story(on_page, left), "page": page}


def story(entries: Iterable[CreditEntry], left: int) -> list[StoryLine]:
    """Lines for entries that stand newest first; ``left`` is the sum of available after the first.

    Three statements for the sessions and the fees of all of them.
    """
    found = list(entries)
    sessions, fees = _sessions(found), _fees(found)
    lines = []
    for entry in found:
        code, number = _key_of(entry)
        session = sessions.get(code)
        lines.append(
            StoryLine(
                at=entry.written_at,
                text=_words(entry, session, number, is_fee=f"late:{code}:{number}" in fees),
                change=entry.available,
                left=left,
                url=reverse("booking:appointment", args=[code]) if session else "",
                session=day_and_time(session.starts_at, reader_zone()) if session else "",
            )
        )
        left -= entry.available
    return lines


def _sessions(entries: list[CreditEntry]) -> dict[str, Appointment]:
    codes = {_key_of(entry)[0] for entry in entries} - {""}
    rows = Appointment.objects.filter(code__in=codes).select_related("provider", "room", "ending")
    return {row.code: row for row in rows}


def _fees(entries: list[CreditEntry]) -> set[str]:
    """The causes of the late fees that were due instead of these credits."""
    keys = (_key_of(entry) for entry in entries if entry.kind == Kind.RELEASED)
    causes = [f"late:{code}:{number}" for code, number in keys]
    return set(LateFee.objects.filter(cause__in=causes).values_list("cause", flat=True))


def _key_of(entry: CreditEntry) -> tuple[str, int]:
    """The session's code and the number of its reservation, of causes like "reserve:K3…:1"."""
    if entry.kind not in WITH_KEY:
        return "", 0
    _step, code, number = entry.cause.split(":")
    return code, int(number)


def _words(entry: CreditEntry, session: Appointment | None, number: int, *, is_fee: bool) -> str:
    if entry.kind in {Kind.GRANTED, Kind.BOUGHT}:
        return _arrived(entry)
    if entry.kind in {Kind.EXPIRED, Kind.REFUNDED}:
        return _gone(entry)
    if entry.kind == Kind.FORFEITED:
        return _lost(session, number)
    if entry.kind == Kind.RELEASED:
        return _returned(session, number, is_fee=is_fee)
    return {
        Kind.RESERVED: _("1 credit is kept for a session."),
        Kind.SPENT: _("1 credit was used: the session took place."),
        Kind.RESTORED: _("1 credit returned, because somebody took the time you gave back."),
    }[CreditEntry.Kind(entry.kind)]


def _gone(entry: CreditEntry) -> str:
    count = -entry.available
    if entry.kind == Kind.EXPIRED:
        words = ngettext(
            "%(number)s credit ended unused.", "%(number)s credits ended unused.", count
        )
    else:
        words = ngettext(
            "%(number)s credit was given back for money.",
            "%(number)s credits were given back for money.",
            count,
        )
    return words % {"number": count}


def _arrived(entry: CreditEntry) -> str:
    if entry.kind == Kind.BOUGHT:
        words = ngettext(
            "%(number)s credit was bought.", "%(number)s credits were bought.", entry.available
        )
    elif entry.cause.startswith("grant:"):
        words = ngettext(
            "%(number)s credit came with your plan.",
            "%(number)s credits came with your plan.",
            entry.available,
        )
    else:
        words = ngettext(
            "The practice gave you %(number)s credit.",
            "The practice gave you %(number)s credits.",
            entry.available,
        )
    words %= {"number": entry.available}
    if entry.expires_at is None:
        return words
    until = ngettext("Good until %(day)s.", "Good until %(day)s.", entry.available) % {
        "day": dated_day(entry.expires_at, reader_zone())
    }
    return f"{words} {until}"


def _lost(session: Appointment | None, number: int) -> str:
    if session is not None and number < session.reservation:
        return _("1 credit was lost: the session was moved too late.")
    if session is not None and session.status == Status.NO_SHOW:
        return _("1 credit was lost: the session was missed.")
    return _("1 credit was lost: the session was cancelled too late.")


def _returned(session: Appointment | None, number: int, *, is_fee: bool) -> str:
    """Why a kept credit came back."""
    if is_fee:
        return _("1 credit came back: a late fee was due instead.")
    if session is None:
        return _("1 credit came back.")
    if number < session.reservation:
        return _("1 credit came back: the session was moved at no cost.")
    name = {"name": session.provider.name}
    if session.status == Status.CANCELLED:
        return _cancelled(session, name)
    words = {
        Status.DECLINED: _("1 credit came back: %(name)s could not take the session."),
        Status.LAPSED: _("1 credit came back: %(name)s did not answer in time."),
    }
    no_fault = _("1 credit came back: the session did not take place, and that was not your fault.")
    return words.get(Status(session.status), no_fault) % name


def _cancelled(session: Appointment, name: dict[str, str]) -> str:
    ending: Ending | None = getattr(session, "ending", None)
    if ending is None or ending.ended_by_id is None:
        # Settled by the facts of who was there.
        return _("1 credit came back: the session did not take place, and that was not your fault.")
    if ending.ended_by_id == session.provider_id:
        return _("1 credit came back: %(name)s cancelled the session.") % name
    if ending.ended_by_id != session.room.owner_id:
        return _("1 credit came back: the practice cancelled the session at no cost.")
    return _("1 credit came back: the session was cancelled in time.")

"""What each change says to each person: words only, in the active language and zone.

Discretion (product law, section 5): subjects say nothing about therapy beyond the one of R10;
bodies hold no names, no types and nobody's words, only a time and a link. What a letter states
comes from its event, for the appointment may have changed again since.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.formats import clock_time, day_and_time, format_money, zone_name

Role = Literal["owner", "partner", "provider"]


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one message; ``button`` leads to ``url``, ``when`` is the time it is about."""

    subject: str
    title: str
    lines: list[str]
    button: str
    url: str
    when: str = ""
    times_title: str = ""
    times: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """One event as a letter needs it; instants are aware, ``free_times`` are starts."""

    kind: str
    code: str
    room: str
    modality: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    confirm_by: dt.datetime
    free_until: dt.datetime
    happened_at: dt.datetime
    was_confirmed: bool
    cost: str = "free"
    former_starts_at: dt.datetime | None = None
    cause: str = ""
    verdict: str = ""
    final_at: dt.datetime | None = None
    free_times: Sequence[dt.datetime] = ()


def change_of(kind: str, data: dict[str, Any], *, room: str, happened_at: dt.datetime) -> Change:
    """Read a change from its event's data."""
    former, final = data.get("former_starts_at"), data.get("final_at")
    return Change(
        kind=kind,
        code=data["code"],
        room=room,
        modality=data["modality"],
        starts_at=dt.datetime.fromisoformat(data["starts_at"]),
        ends_at=dt.datetime.fromisoformat(data["ends_at"]),
        confirm_by=dt.datetime.fromisoformat(data["confirm_by"]),
        free_until=dt.datetime.fromisoformat(data["free_until"]),
        happened_at=happened_at,
        was_confirmed=data["was_confirmed"],
        cost=data.get("cost", "free"),
        former_starts_at=dt.datetime.fromisoformat(former) if former else None,
        cause=data.get("cause", ""),
        verdict=data.get("verdict", ""),
        final_at=dt.datetime.fromisoformat(final) if final else None,
    )


def letter_for(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    """What somebody in this role is told about the change; None when it is not their business."""
    write = _WRITERS.get(change.kind)
    return write(change, role, zone) if write else None


def absolute(name: str, *args: str, query: str = "") -> str:
    """The full address of a page, for readers outside the product."""
    return settings.BASE_URL.rstrip("/") + reverse(name, args=args) + query


def span(change: Change, zone: ZoneInfo) -> str:
    """The session's time on the reader's wall clock, with the zone named."""
    return _("%(start)s – %(end)s, %(zone)s") % {
        "start": day_and_time(change.starts_at, zone),
        "end": clock_time(change.ends_at, zone),
        "zone": zone_name(zone, change.starts_at),
    }


def _requested(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    deadline = {"when": day_and_time(change.confirm_by, zone)}
    if role == "provider":
        return Letter(
            subject=_("A request waits for your answer"),
            title=_("A new request"),
            when=span(change, zone),
            lines=[_("Please answer by %(when)s. After that it lapses by itself.") % deadline],
            button=_("Answer the request"),
            url=absolute("booking:request", change.code),
        )
    return Letter(
        subject=_("About your booking"),
        title=_("We have asked for your time"),
        when=span(change, zone),
        lines=[_("You will hear by %(when)s whether it is confirmed.") % deadline],
        button=_("See your booking"),
        url=_own_page(change),
    )


def _confirmed(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    lines = [_("The invitation in this message puts it into your calendar.")]
    if role == "owner":
        lines += _late_change(change)
        if change.free_until > change.happened_at:
            until = day_and_time(change.free_until, zone)
            lines.append(_("Changes are free until %(when)s.") % {"when": until})
    return Letter(
        subject=_("Your session is confirmed! Mark your calendar."),
        title=_("Your session is confirmed"),
        when=span(change, zone),
        lines=lines,
        # The page that it is joined on; until then it counts down and leads to everything else.
        button=_("Join your session"),
        url=absolute("live:session", change.code),
    )


def _rescheduled(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    deadline = {"when": day_and_time(change.confirm_by, zone)}
    lines = []
    if change.former_starts_at is not None:
        former = day_and_time(change.former_starts_at, zone)
        lines.append(_("It was moved from %(when)s.") % {"when": former})
    if role == "provider":
        lines.append(_("Please confirm the new time by %(when)s.") % deadline)
        return Letter(
            subject=_("A new time waits for your answer"),
            title=_("A booking has a new time"),
            when=span(change, zone),
            lines=lines,
            button=_("Answer the request"),
            url=absolute("booking:request", change.code),
        )
    lines.append(_("You will hear by %(when)s whether it is confirmed.") % deadline)
    if role == "owner":
        lines += _late_change(change)
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking has a new time"),
        when=span(change, zone),
        lines=lines,
        button=_("See your booking"),
        url=_own_page(change),
    )


def _declined(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        # They know. But where an invitation went out, their calendar must hear of it too.
        return _taken_out(change, zone) if change.was_confirmed else None
    lines = [_("The time you asked for is not possible.")]
    if role == "owner":
        lines.append(_("Your session credit is back, and you can choose another time."))
    return Letter(
        subject=_("About your booking"),
        title=_("Your request was not accepted"),
        when=span(change, zone),
        lines=lines,
        button=_("See your booking"),
        url=_own_page(change),
    )


def _taken_out(change: Change, zone: ZoneInfo) -> Letter:
    return Letter(
        subject=_("About a booking"),
        title=_("A booking was taken out of your calendar"),
        when=span(change, zone),
        lines=[_("You declined this request, and the time is free again.")],
        button=_("See the booking"),
        url=_own_page(change),
    )


def _lapsed(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    if role == "provider":
        return Letter(
            subject=_("About a booking"),
            title=_("A request was not answered in time"),
            when=span(change, zone),
            lines=[_("It has lapsed, and the time is free again.")],
            button=_("See the booking"),
            url=_own_page(change),
        )
    lines = [_("Nobody answered in time, so your request has lapsed.")]
    if role == "partner":
        return Letter(
            subject=_("About your booking"),
            title=_("Your request has lapsed"),
            when=span(change, zone),
            lines=lines,
            button=_("See your booking"),
            url=_own_page(change),
        )
    minutes = int((change.ends_at - change.starts_at).total_seconds()) // 60
    return Letter(
        subject=_("About your booking"),
        title=_("Your request has lapsed"),
        when=span(change, zone),
        lines=[*lines, _("Your session credit is back.")],
        times_title=_("The next free times are:") if change.free_times else "",
        times=[day_and_time(start, zone) for start in change.free_times],
        button=_("Choose another time"),
        url=absolute(
            "booking:new_time",
            change.room,
            query=f"?modality={change.modality}&length={minutes}",
        ),
    )


def _cancelled(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    if role == "provider":
        subject, button = _("About a booking"), _("See the booking")
        title = _("A booking was cancelled")
    else:
        subject, button = _("About your booking"), _("See your booking")
        title = _("Your booking was cancelled")
    return Letter(
        subject=subject,
        title=title,
        when=span(change, zone),
        lines=_why_it_ended(change, role),
        button=button,
        url=_own_page(change),
    )


def _why_it_ended(change: Change, role: Role) -> list[str]:
    """What a cancelled booking cost, or the recorded fact that ended it."""
    if change.cause:
        fact = {
            "provider_absent": _("By what was recorded, the practice's side did not come."),
            "not_connected": _("By what was recorded, you could not be connected."),
        }[change.cause]
        return [fact, _("Nobody pays for it, and the session credit is back.")]
    if role == "owner":
        return _late_change(change) or [_("It cost nothing, and your session credit is back.")]
    return [_("The time is free again.")]


def _no_show(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider" or change.final_at is None:
        return None
    until = {"when": day_and_time(change.final_at, zone)}
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking was marked as missed"),
        when=span(change, zone),
        lines=[
            _("If that is wrong, say so by %(when)s: the practice then looks at it.") % until,
            _("Until then nothing is final."),
        ],
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def _disputed(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "provider":
        return None
    return Letter(
        subject=_("About a booking"),
        title=_("A booking that you marked as missed is disputed"),
        when=span(change, zone),
        lines=[_("The practice looks at what was recorded and decides.")],
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def _decided(change: Change, role: Role, zone: ZoneInfo) -> Letter:
    is_waived = change.verdict == "waived"
    lines = [
        _("It does not count as missed: the session credit is back.")
        if is_waived
        else _("It counts as missed.")
    ]
    if role == "owner" and not is_waived:
        lines += _missed_cost(change)
    return Letter(
        subject=_("About a booking") if role == "provider" else _("About your booking"),
        title=_("The practice has decided"),
        when=span(change, zone),
        lines=lines,
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def _final(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "owner":
        return None
    return Letter(
        subject=_("About your booking"),
        title=_("Your booking counts as missed"),
        when=span(change, zone),
        lines=_missed_cost(change),
        button=_("See what was recorded"),
        url=absolute("live:attendance", change.code),
    )


def _missed_cost(change: Change) -> list[str]:
    """What a missed booking cost, by the rule that its client read when booking."""
    if change.cost.startswith("fee:"):
        _fee, minor, currency = change.cost.split(":")
        amount = format_money(int(minor), currency)
        return [_("A fee of %(amount)s applies to it.") % {"amount": amount}]
    return [_("It cost 1 session credit.")]


def _restored(change: Change, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "owner":
        return None
    return Letter(
        subject=_("A credit has come back to you"),
        title=_("A session credit came back"),
        lines=[_("Somebody else took the time that you gave up, so your session credit is back.")],
        button=_("Choose a time"),
        url=absolute("booking:new"),
    )


def _late_change(change: Change) -> list[str]:
    """What a late change cost, as its page had said before the click (R12); nothing if free."""
    if change.cost == "credit":
        return [
            _("This late change cost 1 session credit."),
            _("It comes back by itself when somebody else takes the time."),
        ]
    if change.cost.startswith("fee:"):
        _fee, minor, currency = change.cost.split(":")
        amount = format_money(int(minor), currency)
        return [_("A fee of %(amount)s applies to this late change.") % {"amount": amount}]
    return []


def _own_page(change: Change) -> str:
    return absolute("booking:appointment", change.code)


_WRITERS: dict[str, Callable[[Change, Role, ZoneInfo], Letter | None]] = {
    "appointment.requested": _requested,
    "appointment.confirmed": _confirmed,
    "appointment.rescheduled": _rescheduled,
    "appointment.declined": _declined,
    "appointment.lapsed": _lapsed,
    "appointment.cancelled": _cancelled,
    "appointment.no_show": _no_show,
    "no_show.disputed": _disputed,
    "no_show.decided": _decided,
    "no_show.final": _final,
    "credit.restored": _restored,
}
# The kinds that are told by letter at all; completed sessions leave a card only.
TOLD_BY_LETTER = tuple(_WRITERS)

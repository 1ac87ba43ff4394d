"""Time proposals in the words and shapes that the pages show."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.booking.display import PolicyWords, policy_words
from alcove.booking.exchange import wished_of
from alcove.booking.models import OfferedTime, TimeProposal, TimeWish
from alcove.booking.policies import Terms
from alcove.booking.times_forms import day_words, mark_of
from alcove.booking.wishes import PARTS, Wished
from alcove.core.clock import seconds
from alcove.core.formats import (
    clock_time,
    day_and_time,
    short_day,
    wall_time,
    weekday_name,
    zone_name,
)
from alcove.core.templatetags.times import reader_zone
from alcove.core.zones import local_date_bounds
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

State = TimeProposal.State


def part_words(part: str) -> str:
    """The name of a part of the day."""
    return {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}[part]


def part_heads() -> list[dict[str, str]]:
    """The columns of the grid: each part with its hours."""
    return [
        {
            "name": part_words(part),
            "hours": f"{wall_time(span.start_minute)} – {wall_time(span.end_minute)}",
        }
        for part, span in PARTS.items()
    ]


def grid_rows(
    days: Iterable[dt.date | int], marked: set[str], person: Person, now: dt.datetime
) -> list[dict[str, Any]]:
    """Rows of the grid: a day and its cells; parts that are over cannot be marked."""
    return [
        {
            "label": short_day(day) if isinstance(day, dt.date) else weekday_name(day),
            "cells": [
                {
                    "value": mark_of(day, part),
                    "label": f"{day_words(day)}, {part_words(part)}",
                    "is_marked": mark_of(day, part) in marked,
                    "is_over": isinstance(day, dt.date)
                    and _is_over(day, span.end_minute, person, now),
                }
                for part, span in PARTS.items()
            ],
        }
        for day in days
    ]


def _is_over(day: dt.date, minute: int, person: Person, now: dt.datetime) -> bool:
    opens, _closes = local_date_bounds(person.zone, day)
    # Near enough where the clock changes that day: the action judges exactly.
    return opens + minute * 60 <= seconds(now)


def wish_lines(wish: TimeWish) -> list[str]:
    """A wish in a line a day, such as "Wed, Mar 4: Morning, 5:30 PM – 7:00 PM"."""
    names = {span: part for part, span in PARTS.items()}

    def span_words(one: Wished) -> str:
        part = names.get(one.span)
        if part:
            return part_words(part)
        return f"{wall_time(one.span.start_minute)} – {wall_time(one.span.end_minute)}"

    def order(one: Wished) -> tuple[bool, Any, int]:
        return isinstance(one.day, int), one.day, one.span.start_minute

    found = sorted(wished_of(wish), key=order)
    return [
        _("%(day)s: %(times)s")
        % {
            "day": short_day(day) if isinstance(day, dt.date) else day_words(day),
            "times": ", ".join(span_words(one) for one in of_day),
        }
        for day, of_day in groupby(found, key=lambda one: one.day)
    ]


def wish_of(wish: TimeWish, reader: Person, now: dt.datetime) -> dict[str, Any]:
    """A wish as its readers see it; the zone is named where it is not the reader's."""
    return {
        "name": wish.person.name,
        "is_own": wish.person_id == reader.pk,
        "lines": wish_lines(wish),
        "zone": "" if wish.zone == reader.time_zone else zone_name(wish.zone_info, now),
        "words": wish.words,
    }


def offered_of(
    times: Iterable[OfferedTime], proposal: TimeProposal, notice: dt.timedelta, now: dt.datetime
) -> list[dict[str, Any]]:
    """The offered times in words; ``is_kept`` while one can be accepted."""
    return [
        {
            "starts_at": time.starts_at,
            "when": span_words(time.starts_at, proposal.length_minutes),
            "is_kept": time.hold is not None and time.hold.is_good_at(now),
            "free_until": free_words(time.starts_at - notice, now),
        }
        for time in times
    ]


def span_words(starts_at: dt.datetime, minutes: int) -> str:
    """Such as "Tue, Dec 1, 3:00 PM – 3:45 PM", on the reader's wall clock."""
    zone = reader_zone()
    ends_at = starts_at + dt.timedelta(minutes=minutes)
    return f"{day_and_time(starts_at, zone)} – {clock_time(ends_at, zone)}"


def policy_of(room: Room, practice: Practice, now: dt.datetime) -> PolicyWords | None:
    """The cancellation policy in full for offered times, which are confirmed at once (R7)."""
    entitlement = getattr(room, "entitlement", None)
    if entitlement is None:
        return None
    plan = entitlement.plan
    terms = Terms(
        is_confirmed=True,
        free_until=now,
        late_rule=plan.late_rule,
        late_fee_minor=plan.late_fee_minor,
        currency=plan.currency,
    )
    headline = _("Changes are free until %(hours)s hours before the start.") % {
        "hours": practice.notice_hours
    }
    words = policy_words(terms, practice.notice_hours, room.provider.name, now=now)
    return PolicyWords(headline, words.lines)


def free_words(free_until: dt.datetime, now: dt.datetime) -> str:
    """Until when changes of a session at an offered time would be free (R7)."""
    if free_until < now:
        return _("Changes are no longer free.")
    return _("Changes are free until %(until)s.") % {
        "until": day_and_time(free_until, reader_zone())
    }


def exchange_line(role: Any) -> dict[str, Any] | None:
    """What Schedule says of the exchange in a room; for clients only, and None without one.

    ``role`` is a membership from ``exchange.with_exchange``.
    """
    if role.exchange_code is None or role.role == "provider":
        return None
    known = {
        "provider": role.room.provider.name,
        "owner": role.room.owner.name,
        "until": day_and_time(role.exchange_until, reader_zone()),
    }
    words = {
        (State.OFFERED, "owner"): _("%(provider)s offers you times, kept until %(until)s."),
        (State.OFFERED, "partner"): _("%(provider)s offers times. %(owner)s chooses one."),
        (State.OPEN, "owner"): _("%(provider)s looks for a time that suits you, until %(until)s."),
        (State.OPEN, "partner"): _(
            "%(provider)s looks for a time that suits you, until %(until)s."
        ),
        (State.SUGGESTED, "owner"): _("Times were suggested to you."),
        (State.SUGGESTED, "partner"): _("%(owner)s knows of the times that you suggested."),
    }[State(role.exchange_state), role.role]
    return {
        "text": words % known,
        "url": reverse("booking:proposal", args=[role.exchange_code]),
        "label": _("Choose a time") if role.exchange_state == State.OFFERED else _("See the times"),
        "tone": "success" if role.exchange_state == State.OFFERED else "info",
    }


def state_words(proposal: TimeProposal, reader: Person) -> str:
    """Where an exchange stands, for this member of its room."""
    room = proposal.room
    side = {room.provider_id: "provider", room.owner_id: "owner"}.get(reader.pk, "partner")
    words = {
        (State.SUGGESTED, "owner"): _(
            "These times were suggested to you. Book one that suits, or add your own."
        ),
        (State.SUGGESTED, ""): _("%(owner)s schedules in this room and knows of these times."),
        (State.OPEN, "provider"): _(
            "Please offer times by %(until)s. After that it lapses by itself."
        ),
        (State.OPEN, ""): _("%(provider)s offers times by %(until)s, or it ends by itself."),
        (State.OFFERED, "owner"): _(
            "These times are kept for you until %(until)s. One tap books one."
        ),
        (State.OFFERED, ""): _("The times are kept until %(until)s. %(owner)s chooses one."),
        (State.ACCEPTED, ""): _("A time was found and is booked."),
        (State.DECLINED, ""): _("No time was found."),
        (State.WITHDRAWN, ""): _("This was withdrawn."),
        (State.LAPSED, ""): _("Nobody answered by %(until)s, so it ended by itself."),
    }
    state = State(proposal.state)
    return words.get((state, side), words[state, ""]) % {
        "provider": room.provider.name,
        "owner": room.owner.name,
        "until": day_and_time(proposal.answer_by, reader_zone()),
    }

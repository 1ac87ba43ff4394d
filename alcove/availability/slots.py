"""The slot engine: which starts a provider can be booked at. Pure; product.md section 5, "Slots".

Instants are UTC seconds, spans of them are half-open. Two things make it fast: working hours are
laid out per stretch of constant UTC offset, never minute by minute; and everything that stands in
the way of a session is turned into the starts that it forbids, so that one subtraction settles all.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alcove.core.intervals import Interval, intersect, overlaps_any, subtract, union
from alcove.core.zones import DAY, offset_at, offset_segments

STEPS_MINUTES = (5, 10, 15, 20, 30, 60)

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()


class WallSpan(NamedTuple):
    """Minutes of one local date's wall clock, 0 to 1440, the end not included."""

    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What one provider offers for one modality and one length.

    `weekly` begins with Monday. An override replaces the weekly spans of its date; an empty one
    closes it. The last date that can be booked is the provider's local today plus `horizon_days`.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[WallSpan, ...], ...]
    overrides: Mapping[date, tuple[WallSpan, ...]]
    step_minutes: int
    length_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    minimum_notice_minutes: int
    horizon_days: int
    daily_limit: int | None

    def __post_init__(self) -> None:
        """Raise ValueError for terms under which the arithmetic would have no meaning."""
        if len(self.weekly) != 7:
            raise ValueError("weekly needs the spans of seven days")
        if self.step_minutes not in STEPS_MINUTES:
            raise ValueError(f"step_minutes must be one of {STEPS_MINUTES}")
        if self.length_minutes <= 0:
            raise ValueError("length_minutes must be positive")
        if min(self.buffer_before_minutes, self.buffer_after_minutes) < 0:
            raise ValueError("buffers cannot be negative")


@dataclass(frozen=True, slots=True)
class Taken:
    """What stands in the way, in any order; spans may overlap.

    - `time_off` may not be touched by the session, but by its buffers;
    - `provider_busy`, existing sessions with their own buffers and busy blocks, may be touched by
      neither, so that buffers of neighbours add up;
    - `members_busy`, other sessions of the room's members, may not be touched by the session;
    - `starts` of the provider's active sessions count towards the daily limit.
    """

    time_off: Sequence[Interval] = ()
    provider_busy: Sequence[Interval] = ()
    members_busy: Sequence[Interval] = ()
    starts: Sequence[int] = ()


def hours(terms: Terms, start: int, end: int) -> list[Interval]:
    """Return the working time within `[start, end)`; stretches that touch are one.

    A skipped wall minute does not exist, and a repeated one counts twice. Nothing that is taken is
    cut out.
    """
    return wall_stretches(terms.zone, partial(_spans_of, terms), start, end)


def wall_stretches(
    zone: ZoneInfo, spans_of: Callable[[int], Sequence[WallSpan]], start: int, end: int
) -> list[Interval]:
    """Return what `[start, end)` holds of spans of the wall clock; those that touch are one.

    `spans_of` gives those of a local date, counted in days since 1970-01-01.
    """
    pieces: list[Interval] = []
    for opens, closes, offset in offset_segments(zone, start, end):
        for day in range((opens + offset) // DAY, (closes + offset - 1) // DAY + 1):
            midnight = day * DAY - offset
            for first, last in spans_of(day):
                piece_start = max(midnight + first * 60, opens)
                piece_end = min(midnight + last * 60, closes)
                if piece_start < piece_end:
                    pieces.append((piece_start, piece_end))
    return union(pieces)


def free_starts(terms: Terms, taken: Taken, *, start: int, end: int, now: int) -> list[int]:
    """Return every bookable start `s` with `start <= s < end`, sorted.

    The session may run past `end`; so the answers for the parts of a span make up that of the span.
    """
    length = terms.length_minutes * 60
    horizon = _horizon(terms, now)
    first = max(start, now + terms.minimum_notice_minutes * 60)
    # An offset is always less than a day; the exact end of the horizon follows for each segment.
    past = min(end, horizon + DAY)
    if first >= past:
        return []
    windows = [
        (opens, closes - length + 1)
        for opens, closes in hours(terms, first, past + length - 1)
        if closes - opens >= length
    ]
    if not windows:
        return []
    free = subtract(windows, _forbidden(terms, taken, first, past))
    starts: list[int] = []
    step = terms.step_minutes * 60
    for opens, closes, offset in offset_segments(terms.zone, first, past):
        if offset % 60:
            # Local mean times of long ago: no whole UTC minute is a whole minute there.
            continue
        within = [(opens, min(closes, horizon - offset))]
        for earliest, latest in intersect(free, within):
            starts.extend(range(earliest + -(earliest + offset) % step, latest, step))
    return starts


def next_free_start(terms: Terms, taken: Taken, *, now: int) -> int | None:
    """Return the first bookable start, or None when there is none within the horizon."""
    start = now + terms.minimum_notice_minutes * 60
    past = _horizon(terms, now) + DAY
    # Most have a free start soon; growing steps keep that cheap and a full calendar bearable.
    days = 1
    while start < past:
        end = start + days * DAY
        found = free_starts(terms, taken, start=start, end=end, now=now)
        if found:
            return found[0]
        start, days = end, days * 4
    return None


def is_free(terms: Terms, taken: Taken, start: int, *, now: int) -> bool:
    """Tell whether the start can be booked."""
    return bool(free_starts(terms, taken, start=start, end=start + 1, now=now))


def is_unobstructed(terms: Terms, taken: Taken, start: int) -> bool:
    """Tell whether nothing that is taken stands in the way of a session from ``start`` on.

    Unlike ``is_free``, neither the hours nor the step, the notice or the horizon are asked: so a
    session begins that both sides want at this moment (R16).
    """
    return not overlaps_any(start, start + 1, _forbidden(terms, taken, start, start + 1))


def _spans_of(terms: Terms, day: int) -> tuple[WallSpan, ...]:
    """Return the spans of a local date, given as days since 1970-01-01."""
    weekly = terms.weekly[(day + _EPOCH_WEEKDAY) % 7]
    if not terms.overrides:
        return weekly
    return terms.overrides.get(date.fromordinal(day + _EPOCH_ORDINAL), weekly)


def _horizon(terms: Terms, now: int) -> int:
    """Return the end of the last bookable date, in seconds of the provider's wall clock."""
    today = (now + offset_at(terms.zone, now)) // DAY
    return (today + terms.horizon_days + 1) * DAY


def _forbidden(terms: Terms, taken: Taken, first: int, past: int) -> list[Interval]:
    """Return the starts in `[first, past)` at which a session would meet something taken.

    `[s, s + length)` meets `[x, y)` exactly for s from x - length + 1 up to y - 1.
    """
    length = terms.length_minutes * 60
    before, after = terms.buffer_before_minutes * 60, terms.buffer_after_minutes * 60
    spans = [
        (opens - length + 1, closes)
        for taken_spans in (taken.time_off, taken.members_busy)
        for opens, closes in taken_spans
        if first < closes and opens < past + length and opens < closes
    ]
    reach = length + after
    spans += [
        (opens - reach + 1, closes + before)
        for opens, closes in taken.provider_busy
        if first < closes + before and opens < past + reach and opens < closes
    ]
    return union(spans + _full_dates(terms, taken.starts, first, past))


def _full_dates(terms: Terms, starts: Sequence[int], first: int, past: int) -> list[Interval]:
    """Return the instants of local dates on which the daily limit is reached."""
    limit = terms.daily_limit
    if limit is None or len(starts) < limit:
        return []
    if limit <= 0:
        return [(first, past)]
    # A local date lasts less than two days, even where a zone lived one twice.
    segments = offset_segments(terms.zone, first - 2 * DAY, past + 2 * DAY)
    counts = Counter(
        (start + offset) // DAY
        for opens, closes, offset in segments
        for start in starts
        if opens <= start < closes
    )
    full = [day for day, count in counts.items() if count >= limit]
    return [
        (max(opens, day * DAY - offset), min(closes, (day + 1) * DAY - offset))
        for opens, closes, offset in segments
        for day in full
    ]

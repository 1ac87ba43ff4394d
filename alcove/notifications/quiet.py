"""Quiet hours: when nothing may ring, and how long news then waits. Pure."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alcove.core.zones import DAY, offset_segments

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time on the wall until another, over midnight where the second is earlier."""

    begins: dt.time
    ends: dt.time
    zone: ZoneInfo


def hold_until(
    now: dt.datetime, quiet: QuietHours | None, *, needed_by: dt.datetime | None
) -> dt.datetime | None:
    """The instant until which news waits; None where it goes out at once.

    News waits for the end of the quiet hours that hold now, unless it is needed by then: a
    session begins before they end, or an answer is due.
    """
    ends = quiet_ends(now, quiet) if quiet else None
    if ends is None or (needed_by is not None and now < needed_by <= ends):
        return None
    return ends


def quiet_ends(now: dt.datetime, quiet: QuietHours) -> dt.datetime | None:
    """The end of the quiet hours that hold at ``now``; None outside them.

    They begin and end with the first instant at which a clock on that date shows the time or a
    later one: a time that is skipped counts from the skip, one that is repeated from the first.
    """
    t = now.timestamp()
    today = now.astimezone(quiet.zone).toordinal()
    over_midnight = quiet.ends <= quiet.begins
    for date in (today - 1, today):
        begins = _first_instant(date, quiet.begins, quiet.zone)
        ends = _first_instant(date + over_midnight, quiet.ends, quiet.zone)
        if begins <= t < ends:
            return dt.datetime.fromtimestamp(ends, dt.UTC)
    return None


def _first_instant(ordinal: int, wall: dt.time, zone: ZoneInfo) -> int:
    """The first instant, in UTC seconds, at which the clock has reached this date and time."""
    clock = (ordinal - _EPOCH_ORDINAL) * DAY + wall.hour * 3600 + wall.minute * 60 + wall.second
    # An offset is always less than a day.
    for start, end, offset in offset_segments(zone, clock - DAY, clock + DAY):
        if clock < end + offset:
            return max(start, clock - offset)
    raise AssertionError("a clock reaches every time")

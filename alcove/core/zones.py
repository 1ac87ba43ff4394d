"""UTC offsets of time zones as stretches of UTC seconds, so that callers can do sums with them.

Instants are whole seconds since 1970-01-01T00:00Z; offsets are seconds east of UTC, as `zoneinfo`
gives them. Dates are proleptic Gregorian.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Segment = tuple[int, int, int]

DAY = 86_400
_CHUNK = 366 * DAY
# The shortest time for which a zone left an offset and came back to it is a week (Brazil in 2000,
# Ramadan in Gaza): looking once a day sees that, and `_chunk` tells apart changes within a day.
_PROBE = DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
# One day inside what `datetime` can hold, so that no offset leads out of it.
_FIRST = (date.min.toordinal() - _EPOCH_ORDINAL + 1) * DAY
_LAST = (date.max.toordinal() - _EPOCH_ORDINAL - 1) * DAY


def offset_at(zone: ZoneInfo, t: int) -> int:
    """Return the zone's offset at the instant, in seconds east of UTC.

    Before year 1 and after year 9999 the nearest known offset holds.
    """
    moment = _EPOCH.replace(tzinfo=zone) + timedelta(seconds=min(max(t, _FIRST), _LAST))
    # Both sides carry the same zone object, so this is the plain difference of the clocks. It does
    # not go back through the local time, as utcoffset() would, and is right in every fold.
    difference = zone.fromutc(moment) - moment
    return difference.days * DAY + difference.seconds


def offset_segments(zone: ZoneInfo, start: int, end: int) -> list[Segment]:
    """Cut `[start, end)` into the longest stretches `(start, end, offset)` of one offset each."""
    segments: list[Segment] = []
    if start >= end:
        return segments
    for index in range(start // _CHUNK, (end - 1) // _CHUNK + 1):
        for opens, closes, offset in _chunk(zone, index):
            if closes <= start or opens >= end:
                continue
            if segments and segments[-1][2] == offset:
                segments[-1] = (segments[-1][0], min(closes, end), offset)
            else:
                segments.append((max(opens, start), min(closes, end), offset))
    return segments


def local_date_bounds(zone: ZoneInfo, local_date: date) -> tuple[int, int]:
    """Return the first instant of the local date and the first after its last, in UTC seconds.

    The length is 23, 25 or another number of hours where the clock changes. A date that the zone
    skipped gives twice the instant of the skip. Where the clock was put back across midnight a few
    instants between the two may belong to the neighbouring date.
    """
    opens = (local_date.toordinal() - _EPOCH_ORDINAL) * DAY
    closes = opens + DAY
    pieces: list[tuple[int, int]] = []
    skip = opens
    # An offset is always less than a day.
    for start, end, offset in offset_segments(zone, opens - DAY, closes + DAY):
        first, past = max(start, opens - offset), min(end, closes - offset)
        if first < past:
            pieces.append((first, past))
        if end + offset <= opens:
            skip = end
    return (pieces[0][0], pieces[-1][1]) if pieces else (skip, skip)


@lru_cache(maxsize=4096)
def _chunk(zone: ZoneInfo, index: int) -> tuple[Segment, ...]:
    """Return the segments of the index-th chunk of about a year; chunk 0 begins in 1970."""
    chunk_start, chunk_end = index * _CHUNK, (index + 1) * _CHUNK
    segments: list[Segment] = []
    opens = seen = chunk_start
    offset = offset_at(zone, chunk_start)
    for probe in (*range(chunk_start + _PROBE, chunk_end, _PROBE), chunk_end - 1):
        ahead = offset_at(zone, probe)
        while offset != ahead:
            change = _first_change(zone, seen, probe, offset)
            segments.append((opens, change, offset))
            opens = seen = change
            offset = offset_at(zone, change)
        seen = probe
    segments.append((opens, chunk_end, offset))
    return tuple(segments)


def _first_change(zone: ZoneInfo, same: int, other: int, offset: int) -> int:
    """Return the instant in (same, other] from which the offset no longer holds."""
    while other - same > 1:
        middle = (same + other) // 2
        if offset_at(zone, middle) == offset:
            same = middle
        else:
            other = middle
    return other

"""A provider's calendar and the times that clients wish for, as weeks that can be drawn; pure.

Stretches come in UTC seconds and are laid out on the wall clock of one zone; lengths in the picture
are units of its own grid.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alcove.core.intervals import Interval
from alcove.core.zones import DAY, offset_segments

GUTTER = 30
DAY_WIDTH = 40
HEAD = 18
HOUR = 13
EARLIEST, LATEST = 7, 21

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Band:
    """One stretch of one day: what it is, and its place in the picture."""

    what: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``first`` on, with what lies in them; ``hours`` are (hour, y)."""

    first: dt.date
    days: list[tuple[dt.date, int]]
    hours: list[tuple[int, int]]
    bands: list[Band]
    width: int
    height: int


Piece = tuple[dt.date, int, int]


def by_day(stretches: Iterable[Interval], zone: ZoneInfo) -> list[Piece]:
    """The stretches cut at midnight: date, first minute, minute past the last; on the wall clock."""
    pieces: list[Piece] = []
    for start, end in stretches:
        for opens, closes, offset in offset_segments(zone, start, end):
            first, past = opens + offset, closes + offset
            for day in range(first // DAY, (past - 1) // DAY + 1):
                date = dt.date.fromordinal(day + _EPOCH_ORDINAL)
                begin = max(first - day * DAY, 0) // 60
                until = -(-min(past - day * DAY, DAY) // 60)
                pieces.append((date, begin, until))
    return pieces


def weeks_of(
    layers: Mapping[str, Iterable[Interval]], zone: ZoneInfo, first: dt.date, number: int
) -> list[Week]:
    """``number`` weeks from ``first`` on; the layers are drawn in their order, the last on top.

    All weeks show the same hours of the day: those of ``EARLIEST`` to ``LATEST`` and whatever lies
    outside them.
    """
    past = first + dt.timedelta(weeks=number)
    pieces = [
        (what, piece)
        for what, stretches in layers.items()
        for piece in by_day(stretches, zone)
        if first <= piece[0] < past
    ]
    top = min([EARLIEST, *(begin // 60 for _, (_, begin, _) in pieces)])
    bottom = max([LATEST, *(-(-until // 60) for _, (_, _, until) in pieces)])
    return [_week(pieces, first + dt.timedelta(weeks=week), top, bottom) for week in range(number)]


def _week(pieces: list[tuple[str, Piece]], first: dt.date, top: int, bottom: int) -> Week:
    bands = [
        Band(
            what=what,
            x=GUTTER + (date - first).days * DAY_WIDTH,
            y=HEAD + (begin - top * 60) * HOUR // 60,
            width=DAY_WIDTH - 2,
            height=max((until - begin) * HOUR // 60, 1),
        )
        for what, (date, begin, until) in pieces
        if 0 <= (date - first).days < 7
    ]
    return Week(
        first=first,
        days=[
            (first + dt.timedelta(days=day), GUTTER + day * DAY_WIDTH + DAY_WIDTH // 2)
            for day in range(7)
        ],
        hours=[(hour, HEAD + (hour - top) * HOUR) for hour in range(top, bottom + 1, 2)],
        bands=bands,
        width=GUTTER + 7 * DAY_WIDTH,
        height=HEAD + (bottom - top) * HOUR + 4,
    )

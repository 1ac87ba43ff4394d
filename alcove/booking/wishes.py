"""When clients would be free, as stretches of UTC seconds; pure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alcove.availability.slots import WallSpan, wall_stretches
from alcove.core.intervals import Interval, intersect, union

# The parts of a day that one tap marks, as minutes of the wall clock.
PARTS = {
    "morning": WallSpan(6 * 60, 12 * 60),
    "afternoon": WallSpan(12 * 60, 17 * 60),
    "evening": WallSpan(17 * 60, 22 * 60),
}
# How far ahead wishes are marked and looked at.
WEEKS = 4
REACH = dt.timedelta(weeks=WEEKS)

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = dt.date(1970, 1, 1).weekday()


@dataclass(frozen=True, slots=True)
class Wished:
    """From and to on the wall clock of a date, or of a weekday again and again (0 is Monday)."""

    day: dt.date | int
    span: WallSpan


def wished_stretches(
    wished: Iterable[Wished], zone: ZoneInfo, start: int, end: int
) -> list[Interval]:
    """The wished time within ``[start, end)``, a clock change's gap and fold included."""
    by_day: dict[int, list[WallSpan]] = defaultdict(list)
    by_weekday: dict[int, list[WallSpan]] = defaultdict(list)
    for one in wished:
        if isinstance(one.day, int):
            by_weekday[one.day].append(one.span)
        else:
            by_day[one.day.toordinal() - _EPOCH_ORDINAL].append(one.span)

    def spans_of(day: int) -> Sequence[WallSpan]:
        return [*by_day[day], *by_weekday[(day + _EPOCH_WEEKDAY) % 7]]

    return wall_stretches(zone, spans_of, start, end)


def common_stretches(wishes: Sequence[Sequence[Interval]]) -> list[Interval]:
    """What lies in everybody's wishes; nothing where nobody has any."""
    if not wishes:
        return []
    common = union(wishes[0])
    for one in wishes[1:]:
        common = intersect(common, union(one))
    return common


def has_room_for(stretches: Iterable[Interval], length: int) -> bool:
    """Whether a session of ``length`` seconds fits into one of them."""
    return any(end - start >= length for start, end in stretches)

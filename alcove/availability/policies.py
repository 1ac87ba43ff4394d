"""The rules of hours as pure functions over wall time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alcove.availability.errors import EndsBeforeStart, NoSessionType, SkippedHour

# How long "available now" lasts, as the provider chooses (R16).
STAYS_MINUTES = (30, 60, 120)


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall minutes of one day (0 to 1440, the end not included) and the types offered then."""

    start_minute: int
    end_minute: int
    modalities: tuple[str, ...]

    def require_sound(self) -> None:
        """EndsBeforeStart or NoSessionType where these hours could offer nothing."""
        if self.start_minute >= self.end_minute:
            raise EndsBeforeStart
        if not self.modalities:
            raise NoSessionType

    def overlaps(self, other: "Hours") -> bool:
        """Whether both share time for the same session type; touching is fine."""
        return (
            self.start_minute < other.end_minute
            and other.start_minute < self.end_minute
            and bool(set(self.modalities) & set(other.modalities))
        )


def first_overlap(hours: Hours, others: Iterable[Hours]) -> Hours | None:
    """The first of the others that these hours overlap with."""
    return next((other for other in others if hours.overlaps(other)), None)


def instant_of_start(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The UTC instant of a naive wall time; in a repeated hour the earlier of the two.

    Raises SkippedHour for a time that the clocks jump over.
    """
    return _instant(wall.replace(fold=0), zone)


def instant_of_end(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """As ``instant_of_start``, with the later of the two: absence lasts as long as it may mean."""
    return _instant(wall.replace(fold=1), zone)


def _instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    at = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    # Only a time that exists comes back from UTC as it went.
    if at.astimezone(zone).replace(tzinfo=None) != wall.replace(fold=0):
        raise SkippedHour(wall=f"{wall:%H:%M}", zone=zone.key)
    return at

"""A month of days with their free starts, in the reader's zone; wrong wishes fall back."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from alcove.booking.queries import OpenTimes, SlotSearch
from alcove.core.clock import instant
from alcove.core.formats import first_weekday
from alcove.core.zones import local_date_bounds


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the month and its free starts, in order, in UTC."""

    date: dt.date
    slots: list[dt.datetime]
    is_chosen: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What the time page shows: whole weeks of days (None outside the month)."""

    first: dt.date
    weeks: list[list[Day | None]]
    chosen: Day | None
    has_slots: bool
    previous: dt.date | None
    following: dt.date | None
    # The first free start of all, and its date in the reader's zone; None within the horizon.
    next_free: dt.datetime | None
    next_free_day: dt.date | None


def month_of(search: SlotSearch, zone: ZoneInfo, *, month: str, day: str) -> Month:
    """The month that was asked for, or the one of the first free start.

    ``month`` is YYYY-MM and ``day`` YYYY-MM-DD; what cannot be read or lies outside the
    provider's horizon falls back to the default. The day falls back to the first with free
    starts. Three statements.
    """
    today = search.now.astimezone(zone).date()
    # One more than the horizon: the provider's date may be a day ahead of the reader's.
    last = today + dt.timedelta(days=search.calendar.horizon_days + 1)
    asked = _read_month(month)
    times = search.load()
    next_free = times.next_start()
    next_free_day = next_free.astimezone(zone).date() if next_free else None
    first = _within(asked or next_free_day or today, today, last)
    slots = _by_day(times, zone, first)
    wanted = _read_day(day)
    chosen = wanted if wanted and _is_in(wanted, first) else min(slots, default=None)
    days = {
        date: Day(date, slots.get(date, []), is_chosen=date == chosen, is_today=date == today)
        for date in _dates(first)
    }
    return Month(
        first=first,
        weeks=_weeks(list(days.values())),
        chosen=days[chosen] if chosen else None,
        has_slots=bool(slots),
        previous=_previous(first) if first > today.replace(day=1) else None,
        following=_following(first) if _following(first) <= last else None,
        next_free=next_free,
        next_free_day=next_free_day,
    )


def _by_day(times: OpenTimes, zone: ZoneInfo, first: dt.date) -> dict[dt.date, list[dt.datetime]]:
    """The month's free starts by date, cut at the reader's midnights."""
    opens, _ = local_date_bounds(zone, first)
    closes, _ = local_date_bounds(zone, _following(first))
    slots: dict[dt.date, list[dt.datetime]] = defaultdict(list)
    for start in times.starts(instant(opens), instant(closes)):
        slots[start.astimezone(zone).date()].append(start)
    return slots


def _read_month(text: str) -> dt.date | None:
    return _read_day(f"{text}-01")


def _read_day(text: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def _within(day: dt.date, earliest: dt.date, latest: dt.date) -> dt.date:
    """The first of the month of the nearest allowed date."""
    return min(max(day, earliest), latest).replace(day=1)


def _is_in(day: dt.date, first: dt.date) -> bool:
    return first <= day < _following(first)


def _following(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)


def _previous(first: dt.date) -> dt.date:
    return (first - dt.timedelta(days=1)).replace(day=1)


def _dates(first: dt.date) -> list[dt.date]:
    count = (_following(first) - first).days
    return [first + dt.timedelta(days=number) for number in range(count)]


def _weeks(days: list[Day]) -> list[list[Day | None]]:
    """Whole weeks that begin on the reader's first weekday."""
    before = (days[0].date.weekday() - first_weekday()) % 7
    cells: list[Day | None] = [*([None] * before), *days]
    cells += [None] * (-len(cells) % 7)
    return [cells[index : index + 7] for index in range(0, len(cells), 7)]

"""Providers' calendars of a practice file: terms, weekly hours, overrides, time off."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from alcove.availability.models import AvailabilityRule, DateOverride, ProviderCalendar, TimeOff
from alcove.people.models import Person
from alcove.practice_file.problems import refuse
from alcove.practice_file.rows import bring_to
from alcove.practice_file.summary import Outcome, joined
from alcove.practice_file.values import WEEKDAYS, Entry, Hours

NOT_FIELDS = {"provider", "hours", "overrides", "time_off"}
WALL_TIMES = ("from", "until")


class CalendarWriter:
    """Writes calendars of known people."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people
        self.stored = {row.provider_id: row for row in ProviderCalendar.objects.all()}

    def write(self, entry: Entry) -> Outcome:
        """Bring one provider's calendar to what the file says; Refused for impossible times."""
        provider = self.people[entry["provider"]]
        row = self.stored.get(provider.pk) or ProviderCalendar(
            provider=provider, time_zone=provider.time_zone
        )
        values = {key: value for key, value in entry.values.items() if key not in NOT_FIELDS}
        if "headline" in values:
            values["headline"] = values["headline"] or ""
        outcomes: list[Outcome] = [bring_to(row, values, line=entry.line)]
        if "hours" in entry:
            week: Entry = entry["hours"]
            outcomes += [
                _weekly(row, WEEKDAYS.index(day), stretches)
                for day, stretches in week.values.items()
            ]
        outcomes += [_override(row, one) for one in entry.get("overrides", [])]
        outcomes += [_time_off(row, one) for one in entry.get("time_off", [])]
        return joined(*outcomes)


def _fields(stretch: Hours) -> dict[str, Any]:
    return {
        "start_minute": stretch.start_minute,
        "end_minute": stretch.end_minute,
        "modalities": list(stretch.modalities),
    }


def _weekly(calendar: ProviderCalendar, weekday: int, stretches: tuple[Hours, ...]) -> Outcome:
    """Make these the hours of the weekday, in place of those it had."""
    stored = AvailabilityRule.objects.filter(calendar=calendar, weekday=weekday)
    wanted = [_fields(stretch) for stretch in stretches]
    if _same(list(stored.values(*_COMPARED)), wanted):
        return "unchanged"
    stored.delete()
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(calendar=calendar, weekday=weekday, **fields) for fields in wanted
    )
    return "changed"


def _override(calendar: ProviderCalendar, entry: Entry) -> Outcome:
    """Make these the hours of the date; none at all closes it."""
    stored = DateOverride.objects.filter(calendar=calendar, date=entry["date"])
    wanted = [_fields(stretch) for stretch in entry["hours"]]
    if not wanted:
        wanted = [{"start_minute": None, "end_minute": None, "modalities": []}]
    if _same(list(stored.values(*_COMPARED)), wanted):
        return "unchanged"
    stored.delete()
    DateOverride.objects.bulk_create(
        DateOverride(calendar=calendar, date=entry["date"], **fields) for fields in wanted
    )
    return "changed"


_COMPARED = ("start_minute", "end_minute", "modalities")


def _same(stored: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> bool:
    def compared(row: dict[str, Any]) -> list[Any]:
        # A closed date has no types, whatever stands in its row.
        closed: dict[str, Any] = {"modalities": []} if row["start_minute"] is None else {}
        return [(row | closed)[key] for key in _COMPARED]

    def order(rows: list[dict[str, Any]]) -> list[str]:
        return sorted(str(compared(row)) for row in rows)

    return order(stored) == order(wanted)


def _time_off(calendar: ProviderCalendar, entry: Entry) -> Outcome:
    """Add the time off unless the very same is there; its note may change."""
    starts_at, ends_at = (_instant(entry, key, calendar.zone) for key in WALL_TIMES)
    if ends_at <= starts_at:
        raise refuse(entry.line_of("until"), "until is not after from.")
    row = TimeOff.objects.filter(calendar=calendar, starts_at=starts_at, ends_at=ends_at).first()
    if row is None:
        row = TimeOff(calendar=calendar, starts_at=starts_at, ends_at=ends_at)
    values = {"note": entry["note"]} if "note" in entry else {}
    return bring_to(row, values, line=entry.line)


def _instant(entry: Entry, key: str, zone: ZoneInfo) -> dt.datetime:
    """The wall time in the provider's zone as an instant; Refused when the clock skips it.

    Of a repeated hour the earlier one begins a time off and the later one ends it, so that the
    provider is never booked in what they meant to be free; an offset says which one it is.
    """
    if entry[key].tzinfo is not None:
        return entry[key].astimezone(dt.UTC)  # type: ignore[no-any-return]  # a moment
    wall: dt.datetime = entry[key].replace(tzinfo=zone, fold=int(key == "until"))
    instant = wall.astimezone(dt.UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != entry[key]:
        raise refuse(
            entry.line_of(key),
            f"{key}: the clock in {zone.key} skips {entry[key]:%Y-%m-%d %H:%M}; choose another.",
        )
    return instant

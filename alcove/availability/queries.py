"""A provider's stored hours as the terms and absences that the slot engine takes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from django.db.models import CharField, DateField, F, PositiveSmallIntegerField, Value

from alcove.availability.models import (
    AvailabilityRule,
    BusyBlock,
    DateOverride,
    ProviderCalendar,
    TimeOff,
)
from alcove.availability.slots import Terms, WallSpan
from alcove.core.clock import seconds
from alcove.core.intervals import Interval


@dataclass(frozen=True, slots=True)
class Absences:
    """Stretches in UTC seconds: time off cuts the hours, busy blocks keep buffers away too."""

    time_off: list[Interval]
    busy: list[Interval]


def load_terms(calendar: ProviderCalendar, modality: str, length_minutes: int) -> Terms:
    """The provider's terms for sessions of this modality and length; one statement."""
    weekly: list[list[WallSpan]] = [[] for _ in range(7)]
    overrides: dict[dt.date, list[WallSpan]] = defaultdict(list)
    for weekday, date, start, end, modalities in _rules_and_overrides(calendar):
        # Naming the date is enough to replace its weekly hours, if only by nothing.
        spans = weekly[weekday] if date is None else overrides[date]
        if start is not None and modality in modalities:
            spans.append(WallSpan(start, end))
    return Terms(
        zone=calendar.zone,
        weekly=tuple(tuple(spans) for spans in weekly),
        overrides={date: tuple(spans) for date, spans in overrides.items()},
        step_minutes=calendar.step_minutes,
        length_minutes=length_minutes,
        buffer_before_minutes=calendar.buffer_before_minutes,
        buffer_after_minutes=calendar.buffer_after_minutes,
        minimum_notice_minutes=calendar.minimum_notice_minutes,
        horizon_days=calendar.horizon_days,
        daily_limit=calendar.daily_limit,
    )


def _rules_and_overrides(
    calendar: ProviderCalendar,
) -> list[tuple[int, dt.date | None, int | None, int, list[str]]]:
    """Weekly rules and date overrides in one statement, told apart by which of the two is set."""
    rules = AvailabilityRule.objects.filter(calendar=calendar).order_by()
    overrides = DateOverride.objects.filter(calendar=calendar).order_by()
    weekly = rules.annotate(
        day=F("weekday"), on=Value(None, output_field=DateField(null=True))
    ).values_list("day", "on", "start_minute", "end_minute", "modalities")
    dated = overrides.annotate(
        day=Value(None, output_field=PositiveSmallIntegerField(null=True)), on=F("date")
    ).values_list("day", "on", "start_minute", "end_minute", "modalities")
    rows = weekly.union(dated, all=True)
    return cast("list[tuple[int, dt.date | None, int | None, int, list[str]]]", list(rows))


def load_absences(calendar: ProviderCalendar, start: dt.datetime, end: dt.datetime) -> Absences:
    """Time off and busy blocks that touch [start, end); one statement."""
    during = {"calendar": calendar, "starts_at__lt": end, "ends_at__gt": start}
    off = (
        TimeOff.objects.filter(**during)
        .order_by()
        .annotate(kind=Value("off", output_field=CharField()))
        .values_list("kind", "starts_at", "ends_at")
    )
    busy = (
        BusyBlock.objects.filter(**during)
        .annotate(kind=Value("busy", output_field=CharField()))
        .values_list("kind", "starts_at", "ends_at")
    )
    found: dict[str, list[Interval]] = {"off": [], "busy": []}
    for which, starts_at, ends_at in off.union(busy, all=True):
        found[which].append((seconds(starts_at), seconds(ends_at)))
    return Absences(time_off=found["off"], busy=found["busy"])

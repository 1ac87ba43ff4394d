"""A provider's weekly hours: add, change and remove.

None of it touches sessions that are booked already.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from alcove.availability.access import key_of, lock_own_calendar
from alcove.availability.errors import HoursOverlap, NoWeekday
from alcove.availability.models import AvailabilityRule, ProviderCalendar
from alcove.availability.policies import Hours, first_overlap
from alcove.availability.wording import span_words, weekday_words
from alcove.core import events
from alcove.core.errors import NotFound
from alcove.people.models import Person


@transaction.atomic
def add_weekly_hours(
    *, actor: Person, weekdays: Collection[int], hours: Hours, now: dt.datetime
) -> list[AvailabilityRule]:
    """Open the same hours on each of these weekdays (0 is Monday), or on none of them.

    Raises NotAllowed, NoWeekday, EndsBeforeStart, NoSessionType or HoursOverlap.
    """
    calendar = lock_own_calendar(actor)
    hours.require_sound()
    if not weekdays:
        raise NoWeekday
    added = []
    for weekday in sorted(set(weekdays)):
        _require_apart(calendar, weekday, hours)
        added.append(
            AvailabilityRule.objects.create(
                calendar=calendar,
                weekday=weekday,
                start_minute=hours.start_minute,
                end_minute=hours.end_minute,
                modalities=list(hours.modalities),
            )
        )
    for rule in added:
        _record("added", rule, actor=actor, now=now)
    return added


@transaction.atomic
def change_weekly_hours(
    *, actor: Person, rule_id: int, weekday: int, hours: Hours, now: dt.datetime
) -> AvailabilityRule:
    """Replace one line of the week.

    Raises NotFound for others' hours, NotAllowed, EndsBeforeStart, NoSessionType or HoursOverlap.
    """
    calendar = lock_own_calendar(actor)
    rule = rule_in(calendar, rule_id)
    hours.require_sound()
    _require_apart(calendar, weekday, hours, but=rule)
    rule.weekday = weekday
    rule.start_minute, rule.end_minute = hours.start_minute, hours.end_minute
    rule.modalities = list(hours.modalities)
    rule.save()
    _record("changed", rule, actor=actor, now=now)
    return rule


@transaction.atomic
def remove_weekly_hours(*, actor: Person, rule_id: int, now: dt.datetime) -> None:
    """Close these hours; NotFound for others' hours, NotAllowed for people without a calendar."""
    rule = rule_in(lock_own_calendar(actor), rule_id)
    _record("removed", rule, actor=actor, now=now)
    rule.delete()


def rule_in(calendar: ProviderCalendar, rule_id: int) -> AvailabilityRule:
    """One line of this calendar's week; NotFound for one of another."""
    rule = AvailabilityRule.objects.filter(calendar=calendar, pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def _require_apart(
    calendar: ProviderCalendar,
    weekday: int,
    hours: Hours,
    *,
    but: AvailabilityRule | None = None,
) -> None:
    rules = AvailabilityRule.objects.filter(calendar=calendar, weekday=weekday)
    others = [
        Hours(rule.start_minute, rule.end_minute, tuple(rule.modalities))
        for rule in rules
        if but is None or rule.pk != but.pk
    ]
    if overlap := first_overlap(hours, others):
        raise HoursOverlap(
            day=weekday_words(weekday), span=span_words(overlap.start_minute, overlap.end_minute)
        )


def _record(act: str, rule: AvailabilityRule, *, actor: Person, now: dt.datetime) -> None:
    events.record(
        f"weekly_hours.{act}",
        subject=key_of(rule.calendar),
        actor=actor.key,
        now=now,
        data={
            "weekday": rule.weekday,
            "start_minute": rule.start_minute,
            "end_minute": rule.end_minute,
            "modalities": rule.modalities,
        },
    )

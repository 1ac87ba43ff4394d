"""Times in templates: on the reader's wall clock, as the reader's language writes them.

The reader's zone is the active one (``people.middleware``), so no template names a zone.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from alcove.core import formats

register = template.Library()


def reader_zone() -> ZoneInfo:
    """The zone that is active while this page is made."""
    return timezone.get_current_timezone()


@register.filter
def day_and_time(at: dt.datetime) -> str:
    """Such as "Tue, Dec 1, 3:00 PM"."""
    return formats.day_and_time(at, reader_zone())


@register.filter
def long_day(at: dt.datetime | dt.date) -> str:
    """Such as "Tuesday, December 1"; a plain date is taken as it is."""
    return formats.long_day(at, reader_zone())


@register.filter
def dated_day(at: dt.datetime | dt.date) -> str:
    """Such as "December 1, 2026"; a plain date is taken as it is."""
    return formats.dated_day(at, reader_zone())


@register.filter
def clock_time(at: dt.datetime) -> str:
    """Such as "3:00 PM"."""
    return formats.clock_time(at, reader_zone())


@register.filter
def zone_at(at: dt.datetime) -> str:
    """The reader's zone in words with its offset at that instant, such as "New York (GMT-5)"."""
    return formats.zone_name(reader_zone(), at)


@register.filter
def day_of_week(day: dt.date) -> str:
    """Such as "Tue 1"."""
    return formats.day_of_week(day)


@register.filter
def month_and_year(day: dt.date) -> str:
    """Such as "December 2026"."""
    return formats.month_and_year(day)


@register.simple_tag
def weekdays() -> list[tuple[str, str]]:
    """The weekdays in the reader's order, short and whole."""
    return list(
        zip(formats.weekday_names("abbreviated"), formats.weekday_names("wide"), strict=True)
    )

"""Hours in words, as pages and errors say them."""

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from alcove.availability.models import MINUTES_OF_DAY, Modality
from alcove.core.formats import clock_time

_UTC = ZoneInfo("UTC")


def wall_words(minute: int) -> str:
    """A minute of the day as the reader's language writes it; both ends of it are midnight."""
    if minute % MINUTES_OF_DAY == 0:
        return _("midnight")
    # Wall minutes carry no zone: any one without changes does.
    return clock_time(dt.datetime(2000, 1, 1, *divmod(minute, 60), tzinfo=dt.UTC), _UTC)


def span_words(start_minute: int | None, end_minute: int | None) -> str:
    """Such as "9:00 AM – 5:00 PM", or "closed" where there are no minutes."""
    if start_minute is None or end_minute is None:
        return _("closed")
    return f"{wall_words(start_minute)} – {wall_words(end_minute)}"


def weekday_words(weekday: int) -> str:
    """The name of the day; 0 is Monday."""
    return str(WEEKDAYS[weekday])


def types_words(modalities: Iterable[str]) -> str:
    """Such as "Video, Live chat"."""
    return ", ".join(str(Modality(modality).label) for modality in modalities)

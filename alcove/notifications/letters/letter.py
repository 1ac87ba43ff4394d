"""The parts of a message, whatever it tells and by whichever channel."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.formats import clock_time, day_and_time, zone_name

Role = Literal["owner", "partner", "provider"]


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one message; ``button`` leads to ``url``, ``when`` is the time it is about."""

    subject: str
    title: str
    lines: list[str]
    button: str
    url: str
    when: str = ""
    times_title: str = ""
    times: list[str] = field(default_factory=list)


def absolute(name: str, *args: str, query: str = "") -> str:
    """The full address of a page, for readers outside the product."""
    return settings.BASE_URL.rstrip("/") + reverse(name, args=args) + query


def span(starts_at: dt.datetime, ends_at: dt.datetime, zone: ZoneInfo) -> str:
    """A session's time on the reader's wall clock, with the zone named."""
    return _("%(start)s – %(end)s, %(zone)s") % {
        "start": day_and_time(starts_at, zone),
        "end": clock_time(ends_at, zone),
        "zone": zone_name(zone, starts_at),
    }

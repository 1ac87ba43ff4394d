"""The parts of a message, whatever it tells and by whichever channel."""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from alcove.core.formats import clock_time, day_and_time, zone_name

Role = Literal["owner", "partner", "provider"]


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts of one message; ``button`` leads to ``url``, ``when`` is the time it is about.

    ``about_at`` is the instant it is about. ``needed_by`` is when its reader must know: quiet
    hours do not hold it beyond. ``useful_until`` ends its use: later it is not sent any more.
    ``session`` says what for a session it is, and is read only by those who chose plain words.
    """

    subject: str
    title: str
    lines: list[str]
    button: str
    url: str
    when: str = ""
    times_title: str = ""
    times: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    about_at: dt.datetime | None = None
    needed_by: dt.datetime | None = None
    useful_until: dt.datetime | None = None
    session: str = ""
    # R10 gives the confirmation its subject, whatever words its reader chose.
    keeps_subject: bool = False

    def in_words_of(self, *, discreet: bool) -> "Letter":
        """The letter as somebody gets it who chose discreet words, or plain ones."""
        if discreet or not self.session:
            return replace(self, session="")
        if self.keeps_subject:
            return self
        return replace(self, subject=f"{self.title} · {self.session}")


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

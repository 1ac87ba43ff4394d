"""The coming sessions as one page that a device may keep (docs/decisions/0010)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from alcove.booking.display import Door, door_of, session_words, status_label
from alcove.booking.queries import upcoming
from alcove.core.pages import ActionPage
from alcove.people.models import Person, Practice

MOST_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class KeptSession:
    """One live session without anybody's name: whoever holds the device could read it."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    what: str
    status: str
    status_label: str
    door: Door | None


class Offline(ActionPage):
    """What a device may show where there is no connection."""

    template_name = "booking/offline.html"
    http_method_names = ["get", "head", "options"]

    def context(self, form: forms.Form) -> dict[str, Any]:
        """The next sessions, and how long before them their doors open."""
        person = cast(Person, self.request.user)
        practice = Practice.load()
        grace = dt.timedelta(minutes=practice.join_after_minutes)
        coming = upcoming(person, self.now, grace=grace)[:MOST_SESSIONS]
        return {
            "coming": [
                KeptSession(
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                    what=session_words(one.modality, one.length_minutes),
                    status=one.status,
                    status_label=status_label(one, person),
                    door=door_of(one, practice, self.now),
                )
                for one in coming
            ],
            "join_minutes": practice.join_before_minutes,
        }

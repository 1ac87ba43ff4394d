"""A change of a session, as its letters need it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from alcove.booking.models import Status
from alcove.notifications.letters.letter import absolute, span


@dataclass(frozen=True, slots=True)
class Change:
    """One event as a letter needs it; instants are aware, ``free_times`` are starts."""

    kind: str
    code: str
    room: str
    modality: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    confirm_by: dt.datetime
    free_until: dt.datetime
    happened_at: dt.datetime
    was_confirmed: bool
    cost: str = "free"
    former_starts_at: dt.datetime | None = None
    cause: str = ""
    verdict: str = ""
    final_at: dt.datetime | None = None
    free_times: Sequence[dt.datetime] = ()
    is_tentative: bool = False
    # The exchange in which other times are offered for a declined request; empty for none.
    proposal: str = ""
    # Done by the practice for the client, and at no cost where one was due (R18).
    is_on_behalf: bool = False
    was_waived: bool = False

    def when(self, zone: ZoneInfo) -> str:
        """The time that the change is about, on the reader's wall clock."""
        return span(self.starts_at, self.ends_at, zone)

    @property
    def minutes(self) -> int:
        """How long the session lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def page(self) -> str:
        """The address of the session's own page."""
        return absolute("booking:appointment", self.code)


def change_of(kind: str, data: dict[str, Any], *, room: str, happened_at: dt.datetime) -> Change:
    """Read a change from its event's data."""
    former, final = data.get("former_starts_at"), data.get("final_at")
    return Change(
        kind=kind,
        code=data["code"],
        room=room,
        modality=data["modality"],
        starts_at=dt.datetime.fromisoformat(data["starts_at"]),
        ends_at=dt.datetime.fromisoformat(data["ends_at"]),
        confirm_by=dt.datetime.fromisoformat(data["confirm_by"]),
        free_until=dt.datetime.fromisoformat(data["free_until"]),
        happened_at=happened_at,
        was_confirmed=data["was_confirmed"],
        cost=data.get("cost", "free"),
        former_starts_at=dt.datetime.fromisoformat(former) if former else None,
        cause=data.get("cause", ""),
        verdict=data.get("verdict", ""),
        final_at=dt.datetime.fromisoformat(final) if final else None,
        is_tentative=data.get("status") == Status.REQUESTED,
        proposal=data.get("proposal", ""),
        is_on_behalf=bool(data.get("on_behalf")),
        was_waived=bool(data.get("waived")),
    )

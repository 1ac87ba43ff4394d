"""Staff who schedule, move and cancel for the client of a room (R18).

They do it by the client's own actions and rules. Why is on record in the audit log and nowhere
else: what somebody told the practice is not for their partner's eyes.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from alcove.booking.errors import BehalfReasonNeeded
from alcove.booking.models import Appointment
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person


@dataclass(frozen=True, slots=True)
class Behalf:
    """Why staff act for a client, and whether what a late change costs is waived (admins only)."""

    reason: str
    waives: bool = False

    def __post_init__(self) -> None:
        """Refuse an act without a reason."""
        if not self.reason.strip():
            raise BehalfReasonNeeded


def told(behalf: Behalf | None, *, waived: bool = False) -> dict[str, Any]:
    """What the event of an act tells of this: that it was done for the client; never why."""
    if behalf is None:
        return {}
    return {"on_behalf": True, "by": "behalf", **({"waived": True} if waived else {})}


def record_behalf(
    kind: str,
    appointment: Appointment,
    behalf: Behalf | None,
    *,
    actor: Person,
    now: dt.datetime,
    **data: str,
) -> None:
    """Put an act of staff on record with its reason; nothing for people's own acts.

    The last thing in its transaction: the log's end is held until that ends.
    """
    if behalf is not None:
        record_act(
            actor=actor,
            act=kind,
            subject=appointment.key,
            reason=behalf.reason,
            data={"starts_at": appointment.starts_at.isoformat(), **data},
            now=now,
        )

"""Finding a time together (R6): what each step says to each person."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from alcove.core.formats import day_and_time
from alcove.notifications.kinds import Kind
from alcove.notifications.letters.letter import Letter, Role, absolute, span


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an exchange about a time as a letter needs it."""

    kind: str
    proposal: str
    room: str
    answer_by: dt.datetime
    length: dt.timedelta
    starts: Sequence[dt.datetime] = ()
    waited_for: str = ""
    is_change: bool = False
    # Whether a request was declined with the offer.
    is_instead: bool = False

    @property
    def page(self) -> str:
        """The address of the exchange's own page."""
        return absolute("booking:proposal", self.proposal)


def step_of(kind: str, data: dict[str, Any]) -> Step:
    """Read a step from its event's data."""
    return Step(
        kind=kind,
        proposal=data["proposal"],
        room=data["room"],
        answer_by=dt.datetime.fromisoformat(data["answer_by"]),
        length=dt.timedelta(minutes=data["length_minutes"]),
        starts=[dt.datetime.fromisoformat(start) for start in data.get("starts", [])],
        waited_for=data.get("waited_for", ""),
        is_change=data.get("changed", False),
        is_instead=bool(data.get("instead_of")),
    )


def _until(step: Step, zone: ZoneInfo) -> dict[str, str]:
    return {"when": day_and_time(step.answer_by, zone)}


def _sent(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "provider":
        return None
    return Letter(
        subject=_("A request waits for your answer"),
        title=_("Changed times that would suit")
        if step.is_change
        else _("Somebody looks for a time with you"),
        lines=[
            _("They have marked when they would be free."),
            _("Please offer times by %(when)s.") % _until(step, zone),
        ],
        button=_("Offer times"),
        url=absolute("booking:offer_times", step.room),
        needed_by=step.answer_by,
        useful_until=step.answer_by,
    )


def _reminded(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "provider":
        return None
    return Letter(
        subject=_("A request still waits for your answer"),
        title=_("Somebody still looks for a time with you"),
        lines=[
            _("Please offer times by %(when)s. After that it lapses by itself.")
            % _until(step, zone)
        ],
        button=_("Offer times"),
        url=absolute("booking:offer_times", step.room),
        needed_by=step.answer_by,
        useful_until=step.answer_by,
    )


def _suggested(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "owner":
        return None
    return Letter(
        subject=_("About your booking"),
        title=_("Times were suggested to you"),
        lines=[_("You can see them while you choose a time.")],
        button=_("See the times"),
        url=step.page,
        useful_until=step.answer_by,
    )


def _offered(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        return None
    lines = [_("The time that was asked for is not possible; here are others.")]
    lines = (lines if step.is_instead else []) + [
        _("They are kept until %(when)s. The one you book is confirmed at once.")
        if role == "owner"
        else _("They are kept until %(when)s. The person who books for your room chooses one.")
    ]
    return Letter(
        subject=_("Times to choose from"),
        title=_("Times are offered to you"),
        lines=[line % _until(step, zone) for line in lines],
        times_title=_("The times:"),
        times=[span(start, start + step.length, zone) for start in step.starts],
        button=_("Choose a time") if role == "owner" else _("See the times"),
        url=step.page,
        needed_by=min([step.answer_by, *step.starts]),
        useful_until=step.answer_by,
    )


def _declined(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        return None
    return Letter(
        subject=_("About your booking"),
        title=_("No time was found"),
        lines=[_("None of the times that were marked is possible. You can mark others, or book.")]
        if role == "owner"
        else [_("None of the times that were marked is possible.")],
        button=_("See the answer"),
        url=step.page,
    )


def _refused(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role != "provider":
        return None
    return Letter(
        subject=_("About a booking"),
        title=_("None of the times that you offered suits"),
        lines=[_("They are free again.")],
        button=_("See what would suit"),
        url=step.page,
    )


def _withdrawn(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        return None
    return Letter(
        subject=_("About your booking"),
        title=_("The times that were offered are withdrawn"),
        lines=[_("Please do not count on them. Nothing was booked.")],
        button=_("See how it stands"),
        url=step.page,
    )


def _lapsed(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    if role == "provider":
        line = (
            _("The times that you offered were not answered, and are free again.")
            if step.waited_for == "offered"
            else _("You offered no times before the deadline.")
        )
        return (
            None
            if step.waited_for == "suggested"
            else Letter(
                subject=_("About a booking"),
                title=_("No time was found"),
                lines=[line],
                button=_("Offer times"),
                url=absolute("booking:offer_times", step.room),
            )
        )
    lines = {
        "open": _("Nobody offered times before the deadline. We are sorry."),
        "offered": _("The times that were offered are kept no longer."),
        "suggested": _("Nothing came of the times that were suggested."),
    }
    return Letter(
        subject=_("About your booking"),
        title=_("No time was found"),
        lines=[
            lines[step.waited_for],
            _("Nothing was spent. You can look at the free times, or mark your own anew."),
        ],
        button=_("Choose a time") if role == "owner" else _("See how it stands"),
        url=absolute("booking:new_type", step.room) if role == "owner" else step.page,
    )


_WRITERS: dict[str, Callable[[Step, Role, ZoneInfo], Letter | None]] = {
    "proposal.sent": _sent,
    "proposal.suggested": _suggested,
    "proposal.reminded": _reminded,
    "proposal.declined": _declined,
    "proposal.lapsed": _lapsed,
    "times.offered": _offered,
    "times.refused": _refused,
    "times.withdrawn": _withdrawn,
}
TOLD_ABOUT_TIMES = tuple(_WRITERS)


def letter_about_times(step: Step, role: Role, zone: ZoneInfo) -> Letter | None:
    """What somebody in this role is told about the step; None when it is not their business."""
    return _WRITERS[step.kind](step, role, zone)


def kind_of_step(step: Step, role: Role) -> Kind:
    """What kind of news the step is: a request where the provider's answer is awaited."""
    waits = role == "provider" and step.kind in {"proposal.sent", "proposal.reminded"}
    return Kind.REQUESTS if waits else Kind.TIMES

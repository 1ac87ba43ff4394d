"""The sections of a person's data with titles for readers."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alcove.practice.own_data import Row

TITLES: dict[str, str | Promise] = {
    "person": _("You"),
    "sign_in": _("How you sign in"),
    "rooms": _("Rooms"),
    "messages": _("Messages"),
    "drafts": _("Words that you have not sent"),
    "invitations": _("Invitations that you sent"),
    "sessions": _("Live sessions"),
    "attendance": _("When you were in a session"),
    "problems_reported": _("Trouble that you reported"),
    "credits": _("Session credits"),
    "late_fees": _("Late fees"),
    "payments": _("Payments"),
    "refunds": _("Refunds"),
    "ways_to_pay": _("Saved ways to pay"),
    "fees_agreed_to": _("Late fees that you agreed to"),
    "rings": _("Sessions at once that you asked for"),
    "times_looked_for": _("Times that you looked for"),
    "times_offered": _("What you wrote with offered times"),
    "missed_sessions": _("Sessions that were marked as missed"),
    "times_that_suit": _("Times that you said would suit"),
    "calendar": _("Your calendar as a provider"),
    "weekly_hours": _("Your weekly hours"),
    "hours_of_dates": _("Your hours on single dates"),
    "time_off": _("Your time off"),
    "busy_times": _("Busy times of your own calendars"),
    "preferences": _("How you are told"),
    "switched_off": _("News that you switched off"),
    "devices": _("Your devices"),
    "news": _("News"),
    "letters": _("Messages that were sent to you"),
    "support": _("Questions that you asked"),
    "deletion_requests": _("Deletion that you asked for"),
    "looks_and_acts_of_the_practice": _("When the practice looked at or changed your data"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its title, its columns, and a line for each row."""

    title: str
    columns: list[str]
    lines: list[list[Any]]


def words_of(sections: dict[str, list[Row]]) -> list[Section]:
    """The same data as tables."""
    return [
        Section(
            title=str(TITLES[name]),
            columns=[column.replace("_", " ") for column in rows[0]],
            lines=[[_shown(row.get(column)) for column in rows[0]] for row in rows],
        )
        for name, rows in sections.items()
    ]


def _shown(value: Any) -> Any:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else value

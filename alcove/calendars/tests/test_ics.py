"""The calendar text, read back by a reader of its own."""

import dataclasses
import datetime as dt
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from alcove.calendars.ics import Entry, Method, session_ics
from alcove.calendars.imip import Wrapping, wrapping_for
from alcove.calendars.links import google_link, microsoft365_link, outlook_link
from alcove.calendars.tests.reader import read

BERLIN = ZoneInfo("Europe/Berlin")
ENTRY = Entry(
    uid="k3abc@alcove",
    sequence=4,
    stamped_at=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC),
    starts_at=dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC),
    ends_at=dt.datetime(2026, 3, 4, 9, 45, tzinfo=dt.UTC),
    status="CONFIRMED",
    title="Live session",
    description="Join it here: https://sessions.example.org/live/K3ABC/",
    url="https://sessions.example.org/live/K3ABC/",
    organizer="desk@example.org",
)


def test_request_holds_what_calendars_need_and_nothing_more() -> None:
    found = read(session_ics(ENTRY, method="REQUEST", attendee="cora@example.org"))

    assert {name: line.value for name, line in found.calendar.items()} == {
        "PRODID": "-//Alcove//Live sessions//EN",
        "VERSION": "2.0",
        "CALSCALE": "GREGORIAN",
        "METHOD": "REQUEST",
    }
    assert {name: line.value for name, line in found.event.items()} == {
        "UID": "k3abc@alcove",
        "SEQUENCE": "4",
        "DTSTAMP": "20260302T090000Z",
        "DTSTART": "20260304T090000Z",
        "DTEND": "20260304T094500Z",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Live session",
        "DESCRIPTION": "Join it here: https://sessions.example.org/live/K3ABC/",
        "URL": "https://sessions.example.org/live/K3ABC/",
        "LOCATION": "https://sessions.example.org/live/K3ABC/",
        "ORGANIZER": "mailto:desk@example.org",
        "ATTENDEE": "mailto:cora@example.org",
        "CLASS": "PRIVATE",
        "TRANSP": "OPAQUE",
    }
    assert found.event["ATTENDEE"].parameters == {
        "PARTSTAT": "ACCEPTED",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "FALSE",
    }


def test_published_entry_names_no_attendee() -> None:
    found = read(session_ics(ENTRY, method="PUBLISH", attendee="cora@example.org"))

    assert "ATTENDEE" not in found.event
    assert found.calendar["METHOD"].value == "PUBLISH"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_tentative_or_cancelled_entry_counts_as_not_accepted(method: Method) -> None:
    entry = dataclasses.replace(ENTRY, status="TENTATIVE")

    found = read(session_ics(entry, method=method, attendee="cora@example.org"))

    assert found.calendar["METHOD"].value == method
    assert found.event["ATTENDEE"].parameters["PARTSTAT"] == "NEEDS-ACTION"


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00.
        (dt.datetime(2026, 3, 29, 1, 45, tzinfo=BERLIN, fold=0), "20260329T004500Z"),
        (dt.datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN, fold=0), "20260329T010000Z"),
        # 25 October 2026: the hour from 02:00 comes twice.
        (dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0), "20261025T003000Z"),
        (dt.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), "20261025T013000Z"),
    ],
)
def test_times_around_a_clock_change_are_exact(wall: dt.datetime, utc: str) -> None:
    starts_at = wall.astimezone(dt.UTC)
    entry = dataclasses.replace(
        ENTRY, starts_at=starts_at, ends_at=starts_at + dt.timedelta(minutes=45)
    )

    found = read(session_ics(entry))

    assert found.event["DTSTART"].value == utc
    assert found.event["DTEND"].instant - found.event["DTSTART"].instant == dt.timedelta(minutes=45)


def test_long_and_accented_lines_are_folded_and_read_back_whole() -> None:
    words = "Ábrela aquí, por favor; está en la página de la sesión: " * 4
    entry = dataclasses.replace(ENTRY, description=words)

    assert read(session_ics(entry)).event["DESCRIPTION"].value == words


def test_same_change_gives_the_same_text() -> None:
    assert session_ics(ENTRY) == session_ics(ENTRY)


@pytest.mark.parametrize(
    ("kind", "was_confirmed", "wrapping"),
    [
        ("appointment.requested", False, None),
        ("appointment.confirmed", True, Wrapping("REQUEST", "CONFIRMED")),
        ("appointment.rescheduled", False, None),
        ("appointment.rescheduled", True, Wrapping("REQUEST", "TENTATIVE")),
        ("appointment.declined", False, None),
        ("appointment.declined", True, Wrapping("CANCEL", "CANCELLED")),
        ("appointment.lapsed", False, None),
        ("appointment.lapsed", True, Wrapping("CANCEL", "CANCELLED")),
        ("appointment.cancelled", False, None),
        ("appointment.cancelled", True, Wrapping("CANCEL", "CANCELLED")),
        ("appointment.completed", True, None),
        ("credit.restored", True, None),
    ],
)
def test_each_change_reaches_the_calendars_that_know_the_session(
    kind: str, was_confirmed: bool, wrapping: Wrapping | None
) -> None:
    assert wrapping_for(kind, was_confirmed=was_confirmed) == wrapping


def test_links_carry_time_title_and_address_only() -> None:
    words = {"title": "Live session", "body": ENTRY.description}
    microsoft = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": words["title"],
        "startdt": "2026-03-04T09:00:00Z",
        "enddt": "2026-03-04T09:45:00Z",
        "body": words["body"],
        "location": ENTRY.url,
    }

    assert parts(google_link(ENTRY)) == (
        "https://calendar.google.com/calendar/render",
        {
            "action": "TEMPLATE",
            "text": words["title"],
            "dates": "20260304T090000Z/20260304T094500Z",
            "details": words["body"],
            "location": ENTRY.url,
        },
    )
    assert parts(outlook_link(ENTRY)) == (
        "https://outlook.live.com/calendar/deeplink/compose",
        microsoft,
    )
    assert parts(microsoft365_link(ENTRY)) == (
        "https://outlook.office.com/calendar/deeplink/compose",
        microsoft,
    )


def parts(link: str) -> tuple[str, dict[str, str]]:
    assert "+" not in link
    base, _mark, query = link.partition("?")
    return base, dict(parse_qsl(query, strict_parsing=True))

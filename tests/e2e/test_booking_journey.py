"""The booking journey, end to end: book, confirm, move, cancel late; calendars follow (R1-R13)."""

import datetime as dt
import re
from email.message import EmailMessage
from urllib.parse import urlsplit

import icalendar
import pytest
import recurring_ical_events
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, OpenPage
from tests.e2e.practice import Practice, choose_time, hours_ahead, look_closely, on_the_wall
from tests.e2e.world import BOOKERS

pytestmark = pytest.mark.browser

CONFIRMED = "Your session is confirmed! Mark your calendar."
LENGTH = dt.timedelta(minutes=45)
CALENDARS = {
    "Google": "calendar.google.com",
    "Outlook.com": "outlook.live.com",
    "Microsoft 365": "outlook.office.com",
}


def read_entry(text: str | bytes, method: str) -> icalendar.Event:
    """The one entry of a calendar text, by a reader that is none of ours."""
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar["METHOD"] == method
    [entry] = calendar.walk("VEVENT")
    assert isinstance(entry, icalendar.Event)
    if entry.get("STATUS") != "CANCELLED":
        [happens] = recurring_ical_events.of(calendar).all()
        assert happens.decoded("DTSTART") == entry.decoded("DTSTART")
    return entry


def entry_of(message: EmailMessage) -> icalendar.Event:
    """The entry in the calendar part of a message."""
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return read_entry(part.get_content(), str(part.get_param("method")))


def check_entry(entry: icalendar.Event, start: dt.datetime) -> tuple[str, int]:
    """Its UID and SEQUENCE, if it stands at exactly this time."""
    assert entry.decoded("DTSTART") == start
    assert entry.decoded("DTEND") == start + LENGTH
    return str(entry["UID"]), int(entry.decoded("SEQUENCE"))


def confirm(provider: Page, name: str) -> None:
    """The provider's yes, from the list of requests."""
    provider.goto("/schedule/")
    provider.get_by_role("navigation", name="Main").get_by_role(
        "link", name=re.compile("Requests")
    ).click()
    look_closely(provider)
    provider.get_by_role("listitem").filter(has_text=name).get_by_role("link").first.click()
    look_closely(provider)
    provider.get_by_role("button", name="Confirm").click()
    expect(provider.get_by_text("Confirmed. Everybody in the room is told.")).to_be_visible()


def check_calendar_links(client: Page, start: dt.datetime) -> str:
    """Each calendar of the page leads where it says; the UID of the file."""
    for label, host in CALENDARS.items():
        link = client.get_by_role("link", name=label, exact=True).get_attribute("href")
        assert link
        answer = client.request.get(link, max_redirects=0)
        assert urlsplit(answer.headers["location"]).netloc == host
    with client.expect_download() as download:
        client.get_by_role("link", name="Apple (.ics)").click()
    uid, _sequence = check_entry(read_entry(download.value.path().read_bytes(), "PUBLISH"), start)
    return uid


@pytest.mark.parametrize(("who", "viewport"), [("narrow", PHONE), ("wide", DESKTOP)])
def test_client_books_moves_and_cancels_late_while_calendars_and_credits_follow(
    practice: Practice, open_page: OpenPage, who: str, viewport: ViewportSize
) -> None:
    room, name = practice.world.rooms[who], BOOKERS[who]
    address = f"{name.split()[0].lower()}@example.org"
    lane = list(BOOKERS).index(who)
    start, new_start = hours_ahead(72 + 2 * lane), hours_ahead(8 + 2 * lane)
    client = practice.open_as(open_page, who, viewport=viewport)
    provider = practice.open_as(open_page, "provider", viewport=viewport)
    assert practice.ledger(room) == ["granted"]

    # Book.
    look_closely(client)
    client.get_by_role("link", name="Book or start a session").click()
    look_closely(client)
    client.get_by_role("radio", name=re.compile("Petra Provider")).check()
    client.get_by_role("button", name="Continue").click()
    look_closely(client)
    client.get_by_role("group", name="Video").get_by_role("radio", name="45 minutes").check()
    client.get_by_role("button", name="Continue").click()
    look_closely(client)
    choose_time(client, start)
    free_until = on_the_wall(start - dt.timedelta(hours=24))
    expect(client.locator("main")).to_contain_text(f"Changes are free until {free_until}.")
    expect(client.locator("main")).to_contain_text(
        "After that, rescheduling or cancelling costs 1 session credit."
    )
    look_closely(client)
    assert practice.ledger(room) == ["granted"]
    client.get_by_role("button", name="Book session").click()

    # It waits.
    client.wait_for_url(re.compile(r"/schedule/[0-9A-Z]{12}/$"))
    page_of_session = client.url
    expect(client.get_by_text("Waiting for the provider")).to_be_visible()
    look_closely(client)
    assert practice.ledger(room) == ["granted", "reserved"]
    assert practice.balance(room) == (2, 1)
    uid = check_calendar_links(client, start)

    # The provider confirms.
    confirm(provider, name)
    sequences = []
    for one in (address, "petra@example.org"):
        message = practice.invitation(one, "REQUEST", uid)
        assert message["Subject"] == CONFIRMED
        entry_uid, sequence = check_entry(entry_of(message), start)
        assert entry_uid == uid
        sequences.append(sequence)
    assert sequences[0] == sequences[1]
    assert practice.ledger(room) == ["granted", "reserved"]

    # The card in the room.
    client.goto(f"/rooms/{room}/")
    expect(client.get_by_role("heading", name="Live session confirmed")).to_be_visible()
    look_closely(client)

    # Move it, in good time, to a near time.
    client.goto(page_of_session)
    expect(client.locator("main")).to_contain_text("Confirmed")
    client.get_by_role("link", name="Reschedule").click()
    look_closely(client)
    choose_time(client, new_start)
    expect(client.locator("main")).to_contain_text("Moving now is free.")
    look_closely(client)
    client.get_by_role("button", name="Confirm rescheduling").click()
    client.wait_for_url(page_of_session)
    expect(client.get_by_text("Waiting for the provider")).to_be_visible()
    assert practice.ledger(room) == ["granted", "reserved", "released", "reserved"]
    assert practice.balance(room) == (2, 1)
    confirm(provider, name)
    moved = practice.invitation(address, "REQUEST", uid, number=2)
    moved_uid, moved_sequence = check_entry(entry_of(moved), new_start)
    assert moved_uid == uid
    assert moved_sequence > sequences[0]

    # Cancel, late.
    client.goto(page_of_session)
    client.get_by_role("link", name="Cancel session").click()
    expect(client.locator("main")).to_contain_text(
        "If you cancel now, you will lose 1 session credit."
    )
    look_closely(client)
    client.get_by_role("radio", name="I am ill").check()
    client.get_by_role("button", name="Cancel session").click()
    client.wait_for_url(page_of_session)
    expect(client.get_by_text("The live session is cancelled.")).to_be_visible()
    expect(client.locator("main")).to_contain_text("1 session credit was lost.")
    look_closely(client)
    gone_uid, gone_sequence = check_entry(
        entry_of(practice.invitation(address, "CANCEL", uid)), new_start
    )
    assert gone_uid == uid
    assert gone_sequence > moved_sequence
    assert practice.ledger(room) == ["granted", "reserved", "released", "reserved", "forfeited"]
    assert practice.balance(room) == (2, 0)
    client.emulate_media(color_scheme="dark")
    look_closely(client)

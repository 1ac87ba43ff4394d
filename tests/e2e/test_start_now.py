"""Start now, in the browsers of both: a client rings, the provider hears it on another page."""

import re

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, OpenPage
from tests.e2e.practice import Practice, look_closely
from tests.e2e.world import RINGABLE, RINGER

pytestmark = pytest.mark.browser

RINGS = "Somebody is ringing"
LIVE = re.compile(r"/live/[0-9A-Z]{12}/$")
# The bell asks every three seconds, and a busy machine is slow.
HEARD_MS = 8_000


def become_available(provider: Page) -> None:
    """Turn the switch on Schedule; it may be on from a test before."""
    provider.goto("/schedule/")
    if provider.get_by_role("button", name="Not available any more").count() == 0:
        provider.get_by_role("button", name="1 hour").click()
    expect(provider.get_by_role("heading", name="Available now, until")).to_be_visible()


def ring(client: Page, room: str, *, looks: bool = False) -> None:
    """From Schedule to the waiting page."""
    client.goto("/schedule/")
    client.get_by_role("link", name="Book or start a session").click()
    if looks:
        look_closely(client)
    client.get_by_role("radio", name=re.compile(RINGABLE)).check()
    client.get_by_role("button", name="Continue").click()
    if looks:
        look_closely(client)
    client.get_by_role("link", name="Start now").click()
    if looks:
        look_closely(client)
    client.get_by_role("group", name="Video").get_by_role("radio", name="30 minutes").check()
    client.get_by_role("button", name="Ring").click()
    client.wait_for_url(re.compile(r"/schedule/ringing/"))
    expect(client.get_by_role("heading", name=f"Ringing {RINGABLE}")).to_be_visible()


def heard(provider: Page) -> Locator:
    """The dialog, once it is there."""
    dialog = provider.get_by_role("dialog", name=f"{RINGER} is ringing")
    expect(dialog).to_be_visible(timeout=HEARD_MS)
    return dialog


def latest(practice: Practice) -> tuple[str, ...]:
    """Answer of the latest ring, and the status of its session."""
    [row] = practice.server.database.rows(
        "SELECT ring.answer, COALESCE(session.status, '') FROM booking_ring ring"
        " LEFT JOIN booking_appointment session ON session.id = ring.became_id"
        " ORDER BY ring.id DESC LIMIT 1"
    )
    return tuple(row)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_ring_is_declined_and_withdrawn_at_no_cost(
    practice: Practice, open_page: OpenPage, viewport: ViewportSize
) -> None:
    room = practice.world.rooms["ringing"]
    before = practice.ledger(room)
    client = practice.open_as(open_page, "ringer", viewport=viewport)
    provider = practice.open_as(open_page, "ringable", viewport=viewport)
    become_available(provider)
    look_closely(provider)
    provider.goto("/rooms/")
    title = provider.title()

    # Declined from the dialog, without leaving the page.
    ring(client, room, looks=True)
    look_closely(client)
    dialog = heard(provider)
    assert provider.title() == RINGS
    expect(dialog.get_by_role("heading")).to_be_focused()
    expect(dialog).to_contain_text("Video, 30 minutes. The session starts when you accept.")
    expect(dialog).to_contain_text(re.compile(r"Time to answer: 1:\d\d"))
    look_closely(provider)
    dialog.get_by_role("button", name="Decline").click()
    expect(dialog).to_be_hidden()
    assert provider.url.endswith("/rooms/")
    assert provider.title() == title
    expect(client.get_by_role("heading", name=f"{RINGABLE} cannot start now")).to_be_visible()
    expect(client.locator("main")).to_contain_text("Next free time:")
    look_closely(client)
    assert latest(practice) == ("declined", "")

    # Put off by the provider, then withdrawn by the client.
    client.get_by_role("link", name="Ring again").click()
    client.get_by_role("button", name="Ring").click()
    dialog = heard(provider)
    provider.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    line = provider.get_by_role("complementary", name="Rings").get_by_role("paragraph").first
    expect(line).to_contain_text(f"{RINGER} is ringing.")
    look_closely(provider)
    line.get_by_role("link", name="Answer").click()
    expect(provider.get_by_role("heading", name=f"{RINGER} is ringing")).to_be_visible()
    look_closely(provider)
    client.get_by_role("button", name="Stop ringing").click()
    expect(client.get_by_role("heading", name="You stopped ringing")).to_be_visible()
    expect(provider.get_by_role("heading", name="This ring is over")).to_be_visible()
    look_closely(provider)
    assert latest(practice) == ("withdrawn", "")
    assert practice.ledger(room) == before


def test_ring_works_without_scripts_on_both_sides(practice: Practice, open_page: OpenPage) -> None:
    room = practice.world.rooms["ringing"]
    client = practice.open_as(open_page, "ringer", javascript=False)
    provider = practice.open_as(open_page, "ringable", javascript=False)
    become_available(provider)

    ring(client, room)
    provider.goto("/rooms/")
    provider.get_by_role("link", name="Answer").click()
    provider.get_by_role("button", name="Decline").click()

    # The page asks again by itself.
    expect(client.get_by_role("heading", name=f"{RINGABLE} cannot start now")).to_be_visible(
        timeout=HEARD_MS
    )
    assert latest(practice) == ("declined", "")


def test_ring_that_is_accepted_brings_both_into_the_session(
    practice: Practice, open_page: OpenPage
) -> None:
    room = practice.world.rooms["ringing"]
    before = practice.ledger(room)
    client = practice.open_as(open_page, "ringer")
    provider = practice.open_as(open_page, "ringable", viewport=DESKTOP)
    become_available(provider)
    provider.goto("/hours/")

    ring(client, room)
    heard(provider).get_by_role("button", name="Accept").click()

    provider.wait_for_url(LIVE)
    client.wait_for_url(LIVE)
    assert client.url == provider.url
    assert latest(practice) == ("accepted", "confirmed")
    assert practice.ledger(room) == [*before, "reserved"]
    client.goto("/schedule/")
    expect(client.get_by_role("main")).to_contain_text("Confirmed")
    code = provider.url.rstrip("/").rpartition("/")[2].lower()
    practice.invitation("rita@example.org", "REQUEST", f"{code}@alcove")

"""Start now, in the browsers of both: a client rings, the provider hears it on another page."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, WebSocket, expect

from tests.browser import DESKTOP, PHONE, ColorScheme, OpenPage
from tests.e2e.practice import Practice, look_closely
from tests.e2e.world import RINGABLE, RINGER

pytestmark = pytest.mark.browser

RINGS = "Somebody is ringing"
# Rings a minute are limited: this module makes six.
LOOKS: list[tuple[ViewportSize, ColorScheme]] = [(DESKTOP, "dark"), (PHONE, "light")]
RINGING = re.compile(r"/schedule/ringing/")
LIVE = re.compile(r"/live/[0-9A-Z]{12}/$")
# Pushed at once, or asked for after three seconds at most; a busy machine is slow.
HEARD_MS = 8_000


def look(page: Page) -> None:
    """No finding on a phone by day nor on a desk by night."""
    for viewport, color_scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        look_closely(page)


def become_available(provider: Page) -> None:
    """Turn the switch on Schedule; it may be on from a test before."""
    provider.goto("/schedule/")
    if provider.get_by_role("button", name="Not available any more").count() == 0:
        provider.get_by_role("button", name="1 hour").click()
    expect(provider.get_by_role("heading", name="Available now, until")).to_be_visible()


def open_start_page(client: Page, *, looks: bool = False) -> None:
    """From Schedule to the page of starting now."""
    client.goto("/schedule/")
    client.get_by_role("link", name="Book or start a session").click()
    if looks:
        look(client)
    client.get_by_role("radio", name=re.compile(RINGABLE)).check()
    client.get_by_role("button", name="Continue").click()
    if looks:
        look(client)
    client.get_by_role("link", name="Start now").click()
    if looks:
        look(client)


def ring(client: Page, *, looks: bool = False) -> None:
    """From Schedule to the waiting page."""
    open_start_page(client, looks=looks)
    client.get_by_role("group", name="Video").get_by_role("radio", name="30 minutes").check()
    client.get_by_role("button", name="Ring").click()
    client.wait_for_url(RINGING)
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


def test_ring_is_declined_and_withdrawn_at_no_cost(practice: Practice, open_page: OpenPage) -> None:
    room = practice.world.rooms["ringing"]
    before = practice.ledger(room)
    client = practice.open_as(open_page, "ringer")
    provider = practice.open_as(open_page, "ringable")
    become_available(provider)
    look(provider)
    provider.goto("/rooms/")
    title = provider.title()

    # Declined from the dialog, without leaving the page.
    ring(client, looks=True)
    look(client)
    dialog = heard(provider)
    assert provider.title() == RINGS
    expect(dialog.get_by_role("heading")).to_be_focused()
    expect(dialog).to_contain_text("Video, 30 minutes. The session starts when you accept.")
    expect(dialog).to_contain_text(re.compile(r"Time to answer: 1:\d\d"))
    look(provider)
    dialog.get_by_role("button", name="Decline").click()
    expect(dialog).to_be_hidden()
    assert provider.url.endswith("/rooms/")
    assert provider.title() == title
    expect(client.get_by_role("heading", name=f"{RINGABLE} cannot start now")).to_be_visible()
    expect(client.locator("main")).to_contain_text("Next free time:")
    look(client)
    assert latest(practice) == ("declined", "")

    # Put off by the provider, then withdrawn by the client.
    client.get_by_role("link", name="Ring again").click()
    client.get_by_role("button", name="Ring").click()
    dialog = heard(provider)
    provider.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    line = provider.get_by_role("complementary", name="Rings").get_by_role("paragraph").first
    expect(line).to_contain_text(f"{RINGER} is ringing.")
    look(provider)
    line.get_by_role("link", name="Answer").click()
    expect(provider.get_by_role("heading", name=f"{RINGER} is ringing")).to_be_visible()
    look(provider)
    client.get_by_role("button", name="Stop ringing").click()
    expect(client.get_by_role("heading", name="You stopped ringing")).to_be_visible()
    expect(provider.get_by_role("heading", name="This ring is over")).to_be_visible()
    look(provider)
    assert latest(practice) == ("withdrawn", "")
    assert practice.ledger(room) == before


def test_ring_works_without_scripts_on_both_sides(practice: Practice, open_page: OpenPage) -> None:
    client = practice.open_as(open_page, "ringer", javascript=False)
    provider = practice.open_as(open_page, "ringable", javascript=False)
    become_available(provider)

    ring(client)
    provider.goto("/rooms/")
    provider.get_by_role("link", name="Answer").click()
    provider.get_by_role("button", name="Decline").click()

    # The page asks again by itself.
    expect(client.get_by_role("heading", name=f"{RINGABLE} cannot start now")).to_be_visible(
        timeout=HEARD_MS
    )
    assert latest(practice) == ("declined", "")


def test_ring_is_pushed_to_the_page_without_a_word_about_anybody(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.open_as(open_page, "ringer")
    provider = practice.open_as(open_page, "ringable")
    become_available(provider)
    frames: list[tuple[float, str]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append((time.monotonic(), str(frame))))

    provider.on("websocket", listen)
    with provider.expect_websocket():
        provider.goto("/rooms/")
    open_start_page(client)
    client.get_by_role("group", name="Video").get_by_role("radio", name="30 minutes").check()

    rang_at = time.monotonic()
    client.get_by_role("button", name="Ring").click()
    client.wait_for_url(RINGING)
    heard(provider)

    [(pushed_at, frame)] = frames
    assert frame == '{"type": "look"}'
    # Under a second on a machine that has nothing else to do.
    assert pushed_at - rang_at < 4
    print(f"pushed {pushed_at - rang_at:.2f} s after the click")
    client.get_by_role("button", name="Stop ringing").click()
    expect(provider.get_by_role("dialog")).to_be_hidden()
    assert [frame for _at, frame in frames] == ['{"type": "look"}'] * 2


def test_ring_is_heard_where_no_socket_can_be_opened(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.open_as(open_page, "ringer")
    provider = practice.open_as(open_page, "ringable")
    become_available(provider)
    provider.route_web_socket("**/bell/socket", lambda socket: socket.close(code=1011))
    provider.goto("/rooms/")

    ring(client)
    dialog = heard(provider)
    client.get_by_role("button", name="Stop ringing").click()

    expect(dialog).to_be_hidden(timeout=HEARD_MS)
    expect(provider.get_by_role("complementary", name="Rings").get_by_role("status")).to_have_text(
        "The ring is over."
    )
    assert latest(practice) == ("withdrawn", "")


def test_ring_that_is_accepted_brings_both_into_the_session(
    practice: Practice, open_page: OpenPage
) -> None:
    room = practice.world.rooms["ringing"]
    before = practice.ledger(room)
    client = practice.open_as(open_page, "ringer")
    provider = practice.open_as(open_page, "ringable", viewport=DESKTOP)
    become_available(provider)
    provider.goto("/hours/")

    ring(client)
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

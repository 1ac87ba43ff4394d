"""What breaks in the middle of a call, and how long it takes until media flows again.

``pytest -s`` prints the times.
"""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage, watch_of
from tests.concurrency.server import serving
from tests.live.call_page import CallPage
from tests.live.conftest import Original, Practice, meet

pytestmark = pytest.mark.browser


def tell(what: str, seconds: float) -> None:
    """Print a measured time; nothing is judged by it here."""
    print(f"\n{what}: {seconds:.2f} s")


def test_media_flows_on_while_the_server_is_dead_for_ten_seconds(
    original: Original, tmp_path: Path, open_page: OpenPage
) -> None:
    with original.copy(tmp_path) as database:
        with serving(database) as server:
            practice = Practice(server, original.meetings)
            pages = meet(practice, open_page, "signalling")
            client, provider = pages["owner"], pages["provider"]
            client.until_pictures_flow("provider")
            for page in pages.values():
                watch_of(page.page).allow("ERR_CONNECTION_REFUSED|WebSocket connection")
            port = int(server.address.rsplit(":", 1)[1])
            server.kill()

        expect(client.page.locator(".live-call__lost")).to_be_visible()
        dead_until = time.monotonic() + 10
        while time.monotonic() < dead_until:
            client.until_pictures_flow("provider", seconds=1)
            provider.until_pictures_flow("owner", seconds=1)
            client.until_sound_flows("provider", seconds=1)

        with serving(database, port=port) as server:
            tell("socket back after the server", client.until("call.state.signalling === 'open'"))
            provider.until(
                "call.state.signalling === 'open' && call.state.people.owner.state === 'here'"
            )
            client.open_chat()
            client.page.get_by_label("Message", exact=True).fill("Still here")
            client.page.keyboard.press("Enter")
            expect(provider.page.locator("[data-chat-log]")).to_contain_text("Still here")
            # The connections are the same ones: nothing was negotiated anew.
            client.until_pictures_flow("provider")
            assert Practice(server, original.meetings).stays("signalling") == [
                ("provider", True),
                ("owner", True),
            ]


def test_a_reload_comes_back_to_the_call(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "reload")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")
    began = time.monotonic()

    client.page.reload()

    client.until("call.state.mine.state === 'here'")
    client.until_pictures_flow("provider")
    provider.until_pictures_flow("owner")
    tell("pictures again after a reload", time.monotonic() - began)


def test_another_device_takes_over_after_a_word(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "takeover")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")
    phone: CallPage = practice.page(open_page, "takeover", "owner").open()
    expect(phone.page.get_by_text("You are in this session on another device.")).to_be_visible()
    began = time.monotonic()

    phone.join()

    expect(
        client.page.get_by_role("heading", name="You continued on another device")
    ).to_be_visible()
    phone.until_pictures_flow("provider")
    provider.until_pictures_flow("owner")
    tell("pictures on the other device", time.monotonic() - began)
    assert [lasts for role, lasts in practice.stays("takeover") if role == "owner"] == [False, True]


def test_leaving_frees_the_devices_and_tells_the_other(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "pages")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")

    client.press("Leave")

    provider.until("call.state.people.owner.state === 'absent' && call.peers.size === 0")
    assert client.ask("[call.media.microphone, call.media.camera]") == [None, None]
    assert ("owner", False) in practice.stays("pages")


def test_closing_the_tab_ends_the_stay_at_once(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "link")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")

    client.page.close(run_before_unload=True)

    provider.until("call.state.people.owner.state !== 'here'")
    deadline = time.monotonic() + 10
    while ("owner", True) in practice.stays("link") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ("owner", False) in practice.stays("link")


# A page that goes on with its media and renews nothing.
SILENT = """call.signalling.send = function (type, fields) {
  if (type !== "ping") Object.getPrototypeOf(this).send.call(this, type, fields);
}, 0"""


def test_a_stay_that_was_found_to_be_over_begins_anew_with_pictures(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "silent")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")
    client.ask(SILENT)

    # Nothing flows that is not on record. A ping that was under way may renew the stay once more.
    gone = "call.state.people.owner.state === 'absent' && call.peers.size === 0"
    deadline = time.monotonic() + 30
    while not provider.ask(gone) and time.monotonic() < deadline:
        practice.server.database.change(
            "UPDATE live_stay SET seen_at = '2020-01-01 00:00:00+00:00' WHERE role = 'owner'"
            " AND left_at IS NULL AND session_id IN (SELECT live_livesession.id"
            " FROM live_livesession JOIN booking_appointment ON booking_appointment.id"
            f" = appointment_id WHERE code = '{practice.meetings['silent'].code}')"
        )
        provider.ask("call.signalling.send('ping'), 0")
        provider.page.wait_for_timeout(500)
    assert provider.ask(gone)
    client.until("call.peers.size === 0 || call.peers.get('provider').path !== 'connected'")

    client.ask("delete call.signalling.send")
    provider.until("call.state.people.owner.state === 'here'")
    client.until_pictures_flow("provider")
    provider.until_pictures_flow("owner")
    assert [lasts for role, lasts in practice.stays("silent") if role == "owner"] == [False, True]

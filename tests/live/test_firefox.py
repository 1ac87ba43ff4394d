"""Calls between Firefox and Chromium, in either part."""

from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.firefox import FirefoxMissing, FirefoxPage, find_firefox, firefox
from tests.live.call_page import ROOT, CallPage
from tests.live.conftest import Practice
from tests.live.world import Meeting

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

OTHERS = {"owner": "provider", "provider": "owner"}


def come(page: FirefoxPage, meeting: Meeting, role: str) -> CallPage:
    """Come to the session's page in Firefox and turn the devices on."""
    # The first ones are for pages that Practice.page opens.
    page.goto(f"/you/enter/{meeting.tokens[role][-1]}/")
    page.click("main form [type=submit]")
    page.wait_for_function("() => location.pathname === '/schedule/'", timeout=15_000)
    page.goto(f"/live/{meeting.code}/")
    # What a CallPage measures, it measures by the methods that both kinds of pages have.
    there = CallPage(cast(Page, page), role, meeting.code)
    there.until("call.state.signalling === 'open'")
    page.click("[data-open-devices]")
    there.until("call.media.microphone && call.media.camera")
    return there


def is_on(page: FirefoxPage, screen: str) -> None:
    """Wait until the live page shows this screen."""
    wanted = f'() => document.querySelector("{ROOT}").dataset.screen === "{screen}"'
    page.wait_for_function(wanted, timeout=15_000)


@pytest.mark.parametrize("role", ["owner", "provider"])
def test_firefox_and_chromium_see_hear_and_read_each_other(
    practice: Practice, open_page: OpenPage, tmp_path: Path, role: str
) -> None:
    try:
        find_firefox()
    except FirefoxMissing as missing:
        pytest.skip(str(missing))
    name, other = f"firefox_{role}", OTHERS[role]
    with firefox(practice.server.address, tmp_path) as page:
        here = come(page, practice.meetings[name], role)
        there = practice.page(open_page, name, other).open()
        if role == "provider":
            page.click("[data-join]")
            is_on(page, "call")
            there.join()
            page.wait_for_function(
                """() => document.querySelector('[data-admit="owner"]')""", timeout=15_000
            )
            page.click('[data-admit="owner"]')
        else:
            there.join()
            page.click("[data-join]")
            there.page.locator('[data-admit="owner"]').click()
        is_on(page, "call")

        for one, seen in ((here, other), (there, role)):
            one.until_pictures_flow(seen)
            one.until_sound_flows(seen)
        for one in (here, there):
            one.until("call.state.safetyCode")
        assert here.ask("call.state.safetyCode") == there.ask("call.state.safetyCode")

        there.open_chat()
        there.page.get_by_label("Message", exact=True).fill("Can you see me?")
        there.page.keyboard.press("Enter")
        page.wait_for_function(
            "() => document.querySelector('[data-chat-log]').textContent.includes('see me?')",
            timeout=15_000,
        )

        # Who loads the page anew is in the call again, in Firefox too.
        page.reload()
        here.until("call.state.mine.state === 'here'")
        there.until_pictures_flow(role)
        here.until_pictures_flow(other)
        expect(there.page.locator(f'[data-tiles] [data-role="{role}"]')).to_be_visible()

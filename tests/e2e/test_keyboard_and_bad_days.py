"""Booking without a mouse, without a script, with a nervous finger, and in two tabs at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, OpenPage, watch_of
from tests.e2e.practice import (
    Practice,
    choose_time,
    day_link,
    hours_ahead,
    look_closely,
)

pytestmark = pytest.mark.browser

SESSION = re.compile(r"/schedule/[0-9A-Z]{12}/$")
FARTHEST_TABS = 200


def times_page(practice: Practice, who: str) -> str:
    """Where this person chooses a time for a video session of 45 minutes."""
    return f"/schedule/new/{practice.world.rooms[who]}/time/?modality=video&length=45"


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on an element that matches."""
    for _press in range(FARTHEST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector} on {page.url}")


def press(page: Page, key: str, leads_to: str) -> None:
    """Press a key on what has the focus, and wait for the page that it leads to."""
    page.keyboard.press(key)
    page.wait_for_url(re.compile(leads_to))


def test_booking_works_by_keyboard_alone(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "keyboard", viewport=DESKTOP)
    room, start = practice.world.rooms["keyboard"], hours_ahead(49)

    tab_to(page, "a[href='/schedule/new/']")
    if page.evaluate("!document.activeElement.closest('main')"):
        tab_to(page, "main a[href='/schedule/new/']")
    press(page, "Enter", r"/schedule/new/$")
    tab_to(page, "input[type=radio][name=room]")
    page.keyboard.press("Space")
    if not page.locator(f"input[value='{room}']").is_checked():
        page.keyboard.press("ArrowDown")
    expect(page.locator(f"input[value='{room}']")).to_be_checked()
    tab_to(page, "button[name=go]")
    press(page, "Enter", rf"/schedule/new/{room}/$")
    tab_to(page, "input[type=radio][name=session]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[value='video.45']")).to_be_checked()
    tab_to(page, "button[name=go]")
    press(page, "Enter", r"/time/\?")
    link = day_link(page, start).get_attribute("href")
    tab_to(page, f'a[href="{link}"]')
    press(page, "Enter", r"day=")
    tab_to(page, f'button.slot[value="{start.isoformat()}"]')
    press(page, "Space", r"/schedule/review/")
    tab_to(page, "main form button[type=submit].button--primary")
    press(page, "Enter", SESSION.pattern)

    expect(page.get_by_text("Waiting for the provider")).to_be_visible()
    assert practice.sessions_of(room) == ["requested"]


def test_double_click_on_book_session_books_one(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "double")
    room = practice.world.rooms["double"]
    page.goto(times_page(practice, "double"))
    choose_time(page, hours_ahead(51))

    page.get_by_role("button", name="Book session").dblclick()

    page.wait_for_url(SESSION)
    assert practice.sessions_of(room) == ["requested"]
    assert practice.ledger(room) == ["granted", "reserved"]


def test_back_button_after_booking_leads_to_the_session_again(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "back")
    room = practice.world.rooms["back"]
    page.goto(times_page(practice, "back"))
    choose_time(page, hours_ahead(53))
    page.get_by_role("button", name="Book session").click()
    page.wait_for_url(SESSION)
    booked = page.url

    page.go_back()
    if "/review/" in page.url:
        # The browser kept the page as it was: its button finds the session that it made.
        page.get_by_role("button", name="Book session").click()
        page.wait_for_url(SESSION)

    assert page.url == booked
    assert practice.sessions_of(room) == ["requested"]
    assert practice.ledger(room) == ["granted", "reserved"]


def test_second_tab_that_takes_another_time_ends_the_first_tabs_hold_and_says_so(
    practice: Practice, open_page: OpenPage
) -> None:
    first = practice.open_as(open_page, "tabs")
    watch_of(first).allow(r"status of 4(09|10|22)")
    room = practice.world.rooms["tabs"]
    first.goto(times_page(practice, "tabs"))
    choose_time(first, hours_ahead(55))
    second = first.context.new_page()
    second.goto(times_page(practice, "tabs"))
    choose_time(second, hours_ahead(57))

    first.get_by_role("button", name="Book session").click()

    expect(first.get_by_role("alert")).to_be_visible()
    expect(first.get_by_role("button", name="Book session")).to_have_count(0)
    expect(first.get_by_role("link", name="Choose another time").first).to_be_visible()
    look_closely(first)
    assert practice.sessions_of(room) == []
    second.get_by_role("button", name="Book session").click()
    second.wait_for_url(SESSION)
    assert practice.sessions_of(room) == ["requested"]


def test_booking_works_without_a_script(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "plain", javascript=False)
    room, start = practice.world.rooms["plain"], hours_ahead(59)

    page.get_by_role("link", name="Book or start a session").click()
    page.locator(f"input[value='{room}']").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("group", name="Video").get_by_role("radio", name="45 minutes").check()
    page.get_by_role("button", name="Continue").click()
    choose_time(page, start)
    page.get_by_role("button", name="Book session").click()
    page.wait_for_url(SESSION)
    expect(page.get_by_text("Waiting for the provider")).to_be_visible()
    page.get_by_role("link", name="Cancel session").click()
    page.get_by_role("radio", name="I am ill").check()
    page.get_by_role("button", name="Cancel session").click()
    page.wait_for_url(SESSION)

    expect(page.get_by_text("The live session is cancelled.")).to_be_visible()
    assert practice.sessions_of(room) == ["cancelled"]
    assert practice.ledger(room) == ["granted", "reserved", "released"]

"""Somebody who does not know how to go on finds help: by keyboard, by search, in either language."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, OpenPage
from tests.e2e.practice import Practice, look_closely

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until the link of this name has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_guide_is_found_from_a_page_of_booking_by_keyboard(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "client", viewport=DESKTOP)
    page.goto("/schedule/new/")

    tab_to(page, "Book a live session")
    page.keyboard.press("Enter")

    page.wait_for_url("**/help/book-a-session/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Book a live session")
    look_closely(page)
    tab_to(page, "If something does not work")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/book-a-session/#trouble")


def test_search_finds_marks_and_leads_to_the_place(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "client")
    page.goto("/help/")
    look_closely(page)

    page.get_by_role("searchbox").fill("camera refused")
    page.keyboard.press("Enter")

    page.wait_for_url("**/help/?q=camera+refused")
    expect(page.locator("mark").first).to_be_visible()
    look_closely(page)
    page.get_by_role("link", name=re.compile("refused")).first.click()
    page.wait_for_url("**/help/trouble-in-a-session/#refused")
    expect(page.locator("#refused")).to_be_in_viewport()


def test_search_that_finds_nothing_says_how_to_go_on(
    practice: Practice, open_page: OpenPage
) -> None:
    page = open_page(practice.address, viewport=PHONE)
    page.goto("/help/?q=xylophone")

    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(page.get_by_role("heading", name="For clients", exact=True)).to_be_visible()
    look_closely(page)

    page.goto("/help/?q=")
    look_closely(page)


def test_guide_is_read_in_the_other_language_signed_out(
    practice: Practice, open_page: OpenPage
) -> None:
    page = open_page(practice.address, viewport=PHONE)
    page.goto("/account/login/")
    page.get_by_role("banner").get_by_role("link", name="Help").click()
    page.wait_for_url("**/help/sign-in/")

    page.get_by_role("link", name="Español").click()

    page.wait_for_url("**/help/es/sign-in/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Entrar")
    look_closely(page)
    # A link within stays in the language that was chosen, and the search too.
    page.get_by_role("searchbox").fill("cancelar")
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/es/?q=cancelar")
    page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    page.wait_for_url(re.compile("/help/es/cancel/"))
    look_closely(page)


def test_guide_with_pictures_fits_the_smallest_screen_and_the_dark(
    practice: Practice, open_page: OpenPage
) -> None:
    page = open_page(practice.address, viewport={"width": 320, "height": 640}, color_scheme="dark")

    for slug in ("book-a-session", "cancel", "trouble-in-a-session"):
        page.goto(f"/help/{slug}/")
        for picture in page.locator(".guide img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_have_js_property("complete", value=True)
        look_closely(page)

"""Finding a time between three people in their browsers (R6): marked, offered, booked in a tap."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, ColorScheme, OpenPage, watch_of
from tests.e2e.practice import Practice, look_closely

pytestmark = pytest.mark.browser

FOUND = re.compile(r"/schedule/times/\w+/$")
OFFER = re.compile(r"/schedule/offer/\w+/$")
LOOKS: list[tuple[ViewportSize, ColorScheme]] = [(PHONE, "light"), (DESKTOP, "dark")]


def looks(page: Page) -> None:
    """No finding and no overflow, on a phone in the light and on a desk in the dark."""
    for size, scheme in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        look_closely(page)


def cell(page: Page, row: int, part: int) -> str:
    """The selector of a cell of the first week."""
    return f".wish-grid >> nth=0 >> tbody tr:nth-child({row}) td:nth-child({part + 1}) input"


def test_couple_and_provider_find_a_time(practice: Practice, open_page: OpenPage) -> None:
    code = practice.world.rooms["seeking"]
    partner = practice.open_as(open_page, "co_seeker")
    owner = practice.open_as(open_page, "seeker", viewport=DESKTOP)
    provider = practice.open_as(open_page, "second", viewport=DESKTOP)

    # The partner taps, and can do no more than suggest.
    partner.goto(f"/rooms/{code}/")
    partner.get_by_role("link", name="Suggest times").click()
    looks(partner)
    partner.set_viewport_size(PHONE)
    for row in (3, 4, 5):
        partner.locator(cell(partner, row, 2)).tap()
    expect(partner.locator("[data-count]")).to_have_text("3 times marked")
    partner.get_by_label("Anything that helps").fill("Not before lunch.")
    partner.get_by_role("button", name="Share these times").click()
    partner.wait_for_url(FOUND)
    looks(partner)

    # The owner hears of it, and marks their own by mouse and by keyboard.
    owner.goto("/schedule/")
    owner.get_by_role("link", name="See the times").click()
    looks(owner)
    owner.set_viewport_size(DESKTOP)
    owner.get_by_role("link", name="Add your own times").click()
    expect(owner.get_by_role("heading", name="Ciro Seeker could manage")).to_be_visible()
    first, last = owner.locator(cell(owner, 4, 1)), owner.locator(cell(owner, 4, 3))
    first.scroll_into_view_if_needed()
    start, end = first.bounding_box(), last.bounding_box()
    assert start
    assert end
    owner.mouse.move(start["x"] + 5, start["y"] + 5)
    owner.mouse.down()
    owner.mouse.move(end["x"] + 5, end["y"] + 5, steps=10)
    owner.mouse.up()
    expect(owner.locator("[data-count]")).to_have_text("3 times marked")
    last.focus()
    owner.keyboard.press("ArrowDown")
    owner.keyboard.press("ArrowLeft")
    owner.keyboard.press("Space")
    expect(owner.locator(cell(owner, 5, 2))).to_be_checked()
    owner.get_by_role("button", name="Share these times").click()
    owner.wait_for_url(FOUND)

    # The provider sees what suits both, and offers two of the times.
    provider.goto("/schedule/requests/")
    looks(provider)
    provider.get_by_role("link", name=re.compile("^Offer times")).first.click()
    provider.wait_for_url(OFFER)
    looks(provider)
    expect(provider.locator(".week-picture__band--common").first).to_be_attached()
    times = provider.locator('input[name="starts"]')
    assert times.count() >= 4
    times.nth(0).check()
    times.nth(1).check()
    provider.get_by_label("A word for the client").first.fill("Either is fine.")
    provider.get_by_role("button", name="Offer these times").click()
    provider.wait_for_url(FOUND)
    looks(provider)

    # The partner sees them and cannot book; the owner books one from its card in the room.
    partner.reload()
    expect(partner.get_by_role("heading", name="Times offered to you")).to_be_visible()
    expect(partner.get_by_role("button", name="Book this time")).to_have_count(0)
    owner.reload()
    expect(owner.get_by_text("Either is fine.")).to_be_visible()
    looks(owner)
    owner.goto(f"/rooms/{code}/")
    owner.get_by_role("button", name=re.compile("^Book ")).first.click()
    expect(owner.get_by_text("Your live session is booked and confirmed.")).to_be_visible()
    assert practice.sessions_of(code) == ["confirmed"]
    assert practice.balance(code) == (2, 1)
    [(uid,)] = practice.server.database.rows(
        "SELECT code FROM booking_appointment WHERE room_id ="
        f" (SELECT id FROM rooms_room WHERE code = '{code}')"
    )
    for address in ("selma@example.org", "ciro@example.org", "oskar@example.org"):
        assert practice.invitation(address, "REQUEST", f"{uid.lower()}@alcove")


def test_it_all_works_without_scripts(practice: Practice, open_page: OpenPage) -> None:
    code = practice.world.rooms["plain"]
    client = practice.open_as(open_page, "plain", javascript=False)
    provider = practice.open_as(open_page, "provider", javascript=False)

    watch_of(client).allow(r"status of 422")

    client.goto(f"/schedule/new/{code}/time/?modality=video&length=45")
    client.get_by_role("link", name="I can't find a time that works for me").click()
    client.get_by_role("button", name="Share these times").click()
    expect(client.get_by_role("alert")).to_contain_text("Mark at least one time")
    client.get_by_text("Every week", exact=True).click()
    client.get_by_label("Monday, Evening").check(force=True)
    client.get_by_role("button", name="Share these times").click()
    client.wait_for_url(FOUND)
    expect(client.get_by_text("Every Monday: Evening")).to_be_visible()

    provider.goto(f"/schedule/offer/{code}/")
    provider.get_by_label("A word for the client").last.fill("I am away on Mondays.")
    provider.get_by_role("button", name="Decline").click()
    client.reload()
    expect(client.get_by_text("I am away on Mondays.")).to_be_visible()
    expect(client.get_by_text("No time was found.")).to_be_visible()

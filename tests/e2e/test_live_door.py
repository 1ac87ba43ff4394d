"""The live page before its door opens: it counts down and opens by itself."""

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.e2e.practice import Practice

pytestmark = pytest.mark.browser

DAY = 24 * 3600 * 1000


def test_the_page_counts_down_and_loads_anew_when_the_door_opens(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "client")
    page.clock.install()
    page.goto(f"/live/{practice.world.sessions['confirmed']}/")
    left = page.locator("[data-left]")
    expect(left).to_contain_text("in 4 d")

    page.clock.fast_forward(3 * DAY)
    expect(left).to_contain_text("in 1 d")

    with page.expect_navigation():
        page.clock.fast_forward(2 * DAY)
        page.clock.fast_forward(2_000)
    # The server's clock decides: by it the door is still closed.
    expect(page.get_by_role("heading", name="The door opens at")).to_be_visible()


def test_the_page_of_a_session_that_cannot_be_joined_leads_to_what_holds_now(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "client")
    sessions = practice.world.sessions

    page.goto(f"/live/{sessions['requested']}/")
    expect(page.get_by_role("heading", name="This session is not confirmed yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="About this session").last.click()
    expect(page).to_have_url(f"{practice.address}/schedule/{sessions['requested']}/")

    page.goto(f"/live/{sessions['cancelled']}/")
    expect(page.get_by_role("heading", name="This session did not take place")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Schedule", exact=True).click()
    expect(page).to_have_url(f"{practice.address}/schedule/")

    page.goto(f"/live/{sessions['past']}/")
    expect(page.get_by_role("heading", name="This session did not take place")).to_be_visible()
    page.get_by_role("link", name="Who was there").click()
    expect(page).to_have_url(f"{practice.address}/live/{sessions['past']}/attendance/")

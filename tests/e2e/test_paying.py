"""Buying the missing credit inside the booking, on the payment service's own page (R4)."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, ColorScheme, OpenPage, watch_of
from tests.e2e.practice import Practice, choose_time, hours_ahead, look_closely

pytestmark = pytest.mark.browser

LOOKS: list[tuple[ViewportSize, ColorScheme]] = [(DESKTOP, "dark"), (PHONE, "light")]
BUY = "Buy 1 credit for $60 and book"


def look(page: Page) -> None:
    """No finding on a phone by day nor on a desk by night."""
    for viewport, color_scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        look_closely(page)


def come_to_review(client: Page, hours: int, *, looks: bool = False) -> None:
    """From Schedule to the last page, with no credit left."""
    client.goto("/schedule/")
    client.get_by_role("link", name="Book or start a session").click()
    client.get_by_role("radio", name=re.compile("Petra Provider")).check()
    client.get_by_role("button", name="Continue").click()
    expect(client.get_by_text("A further one costs $60.")).to_be_visible()
    if looks:
        look(client)
    client.get_by_role("group", name="Video").get_by_role("radio", name="45 minutes").check()
    client.get_by_role("button", name="Continue").click()
    choose_time(client, hours_ahead(hours))
    if looks:
        look(client)


def test_client_without_a_credit_pays_and_has_booked(
    practice: Practice, open_page: OpenPage
) -> None:
    room = practice.world.rooms["buying"]
    client = practice.open_as(open_page, "buyer")
    watch_of(client).allow(re.escape(practice.payments.address))
    assert practice.ledger(room) == []

    # Left before it was paid: nothing is charged, and the time is still kept.
    come_to_review(client, 100, looks=True)
    client.get_by_role("button", name=BUY).click()
    client.wait_for_url(re.compile(re.escape(practice.payments.address)))
    client.get_by_role("link", name="Back to the practice").click()
    expect(client.get_by_role("heading", name="Nothing was paid")).to_be_visible()
    look(client)
    client.get_by_role("link", name="Back", exact=True).click()
    expect(client.get_by_role("button", name=BUY)).to_be_visible()

    # Paid: it is booked by itself.
    client.get_by_role("button", name=BUY).click()
    client.wait_for_url(re.compile(re.escape(practice.payments.address)))
    client.get_by_role("button", name="Pay").click()
    client.wait_for_url(re.compile(r"/schedule/[0-9A-Z]{12}/$"), timeout=20_000)
    expect(client.get_by_text("Waiting for the provider")).to_be_visible()
    assert practice.ledger(room) == ["bought", "reserved"]
    receipt = practice.letter("bianca@example.org", "Your receipt")
    assert "$60" in receipt

    # What became of it, to read.
    client.get_by_role("link", name="Schedule").first.click()
    client.get_by_role("link", name="Plan and credits").click()
    look(client)
    client.get_by_role("link", name="Your room with Petra Provider").click()
    expect(client.get_by_text("1 credit is kept for a session.")).to_be_visible()
    expect(client.get_by_text("1 credit was bought.")).to_be_visible()
    look(client)

    # Some more, ahead.
    client.get_by_role("radio", name=re.compile("2 session credits")).check()
    client.get_by_role("button", name="Buy", exact=True).click()
    client.wait_for_url(re.compile(re.escape(practice.payments.address)))
    client.get_by_role("button", name="Pay").click()
    expect(client.get_by_text("Your payment is here. The receipt comes by mail.")).to_be_visible(
        timeout=20_000
    )
    look(client)
    assert practice.balance(room) == (2, 1)

    # With a saved card, a late fee is charged by consent, which the last page asks for.
    practice.wait_for_card("bianca@example.org")
    come_to_review_with_credit(client)
    expect(client.locator("main")).to_contain_text("is charged to your Visa •• 4242")
    look(client)


def come_to_review_with_credit(client: Page) -> None:
    """From Schedule to the last page."""
    client.goto("/schedule/")
    client.get_by_role("link", name="Book or start a session").click()
    client.get_by_role("radio", name=re.compile("Petra Provider")).check()
    client.get_by_role("button", name="Continue").click()
    client.get_by_role("group", name="Video").get_by_role("radio", name="45 minutes").check()
    client.get_by_role("button", name="Continue").click()
    choose_time(client, hours_ahead(102))

"""Messages between two people in their browsers, with and without a socket."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, ColorScheme, OpenPage, watch_of
from tests.e2e.practice import Practice, look_closely

pytestmark = pytest.mark.browser

# Pushed at once; a busy machine is slow.
SOON = 8_000
LOOKS: list[tuple[ViewportSize, ColorScheme]] = [(PHONE, "light"), (DESKTOP, "dark")]


def room_of(practice: Practice, open_page: OpenPage, who: str) -> Page:
    """Somebody in the room that messages are tried in."""
    page = practice.open_as(open_page, who)
    page.goto(f"/rooms/{practice.world.rooms['messages']}/")
    return page


def write(page: Page, words: str) -> None:
    """Type and send."""
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()


def test_words_arrive_at_once_and_their_writer_sees_that_they_were_seen(
    practice: Practice, open_page: OpenPage
) -> None:
    client = room_of(practice, open_page, "messenger")
    provider = room_of(practice, open_page, "provider")
    expect(client.get_by_text("No messages yet")).to_be_visible()

    write(client, "Is Tuesday fine? See https://example.org/plan")

    expect(client.get_by_label("Your message")).to_have_value("")
    expect(client.locator(".message--own")).to_have_count(1)
    expect(provider.locator(".message")).to_contain_text("Is Tuesday fine?", timeout=SOON)
    expect(client.locator(".message__state")).to_have_text("Seen", timeout=SOON)

    provider.get_by_label("Your message").fill("Tuesday is fine.")
    provider.keyboard.press("Control+Enter")
    expect(client.locator(".message").last).to_contain_text("Tuesday is fine.", timeout=SOON)
    link = provider.get_by_role("link", name="https://example.org/plan")
    expect(link).to_have_attribute("rel", "noopener nofollow")
    for page in (client, provider):
        for viewport, color_scheme in LOOKS:
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=color_scheme)
            look_closely(page)


def test_begun_words_are_found_again_on_another_device(
    practice: Practice, open_page: OpenPage
) -> None:
    desk = room_of(practice, open_page, "messenger")
    with desk.expect_response(re.compile("/draft/")) as kept:
        desk.get_by_label("Your message").fill("What I find hard to say is")
    assert kept.value.status == 204

    phone = room_of(practice, open_page, "messenger")
    expect(phone.get_by_label("Your message")).to_have_value("What I find hard to say is")

    write(phone, "I said it.")
    expect(phone.get_by_label("Your message")).to_have_value("")
    phone.reload()
    expect(phone.get_by_label("Your message")).to_have_value("")


def test_without_a_connection_the_words_stay_and_go_later_once(
    practice: Practice, open_page: OpenPage
) -> None:
    client = room_of(practice, open_page, "messenger")
    watch_of(client).allow("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    client.wait_for_load_state("networkidle")
    client.context.set_offline(True)
    write(client, "From the tunnel")
    expect(client.get_by_text("Not sent: no connection.")).to_be_visible()
    expect(client.get_by_label("Your message")).to_have_value("From the tunnel")

    client.context.set_offline(False)
    client.get_by_role("button", name="Send").dblclick()

    expect(client.locator(".message__text", has_text="From the tunnel")).to_have_count(1)
    client.reload()
    expect(client.locator(".message__text", has_text="From the tunnel")).to_have_count(1)


def test_a_message_that_is_too_long_is_kept_and_the_page_says_why(
    practice: Practice, open_page: OpenPage
) -> None:
    client = room_of(practice, open_page, "messenger")
    watch_of(client).allow("422")

    write(client, "long " * 900)

    expect(client.get_by_role("alert")).to_contain_text("longer than 4000 characters")
    expect(client.get_by_label("Your message")).to_have_value(re.compile("^long long"))


def test_messages_work_without_scripts(practice: Practice, open_page: OpenPage) -> None:
    client = practice.open_as(open_page, "messenger", javascript=False)
    client.goto(f"/rooms/{practice.world.rooms['messages']}/")

    write(client, "Plain words")

    expect(client.locator(".message__text").last).to_have_text("Plain words")


def test_search_leads_to_the_words(practice: Practice, open_page: OpenPage) -> None:
    client = room_of(practice, open_page, "messenger")
    write(client, "We spoke of the Ärger at home.")
    expect(client.get_by_label("Your message")).to_have_value("")
    client.goto("/rooms/")

    client.get_by_label("Words in your messages").fill("arger")
    client.keyboard.press("Enter")
    look_closely(client)
    client.get_by_role("heading", level=2).get_by_role("link").click()

    expect(client.locator(".message__text", has_text="Ärger")).to_be_visible()


def test_a_picture_and_a_pdf_arrive(
    practice: Practice, open_page: OpenPage, tmp_path: Path
) -> None:
    picture, plan = tmp_path / "garden.png", tmp_path / "plan.pdf"
    Image.new("RGB", (300, 200), "green").save(picture)
    plan.write_bytes(b"%PDF-1.7\ntrailer<<>>\n%%EOF\n")
    client = room_of(practice, open_page, "messenger")
    provider = room_of(practice, open_page, "provider")
    watch_of(client).allow("422")

    client.get_by_label("Pictures or PDF files").set_input_files([picture, plan])
    write(client, "Here they are.")

    shown = provider.get_by_role("img", name="garden.png")
    expect(shown).to_be_visible(timeout=SOON)
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 300
    with provider.expect_download() as download:
        provider.get_by_role("link", name="plan.pdf").click()
    assert download.value.suggested_filename == "plan.pdf"
    look_closely(provider)

    disguised = tmp_path / "disguised.png"
    disguised.write_text("<svg><script>alert(1)</script></svg>")
    client.get_by_label("Pictures or PDF files").set_input_files(disguised)
    write(client, "These words stay.")
    expect(client.get_by_role("alert")).to_contain_text("disguised.png: Only pictures")
    expect(client.get_by_label("Your message")).to_have_value("These words stay.")
    look_closely(client)

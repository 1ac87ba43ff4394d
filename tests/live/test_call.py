"""Calls between real browsers: what each of them sees, hears and reads."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.live.conftest import Practice, meet

pytestmark = pytest.mark.browser


def test_two_people_see_hear_and_read_each_other(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "video")
    client, provider = pages["owner"], pages["provider"]

    client.until_pictures_flow("provider")
    provider.until_pictures_flow("owner")
    client.until_sound_flows("provider")
    provider.until_sound_flows("owner")

    client.open_chat()
    client.page.get_by_label("Message", exact=True).fill("Can you see me?")
    client.page.keyboard.press("Enter")
    provider.open_chat()
    expect(provider.page.locator("[data-chat-log]")).to_contain_text("Can you see me?")

    codes = {page.ask("call.state.safetyCode") for page in pages.values()}
    assert len(codes) == 1
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", codes.pop())


def test_three_people_see_and_hear_each_other(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "couple")

    for role, page in pages.items():
        page.until_pictures_flow(*(other for other in pages if other != role))
        page.until_sound_flows(*(other for other in pages if other != role))


def test_the_other_sees_a_muted_microphone_and_a_closed_camera(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "devices")
    client, provider = pages["owner"], pages["provider"]
    provider.until_pictures_flow("owner")
    tile = provider.page.locator('[data-tiles] [data-role="owner"]')

    client.press("Microphone")
    expect(tile.locator('[data-mark="muted"]')).to_be_visible()
    client.press("Camera")
    expect(tile).to_have_attribute("data-video", "off")
    client.until("call.state.mine.stream.getVideoTracks().length === 0")

    client.press("Microphone")
    expect(tile.locator('[data-mark="muted"]')).to_be_hidden()
    client.press("Camera")
    expect(tile).to_have_attribute("data-video", "camera")
    provider.until_pictures_flow("owner")


def test_a_shared_screen_takes_the_place_of_the_camera_and_gives_it_back(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "screen")
    client, provider = pages["owner"], pages["provider"]
    provider.until_pictures_flow("owner")
    tile = provider.page.locator('[data-tiles] [data-role="owner"]')

    client.press("Share screen")

    expect(tile).to_have_attribute("data-video", "screen")
    expect(tile.locator('[data-mark="screen"]')).to_be_visible()
    client.until("call.media.tracks.video.contentHint === 'detail'")
    # The camera may be closed meanwhile: the screen is what is sent.
    client.press("Camera")
    provider.until("!call.state.people.owner.video && call.state.people.owner.screen")
    provider.until_pictures_flow("owner")

    # As by the browser's own "Stop sharing".
    client.ask("call.media.tracks.video.dispatchEvent(new Event('ended')), 0")

    expect(tile).to_have_attribute("data-video", "off")
    client.press("Camera")
    expect(tile).to_have_attribute("data-video", "camera")
    provider.until_pictures_flow("owner")


def test_a_floating_picture_goes_with_what_is_in_it(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "floating")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")
    client.press("More")
    button = client.call.get_by_role("button", name="Picture in picture")
    floats = "Boolean(document.pictureInPictureElement)"

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    client.until(floats)
    provider.press("Camera")

    client.until(f"!{floats}")
    expect(button).to_be_hidden()
    provider.press("Camera")
    client.until_pictures_flow("provider")
    button.click()
    client.until(floats)
    client.press("Leave")
    client.until(f"!{floats}")


def test_video_falls_to_sound_and_to_chat_and_returns(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "fallback")
    client, provider = pages["owner"], pages["provider"]
    client.until_pictures_flow("provider")

    client.press("More")
    client.press("Continue with sound only")
    provider.until("call.state.level === 'audio' && !call.state.mine.video")
    client.until_sound_flows("provider")

    client.press("Continue with chat only")
    provider.until("call.state.level === 'chat' && call.peers.size === 0")

    client.press("More")
    client.press("Return to video")
    provider.until("call.state.level === 'video' && call.state.wants === 'video'")
    provider.until_pictures_flow("owner")
    # Nobody's camera is opened by somebody else.
    assert provider.ask("call.media.camera") is None


def test_a_sound_session_opens_no_camera(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "audio")

    pages["owner"].until_sound_flows("provider")
    pages["provider"].until_sound_flows("owner")

    for page in pages.values():
        assert page.ask("[call.media.microphone, call.media.camera].map(Boolean)") == [True, False]


def test_a_chat_session_needs_no_device(practice: Practice, open_page: OpenPage) -> None:
    pages = meet(practice, open_page, "chat")
    client, provider = pages["owner"], pages["provider"]

    client.page.get_by_label("Message", exact=True).fill("Hello")
    client.page.keyboard.press("Enter")

    expect(provider.page.locator("[data-chat-log]")).to_contain_text("Hello")
    for page in pages.values():
        page.until("call.peers.size === 0 && call.state.mine.stream.getTracks().length === 0")

"""The live page itself: every screen on phone and desk, by day and by night; keyboard and words."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import (
    DESKTOP,
    PHONE,
    ColorScheme,
    OpenPage,
    assert_no_axe_findings,
    assert_nothing_overflows,
    watch_of,
)
from tests.live.call_page import ROOT, CallPage
from tests.live.conftest import Practice, meet

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

NARROW = ViewportSize(width=320, height=640)
LOOKS: list[tuple[ViewportSize, ColorScheme]] = [
    (PHONE, "light"),
    (DESKTOP, "dark"),
    (NARROW, "dark"),
    (DESKTOP, "light"),
]
REFUSES = "navigator.mediaDevices.getUserMedia = async () => {throw new DOMException('', '%s');};"


def look(page: Page) -> None:
    """Nothing is inaccessible and nothing sticks out, in any of the looks."""
    for viewport, color_scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        assert_nothing_overflows(page)
        assert_no_axe_findings(page)
    page.set_viewport_size(DESKTOP)


def reads(page: Page, words: str) -> None:
    """A screen reader is told this."""
    expect(page.locator("[data-announce]")).to_contain_text(words)


def test_every_screen_of_a_video_session_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.page(open_page, "look", "owner").open()
    provider = practice.page(open_page, "look", "provider").open()
    expect(client.page.get_by_text("Ready: camera")).to_be_visible()
    client.page.get_by_text("Choose devices").first.click()
    look(client.page)

    provider.join()
    look(provider.page)
    client.join()
    expect(client.page.get_by_role("heading", name="You will be let in soon")).to_be_focused()
    expect(client.page.get_by_text("If nobody lets you in by")).to_be_visible()
    look(client.page)
    expect(provider.page.locator("[data-waiting-list]")).to_contain_text(
        "Cora-look Client is waiting"
    )
    look(provider.page)

    provider.let_in("Cora-look Client")
    client.until("call.state.mine.state === 'here'")
    client.until_pictures_flow("provider")
    look(client.page)
    for panel in ("Chat", "More"):
        client.press(panel)
        look(client.page)

    client.press("Leave")
    expect(client.page.get_by_role("heading", name="You left the session")).to_be_focused()
    look(client.page)


@pytest.mark.parametrize("name", ["look_audio", "look_chat"])
def test_every_screen_of_a_session_without_picture_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage, name: str
) -> None:
    client = practice.page(open_page, name, "owner").open()
    look(client.page)

    client.join()
    look(client.page)
    provider = practice.page(open_page, name, "provider").open().join()
    provider.let_in(f"Cora-{name.replace('_', '-')} Client")
    client.until("call.state.mine.state === 'here'")

    look(client.page)
    client.press("More")
    look(client.page)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("NotAllowedError", "This page may not use your camera and microphone."),
        ("NotFoundError", "We found no camera or no microphone."),
        ("NotReadableError", "Another program is using your camera or microphone."),
    ],
)
def test_a_device_that_does_not_open_is_explained_and_chat_is_offered(
    practice: Practice, open_page: OpenPage, reason: str, words: str
) -> None:
    client = practice.page(open_page, "look", "partner")
    client.page.add_init_script(REFUSES % reason)
    client.page.goto(f"/live/{client.code}/")

    expect(client.page.get_by_text(words).first).to_be_visible()
    expect(client.page.get_by_role("button", name="Try again")).to_be_visible()
    look(client.page)

    client.page.get_by_role("button", name="Join with chat only").click()
    expect(client.page.locator(ROOT)).to_have_attribute("data-screen", "waiting")
    client.page.locator("[data-leave]:visible").click()


def test_the_call_is_led_by_the_keyboard_and_told_to_screen_readers(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "keys")
    client, provider = pages["owner"].page, pages["provider"].page
    pages["owner"].until_pictures_flow("provider")

    client.keyboard.press("Alt+m")
    reads(client, "Your microphone is off.")
    reads(provider, "Cora-keys Client turned the microphone off.")
    client.keyboard.press("Alt+v")
    reads(provider, "Cora-keys Client turned the camera off.")

    client.keyboard.press("Alt+c")
    client.get_by_label("Message", exact=True).fill("<b>Hello</b>")
    client.keyboard.press("Shift+Enter")
    client.keyboard.type("there")
    client.keyboard.press("Enter")
    expect(client.locator("[data-text]")).to_have_text("<b>Hello</b>\nthere")
    reads(provider, "Message from Cora-keys Client")
    expect(provider.locator("[data-unread]")).to_have_text("1 new")
    client.keyboard.press("Escape")
    expect(client.get_by_role("button", name="Chat")).to_be_focused()

    client.get_by_role("button", name="More").click()
    client.get_by_label("Use shortcuts").uncheck()
    client.keyboard.press("Escape")
    client.keyboard.press("Alt+m")
    expect(client.locator('[data-part="call"] [data-toggle="audio"]')).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_message_that_is_refused_can_be_sent_again(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "retry")
    client: CallPage = pages["owner"]
    client.open_chat()
    client.page.evaluate(
        f"""() => {{
          const call = document.querySelector("{ROOT}").call, say = call.say.bind(call);
          call.say = async () => {{ call.say = say; throw new Error("Too many."); }};
        }}"""
    )

    client.page.get_by_label("Message", exact=True).fill("Are you there?")
    client.page.keyboard.press("Enter")
    expect(client.page.get_by_text("Not sent. Too many.")).to_be_visible()
    client.page.get_by_role("button", name="Try again").click()

    expect(client.page.get_by_text("Not sent.")).to_be_hidden()
    pages["provider"].open_chat()
    expect(pages["provider"].page.locator("[data-text]")).to_have_text("Are you there?")


SLOW_DEVICES = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await new Promise((go) => setTimeout(go, 1500));
    return open(wanted);
  };
"""


def test_joining_before_the_camera_is_ready_counts(practice: Practice, open_page: OpenPage) -> None:
    client = practice.page(open_page, "slow", "owner")
    client.page.add_init_script(SLOW_DEVICES)
    client.page.goto(f"/live/{practice.meetings['slow'].code}/")
    join = client.page.locator("[data-join]")
    client.until("call.state.signalling === 'open'")
    assert client.ask("call.media.microphone === null")

    join.click()

    expect(join).to_have_attribute("aria-disabled", "true")
    client.until(
        "call.state.mine.state === 'waiting' && call.media.microphone && call.media.camera"
    )


def test_a_person_on_another_device_is_told_before_joining(
    practice: Practice, open_page: OpenPage
) -> None:
    practice.page(open_page, "elsewhere", "provider").open().join()
    second = practice.page(open_page, "elsewhere", "provider").open()

    expect(second.page.get_by_text("You are in this session on another device.")).to_be_visible()
    expect(second.page.locator("[data-join]")).to_have_text("Continue here")
    look(second.page)


def test_a_copied_tab_does_not_take_over_without_a_word(
    practice: Practice, open_page: OpenPage
) -> None:
    first = practice.page(open_page, "slow", "provider").open().join()
    with first.page.expect_popup() as copying:
        # The browser copies the tab's storage, as it does when a person duplicates the tab.
        first.page.evaluate("window.open(location.href), 0")
    copy = copying.value

    expect(copy.get_by_text("You are in this session on another device.")).to_be_visible()
    assert first.screen() == "call"


def test_a_microphone_that_does_not_start_in_the_call_is_explained_there(
    practice: Practice, open_page: OpenPage
) -> None:
    provider = practice.page(open_page, "relay", "provider")
    provider.page.add_init_script(REFUSES % "NotAllowedError")
    provider.page.goto(f"/live/{provider.code}/")
    provider.page.get_by_role("button", name="Join with chat only").click()
    expect(provider.page.locator(ROOT)).to_have_attribute("data-screen", "call")

    provider.press("Microphone")
    expect(provider.page.get_by_text("The microphone did not start.")).to_be_visible()
    provider.press("More")

    expect(
        provider.call.get_by_text("This page may not use your camera and microphone.")
    ).to_be_visible()
    look(provider.page)


def test_a_phone_that_reconnects_keeps_the_name_and_the_crisis_link_readable(
    practice: Practice, open_page: OpenPage
) -> None:
    provider = practice.page(open_page, "retry", "provider", viewport=PHONE).open().join()
    bar = provider.call.locator(".live-call__bar")
    name, crisis, lost = (
        bar.locator(part) for part in ("[data-screen-title]", ".footer__crisis", "[data-lost]")
    )
    before = [name.bounding_box(), crisis.bounding_box()]

    lost.evaluate("element => { element.hidden = false; }")

    expect(lost).to_be_visible()
    after = [name.bounding_box(), crisis.bounding_box()]
    sizes = [[box["width"], box["height"]] for box in after if box]
    assert sizes == [[box["width"], box["height"]] for box in before if box]


def test_a_call_that_falls_to_chat_shows_the_chat_on_a_phone(
    practice: Practice, open_page: OpenPage
) -> None:
    provider = practice.page(open_page, "retry", "provider", viewport=PHONE).open().join()

    provider.press("More")
    provider.press("Continue with chat only")

    expect(provider.page.get_by_label("Message", exact=True)).to_be_focused()
    expect(provider.call.locator('[data-panel-name="more"]')).to_be_hidden()
    provider.press("More")
    provider.press("Return to video")
    provider.until("call.state.level === 'video'")


@pytest.mark.parametrize(("language", "pattern"), [("en", "%-I:%M\u202f%p"), ("es", "%H:%M")])
def test_times_are_written_as_on_every_other_page(
    practice: Practice, open_page: OpenPage, language: str, pattern: str
) -> None:
    provider = practice.page(open_page, "hours", "provider")
    # Somewhere it is early in the morning, where the two ways of writing an hour differ.
    west = (dt.datetime.now(dt.UTC).hour - 3) % 24
    zone = f"Etc/GMT{west if west <= 12 else west - 24:+d}"
    address = practice.meetings["hours"].addresses["provider"]
    practice.server.database.change(
        f"UPDATE people_person SET language = '{language}', time_zone = '{zone}'"
        f" WHERE email = '{address}'"
    )

    provider.open().join()

    starts_at = dt.datetime.fromisoformat(provider.ask("call.state.session.starts_at"))
    marked_from = (starts_at + dt.timedelta(minutes=10)).astimezone(ZoneInfo(zone))
    expect(provider.call.locator("[data-missed-after]")).to_contain_text(
        f" {marked_from.strftime(pattern)}"
    )


def test_who_is_left_alone_is_told_that_the_other_may_come_back(
    practice: Practice, open_page: OpenPage
) -> None:
    pages = meet(practice, open_page, "alone")
    alone = pages["provider"].call.locator("[data-nobody]")

    pages["owner"].press("Leave")

    expect(alone).to_contain_text("Nobody else is here now. You can stay")
    expect(alone).to_contain_text("Cora-alone Client has left")
    # Whoever was met has not missed it.
    expect(alone.locator("[data-missed-after]")).to_be_hidden()
    pages["provider"].press("Leave")
    expect(pages["provider"].page.get_by_role("link", name="Who was there")).to_be_visible()
    expect(pages["owner"].page.get_by_role("link", name="Who was there")).to_be_hidden()


def test_a_provider_nobody_joins_is_told_when_the_session_counts_as_missed(
    practice: Practice, open_page: OpenPage
) -> None:
    provider = practice.page(open_page, "signalling", "provider").open().join()

    expect(provider.call.locator("[data-missed-after]")).to_contain_text(
        "you can mark the session as missed"
    )


def test_a_chat_session_offers_nothing_that_it_has_not(
    practice: Practice, open_page: OpenPage
) -> None:
    provider = practice.page(open_page, "look_chat", "provider").open().join()
    field = provider.page.get_by_label("Message", exact=True)

    provider.page.keyboard.press("Alt+c")
    expect(field).to_be_focused()

    provider.press("More")
    kinds = provider.call.locator("#problem-kind option")
    assert kinds.all_inner_texts() == ["The connection", "Something else"]
    provider.press("Leave")
    expect(provider.page.get_by_role("heading", name="You left the session")).to_be_visible()
    expect(provider.page.locator('[data-part="left"]')).not_to_contain_text("icrophone")


COUNTS_SOUNDS = """
  window.sounds = 0;
  const start = AudioContext.prototype.createGain;
  AudioContext.prototype.createGain = function () { window.sounds += 1; return start.call(this); };
"""


def test_the_test_sound_plays_once_at_a_time_and_says_what_should_be_heard(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.page(open_page, "slow", "owner")
    client.page.add_init_script(COUNTS_SOUNDS)
    client.open()
    ready = client.page.locator('[data-part="ready"]')
    ready.get_by_text("Choose devices").click()

    for _ in range(3):
        ready.get_by_role("button", name="Play a test sound").click()

    expect(ready.get_by_text("You should hear three soft tones now.")).to_be_visible()
    expect(ready.get_by_text("Did you hear three soft tones?")).to_be_visible()
    assert client.page.evaluate("window.sounds") == 1


def test_a_live_room_whose_scripts_do_not_arrive_says_so_and_offers_to_load_again(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.page(open_page, "elsewhere", "owner")
    watch_of(client.page).allow("ERR_FAILED|Failed to fetch dynamically imported module")
    client.page.route("**/live_session*.js", lambda route: route.abort())

    client.page.goto(f"/live/{client.code}/")

    late = client.page.get_by_text("The live room takes longer than usual to open.")
    expect(late).to_be_hidden()
    expect(late).to_be_visible(timeout=10_000)
    look(client.page)
    client.page.unroute("**/live_session*.js")
    client.page.get_by_role("link", name="Load again").click()
    expect(client.page.locator("[data-join]")).to_be_visible()
    expect(late).to_be_hidden()


def test_without_scripts_the_page_says_so_and_leads_to_the_room(
    practice: Practice, open_page: OpenPage
) -> None:
    client = practice.page(open_page, "elsewhere", "owner", javascript=False)
    client.page.goto(f"/live/{client.code}/")

    # Playwright's words and roles pass <noscript> by.
    notice = client.page.locator("noscript .notice")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("The live room needs JavaScript")
    notice.locator("a").click()
    expect(client.page).to_have_url(
        f"{practice.server.address}/rooms/{practice.meetings['elsewhere'].room}/"
    )

"""Every page of the product, as each role sees it: on phone and desk, by day and by night."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser import (
    DESKTOP,
    PHONE,
    ColorScheme,
    OpenPage,
    assert_console_is_clean,
    watch_of,
)
from tests.e2e.practice import Practice, look_closely

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

Look = tuple[ViewportSize, ColorScheme]

# Both screens and both lights; the frame of all pages is seen in each pair of them.
LOOKS: list[Look] = [(PHONE, "light"), (DESKTOP, "dark")]
EVERY_LOOK: list[Look] = [*LOOKS, (PHONE, "dark"), (DESKTOP, "light")]

CLIENT = [
    "/schedule/",
    "/schedule/new/",
    "/schedule/new/?go=1",
    "/schedule/new/{rooms[room]}/",
    "/schedule/new/{rooms[room]}/?go=1",
    "/schedule/new/{rooms[room]}/time/?modality=video&length=45",
    "/schedule/review/{holds[new]}/",
    "/schedule/move/{holds[move]}/",
    "/schedule/{sessions[requested]}/",
    "/schedule/{sessions[confirmed]}/",
    "/schedule/{sessions[cancelled]}/",
    "/schedule/{sessions[past]}/",
    "/schedule/{sessions[confirmed]}/reschedule/",
    "/schedule/{sessions[confirmed]}/cancel/",
    "/schedule/{sessions[soon]}/cancel/",
    "/live/{sessions[confirmed]}/",
    "/live/{sessions[requested]}/",
    "/live/{sessions[cancelled]}/",
    "/live/{sessions[past]}/",
    "/live/{sessions[past]}/attendance/",
    "/rooms/",
    "/rooms/search/?q=the",
    "/rooms/{rooms[room]}/",
    "/rooms/{rooms[couples_room]}/",
    "/schedule/offline/",
    "/you/",
    "/you/devices/",
]
# Signing in safely is everybody's: looked at once, as the client.
ACCOUNT = [
    "/account/password/set/",
    "/account/logout/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
]
PARTNER = [
    "/schedule/",
    "/schedule/new/",
    "/schedule/{sessions[couples]}/",
    "/rooms/",
    "/rooms/{rooms[couples_room]}/",
]
PROVIDER = [
    "/schedule/",
    "/schedule/requests/",
    "/schedule/requests/{sessions[requested]}/",
    "/schedule/requests/{sessions[confirmed]}/",
    "/schedule/{sessions[requested]}/",
    "/schedule/{sessions[confirmed]}/cancel/",
    "/hours/",
    "/rooms/",
    "/rooms/{rooms[room]}/",
    "/you/",
]
STAFF = ["/schedule/", "/rooms/", "/staff/outbox/", "/you/"]
SPANISH = [
    "/schedule/",
    "/schedule/new/",
    "/schedule/new/{rooms[spanish]}/time/?modality=video&length=45",
    "/schedule/review/{holds[spanish]}/",
    "/schedule/{sessions[spanish]}/",
    "/rooms/{rooms[spanish]}/",
    "/schedule/offline/",
    "/you/",
    "/you/devices/",
]
NOBODY = [
    "/account/login/",
    "/account/login/code/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/inactive/",
    "/you/enter/some-token/",
    "/crisis/",
    "/offline/",
]


def look_at_all(page: Page, practice: Practice, paths: Sequence[str]) -> None:
    """Each page in every look; each finding of all pages is reported, not the first only."""
    world = practice.world
    found = []
    for number, path in enumerate(paths):
        where = path.format(rooms=world.rooms, sessions=world.sessions, holds=world.holds)
        page.set_viewport_size(PHONE)
        answer = page.goto(where)
        assert answer
        expected = 422 if path.endswith("?go=1") else 200
        if answer.status != expected:
            found.append(f"{path} answers {answer.status}")
        elif urlsplit(page.url).path != urlsplit(where).path:
            found.append(f"{path} leads to {page.url}")
        found += look(page, LOOKS if number else EVERY_LOOK)
    assert not found, "\n\n".join(dict.fromkeys(found))
    assert_console_is_clean(page)


def look(page: Page, looks: Sequence[Look] = LOOKS) -> list[str]:
    """What is wrong with the page as it stands, in any of these looks."""
    found = []
    for viewport, color_scheme in looks:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        try:
            look_closely(page)
        except AssertionError as finding:
            found.append(f"{color_scheme}, {viewport['width']} px: {finding}")
    return found


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("client", CLIENT),
        ("client", ACCOUNT),
        ("partner", PARTNER),
        ("provider", PROVIDER),
        ("staff", STAFF),
        ("spanish", SPANISH),
    ],
    ids=["client", "account", "partner", "provider", "staff", "spanish"],
)
def test_every_page_of_a_role_is_accessible_and_fits_by_day_and_by_night(
    practice: Practice, open_page: OpenPage, who: str, paths: list[str]
) -> None:
    page = practice.open_as(open_page, who)
    # Forms that come back with what is wrong answer 422 on purpose.
    watch_of(page).allow(r"status of 422")

    look_at_all(page, practice, paths)


def test_every_page_before_signing_in_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage
) -> None:
    look_at_all(open_page(practice.address), practice, NOBODY)


def test_letter_in_the_outbox_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "staff")
    page.goto("/staff/outbox/")
    page.locator("main a[href^='/staff/outbox/']").first.click()
    page.wait_for_url(re.compile(r"/staff/outbox/\d+/"))

    assert look(page) == []


def test_missing_page_is_accessible_and_fits(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "client")
    watch_of(page).allow(r"status of 404")

    answer = page.goto("/schedule/NO5UCHC0DE00/")

    assert answer
    assert answer.status == 404
    assert look(page) == []


def test_page_of_somebody_elses_session_is_the_same_as_a_missing_one(
    practice: Practice, open_page: OpenPage
) -> None:
    page = practice.open_as(open_page, "staff")
    watch_of(page).allow(r"status of 404")

    answer = page.goto(f"/schedule/{practice.world.sessions['confirmed']}/")

    assert answer
    assert answer.status == 404


def test_page_that_asks_for_the_mailed_code_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage
) -> None:
    page = open_page(practice.address)
    page.goto("/account/login/")
    page.get_by_label("E-mail address").first.fill("cora@example.org")
    page.get_by_role("button", name="Mail me a sign-in code").click()
    page.wait_for_url("**/account/login/code/confirm/")

    assert look(page) == []

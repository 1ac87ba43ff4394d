"""Every page of the product, as each role sees it: on phone and desk, by day and by night."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, ViewportSize, expect

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
    "/rooms/couples/new/",
    "/rooms/{rooms[couples_room]}/members/",
    "/rooms/{rooms[couples_room]}/members/remove/",
    "/schedule/new/{rooms[room]}/share/",
    "/schedule/times/{exchanges[wished]}/",
    "/schedule/times/{exchanges[offered]}/",
    "/plan/",
    "/plan/{rooms[room]}/",
    "/news/",
    "/news/settings/",
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
    "/rooms/{rooms[couples_room]}/members/",
    "/rooms/{rooms[couples_room]}/leave/",
    "/schedule/new/{rooms[couples_room]}/share/",
    "/schedule/times/{exchanges[wished]}/",
    "/news/settings/",
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
    "/rooms/{rooms[couples_room]}/members/",
    "/schedule/offer/{rooms[room]}/",
    "/schedule/offer/{rooms[couples_room]}/",
    "/news/",
    "/news/settings/",
    "/you/",
]
STAFF = [
    "/schedule/",
    "/rooms/",
    "/staff/",
    "/staff/?q=zzz",
    "/staff/rooms/{rooms[couples_room]}/",
    "/staff/rooms/{rooms[room]}/credits/",
    "/staff/sessions/{sessions[past]}/",
    "/staff/sessions/{sessions[couples]}/?as=partner",
    "/staff/sessions/{sessions[soon]}/cancel/",
    "/staff/outbox/",
    "/staff/disputes/",
    "/staff/problems/",
    "/staff/requests/?state=closed",
    "/staff/health/",
    "/you/",
]
# Codes of people are their numbers: the first person is there in every database.
ADMIN = [
    "/practice/",
    "/practice/settings/",
    "/practice/plans/",
    "/practice/plans/new/",
    "/practice/plans/sold/",
    "/practice/credits/",
    "/practice/texts/",
    "/practice/reasons/",
    "/practice/people/",
    "/practice/people/add/",
    "/practice/people/1/",
    "/practice/people/1/roles/",
    "/practice/people/1/deactivate/",
    "/practice/people/1/delete/",
    "/practice/people/1/room/",
    "/practice/rooms/{rooms[room]}/",
    "/practice/rooms/{rooms[room]}/close/",
    "/practice/deletions/",
    "/practice/data/",
    "/practice/data/preview/",
    "/practice/start/provider/",
    "/practice/start/plan/",
    "/practice/start/client/",
    "/practice/start/ready/",
    "/you/data/",
]
SPANISH = [
    "/schedule/",
    "/schedule/new/",
    "/schedule/new/{rooms[spanish]}/time/?modality=video&length=45",
    "/schedule/review/{holds[spanish]}/",
    "/schedule/{sessions[spanish]}/",
    "/plan/",
    "/plan/{rooms[spanish]}/",
    "/rooms/",
    "/rooms/search/?q=nada",
    "/rooms/{rooms[spanish]}/",
    "/rooms/{rooms[spanish_couple]}/",
    "/rooms/couples/new/",
    "/rooms/{rooms[spanish_couple]}/members/",
    "/rooms/{rooms[spanish_couple]}/members/remove/",
    "/schedule/new/{rooms[spanish_couple]}/share/",
    "/schedule/times/{exchanges[spanish_wished]}/",
    "/schedule/times/{exchanges[spanish_offered]}/",
    "/live/{sessions[spanish]}/",
    "/news/",
    "/news/settings/",
    "/schedule/offline/",
    "/you/",
    "/you/devices/",
]
SPANISH_PARTNER = [
    "/rooms/{rooms[spanish_couple]}/",
    "/rooms/{rooms[spanish_couple]}/members/",
    "/rooms/{rooms[spanish_couple]}/leave/",
    "/schedule/new/{rooms[spanish_couple]}/share/",
    "/schedule/times/{exchanges[spanish_wished]}/",
]
SPANISH_PROVIDER = [
    "/schedule/",
    "/schedule/requests/",
    "/hours/",
    "/rooms/{rooms[spanish_couple]}/members/",
    "/schedule/offer/{rooms[spanish_couple]}/",
    "/news/settings/",
]
# Doors that are closed to the partner of a couples room, and how they answer.
REFUSALS = {
    "/schedule/{sessions[couples]}/reschedule/": 403,
    "/schedule/{sessions[couples]}/cancel/": 403,
    "/rooms/{rooms[couples_room]}/members/remove/": 403,
    "/rooms/{rooms[room]}/": 404,
    "/rooms/invitations/a-link-that-was-withdrawn/": 410,
}
NOBODY = [
    "/account/login/",
    "/account/login/code/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/inactive/",
    "/you/enter/some-token/",
    "/you/welcome/some-token/",
    "/crisis/",
    "/offline/",
]


def address(practice: Practice, path: str) -> str:
    """The path with the codes of this world in it."""
    world = practice.world
    return path.format(
        rooms=world.rooms, sessions=world.sessions, holds=world.holds, exchanges=world.exchanges
    )


def look_at_all(page: Page, practice: Practice, paths: Sequence[str]) -> None:
    """Each page in every look; each finding of all pages is reported, not the first only."""
    found = []
    for number, path in enumerate(paths):
        where = address(practice, path)
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
        ("admin", ADMIN),
        ("spanish", SPANISH),
        ("spanish_partner", SPANISH_PARTNER),
        ("spanish_provider", SPANISH_PROVIDER),
    ],
    ids=[
        "client",
        "account",
        "partner",
        "provider",
        "staff",
        "admin",
        "spanish",
        "spanish_partner",
        "spanish_provider",
    ],
)
def test_every_page_of_a_role_is_accessible_and_fits_by_day_and_by_night(
    practice: Practice, open_page: OpenPage, who: str, paths: list[str]
) -> None:
    page = practice.open_as(open_page, who)
    # Forms that come back with what is wrong answer 422 on purpose.
    watch_of(page).allow(r"status of 422")

    look_at_all(page, practice, paths)


@pytest.mark.parametrize("locale", ["en-US", "es-ES"])
def test_every_page_before_signing_in_is_accessible_and_fits(
    practice: Practice, open_page: OpenPage, locale: str
) -> None:
    page = open_page(practice.address, locale=locale)

    look_at_all(page, practice, NOBODY)

    page.goto("/account/login/")
    assert page.locator("html").get_attribute("lang") == locale[:2]


def test_every_refusal_says_so_accessibly_and_fits(practice: Practice, open_page: OpenPage) -> None:
    page = practice.open_as(open_page, "partner")
    watch_of(page).allow(r"status of 4\d\d")
    found = []
    for path, status in REFUSALS.items():
        page.set_viewport_size(PHONE)
        answer = page.goto(address(practice, path))
        assert answer
        if answer.status != status:
            found.append(f"{path} answers {answer.status}")
        found += look(page)
    assert not found, "\n\n".join(found)


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
    page.get_by_role("textbox").fill("WRONG-CODE")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("code").first).to_be_visible()
    assert look(page) == []

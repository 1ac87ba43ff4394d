"""A couples room from its opening to its end, with two and three people in their browsers."""

import re
import time
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESKTOP, PHONE, OpenPage, watch_of
from tests.e2e.practice import MAIL_SECONDS, Practice, look_closely
from tests.e2e.world import ZONE

pytestmark = pytest.mark.browser

SOON = 8_000
NEW = "nika@example.org"
BACK = "bruno@example.org"


def look_around(page: Page) -> None:
    """The page as it stands, on both screens and in both lights."""
    for viewport in (PHONE, DESKTOP):
        for scheme in ("light", "dark"):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            look_closely(page)
    page.emulate_media(color_scheme="light")


def letter(practice: Practice, address: str, subject: str, *, number: int = 1) -> EmailMessage:
    """The ``number``-th mail to this address with this subject; waits for it."""
    deadline = time.monotonic() + MAIL_SECONDS
    found: list[EmailMessage] = []
    while time.monotonic() < deadline:
        found = [one for one in practice.mailbox.to(address) if subject in one["Subject"]]
        if len(found) >= number:
            return found[number - 1]
        time.sleep(0.05)
    subjects = [one["Subject"] for one in practice.mailbox.to(address)]
    raise AssertionError(f"no {subject!r} number {number} for {address}: {subjects}")


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(message: EmailMessage) -> str:
    """The path of the invitation that the letter leads to."""
    found = re.search(r"/rooms/invitations/[\w-]+/", text_of(message))
    assert found
    return found[0]


def come_in(practice: Practice, page: Page, address: str) -> None:
    """From the door of an invitation through the mailed code, back to the invitation."""
    seen = len([one for one in practice.mailbox.to(address) if "Code" in one["Subject"]])
    page.get_by_role("button", name="Mail me a sign-in code").click()
    page.wait_for_url("**/account/login/code/confirm/**")
    message = letter(practice, address, "Code", number=seen + 1)
    code = re.search(r"^[A-Z0-9]{3,}(-[A-Z0-9]{3,})?$", text_of(message), re.MULTILINE)
    assert code, repr(text_of(message))
    page.get_by_role("textbox").fill(code[0])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/rooms/invitations/*/")


def test_three_people_come_together_and_one_leaves(practice: Practice, open_page: OpenPage) -> None:
    owner = practice.open_as(open_page, "founder")
    owner.goto("/rooms/")
    owner.get_by_role("link", name="Start a couples room").click()
    look_around(owner)
    owner.get_by_label("Your partner's e-mail address").fill("nobody")
    watch_of(owner).allow("422")
    owner.get_by_role("button", name="Open the room and send the invitation").click()
    expect(owner.get_by_label("Your partner's e-mail address")).to_have_value("nobody")
    look_around(owner)
    owner.get_by_label("Your partner's e-mail address").fill(NEW)
    owner.get_by_role("button", name="Open the room and send the invitation").click()
    owner.wait_for_url(re.compile(r"/rooms/[^/]+/members/"))
    expect(owner.get_by_text("Waiting for an answer until")).to_be_visible()
    look_around(owner)
    owner.get_by_role("link", name="Back to the room").click()
    owner.wait_for_url(re.compile(r"/rooms/[^/]+/#newest"))
    room = re.search(r"/rooms/([^/]+)/", owner.url)[1]  # type: ignore[index]  # waited for above
    expect(owner.get_by_text("A partner was invited to this room")).to_be_visible(timeout=SOON)

    partner = open_page(practice.address, viewport=PHONE, time_zone=ZONE)
    invitation = link_in(letter(practice, NEW, "You have an invitation"))
    partner.goto(invitation)
    look_around(partner)
    come_in(practice, partner, NEW)
    look_around(partner)
    expect(partner.get_by_role("heading", name="Fay Founder invites you")).to_be_visible()
    partner.get_by_label("Your name").fill("Nika Newcomer")
    partner.get_by_label("Your time zone").select_option("America/Lima")
    partner.get_by_role("button", name="Join the room").dblclick()
    partner.wait_for_url(re.compile(rf"/rooms/{room}/"))

    joined = owner.get_by_text("Nika Newcomer joined this room")
    expect(joined).to_have_count(1, timeout=SOON)
    provider = practice.open_as(open_page, "second")
    provider.goto(f"/rooms/{room}/")
    partner.get_by_label("Your message").fill("Here I am.")
    partner.get_by_role("button", name="Send").click()
    for page in (owner, provider):
        expect(page.locator(".message__text", has_text="Here I am.")).to_be_visible(timeout=SOON)
    for page in (owner, provider, partner):
        look_around(page)
        page.goto(f"/rooms/{room}/members/")
        look_around(page)
    assert not practice.server.database.rows(
        f"SELECT 1 FROM people_person WHERE email = '{NEW}' AND name <> 'Nika Newcomer'"
    )

    owner.goto(f"/rooms/{room}/")
    partner.get_by_role("link", name="Leave the room …").click()
    look_around(partner)
    partner.get_by_role("button", name="Leave the room").click()
    partner.wait_for_url("**/rooms/")
    expect(partner.get_by_text("You have left the room.")).to_be_visible()
    expect(owner.get_by_text("Nika Newcomer left this room")).to_be_visible(timeout=SOON)
    watch_of(partner).allow("404|410")
    partner.goto(f"/rooms/{room}/")
    expect(partner.get_by_role("heading")).not_to_contain_text("Fay")
    partner.goto(invitation)
    expect(partner.get_by_text("This invitation cannot be used here.")).to_be_visible()
    look_around(partner)


def test_sessions_reach_the_newcomers_calendar_and_leave_it_again(
    practice: Practice, open_page: OpenPage
) -> None:
    room, session = practice.world.rooms["rejoined"], practice.world.sessions["rejoined"]
    uid = f"{session.lower()}@alcove"
    owner = practice.open_as(open_page, "reunited")
    owner.goto(f"/rooms/{room}/members/")
    owner.get_by_label("Your partner's e-mail address").fill(" BRUNO@Example.org ")
    owner.get_by_role("button", name="Send the invitation").click()
    expect(owner.get_by_text(BACK)).to_be_visible()
    first = link_in(letter(practice, BACK, "You have an invitation"))
    owner.get_by_role("button", name="Send it again").click()
    second = link_in(letter(practice, BACK, "You have an invitation", number=2))

    partner = open_page(practice.address, viewport=PHONE, time_zone=ZONE, javascript=False)
    watch_of(partner).allow("410|404")
    partner.goto(first)
    expect(partner.get_by_text("This invitation cannot be used here.")).to_be_visible()
    partner.goto(second)
    come_in(practice, partner, BACK)
    partner.get_by_role("button", name="Join the room").click()
    partner.wait_for_url(re.compile(rf"/rooms/{room}/"))
    practice.invitation(BACK, "REQUEST", uid)
    partner.goto("/schedule/")
    expect(partner.locator(f'a[href="/schedule/{session}/"]').first).to_be_visible()
    for path in (f"/schedule/{session}/reschedule/", f"/schedule/{session}/cancel/"):
        refused = partner.goto(path)
        assert refused
        assert refused.status == 403
    watch_of(partner).allow("403")

    owner.goto(f"/rooms/{room}/members/")
    owner.get_by_role("link", name="Take out of the room …").click()
    look_around(owner)
    owner.get_by_role("button", name="Take out of the room").click()
    expect(owner.get_by_text("Your partner is no longer in this room.")).to_be_visible()

    practice.invitation(BACK, "CANCEL", uid)
    gone = partner.goto(f"/schedule/{session}/")
    assert gone
    assert gone.status == 404
    assert practice.sessions_of(room) == ["confirmed"]
    owner.get_by_label("Your partner's e-mail address").fill(BACK)
    owner.get_by_role("button", name="Send the invitation").click()
    third = link_in(letter(practice, BACK, "You have an invitation", number=3))
    partner.goto(third)
    partner.get_by_role("button", name="Join the room").click()
    practice.invitation(BACK, "REQUEST", uid, number=2)

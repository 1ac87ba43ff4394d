"""The support desk in the browser: a client calls, staff help, an admin waives, all is on record."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, ColorScheme, OpenPage, watch_of
from tests.e2e.practice import Practice, look_closely

pytestmark = pytest.mark.browser

LOOKS: list[tuple[ViewportSize, ColorScheme]] = [(PHONE, "dark"), (DESKTOP, "light")]
REASON = "Asked for it by phone"
WHY = "Why you do this for the client"


def look(page: Page) -> None:
    """No finding on a phone by night nor on a desk by day."""
    for viewport, color_scheme in LOOKS:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion="reduce")
        look_closely(page)


def find_caller(page: Page) -> None:
    """From the desk's field to the client's page."""
    page.get_by_role("link", name="Support desk").first.click()
    look(page)
    page.get_by_role("searchbox", name="Find a person, a room or a session").fill("carla cal")
    page.get_by_role("button", name="Search").click()
    look(page)
    page.get_by_role("link", name="Carla Caller").click()
    expect(page.get_by_role("heading", name="Carla Caller", level=1)).to_be_visible()


def give_reason(page: Page, act: str) -> None:
    """The last page of an act: why, then the act."""
    look(page)
    page.get_by_label(WHY).fill(REASON)
    page.get_by_role("button", name=f"{act} for Carla Caller").click()


def history(page: Page) -> str:
    """What happened to the session, as its page tells."""
    return page.locator("ol.chronicle").first.inner_text()


def test_staff_book_move_and_cancel_for_a_client(practice: Practice, open_page: OpenPage) -> None:
    staff = practice.open_as(open_page, "staff")
    before = practice.balance(practice.world.rooms["calling"])
    find_caller(staff)
    look(staff)
    staff.get_by_role("link", name="Carla Caller · Oskar Other").click()
    look(staff)

    staff.get_by_role("link", name="Book for Carla Caller").click()
    look(staff)
    staff.get_by_role("group", name="Video").get_by_role("radio", name="30 minutes").check()
    staff.get_by_role("button", name="Continue").click()
    look(staff)
    staff.locator("button.slot").last.click()
    staff.wait_for_url(re.compile(r"/staff/holds/"))
    watch_of(staff).allow("422")
    staff.get_by_role("button", name="Book for Carla Caller").click()
    expect(staff.get_by_text("Please say why you do this for the client.").first).to_be_visible()
    give_reason(staff, "Book")
    staff.wait_for_url(re.compile(r"/staff/sessions/"))
    assert "The practice booked this live session for Carla Caller." in history(staff)
    look(staff)

    staff.get_by_role("link", name="Reschedule for Carla Caller").click()
    look(staff)
    staff.locator("button.slot").first.click()
    give_reason(staff, "Reschedule")
    staff.wait_for_url(re.compile(r"/staff/sessions/"))
    assert "The practice rescheduled it for Carla Caller." in history(staff)

    staff.get_by_role("link", name="Cancel for Carla Caller").click()
    expect(staff.get_by_text("This change is free for Carla Caller.")).to_be_visible()
    give_reason(staff, "Cancel")
    staff.wait_for_url(re.compile(r"/staff/sessions/"))
    staff.get_by_role("link", name="As Carla Caller reads it").click()
    assert "The practice cancelled it for you." in history(staff)
    look(staff)
    assert practice.balance(practice.world.rooms["calling"]) == before


def test_a_late_cancellation_is_refused_to_staff_and_waived_by_an_admin(
    practice: Practice, open_page: OpenPage
) -> None:
    address = f"{practice.address}/staff/sessions/{practice.world.sessions['calling']}/cancel/"
    before = practice.balance(practice.world.rooms["calling"])
    staff = practice.open_as(open_page, "staff")
    staff.goto(address)
    expect(staff.get_by_text("Staff cannot make a change that costs")).to_be_visible()
    assert staff.get_by_label(WHY).count() == 0
    look(staff)

    admin = practice.open_as(open_page, "admin")
    admin.goto(address)
    expect(
        admin.get_by_text("This change is late: it costs Carla Caller 1 session credit.")
    ).to_be_visible()
    admin.get_by_label("Waive what it costs: the client pays nothing").check()
    give_reason(admin, "Cancel")
    admin.wait_for_url(re.compile(r"/staff/sessions/[0-9A-Z]{12}/$"))

    assert "The practice waived what this late change costs." in history(admin)
    available, held = before
    assert practice.balance(practice.world.rooms["calling"]) == (available + 1, held - 1)
    admin.get_by_role("link", name="Support desk").first.click()
    admin.get_by_role("link", name="Audit log").click()
    look(admin)
    expect(admin.get_by_text("cost waived").first).to_be_visible()
    expect(admin.get_by_text("every one is as it was written")).to_be_visible()


def test_a_failed_message_is_sent_again_from_the_session(
    practice: Practice, open_page: OpenPage
) -> None:
    code = practice.world.sessions["spanish"]
    # Of other journeys' messages none has failed.
    practice.server.database.change(
        "UPDATE notifications_delivery SET state = 'dropped' WHERE state = 'failed'"
    )
    practice.server.database.change(
        "UPDATE notifications_delivery SET state = 'failed', last_error = '550 No such mailbox'"
        " WHERE id = (SELECT MAX(letter.id) FROM notifications_delivery letter"
        " JOIN core_event ON core_event.id = letter.event_id"
        f" WHERE core_event.subject = 'appointment:{code}')"
    )
    staff = practice.open_as(open_page, "staff")
    staff.goto(f"{practice.address}/staff/")
    expect(staff.get_by_text("1 has failed")).to_be_visible()
    staff.goto(f"{practice.address}/staff/health/")
    look(staff)
    staff.goto(f"{practice.address}/staff/sessions/{code}/")

    row = staff.get_by_role("row").filter(has_text="Failed")
    row.get_by_role("link").click()
    staff.get_by_role("button", name="Send again").click()

    expect(staff.get_by_text("The message will be sent again.")).to_be_visible()
    staff.goto(f"{practice.address}/staff/")
    expect(staff.get_by_text("1 has failed")).to_have_count(0)


def test_a_question_from_a_page_is_answered(practice: Practice, open_page: OpenPage) -> None:
    client = practice.open_as(open_page, "caller")
    room = practice.world.rooms["calling"]
    client.goto(f"{practice.address}/rooms/{room}/")
    client.get_by_role("link", name="Contact support").click()
    expect(client.get_by_text(f"Room {room}")).to_be_visible()
    look(client)
    client.get_by_label("What can we help you with?").fill("Where is my plan?")
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_text("It waits for an answer.")).to_be_visible()
    look(client)

    staff = practice.open_as(open_page, "staff")
    staff.goto(f"{practice.address}/staff/requests/")
    look(staff)
    staff.get_by_role("link", name="Where is my plan?").click()
    look(staff)
    staff.get_by_label("Answer").fill("At the top of your room.")
    staff.get_by_role("button", name="Send the answer").click()
    staff.wait_for_url("**/staff/requests/")

    client.reload()
    expect(client.get_by_text("At the top of your room.")).to_be_visible()

"""From an empty database to a first booked session by clicking, and by keyboard (issue 5)."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alcove.notifications.tests.mailbox import Mailbox, free_port, running
from tests.browser import DESKTOP, PHONE, OpenPage
from tests.concurrency.databases import own_database
from tests.concurrency.server import Server, serving
from tests.e2e.practice import MAIL_SECONDS, SendingDatabase, look_closely
from tests.e2e.world import ZONE

pytestmark = pytest.mark.browser

LINK = re.compile(r"https?://\S+?(/setup/\S+)")
FIVE_MINUTES = 300


@dataclass
class Empty:
    """A server on an empty database, and the post that leaves it."""

    server: Server
    mailbox: Mailbox

    def link(self) -> str:
        """The path of the link that the server has printed."""
        found = LINK.search((self.server.database.folder / "server.log").read_text())
        assert found
        return found[1]

    def letter(self, address: str, subject: str) -> EmailMessage:
        """The mail with this subject; waits for it."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for message in self.mailbox.to(address):
                if message["Subject"] == subject:
                    return message
            time.sleep(0.05)
        raise AssertionError([message["Subject"] for message in self.mailbox.to(address)])


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Empty]:
    """Set up as `alcove setup` leaves it, with nobody in it."""
    mailbox, port = Mailbox(), free_port()
    with running(mailbox, port), own_database("set_up") as url:
        database = SendingDatabase(tmp_path, url, mail_port=port)
        made = database.run("alcove.cli", "setup")
        assert made.returncode == 0, made.stderr
        assert LINK.search(made.stdout), made.stdout
        with serving(database) as server:
            yield Empty(server, mailbox)
            assert server.errors() == []
            checked = database.run("alcove.cli", "check")
            assert checked.returncode == 0, checked.stdout + checked.stderr


def type_into(page: Page, label: str, words: str) -> None:
    """Fill a field by its label, with the keyboard."""
    page.get_by_label(label, exact=False).first.focus()
    page.keyboard.type(words)


def press(page: Page, name: str) -> None:
    """Reach a button by keyboard and press it."""
    button = page.get_by_role("main").get_by_role("button", name=name)
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


def test_newcomer_comes_from_nothing_to_a_first_booked_session(
    empty: Empty, open_page: OpenPage
) -> None:
    began = time.monotonic()
    admin = open_page(empty.server.address, viewport=DESKTOP, time_zone=ZONE)

    # The link: the practice and its first admin, by keyboard.
    admin.goto(empty.link())
    look_closely(admin)
    expect(admin.get_by_label("Time zone of the practice")).to_have_value(ZONE)
    type_into(admin, "Name of the practice", "Harbour Practice")
    type_into(admin, "Your name", "Hanna Harbour")
    type_into(admin, "Your e-mail address", "hanna@example.org")
    press(admin, "Continue")

    # She sees clients herself, on every day, so that there is a time whatever day it is.
    admin.wait_for_url("**/practice/start/provider/")
    look_closely(admin)
    for day in ("Saturday", "Sunday"):
        box = admin.get_by_role("checkbox", name=day)
        box.focus()
        admin.keyboard.press("Space")
        expect(box).to_be_checked()
    press(admin, "Continue")

    admin.wait_for_url("**/practice/start/plan/")
    look_closely(admin)
    press(admin, "Continue")

    admin.wait_for_url("**/practice/start/client/")
    look_closely(admin)
    type_into(admin, "Name of the client", "Clara Client")
    type_into(admin, "E-mail address of the client", "clara@example.org")
    press(admin, "Invite the client")
    admin.wait_for_url("**/practice/start/ready/")
    look_closely(admin)

    # The client comes in by the mailed link, on a phone, and books.
    letter = empty.letter("clara@example.org", "You have an invitation")
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+(/you/welcome/\S+)", body.get_content())
    assert found
    client = open_page(empty.server.address, viewport=PHONE, time_zone=ZONE)
    client.goto(found[1])
    look_closely(client)
    client.get_by_role("button", name="Continue").click()
    client.wait_for_url("**/schedule/")
    client.get_by_role("link", name="Book or start a session").click()
    client.get_by_role("radio", name=re.compile("Hanna Harbour")).check()
    client.get_by_role("button", name="Continue").click()
    client.get_by_role("group", name="Video").get_by_role("radio", name="45 minutes").check()
    client.get_by_role("button", name="Continue").click()
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)
    if not client.locator(f'a.month__day[href*="day={tomorrow}"]').count():
        client.get_by_role("link", name="Next month").click()
    client.locator(f'a.month__day[href*="day={tomorrow}"]').click()
    client.locator("button.slot").first.click()
    client.get_by_role("button", name="Book session").click()
    client.wait_for_url(re.compile(r"/schedule/[0-9A-Z]{12}/$"))

    # The provider confirms.
    admin.get_by_role("navigation", name="Main").get_by_role(
        "link", name=re.compile("Requests")
    ).click()
    admin.get_by_role("listitem").filter(has_text="Clara Client").get_by_role("link").first.click()
    admin.get_by_role("button", name="Confirm").click()
    expect(admin.get_by_text("Confirmed. Everybody in the room is told.")).to_be_visible()
    empty.letter("clara@example.org", "Your session is confirmed! Mark your calendar.")
    assert time.monotonic() - began < FIVE_MINUTES

    # The link has done its work.
    assert admin.request.get(empty.link()).status == 410


def test_practice_with_people_offers_no_set_up(empty: Empty) -> None:
    loaded = empty.server.database.run("alcove.cli", "sample")
    assert loaded.returncode == 0, loaded.stderr

    again = empty.server.database.run("alcove.cli", "setup")
    asked = empty.server.database.run("alcove.cli", "setup-link")

    assert "/setup/" not in again.stdout
    assert "set ALCOVE_VAR to another folder" in again.stdout
    assert (asked.returncode, "/setup/" in asked.stdout + asked.stderr) == (1, False)

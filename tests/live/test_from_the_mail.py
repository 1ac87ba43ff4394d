"""A booked session, attended by both from the link in their mail, and what follows from it."""

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from alcove.notifications.tests.mailbox import Mailbox, free_port, running
from tests.browser import OpenPage
from tests.concurrency.server import serving
from tests.live.call_page import CallPage
from tests.live.conftest import MeetingDatabase, fill, meeting_database
from tests.live.world import ZONE

pytestmark = pytest.mark.browser

PATIENCE = 60


def text_of(mailbox: Mailbox, address: str, subject: str) -> str:
    """The plain text of the latest mail with this in its subject; waits for it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = [mail for mail in mailbox.to(address) if subject in str(mail["Subject"])]
        if found:
            body = found[-1].get_body(("plain",))
            assert body is not None
            return str(body.get_content())
        time.sleep(0.1)
    raise AssertionError(f"no mail “{subject}” to {address}: {mailbox.addresses()}")


def come_by_mail(page: Page, mailbox: Mailbox, address: str) -> None:
    """Follow the link of the confirmation, sign in with a mailed code, and stand at the door."""
    confirmation = text_of(mailbox, address, "Your session is confirmed!")
    link = re.search(r"https?://\S+/live/\S+", confirmation)
    assert link, confirmation
    page.goto(urlsplit(link[0]).path)
    page.get_by_label("E-mail address").first.fill(address)
    page.get_by_role("button", name="Mail me a sign-in code").click()
    code = re.search(
        r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", text_of(mailbox, address, "Code"), re.MULTILINE
    )
    assert code
    page.locator("input[name=code]").fill(code[1])
    page.locator("form button[type=submit]").first.click()
    page.wait_for_url(f"**{urlsplit(link[0]).path}")


def end_now(database: MeetingDatabase, code: str) -> None:
    """Move the whole session into the past, as if an hour had gone by: nobody waits for it here."""
    minutes = {"starts_at": 70, "ends_at": 11}
    for column, ago in minutes.items():
        shift = (
            f"now() - interval '{ago} minutes'"
            if database.url
            else f"strftime('%Y-%m-%d %H:%M:%S', 'now', '-{ago} minutes')"
        )
        database.change(f"UPDATE booking_appointment SET {column} = {shift} WHERE code = '{code}'")


def test_both_come_by_mail_and_the_session_completes(tmp_path: Path, open_page: OpenPage) -> None:
    mailbox, port = Mailbox(), free_port()
    with (
        running(mailbox, port),
        meeting_database(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as database,
    ):
        meeting = fill(database, "mail")["mail"]
        with serving(database) as server:
            pages = {}
            for role, address in meeting.addresses.items():
                page = open_page(server.address, time_zone=ZONE)
                come_by_mail(page, mailbox, address)
                pages[role] = CallPage(page, role, meeting.code).open().join()
            pages["provider"].page.locator('[data-admit="owner"]').click()
            pages["owner"].until_pictures_flow("provider")
            pages["provider"].until_pictures_flow("owner")

            end_now(database, meeting.code)

            expect(
                pages["owner"].page.get_by_role("heading", name="The session has ended")
            ).to_be_visible(timeout=PATIENCE * 1000)
            facts = pages["owner"].page
            facts.goto(f"/live/{meeting.code}/attendance/")
            expect(facts.get_by_text("Petra-mail Provider")).to_be_visible()
            expect(
                facts.get_by_text("Client and provider were there and reached each other.")
            ).to_be_visible()
            deadline = time.monotonic() + PATIENCE
            status = f"SELECT status FROM booking_appointment WHERE code = '{meeting.code}'"
            while database.value(status) != "completed" and time.monotonic() < deadline:
                time.sleep(0.2)

            assert database.value(status) == "completed"
            spent = "SELECT count(*) FROM billing_creditentry WHERE kind = 'spent'"
            assert database.value(f"{spent} AND cause = 'settle:{meeting.code}:1'") == 1

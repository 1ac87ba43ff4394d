"""The practice that the journeys lead through: its server, its database, its post, its pushes."""

import datetime as dt
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page

from alcove.notifications.tests.mailbox import Mailbox, free_port, running
from tests.browser import PHONE, OpenPage, assert_no_axe_findings, assert_nothing_overflows
from tests.concurrency.databases import Database, own_database
from tests.concurrency.server import Server, serving
from tests.e2e.world import ZONE, World
from tests.payment_service import PaymentService, running_service
from tests.stand_in import StandIn, standing_in

BERLIN = ZoneInfo(ZONE)
MAIL_SECONDS = 20


@dataclass(frozen=True)
class SendingDatabase(Database):
    """A database whose server speaks to real others: a mail server, a push and a payment service."""

    mail_port: int = 0
    push_authority: Path = Path()

    def environment(self) -> dict[str, str]:
        """The variables for a process that works on this database."""
        return super().environment() | {
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "SSL_CERT_FILE": str(self.push_authority),
            "ALCOVE_OUTBOUND_TO_LOOPBACK": "1",
        }


@dataclass
class Practice:
    """A running server, and what a test may see of it without a browser."""

    server: Server
    world: World
    mailbox: Mailbox
    push_service: StandIn
    payments: PaymentService
    _tokens_used: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the server answers."""
        return self.server.address

    def sign_in(self, page: Page, who: str) -> Page:
        """Come in through a one-time link; leads to Schedule."""
        number = self._tokens_used.get(who, 0)
        self._tokens_used[who] = number + 1
        page.goto(f"/you/enter/{self.world.tokens[who][number]}/")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/schedule/")
        return page

    def open_as(self, open_page: OpenPage, who: str, **options: Any) -> Page:
        """A page of this person's own browser, signed in, in the zone of everybody here."""
        page = open_page(self.address, time_zone=ZONE, **{"viewport": PHONE, **options})
        return self.sign_in(page, who)

    def ledger(self, room: str) -> list[str]:
        """The kinds of the entries of a room's ledger, in order."""
        rows = self.server.database.rows(
            "SELECT kind FROM billing_creditentry WHERE room_id ="
            f" (SELECT id FROM rooms_room WHERE code = '{room}') ORDER BY id"
        )
        return [kind for (kind,) in rows]

    def balance(self, room: str) -> tuple[int, int]:
        """Credits of a room that are available, and that are held."""
        [(available, held)] = self.server.database.rows(
            "SELECT sum(available), sum(held) FROM billing_creditentry WHERE room_id ="
            f" (SELECT id FROM rooms_room WHERE code = '{room}')"
        )
        return available, held

    def sessions_of(self, room: str) -> list[str]:
        """The states of a room's sessions, in the order of booking."""
        rows = self.server.database.rows(
            "SELECT status FROM booking_appointment WHERE room_id ="
            f" (SELECT id FROM rooms_room WHERE code = '{room}') ORDER BY id"
        )
        return [status for (status,) in rows]

    def letter(self, address: str, subject: str) -> str:
        """The text of the first letter with this subject, once it has come."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for message in self.mailbox.to(address):
                if message["Subject"] == subject:
                    plain = message.get_body(("plain",))
                    return str(plain.get_content()) if plain else ""
            time.sleep(0.05)
        raise AssertionError(f"no “{subject}” for {address}")

    def wait_for_card(self, address: str) -> None:
        """Until the card that somebody has paid with is known."""
        deadline = time.monotonic() + MAIL_SECONDS
        query = (
            "SELECT COUNT(*) FROM billing_savedmethod method JOIN people_person person"
            f" ON person.id = method.person_id WHERE person.email = '{address}'"
        )
        while time.monotonic() < deadline:
            if self.server.database.value(query):
                return
            time.sleep(0.05)
        raise AssertionError(f"no card of {address}")

    def invitation(self, address: str, method: str, uid: str, *, number: int = 1) -> EmailMessage:
        """The ``number``-th mail with this METHOD about this UID; waits for it."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            found = [
                message
                for message in self.mailbox.to(address)
                if any(
                    part.get_param("method") == method and f"UID:{uid}" in part.get_content()
                    for part in message.walk()
                    if part.get_content_type() == "text/calendar"
                )
            ]
            if len(found) >= number:
                return found[number - 1]
            time.sleep(0.05)
        subjects = [message["Subject"] for message in self.mailbox.to(address)]
        raise AssertionError(f"no {method} number {number} of {uid} for {address}: {subjects}")


@contextmanager
def practice_in(folder: Path) -> Iterator[Practice]:
    """A filled database and a server on it; both are gone afterwards."""
    mailbox, port = Mailbox(), free_port()
    with (
        running(mailbox, port),
        standing_in(folder) as push_service,
        running_service() as payments,
        own_database("journeys") as url,
    ):
        database = SendingDatabase(
            folder,
            url,
            mail_port=port,
            push_authority=push_service.authority,
            payment_service=payments.address,
        )
        made = subprocess.run(
            [sys.executable, "-m", "tests.e2e.fill"],
            env=database.environment(),
            check=False,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert made.returncode == 0, made.stderr
        with serving(database) as server:
            world = World.from_json(made.stdout.splitlines()[-1])
            payments.webhook = f"{server.address}/payments/stripe/"
            yield Practice(server, world, mailbox, push_service, payments)


def on_the_wall(at: dt.datetime) -> str:
    """Such as "Tue, Dec 1, 3:00 PM": what pages must say, written without the product's code."""
    local = at.astimezone(BERLIN)
    noon = "AM" if local.hour < 12 else "PM"
    return f"{local:%a}, {local:%b} {local.day}, {local.hour % 12 or 12}:{local:%M}\u202f{noon}"


def hours_ahead(hours: int) -> dt.datetime:
    """The full hour this many hours after the present one, in UTC."""
    now = dt.datetime.now(dt.UTC)
    return now.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=hours)


def look_closely(page: Page) -> None:
    """No accessibility finding on the page, and nothing sticks out of it."""
    assert_nothing_overflows(page)
    assert_no_axe_findings(page)


def day_link(page: Page, start: dt.datetime) -> Locator:
    """The link of the day of this start, on the page of its month."""
    local = start.astimezone(BERLIN)
    if f"{local:%B %Y}" != page.locator("#month-title").inner_text():
        page.get_by_role("link", name="Next month").click()
    return page.locator(f'a.month__day[href*="day={local:%Y-%m-%d}"]')


def choose_time(page: Page, start: dt.datetime) -> None:
    """Tap the day and then the time; leads to a review."""
    day_link(page, start).click()
    page.wait_for_url(re.compile(r"day="))
    page.locator(f'button.slot[value="{start.isoformat()}"]').click()
    page.wait_for_url(re.compile(r"/schedule/(review|move)/"))

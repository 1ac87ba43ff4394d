"""One practice whose sessions can be joined now; each test has a session of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browser import OpenPage
from tests.concurrency.databases import Database, copy_of, own_database
from tests.concurrency.server import Server, serving
from tests.live.call_page import CallPage
from tests.live.world import ZONE, Meeting, from_json


@dataclass
class Practice:
    """The running server and its meetings."""

    server: Server
    meetings: dict[str, Meeting]
    _used: dict[tuple[str, str], int] = field(default_factory=dict)

    def page(self, open_page: OpenPage, name: str, role: str, **options: Any) -> CallPage:
        """The page of this role in a browser of their own, signed in."""
        page = open_page(self.server.address, time_zone=ZONE, **options)
        meeting = self.meetings[name]
        number = self._used.get((name, role), 0)
        self._used[name, role] = number + 1
        page.goto(f"/you/enter/{meeting.tokens[role][number]}/")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/schedule/")
        return CallPage(page, role, meeting.code)

    def stays(self, name: str) -> list[tuple[str, bool]]:
        """Every stay of a meeting: whose, and whether it lasts."""
        rows = self.server.database.rows(
            "SELECT role, left_at FROM live_stay JOIN live_livesession"
            " ON live_livesession.id = session_id JOIN booking_appointment"
            " ON booking_appointment.id = appointment_id"
            f" WHERE code = '{self.meetings[name].code}' ORDER BY live_stay.id"
        )
        return [(role, left_at is None) for role, left_at in rows]


@dataclass(frozen=True)
class MeetingDatabase(Database):
    """A database whose server has further settings, such as those of a relay."""

    settings: tuple[tuple[str, str], ...] = ()

    def environment(self) -> dict[str, str]:
        """The variables for a process that works on this database."""
        return super().environment() | dict(self.settings)


@contextmanager
def meeting_database(folder: Path, **settings: str) -> Iterator[MeetingDatabase]:
    """An empty database for a server with these settings; gone afterwards."""
    with own_database("meetings") as url:
        yield MeetingDatabase(folder, url, settings=tuple(settings.items()))


@dataclass(frozen=True)
class Original:
    """A database that was filled once, to be copied: every copy has the same meetings."""

    database: Database
    meetings: dict[str, Meeting]

    @contextmanager
    def copy(self, folder: Path, **settings: str) -> Iterator[MeetingDatabase]:
        """A fresh copy for a server with these settings; gone afterwards."""
        with copy_of(self.database, folder) as database:
            yield MeetingDatabase(folder, database.url, settings=tuple(settings.items()))

    @contextmanager
    def practice(self, folder: Path, **settings: str) -> Iterator[Practice]:
        """A server with these settings on a fresh copy."""
        with self.copy(folder, **settings) as database, serving(database) as server:
            yield Practice(server, self.meetings)


@contextmanager
def filled(folder: Path) -> Iterator[Original]:
    """A database with all meetings in it."""
    with meeting_database(folder) as database:
        yield Original(database, fill(database))


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """What every practice of the run is a copy of."""
    with filled(tmp_path_factory.mktemp("original")) as original:
        yield original


@pytest.fixture(scope="session")
def practice(original: Original, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """The server; in the end nothing may have failed in it."""
    with original.practice(tmp_path_factory.mktemp("meetings")) as practice:
        yield practice
        assert practice.server.errors() == []


def fill(database: Database, *names: str) -> dict[str, Meeting]:
    """Make everybody and their sessions; with names, those only."""
    made = database.run("tests.live.fill", *names)
    assert made.returncode == 0, made.stderr
    return from_json(made.stdout.splitlines()[-1])


def meet(practice: Practice, open_page: OpenPage, name: str) -> dict[str, CallPage]:
    """Everybody of a meeting, let in by the provider; by role."""
    return meet_from(practice, dict.fromkeys(practice.meetings[name].tokens, open_page), name)


def meet_from(
    practice: Practice, open_page: Mapping[str, OpenPage], name: str
) -> dict[str, CallPage]:
    """The same, each role from a browser of its own, such as ``tests.live.apart`` has."""
    pages = {role: practice.page(opener, name, role).open() for role, opener in open_page.items()}
    provider = pages["provider"].join()
    for role, page in pages.items():
        if role == "provider":
            continue
        page.join()
        provider.page.locator(f'[data-admit="{role}"]').click()
        page.until("call.state.mine.state === 'here'")
    return pages

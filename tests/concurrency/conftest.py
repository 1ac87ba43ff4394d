"""What each module of races gets: a filled database, a server on it, and browsers to act with."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from tests.concurrency.clients import Browser
from tests.concurrency.databases import Database, copy_of, filled_database
from tests.concurrency.server import Server, serving
from tests.concurrency.world import Visitor, World

Original = tuple[Database, World]


@dataclass
class Practice:
    """A server, everybody at their browser in front of it, and times that nobody has used yet."""

    server: Server
    world: World
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _times_given: int = 0
    _near_times_given: int = 0
    _opened_at: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @property
    def database(self) -> Database:
        """Where the server keeps everything."""
        return self.server.database

    def browser(self, visitor: Visitor) -> Browser:
        """This person's browser."""
        if visitor.session not in self._browsers:
            self._browsers[visitor.session] = Browser(self.server.address, visitor)
        return self._browsers[visitor.session]

    @cached_property
    def clients(self) -> list[Browser]:
        """All the clients."""
        return [self.browser(client) for client in self.world.clients]

    @property
    def provider(self) -> Browser:
        """The provider of each client's first room."""
        return self.browser(self.world.provider)

    def new_time(self) -> dt.datetime:
        """Midnight or three o'clock on some day ahead, with three free hours from then on."""
        midnight = self._opened_at.replace(hour=0, minute=0, second=0, microsecond=0)
        days, half = divmod(self._times_given, 2)
        self._times_given += 1
        return midnight + dt.timedelta(days=3 + days, hours=3 * half)

    def new_near_time(self) -> dt.datetime:
        """A full hour so near that changes of a confirmed session are late."""
        self._near_times_given += 1
        assert self._near_times_given <= 21, "the near times are used up"
        hour = self._opened_at.replace(minute=0, second=0, microsecond=0)
        return hour + dt.timedelta(hours=1 + self._near_times_given)

    def close(self) -> None:
        """Close all browsers."""
        for browser in self._browsers.values():
            browser.close()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """The database that all others are copies of, and who is in it."""
    with filled_database(tmp_path_factory.mktemp("original")) as filled:
        yield filled


@pytest.fixture(scope="module")
def practice(original: Original, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """A practice for the races of one module; nothing may have failed in it in the end."""
    first, world = original
    folder = tmp_path_factory.mktemp("practice")
    with copy_of(first, folder) as database, serving(database) as server:
        practice = Practice(server, world)
        yield practice
        practice.close()
        assert server.errors() == []
        checked = database.run("alcove.cli", "check")
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.fixture
def database_copy(original: Original, tmp_path: Path) -> Iterator[Database]:
    """A filled database for a test that starts its own servers."""
    with copy_of(original[0], tmp_path) as database:
        yield database

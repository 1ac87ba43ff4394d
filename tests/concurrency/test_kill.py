"""A process killed at any moment loses nothing that was acknowledged, and does nothing twice."""

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from tests.concurrency.clients import Answer, Browser
from tests.concurrency.conftest import Original
from tests.concurrency.databases import Database
from tests.concurrency.facts import overlaps, state_of, told
from tests.concurrency.server import serving
from tests.concurrency.world import World

pytestmark = pytest.mark.race

KILLS = 4
BUSY_CLIENTS = 8


class Load:
    """Clients who book without a pause, and confirm or cancel some; what they were promised."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        # By appointment, the states it may be in: an act on its way may have happened or not.
        self.promised: dict[str, set[str]] = {}
        self.refusals: list[str] = []
        self._times = self._new_times()
        self._lock = threading.Lock()
        self._acts = 0
        self._enough = threading.Event()

    def run_until_killed(self, database: Database) -> None:
        """Work against a new server until, at some moment, it is gone."""
        self._acts = self.chance.randrange(8, 40)
        self._enough.clear()
        with serving(database) as server:
            threads = [
                threading.Thread(target=self._work, args=(server.address, number))
                for number in range(BUSY_CLIENTS)
            ]
            for thread in threads:
                thread.start()
            assert self._enough.wait(timeout=30), self.refusals
            # Not always right after an answer: anywhere in what comes next.
            threading.Event().wait(self.chance.random() * 0.05)
            server.kill()
            for thread in threads:
                thread.join()

    def _work(self, address: str, number: int) -> None:
        client = Browser(address, self.world.clients[number])
        provider = Browser(address, self.world.provider)
        try:
            for turn in count():
                self._book(client, provider, turn)
        except httpx.TransportError:
            # Killed.
            return
        finally:
            client.close()
            provider.close()

    def _book(self, client: Browser, provider: Browser, turn: int) -> None:
        with self._lock:
            start = next(self._times)
        held = self._expect(client.hold(start))
        code = self._expect(client.book(held.code)).code
        self._promise(code, "requested")
        if turn % 3 == 1:
            self._promise(code, "requested", "confirmed")
            self._expect(provider.confirm(code))
            self._promise(code, "confirmed")
        elif turn % 3 == 2:
            self._promise(code, "requested", "cancelled")
            self._expect(client.cancel(code, reason=self.world.reason))
            self._promise(code, "cancelled")

    def _promise(self, code: str, *states: str) -> None:
        with self._lock:
            self.promised[code] = set(states)
            self._acts -= 1
            if self._acts <= 0:
                self._enough.set()

    def _expect(self, answer: Answer) -> Answer:
        if answer.status != 302:
            self.refusals.append(answer.words)
        assert answer.status == 302, answer.words
        return answer

    def _new_times(self) -> Iterator[dt.datetime]:
        midnight = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(3, 89):
            for hour in range(6):
                yield midnight + dt.timedelta(days=days, hours=hour)


def test_server_killed_again_and_again_under_load_keeps_every_promise(
    original: Original, database_copy: Database
) -> None:
    load = Load(original[1], seed=7)
    for _kill in range(KILLS):
        load.run_until_killed(database_copy)
    assert load.refusals == []

    drained = database_copy.run("tests.concurrency.drain")

    assert drained.returncode == 0, drained.stderr
    for code, states in load.promised.items():
        status = state_of(database_copy, code).status
        assert status in states, code
        assert told(database_copy, code) == ["requested", *({status} - {"requested"})]
    assert overlaps(database_copy) == []
    assert_every_event_was_told_once(database_copy)
    left = database_copy.rows(
        "SELECT kind, last_error FROM core_job"
        " WHERE unique_key IS NULL OR leased_until IS NOT NULL OR failed_at IS NOT NULL"
    )
    assert left == []
    checked = database_copy.run("alcove.cli", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def assert_every_event_was_told_once(database: Database) -> None:
    """One card in the room and one kept letter for each of the two members.

    Only of sessions: filling the database also invites people by mail.
    """
    of_sessions = "(SELECT id FROM core_event WHERE subject LIKE 'appointment:%')"
    events = [event for (event,) in database.rows(of_sessions.strip("()"))]
    cards = database.rows(f"SELECT event_id FROM rooms_message WHERE event_id IN {of_sessions}")
    letters = database.rows(
        f"SELECT event_id, person_id FROM notifications_delivery WHERE event_id IN {of_sessions}"
    )
    assert events
    assert Counter(event for (event,) in cards) == Counter(events)
    assert len(letters) == len(set(letters))
    assert Counter(event for event, _person in letters) == Counter(2 * events)

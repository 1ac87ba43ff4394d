"""A worker killed between any two steps tells everybody everything, and nothing twice (R10, R14)."""

import subprocess
import sys
from collections import Counter

import pytest

from alcove.notifications.tests.mailbox import Mailbox, free_port, running
from tests.concurrency.databases import Database

pytestmark = pytest.mark.race

# A worker that came through sooner would not have told anybody of anything.
FEWEST_DEATHS = 30


def play(scene: str, database: Database, port: int) -> int:
    """Let the worker die in the scene again and again; return how often it did."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.dying_worker", scene],
        env=database.environment() | {"EMAIL_URL": f"smtp://127.0.0.1:{port}"},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert played.returncode == 0, played.stderr
    return int(played.stdout)


@pytest.mark.parametrize(
    ("scene", "kinds"),
    [
        ("booking", {"appointment.requested", "appointment.confirmed"}),
        ("reminder", {"appointment.requested", "appointment.confirmed", "reminder.due"}),
    ],
)
def test_worker_killed_at_every_step_tells_everybody_once(
    database_copy: Database, scene: str, kinds: set[str]
) -> None:
    box, port = Mailbox(), free_port()
    with running(box, port):
        deaths = play(scene, database_copy, port)

    assert deaths > FEWEST_DEATHS
    events = database_copy.rows(
        "SELECT id, kind FROM core_event WHERE subject LIKE 'appointment:%'"
    )
    assert {kind for _event, kind in events} == kinds
    letters = database_copy.rows(
        "SELECT letter.id, event_id, address, state FROM notifications_delivery letter"
        " JOIN core_event event ON event.id = event_id WHERE event.subject LIKE 'appointment:%'"
    )
    assert {state for *_letter, state in letters} == {"sent"}
    assert_all_are_told_once(Counter(event for _letter, event, *_rest in letters), events)
    assert_arrived(box, {(f"delivery-{letter}@", to) for letter, _event, to, _state in letters})
    cards = database_copy.rows("SELECT event_id FROM rooms_message WHERE event_id IS NOT NULL")
    assert max(Counter(cards).values()) == 1
    assert database_copy.rows("SELECT kind FROM core_job WHERE unique_key IS NULL") == []


def assert_all_are_told_once(letters_of: Counter[int], events: list[tuple[int, str]]) -> None:
    """Two letters for what happened to a session; one for a reminder, which is one person's."""
    wanted = {event: 1 if kind == "reminder.due" else 2 for event, kind in events}
    assert dict(letters_of) == wanted


def assert_arrived(box: Mailbox, letters: set[tuple[str, str]]) -> None:
    """Each letter arrived; a copy only where the server's answer was lost, and known as one."""
    copies = Counter(
        (message["Message-ID"].removeprefix("<").split("@")[0] + "@", to)
        for to, message in box.arrived
    )
    assert set(copies) == letters
    again = [letter for letter, number in copies.items() if number > 1]
    assert max(copies.values()) == 2
    # The steps between the server's answer and the row that keeps it, for two letters or three.
    assert len(again) <= 6

"""Kills the job worker at every single step, one step further each time, and mends after it.

    python -m tests.concurrency.dying_worker booking|reminder

Each round a session is booked and confirmed. A worker in a process of its own dies right before
or right after one of its writes, so on either side of each commit and of each letter handed over;
a healthy one then does what is left, when the leases of the dead have ended. The rounds end when a
worker gets through alive; the number of deaths is printed.
"""

import datetime as dt
import os
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from django.db import connection, connections  # noqa: E402

from alcove.core import clock, jobs  # noqa: E402
from alcove.notifications.actions.send_delivery import LEASE  # noqa: E402
from alcove.people.models import Person  # noqa: E402
from alcove.rooms.models import Room  # noqa: E402
from tests.cast import book_confirmed  # noqa: E402

KILLED = 137
WRITES = ("INSERT", "UPDATE", "DELETE")
AFTER_THE_LEASES = 2 * LEASE
AN_HOUR, A_MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
REMIND = "notifications.remind"


class Death:
    """An execute wrapper that ends the process at a step: two for each statement that writes.

    Between two writes nothing changes that outlives the process but by a commit or a letter.
    """

    def __init__(self, step: int) -> None:
        self.steps_left = step

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        self._come_nearer()
        done = execute(sql, params, many, context)
        self._come_nearer()
        return done

    def _come_nearer(self) -> None:
        if self.steps_left == 0:
            # No handler, no rollback, no farewell.
            os._exit(KILLED)
        self.steps_left -= 1


def dies(step: int, now: dt.datetime) -> bool:
    """Let a worker run in a child process until that step; whether it came so far."""
    # Two processes cannot speak on one connection.
    connections.close_all()
    child = os.fork()
    if child == 0:
        with connection.execute_wrapper(Death(step)):
            jobs.run_due(now)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, KILLED):
        raise RuntimeError(f"the worker ended with {code} at step {step}")
    return code == KILLED


def rounds(scene: str) -> int:
    """Play the rounds of a scene; return how many deaths there were."""
    # In turns, so that nobody's credits run out.
    provider = Person.objects.filter(is_provider=True).order_by("pk")[0]
    rooms = Room.objects.filter(provider=provider, kind=Room.Kind.INDIVIDUAL).order_by("pk")[:10]
    opened_at = clock.now()
    midnight = opened_at.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in count():
        # Two sessions a night, so that the nights suffice.
        nights, half = divmod(step, 2)
        starts_at = midnight + dt.timedelta(days=3 + nights, hours=3 * half)
        book_confirmed(rooms[step % len(rooms)], starts_at, now=opened_at)
        now = opened_at
        if scene == "reminder":
            now = starts_at - AN_HOUR
            # All else is told by then, and the job that reminds is due again at ``now``.
            jobs.run_due(now - A_MINUTE)
            jobs.enqueue(REMIND, {}, now=now, unique_key=f"every:{REMIND}")
        is_dead = dies(step, now)
        jobs.run_due(now + AFTER_THE_LEASES)
        if not is_dead:
            return step
    raise AssertionError("unreachable")


if __name__ == "__main__":
    print(rounds(sys.argv[1]))

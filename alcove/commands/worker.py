"""`alcove worker`: jobs in a process of their own."""

import argparse
import signal
import threading

from alcove.commands.console import refuse, say
from alcove.commands.setup import is_set_up
from alcove.core import jobs

STOPPING = {signal.SIGTERM, signal.SIGINT}


def run(options: argparse.Namespace) -> int:
    """Run jobs until SIGTERM or SIGINT; the job at hand is finished first."""
    if not is_set_up():
        return refuse("the database is not set up; run `alcove setup` first.")
    # Blocked here and in the thread made next, and waited for below: a handler that set an event
    # could interrupt this very process while it holds that event's lock.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    stop = threading.Event()
    runner = threading.Thread(target=jobs.run_forever, args=(stop,), name="jobs")
    runner.start()
    say("Running jobs. Stop with Ctrl-C.")
    signal.sigwait(STOPPING)
    stop.set()
    jobs.wake()
    runner.join()
    return 0

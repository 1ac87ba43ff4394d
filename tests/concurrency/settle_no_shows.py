"""Settles what nobody disputed, as several workers would at once some days later.

python -m tests.concurrency.settle_no_shows
"""

import os
import threading

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alcove.settings")
django.setup()

# Their models need the set-up above.
from django.db import connection  # noqa: E402

from alcove.booking.actions.no_show import settle_no_shows  # noqa: E402
from alcove.booking.models import NoShow  # noqa: E402

WORKERS = 4


def work(barrier: threading.Barrier) -> None:
    """One worker: waits for the others, then settles everything that is final by then."""
    last = NoShow.objects.latest("final_at")
    barrier.wait(timeout=30)
    settle_no_shows({}, last.final_at)
    connection.close()


if __name__ == "__main__":
    workers = [
        threading.Thread(target=work, args=[barrier])
        for barrier in [threading.Barrier(WORKERS)]
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

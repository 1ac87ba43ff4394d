"""Jobs: one small leased table.

A runner claims a due job by writing a lease on it; a runner that dies leaves a lease that ends,
and the job is due again. So a job runs at least once, and its handler must bear a second run.
A job that fails is tried again with a growing pause, then kept with its error for staff to see.
"""

import datetime as dt
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Q

from alcove.core import clock
from alcove.core.models import Job

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], dt.datetime], None]
_handlers: dict[str, Handler] = {}
_periods: dict[str, dt.timedelta] = {}

LEASE = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 20
LONGEST_PAUSE = dt.timedelta(hours=1)
CLAIM_SIZE = 10
# A clock that is set back by less than this puts nothing off for long.
STEP_BACK = dt.timedelta(minutes=1)

_wake = threading.Event()


class Postpone(Exception):
    """Raised by a handler whose work cannot be done yet: try again after ``pause``."""

    def __init__(self, pause: dt.timedelta, reason: str) -> None:
        super().__init__(reason)
        self.pause = pause


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function ``(payload, now)`` as the handler of this kind of job."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def every(period: dt.timedelta, kind: str) -> Callable[[Handler], Handler]:
    """Register a handler that runs once a period, on one runner at a time."""

    def register(handler: Handler) -> Handler:
        _periods[kind] = period
        return handles(kind)(handler)

    return register


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    now: dt.datetime,
    run_at: dt.datetime | None = None,
    unique_key: str | None = None,
) -> None:
    """Add a job to the caller's transaction; with a ``unique_key`` it is added once only."""
    job = Job(kind=kind, payload=payload, run_at=run_at or now, unique_key=unique_key)
    if unique_key is None:
        job.save(force_insert=True)
    else:
        Job.objects.bulk_create([job], ignore_conflicts=True)
    transaction.on_commit(_wake.set)


def enqueue_all(kind: str, payloads: Iterable[dict[str, Any]], *, now: dt.datetime) -> None:
    """Add a job for each payload to the caller's transaction, in as many statements as for one."""
    Job.objects.bulk_create([Job(kind=kind, payload=payload, run_at=now) for payload in payloads])
    transaction.on_commit(_wake.set)


def ensure_periodic(now: dt.datetime) -> None:
    """Give every periodic kind its one row; take that of kinds which no code knows any more."""
    gone = Job.objects.filter(unique_key__startswith="every:").exclude(kind__in=_periods)
    gone.delete()
    for kind in _periods:
        enqueue(kind, {}, now=now, unique_key=f"every:{kind}")
    for kind, period in _periods.items():
        # Put off by a clock that was ahead of this one.
        Job.objects.filter(unique_key=f"every:{kind}", run_at__gt=now + period).update(run_at=now)


def after_a_step_back(now: dt.datetime) -> None:
    """Make due what a clock that was ahead has put off: what is periodic or was tried already."""
    put_off = Q(unique_key__startswith="every:") | ~Q(last_error="")
    Job.objects.filter(put_off, failed_at=None, run_at__gt=now).update(run_at=now)


def is_free(now: dt.datetime, lease: dt.timedelta) -> Q:
    """Rows whose ``leased_until`` holds nobody off; none can be leased for twice a lease from now.

    Such a one was leased by a clock that was ahead.
    """
    ends, ahead = Q(leased_until__lte=now), Q(leased_until__gt=now + 2 * lease)
    return Q(leased_until=None) | ends | ahead


def claim(now: dt.datetime, limit: int = CLAIM_SIZE) -> list[Job]:
    """Lease up to ``limit`` due jobs to the caller; nobody else gets them until the lease ends."""
    due = Q(run_at__lte=now, failed_at=None) & is_free(now, LEASE)
    lease = secrets.token_hex(16)
    # SQLite: the IMMEDIATE transaction lets one claimer in at a time.
    skips = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = list(
            Job.objects.select_for_update(skip_locked=skips)
            .filter(due)
            .order_by("run_at", "id")[:limit]
        )
        for job in rows:
            job.lease, job.leased_until, job.attempts = lease, now + LEASE, job.attempts + 1
        Job.objects.bulk_update(rows, ["lease", "leased_until", "attempts"])
    return rows


def run_due(now: dt.datetime | None = None) -> int:
    """Run the jobs that are due, until none is; return how many were run.

    With ``now`` given the clock stands still, for tests and simulations.
    """
    count = 0
    while jobs := claim(now or clock.now()):
        for job in jobs:
            _run(job, now or clock.now())
            count += 1
    return count


def _run(job: Job, now: dt.datetime) -> None:
    """Run one leased job and settle its row."""
    mine = Job.objects.filter(pk=job.pk, lease=job.lease)
    try:
        _handlers[job.kind](job.payload, now)
    except Postpone as wait:
        mine.update(
            lease="",
            leased_until=None,
            run_at=now + wait.pause,
            last_error=str(wait)[:2000],
            # Waiting is no failure: it must not use up the attempts.
            attempts=job.attempts - 1,
        )
    except Exception as error:
        log.exception("job failed", extra={"job": job.pk, "kind": job.kind})
        _retry(job, error, now)
    else:
        period = _periods.get(job.kind)
        if period is None:
            mine.delete()
        else:
            mine.update(lease="", leased_until=None, attempts=0, last_error="", run_at=now + period)


def _retry(job: Job, error: Exception, now: dt.datetime) -> None:
    """Put a failed job back with a growing pause, or set it aside after the last attempt."""
    # The exponent is bounded too: periodic jobs never give up, and would overflow a timedelta.
    pause = min(dt.timedelta(seconds=2 ** min(job.attempts, 12)), LONGEST_PAUSE)
    gives_up = job.attempts >= MOST_ATTEMPTS and job.kind not in _periods
    Job.objects.filter(pk=job.pk, lease=job.lease).update(
        lease="",
        leased_until=None,
        run_at=now + pause,
        # The class and place, never the message: it may carry somebody's words.
        last_error=_place_of(error),
        failed_at=now if gives_up else None,
    )


def _place_of(error: Exception) -> str:
    """Such as "OSError in send, line 41 of sending.py"."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    file = frame.filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__} in {frame.name}, line {frame.lineno} of {file}"


def try_again(job: int, *, now: dt.datetime) -> bool:
    """Make a job due that was given up, with all its attempts before it; False for any other."""
    given_up = Job.objects.filter(pk=job, failed_at__isnull=False)
    tried = given_up.update(failed_at=None, attempts=0, run_at=now)
    if tried:
        transaction.on_commit(_wake.set)
    return bool(tried)


def run_forever(stop: threading.Event, idle: float = 1.0) -> None:
    """Run due jobs until ``stop`` is set; sleeps at most ``idle`` seconds between looks."""
    ready = False
    latest = clock.now()
    while not stop.is_set():
        _wake.clear()
        try:
            close_old_connections()
            if not ready:
                ensure_periodic(clock.now())
                ready = True
            now = clock.now()
            if now < latest - STEP_BACK:
                after_a_step_back(now)
            latest = now
            run_due()
        except Exception:
            # The database may be away for a moment; the loop must outlive it.
            log.exception("job runner")
            stop.wait(idle)
        _wake.wait(idle)
    connection.close()


def wake() -> None:
    """Make an idle runner of this process look for work now."""
    _wake.set()

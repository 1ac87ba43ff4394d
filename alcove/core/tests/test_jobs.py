"""Jobs: leased, run at least once, tried again, set aside; never lost."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from alcove.core import jobs
from alcove.core.models import Job
from tests.cast import NOW

pytestmark = pytest.mark.django_db

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


class Handler:
    """A handler that notes its calls and raises what it is told to."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.raises: list[Exception] = []

    def __call__(self, payload: dict[str, Any], now: dt.datetime) -> None:
        self.calls.append(payload)
        if self.raises:
            raise self.raises.pop(0)


@pytest.fixture
def handler() -> Iterator[Handler]:
    handler = Handler()
    jobs.handles("test.job")(handler)
    jobs.every(dt.timedelta(minutes=5), "test.periodic")(handler)
    yield handler
    for kind in ("test.job", "test.periodic"):
        del jobs._handlers[kind]
    del jobs._periods["test.periodic"]


def add(number: int = 1, **options: Any) -> None:
    jobs.enqueue("test.job", {"n": number}, now=NOW, **options)


def test_job_runs_once_and_is_gone(handler: Handler) -> None:
    add()

    assert (jobs.run_due(NOW), jobs.run_due(NOW + jobs.LEASE)) == (1, 0)
    assert handler.calls == [{"n": 1}]
    assert not Job.objects.exists()


def test_job_waits_for_its_moment(handler: Handler) -> None:
    add(run_at=NOW + SECOND)

    assert (jobs.run_due(NOW), jobs.run_due(NOW + SECOND)) == (0, 1)


def test_jobs_run_in_the_order_of_their_moments(handler: Handler) -> None:
    add(1, run_at=NOW)
    add(2, run_at=NOW - SECOND)
    add(3, run_at=NOW)

    jobs.run_due(NOW)

    assert handler.calls == [{"n": 2}, {"n": 1}, {"n": 3}]


def test_more_jobs_than_one_claim_takes_all_run(handler: Handler) -> None:
    for number in range(jobs.CLAIM_SIZE * 2 + 1):
        add(number)

    assert jobs.run_due(NOW) == jobs.CLAIM_SIZE * 2 + 1


def test_two_claimers_get_different_jobs(handler: Handler) -> None:
    for number in range(3):
        add(number)

    first, second, third = jobs.claim(NOW, 2), jobs.claim(NOW, 2), jobs.claim(NOW, 2)

    assert [[job.payload["n"] for job in claimed] for claimed in (first, second, third)] == [
        [0, 1],
        [2],
        [],
    ]
    assert first[0].lease != second[0].lease


def test_dead_workers_job_is_due_again_when_its_lease_ends(handler: Handler) -> None:
    add()
    jobs.claim(NOW)

    assert jobs.run_due(NOW + jobs.LEASE - SECOND) == 0
    assert jobs.run_due(NOW + jobs.LEASE) == 1
    assert handler.calls == [{"n": 1}]


def test_slow_worker_does_not_settle_a_job_that_another_leased_meanwhile(handler: Handler) -> None:
    add()
    (slow,) = jobs.claim(NOW)
    (quick,) = jobs.claim(NOW + jobs.LEASE)

    jobs._run(slow, NOW + jobs.LEASE)

    assert Job.objects.get().lease == quick.lease


def test_unique_key_is_added_once_until_it_has_run(handler: Handler) -> None:
    add(1, unique_key="one")
    add(2, unique_key="one")
    assert jobs.run_due(NOW) == 1
    add(3, unique_key="one")
    jobs.run_due(NOW)

    assert handler.calls == [{"n": 1}, {"n": 3}]


def test_failed_job_is_tried_again_after_growing_pauses(handler: Handler) -> None:
    handler.raises = [OSError("away")] * 14
    add()

    now, pauses = NOW, []
    for _ in range(14):
        assert jobs.run_due(now) == 1
        pauses.append((Job.objects.get().run_at - now).total_seconds())
        now = Job.objects.get().run_at

    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600]
    assert Job.objects.get().last_error.startswith("OSError in ")
    assert jobs.run_due(now) == 1
    assert not Job.objects.exists()


def test_job_is_set_aside_after_the_last_attempt(handler: Handler) -> None:
    handler.raises = [OSError("away")] * 99
    add()
    Job.objects.update(attempts=jobs.MOST_ATTEMPTS - 2)

    jobs.run_due(NOW)
    assert Job.objects.get().failed_at is None
    last = NOW + jobs.LONGEST_PAUSE
    jobs.run_due(last)

    assert Job.objects.get().failed_at == last
    assert jobs.run_due(last + dt.timedelta(days=400)) == 0
    assert len(handler.calls) == 2


def test_job_of_an_unknown_kind_is_kept_with_its_error() -> None:
    jobs.enqueue("test.nobody", {}, now=NOW)

    jobs.run_due(NOW)

    assert Job.objects.get().last_error.startswith("KeyError in _run,")


def test_one_failing_job_does_not_keep_the_next_from_running(handler: Handler) -> None:
    handler.raises = [OSError("away")]
    add(1)
    add(2)

    assert jobs.run_due(NOW) == 2
    assert Job.objects.get().payload == {"n": 1}


def test_postponed_job_waits_as_long_as_asked_and_uses_up_no_attempt(handler: Handler) -> None:
    handler.raises = [jobs.Postpone(dt.timedelta(minutes=7), "mail server away")]
    add()

    jobs.run_due(NOW)

    job = Job.objects.get()
    assert (job.run_at, job.leased_until, job.lease, job.attempts, job.last_error) == (
        NOW + dt.timedelta(minutes=7),
        None,
        "",
        0,
        "mail server away",
    )


def test_periodic_kind_has_one_row_and_runs_once_a_period(handler: Handler) -> None:
    jobs.ensure_periodic(NOW)
    jobs.ensure_periodic(NOW)
    mine = Job.objects.filter(kind="test.periodic")
    Job.objects.exclude(kind="test.periodic").delete()
    assert mine.count() == 1

    assert jobs.run_due(NOW) == 1
    assert mine.get().run_at == NOW + dt.timedelta(minutes=5)
    assert jobs.run_due(NOW + dt.timedelta(minutes=5) - SECOND) == 0
    assert jobs.run_due(NOW + dt.timedelta(minutes=5)) == 1


def test_periodic_kind_that_no_code_knows_any_more_loses_its_row(handler: Handler) -> None:
    jobs.enqueue("test.former", {}, now=NOW, unique_key="every:test.former")
    add(unique_key="once")

    jobs.ensure_periodic(NOW)

    kinds = set(Job.objects.values_list("kind", flat=True))
    assert "test.former" not in kinds
    assert {"test.job", "test.periodic"} <= kinds


def test_periodic_job_never_gives_up_however_often_it_fails(handler: Handler) -> None:
    handler.raises = [OSError("away")]
    jobs.enqueue("test.periodic", {}, now=NOW, unique_key="every:test.periodic")
    Job.objects.update(attempts=200)

    jobs.run_due(NOW)

    job = Job.objects.get()
    assert (job.failed_at, job.run_at) == (None, NOW + jobs.LONGEST_PAUSE)
    jobs.run_due(job.run_at)
    job.refresh_from_db()
    assert (job.attempts, job.last_error) == (0, "")


def test_clock_that_was_ahead_holds_up_no_periodic_job_for_long(handler: Handler) -> None:
    jobs.ensure_periodic(NOW + DAY)
    Job.objects.exclude(kind="test.periodic").delete()
    assert jobs.run_due(NOW + DAY) == 1

    assert jobs.run_due(NOW) == 0
    jobs.after_a_step_back(NOW)
    assert jobs.run_due(NOW) == 1


def test_runner_that_starts_after_a_step_back_runs_what_is_periodic(handler: Handler) -> None:
    jobs.ensure_periodic(NOW + DAY)
    jobs.run_due(NOW + DAY)

    jobs.ensure_periodic(NOW)

    jobs.run_due(NOW)
    assert len(handler.calls) == 2


def test_step_back_brings_up_what_was_tried_and_leaves_what_was_not(handler: Handler) -> None:
    add(1)
    add(2, run_at=NOW + 2 * DAY)
    handler.raises = [jobs.Postpone(dt.timedelta(hours=1), "not yet")]
    jobs.run_due(NOW + DAY)

    jobs.after_a_step_back(NOW)

    jobs.run_due(NOW)
    assert handler.calls == [{"n": 1}, {"n": 1}]
    assert Job.objects.get().payload == {"n": 2}


def test_lease_of_a_clock_that_was_ahead_holds_nobody_off(handler: Handler) -> None:
    add()
    jobs.claim(NOW + DAY)

    assert jobs.run_due(NOW) == 1


def test_small_step_back_ends_no_lease(handler: Handler) -> None:
    add()
    jobs.claim(NOW + SECOND)

    assert jobs.run_due(NOW) == 0


def test_running_loop_notices_that_the_clock_went_back(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    monkeypatch.setattr("alcove.core.jobs.connection.close", lambda: None)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    add(1)
    handler.raises = [jobs.Postpone(dt.timedelta(hours=1), "not yet")]
    readings = iter([NOW + DAY] * 8)

    def reading() -> dt.datetime:
        return next(readings, NOW)

    def run_then_stop(payload: dict[str, Any], now: dt.datetime) -> None:
        if handler.calls:
            stop.set()
        handler(payload, now)

    jobs.handles("test.job")(run_then_stop)
    monkeypatch.setattr("alcove.core.clock.now", reading)

    jobs.run_forever(stop, idle=0.001)

    assert handler.calls.count({"n": 1}) == 2

"""The health page says in plain words what is wrong and what to do."""

import datetime as dt
import shutil
from typing import NamedTuple

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from alcove.core.errors import NotFound
from alcove.core.models import AuditRow, Job
from alcove.support.actions.retry_job import retry_job
from alcove.support.errors import JobNotFailed
from alcove.support.health import size_words
from tests.cast import NOW, Cast
from tests.untouched import refused

HEALTH = "/staff/health/"


class Usage(NamedTuple):
    """As ``shutil.disk_usage`` answers."""

    total: int
    used: int
    free: int


@pytest.fixture
def staff(cast: Cast, client: Client) -> Client:
    client.force_login(cast.staff)
    return client


def page_of(staff: Client) -> str:
    with time_machine.travel(NOW, tick=False):
        return staff.get(HEALTH).content.decode()


def test_a_machine_that_does_well_says_so(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 10**11, 9 * 10**11))

    page = page_of(staff)

    for words in (
        "Nothing is due.",
        "Every migration is in.",
        "900 GB of 1.0 TB free",
        "0 devices",
    ):
        assert words in page
    assert "Broken" not in page
    assert not AuditRow.objects.exists()


def test_jobs_that_nobody_runs_are_named(staff: Client) -> None:
    Job.objects.create(kind="a", run_at=NOW - dt.timedelta(minutes=3))

    page = page_of(staff)

    assert "Nobody runs the jobs" in page
    assert "alcove worker" in page


def test_a_job_that_was_given_up_is_tried_again(cast: Cast, staff: Client) -> None:
    job = Job.objects.create(
        kind="notifications.send", run_at=NOW, attempts=20, failed_at=NOW, last_error="OSError in x"
    )
    assert "OSError in x" in page_of(staff)

    done = staff.post(HEALTH, {"job": job.pk})
    again = staff.post(HEALTH, {"job": job.pk})

    job.refresh_from_db()
    assert (done.status_code, again.status_code) == (302, 409)
    assert (job.failed_at, job.attempts) == (None, 0)
    assert AuditRow.objects.get().act == "job.tried_again"


@pytest.mark.parametrize("number", ["", "x", "0", "99999999999999999999999"])
def test_no_such_job_changes_nothing(cast: Cast, staff: Client, number: str) -> None:
    assert staff.post(HEALTH, {"job": number}).status_code == 422


def test_only_staff_try_jobs_again(cast: Cast) -> None:
    job = Job.objects.create(kind="a", run_at=NOW)

    with refused(JobNotFailed):
        retry_job(actor=cast.staff, job=job.pk, now=NOW)
    with refused(NotFound):
        retry_job(actor=cast.client, job=job.pk, now=NOW)


def test_a_full_disk_is_named(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**11, 95 * 10**9, 5 * 10**9))

    assert "Make room" in page_of(staff)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (12_345_678, "12 MB"), (10**15, "1000 TB")],
)
def test_sizes_are_told_in_words(size: int, words: str) -> None:
    assert size_words(size) == words


def test_sizes_are_written_as_the_reader_writes_numbers() -> None:
    with translation.override("es"):
        assert size_words(1500) == "1,5 kB"

"""Reminders that went astray are found."""

import datetime as dt

import pytest

from alcove.booking.models import Appointment
from alcove.core import jobs
from alcove.core.models import Job
from alcove.database_check.run import broken
from alcove.notifications.actions.remind import make_reminders
from alcove.notifications.models import Delivery, Reminder
from tests.cast import Cast, at, book_confirmed

A_DAY_BEFORE = at(3, 9)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def session(cast: Cast) -> Appointment:
    """A session of which its two people were reminded."""
    session = book_confirmed(cast.room, at(4, 9))
    make_reminders(now=A_DAY_BEFORE)
    jobs.run_due(A_DAY_BEFORE)
    assert broken(A_DAY_BEFORE) == {}
    return session


def test_reminder_of_a_start_that_never_was(session: Appointment) -> None:
    row = Reminder.objects.earliest("pk")
    Reminder.objects.filter(pk=row.pk).update(starts_at=at(4, 10))

    [(sentence, [place])] = broken(A_DAY_BEFORE).items()
    assert sentence == "Each reminder is of a start that its session had"
    assert place.startswith(f"reminder {row.pk} of session {session.code}")


def test_reminder_that_nobody_made(session: Appointment) -> None:
    Reminder.objects.earliest("pk").delete()

    assert broken(A_DAY_BEFORE + 15 * MINUTE) == {}
    [(sentence, [place])] = broken(A_DAY_BEFORE + 16 * MINUTE).items()
    assert sentence == "No reminder is overdue"
    assert session.code in place


def test_message_that_nothing_will_send(session: Appointment, mail_port: int) -> None:
    make_reminders(now=at(4, 8))
    jobs.run_due(at(4, 8))
    assert Delivery.objects.filter(state="waiting").count() == 2
    assert broken(at(4, 8)) == {}

    job = Job.objects.filter(kind="notifications.send").earliest("pk")
    job.delete()

    [(sentence, [place])] = broken(at(4, 8)).items()
    assert sentence == "Every message that waits has a job that sends it"
    assert place == f"{str(job.unique_key).replace(':', ' ')} waits, and nothing will send it"

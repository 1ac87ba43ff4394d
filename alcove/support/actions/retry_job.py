"""Staff's second try for a job that was given up."""

import datetime as dt

from django.db import transaction

from alcove.core import jobs
from alcove.people.access import require_staff
from alcove.people.actions.record_act import record_act
from alcove.people.models import Person
from alcove.support.errors import JobNotFailed


@transaction.atomic
def retry_job(*, actor: Person, job: int, now: dt.datetime) -> None:
    """Have a job tried again that was given up; NotFound for others than staff, JobNotFailed."""
    require_staff(actor)
    if not jobs.try_again(job, now=now):
        raise JobNotFailed
    record_act(actor=actor, act="job.tried_again", subject=f"job:{job}", now=now)

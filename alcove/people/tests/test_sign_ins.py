"""What is left of a sign-in that is over."""

import datetime as dt

from django.contrib.sessions.models import Session

from alcove.core import jobs
from alcove.core.models import Job
from alcove.people.sign_ins import forget_sign_ins
from tests.cast import NOW

DAY = dt.timedelta(days=1)


def test_sessions_that_are_over_are_forgotten_and_no_others(db: None) -> None:
    for key, ends in (("over", NOW - DAY), ("going", NOW + DAY)):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    jobs.ensure_periodic(NOW)
    assert Job.objects.filter(kind="people.forget_sign_ins").exists()
    forget_sign_ins({}, NOW)

    assert [session.session_key for session in Session.objects.all()] == ["going"]

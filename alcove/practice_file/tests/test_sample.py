"""The sample shows something on every page, on whatever day it is loaded."""

import datetime as dt

import pytest

from alcove.billing.models import CreditEntry
from alcove.booking.models import Appointment
from alcove.booking.policies import outcome
from alcove.booking.queries import disputes, requests_for, upcoming
from alcove.core import jobs
from alcove.database_check.run import broken
from alcove.live.queries import attendance_facts, stays_of
from alcove.people.models import Person, Practice
from alcove.practice_file.apply import import_practice
from alcove.practice_file.sample import FILE, ROLES, NotEmpty, is_empty, is_sample, load_sample
from alcove.rooms.models import Invitation

# A plain day, both changes of the clock in both zones, the ends of a month and of a year, a
# leap day, a Saturday night.
DAYS = [
    dt.datetime(2026, 6, 17, 12, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 8, 7, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 0, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, 5, 30, tzinfo=dt.UTC),
    dt.datetime(2027, 1, 1, 0, 0, tzinfo=dt.UTC),
    dt.datetime(2028, 2, 29, 23, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 8, 1, 23, 0, 0, 1, tzinfo=dt.UTC),
]


@pytest.mark.django_db
@pytest.mark.parametrize("now", DAYS, ids=str)
def test_the_sample_has_sessions_in_every_state_and_keeps_every_invariant(now: dt.datetime) -> None:
    load_sample(now=now)
    statuses = sorted(Appointment.objects.values_list("status", flat=True))
    assert statuses == sorted(
        ["completed"] * 5 + ["cancelled"] * 2 + ["declined", "lapsed"]
        + ["confirmed"] * 2 + ["requested"] * 4 + ["no_show"]
    )  # fmt: skip
    people = {email: Person.objects.get(email=email) for email in ROLES.values()}
    for held in Appointment.objects.filter(status="completed"):
        assert outcome(attendance_facts(held, stays_of(held), Practice.load())) == "attended"
    assert [one.appointment.provider.email for one in disputes()] == ["lucia@example.org"]
    assert upcoming(people["alex@example.org"], now).count() == 3
    assert upcoming(people["sam@example.org"], now).count() == 1
    assert requests_for(people["maya@example.org"]).count() == 2
    assert requests_for(people["lucia@example.org"]).count() == 2
    assert all(row.booked_at <= now for row in Appointment.objects.all())
    assert not Appointment.objects.filter(status="requested", confirm_by__lte=now).exists()
    (invitation,) = Invitation.objects.all()
    assert invitation.invited_by == people["elena@example.org"]
    assert not Person.objects.filter(email=invitation.address).exists()
    assert (invitation.closed_at, invitation.expires_at > now) == (None, True)
    ended = CreditEntry.objects.filter(kind="expired").select_related("lot")
    late = [one.written_at - one.lot.expires_at for one in ended if one.lot and one.lot.expires_at]
    assert late
    assert max(late) < dt.timedelta(days=7)
    assert broken(now) == {}


@pytest.mark.django_db
def test_the_sample_is_for_an_empty_database_only() -> None:
    assert (is_empty(), is_sample()) == (True, False)
    load_sample(now=DAYS[0])
    assert (is_empty(), is_sample()) == (False, True)
    with pytest.raises(NotEmpty):
        load_sample(now=DAYS[0])


@pytest.mark.django_db
def test_the_samples_file_imported_again_changes_nothing() -> None:
    load_sample(now=DAYS[0])
    assert import_practice(FILE.read_bytes(), now=DAYS[0]).changes == 0


@pytest.mark.django_db
def test_the_jobs_of_the_sample_run_and_keep_every_invariant() -> None:
    load_sample(now=DAYS[0])
    jobs.ensure_periodic(DAYS[0])
    jobs.run_due(DAYS[0])
    assert broken(DAYS[0]) == {}

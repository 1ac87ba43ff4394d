"""Every step between two states: the legal ones are taken, all others refused."""

import itertools

import pytest

from alcove.booking import lifecycle
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.models import Appointment, Status, TimeClaim
from tests.cast import Cast, at, book
from tests.untouched import refused

# Written out once more, from the law and not from the code.
LEGAL = {
    ("requested", "requested"),
    ("requested", "confirmed"),
    ("requested", "declined"),
    ("requested", "lapsed"),
    ("requested", "cancelled"),
    ("confirmed", "requested"),
    ("confirmed", "completed"),
    ("confirmed", "no_show"),
    ("confirmed", "cancelled"),
}
ENDED = {"completed", "no_show", "declined", "lapsed", "cancelled"}
EVERY_STEP = list(itertools.product(Status.values, Status.values))


@pytest.mark.parametrize(("status", "to"), EVERY_STEP)
def test_step_is_taken_only_when_it_is_legal(cast: Cast, status: str, to: str) -> None:
    appointment = book(cast.room, at(4, 9))
    Appointment.objects.update(status=status, version=7, sequence=3)
    appointment.refresh_from_db()
    uid = appointment.uid

    if (status, to) not in LEGAL:
        with refused(ChangedMeanwhile):
            lifecycle.move(appointment, to)
        return
    lifecycle.move(appointment, to)

    stored = Appointment.objects.get()
    for row in (appointment, stored):
        assert (row.status, row.version, row.sequence, row.uid) == (to, 8, 4, uid)
    assert TimeClaim.objects.exists() == (to not in ENDED)


def test_table_of_steps_is_the_law() -> None:
    table = {(status, to) for status, following in lifecycle.STEPS.items() for to in following}

    assert table == LEGAL
    assert lifecycle.ENDED == ENDED
    assert set(lifecycle.STEPS) == set(Status.values)


def test_stale_version_loses_and_is_told_what_happened(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    stale = Appointment.objects.get(pk=appointment.pk)
    lifecycle.move(appointment, Status.CONFIRMED)

    with refused(ChangedMeanwhile) as caught:
        lifecycle.move(stale, Status.DECLINED)

    assert str(caught.value) == "Somebody changed this live session a moment ago: Confirmed."
    assert stale.status == Status.CONFIRMED


def test_stale_version_loses_even_when_the_status_came_back(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    stale = Appointment.objects.get(pk=appointment.pk)
    lifecycle.move(appointment, Status.REQUESTED)

    with refused(ChangedMeanwhile):
        lifecycle.move(stale, Status.CONFIRMED)

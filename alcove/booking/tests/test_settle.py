"""Sessions that are over, settled by who was there."""

import datetime as dt

import pytest

from alcove.billing.ledger import Balance, balance
from alcove.booking.actions.complete import complete_appointment
from alcove.booking.actions.settle import settle_session
from alcove.booking.errors import ChangedMeanwhile
from alcove.booking.models import Appointment, Ending, FreedTime, Status, TimeClaim
from alcove.booking.policies import AttendanceFacts, Outcome, outcome
from alcove.core.models import Event
from tests.cast import CREDITS, Cast, at, book_confirmed
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)
OVER = at(4, 9, 55)


def facts(
    *, provider: bool = True, client: bool = True, together: int = 0, failed: bool = False
) -> AttendanceFacts:
    """Who came, and how many minutes they were connected."""
    return AttendanceFacts(provider, client, together > 0, together * MINUTE, failed)


MET = facts(together=40)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (facts(provider=False, client=False), "provider_absent"),
        (facts(provider=False), "provider_absent"),
        (facts(client=False), "client_absent"),
        (facts(), "not_connected"),
        (facts(together=4, failed=True), "not_connected"),
        (facts(together=5, failed=True), "attended"),
        (facts(together=1), "attended"),
        (MET, "attended"),
    ],
)
def test_what_the_facts_come_to(found: AttendanceFacts, expected: Outcome) -> None:
    assert outcome(found) == expected


@pytest.fixture
def appointment(cast: Cast) -> Appointment:
    """A confirmed session, read as a job reads it."""
    return Appointment.objects.get(pk=book_confirmed(cast.room, at(4, 9)).pk)


def test_an_attended_session_is_completed_and_spends_its_credit(
    cast: Cast, appointment: Appointment
) -> None:
    assert settle_session(appointment=appointment, facts=MET, now=OVER) is True

    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED
    assert balance(cast.room, OVER) == Balance(available=CREDITS - 1, held=0)
    assert Event.objects.latest("id").kind == "appointment.completed"
    assert not TimeClaim.objects.exists()
    assert not Ending.objects.exists()


@pytest.mark.parametrize(
    ("found", "cause"),
    [(facts(provider=False), "provider_absent"), (facts(), "not_connected")],
)
def test_nobody_pays_when_the_provider_or_the_technology_failed(
    cast: Cast, appointment: Appointment, found: AttendanceFacts, cause: str
) -> None:
    assert settle_session(appointment=appointment, facts=found, now=OVER) is True

    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED
    assert balance(cast.room, OVER) == Balance(available=CREDITS, held=0)
    ending = Ending.objects.get()
    assert (ending.cause, ending.cost, ending.ended_by) == (cause, "free", None)
    assert Event.objects.latest("id").data["cause"] == cause
    assert not FreedTime.objects.exists()


def test_a_session_without_its_client_waits_a_day_for_the_provider(
    cast: Cast, appointment: Appointment
) -> None:
    alone = facts(client=False)

    assert settle_session(appointment=appointment, facts=alone, now=OVER) is False
    assert settle_session(appointment=appointment, facts=alone, now=at(5, 9, 44)) is False
    assert balance(cast.room, OVER) == Balance(available=CREDITS - 1, held=1)
    assert settle_session(appointment=appointment, facts=alone, now=at(5, 9, 45)) is True

    appointment.refresh_from_db()
    assert appointment.status == Status.COMPLETED


def test_a_session_that_was_settled_first_stays_so(cast: Cast, appointment: Appointment) -> None:
    stale = Appointment.objects.get(pk=appointment.pk)
    complete_appointment(appointment=appointment, now=OVER)

    with refused(ChangedMeanwhile):
        settle_session(appointment=stale, facts=facts(), now=OVER)

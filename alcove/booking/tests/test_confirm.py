"""The provider's yes and no, and who may say them."""

import datetime as dt
from collections.abc import Callable

import pytest

from alcove.billing.ledger import Balance, balance
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.errors import NotRequested, RequestLapsed
from alcove.booking.models import Appointment, Ending, Status, TimeClaim
from alcove.core.errors import NotAllowed, NotFound
from alcove.core.models import Event
from alcove.people.models import Person
from tests.cast import CREDITS, NOW, Cast, at, book, hold
from tests.untouched import refused

Answer = Callable[[Person, Appointment, dt.datetime], Appointment]


def confirm(actor: Person, appointment: Appointment, now: dt.datetime = NOW) -> Appointment:
    return confirm_appointment(actor=actor, code=appointment.code, now=now)


def decline(actor: Person, appointment: Appointment, now: dt.datetime = NOW) -> Appointment:
    return decline_appointment(actor=actor, code=appointment.code, words="On leave", now=now)


ANSWERS = pytest.mark.parametrize("answer", [confirm, decline])


def test_confirming_keeps_credit_and_time_as_they_are(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))
    claims = list(TimeClaim.objects.values())

    confirmed = confirm(cast.provider, appointment)

    assert (confirmed.status, confirmed.was_confirmed) == (Status.CONFIRMED, True)
    assert list(TimeClaim.objects.values()) == claims
    assert balance(cast.room, NOW) == Balance(available=CREDITS - 1, held=1)
    event = Event.objects.latest("id")
    assert (event.kind, event.actor, event.data["by"]) == (
        "appointment.confirmed",
        cast.provider.key,
        "provider",
    )


def test_declining_frees_the_slot_and_gives_the_credit_back(cast: Cast) -> None:
    appointment = book(cast.room, at(4, 9))

    declined = decline(cast.provider, appointment)

    assert declined.status == Status.DECLINED
    assert balance(cast.room, NOW) == Balance(available=CREDITS, held=0)
    ending = Ending.objects.get()
    assert (ending.ended_by, ending.words, ending.cost) == (cast.provider, "On leave", "free")
    assert Event.objects.latest("id").kind == "appointment.declined"
    hold(cast.strangers_room, at(4, 9))


@ANSWERS
@pytest.mark.parametrize("who", ["client", "partner"])
def test_clients_do_not_answer_their_own_request(cast: Cast, answer: Answer, who: str) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    with refused(NotAllowed):
        answer(getattr(cast, who), appointment, NOW)


@ANSWERS
@pytest.mark.parametrize("who", ["second_provider", "stranger", "staff"])
def test_request_does_not_exist_for_others(cast: Cast, answer: Answer, who: str) -> None:
    appointment = book(cast.couples_room, at(4, 9))

    with refused(NotFound):
        answer(getattr(cast, who), appointment, NOW)


@ANSWERS
@pytest.mark.parametrize("status", sorted(set(Status.values) - {"requested"}))
def test_settled_request_is_not_answered_again(cast: Cast, answer: Answer, status: str) -> None:
    appointment = book(cast.room, at(4, 9))
    Appointment.objects.update(status=status)

    with refused(NotRequested) as caught:
        answer(cast.provider, appointment, NOW)

    assert caught.value.data == {"status": str(Status(status).label)}


@ANSWERS
def test_answer_at_the_deadline_is_too_late_although_no_job_ran(cast: Cast, answer: Answer) -> None:
    appointment = book(cast.room, at(4, 9))

    with refused(RequestLapsed):
        answer(cast.provider, appointment, appointment.confirm_by)
    answer(cast.provider, appointment, appointment.confirm_by - dt.timedelta(microseconds=1))

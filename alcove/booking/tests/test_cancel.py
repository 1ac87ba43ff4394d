"""Cancelling costs exactly what was shown, once."""

import datetime as dt

import pytest

from alcove.billing.ledger import Balance, balance
from alcove.billing.models import CreditEntry, LateFee
from alcove.booking.actions.cancel import cancel_appointment
from alcove.booking.errors import (
    AlreadyEnded,
    AlreadyStarted,
    ConsequenceChanged,
    NotRoomOwner,
    ReasonNeeded,
)
from alcove.booking.models import Appointment, Ending, FreedTime, Status, TimeClaim
from alcove.booking.policies import Consequence, Terms, consequence_for_client
from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.people.models import Practice
from tests.cast import (
    CREDITS,
    NOW,
    Cast,
    at,
    book,
    book_confirmed,
    cancel,
    change_plans,
    hold,
    hold_to_move,
)
from tests.untouched import refused

LIMIT = at(3, 9)  # 24 hours before the start of the session below
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def session(cast: Cast) -> Appointment:
    """A confirmed session on Wednesday at 9:00 UTC."""
    return book_confirmed(cast.room, at(4, 9))


@pytest.fixture
def session_with_fee(cast: Cast) -> Appointment:
    """The same under a plan that asks a fee for late changes."""
    change_plans(late_rule="fee", late_fee_minor=4000, currency="USD")
    cast.room.refresh_from_db()
    return book_confirmed(cast.room, at(4, 9))


def test_cancelling_exactly_at_the_limit_is_free(cast: Cast, session: Appointment) -> None:
    cancelled = cancel(session, now=LIMIT)

    assert cancelled.status == Status.CANCELLED
    assert balance(cast.room, LIMIT) == Balance(available=CREDITS, held=0)
    ending = Ending.objects.get()
    assert (ending.ended_by, ending.reason, ending.cost, ending.ended_at) == (
        cast.client,
        cast.reason,
        "free",
        LIMIT,
    )
    assert not TimeClaim.objects.exists()
    assert not FreedTime.objects.exists()
    event = Event.objects.latest("id")
    assert (event.kind, event.data["by"], event.data["cost"]) == (
        "appointment.cancelled",
        "client",
        "free",
    )


def test_cancelling_a_second_later_loses_the_credit(cast: Cast, session: Appointment) -> None:
    late = LIMIT + SECOND

    with refused(ConsequenceChanged):
        cancel(session, agreed="free", now=late)
    cancel(session, agreed="credit", now=late)

    assert balance(cast.room, late) == Balance(available=CREDITS - 1, held=0)
    assert Ending.objects.get().cost == "credit"
    freed = FreedTime.objects.get()
    assert (freed.provider, freed.starts_at, freed.ends_at, freed.restored_at) == (
        cast.provider,
        at(4, 9),
        at(4, 9, 45),
        None,
    )


def test_late_fee_is_due_once_and_the_credit_comes_back(
    cast: Cast, session_with_fee: Appointment
) -> None:
    late = LIMIT + SECOND

    for wrong in ("free", "credit", "fee", "fee:3999:USD", "fee:4000:EUR", ""):
        with refused(ConsequenceChanged):
            cancel(session_with_fee, agreed=wrong, now=late)
    cancel(session_with_fee, agreed="fee:4000:USD", now=late)
    with refused(AlreadyEnded):
        cancel(session_with_fee, agreed="fee:4000:USD", now=late)

    fee = LateFee.objects.get()
    assert (fee.room, fee.amount_minor, fee.currency, fee.due_at) == (cast.room, 4000, "USD", late)
    assert balance(cast.room, late) == Balance(available=CREDITS, held=0)
    assert not FreedTime.objects.exists()


def test_fee_of_the_booking_holds_though_the_plan_has_changed(
    session_with_fee: Appointment,
) -> None:
    change_plans(late_fee_minor=9900)

    cancel(session_with_fee, agreed="fee:4000:USD", now=LIMIT + SECOND)

    assert LateFee.objects.get().amount_minor == 4000


def test_notice_of_the_booking_holds_though_the_practice_has_changed(
    cast: Cast, session: Appointment
) -> None:
    Practice.objects.update(notice_hours=47)

    cancel(session, agreed="free", now=LIMIT)

    assert balance(cast.room, LIMIT).available == CREDITS


def test_unconfirmed_booking_is_free_to_cancel_however_late(cast: Cast) -> None:
    appointment = book(cast.room, at(2, 11))

    cancel(appointment, agreed="free", now=at(2, 10, 59))

    assert balance(cast.room, NOW) == Balance(available=CREDITS, held=0)


def test_confirmation_while_the_page_was_open_changes_the_cost(cast: Cast) -> None:
    appointment = book_confirmed(cast.room, at(2, 11))

    with refused(ConsequenceChanged):
        cancel(appointment, agreed="free", now=at(2, 10))


def test_agreeing_to_a_cost_does_not_make_a_free_change_cost(session: Appointment) -> None:
    with refused(ConsequenceChanged):
        cancel(session, agreed="credit", now=LIMIT)


def test_providers_cancellation_gives_the_credit_back_however_late(
    cast: Cast, session_with_fee: Appointment
) -> None:
    cancel(session_with_fee, actor=cast.provider, now=at(4, 8, 59))

    assert balance(cast.room, NOW) == Balance(available=CREDITS, held=0)
    assert (LateFee.objects.count(), FreedTime.objects.count()) == (0, 0)
    assert Event.objects.latest("id").data["by"] == "provider"


def test_started_session_is_not_cancelled_by_anybody(cast: Cast, session: Appointment) -> None:
    for actor in (cast.client, cast.provider):
        with refused(AlreadyStarted):
            cancel(session, actor=actor, agreed="credit", now=at(4, 9))


@pytest.mark.parametrize("status", ["completed", "no_show", "declined", "lapsed", "cancelled"])
def test_ended_session_is_not_cancelled(cast: Cast, session: Appointment, status: str) -> None:
    Appointment.objects.update(status=status)

    with refused(AlreadyEnded) as caught:
        cancel(session)

    assert caught.value.data == {"status": str(Status(status).label)}


def test_reason_is_needed_of_both_sides(cast: Cast, session: Appointment) -> None:
    for actor in (cast.client, cast.provider):
        with refused(ReasonNeeded):
            cancel_appointment(
                actor=actor, code=session.code, reason=None, words="ill", agreed="free", now=NOW
            )


def test_partner_is_told_who_cancels(cast: Cast) -> None:
    appointment = book_confirmed(cast.couples_room, at(4, 9))

    with refused(NotRoomOwner):
        cancel(appointment, actor=cast.partner)


@pytest.mark.parametrize("who", ["stranger", "second_provider", "staff", "partner"])
def test_session_does_not_exist_for_others(cast: Cast, session: Appointment, who: str) -> None:
    with refused(NotFound):
        cancel(session, actor=getattr(cast, who))


def test_cancelled_time_can_be_booked_by_others(cast: Cast, session: Appointment) -> None:
    cancel(session)

    assert book(cast.strangers_room, at(4, 9)).status == Status.REQUESTED


def test_cancelling_gives_up_the_time_held_for_moving(cast: Cast, session: Appointment) -> None:
    hold_to_move(session, at(4, 11))

    cancel(session)

    assert not TimeClaim.objects.exists()


def test_cancelling_one_session_keeps_the_time_held_for_another(
    cast: Cast, session: Appointment
) -> None:
    hold(cast.room, at(5, 11))

    cancel(session)

    assert set(TimeClaim.objects.values_list("starts_at", flat=True)) == {at(5, 11)}


def test_late_credits_are_written_once_for_each_session(cast: Cast) -> None:
    for day in (4, 5):
        session = book_confirmed(cast.room, at(day, 9))
        cancel(session, agreed="credit", now=at(day, 8))

    assert CreditEntry.objects.filter(kind="forfeited").count() == 2
    assert balance(cast.room, NOW) == Balance(available=CREDITS - 2, held=0)


@pytest.mark.parametrize(
    ("confirmed", "rule", "after_limit", "token"),
    [
        (True, "credit", dt.timedelta(0), "free"),
        (True, "credit", dt.timedelta(microseconds=1), "credit"),
        (True, "fee", dt.timedelta(0), "free"),
        (True, "fee", SECOND, "fee:1500:JPY"),
        (False, "credit", dt.timedelta(days=2), "free"),
        (False, "fee", dt.timedelta(days=2), "free"),
    ],
)
def test_consequence_follows_state_rule_and_clock(
    confirmed: bool, rule: str, after_limit: dt.timedelta, token: str
) -> None:
    terms = Terms(
        is_confirmed=confirmed,
        free_until=LIMIT,
        late_rule=rule,
        late_fee_minor=1500,
        currency="JPY",
    )

    assert consequence_for_client(terms, LIMIT + after_limit).token == token
    assert Consequence("free").token == "free"

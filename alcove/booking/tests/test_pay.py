"""Buying the missing credit inside the booking: the time waits, the payment books it (R4)."""

import datetime as dt

import pytest
from pytest_django import Settings

from alcove.billing import ledger
from alcove.billing.actions.checkout import checkout_url
from alcove.billing.actions.hear import take_news
from alcove.billing.errors import HasCredit, NoGateway, NothingToBuy
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import FeeConsent, Purchase, SavedMethod
from alcove.billing.payments.gateway import Paid
from alcove.booking.actions.hold import hold_slot
from alcove.booking.actions.pay import LEFT_CREDIT, pay_and_book
from alcove.booking.errors import HoldExpired, SlotTaken
from alcove.booking.models import Appointment, SlotHold
from alcove.core import jobs
from alcove.core.errors import NotFound
from alcove.core.models import Event
from tests.cast import CREDITS, NOW, Cast, at, book, change_plans, hold
from tests.payment_service import PaymentService
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def poor(cast: Cast, payments: PaymentService) -> Cast:
    """The cast, whose room has no credit left and whose plan sells further ones."""
    change_plans(extra_credit_minor=6000)
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K:{number}", now=NOW)
    return cast


def open_payment(cast: Cast, day: int = 4) -> tuple[SlotHold, Purchase]:
    """A kept time, and the purchase that books it."""
    kept = hold(cast.room, at(day, 9))
    purchase = pay_and_book(actor=cast.client, hold_code=kept.code, now=NOW)
    checkout_url(purchase, success_url="https://a/", cancel_url="https://b/", now=NOW)
    kept.refresh_from_db()
    return kept, purchase


def pay(purchase: Purchase, now: dt.datetime) -> None:
    """The payment arrives then, and the worker does what follows."""
    take_news(Paid(purchase.code, "cs", f"pi_{purchase.code}", 6000, "USD"), now=now)
    jobs.run_due(now)


def test_paid_credit_books_the_time_that_was_kept(poor: Cast) -> None:
    kept, purchase = open_payment(poor)
    assert kept.expires_at == purchase.open_until

    pay(purchase, NOW + 30 * MINUTE)

    appointment = Appointment.objects.get()
    assert (appointment.starts_at, appointment.status) == (at(4, 9), "requested")
    assert balance(poor.room, NOW) == Balance(available=0, held=CREDITS + 1)


def test_time_stays_kept_while_it_is_paid(poor: Cast) -> None:
    kept, _purchase = open_payment(poor)

    # Looking at the same time again does not shorten it; others cannot have it.
    again = hold_slot(
        actor=poor.client,
        room_code=poor.room.code,
        modality="video",
        length_minutes=45,
        starts_at=at(4, 9),
        now=NOW + MINUTE,
    )
    assert (again, again.expires_at) == (kept, kept.expires_at)
    with refused(SlotTaken):
        hold(poor.strangers_room, at(4, 9), now=NOW + 30 * MINUTE)


def test_payment_after_the_time_was_let_go_leaves_a_credit_and_says_so(poor: Cast) -> None:
    kept, purchase = open_payment(poor)

    for _time in range(2):
        pay(purchase, kept.expires_at + MINUTE)

    assert not Appointment.objects.exists()
    assert balance(poor.room, NOW).available == 1
    event = Event.objects.get(kind=LEFT_CREDIT)
    assert event.data["why"] == "hold_expired"


def test_payment_for_a_time_that_was_exchanged_for_another_leaves_a_credit(poor: Cast) -> None:
    _kept, purchase = open_payment(poor)
    hold(poor.room, at(5, 9), now=NOW + MINUTE)

    pay(purchase, NOW + 2 * MINUTE)

    assert not Appointment.objects.exists()
    assert balance(poor.room, NOW).available == 1


def test_second_click_opens_no_second_payment(poor: Cast) -> None:
    kept = hold(poor.room, at(4, 9))

    first, second = (
        pay_and_book(actor=poor.client, hold_code=kept.code, now=NOW) for _ in range(2)
    )

    assert first == second


def test_others_cannot_pay_for_the_clients_time(poor: Cast) -> None:
    kept = hold(poor.room, at(4, 9))

    for person in (poor.partner, poor.provider, poor.staff, poor.admin, poor.stranger):
        with refused(NotFound):
            pay_and_book(actor=person, hold_code=kept.code, now=NOW)


def test_nothing_is_bought_where_nothing_needs_to_be(poor: Cast, settings: Settings) -> None:
    kept = hold(poor.room, at(4, 9))
    with refused(HoldExpired):
        pay_and_book(actor=poor.client, hold_code=kept.code, now=kept.expires_at)
    change_plans(extra_credit_minor=None)
    with refused(NothingToBuy):
        pay_and_book(actor=poor.client, hold_code=kept.code, now=NOW)
    settings.STRIPE_SECRET_KEY = ""
    with refused(NoGateway):
        pay_and_book(actor=poor.client, hold_code=kept.code, now=NOW)
    ledger.release("K:0", now=NOW)
    with refused(HasCredit):
        pay_and_book(actor=poor.client, hold_code=kept.code, now=NOW)


def test_booking_with_a_fee_keeps_the_consent_of_whoever_has_a_card(
    cast: Cast, payments: PaymentService
) -> None:
    change_plans(late_rule="fee", late_fee_minor=4000)
    book(cast.room, at(4, 9))
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa •• 4242", saved_at=NOW
    )

    appointment = book(cast.room, at(5, 9))

    consent = FeeConsent.objects.get()
    assert (consent.key, consent.amount_minor, consent.method_label) == (
        f"appointment:{appointment.code}",
        4000,
        "Visa •• 4242",
    )

"""Receipts and bad news about money go to the payer by mail, once, and say little to others."""

import datetime as dt
import re

import pytest

from alcove.availability.models import ProviderCalendar
from alcove.billing import ledger
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.late_fees import consent_to_fee, make_fee_due
from alcove.billing.actions.record_payment import record_credits_paid, record_plan_paid
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.models import SavedMethod
from alcove.billing.payments.gateway import Paid
from alcove.booking.actions.pay import pay_and_book
from alcove.core import jobs
from alcove.notifications.models import Delivery, SwitchedOff
from tests.cast import CREDITS, NOW, Cast, at, change_plans, hold
from tests.payment_service import PaymentService, declined

# What a letter about money may not say to somebody who looks over a shoulder.
TELLING = re.compile(r"therap|session|petra|cora|couple", re.IGNORECASE)


def letters() -> list[Delivery]:
    return list(Delivery.objects.filter(channel="email").order_by("pk"))


def test_receipt_has_what_a_receipt_needs_and_says_no_more(cast: Cast) -> None:
    purchase = record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=8050, note="Cash", now=NOW
    )

    jobs.run_due(NOW)
    jobs.run_due(NOW)

    [letter] = letters()
    assert (letter.address, letter.subject) == ("cora@example.org", "Your receipt")
    for fact in (
        "For: 2 credits",
        "$80.50",
        "Day: March 2, 2026",
        purchase.code,
        "Linden Practice",
    ):
        assert fact in letter.text
    assert TELLING.search(letter.subject) is None


def test_receipt_comes_by_mail_whatever_its_reader_chose(cast: Cast) -> None:
    SwitchedOff.objects.create(person=cast.client, kind="credits", channel="email")

    record_plan_paid(
        actor=cast.staff, room=cast.room, code="four", amount_minor=20000, note="Cash", now=NOW
    )
    jobs.run_due(NOW)

    [letter] = letters()
    assert "For: your plan" in letter.text


def test_gift_has_no_receipt(cast: Cast) -> None:
    record_credits_paid(
        actor=cast.staff, room=cast.room, count=1, amount_minor=0, note="A gift", now=NOW
    )
    jobs.run_due(NOW)

    assert letters() == []


def test_refund_is_told(cast: Cast) -> None:
    purchase = record_credits_paid(
        actor=cast.staff, room=cast.room, count=1, amount_minor=4000, note="Cash", now=NOW
    )
    refund_purchase(actor=cast.admin, code=purchase.code, reason="Asked for", now=NOW)
    jobs.run_due(NOW)

    assert letters()[-1].subject == "Money is on its way back to you"
    assert "$40" in letters()[-1].text


@pytest.mark.parametrize(
    ("why", "words"),
    [("late", "was let go or taken meanwhile"), ("leave", "this room cannot be booked")],
)
def test_payment_for_a_time_that_cannot_be_booked_says_why_with_its_receipt(
    cast: Cast, payments: PaymentService, why: str, words: str
) -> None:
    change_plans(extra_credit_minor=6000)
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K:{number}", now=NOW)
    kept = hold(cast.room, at(4, 9))
    purchase = pay_and_book(actor=cast.client, hold_code=kept.code, now=NOW)

    late = NOW + dt.timedelta(hours=1 if why == "late" else 0)
    if why == "leave":
        ProviderCalendar.objects.update(on_leave_until=at(30, 0).date())
    take_news(Paid(purchase.code, "cs", "pi", 6000, "USD"), now=late)
    jobs.run_due(late)

    assert sorted(letter.subject for letter in letters()) == [
        "Your payment is here",
        "Your receipt",
    ]
    [left] = [letter for letter in letters() if letter.subject == "Your payment is here"]
    assert words in left.text


def test_refused_card_is_told(cast: Cast, payments: PaymentService) -> None:
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa", saved_at=NOW
    )
    consent_to_fee(person=cast.client, key="k", amount_minor=4000, currency="USD", now=NOW)
    make_fee_due(
        room=cast.room,
        amount_minor=4000,
        currency="USD",
        cause="late:K:1",
        consent_key="k",
        now=NOW,
    )
    payments.fails = [declined()]

    jobs.run_due(NOW)

    [letter] = letters()
    assert letter.subject == "A payment did not go through"
    assert "$40" in letter.text


@pytest.mark.parametrize("language", ["en", "es"])
def test_subjects_say_nothing_of_therapy(cast: Cast, language: str) -> None:
    cast.client.language = language
    cast.client.save()
    record_credits_paid(
        actor=cast.staff, room=cast.room, count=1, amount_minor=4000, note="Cash", now=NOW
    )
    jobs.run_due(NOW)

    [letter] = letters()
    assert letter.subject == {"en": "Your receipt", "es": "Tu recibo"}[language]

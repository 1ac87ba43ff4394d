"""Late fees: charged by themselves only to whoever agreed when booking; paid, refused or waived."""

import pytest
from pytest_django import Settings

from alcove.billing.actions.late_fees import consent_to_fee, make_fee_due, waive_fee
from alcove.billing.actions.record_payment import record_fee_paid
from alcove.billing.errors import AlreadySettled, ReasonMissing
from alcove.billing.models import FeeConsent, LateFee, Purchase, SavedMethod
from alcove.core import jobs
from alcove.core.errors import NotFound
from alcove.core.models import Event
from tests.cast import NOW, Cast
from tests.payment_service import BROKEN, PaymentService, declined
from tests.untouched import refused


@pytest.fixture
def card(cast: Cast, payments: PaymentService) -> SavedMethod:
    """The client's saved card."""
    return SavedMethod.objects.create(
        person=cast.client,
        customer_key="cus_1",
        method_key="pm_1",
        label="Visa •• 4242",
        saved_at=NOW,
    )


def agree(cast: Cast, key: str = "appointment:K") -> None:
    consent_to_fee(person=cast.client, key=key, amount_minor=4000, currency="USD", now=NOW)


def due(cast: Cast, key: str = "appointment:K") -> LateFee:
    """A fee that has just become due."""
    return make_fee_due(
        room=cast.room,
        amount_minor=4000,
        currency="USD",
        cause="late:K:1",
        consent_key=key,
        now=NOW,
    )


def test_fee_that_was_agreed_to_is_charged_once(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)

    jobs.run_due(NOW)
    jobs.run_due(NOW)

    fee.refresh_from_db()
    purchase = Purchase.objects.get()
    assert (fee.state, purchase.item, purchase.fee, purchase.buyer) == (
        "paid",
        "fee",
        fee,
        cast.client,
    )
    [charge] = [call for call in payments.calls if call[1] == "/v1/payment_intents"]
    assert charge[2] == {
        "amount": "4000",
        "currency": "usd",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "off_session": "true",
        "confirm": "true",
        "description": "Late fee",
        "metadata[purchase]": purchase.code,
    }


def test_fee_without_consent_is_asked_for_and_not_charged(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast, key="appointment:OTHER")
    fee = due(cast)

    jobs.run_due(NOW)

    fee.refresh_from_db()
    assert (fee.state, payments.calls) == ("due", [])


def test_nobody_agrees_without_a_card_or_a_gateway(
    cast: Cast, payments: PaymentService, settings: Settings
) -> None:
    agree(cast)
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa", saved_at=NOW
    )
    settings.STRIPE_SECRET_KEY = ""
    agree(cast)

    assert not FeeConsent.objects.exists()


def test_refused_card_leaves_the_fee_due_and_is_told_once(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    payments.fails = [declined("expired_card")]

    jobs.run_due(NOW)
    jobs.run_due(NOW)

    fee.refresh_from_db()
    assert (fee.state, fee.declined) == ("due", "expired_card")
    assert Event.objects.filter(kind="fee.declined").count() == 1


@pytest.mark.parametrize("label", ["Visa •• 1881", ""])
def test_no_other_card_is_charged_than_the_one_that_was_agreed_to(
    cast: Cast, payments: PaymentService, card: SavedMethod, label: str
) -> None:
    agree(cast)
    SavedMethod.objects.filter(pk=card.pk).update(label=label)
    if not label:
        card.delete()
    fee = due(cast)

    jobs.run_due(NOW)

    fee.refresh_from_db()
    assert (fee.state, fee.declined, payments.calls) == ("due", "method_gone", [])
    assert Event.objects.filter(kind="fee.declined").count() == 1


def test_charge_waits_for_a_service_that_is_away(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    payments.fails = [BROKEN, BROKEN]

    jobs.run_due(NOW)
    fee.refresh_from_db()
    assert fee.state == "due"

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)
    fee.refresh_from_db()
    assert fee.state == "paid"


def lose_the_answer(payments: PaymentService) -> None:
    """The fee is charged, and nobody hears of it: the library itself has asked twice by then."""
    payments.loses = 2
    jobs.run_due(NOW)
    assert len(payments.payments) == 1
    assert not Purchase.objects.filter(state="paid").exists()


def test_charge_whose_answer_was_lost_is_made_once(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    lose_the_answer(payments)
    # So much later that the service knows the key no more; and with another card by now.
    payments.answers.clear()
    SavedMethod.objects.update(method_key="pm_2", label="Visa •• 1111")

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    fee.refresh_from_db()
    assert fee.state == "paid"
    assert len(payments.payments) == 1
    assert Purchase.objects.get().payment_key in payments.payments


def test_charge_whose_answer_was_lost_goes_back_when_the_fee_was_waived_meanwhile(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    lose_the_answer(payments)
    waive_fee(actor=cast.admin, fee=fee.pk, reason="Snow", now=NOW)

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)
    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    [back] = payments.refunds
    assert (back["payment_intent"], back["amount"]) == (next(iter(payments.payments)), "4000")


def test_fee_waived_before_it_was_charged_is_charged_no_more(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    payments.fails = [BROKEN, BROKEN]
    jobs.run_due(NOW)
    waive_fee(actor=cast.admin, fee=fee.pk, reason="Snow", now=NOW)

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    assert (payments.payments, payments.refunds) == ({}, [])


def test_fee_whose_job_runs_twice_is_charged_once(
    cast: Cast, payments: PaymentService, card: SavedMethod
) -> None:
    agree(cast)
    fee = due(cast)
    jobs.run_due(NOW)
    # As if the process had died before it noted that the jobs were done.
    jobs.enqueue("billing.charge_fee", {"fee": fee.pk, "consent": "appointment:K"}, now=NOW)
    keys = {"customer": "cus_1", "method": "pm_1"}
    jobs.enqueue("billing.take_charge", {"purchase": Purchase.objects.get().pk, **keys}, now=NOW)

    jobs.run_due(NOW)

    assert len(payments.payments) == 1
    assert Purchase.objects.count() == 1


def test_admin_waives_a_fee_with_a_reason(cast: Cast) -> None:
    fee = due(cast)
    for person in (cast.client, cast.provider, cast.staff, cast.stranger):
        with refused(NotFound):
            waive_fee(actor=person, fee=fee.pk, reason="Snow", now=NOW)
    with refused(ReasonMissing):
        waive_fee(actor=cast.admin, fee=fee.pk, reason=" ", now=NOW)

    waive_fee(actor=cast.admin, fee=fee.pk, reason="Snow", now=NOW)

    fee.refresh_from_db()
    assert fee.state == "waived"
    with refused(AlreadySettled):
        waive_fee(actor=cast.admin, fee=fee.pk, reason="Snow", now=NOW)


def test_staff_record_a_fee_that_was_paid_to_the_practice(cast: Cast) -> None:
    fee = due(cast)
    for person in (cast.client, cast.provider, cast.stranger):
        with refused(NotFound):
            record_fee_paid(actor=person, room=cast.room, fee=fee.pk, note="cash", now=NOW)

    purchase = record_fee_paid(actor=cast.staff, room=cast.room, fee=fee.pk, note="cash", now=NOW)

    fee.refresh_from_db()
    assert (fee.state, purchase.way, purchase.recorded_by) == ("paid", "practice", cast.staff)
    with refused(AlreadySettled):
        record_fee_paid(actor=cast.staff, room=cast.room, fee=fee.pk, note="cash", now=NOW)
    with refused(AlreadySettled):
        record_fee_paid(
            actor=cast.staff, room=cast.strangers_room, fee=fee.pk, note="cash", now=NOW
        )

"""Payments that do not fit what was given are found."""

import datetime as dt

import pytest

from alcove.billing.actions.record_payment import record_credits_paid, record_fee_paid
from alcove.billing.models import LateFee, Purchase, Refund
from alcove.database_check.run import broken
from tests.cast import NOW, Cast


@pytest.fixture
def fee(cast: Cast) -> LateFee:
    """A late fee that is due; nothing else is wrong."""
    return LateFee.objects.create(
        room=cast.room, amount_minor=4000, currency="USD", cause="fee:K", due_at=NOW
    )


def purchase_of(cast: Cast, **values: object) -> Purchase:
    return Purchase.objects.create(
        **{
            "room": cast.room,
            "buyer": cast.client,
            "amount_minor": 4000,
            "currency": "USD",
            "way": "stripe",
            "state": "paid",
            "opened_at": NOW,
            "paid_at": NOW,
            **values,
        }
    )


def test_payments_as_they_should_be_break_nothing(cast: Cast, fee: LateFee) -> None:
    record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=1, note="x", now=NOW
    )
    record_fee_paid(actor=cast.staff, room=cast.room, fee=fee.pk, note="x", now=NOW)

    assert broken(NOW) == {}


def test_paid_credits_that_never_came(cast: Cast) -> None:
    purchase = purchase_of(cast, item="credits", plan=cast.plan, count=2)

    [(sentence, [place])] = broken(NOW).items()
    assert sentence == "Credits that were paid are in the ledger, and no others are bought"
    assert place == f"{purchase.key} is paid for 2 credits, the ledger has 0"


def test_fee_that_was_paid_and_is_due(cast: Cast, fee: LateFee) -> None:
    purchase_of(cast, item="fee", fee=fee)

    [(sentence, _places)] = broken(NOW).items()
    assert sentence == "A late fee is paid where there is its payment, and not else"


def test_fee_that_is_paid_by_nothing(fee: LateFee) -> None:
    LateFee.objects.update(state="paid", settled_at=NOW)

    [(sentence, _places)] = broken(NOW).items()
    assert sentence == "A late fee is paid where there is its payment, and not else"


def test_refund_that_waits_for_days(cast: Cast, fee: LateFee) -> None:
    LateFee.objects.update(state="paid", settled_at=NOW)
    purchase = purchase_of(cast, item="fee", fee=fee)
    Refund.objects.create(purchase=purchase, amount_minor=1, reason="x", asked_at=NOW)

    assert broken(NOW) == {}
    [(sentence, _places)] = broken(NOW + dt.timedelta(days=5)).items()
    assert sentence == "No refund gives back more than was paid, or waits for days"

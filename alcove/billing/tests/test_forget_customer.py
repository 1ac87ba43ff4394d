"""Somebody who is deleted is erased at the gateway too, however long it does not answer."""

import pytest

from alcove.billing.actions.forget_customer import forget_customer
from alcove.billing.models import Purchase, SavedMethod
from alcove.core import jobs
from alcove.core.models import Job
from tests.cast import NOW, Cast
from tests.payment_service import BROKEN, PaymentService, declined


@pytest.fixture(autouse=True)
def customers(cast: Cast, payments: PaymentService) -> None:
    """The client paid by a card that is kept, before by one that is not, and by a plan's invoice."""
    SavedMethod.objects.create(
        person=cast.client, customer_key="cus_1", method_key="pm_1", label="Visa", saved_at=NOW
    )
    payments.payments["pi_2"] = {"id": "pi_2", "customer": "cus_2"}
    payments.invoices["in_3"] = {"id": "in_3", "customer": "cus_3"}
    payments.payments["pi_4"] = {"id": "pi_4", "customer": "cus_4"}
    for buyer, key in ((cast.client, "pi_2"), (cast.client, "in_3"), (cast.stranger, "pi_4")):
        Purchase.objects.create(
            room=cast.room,
            buyer=buyer,
            item="credits",
            count=1,
            plan=cast.plan,
            amount_minor=100,
            currency="USD",
            way="stripe",
            state="paid",
            payment_key=key,
            opened_at=NOW,
            paid_at=NOW,
        )


def test_everybody_they_are_there_is_erased_and_nobody_else(
    cast: Cast, payments: PaymentService
) -> None:
    forget_customer(cast.client, now=NOW)
    jobs.run_due(NOW)

    assert payments.erased == {"cus_1", "cus_2", "cus_3"}


def test_gateway_that_is_away_is_asked_again(cast: Cast, payments: PaymentService) -> None:
    payments.fails = [BROKEN] * 20
    forget_customer(cast.client, now=NOW)

    jobs.run_due(NOW)
    assert payments.erased == set()
    payments.fails = []
    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    assert payments.erased == {"cus_1", "cus_2", "cus_3"}


def test_whom_the_gateway_knows_no_more_is_passed_over(
    cast: Cast, payments: PaymentService
) -> None:
    payments.fails = [declined("resource_missing")] * 2
    forget_customer(cast.client, now=NOW)

    jobs.run_due(NOW)

    assert payments.erased == {"cus_1"}
    assert not Job.objects.filter(kind="billing.forget_customer").exists()


def test_who_never_paid_there_is_no_errand(cast: Cast) -> None:
    forget_customer(cast.partner, now=NOW)

    assert not Job.objects.filter(kind="billing.forget_customer").exists()

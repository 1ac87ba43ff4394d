"""A saved card is forgotten here at once, and at the gateway as soon as it answers."""

import pytest

from alcove.billing.actions.forget_method import forget_method
from alcove.billing.actions.stop_plan import stop_plan
from alcove.billing.models import Purchase, SavedMethod, Subscription
from alcove.core import jobs
from tests.cast import NOW, Cast
from tests.payment_service import BROKEN, PaymentService, declined

DETACHED = ("POST", "/v1/payment_methods/pm_1/detach")


@pytest.fixture(autouse=True)
def cards(cast: Cast, payments: PaymentService) -> None:
    """A card of the client and one of the stranger."""
    for person, number in ((cast.client, 1), (cast.stranger, 2)):
        SavedMethod.objects.create(
            person=person,
            customer_key=f"cus_{number}",
            method_key=f"pm_{number}",
            label="Visa •• 4242",
            saved_at=NOW,
        )


@pytest.fixture
def renewed(cast: Cast) -> None:
    """The client's plan is renewed by itself."""
    purchase = Purchase.objects.create(
        room=cast.room,
        buyer=cast.client,
        item="plan",
        plan=cast.room.entitlement.plan,
        amount_minor=100,
        currency="USD",
        way="stripe",
        state="paid",
        opened_at=NOW,
        paid_at=NOW,
    )
    Subscription.objects.create(room=cast.room, purchase=purchase, gateway_key="sub_1")


def asked(payments: PaymentService) -> list[tuple[str, str]]:
    return [(method, path) for method, path, _params in payments.calls]


def test_card_is_forgotten_here_and_there_and_nobody_elses(
    cast: Cast, payments: PaymentService
) -> None:
    forget_method(actor=cast.client, now=NOW)
    forget_method(actor=cast.client, now=NOW)
    jobs.run_due(NOW)

    assert [row.person for row in SavedMethod.objects.all()] == [cast.stranger]
    assert asked(payments) == [DETACHED]


def test_gateway_that_is_away_is_asked_again(cast: Cast, payments: PaymentService) -> None:
    payments.fails = [BROKEN, BROKEN]
    forget_method(actor=cast.client, now=NOW)

    jobs.run_due(NOW)
    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    assert asked(payments) == [DETACHED] * 3


def test_gateway_that_knows_the_card_no_more_is_not_asked_again(
    cast: Cast, payments: PaymentService
) -> None:
    payments.fails = [declined("resource_missing")]
    forget_method(actor=cast.client, now=NOW)

    jobs.run_due(NOW)
    jobs.run_due(NOW + jobs.LONGEST_PAUSE)

    assert asked(payments) == [DETACHED]


@pytest.mark.usefixtures("renewed")
def test_card_that_renews_a_plan_stays_at_the_gateway(cast: Cast, payments: PaymentService) -> None:
    forget_method(actor=cast.client, now=NOW)

    jobs.run_due(NOW)

    assert asked(payments) == []
    assert not SavedMethod.objects.filter(person=cast.client).exists()


@pytest.mark.usefixtures("renewed")
def test_card_of_a_plan_that_was_stopped_is_forgotten_there_too(
    cast: Cast, payments: PaymentService
) -> None:
    payments.fails = [declined("resource_missing")]
    stop_plan(actor=cast.client, room=cast.room, now=NOW)
    forget_method(actor=cast.client, now=NOW)

    jobs.run_due(NOW)

    assert DETACHED in asked(payments)

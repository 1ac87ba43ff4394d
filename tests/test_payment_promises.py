"""What the database itself keeps of plans and payments, whatever code runs."""

import pytest

from alcove.billing.actions.late_fees import consent_to_fee
from alcove.billing.actions.record_payment import record_credits_paid
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.models import LateFee, Plan, Purchase, SavedMethod
from tests.cast import NOW, Cast
from tests.payment_service import PaymentService
from tests.untouched import insert, refused_by_the_database, run_sql


@pytest.fixture
def paid(cast: Cast) -> Purchase:
    """Credits that were paid for."""
    return record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=8000, note="Cash", now=NOW
    )


@pytest.fixture
def fee(cast: Cast) -> LateFee:
    """A late fee that is due."""
    return LateFee.objects.create(
        room=cast.room, amount_minor=4000, currency="USD", cause="late:K:1", due_at=NOW
    )


@pytest.mark.parametrize(
    "change",
    [
        "name = 'Other'",
        "credits_per_period = 9",
        "late_rule = 'fee', late_fee_minor = 1",
        "price_minor = 1",
        "extra_credit_minor = 1",
        "offers = '{}'",
        "currency = 'EUR'",
        "code = 'other'",
    ],
)
def test_terms_of_a_plan_that_somebody_has_stay(cast: Cast, change: str) -> None:
    with refused_by_the_database("never change"):
        run_sql(f"UPDATE billing_plan SET {change} WHERE code = 'four'")


def test_terms_of_a_plan_that_nobody_has_can_change(cast: Cast) -> None:
    Plan.objects.create(code="new", name="New")

    run_sql("UPDATE billing_plan SET name = 'Newer' WHERE code = 'new'")
    run_sql("UPDATE billing_plan SET is_on_sale = %s WHERE code = 'four'", False)


def test_version_is_replaced_once(cast: Cast) -> None:
    first, second = (Plan.objects.create(code="a", version=n, name="A") for n in (1, 2))
    third = Plan.objects.create(code="a", version=3, name="A")
    Plan.objects.filter(pk=first.pk).update(replaced_by=second, replaced_at=NOW)

    with refused_by_the_database("replaced once"):
        run_sql(f"UPDATE billing_plan SET replaced_by_id = {third.pk} WHERE id = {first.pk}")
    with refused_by_the_database("(?i)unique"):
        Plan.objects.create(code="a", version=3, name="A")


@pytest.mark.parametrize(
    "change",
    ["amount_minor = 1", "currency = 'EUR'", "count = 9", "item = 'plan'", "for_key = 'x'"],
)
def test_what_a_purchase_is_for_stays(paid: Purchase, change: str) -> None:
    with refused_by_the_database("what a purchase is for"):
        run_sql(f"UPDATE billing_purchase SET {change}")


def test_paid_purchase_stays_paid_and_kept(paid: Purchase) -> None:
    with refused_by_the_database("stays paid"):
        run_sql("UPDATE billing_purchase SET state = 'closed', paid_at = NULL")
    with refused_by_the_database("stays paid"):
        run_sql("UPDATE billing_purchase SET payment_key = 'pi_other'")
    with refused_by_the_database("never deleted"):
        run_sql("DELETE FROM billing_purchase")


def test_one_payment_pays_one_purchase(cast: Cast, paid: Purchase) -> None:
    for key in ("payment_key", "checkout_key"):
        common = {
            "room": cast.room,
            "buyer": cast.client,
            "item": "credits",
            "plan": paid.plan,
            "amount_minor": 1,
            "currency": "USD",
            "way": "stripe",
            "opened_at": NOW,
            key: "same",
        }
        Purchase.objects.create(**common)
        with refused_by_the_database("(?i)unique"):
            Purchase.objects.create(**common)


def test_credits_are_bought_by_a_paid_purchase_only(cast: Cast, paid: Purchase) -> None:
    line = {
        "kind": "bought",
        "held": 0,
        "written_at": NOW,
        "room_id": cast.room.pk,
    }
    with refused_by_the_database("paid purchase"):
        insert("billing_creditentry", **line, available=1, cause="buy:NOTHING")
    open_one = Purchase.objects.create(
        room=cast.strangers_room,
        buyer=cast.stranger,
        item="credits",
        plan=paid.plan,
        amount_minor=1,
        currency="USD",
        way="stripe",
        opened_at=NOW,
    )
    with refused_by_the_database("paid purchase"):
        insert("billing_creditentry", **line, available=1, cause=f"buy:{open_one.code}")


def test_late_fee_is_settled_once_and_kept(fee: LateFee) -> None:
    with refused_by_the_database("what a late fee is for"):
        run_sql("UPDATE billing_latefee SET amount_minor = 1")
    LateFee.objects.update(state="waived", settled_at=NOW)
    with refused_by_the_database("settled once"):
        run_sql("UPDATE billing_latefee SET state = 'paid'")
    with refused_by_the_database("never deleted"):
        run_sql("DELETE FROM billing_latefee")


def test_refund_gives_back_what_was_paid_once(cast: Cast, paid: Purchase, fee: LateFee) -> None:
    line = {"credits": 0, "reason": "x", "state": "waiting", "asked_at": NOW, "last_error": ""}
    with refused_by_the_database("at most"):
        insert("billing_refund", purchase_id=paid.pk, amount_minor=8001, **line)

    refund_purchase(actor=cast.admin, code=paid.code, reason="Asked for", now=NOW)

    with refused_by_the_database("(?i)unique"):
        insert("billing_refund", purchase_id=paid.pk, amount_minor=1, **line)
    with refused_by_the_database("gives back never changes"):
        run_sql("UPDATE billing_refund SET amount_minor = 1")
    with refused_by_the_database("stays given back"):
        run_sql("UPDATE billing_refund SET state = 'waiting', done_at = NULL")
    with refused_by_the_database("never deleted"):
        run_sql("DELETE FROM billing_refund")


def test_consent_stays(cast: Cast, payments: PaymentService) -> None:
    SavedMethod.objects.create(
        person=cast.client, customer_key="c", method_key="m", label="Visa", saved_at=NOW
    )
    consent_to_fee(person=cast.client, key="k", amount_minor=1, currency="USD", now=NOW)

    with refused_by_the_database("never changes"):
        run_sql("UPDATE billing_feeconsent SET amount_minor = 2")
    with refused_by_the_database("never deleted"):
        run_sql("DELETE FROM billing_feeconsent")


def test_room_is_renewed_by_one_subscription_at_once(cast: Cast, paid: Purchase) -> None:
    line = {"room_id": cast.room.pk, "purchase_id": paid.pk}
    insert("billing_subscription", **line, gateway_key="sub_1")
    other = record_credits_paid(
        actor=cast.staff, room=cast.room, count=1, amount_minor=1, note="Cash", now=NOW
    )

    with refused_by_the_database("(?i)unique"):
        insert(
            "billing_subscription",
            room_id=cast.room.pk,
            purchase_id=other.pk,
            gateway_key="sub_2",
        )


def test_notice_is_heard_once(db: None) -> None:
    insert("billing_gatewaynotice", key="evt_1", kind="x", heard_at=NOW)

    with refused_by_the_database("(?i)unique"):
        insert("billing_gatewaynotice", key="evt_1", kind="y", heard_at=NOW)


def test_fee_has_one_open_payment(cast: Cast, fee: LateFee) -> None:
    common = {
        "room": cast.room,
        "buyer": cast.client,
        "item": "fee",
        "fee": fee,
        "amount_minor": 4000,
        "currency": "USD",
        "way": "stripe",
        "opened_at": NOW,
    }
    Purchase.objects.create(**common)

    with refused_by_the_database("(?i)unique"):
        Purchase.objects.create(**common)

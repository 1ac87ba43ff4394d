"""Money goes back at most once, with the credits that it bought (and only the unused ones)."""

import pytest

from alcove.billing import ledger
from alcove.billing.actions.record_payment import record_credits_paid, record_plan_paid
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.errors import (
    AlreadyRefunded,
    NothingToBuy,
    NothingToRefund,
    ReasonMissing,
)
from alcove.billing.ledger import balance
from alcove.billing.models import CreditEntry, Entitlement, Purchase, Refund
from alcove.billing.tests.test_payments import bought
from alcove.core import jobs
from alcove.core.errors import NotFound
from tests.cast import CREDITS, NOW, Cast, change_plans
from tests.payment_service import BROKEN, PaymentService
from tests.untouched import refused


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """The cast, whose plan sells further credits."""
    change_plans(extra_credit_minor=6000)
    return cast


def refund(cast: Cast, purchase: Purchase) -> Refund:
    return refund_purchase(actor=cast.admin, code=purchase.code, reason="Asked for", now=NOW)


def test_unused_credits_go_back_for_their_share_of_the_money(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = bought(sold, payments, count=3)
    for number in range(CREDITS + 1):
        ledger.reserve(sold.room, f"K:{number}", now=NOW)

    found = refund(sold, purchase)
    jobs.run_due()

    found.refresh_from_db()
    assert (found.credits, found.amount_minor, found.state) == (2, 12000, "done")
    [sent] = payments.refunds
    assert (sent["payment_intent"], sent["amount"]) == (purchase.payment_key, "12000")
    assert balance(sold.room, NOW).available == 0


def test_credit_that_was_used_and_came_back_counts_as_unused(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = bought(sold, payments)
    for number in range(CREDITS + 1):
        ledger.reserve(sold.room, f"K:{number}", now=NOW)
    ledger.release(f"K:{CREDITS}", now=NOW)

    assert refund(sold, purchase).credits == 1
    assert balance(sold.room, NOW).available == 0


def test_refund_asked_twice_is_made_once(sold: Cast, payments: PaymentService) -> None:
    purchase = bought(sold, payments)
    refund(sold, purchase)

    with refused(AlreadyRefunded):
        refund(sold, purchase)
    jobs.run_due()
    jobs.enqueue("billing.send_refund", {"refund": Refund.objects.get().pk}, now=NOW)
    jobs.run_due()

    assert len(payments.refunds) == 1
    assert CreditEntry.objects.filter(kind="refunded").count() == 1


def test_refund_waits_for_a_service_that_is_away(sold: Cast, payments: PaymentService) -> None:
    purchase = bought(sold, payments)
    jobs.run_due()
    refund(sold, purchase)
    payments.fails = [BROKEN, BROKEN]

    jobs.run_due(NOW)
    assert (Refund.objects.get().state, payments.refunds) == ("waiting", [])

    jobs.run_due(NOW + jobs.LONGEST_PAUSE)
    assert Refund.objects.get().state == "done"


def test_refund_that_is_refused_is_for_staff_to_see(sold: Cast, payments: PaymentService) -> None:
    purchase = bought(sold, payments)
    jobs.run_due()
    refund(sold, purchase)
    payments.fails = [(400, {"error": {"type": "invalid_request_error", "code": "disputed"}})]

    jobs.run_due(NOW)

    assert (Refund.objects.get().state, Refund.objects.get().last_error) == ("failed", "disputed")


def test_used_credits_are_not_refunded(sold: Cast, payments: PaymentService) -> None:
    purchase = bought(sold, payments)
    for number in range(CREDITS + 1):
        ledger.reserve(sold.room, f"K:{number}", now=NOW)

    with refused(NothingToRefund):
        refund(sold, purchase)


def test_refunding_is_an_admins_act_with_a_reason(sold: Cast, payments: PaymentService) -> None:
    purchase = bought(sold, payments)

    for person in (sold.client, sold.provider, sold.staff, sold.stranger):
        with refused(NotFound):
            refund_purchase(actor=person, code=purchase.code, reason="Asked for", now=NOW)
    with refused(ReasonMissing):
        refund_purchase(actor=sold.admin, code=purchase.code, reason="", now=NOW)


# --- Paid to the practice -----------------------------------------------------------------------


def test_staff_record_credits_that_were_paid_to_the_practice(cast: Cast) -> None:
    purchase = record_credits_paid(
        actor=cast.staff, room=cast.room, count=2, amount_minor=8000, note="Transfer", now=NOW
    )

    assert (purchase.state, purchase.way, purchase.recorded_by) == ("paid", "practice", cast.staff)
    assert balance(cast.room, NOW).available == CREDITS + 2
    assert refund(cast, purchase).state == "done"
    assert balance(cast.room, NOW).available == CREDITS


def test_only_staff_record_payments(cast: Cast) -> None:
    for person in (cast.client, cast.provider, cast.stranger):
        with refused(NotFound):
            record_credits_paid(
                actor=person, room=cast.room, count=1, amount_minor=1, note="x", now=NOW
            )
    with refused(ReasonMissing):
        record_credits_paid(
            actor=cast.staff, room=cast.room, count=1, amount_minor=1, note=" ", now=NOW
        )
    for count in (0, -1, 21):
        with refused(NothingToBuy):
            record_credits_paid(
                actor=cast.staff, room=cast.room, count=count, amount_minor=1, note="x", now=NOW
            )


def test_plan_paid_to_the_practice_covers_one_period_more(cast: Cast) -> None:
    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())

    for _month in range(2):
        record_plan_paid(
            actor=cast.staff, room=cast.room, code="four", amount_minor=20000, note="Cash", now=NOW
        )

    entitlement = Entitlement.objects.get(room=cast.room)
    assert str(entitlement.ends_on) == "2026-05-02"
    assert entitlement.paid_until is None
    with refused(NothingToBuy):
        record_plan_paid(
            actor=cast.staff, room=cast.room, code="none", amount_minor=1, note="Cash", now=NOW
        )


def test_coverage_without_an_end_is_not_cut_short_by_a_payment(cast: Cast) -> None:
    record_plan_paid(
        actor=cast.staff, room=cast.room, code="four", amount_minor=20000, note="Cash", now=NOW
    )

    assert Entitlement.objects.get(room=cast.room).ends_on is None

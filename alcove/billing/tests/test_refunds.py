"""Money goes back at most once, with the credits that it bought (and only the unused ones)."""

import pytest

from alcove.billing import ledger
from alcove.billing.actions.buy import buy_plan
from alcove.billing.actions.grant_credits import settle_periods
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.record_payment import record_credits_paid, record_plan_paid
from alcove.billing.actions.refund import (
    note_refund_by_hand,
    refund_purchase,
    refundable,
    retry_refund,
)
from alcove.billing.errors import (
    AlreadyRefunded,
    NoFailedRefund,
    NothingToBuy,
    NothingToRefund,
    ReasonMissing,
    RefundChanged,
)
from alcove.billing.ledger import balance
from alcove.billing.models import CreditEntry, Entitlement, Purchase, Refund, Subscription
from alcove.billing.payments.gateway import Renewed
from alcove.billing.queries import troubles
from alcove.billing.tests.test_payments import bought
from alcove.core import jobs
from alcove.core.errors import NotFound
from alcove.core.models import Event
from tests.cast import CREDITS, NOW, Cast, at, change_plans
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


def test_refund_of_another_amount_than_was_read_is_refused(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = bought(sold, payments, count=2)
    amount, credits = refundable(purchase)
    assert (amount, credits) == (12000, 2)
    for number in range(CREDITS + 1):
        ledger.reserve(sold.room, f"K:{number}", now=NOW)

    with refused(RefundChanged):
        refund_purchase(
            actor=sold.admin, code=purchase.code, reason="Asked for", agreed=amount, now=NOW
        )

    assert refundable(purchase) == (6000, 1)
    assert not Refund.objects.exists()


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


# --- Refused refunds ----------------------------------------------------------------------------


@pytest.fixture
def refused_one(sold: Cast, payments: PaymentService) -> Purchase:
    """A payment whose refund the payment service has refused."""
    purchase = bought(sold, payments)
    jobs.run_due()
    refund(sold, purchase)
    payments.fails = [(400, {"error": {"type": "invalid_request_error", "code": "no_balance"}})]
    jobs.run_due(NOW)
    return purchase


def test_refused_refund_is_asked_for_again_by_another_key(
    sold: Cast, payments: PaymentService, refused_one: Purchase
) -> None:
    [trouble] = troubles(NOW)
    assert (trouble.kind, trouble.purchase, trouble.amount_minor) == ("refund", refused_one, 6000)
    code, later = refused_one.code, NOW + jobs.LONGEST_PAUSE

    retry_refund(actor=sold.admin, code=code, now=later)
    jobs.run_due(later)

    assert Refund.objects.get().state == "done"
    assert len(payments.refunds) == 1
    assert len({key for path, key in payments.keys if path == "/v1/refunds"}) == 2
    assert troubles(NOW) == []
    with refused(NoFailedRefund):
        retry_refund(actor=sold.admin, code=code, now=NOW)
    with refused(NoFailedRefund):
        note_refund_by_hand(actor=sold.admin, code=code, how="Cash", now=NOW)


def test_refused_refund_is_given_back_by_other_ways(
    sold: Cast, payments: PaymentService, refused_one: Purchase
) -> None:
    with refused(ReasonMissing):
        note_refund_by_hand(actor=sold.admin, code=refused_one.code, how=" ", now=NOW)

    note_refund_by_hand(actor=sold.admin, code=refused_one.code, how="Transfer", now=NOW)

    assert Refund.objects.get().state == "done"
    assert payments.refunds == []
    assert Event.objects.filter(kind="purchase.refunded").count() == 1


def test_refused_refunds_are_an_admins(
    sold: Cast, payments: PaymentService, refused_one: Purchase
) -> None:
    for person in (sold.client, sold.provider, sold.staff, sold.stranger):
        with refused(NotFound):
            retry_refund(actor=person, code=refused_one.code, now=NOW)
        with refused(NotFound):
            note_refund_by_hand(actor=person, code=refused_one.code, how="x", now=NOW)


def test_money_that_is_back_already_counts_as_given_back(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = bought(sold, payments)
    jobs.run_due()
    refund(sold, purchase)
    back = {"type": "invalid_request_error", "code": "charge_already_refunded"}
    payments.fails = [(400, {"error": back})]

    jobs.run_due(NOW)

    assert Refund.objects.get().state == "done"


# --- Plans --------------------------------------------------------------------------------------


@pytest.fixture
def uncovered(cast: Cast) -> Cast:
    """The cast, whose first room has no plan any more, and no credit."""
    change_plans(price_minor=20000)
    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())
    for number in range(CREDITS):
        ledger.reserve(cast.room, f"K:{number}", now=NOW)
    return cast


def subscribe(cast: Cast) -> Purchase:
    purchase = buy_plan(actor=cast.client, room=cast.room, code="four", now=NOW)
    until = at(2, 9, month=4)
    take_news(Renewed(purchase.code, "sub", "in_1", 20000, "USD", until, NOW), now=NOW)
    return purchase


def test_plan_given_back_ends_with_its_unused_credits_and_is_charged_no_more(
    uncovered: Cast, payments: PaymentService
) -> None:
    purchase = subscribe(uncovered)
    ledger.reserve(uncovered.room, "used:1", now=NOW)

    found = refund(uncovered, purchase)

    assert (found.amount_minor, found.credits) == (20000, CREDITS - 1)
    assert balance(uncovered.room, NOW).available == 0
    assert Subscription.objects.get().stopped_at == NOW
    entitlement = Entitlement.objects.get(room=uncovered.room)
    assert entitlement.ends_on == NOW.date()
    settle_periods({}, at(3, 9, month=4))
    assert balance(uncovered.room, at(3, 9, month=4)).available == 0


def test_payment_of_a_period_that_is_over_goes_back_and_the_plan_goes_on(
    uncovered: Cast, payments: PaymentService
) -> None:
    purchase = subscribe(uncovered)
    later, until = at(2, 10, month=4), at(2, 9, month=5)
    take_news(Renewed(purchase.code, "sub", "in_2", 20000, "USD", until, later), now=later)

    refund_purchase(actor=uncovered.admin, code=purchase.code, reason="Ill", now=later)

    assert Entitlement.objects.get(room=uncovered.room).paid_until == until
    assert Subscription.objects.get().stopped_at is None
    assert balance(uncovered.room, later).available == CREDITS


def test_last_of_two_periods_paid_to_the_practice_is_given_back(uncovered: Cast) -> None:
    _first, last = (
        record_plan_paid(
            actor=uncovered.staff,
            room=uncovered.room,
            code="four",
            amount_minor=20000,
            note="Cash",
            now=NOW,
        )
        for _month in range(2)
    )

    found = refund(uncovered, last)

    assert (found.credits, found.state) == (0, "done")
    assert str(Entitlement.objects.get(room=uncovered.room).ends_on) == "2026-04-02"
    assert balance(uncovered.room, NOW).available == CREDITS


def test_coverage_without_an_end_outlives_a_payment_given_back(cast: Cast) -> None:
    purchase = record_plan_paid(
        actor=cast.staff, room=cast.room, code="four", amount_minor=20000, note="Cash", now=NOW
    )

    assert refund(cast, purchase).credits == 0
    assert Entitlement.objects.get(room=cast.room).ends_on is None

"""Buying by card: what is paid is given once, whatever the payment service does (R4)."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from alcove.billing.actions import buy
from alcove.billing.actions.change_plan import change_plan
from alcove.billing.actions.checkout import (
    checkout_url,
    look_up_purchases,
    look_up_subscriptions,
)
from alcove.billing.actions.forget_method import forget_method
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.stop_plan import stop_plan
from alcove.billing.errors import (
    AlreadySettled,
    GatewayAway,
    GatewayRefused,
    NoGateway,
    NothingToBuy,
    RoomHasPlan,
)
from alcove.billing.ledger import Balance, balance
from alcove.billing.models import (
    CreditEntry,
    Entitlement,
    GatewayNotice,
    LateFee,
    Plan,
    Purchase,
    SavedMethod,
    Subscription,
)
from alcove.billing.payments.gateway import Renewed
from alcove.billing.periods import add_months
from alcove.billing.queries import next_grant_at
from alcove.core import clock, jobs
from alcove.core.errors import NotFound
from alcove.core.models import Event
from alcove.people.models import Practice
from tests.cast import CREDITS, NOW, Cast, at, change_plans
from tests.payment_service import BROKEN, PaymentService, signed
from tests.untouched import refused

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """The cast, whose plan sells further credits."""
    change_plans(extra_credit_minor=6000, price_minor=20000)
    return cast


def open_page(purchase: Purchase, now: dt.datetime = NOW) -> str:
    """The key of its page of payment."""
    checkout_url(purchase, success_url="https://a/", cancel_url="https://b/", now=now)
    purchase.refresh_from_db()
    return purchase.checkout_key


def hear(event: dict[str, Any], **how: Any) -> int:
    """Send an event as the payment service does; the status of the answer."""
    body, signature = signed(event, **how)
    answer = Client().post(
        "/payments/stripe/",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    return answer.status_code


def bought(cast: Cast, payments: PaymentService, count: int = 1) -> Purchase:
    """Credits that were paid for."""
    purchase = buy.buy_credits(actor=cast.client, room=cast.room, count=count, now=NOW)
    for event in payments.pay(open_page(purchase)):
        assert hear(event) == 200
    purchase.refresh_from_db()
    return purchase


def test_paid_credits_are_in_the_ledger_with_their_purchase(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = bought(sold, payments, count=2)

    assert (purchase.state, purchase.amount_minor, purchase.currency) == ("paid", 12000, "USD")
    assert purchase.payment_key.startswith("pi_")
    entry = CreditEntry.objects.get(kind="bought")
    assert (entry.room, entry.available, entry.expires_at) == (sold.room, 2, None)
    assert balance(sold.room, NOW) == Balance(available=CREDITS + 2, held=0)
    [session] = payments.sessions.values()
    assert (session["amount_total"], session["currency"], session["title"]) == (
        12000,
        "usd",
        "Online booking",
    )


def test_doubled_and_late_notices_change_nothing_twice(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    key = open_page(purchase)
    [event] = payments.pay(key)
    again = payments.tell("checkout.session.completed", payments.sessions[key])
    expired = {**payments.expire(key), "type": "checkout.session.expired"}

    assert [hear(one) for one in (event, event, again, expired, event)] == [200] * 5

    assert CreditEntry.objects.filter(kind="bought").count() == 1
    assert Event.objects.filter(kind="purchase.paid").count() == 1
    assert GatewayNotice.objects.count() == 3
    purchase.refresh_from_db()
    assert purchase.state == "paid"


def test_payment_after_the_page_was_closed_counts(sold: Cast, payments: PaymentService) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    key = open_page(purchase)
    hear(payments.expire(key))
    purchase.refresh_from_db()
    assert purchase.state == "closed"

    for event in payments.pay(key):
        hear(event)

    assert CreditEntry.objects.filter(kind="bought").count() == 1


@pytest.mark.parametrize(
    "how", [{"secret": "whsec_other"}, {"at": 0}, {"secret": ""}], ids=["forged", "old", "empty"]
)
def test_forged_notice_changes_nothing(
    sold: Cast, payments: PaymentService, how: dict[str, Any]
) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    [event] = payments.pay(open_page(purchase))

    assert hear(event, **how) == 400

    assert not CreditEntry.objects.filter(kind="bought").exists()
    assert not GatewayNotice.objects.exists()


def test_odd_notices_are_no_failure(sold: Cast, payments: PaymentService) -> None:
    odd: list[dict[str, Any]] = [
        {"id": "evt_1", "object": "event", "type": "v2.core.health", "related_object": {}},
        {"id": "evt_2", "object": "event", "type": "checkout.session.completed", "data": {}},
        {"id": "evt_3", "object": "event", "type": "x" * 300, "data": {"object": {"id": "x"}}},
    ]
    for event in odd:
        assert hear(event) == 200
    body, signature = signed(odd[0])
    for header in (f"{signature},v1=é", "t=１,v1=é", "é", "t=1", "v1=", "," * 5000):
        answer = Client().post(
            "/payments/stripe/",
            body,
            content_type="application/json; charset=utf-8",
            headers={"Stripe-Signature": header},
        )
        assert answer.status_code == 400
    answer = Client().post(
        "/payments/stripe/",
        b"\xff\xfe{",
        content_type="a/b",
        headers={"Stripe-Signature": signature},
    )
    assert answer.status_code == 400


def test_page_that_cost_nothing_at_the_service_gives_nothing(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    key = open_page(purchase)
    [event] = payments.pay(key)
    event["data"]["object"] |= {"payment_intent": None, "amount_total": 0}

    assert hear(event) == 200

    assert not CreditEntry.objects.filter(kind="bought").exists()


def test_one_call_without_an_answer_ends_the_asking(sold: Cast, payments: PaymentService) -> None:
    for count in (1, 2, 3):
        open_page(buy.buy_credits(actor=sold.client, room=sold.room, count=count, now=NOW))
    payments.fails = [BROKEN] * 20
    before = len(payments.calls)

    look_up_purchases({}, NOW + 2 * buy.OPEN_FOR + dt.timedelta(days=2))

    # Stripe's library asks twice.
    assert len(payments.calls) == before + 2
    assert Purchase.objects.filter(state="open").count() == 3


def test_notice_about_another_amount_gives_nothing(sold: Cast, payments: PaymentService) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    key = open_page(purchase)
    payments.sessions[key]["amount_total"] = 1

    for event in payments.pay(key):
        assert hear(event) == 200

    assert not CreditEntry.objects.filter(kind="bought").exists()
    assert Event.objects.filter(kind="purchase.mismatched").count() == 1


def test_notice_that_never_came_is_asked_for(sold: Cast, payments: PaymentService) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    payments.pay(open_page(purchase))

    look_up_purchases({}, NOW + 3 * MINUTE)

    assert balance(sold.room, NOW).available == CREDITS + 1


def test_purchase_that_nobody_opened_is_closed(sold: Cast, payments: PaymentService) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)

    look_up_purchases({}, NOW + 2 * buy.OPEN_FOR)

    purchase.refresh_from_db()
    assert purchase.state == "closed"


def test_second_click_opens_the_same_page(sold: Cast, payments: PaymentService) -> None:
    first, second = (
        buy.buy_credits(actor=sold.client, room=sold.room, for_key="hold:X", now=NOW)
        for _ in range(2)
    )

    assert first == second
    assert open_page(first) == open_page(second)
    assert len(payments.sessions) == 1


def test_service_that_is_away_charges_nothing_and_can_be_tried_again(
    sold: Cast, payments: PaymentService
) -> None:
    purchase = buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    payments.fails = [BROKEN, BROKEN]
    with pytest.raises(GatewayAway):
        open_page(purchase)
    payments.fails = [(400, {"error": {"type": "invalid_request_error", "code": "amount"}})]
    with pytest.raises(GatewayRefused):
        open_page(purchase)

    assert open_page(purchase).startswith("cs_")


def test_page_that_could_not_be_opened_for_long_is_begun_anew(
    sold: Cast, payments: PaymentService
) -> None:
    first = buy.buy_credits(actor=sold.client, room=sold.room, for_key="hold:X", now=NOW)
    later = NOW + 5 * MINUTE

    assert checkout_url(first, success_url="https://a/", cancel_url="https://b/", now=later) == ""
    again = buy.buy_credits(actor=sold.client, room=sold.room, for_key="hold:X", now=later)

    assert again != first
    assert open_page(again, now=later).startswith("cs_")


def test_payer_whom_the_service_knows_no_more_begins_anew(
    sold: Cast, payments: PaymentService
) -> None:
    bought(sold, payments)
    jobs.run_due()
    payments.forgotten = {SavedMethod.objects.get().customer_key}

    purchase = buy.buy_credits(actor=sold.client, room=sold.room, count=2, now=NOW)

    assert open_page(purchase).startswith("cs_")
    assert not SavedMethod.objects.exists()


def test_card_is_remembered_for_late_fees(sold: Cast, payments: PaymentService) -> None:
    bought(sold, payments)

    jobs.run_due()

    method = SavedMethod.objects.get(person=sold.client)
    assert method.label == "Visa •• 4242"
    assert "4242424242424242" not in json.dumps([call[2] for call in payments.calls])


def test_only_the_owner_buys_for_a_room(sold: Cast, payments: PaymentService) -> None:
    for person in (sold.partner, sold.provider, sold.staff, sold.admin, sold.stranger):
        with refused(NotFound):
            buy.buy_credits(actor=person, room=sold.couples_room, now=NOW)


def test_credits_are_sold_where_the_plan_sells_them(cast: Cast, payments: PaymentService) -> None:
    with refused(NothingToBuy):
        buy.buy_credits(actor=cast.client, room=cast.room, now=NOW)
    change_plans(extra_credit_minor=100)
    for count in (0, -1, 21):
        with refused(NothingToBuy):
            buy.buy_credits(actor=cast.client, room=cast.room, count=count, now=NOW)


def test_nothing_is_sold_without_a_gateway(sold: Cast, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""

    with refused(NoGateway):
        buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    assert hear({"id": "evt", "type": "x", "data": {"object": {}}}) == 404


# --- Plans --------------------------------------------------------------------------------------


@pytest.fixture
def uncovered(sold: Cast) -> Cast:
    """The client's room without a plan any more, and with nothing left."""
    Entitlement.objects.filter(room=sold.room).update(ends_on=NOW.date())
    return sold


def subscribed(cast: Cast, payments: PaymentService) -> tuple[Purchase, str]:
    """The room's purchase of a plan, and the key of its subscription."""
    purchase = buy.buy_plan(actor=cast.client, room=cast.room, code="four", now=NOW)
    for event in payments.pay(open_page(purchase)):
        hear(event)
    purchase.refresh_from_db()
    [key] = payments.subscriptions
    return purchase, key


def test_plan_covers_the_room_from_its_payment_on(
    uncovered: Cast, payments: PaymentService
) -> None:
    purchase, key = subscribed(uncovered, payments)

    entitlement = Entitlement.objects.get(room=uncovered.room)
    assert purchase.state == "paid"
    assert entitlement.plan == Plan.objects.get(replaced_by=None)
    assert entitlement.paid_until is not None
    assert entitlement.ends_on is not None
    assert entitlement.ends_on > entitlement.paid_until.date()
    assert Subscription.objects.get().gateway_key == key
    assert CreditEntry.objects.filter(cause__startswith=f"grant:{entitlement.pk}:").count() == 1


def test_plan_whose_notice_never_came_is_asked_for(
    uncovered: Cast, payments: PaymentService
) -> None:
    purchase = buy.buy_plan(actor=uncovered.client, room=uncovered.room, code="four", now=NOW)
    payments.pay(open_page(purchase))

    for minutes in (3, 5):
        look_up_purchases({}, NOW + minutes * MINUTE)

    purchase.refresh_from_db()
    assert purchase.state == "paid"
    assert Subscription.objects.count() == 1
    assert Entitlement.objects.get(room=uncovered.room).paid_until is not None


def test_plan_bought_after_a_failed_renewal_takes_the_place_of_the_old_one(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, old = subscribed(uncovered, payments)
    hear(payments.renew(old, is_paid=False))

    purchase = buy.buy_plan(actor=uncovered.client, room=uncovered.room, code="four", now=NOW)
    for event in payments.pay(open_page(purchase)):
        assert hear(event) == 200
    jobs.run_due()

    assert Entitlement.objects.get(room=uncovered.room).state == "active"
    [going] = Subscription.objects.filter(ended_at=None)
    assert going.purchase == purchase
    # Its open invoice is not collected any more, either.
    assert payments.subscriptions[old]["is_cancelled"]


def test_covered_room_is_not_paid_twice(sold: Cast, payments: PaymentService) -> None:
    with refused(RoomHasPlan):
        buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW)


def test_renewal_in_any_order_covers_once(uncovered: Cast, payments: PaymentService) -> None:
    first, key = subscribed(uncovered, payments)
    failed = payments.renew(key, is_paid=False)
    renewed = payments.renew(key)

    # The failure is heard after the payment that mended it.
    for event in (renewed, renewed, failed):
        hear(event)

    entitlement = Entitlement.objects.get(room=uncovered.room)
    assert entitlement.state == "active"
    assert Purchase.objects.filter(item="plan", state="paid").count() == 2
    assert entitlement.paid_until is not None
    assert entitlement.paid_until.timestamp() == payments.subscriptions[key]["paid_until"]
    assert first.amount_minor == 20000


def past(cast: Cast) -> None:
    """What is paid is over since yesterday."""
    over = clock.now() - dt.timedelta(days=1)
    Entitlement.objects.filter(room=cast.room).update(paid_until=over)


def test_renewal_whose_notice_never_came_is_asked_for(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)
    look_up_subscriptions({}, clock.now())
    payments.renew(key)
    past(uncovered)

    for _time in range(2):
        look_up_subscriptions({}, clock.now())

    entitlement = Entitlement.objects.get(room=uncovered.room)
    assert entitlement.paid_until is not None
    assert entitlement.paid_until.timestamp() == payments.subscriptions[key]["paid_until"]
    assert Purchase.objects.filter(item="plan", state="paid").count() == 2


def test_failed_renewal_whose_notice_never_came_is_asked_for(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)
    payments.renew(key, is_paid=False)
    past(uncovered)
    payments.fails = [BROKEN, BROKEN]

    look_up_subscriptions({}, clock.now())
    assert Entitlement.objects.get(room=uncovered.room).state == "active"

    look_up_subscriptions({}, clock.now())
    assert Entitlement.objects.get(room=uncovered.room).state == "unpaid"


def test_subscription_that_ended_unheard_makes_room_for_another(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)
    payments.renew(key, is_paid=False)
    payments.subscriptions[key]["is_cancelled"] = True
    past(uncovered)

    look_up_subscriptions({}, clock.now())

    assert Subscription.objects.get().ended_at is not None


def test_new_price_is_charged_from_the_next_period_on(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)

    change_plan(
        actor=uncovered.admin, code="four", version=2, terms={"price_minor": 25000}, now=NOW
    )
    assert Event.objects.filter(kind="plan.repriced").count() == 1
    payments.fails = [BROKEN, BROKEN]
    jobs.run_due()
    jobs.run_due(clock.now() + jobs.LONGEST_PAUSE)

    assert payments.subscriptions[key]["session"]["amount_total"] == 25000
    hear(payments.renew(key))
    amounts = Purchase.objects.filter(state="paid").order_by("pk")
    assert list(amounts.values_list("amount_minor", flat=True)) == [20000, 25000]


def test_plan_whose_price_changed_while_it_was_paid_costs_the_new_one_from_then_on(
    uncovered: Cast, payments: PaymentService
) -> None:
    page = open_page(
        buy.buy_plan(actor=uncovered.client, room=uncovered.room, code="four", now=NOW)
    )
    change_plan(
        actor=uncovered.admin, code="four", version=2, terms={"price_minor": 25000}, now=NOW
    )

    for event in payments.pay(page):
        hear(event)
    jobs.run_due()

    assert Purchase.objects.get(state="paid").amount_minor == 20000
    assert Event.objects.filter(kind="plan.repriced").count() == 1
    [subscription] = payments.subscriptions.values()
    assert subscription["session"]["amount_total"] == 25000


def test_stopped_plan_promises_no_credits_to_come(
    uncovered: Cast, payments: PaymentService
) -> None:
    purchase = buy.buy_plan(actor=uncovered.client, room=uncovered.room, code="four", now=NOW)
    news = Renewed(purchase.code, "sub", "in_1", 20000, "USD", at(2, 9, month=4), NOW)
    take_news(news, now=NOW)
    practice = Practice.load()
    row = Entitlement.objects.get(room=uncovered.room)
    # Midnight of 2 April in Berlin.
    assert next_grant_at(row, practice, NOW) == at(1, 22, month=4)

    stop_plan(actor=uncovered.client, room=uncovered.room, now=NOW)

    assert next_grant_at(row, practice, NOW) is None


def test_price_of_a_stopped_plan_is_left_alone(uncovered: Cast, payments: PaymentService) -> None:
    _purchase, key = subscribed(uncovered, payments)
    stop_plan(actor=uncovered.client, room=uncovered.room, now=NOW)

    change_plan(
        actor=uncovered.admin, code="four", version=2, terms={"price_minor": 25000}, now=NOW
    )
    jobs.run_due()

    assert payments.subscriptions[key]["cancel_at_period_end"]
    assert payments.subscriptions[key]["session"]["amount_total"] == 20000
    assert not Event.objects.filter(kind="plan.repriced").exists()


def test_failed_renewal_leaves_the_room_unpaid_until_it_is_paid(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)

    hear(payments.renew(key, is_paid=False))
    assert Entitlement.objects.get(room=uncovered.room).state == "unpaid"
    assert Event.objects.filter(kind="plan.unpaid").count() == 1

    hear(payments.renew(key))
    assert Entitlement.objects.get(room=uncovered.room).state == "active"


def test_stopped_plan_ends_with_what_is_paid_and_promises_no_further_credits(
    uncovered: Cast, payments: PaymentService
) -> None:
    subscribed(uncovered, payments)
    covered = Entitlement.objects.get(room=uncovered.room)
    assert covered.paid_until is not None
    last = covered.paid_until
    practice = Practice.load()
    before_the_end = last - dt.timedelta(days=1)
    assert next_grant_at(covered, practice, before_the_end) is not None

    stop_plan(actor=uncovered.client, room=uncovered.room, now=NOW)

    covered.refresh_from_db()
    assert covered.ends_on == last.astimezone(practice.zone).date()
    # The period that the credits would be of has the day of the month on which the plan began.
    Entitlement.objects.update(starts_on=add_months(covered.ends_on, -1))
    covered.refresh_from_db()
    assert next_grant_at(covered, practice, before_the_end) is None
    another = buy.buy_plan(actor=uncovered.client, room=uncovered.room, code="four", now=last)
    assert another.state == "open"


def test_payment_that_comes_after_the_stop_covers_no_further(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)
    stop_plan(actor=uncovered.client, room=uncovered.room, now=NOW)

    hear(payments.renew(key))

    covered = Entitlement.objects.get(room=uncovered.room)
    assert covered.paid_until is not None
    assert covered.ends_on == covered.paid_until.astimezone(Practice.load().zone).date()


def test_card_of_a_plan_is_remembered_too_and_learnt_once(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)

    jobs.run_due()

    method = SavedMethod.objects.get(person=uncovered.client)
    assert (method.label, method.customer_key) == (
        "Visa •• 4242",
        payments.subscriptions[key]["session"]["customer"],
    )

    forget_method(actor=uncovered.client, now=NOW)
    hear(payments.renew(key))
    jobs.run_due()

    assert not SavedMethod.objects.exists()


def test_ended_subscription_makes_room_for_another(
    uncovered: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(uncovered, payments)

    hear(payments.end(key))

    assert Subscription.objects.get().ended_at is not None


# --- Late fees ----------------------------------------------------------------------------------


def fee_of(cast: Cast) -> LateFee:
    return LateFee.objects.create(
        room=cast.room, amount_minor=4000, currency="USD", cause="late:K:1", due_at=NOW
    )


def test_fee_is_paid_once(sold: Cast, payments: PaymentService) -> None:
    fee = fee_of(sold)
    purchase = buy.pay_fee(actor=sold.client, fee=fee, now=NOW)

    for event in payments.pay(open_page(purchase)):
        hear(event)

    fee.refresh_from_db()
    assert fee.state == "paid"
    with refused(AlreadySettled):
        buy.pay_fee(actor=sold.client, fee=fee, now=NOW)


def test_fee_paid_in_two_windows_goes_back_once(sold: Cast, payments: PaymentService) -> None:
    fee = fee_of(sold)
    first = buy.pay_fee(actor=sold.client, fee=fee, now=NOW)
    page = open_page(first)
    # The first window was left open for so long that a second page was opened.
    later = NOW + 2 * buy.OPEN_FOR
    second = buy.pay_fee(actor=sold.client, fee=fee, now=later)
    other = open_page(second, now=later)

    for key in (other, page):
        for event in payments.pay(key):
            hear(event)
    jobs.run_due()

    assert Purchase.objects.filter(fee=fee, state="paid").count() == 2
    [refund] = payments.refunds
    first.refresh_from_db()
    assert (refund["payment_intent"], refund["amount"]) == (first.payment_key, "4000")

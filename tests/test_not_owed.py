"""Money that came though nobody owed it goes back by itself, and no more of it is charged."""

import datetime as dt

import pytest

from alcove.billing import ledger
from alcove.billing.actions import buy
from alcove.billing.actions.cover_room import cover_room
from alcove.billing.actions.grant_credits import settle_periods
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.record_payment import record_plan_paid
from alcove.billing.actions.stop_plan import stop_plan
from alcove.billing.errors import NothingToBuy
from alcove.billing.ledger import balance
from alcove.billing.models import CreditEntry, Entitlement, Plan, Purchase, Refund, Subscription
from alcove.billing.payments.gateway import RenewalFailed, Renewed
from alcove.billing.tests.test_payments import hear, open_page, subscribed
from alcove.booking.actions.call_off import close_room
from alcove.booking.actions.pay import LEFT_CREDIT, pay_and_book
from alcove.core import clock, jobs
from alcove.core.models import Event
from alcove.people.models import Practice
from alcove.practice.actions.deactivate import deactivate
from tests.cast import CREDITS, NOW, Cast, at, change_plans, hold
from tests.payment_service import BROKEN, PaymentService
from tests.untouched import refused

MONTH = dt.timedelta(days=31)


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """The cast, whose plan is sold, with a room that has no plan any more."""
    change_plans(extra_credit_minor=6000, price_minor=20000)
    Entitlement.objects.filter(room=cast.room).update(ends_on=NOW.date())
    return cast


def close(cast: Cast) -> None:
    close_room(actor=cast.admin, room=cast.room, reason="Ended", now=NOW)
    cast.room.refresh_from_db()


def went_back(payments: PaymentService) -> list[int]:
    """The amounts that the payment service has given back, once every job is done."""
    jobs.run_due(clock.now() + dt.timedelta(hours=2))
    return [int(refund["amount"]) for refund in payments.refunds]


def test_second_plan_paid_in_another_window_goes_back(sold: Cast, payments: PaymentService) -> None:
    Plan.objects.create(code="more", name="More", offers=sold.plan.offers, price_minor=30000)
    pages = []
    for code in ("four", "more"):
        purchase = buy.buy_plan(actor=sold.client, room=sold.room, code=code, now=NOW)
        pages.append(open_page(purchase))

    for key in pages:
        for event in payments.pay(key):
            assert hear(event) == 200

    assert went_back(payments) == [30000]
    entitlement = Entitlement.objects.get(room=sold.room)
    assert (entitlement.plan.code, entitlement.state) == ("four", "active")
    [going] = Subscription.objects.filter(ended_at=None)
    assert going.purchase.plan == entitlement.plan
    first, second = payments.subscriptions.values()
    assert "is_cancelled" not in first
    assert second["is_cancelled"]
    assert CreditEntry.objects.filter(cause__startswith=f"grant:{entitlement.pk}:").count() == 1


def test_plan_paid_for_a_room_that_was_closed_meanwhile_goes_back(
    sold: Cast, payments: PaymentService
) -> None:
    key = open_page(buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW))
    close(sold)

    for event in payments.pay(key):
        assert hear(event) == 200

    assert went_back(payments) == [20000]
    [subscription] = payments.subscriptions.values()
    assert subscription["is_cancelled"]
    assert not Subscription.objects.filter(ended_at=None).exists()


def test_credits_paid_by_somebody_who_was_deactivated_meanwhile_go_back(
    sold: Cast, payments: PaymentService
) -> None:
    key = open_page(buy.buy_credits(actor=sold.client, room=sold.second_room, count=2, now=NOW))
    deactivate(actor=sold.admin, person=sold.client, reason="Left", now=NOW)

    for event in payments.pay(key):
        assert hear(event) == 200

    assert went_back(payments) == [12000]
    assert balance(sold.second_room, NOW).available == CREDITS
    assert CreditEntry.objects.filter(room=sold.second_room, kind="refunded").count() == 1


def test_credit_for_a_time_in_a_room_closed_meanwhile_promises_nothing(
    sold: Cast, payments: PaymentService
) -> None:
    room = sold.second_room
    for number in range(CREDITS):
        ledger.reserve(room, f"K:{number}", now=NOW)
    kept = hold(room, at(4, 15))
    key = open_page(pay_and_book(actor=sold.client, hold_code=kept.code, now=NOW))
    close_room(actor=sold.admin, room=room, reason="Ended", now=NOW)

    for event in payments.pay(key):
        hear(event)

    assert went_back(payments) == [6000]
    assert not Event.objects.filter(kind=LEFT_CREDIT).exists()


def test_renewal_charged_after_the_plan_was_stopped_goes_back(
    sold: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(sold, payments)
    until = Entitlement.objects.get(room=sold.room).paid_until
    stop_plan(actor=sold.client, room=sold.room, now=NOW)
    # The payment service did not hear of it in time.
    payments.fails = [BROKEN] * 4
    jobs.run_due(NOW)

    hear(payments.renew(key))

    assert went_back(payments) == [20000]
    assert Entitlement.objects.get(room=sold.room).paid_until == until


def test_renewal_paid_before_the_stop_and_heard_after_it_counts(
    sold: Cast, payments: PaymentService
) -> None:
    purchase, key = subscribed(sold, payments)
    until = Entitlement.objects.get(room=sold.room).paid_until
    assert until is not None
    stop_plan(actor=sold.client, room=sold.room, now=until + dt.timedelta(hours=2))
    paid_at = until + dt.timedelta(hours=1)

    news = Renewed(purchase.code, key, "in_late", 20000, "USD", until + MONTH, paid_at)
    take_news(news, now=until + dt.timedelta(hours=3))

    assert Entitlement.objects.get(room=sold.room).paid_until == until + MONTH
    assert not Refund.objects.exists()


def test_old_card_that_is_charged_after_the_plan_was_bought_anew_goes_back(
    sold: Cast, payments: PaymentService
) -> None:
    _purchase, old = subscribed(sold, payments)
    hear(payments.renew(old, is_paid=False))
    again = buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW)
    for event in payments.pay(open_page(again)):
        hear(event)

    hear(payments.renew(old))

    assert went_back(payments) == [20000]
    [going] = Subscription.objects.filter(ended_at=None)
    assert going.purchase == again
    assert Entitlement.objects.get(room=sold.room).state == "active"


@pytest.mark.parametrize("way", ["paid to the practice", "another plan"])
def test_plan_that_the_practice_sees_to_is_charged_to_no_card(
    sold: Cast, payments: PaymentService, way: str
) -> None:
    _purchase, key = subscribed(sold, payments)
    if way == "another plan":
        other = Plan.objects.create(code="other", name="Other", offers=sold.plan.offers)
        cover_room(
            actor=sold.admin,
            room=sold.room,
            plan=other,
            state="active",
            starts_on=NOW.date(),
            ends_on=None,
            now=NOW,
        )
    else:
        record_plan_paid(
            actor=sold.staff, room=sold.room, code="four", amount_minor=20000, note="Cash", now=NOW
        )
    jobs.run_due()

    assert payments.subscriptions[key]["cancel_at_period_end"]
    assert Subscription.objects.get().stopped_at is not None
    assert Event.objects.filter(kind="plan.stopped").count() == 1
    assert Entitlement.objects.get(room=sold.room).paid_until is None


def test_nothing_is_sold_to_a_room_that_is_closed_or_not_covered(
    sold: Cast, payments: PaymentService
) -> None:
    with refused(NothingToBuy):
        buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)
    close(sold)
    with refused(NothingToBuy):
        buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW)
    Entitlement.objects.filter(room=sold.room).update(ends_on=None)
    with refused(NothingToBuy):
        buy.buy_credits(actor=sold.client, room=sold.room, now=NOW)


def test_plan_whose_first_payment_is_another_amount_gives_nothing(
    sold: Cast, payments: PaymentService
) -> None:
    key = open_page(buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW))
    payments.sessions[key]["amount_total"] = 1

    for _time in range(2):
        for event in payments.pay(key):
            assert hear(event) == 200

    assert not Purchase.objects.filter(state="paid").exists()
    assert not Subscription.objects.exists()
    assert Event.objects.filter(kind="purchase.mismatched").count() == 1


def test_period_that_costs_nothing_is_covered_all_the_same(
    sold: Cast, payments: PaymentService
) -> None:
    _purchase, key = subscribed(sold, payments)
    payments.subscriptions[key]["session"]["amount_total"] = 0
    until = Entitlement.objects.get(room=sold.room).paid_until
    assert until is not None

    assert hear(payments.renew(key)) == 200

    later = Entitlement.objects.get(room=sold.room).paid_until
    assert later is not None
    assert later > until
    assert Purchase.objects.filter(item="plan", state="paid").count() == 1


def test_card_refused_for_a_first_period_is_no_failed_renewal(
    sold: Cast, payments: PaymentService
) -> None:
    _purchase, old = subscribed(sold, payments)
    hear(payments.end(old))
    over = {"starts_on": at(1, 0).date(), "ends_on": NOW.date(), "paid_until": NOW}
    Entitlement.objects.filter(room=sold.room).update(**over)
    key = open_page(buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW))
    _completed, paid = payments.pay(key)
    failed = {**paid, "id": "evt_failed", "type": "invoice.payment_failed"}

    assert hear(failed) == 200

    assert Entitlement.objects.get(room=sold.room).state == "active"
    assert not Event.objects.filter(kind="plan.unpaid").exists()


@pytest.mark.parametrize(
    ("bought_at", "instants", "zone_days"),
    [
        # Late on 28 February here is 1 March where the payment service counts.
        (at(1, 4), [at(1, 4, month=4), at(1, 4, month=5)], ["2026-02-28", "2026-03-28"]),
        (at(31, 9), [at(30, 9, month=4), at(31, 9, month=5)], ["2026-03-31", "2026-04-30"]),
    ],
)
def test_each_payment_gives_the_credits_of_one_period(
    sold: Cast,
    payments: PaymentService,
    bought_at: dt.datetime,
    instants: list[dt.datetime],
    zone_days: list[str],
) -> None:
    Practice.objects.update(time_zone="America/Los_Angeles")
    over = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 2, 1)}
    Entitlement.objects.filter(room=sold.room).update(**over)
    purchase = buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=bought_at)
    entitlement = Entitlement.objects.get(room=sold.room)
    granted = CreditEntry.objects.filter(cause__startswith=f"grant:{entitlement.pk}:")

    for number, until in enumerate(instants):
        news = Renewed(purchase.code, "sub", f"in_{number}", 20000, "USD", until)
        take_news(news, now=bought_at if number == 0 else instants[0])
        # Until the next payment nothing more comes, whatever the hour.
        for hours in range(0, 24 * 45, 5):
            moment = (bought_at if number == 0 else instants[0]) + dt.timedelta(hours=hours)
            if moment < until:
                settle_periods({}, moment)
        assert granted.count() == number + 1

    assert [entry.cause.split(":")[2] for entry in granted.order_by("pk")] == zone_days


def test_plan_bought_again_within_the_days_of_grace_gives_no_period_twice(
    sold: Cast, payments: PaymentService
) -> None:
    first = buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW)
    take_news(Renewed(first.code, "sub_1", "in_1", 20000, "USD", at(2, 9, month=4)), now=NOW)
    failed = RenewalFailed(first.code, "sub_1", at(2, 9, month=4))
    take_news(failed, now=at(2, 10, month=4))
    later = at(4, 20, month=4)

    again = buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=later)
    take_news(Renewed(again.code, "sub_2", "in_2", 20000, "USD", at(4, 20, month=5)), now=later)
    for day in range(5, 30):
        settle_periods({}, at(day, 9, month=4))
    for day in range(1, 5):
        settle_periods({}, at(day, 9, month=5))

    entitlement = Entitlement.objects.get(room=sold.room)
    granted = CreditEntry.objects.filter(cause__startswith=f"grant:{entitlement.pk}:")
    assert granted.count() == 2


def test_periods_paid_to_the_practice_end_where_they_meet(cast: Cast) -> None:
    over = {"starts_on": dt.date(2026, 1, 31), "ends_on": dt.date(2026, 2, 28)}
    Entitlement.objects.filter(room=cast.room).update(**over)
    ends = []
    for _month in range(3):
        record_plan_paid(
            actor=cast.staff,
            room=cast.room,
            code="four",
            amount_minor=20000,
            note="Cash",
            now=at(20, 9, month=2),
        )
        ends.append(str(Entitlement.objects.get(room=cast.room).ends_on))

    assert ends == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_days_of_grace_are_no_part_of_what_the_practice_was_paid(
    sold: Cast, payments: PaymentService
) -> None:
    first = buy.buy_plan(actor=sold.client, room=sold.room, code="four", now=NOW)
    take_news(Renewed(first.code, "sub_1", "in_1", 20000, "USD", at(2, 9, month=4)), now=NOW)

    record_plan_paid(
        actor=sold.staff, room=sold.room, code="four", amount_minor=20000, note="Cash", now=NOW
    )

    assert str(Entitlement.objects.get(room=sold.room).ends_on) == "2026-05-02"

"""Whatever everybody does, in whatever order, no credit and no money is lost or made (property).

Random histories of the real acts of booking and of billing in three rooms, with a gateway that
fails in every way: each credit has one story, the months add up, and what the gateway has taken is
what the practice's pages say.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from alcove.billing import ledger
from alcove.billing.actions.buy import buy_credits, buy_plan, pay_fee
from alcove.billing.actions.checkout import checkout_url
from alcove.billing.actions.grant_credits import settle_periods
from alcove.billing.actions.hear import take_news
from alcove.billing.actions.late_fees import waive_fee
from alcove.billing.actions.record_payment import (
    record_credits_paid,
    record_fee_paid,
    record_plan_paid,
)
from alcove.billing.actions.refund import refund_purchase
from alcove.billing.actions.stop_plan import stop_plan
from alcove.billing.models import (
    CreditEntry,
    Entitlement,
    LateFee,
    Plan,
    Purchase,
    Refund,
    SavedMethod,
    Subscription,
)
from alcove.billing.payments import stripe_gateway
from alcove.billing.payments.gateway import Paid, RenewalFailed, Renewed, SubscriptionEnded
from alcove.billing.sums import months_of_credits, months_of_money
from alcove.booking.actions.cancel import cancel_appointment, consequence_for
from alcove.booking.actions.confirm import confirm_appointment
from alcove.booking.actions.decline import decline_appointment
from alcove.booking.actions.hold import hold_slot, hold_slot_to_move
from alcove.booking.actions.lapse import lapse_requests
from alcove.booking.actions.no_show import (
    decide_dispute,
    dispute_no_show,
    mark_no_show,
    settle_no_shows,
)
from alcove.booking.actions.pay import book_what_was_paid, pay_and_book
from alcove.booking.actions.request import request_appointment
from alcove.booking.actions.reschedule import reschedule_appointment
from alcove.booking.actions.settle import settle_session
from alcove.booking.credit_story import page_of_story
from alcove.booking.models import ACTIVE, Appointment, NoShow, Status
from alcove.booking.policies import AttendanceFacts
from alcove.core import events, jobs
from alcove.core.errors import DomainError
from alcove.core.models import Event, Job
from alcove.database_check import ledger as ledger_check
from alcove.database_check import payments as payments_check
from alcove.rooms.models import Room
from tests.cast import NOW, Cast, change_plans
from tests.memory_gateway import MOODS, WORKS, MemoryGateway, month_after

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = NOW.year
HOUR = dt.timedelta(hours=1)
FACTS = (
    AttendanceFacts(True, True, True, dt.timedelta(minutes=30), False),
    AttendanceFacts(True, False, False, dt.timedelta(), False),
    AttendanceFacts(False, True, False, dt.timedelta(), False),
    AttendanceFacts(True, True, False, dt.timedelta(), True),
)
Kind = CreditEntry.Kind


class _Undo(Exception):
    """Ends an example's transaction."""


class History:
    """What everybody does as time passes; what is refused changes nothing and is left out."""

    def __init__(self, cast: Cast, gateway: MemoryGateway) -> None:
        self.cast, self.gateway, self.now = cast, gateway, NOW
        # A credit is lost in the first, a fee is due in the second, the third's plan is bought.
        self.rooms = [cast.room, cast.strangers_room, cast.second_room]
        self.paid_until: dict[str, dt.datetime] = {}

    def act(self, name: str, first: int, second: int) -> None:
        """Let some hours pass, do it, and let the jobs do what follows."""
        self.now += first * HOUR
        with suppress(DomainError), transaction.atomic():
            getattr(self, name)(first, second)
        self._follow()

    def _follow(self) -> None:
        for job in Job.objects.filter(kind=events.DISPATCH):
            event = Event.objects.get(pk=job.payload["event"])
            if event.kind == "purchase.paid":
                book_what_was_paid(event)
            job.delete()
        for sweep in (lapse_requests, settle_no_shows, settle_periods):
            sweep({}, self.now)
        self._work()

    def _work(self) -> None:
        jobs.run_due(self.now)
        Job.objects.filter(kind=events.DISPATCH).delete()

    def end(self) -> None:
        """Bring what waits to its end: everybody answers, and a month passes."""
        self.gateway.mood = WORKS
        for _time in range(3):
            self.now += 10 * 24 * HOUR
            Job.objects.update(run_at=self.now)
            self._follow()

    def pick(self, rows: Any, number: int) -> Any:
        """One of these rows, or DomainError."""
        found = list(rows.order_by("pk"))
        if not found:
            raise DomainError
        return found[number % len(found)]

    def start(self, first: int, second: int) -> dt.datetime:
        """One of few times ahead, so that people want the same ones."""
        day = (self.now + (1 + second % 3) * 24 * HOUR).replace(minute=0, second=0, microsecond=0)
        return day.replace(hour=9 + 5 * (first % 2))

    # Booking.

    def hold(self, first: int, second: int) -> Any:
        room = self.rooms[second % 3]
        return hold_slot(
            actor=room.owner,
            room_code=room.code,
            modality="video",
            length_minutes=45,
            starts_at=self.start(first, second // 3),
            now=self.now,
        )

    def book(self, first: int, second: int) -> None:
        kept = self.hold(first, second)
        request_appointment(actor=kept.room.owner, hold_code=kept.code, now=self.now)

    def book_and_confirm(self, first: int, second: int) -> None:
        self.book(first, second)
        self.confirm(first, -1)

    def confirm(self, first: int, second: int) -> None:
        row = self.pick(Appointment.objects.filter(status=Status.REQUESTED), second)
        confirm_appointment(actor=row.provider, code=row.code, now=self.now)

    def decline(self, first: int, second: int) -> None:
        row = self.pick(Appointment.objects.filter(status=Status.REQUESTED), second)
        decline_appointment(actor=row.provider, code=row.code, words="No", now=self.now)

    def cancel(self, first: int, second: int) -> None:
        row = self.pick(Appointment.objects.filter(status__in=ACTIVE), second)
        actor = row.provider if first % 5 == 0 else row.room.owner
        cancel_appointment(
            actor=actor,
            code=row.code,
            reason=self.cast.reason,
            words="",
            agreed=consequence_for(actor, row, self.now).token,
            now=self.now,
        )

    def move(self, first: int, second: int) -> None:
        row = self.pick(Appointment.objects.filter(status__in=ACTIVE), second)
        kept = hold_slot_to_move(
            actor=row.room.owner,
            appointment_code=row.code,
            starts_at=self.start(first, second),
            now=self.now,
        )
        reschedule_appointment(
            actor=row.room.owner,
            hold_code=kept.code,
            agreed=consequence_for(row.room.owner, row, self.now).token,
            now=self.now,
        )

    def settle(self, first: int, second: int) -> None:
        over = Appointment.objects.filter(status=Status.CONFIRMED, ends_at__lt=self.now)
        settle_session(appointment=self.pick(over, second), facts=FACTS[first % 4], now=self.now)

    def miss(self, first: int, second: int) -> None:
        begun = Appointment.objects.filter(status=Status.CONFIRMED, starts_at__lt=self.now)
        row = self.pick(begun, second)
        mark_no_show(actor=row.provider, code=row.code, facts=FACTS[1], record={}, now=self.now)

    def dispute(self, first: int, second: int) -> None:
        row = self.pick(NoShow.objects.select_related("appointment__room__owner"), second)
        code = row.appointment.code
        dispute_no_show(actor=row.appointment.room.owner, code=code, words="I came", now=self.now)

    def decide(self, first: int, second: int) -> None:
        row = self.pick(NoShow.objects.select_related("appointment"), second)
        decide_dispute(
            actor=self.cast.staff,
            code=row.appointment.code,
            verdict=("stands", "waived")[first % 2],
            words="By the record",
            now=self.now,
        )

    # Paying.

    def open(self, purchase: Purchase) -> None:
        checkout_url(purchase, success_url="https://a/", cancel_url="https://b/", now=self.now)

    def buy(self, first: int, second: int) -> None:
        room = self.rooms[second % 3]
        self.open(buy_credits(actor=room.owner, room=room, count=1 + first % 3, now=self.now))

    def buy_in_booking(self, first: int, second: int) -> None:
        kept = self.hold(first, second)
        self.open(pay_and_book(actor=kept.room.owner, hold_code=kept.code, now=self.now))

    def buy_plan(self, first: int, second: int) -> None:
        room = self.rooms[2]
        self.open(buy_plan(actor=room.owner, room=room, code="four", now=self.now))

    def pay_fee(self, first: int, second: int) -> None:
        fee = self.pick(LateFee.objects.select_related("room__owner"), second)
        self.open(pay_fee(actor=fee.room.owner, fee=fee, now=self.now))

    def pay(self, first: int, second: int) -> None:
        """Somebody pays on a page that was opened, also one that we think closed."""
        unpaid = Purchase.objects.exclude(checkout_key="")
        purchase = self.pick(unpaid, second)
        if purchase.item == Purchase.Item.PLAN:
            self.subscribe(purchase)
            return
        payment = self.gateway.take(f"pi_{purchase.code}", purchase.amount_minor)
        for _time in range(1 + first % 2):
            amount = purchase.amount_minor, purchase.currency
            news = Paid(purchase.code, purchase.checkout_key, payment, *amount)
            take_news(news, now=self.now)

    def subscribe(self, purchase: Purchase) -> None:
        """The first payment of a plan; later ones are for ``renew``."""
        if purchase.code in self.paid_until:
            raise DomainError
        self.paid_until[purchase.code] = self.now
        self.tell_renewal(purchase, is_paid=True)

    def renew(self, first: int, second: int) -> None:
        """The gateway charges the next period of a subscription, or cannot."""
        row = self.pick(Subscription.objects.select_related("purchase__plan"), second)
        purchase, key = row.purchase, row.gateway_key
        self.now = max(self.now, self.paid_until[purchase.code])
        if key in self.gateway.stopped:
            take_news(SubscriptionEnded(purchase.code, key), now=self.now)
            return
        self.tell_renewal(purchase, is_paid=bool(first % 4))

    def tell_renewal(self, purchase: Purchase, *, is_paid: bool) -> None:
        begins = self.paid_until[purchase.code]
        key, payment = f"sub_{purchase.code}", f"in_{purchase.code}_{begins:%Y%m%d}"
        if not is_paid:
            take_news(RenewalFailed(purchase.code, key, begins), now=self.now)
            return
        ends = self.paid_until[purchase.code] = month_after(begins)
        amount = self.gateway.prices.get(key, purchase.amount_minor)
        self.gateway.take(payment, amount)
        news = Renewed(purchase.code, key, payment, amount, purchase.currency, ends)
        for _time in range(2):
            take_news(news, now=self.now)

    def stop(self, first: int, second: int) -> None:
        stop_plan(actor=self.rooms[2].owner, room=self.rooms[2], now=self.now)

    def record_credits(self, first: int, second: int) -> None:
        record_credits_paid(
            actor=self.cast.staff,
            room=self.rooms[second % 3],
            count=1 + first % 3,
            amount_minor=first % 3 * 1000,
            note="Cash",
            now=self.now,
        )

    def record_plan(self, first: int, second: int) -> None:
        record_plan_paid(
            actor=self.cast.staff,
            room=self.rooms[2],
            code="four",
            amount_minor=20000,
            note="Cash",
            now=self.now,
        )

    def record_fee(self, first: int, second: int) -> None:
        fee = self.pick(LateFee.objects.select_related("room"), second)
        record_fee_paid(actor=self.cast.staff, room=fee.room, fee=fee.pk, note="Cash", now=self.now)

    def waive(self, first: int, second: int) -> None:
        fee = self.pick(LateFee.objects, second)
        waive_fee(actor=self.cast.admin, fee=fee.pk, reason="Snow", now=self.now)

    def refund(self, first: int, second: int) -> None:
        paid = self.pick(Purchase.objects.filter(state=Purchase.State.PAID), second)
        refund_purchase(actor=self.cast.admin, code=paid.code, reason="Asked for", now=self.now)

    def weather(self, first: int, second: int) -> None:
        """The gateway is in some mood from now on, and what waits is tried again."""
        self.gateway.mood = MOODS[second % 4]
        Job.objects.update(run_at=self.now)

    def wait(self, first: int, second: int) -> None:
        """Days pass."""
        self.now += second * 12 * HOUR


ACTS = (
    *("book", "book_and_confirm", "book_and_confirm", "confirm", "decline", "cancel", "cancel"),
    *("move", "settle", "settle", "miss", "dispute", "decide", "wait", "wait"),
    *("buy", "buy_in_booking", "buy_plan", "pay_fee", "pay", "pay", "pay", "renew", "stop"),
    *("record_credits", "record_plan", "record_fee", "waive", "refund", "weather"),
)
ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 11))


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[], MemoryGateway]:
    """Gives the practice a fresh gateway."""
    settings.STRIPE_SECRET_KEY = "in memory"

    def fresh() -> MemoryGateway:
        one = MemoryGateway()
        monkeypatch.setattr(stripe_gateway, "StripeGateway", lambda **_settings: one)
        return one

    return fresh


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(acts=st.lists(ACT, min_size=10, max_size=40))
def test_no_history_loses_or_makes_credits_or_money(
    cast: Cast, gateway: Callable[[], MemoryGateway], acts: list[tuple[str, int, int]]
) -> None:
    with suppress(_Undo), transaction.atomic():
        _set_terms(cast)
        history = History(cast, gateway())
        for name, first, second in acts:
            history.act(name, first, second)
        history.end()
        _check_rows(history)
        _check_credits(history)
        _check_money(history)
        raise _Undo


def _set_terms(cast: Cast) -> None:
    """One room's plan costs a fee, which its owner's card can be charged; another is uncovered."""
    change_plans(extra_credit_minor=6000, price_minor=20000)
    fee = Plan.objects.create(
        code="fee",
        name="With a fee",
        offers=cast.plan.offers,
        late_rule="fee",
        late_fee_minor=4000,
        extra_credit_minor=7000,
    )
    Entitlement.objects.filter(room=cast.strangers_room).update(plan=fee)
    Entitlement.objects.filter(room=cast.second_room).update(ends_on=NOW.date())
    SavedMethod.objects.create(
        person=cast.stranger, customer_key="cus", method_key="pm", label="Visa", saved_at=NOW
    )


def _check_rows(history: History) -> None:
    """The database agrees with itself by every check of ``alcove check`` that is about these."""
    for check in (
        ledger_check.wrong_reservations,
        ledger_check.wrong_settlements,
        ledger_check.wrong_costs,
        ledger_check.wrong_no_shows,
        ledger_check.wrong_held_sums,
        ledger_check.overdrawn_lots,
        payments_check.paid_without_credits,
        payments_check.wrong_fees,
        payments_check.wrong_refunds,
    ):
        assert list(check(history.now)) == []
    assert list(Job.objects.exclude(last_error="").values_list("kind", "last_error")) == []


def _check_credits(history: History) -> None:
    """What came is what is left, kept, used, lost for good, ended or given back; months add up."""
    for room in Room.objects.all():
        rows = CreditEntry.objects.filter(room=room)
        count = Counter[str]()
        for kind, available, held in rows.values_list("kind", "available", "held"):
            count[kind] += available + held
        came = count[Kind.GRANTED] + count[Kind.BOUGHT]
        balance = ledger.balance(room, history.now)
        lost = -count[Kind.FORFEITED] - count[Kind.RESTORED]
        gone = -count[Kind.SPENT] - count[Kind.EXPIRED] - count[Kind.REFUNDED]
        assert came == balance.available + balance.held + lost + gone
        assert lost >= 0
        story = page_of_story(room, None)["lines"]
        assert not story or story[0].left == rows.aggregate(sum=Sum("available"))["sum"]
    months = months_of_credits(YEAR, BERLIN)
    assert months[0].opening == 0
    for before, after in pairwise(months):
        assert after.opening == before.closing
    total = CreditEntry.objects.aggregate(available=Sum("available"), held=Sum("held"))
    assert months[-1].closing == total["available"] + total["held"]
    # A bought plan gives a period's credits for each payment, and not once more.
    own = Entitlement.objects.get(room=history.rooms[2])
    grants = CreditEntry.objects.filter(cause__startswith=f"grant:{own.pk}:", kind=Kind.GRANTED)
    unowed = Refund.objects.filter(asked_by=None).values("purchase")
    payments = Purchase.objects.filter(item="plan", state="paid").exclude(pk__in=unowed)
    assert grants.count() <= payments.count()


def _check_money(history: History) -> None:
    """The pages' sums are what the gateway has kept, and what was paid to the practice."""
    kept = sum(month.kept for month in months_of_money(YEAR, BERLIN))
    by_hand = Purchase.objects.filter(state="paid", way="practice")
    paid = by_hand.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    back = Refund.objects.filter(purchase__in=by_hand, state="done")
    given = back.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    assert kept == history.gateway.kept + paid - given
    # Each fee is kept once, and only while it is paid.
    for fee in LateFee.objects.all():
        payments = Purchase.objects.filter(fee=fee, state="paid", refund=None).count()
        assert payments <= (1 if fee.state == "paid" else 0)

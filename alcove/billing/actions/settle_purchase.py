"""What follows from a payment, once: credits, coverage, a settled fee, money that goes back."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.actions.grant_credits import grant_credits
from alcove.billing.actions.refund import refund_at_once
from alcove.billing.actions.stop_plan import stop_renewing
from alcove.billing.models import Entitlement, LateFee, Plan, Purchase, Subscription
from alcove.billing.periods import end_of_paid, period_after
from alcove.core import events
from alcove.people.models import Person, Practice

PAID = "purchase.paid"


@transaction.atomic
def settle_purchase(
    *, purchase: Purchase, payment_key: str, actor: Person | None, now: dt.datetime
) -> bool:
    """Note that it was paid and give what was bought; False when that was done before.

    A payment that comes after the purchase was closed counts all the same: the money is here.
    """
    waiting = Purchase.objects.filter(pk=purchase.pk).exclude(state=Purchase.State.PAID)
    if not waiting.update(state=Purchase.State.PAID, paid_at=now, payment_key=payment_key):
        return False
    purchase.refresh_from_db()
    data = facts(purchase)
    events.record(
        PAID,
        subject=purchase.key,
        actor=actor.key if actor else purchase.buyer.key,
        now=now,
        data=data,
    )
    if purchase.item == Purchase.Item.CREDITS:
        _give_credits(purchase, now)
    elif purchase.item == Purchase.Item.FEE:
        _settle_fee(purchase, now)
    elif purchase.way == Purchase.Way.PRACTICE:
        # Else the same period would be charged to a card, too.
        stop_renewing(actor=actor or purchase.buyer, room=purchase.room, now=now)
        cover(purchase, paid_until=None, now=now)
    return True


def can_use(purchase: Purchase) -> bool:
    """Whether credits or a plan are of any use to the payer: the room is open, and they come in."""
    return purchase.room.closed_at is None and purchase.buyer.is_active


def facts(purchase: Purchase) -> dict[str, Any]:
    """What a receipt says of it, as plain JSON."""
    return {
        "room": purchase.room.code,
        "buyer": purchase.buyer_id,
        "item": purchase.item,
        "count": purchase.count,
        "amount_minor": purchase.amount_minor,
        "currency": purchase.currency,
        "way": purchase.way,
        "for_key": purchase.for_key,
    }


def cover(
    purchase: Purchase,
    *,
    paid_until: dt.datetime | None,
    begins: bool = False,
    now: dt.datetime,
) -> Entitlement:
    """Cover the room by the plan that was bought, from today where it is not covered.

    Paid to the practice, it covers one period more; by subscription to ``paid_until``, and
    further while the gateway tries to be paid for the next one. A subscription's first payment
    begins a period, whatever was before: it gives that period's credits.
    """
    assert purchase.plan is not None
    practice = Practice.load()
    today = now.astimezone(practice.zone).date()
    row = Entitlement.objects.select_for_update().filter(room=purchase.room).first()
    goes_on = row is not None and _goes_on(row, purchase.plan, today)
    if row is None:
        row = Entitlement(room=purchase.room)
    if begins or not goes_on:
        row.plan, row.starts_on, row.ends_on, row.paid_until = purchase.plan, today, today, None
    if paid_until is None:
        _cover_one_period_more(row, today, practice.zone)
    elif row.paid_until is None or row.paid_until < paid_until:
        row.paid_until = paid_until
        # One that was stopped ends with what is paid.
        is_renewed = Subscription.objects.filter(
            room=purchase.room, ended_at=None, stopped_at=None
        ).exists()
        row.ends_on = end_of_paid(
            paid_until,
            row.starts_on,
            grace=GRACE if is_renewed else dt.timedelta(),
            zone=practice.zone,
        )
    row.state = Entitlement.State.ACTIVE
    row.save()
    grant_credits(entitlement=row, practice=practice, now=now)
    return row


def _goes_on(row: Entitlement, plan: Plan, today: dt.date) -> bool:
    """Whether the room is covered by this plan still."""
    return row.plan.code == plan.code and (row.ends_on is None or row.ends_on > today)


def _cover_one_period_more(row: Entitlement, today: dt.date, zone: ZoneInfo) -> None:
    """Move the end of what is paid by a period; coverage without an end is not cut short."""
    if row.paid_until is not None:
        # What is covered further, while the gateway tries a card again, was not paid.
        row.ends_on = max(today, row.paid_until.astimezone(zone).date())
        row.paid_until = None
    if row.ends_on is not None:
        row.ends_on = period_after(row.starts_on, row.plan.period_months, row.ends_on)


# How long a room stays covered while the gateway tries to be paid for the next period.
GRACE = dt.timedelta(days=3)


def _give_credits(purchase: Purchase, now: dt.datetime) -> None:
    room = purchase.room
    ledger.buy(room, purchase.count, cause=purchase.lot_cause, expires_at=None, now=now)
    if purchase.way != Purchase.Way.PRACTICE and not can_use(purchase):
        # The practice has closed the room while its client was paying.
        refund_at_once(purchase, reason="room closed", now=now)


def _settle_fee(purchase: Purchase, now: dt.datetime) -> None:
    due = LateFee.objects.filter(purchases=purchase, state=LateFee.State.DUE)
    if not due.update(state=LateFee.State.PAID, settled_at=now):
        # Paid in two windows, or waived meanwhile.
        refund_at_once(purchase, reason="settled before", now=now)

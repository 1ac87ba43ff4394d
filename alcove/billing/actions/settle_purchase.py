"""What follows from a payment, once: credits, coverage, a settled fee, money that goes back."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing import ledger
from alcove.billing.actions.grant_credits import grant_credits
from alcove.billing.actions.refund import refund_at_once
from alcove.billing.models import Entitlement, LateFee, Purchase
from alcove.billing.periods import add_months
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
        ledger.buy(
            purchase.room, purchase.count, cause=purchase.lot_cause, expires_at=None, now=now
        )
    elif purchase.item == Purchase.Item.FEE:
        _settle_fee(purchase, now)
    elif purchase.way == Purchase.Way.PRACTICE:
        cover(purchase, paid_until=None, now=now)
    return True


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


def cover(purchase: Purchase, *, paid_until: dt.datetime | None, now: dt.datetime) -> Entitlement:
    """Cover the room by the plan that was bought, from today where it is not covered.

    Paid to the practice, it covers one period more; by subscription to ``paid_until``, and
    further while the gateway tries to be paid for the next one.
    """
    assert purchase.plan is not None
    practice = Practice.load()
    today = now.astimezone(practice.zone).date()
    row = Entitlement.objects.select_for_update().filter(room=purchase.room).first()
    is_going_on = (
        row is not None and row.plan.code == purchase.plan.code and (row.ends_on or today) >= today
    )
    if row is None:
        row = Entitlement(room=purchase.room)
    if not is_going_on:
        row.plan, row.starts_on = purchase.plan, today
    if paid_until is None:
        row.paid_until = None
        # Coverage without an end is not cut short by a payment.
        if not (is_going_on and row.ends_on is None):
            first = row.ends_on if is_going_on and row.ends_on else today
            row.ends_on = add_months(first, purchase.plan.period_months)
    elif row.paid_until is None or row.paid_until < paid_until:
        row.paid_until = paid_until
        row.ends_on = (paid_until + GRACE).astimezone(practice.zone).date()
    row.state = Entitlement.State.ACTIVE
    row.save()
    grant_credits(entitlement=row, practice=practice, now=now)
    return row


# How long a room stays covered while the gateway tries to be paid for the next period.
GRACE = dt.timedelta(days=3)


def _settle_fee(purchase: Purchase, now: dt.datetime) -> None:
    due = LateFee.objects.filter(purchases=purchase, state=LateFee.State.DUE)
    if not due.update(state=LateFee.State.PAID, settled_at=now):
        # Paid in two windows, or waived meanwhile.
        refund_at_once(purchase, reason="settled before", now=now)

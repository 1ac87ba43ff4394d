"""Reads about coverage and credits that several callers share."""

import datetime as dt
from dataclasses import dataclass

from alcove.billing.ledger import Balance, balance
from alcove.billing.models import Entitlement, Plan, Purchase, Refund, Subscription
from alcove.billing.payments import gateway
from alcove.billing.periods import add_months, is_paid, midnight, period_at
from alcove.core.formats import format_money
from alcove.core.models import Event
from alcove.people.models import Practice
from alcove.rooms.models import Room

# Something was paid, and not what was asked for.
MISMATCHED = "purchase.mismatched"


@dataclass(frozen=True, slots=True)
class CreditStanding:
    """What R4 tells: what can be used, what the plan includes, when the next credits come."""

    balance: Balance
    plan_name: str
    credits_per_period: int
    next_grant_at: dt.datetime | None
    # Of one further credit; "" where none is sold.
    extra_price: str
    # Whether it can be bought here at once; else the practice is paid by other ways.
    is_sold_online: bool


def entitlement_of(room: Room) -> Entitlement | None:
    """The room's coverage with its plan, whatever its state; None when it never had one."""
    return Entitlement.objects.select_related("plan").filter(room=room).first()


def next_grant_at(
    entitlement: Entitlement, practice: Practice, now: dt.datetime
) -> dt.datetime | None:
    """When the plan's next credits come; None when it ends before, is unpaid, or gives none.

    Of a plan that was renewed by card and is so no more, only what is paid already comes.
    """
    zone = practice.zone
    today = now.astimezone(zone).date()
    plan = entitlement.plan
    period = period_at(entitlement.starts_on, plan.period_months, today)
    first = entitlement.starts_on if period is None else period[1]
    ended = entitlement.ends_on is not None and first >= entitlement.ends_on
    unpaid = entitlement.state == Entitlement.State.UNPAID
    if (
        ended
        or unpaid
        or plan.credits_per_period == 0
        or not _will_be_paid(entitlement, first, practice)
    ):
        return None
    return midnight(first, zone)


def _will_be_paid(entitlement: Entitlement, first: dt.date, practice: Practice) -> bool:
    """Whether the period that begins on ``first`` is paid, or will be by a renewal."""
    end = add_months(first, entitlement.plan.period_months)
    if is_paid(entitlement.paid_until, (first, end), practice.zone):
        return True
    going = Subscription.objects.filter(room=entitlement.room_id, ended_at=None, stopped_at=None)
    return going.exists()


def credit_standing(
    room: Room, entitlement: Entitlement, practice: Practice, now: dt.datetime
) -> CreditStanding:
    """Everything the wizard says about a room's credits."""
    today = now.astimezone(practice.zone).date()
    ended = entitlement.ends_on is not None and today >= entitlement.ends_on
    # Without a plan that is paid nothing can be booked, so no further credit is offered either.
    sells = not ended and entitlement.state == Entitlement.State.ACTIVE
    price = _extra_price(entitlement.plan) if sells else ""
    return CreditStanding(
        balance=balance(room, now),
        plan_name=entitlement.plan.name,
        credits_per_period=entitlement.plan.credits_per_period,
        next_grant_at=next_grant_at(entitlement, practice, now),
        extra_price=price,
        is_sold_online=bool(price) and gateway() is not None,
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """A payment that a person must look at: another amount than was asked, or a refused refund."""

    kind: str
    purchase: Purchase
    amount_minor: int
    currency: str


# A payment of another amount is settled at the gateway, so it leaves the list by itself.
SHOWN_FOR = dt.timedelta(days=60)


def troubles(now: dt.datetime) -> list[Trouble]:
    """Everything of that sort, for admins; the latest first."""
    failed = Refund.objects.filter(state=Refund.State.FAILED).select_related("purchase__room")
    found = [
        Trouble("refund", row.purchase, row.amount_minor, row.purchase.currency)
        for row in failed.order_by("-pk")
    ]
    events = Event.objects.filter(kind=MISMATCHED, happened_at__gt=now - SHOWN_FOR)
    told = {event.subject.removeprefix("purchase:"): event.data for event in events}
    other = Purchase.objects.filter(code__in=told).exclude(state=Purchase.State.PAID)
    found += [
        Trouble("amount", row, told[row.code]["amount_minor"], told[row.code]["currency"])
        for row in other.select_related("room").order_by("-pk")
    ]
    return found


def _extra_price(plan: Plan) -> str:
    price = plan.extra_credit_minor
    return "" if price is None else format_money(price, plan.currency)

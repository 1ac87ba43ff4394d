"""Opening a purchase: what is to be paid, by whom, for how much. Nothing is charged yet (R4)."""

import datetime as dt
from typing import Any

from django.db import transaction

from alcove.billing.errors import (
    AlreadySettled,
    NoGateway,
    NothingToBuy,
    RoomHasPlan,
)
from alcove.billing.models import Entitlement, LateFee, Plan, Purchase
from alcove.billing.payments import gateway
from alcove.core.errors import NotFound
from alcove.people.models import Person, Practice
from alcove.rooms.models import Room

# The shortest time for which Stripe opens a page of payment is half an hour.
OPEN_FOR = dt.timedelta(minutes=35)
LEAST_OPEN_FOR = dt.timedelta(minutes=31)
MOST_CREDITS = 20


@transaction.atomic
def buy_credits(
    *, actor: Person, room: Room, count: int = 1, for_key: str = "", now: dt.datetime
) -> Purchase:
    """Open the purchase of further credits for the actor's own room, at its plan's price.

    What is open already for the same key is given again: a second click buys nothing twice.
    Raises NotFound, NoGateway, or NothingToBuy also where the room is closed or not covered.
    """
    _require_owner(actor, room)
    plan = Plan.objects.filter(entitlement__room=room).first()
    if room.closed_at is not None or not is_covered(room, now):
        # Nothing could be booked with them.
        raise NothingToBuy
    if plan is None or plan.extra_credit_minor is None or not 1 <= count <= MOST_CREDITS:
        raise NothingToBuy
    found = _open_for(room, now, item=Purchase.Item.CREDITS, count=count, for_key=for_key)
    return found or _open(
        actor,
        room,
        now,
        item=Purchase.Item.CREDITS,
        plan=plan,
        count=count,
        amount_minor=count * plan.extra_credit_minor,
        currency=plan.currency,
        for_key=for_key,
    )


@transaction.atomic
def buy_plan(*, actor: Person, room: Room, code: str, now: dt.datetime) -> Purchase:
    """Open the purchase of a plan, renewed each period, for the actor's own uncovered room.

    Raises NotFound, NoGateway, RoomHasPlan, or NothingToBuy for a plan that is not sold to it.
    """
    _require_owner(actor, room)
    if is_covered(room, now):
        raise RoomHasPlan
    plan = plans_for(room).filter(code=code).first()
    if plan is None or room.closed_at is not None:
        raise NothingToBuy
    found = _open_for(room, now, item=Purchase.Item.PLAN, plan=plan)
    return found or _open(
        actor,
        room,
        now,
        item=Purchase.Item.PLAN,
        plan=plan,
        amount_minor=plan.price_minor,
        currency=plan.currency,
    )


@transaction.atomic
def pay_fee(*, actor: Person, fee: LateFee, now: dt.datetime) -> Purchase:
    """Open the payment of a late fee of the actor's own room.

    Raises NotFound, NoGateway or AlreadySettled.
    """
    _require_owner(actor, fee.room)
    fee = LateFee.objects.select_for_update().select_related("room").get(pk=fee.pk)
    if fee.state != LateFee.State.DUE:
        raise AlreadySettled
    found = _open_for(fee.room, now, item=Purchase.Item.FEE, fee=fee)
    if found is not None:
        return found
    # One that nobody can pay any more makes room for another.
    Purchase.objects.filter(fee=fee, state=Purchase.State.OPEN).update(state=Purchase.State.CLOSED)
    return _open(
        actor,
        fee.room,
        now,
        item=Purchase.Item.FEE,
        fee=fee,
        amount_minor=fee.amount_minor,
        currency=fee.currency,
    )


def plans_for(room: Room) -> Any:
    """The plans that clients can buy for a room of this kind, cheapest first."""
    return Plan.objects.filter(
        replaced_by=None,
        is_on_sale=True,
        price_minor__gt=0,
        for_rooms__in=[Plan.ForRooms.ANY, room.kind],
    ).order_by("price_minor", "pk")


def sells_plans(room: Room) -> bool:
    """Whether the room's client can choose a plan and pay for it here, where none covers it."""
    return gateway() is not None and plans_for(room).exists()


def is_covered(room: Room, now: dt.datetime) -> bool:
    """Whether a plan covers the room now or later, and is paid."""
    today = now.astimezone(Practice.load().zone).date()
    found = Entitlement.objects.filter(room=room).first()
    if found is None or found.state == Entitlement.State.UNPAID:
        return False
    return found.ends_on is None or found.ends_on > today


def _require_owner(actor: Person, room: Room) -> None:
    if not actor.is_active or room.owner_id != actor.pk:
        raise NotFound
    if gateway() is None:
        raise NoGateway


def _open_for(room: Room, now: dt.datetime, **what: Any) -> Purchase | None:
    # While its page can still be opened for as long as the gateway wants it open.
    fresh = now + LEAST_OPEN_FOR
    is_payable = Purchase.objects.filter(
        room=room, state=Purchase.State.OPEN, way=Purchase.Way.STRIPE, open_until__gt=now, **what
    ).order_by("-pk")
    for purchase in is_payable:
        if purchase.checkout_key or (purchase.open_until and purchase.open_until > fresh):
            return purchase
    return None


def _open(actor: Person, room: Room, now: dt.datetime, **what: Any) -> Purchase:
    return Purchase.objects.create(
        room=room,
        buyer=actor,
        way=Purchase.Way.STRIPE,
        opened_at=now,
        open_until=now + OPEN_FOR,
        **what,
    )

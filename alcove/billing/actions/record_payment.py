"""What the practice was paid by other ways: recorded by staff, and it counts at once."""

import datetime as dt

from django.db import transaction

from alcove.billing.actions.buy import MOST_CREDITS
from alcove.billing.actions.settle_purchase import settle_purchase
from alcove.billing.errors import AlreadySettled, NothingToBuy, ReasonMissing
from alcove.billing.models import LateFee, Plan, Purchase
from alcove.people.access import require_staff
from alcove.people.models import Person
from alcove.rooms.access import require_not_its_client
from alcove.rooms.models import Room

Item = Purchase.Item


@transaction.atomic
def record_credits_paid(
    *, actor: Person, room: Room, count: int, amount_minor: int, note: str, now: dt.datetime
) -> Purchase:
    """Give a room credits that were paid to the practice; ``note`` says how.

    An amount of 0 is a gift. Raises NotFound, OwnRoom, ReasonMissing or NothingToBuy without a plan.
    """
    _require(actor, room, note)
    plan = Plan.objects.filter(entitlement__room=room).first()
    if plan is None or not 1 <= count <= MOST_CREDITS:
        raise NothingToBuy
    purchase = _record(
        actor, room, Item.CREDITS, amount_minor, plan.currency, note, now, count=count, plan=plan
    )
    settle_purchase(purchase=purchase, payment_key="", actor=actor, now=now)
    return purchase


@transaction.atomic
def record_plan_paid(
    *, actor: Person, room: Room, code: str, amount_minor: int, note: str, now: dt.datetime
) -> Purchase:
    """Cover a room for a period more by a plan that was paid to the practice.

    Raises NotFound, OwnRoom, ReasonMissing, or NothingToBuy for a plan that is not for such rooms.
    """
    _require(actor, room, note)
    plan = Plan.objects.filter(code=code, replaced_by=None).first()
    if plan is None or not plan.suits(room):
        raise NothingToBuy
    purchase = _record(actor, room, Item.PLAN, amount_minor, plan.currency, note, now, plan=plan)
    settle_purchase(purchase=purchase, payment_key="", actor=actor, now=now)
    return purchase


@transaction.atomic
def record_fee_paid(
    *, actor: Person, room: Room, fee: int, note: str, now: dt.datetime
) -> Purchase:
    """Settle a late fee of the room that was paid to the practice.

    Raises NotFound, OwnRoom, ReasonMissing or AlreadySettled.
    """
    _require(actor, room, note)
    row = LateFee.objects.select_for_update().filter(pk=fee, room=room).first()
    if row is None or row.state != LateFee.State.DUE:
        raise AlreadySettled
    purchase = _record(actor, room, Item.FEE, row.amount_minor, row.currency, note, now, fee=row)
    settle_purchase(purchase=purchase, payment_key="", actor=actor, now=now)
    return purchase


def _require(actor: Person, room: Room, note: str) -> None:
    require_staff(actor)
    require_not_its_client(actor, room)
    if not note.strip():
        raise ReasonMissing


def _record(
    actor: Person,
    room: Room,
    item: str,
    amount_minor: int,
    currency: str,
    note: str,
    now: dt.datetime,
    *,
    count: int = 1,
    plan: Plan | None = None,
    fee: LateFee | None = None,
) -> Purchase:
    return Purchase.objects.create(
        room=room,
        buyer=room.owner,
        item=item,
        count=count,
        plan=plan,
        fee=fee,
        amount_minor=amount_minor,
        currency=currency,
        way=Purchase.Way.PRACTICE,
        opened_at=now,
        recorded_by=actor,
        note=note.strip()[:200],
        state=Purchase.State.CLOSED,
    )

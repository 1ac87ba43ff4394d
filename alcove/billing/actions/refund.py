"""Giving money back: credits leave the ledger first, then the gateway is asked, once."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from alcove.billing import ledger
from alcove.billing.actions.uncover import uncover
from alcove.billing.errors import (
    AlreadyRefunded,
    NoFailedRefund,
    NothingToRefund,
    ReasonMissing,
    RefundChanged,
)
from alcove.billing.models import Purchase, Refund
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import GatewayRefusal, GatewayTrouble
from alcove.core import events, jobs
from alcove.core.errors import NotFound
from alcove.people.access import require_admin
from alcove.people.models import Person
from alcove.rooms.access import require_not_its_client
from alcove.rooms.membership import lock_room

SEND = "billing.send_refund"
REFUNDED = "purchase.refunded"


@transaction.atomic
def refund_purchase(
    *, actor: Person, code: str, reason: str, agreed: int | None = None, now: dt.datetime
) -> Refund:
    """Give back, as an admin, what was paid: of credits the share of those that are unused.

    A plan's payment goes back whole, with the coverage and the unused credits that it gave.
    ``agreed`` is the amount in minor units that the actor has read. Raises NotFound, OwnRoom,
    ReasonMissing, AlreadyRefunded, NothingToRefund, or RefundChanged where it is another.
    """
    require_admin(actor)
    if not reason.strip():
        raise ReasonMissing
    purchase = Purchase.objects.select_related("room").filter(code=code).first()
    if purchase is None:
        raise NotFound
    require_not_its_client(actor, purchase.room)
    # Whoever books with these credits waits for this, or this for them.
    lock_room(purchase.room_id)
    if Refund.objects.filter(purchase=purchase).exists():
        raise AlreadyRefunded
    if purchase.state != Purchase.State.PAID or not purchase.amount_minor:
        raise NothingToRefund
    if agreed is not None and agreed != refundable(purchase)[0]:
        raise RefundChanged
    return _refund(purchase, actor, reason.strip(), now)


def refundable(purchase: Purchase) -> tuple[int, int]:
    """What of a payment can go back, in minor units, and how many credits leave with it."""
    if purchase.item != Purchase.Item.CREDITS:
        return purchase.amount_minor, 0
    count = ledger.unused(purchase.lot_cause)
    return _share(purchase, count), count


def refund_at_once(purchase: Purchase, *, reason: str, now: dt.datetime) -> Refund:
    """Give all of a payment back that came though nothing was due any more."""
    return _refund(purchase, None, reason, now)


def _refund(purchase: Purchase, actor: Person | None, reason: str, now: dt.datetime) -> Refund:
    amount, count = purchase.amount_minor, 0
    if purchase.item == Purchase.Item.PLAN and actor is not None:
        count = uncover(purchase, actor=actor, now=now)
    if purchase.item == Purchase.Item.CREDITS:
        count = ledger.take_back(purchase.lot_cause, refund=f"refund:{purchase.code}", now=now)
        amount = _share(purchase, count)
    if not amount:
        raise NothingToRefund
    is_by_hand = purchase.way == Purchase.Way.PRACTICE
    try:
        with transaction.atomic():
            refund = Refund.objects.create(
                purchase=purchase,
                amount_minor=amount,
                credits=count,
                asked_by=actor,
                reason=reason,
                asked_at=now,
                state=Refund.State.DONE if is_by_hand else Refund.State.WAITING,
                done_at=now if is_by_hand else None,
            )
    except IntegrityError as error:
        raise AlreadyRefunded from error
    if is_by_hand:
        _tell(refund, actor.key if actor else events.SYSTEM, now)
    else:
        jobs.enqueue(SEND, {"refund": refund.pk}, now=now)
    return refund


def _share(purchase: Purchase, count: int) -> int:
    return purchase.amount_minor * count // purchase.count


@jobs.handles(SEND)
def send_refund(payload: dict[str, Any], now: dt.datetime) -> None:
    """Ask the gateway to give the money back; again later while it does not answer."""
    refund = Refund.objects.select_related("purchase", "asked_by").get(pk=payload["refund"])
    if refund.state != Refund.State.WAITING:
        return
    service = gateway()
    if service is None:
        raise jobs.Postpone(dt.timedelta(hours=1), "no payment service is set up")
    purchase = refund.purchase
    try:
        service.refund(
            purchase.payment_key, refund.amount_minor, purchase.currency, key=_key(refund)
        )
    except GatewayRefusal as error:
        Refund.objects.filter(pk=refund.pk, state=Refund.State.WAITING).update(
            state=Refund.State.FAILED, last_error=error.reason[:200]
        )
        return
    except GatewayTrouble as error:
        Refund.objects.filter(pk=refund.pk).update(last_error=str(error)[:200])
        raise jobs.Postpone(dt.timedelta(minutes=5), str(error)) from error
    with transaction.atomic():
        waiting = Refund.objects.filter(pk=refund.pk, state=Refund.State.WAITING)
        if waiting.update(state=Refund.State.DONE, done_at=now, last_error=""):
            _tell(refund, refund.asked_by.key if refund.asked_by else events.SYSTEM, now)


def _key(refund: Refund) -> str:
    """The key of one asking: a gateway answers a key that it refused with that refusal again."""
    return f"{refund.purchase.code}-{refund.asked_at:%Y%m%d%H%M%S}"


@transaction.atomic
def retry_refund(*, actor: Person, code: str, now: dt.datetime) -> Refund:
    """Ask the gateway once more, as an admin. Raises NotFound, OwnRoom or NoFailedRefund."""
    refund = _failed(actor, code)
    _settle_failed(refund, state=Refund.State.WAITING, asked_at=now)
    jobs.enqueue(SEND, {"refund": refund.pk}, now=now)
    return refund


@transaction.atomic
def note_refund_by_hand(*, actor: Person, code: str, how: str, now: dt.datetime) -> Refund:
    """Note, as an admin, that what the gateway refused was given back by other ways.

    Raises NotFound, OwnRoom, ReasonMissing or NoFailedRefund.
    """
    refund = _failed(actor, code)
    if not how.strip():
        raise ReasonMissing
    _settle_failed(refund, state=Refund.State.DONE, done_at=now, last_error=how.strip()[:200])
    _tell(refund, actor.key, now)
    return refund


def _failed(actor: Person, code: str) -> Refund:
    require_admin(actor)
    rows = Refund.objects.select_related("purchase__room")
    refund = rows.filter(purchase__code=code, state=Refund.State.FAILED).first()
    if refund is None:
        raise NoFailedRefund
    require_not_its_client(actor, refund.purchase.room)
    return refund


def _settle_failed(refund: Refund, **fields: Any) -> None:
    if not Refund.objects.filter(pk=refund.pk, state=Refund.State.FAILED).update(**fields):
        raise NoFailedRefund


def _tell(refund: Refund, actor: str, now: dt.datetime) -> None:
    purchase = refund.purchase
    events.record(
        REFUNDED,
        subject=purchase.key,
        actor=actor,
        now=now,
        data={
            "room": purchase.room.code,
            "buyer": purchase.buyer_id,
            "amount_minor": refund.amount_minor,
            "currency": purchase.currency,
            "credits": refund.credits,
        },
    )

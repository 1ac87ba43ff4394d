"""Hearing the gateway: late, doubled or out of order, a notice has its effect once or none."""

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction

from alcove.billing.actions.buy import is_covered
from alcove.billing.actions.refund import refund_at_once
from alcove.billing.actions.reprice import reprice_if_changed
from alcove.billing.actions.settle_purchase import can_use, cover, facts, settle_purchase
from alcove.billing.actions.stop_plan import TELL_GATEWAY
from alcove.billing.models import (
    NOTICES_KEPT_FOR,
    Entitlement,
    GatewayNotice,
    Purchase,
    SavedMethod,
    Subscription,
)
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import (
    GatewayRefusal,
    GatewayTrouble,
    News,
    Notice,
    NotPaid,
    Paid,
    RenewalFailed,
    Renewed,
    SubscriptionEnded,
)
from alcove.billing.queries import MISMATCHED
from alcove.core import events, jobs
from alcove.core.models import Event

log = logging.getLogger(__name__)

LEARN_METHOD = "billing.learn_method"


@transaction.atomic
def hear_notice(*, notice: Notice, now: dt.datetime) -> bool:
    """Act on a notice that the gateway has signed; False when it was heard before."""
    try:
        with transaction.atomic():
            GatewayNotice.objects.create(key=notice.key, kind=notice.kind[:60], heard_at=now)
    except IntegrityError:
        return False
    if notice.news is not None:
        take_news(notice.news, now=now)
    return True


@transaction.atomic
def take_news(news: News, *, now: dt.datetime) -> None:
    """Do what follows from the gateway's word; what was done before is not done again."""
    purchase = (
        Purchase.objects.select_for_update(of=("self",))
        .select_related("room", "buyer", "plan__replaced_by")
        .filter(code=news.code)
        .first()
    )
    if purchase is None:
        log.warning("news of a purchase that is not ours")
        return
    if isinstance(news, Paid):
        _paid(purchase, news, now)
    elif isinstance(news, NotPaid):
        open_one = Purchase.objects.filter(pk=purchase.pk, state=Purchase.State.OPEN)
        open_one.update(state=Purchase.State.CLOSED)
    elif isinstance(news, Renewed):
        _renewed(purchase, news, now)
    elif isinstance(news, RenewalFailed):
        _renewal_failed(purchase, news, now)
    elif isinstance(news, SubscriptionEnded):
        Subscription.objects.filter(gateway_key=news.subscription_key, ended_at=None).update(
            ended_at=now
        )


def _paid(purchase: Purchase, news: Paid, now: dt.datetime) -> None:
    if not _is_as_asked(purchase, news, now):
        return
    if settle_purchase(purchase=purchase, payment_key=news.payment_key, actor=None, now=now):
        jobs.enqueue(LEARN_METHOD, {"purchase": purchase.pk}, now=now)


def _is_as_asked(purchase: Purchase, news: Paid | Renewed, now: dt.datetime) -> bool:
    """Whether it is the amount that was asked for; else people look at it, and nothing is given."""
    if (news.amount_minor, news.currency) == (purchase.amount_minor, purchase.currency):
        return True
    if not Event.objects.filter(kind=MISMATCHED, subject=purchase.key).exists():
        events.record(
            MISMATCHED,
            subject=purchase.key,
            actor=events.SYSTEM,
            now=now,
            data={
                "amount_minor": news.amount_minor,
                "currency": news.currency,
                "payment": news.payment_key,
            },
        )
        log.error("payment %s is not the amount that was asked for", purchase.code)
    return False


def _renewed(purchase: Purchase, news: Renewed, now: dt.datetime) -> None:
    """A period was paid: the first settles the purchase, each later one is a purchase of its own."""
    if Purchase.objects.filter(payment_key=news.payment_key).exists():
        return
    begins = purchase.state != Purchase.State.PAID
    if begins and not _is_as_asked(purchase, news, now):
        return
    known = Subscription.objects.filter(gateway_key=news.subscription_key).first()
    why_not = _why_not_owed(purchase, known, news, now)
    if begins:
        if settle_purchase(purchase=purchase, payment_key=news.payment_key, actor=None, now=now):
            # Of the first payment only: a card that was removed since stays removed.
            jobs.enqueue(LEARN_METHOD, {"purchase": purchase.pk}, now=now)
        paid: Purchase | None = purchase
    else:
        paid = _further_period(purchase, news, now)
    if why_not:
        _give_back(purchase, paid, known, news, why_not, now)
        return
    if known is None:
        _let_others_go(purchase, now)
        begun = Subscription.objects.create(
            gateway_key=news.subscription_key, room=purchase.room, purchase=purchase
        )
        reprice_if_changed(begun, now=now)
    cover(purchase, paid_until=news.paid_until, begins=begins, now=now)


def _why_not_owed(
    purchase: Purchase, known: Subscription | None, news: Renewed, now: dt.datetime
) -> str:
    """Why nobody owed this payment; "" when it was due."""
    if not can_use(purchase):
        return "room closed"
    others = Subscription.objects.filter(room=purchase.room, ended_at=None)
    if known is not None and others.exclude(pk=known.pk).exists():
        return "covered already"
    if known is not None and known.stopped_at is not None:
        # Paid before that, and heard late, it counts.
        return "plan stopped" if (news.paid_at or now) > known.stopped_at else ""
    begins = purchase.state != Purchase.State.PAID
    return "covered already" if begins and is_covered(purchase.room, now) else ""


def _give_back(
    first: Purchase,
    paid: Purchase | None,
    known: Subscription | None,
    news: Renewed,
    why: str,
    now: dt.datetime,
) -> None:
    """Give a payment back that nobody owed, and have the gateway charge no other one."""
    if paid is not None:
        refund_at_once(paid, reason=why, now=now)
    if known is None:
        known = Subscription(
            gateway_key=news.subscription_key, room=first.room, purchase=first, stopped_at=now
        )
    known.ended_at = known.ended_at or now
    known.stopped_at = known.stopped_at or now
    known.save()
    jobs.enqueue(TELL_GATEWAY, {"subscription": known.pk}, now=now)


def _let_others_go(purchase: Purchase, now: dt.datetime) -> None:
    """End what was renewed for the room before, such as a plan whose last payment failed.

    A room is paid for by one subscription: the database refuses a second.
    """
    others = Subscription.objects.filter(room=purchase.room, ended_at=None)
    for row in others:
        jobs.enqueue(TELL_GATEWAY, {"subscription": row.pk}, now=now)
    others.update(stopped_at=now, ended_at=now)


def _further_period(first: Purchase, news: Renewed, now: dt.datetime) -> Purchase | None:
    """The purchase that a later payment is; None where nothing was to be paid."""
    if not news.amount_minor:
        return None
    row = Purchase.objects.create(
        room=first.room,
        buyer=first.buyer,
        item=Purchase.Item.PLAN,
        plan=first.plan,
        amount_minor=news.amount_minor,
        currency=news.currency,
        way=first.way,
        state=Purchase.State.PAID,
        opened_at=now,
        paid_at=now,
        payment_key=news.payment_key,
    )
    events.record("purchase.paid", subject=row.key, actor=first.buyer.key, now=now, data=facts(row))
    return row


def _renewal_failed(purchase: Purchase, news: RenewalFailed, now: dt.datetime) -> None:
    """The room is unpaid, unless the period was paid after all before this was heard.

    A card that was refused before a plan was ever paid by it, or for one that has ended, is no
    failed renewal.
    """
    going = Subscription.objects.filter(gateway_key=news.subscription_key, ended_at=None)
    if not going.exists():
        return
    row = Entitlement.objects.select_for_update().filter(room=purchase.room).first()
    if row is None or row.paid_until is None:
        return
    if row.paid_until > news.period_starts_at + dt.timedelta(hours=1):
        return
    if row.state == Entitlement.State.UNPAID:
        return
    row.state = Entitlement.State.UNPAID
    row.save(update_fields=["state"])
    events.record(
        "plan.unpaid",
        subject=f"room:{purchase.room.code}",
        actor=events.SYSTEM,
        now=now,
        data={"room": purchase.room.code, "buyer": purchase.buyer_id},
    )


@jobs.handles(LEARN_METHOD)
def learn_method(payload: dict[str, Any], now: dt.datetime) -> None:
    """Remember the card that somebody has paid with, for the late fees to which they agree."""
    purchase = Purchase.objects.select_related("buyer").get(pk=payload["purchase"])
    service = gateway()
    if service is None:
        return
    try:
        method = service.method_of(purchase.payment_key)
    except GatewayTrouble as error:
        raise jobs.Postpone(dt.timedelta(minutes=5), str(error)) from error
    except GatewayRefusal:
        return
    if method is not None:
        SavedMethod.objects.update_or_create(
            person=purchase.buyer,
            defaults={
                "customer_key": method.customer_key,
                "method_key": method.method_key,
                "label": method.label,
                "saved_at": now,
            },
        )


@jobs.every(dt.timedelta(days=1), "billing.forget_notices")
def forget_notices(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Delete notices that are repeated no more."""
    GatewayNotice.objects.filter(heard_at__lt=now - NOTICES_KEPT_FOR).delete()

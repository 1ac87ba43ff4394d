"""The gateway's page for a purchase, and asking what became of it."""

import datetime as dt
import logging
from dataclasses import replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from alcove.billing.actions.buy import LEAST_OPEN_FOR
from alcove.billing.actions.hear import take_news
from alcove.billing.errors import GatewayAway, GatewayRefused, NoGateway
from alcove.billing.models import Purchase, SavedMethod, Subscription
from alcove.billing.payments import gateway
from alcove.billing.payments.gateway import (
    GatewayRefusal,
    GatewayTrouble,
    Order,
    UnknownCustomer,
)
from alcove.core import jobs

log = logging.getLogger(__name__)

State = Purchase.State
# A notice that has not come after so long is asked for.
ASK_AFTER = dt.timedelta(minutes=2)
# An invoice is charged about an hour after its period began.
RENEWED_WITHIN = dt.timedelta(hours=3)


def checkout_url(purchase: Purchase, *, success_url: str, cancel_url: str, now: dt.datetime) -> str:
    """Where the purchase is paid: the gateway's page, opened once; it leads back to these two.

    Speaks to the gateway, so it is never called in a transaction. Raises NoGateway, GatewayAway
    or GatewayRefused; "" when nothing is to be paid any more.
    """
    if purchase.state != State.OPEN or purchase.open_until is None or now >= purchase.open_until:
        return ""
    if purchase.checkout_url:
        return purchase.checkout_url
    if now > purchase.open_until - LEAST_OPEN_FOR:
        # The gateway was away for so long that it would open no page any more: begin anew.
        return ""
    service = gateway()
    if service is None:
        raise NoGateway
    order = _order(purchase, success_url, cancel_url)
    try:
        try:
            checkout = service.open_checkout(order)
        except UnknownCustomer:
            # Deleted over there, or of another account: the payer begins anew.
            SavedMethod.objects.filter(customer_key=order.customer_key).delete()
            checkout = service.open_checkout(replace(order, customer_key=""))
    except GatewayTrouble as error:
        raise GatewayAway from error
    except GatewayRefusal as error:
        log.warning("payment %s refused: %s", purchase.code, error.reason)
        raise GatewayRefused from error
    Purchase.objects.filter(pk=purchase.pk, checkout_key="").update(
        checkout_key=checkout.key, checkout_url=checkout.url
    )
    return checkout.url


def look_up(purchase: Purchase, *, now: dt.datetime) -> bool:
    """Ask the gateway what became of an open purchase and act on it; its notice may be late.

    False when the gateway does not answer.
    """
    service = gateway()
    if service is None or not purchase.checkout_key or purchase.state == State.PAID:
        return True
    try:
        news = service.look_up(purchase.checkout_key)
    except GatewayTrouble as error:
        log.warning("payment %s could not be looked up: %s", purchase.code, error)
        return False
    except GatewayRefusal as error:
        log.warning("payment %s could not be looked up: %s", purchase.code, error)
        return True
    if news is not None:
        take_news(news, now=now)
    return True


@jobs.every(dt.timedelta(minutes=2), "billing.look_up_purchases")
def look_up_purchases(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Ask for what nobody told us, and close what was never paid.

    One call without an answer is enough: each further one would keep every other job waiting.
    """
    waiting = Purchase.objects.filter(state=State.OPEN, way=Purchase.Way.STRIPE)
    waiting.filter(checkout_key="", open_until__lt=now).update(state=State.CLOSED)
    for purchase in waiting.filter(opened_at__lt=now - ASK_AFTER).exclude(checkout_key=""):
        if not look_up(purchase, now=now):
            return
    waiting.filter(open_until__lt=now - dt.timedelta(days=1)).update(state=State.CLOSED)


@jobs.every(dt.timedelta(hours=1), "billing.look_up_subscriptions")
def look_up_subscriptions(_payload: dict[str, Any], now: dt.datetime) -> None:
    """Ask for the renewals that nobody told us: their payers were charged, and must be covered."""
    service = gateway()
    if service is None:
        return
    late = Subscription.objects.filter(
        ended_at=None, room__entitlement__paid_until__lt=now - RENEWED_WITHIN
    )
    for row in late.order_by("pk"):
        try:
            news = service.look_up_subscription(row.gateway_key)
        except GatewayTrouble as error:
            log.warning("subscriptions could not be looked up: %s", error)
            return
        except GatewayRefusal as error:
            log.warning("subscription %s could not be looked up: %s", row.pk, error)
            continue
        if news is not None:
            take_news(news, now=now)


def _order(purchase: Purchase, success_url: str, cancel_url: str) -> Order:
    buyer = purchase.buyer
    saved = SavedMethod.objects.filter(person=buyer).first()
    assert purchase.open_until is not None
    plan = purchase.plan if purchase.item == Purchase.Item.PLAN else None
    with translation.override(buyer.language):
        title = _("Online booking")
    return Order(
        code=purchase.code,
        title=title,
        amount_minor=purchase.amount_minor,
        currency=purchase.currency,
        email=buyer.email,
        customer_key=saved.customer_key if saved else "",
        language=buyer.language,
        success_url=success_url,
        cancel_url=cancel_url,
        open_until=purchase.open_until,
        months=plan.period_months if plan else None,
    )

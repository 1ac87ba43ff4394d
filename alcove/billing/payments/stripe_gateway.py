"""Stripe: payments on Stripe's own pages (Checkout), so that card data never touches us.

See Stripe's references of Checkout Sessions, PaymentIntents, Refunds, Subscriptions and of webhook
signatures. Amounts are in Stripe's own number of decimals for each currency.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import stripe
from babel.numbers import get_currency_precision

from alcove.billing.payments.gateway import (
    Checkout,
    ForgedNotice,
    GatewayRefusal,
    GatewayTrouble,
    Method,
    News,
    Notice,
    NotPaid,
    Order,
    Paid,
    RenewalFailed,
    Renewed,
    SubscriptionEnded,
    UnknownCustomer,
)

log = logging.getLogger(__name__)

SECONDS = 10
# Currencies of which Stripe counts whole units, or thousandths; of all others hundredths.
WHOLE = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - a table
)
THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# The name under which our code of a purchase travels with Stripe's things.
PURCHASE = "purchase"

Json = dict[str, Any]


class StripeGateway:
    """One account of Stripe; ``api`` is another address than Stripe's own for tests only."""

    def __init__(self, *, secret: str, webhook_secret: str, api: str) -> None:
        stripe.enable_telemetry = False
        self._webhook_secret = webhook_secret
        addresses: Any = {"api": api} if api else {}
        self._client = stripe.StripeClient(
            secret,
            base_addresses=addresses,
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=SECONDS),
        )

    def takes(self, amount_minor: int, currency: str) -> bool:
        """See ``gateway_amount``."""
        try:
            gateway_amount(amount_minor, currency)
        except GatewayRefusal:
            return False
        return True

    def open_checkout(self, order: Order) -> Checkout:
        """A Checkout Session; the card is saved for late fees, if those are agreed to."""
        params = _checkout_params(order)
        # Another payer is another request: Stripe would answer the old one again.
        key = f"checkout-{order.code}-{order.customer_key}"
        try:
            with _translated():
                session = self._client.v1.checkout.sessions.create(params, {"idempotency_key": key})
        except GatewayRefusal as error:
            if order.customer_key and error.reason == "resource_missing":
                raise UnknownCustomer(error.reason) from error
            raise
        return Checkout(session.id, session.url or "")

    def look_up(self, checkout_key: str) -> News | None:
        """The present state of a Checkout Session; of a subscription's its first invoice says it."""
        with _translated():
            session = self._client.v1.checkout.sessions.retrieve(
                checkout_key, {"expand": ["invoice"]}
            ).to_dict()
        invoice = session.get("invoice")
        if isinstance(invoice, dict) and invoice.get("status") == "paid":
            return _of_invoice("invoice.paid", invoice)
        return _of_checkout(session)

    def look_up_subscription(self, subscription_key: str) -> News | None:
        """By its latest invoice, or that it has ended."""
        with _translated():
            subscription = self._client.v1.subscriptions.retrieve(
                subscription_key, {"expand": ["latest_invoice"]}
            ).to_dict()
        invoice = subscription.get("latest_invoice")
        if isinstance(invoice, dict) and invoice.get("status") == "paid":
            return _of_invoice("invoice.paid", invoice)
        if subscription.get("status") in {"canceled", "incomplete_expired"}:
            return _news("customer.subscription.deleted", subscription)
        if isinstance(invoice, dict) and invoice.get("attempted"):
            return _of_invoice("invoice.payment_failed", invoice)
        return None

    def method_of(self, payment_key: str) -> Method | None:
        """The card under a PaymentIntent, or under the one that paid an invoice, saved for later."""
        with _translated():
            if payment_key.startswith("in_"):
                payment_key = self._payment_of_invoice(payment_key)
            if not payment_key.startswith("pi_"):
                return None
            intent = self._client.v1.payment_intents.retrieve(
                payment_key, {"expand": ["payment_method"]}
            ).to_dict()
        method = intent.get("payment_method")
        if not isinstance(method, dict) or not intent.get("customer"):
            return None
        return Method(str(intent["customer"]), method["id"], _label(method))

    def forget_method(self, method_key: str) -> None:
        """Detach a PaymentMethod from its customer, which is for good."""
        with _translated():
            self._client.v1.payment_methods.detach(method_key)

    def customer_of(self, payment_key: str) -> str:
        """The Customer of a PaymentIntent or an Invoice."""
        with _translated():
            if payment_key.startswith("in_"):
                thing = self._client.v1.invoices.retrieve(payment_key).to_dict()
            elif payment_key.startswith("pi_"):
                thing = self._client.v1.payment_intents.retrieve(payment_key).to_dict()
            else:
                return ""
        return str(thing.get("customer") or "")

    def forget_customer(self, customer_key: str) -> None:
        """Delete a Customer, which is for good and cancels its subscriptions."""
        with _translated():
            self._client.v1.customers.delete(customer_key)

    def charge(
        self, method: Method, amount_minor: int, currency: str, *, title: str, key: str
    ) -> str:
        """An off-session PaymentIntent, confirmed at once."""
        params: Any = {
            "amount": gateway_amount(amount_minor, currency),
            "currency": currency.lower(),
            "customer": method.customer_key,
            "payment_method": method.method_key,
            "off_session": True,
            "confirm": True,
            "description": title,
            "metadata": {PURCHASE: key},
        }
        with _translated():
            intent = self._client.v1.payment_intents.create(
                params, {"idempotency_key": f"charge-{key}"}
            )
        if intent.status == "processing":
            # Neither paid nor refused: it is looked for until it is one of them.
            raise GatewayTrouble(intent.status)
        if intent.status != "succeeded":
            raise GatewayRefusal(str(intent.status))
        return intent.id

    def find_charge(self, method: Method, *, key: str) -> str | None:
        """The PaymentIntent of this customer that carries our code."""
        params: Any = {"customer": method.customer_key, "limit": 100}
        with _translated():
            found = self._client.v1.payment_intents.list(params).to_dict()
        for intent in found["data"]:
            if (intent.get("metadata") or {}).get(PURCHASE) != key:
                continue
            if intent["status"] == "succeeded":
                return str(intent["id"])
            if intent["status"] == "processing":
                raise GatewayTrouble(intent["status"])
        return None

    def refund(self, payment_key: str, amount_minor: int, currency: str, *, key: str) -> None:
        """A Refund of a PaymentIntent, or of the one that paid an invoice."""
        with _translated():
            if payment_key.startswith("in_"):
                payment_key = self._payment_of_invoice(payment_key)
            params: Any = {
                "payment_intent": payment_key,
                "amount": gateway_amount(amount_minor, currency),
            }
            try:
                self._client.v1.refunds.create(params, {"idempotency_key": f"refund-{key}"})
            except stripe.InvalidRequestError as error:
                # Asked for long ago, or in Stripe's own dashboard: the money is back.
                if error.code != "charge_already_refunded":
                    raise

    def change_price(
        self, subscription_key: str, amount_minor: int, currency: str, *, months: int
    ) -> None:
        """Give the subscription's only item another price, without proration."""
        with _translated():
            subscription = self._client.v1.subscriptions.retrieve(subscription_key).to_dict()
            [item] = subscription["items"]["data"]
            params: Any = {
                "items": [
                    {
                        "id": item["id"],
                        "price_data": {
                            "product": item["price"]["product"],
                            "currency": currency.lower(),
                            "unit_amount": gateway_amount(amount_minor, currency),
                            "recurring": {"interval": "month", "interval_count": months},
                        },
                    }
                ],
                "proration_behavior": "none",
            }
            self._client.v1.subscriptions.update(subscription_key, params)

    def stop_subscription(self, subscription_key: str, *, at_once: bool) -> None:
        """Cancel it at the end of its period; at once, Stripe collects no open invoice of it more."""
        with _translated():
            if at_once:
                self._client.v1.subscriptions.cancel(subscription_key)
                return
            self._client.v1.subscriptions.update(subscription_key, {"cancel_at_period_end": True})

    def read_notice(self, body: bytes, signature: str) -> Notice:
        """An Event whose Stripe-Signature is right and at most five minutes old."""
        if not signature.isascii():
            # Nothing that Stripe's library could compare.
            raise ForgedNotice
        try:
            event = stripe.Webhook.construct_event(body, signature, self._webhook_secret)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise ForgedNotice from error
        known = event.to_dict()
        thing = (known.get("data") or {}).get("object")
        news = _news(known["type"], thing) if isinstance(thing, dict) else None
        return Notice(known["id"], known["type"], news)

    def _payment_of_invoice(self, invoice_key: str) -> str:
        invoice = self._client.v1.invoices.retrieve(invoice_key, {"expand": ["payments"]}).to_dict()
        for payment in invoice.get("payments", {}).get("data", []):
            if payment.get("status") == "paid":
                return str(payment["payment"]["payment_intent"])
        raise GatewayRefusal("invoice_without_payment")


def gateway_amount(minor: int, currency: str) -> int:
    """Our minor units in Stripe's; GatewayRefusal where Stripe's are coarser than the amount.

    Of three decimals Stripe takes only amounts that end in 0.
    """
    amount = Decimal(minor).scaleb(_decimals(currency) - get_currency_precision(currency))
    whole = amount == amount.to_integral_value()
    if not whole or (currency in THOUSANDTHS and amount % 10):
        raise GatewayRefusal("amount_too_fine")
    return int(amount)


def our_minor(amount: int, currency: str) -> int:
    """Stripe's amount in our minor units."""
    return int(Decimal(amount).scaleb(get_currency_precision(currency) - _decimals(currency)))


def _decimals(currency: str) -> int:
    if currency in WHOLE:
        return 0
    return 3 if currency in THOUSANDTHS else 2


def _checkout_params(order: Order) -> Any:
    price: Json = {
        "currency": order.currency.lower(),
        "unit_amount": gateway_amount(order.amount_minor, order.currency),
        "product_data": {"name": order.title},
    }
    metadata = {PURCHASE: order.code}
    params: Json = {
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "client_reference_id": order.code,
        "metadata": metadata,
        "locale": order.language,
        "expires_at": int(order.open_until.timestamp()),
    }
    if order.customer_key:
        params["customer"] = order.customer_key
    else:
        params["customer_email"] = order.email
    if order.months is None:
        params |= {
            "mode": "payment",
            "payment_intent_data": {"setup_future_usage": "off_session", "metadata": metadata},
        }
        if not order.customer_key:
            params["customer_creation"] = "always"
        return params
    price["recurring"] = {"interval": "month", "interval_count": order.months}
    params |= {"mode": "subscription", "subscription_data": {"metadata": metadata}}
    return params


def _news(kind: str, thing: Json) -> News | None:
    if kind.startswith("checkout.session."):
        return _of_checkout(thing)
    if kind in {"invoice.paid", "invoice.payment_failed"}:
        return _of_invoice(kind, thing)
    if kind == "customer.subscription.deleted":
        code = (thing.get("metadata") or {}).get(PURCHASE, "")
        return SubscriptionEnded(code, thing["id"]) if code else None
    return None


def _of_checkout(session: Json) -> News | None:
    """What a Checkout Session says; subscriptions are told by their invoices."""
    code = (session.get("metadata") or {}).get(PURCHASE, "")
    if not code:
        return None
    if session.get("status") == "expired":
        return NotPaid(code, session["id"])
    if session.get("mode") != "payment" or session.get("payment_status") != "paid":
        return None
    if not session.get("payment_intent"):
        # Nothing was charged, such as with a coupon for all of it: no payment of ours.
        return None
    currency = session["currency"].upper()
    return Paid(
        code=code,
        checkout_key=session["id"],
        payment_key=session["payment_intent"],
        amount_minor=our_minor(session["amount_total"], currency),
        currency=currency,
    )


def _of_invoice(kind: str, invoice: Json) -> News | None:
    # Since 2025 the subscription is the invoice's parent; before, it stood in the invoice itself.
    details = (invoice.get("parent") or {}).get("subscription_details") or invoice.get(
        "subscription_details"
    )
    code = ((details or {}).get("metadata") or {}).get(PURCHASE, "")
    subscription = (details or {}).get("subscription") or invoice.get("subscription")
    if not code or not subscription:
        return None
    periods = [line["period"] for line in invoice["lines"]["data"]]
    if not periods:
        return None
    if kind == "invoice.payment_failed":
        starts_at = _instant(min(period["start"] for period in periods))
        return RenewalFailed(code, subscription, starts_at)
    currency = invoice["currency"].upper()
    paid_at = (invoice.get("status_transitions") or {}).get("paid_at")
    return Renewed(
        code=code,
        subscription_key=subscription,
        payment_key=invoice["id"],
        amount_minor=our_minor(invoice["amount_paid"], currency),
        currency=currency,
        paid_until=_instant(max(period["end"] for period in periods)),
        paid_at=_instant(paid_at) if paid_at else None,
    )


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _label(method: Json) -> str:
    card = method.get("card")
    if not isinstance(card, dict):
        return str(method.get("type", ""))[:60]
    return f"{str(card.get('brand', '')).title()} •• {card.get('last4', '')}"[:60]


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors in our two kinds."""
    try:
        yield
    except stripe.CardError as error:
        raise GatewayRefusal(str(error.code or "card_declined")) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # The practice's key is wrong: nothing that this payer could mend.
        log.exception("the payment service refuses our key")
        raise GatewayTrouble(type(error).__name__) from error
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
        log.warning("the payment service refused: %s", error.code or type(error).__name__)
        raise GatewayRefusal(str(error.code or "invalid_request")) from error
    except stripe.StripeError as error:
        raise GatewayTrouble(type(error).__name__) from error

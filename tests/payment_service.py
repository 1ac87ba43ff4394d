"""A payment service on loopback that answers Stripe's calls and sends signed events.

It keeps sessions of its pages of payment, payments, refunds and subscriptions as Stripe would: the
same idempotency key gives the same answer. Told so, it fails, hangs up, or refuses a card. Its
page of payment can be opened in a browser. What it would tell by its webhook is kept in ``outbox``
and sent to ``webhook`` where that is set.
"""

import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_django import Settings

SECRET = "sk_test_practice"
WEBHOOK_SECRET = "whsec_practice"
MONTH = 30 * 24 * 3600

Json = dict[str, Any]


class Missing(Exception):
    """It knows no such thing."""


@dataclass
class PaymentService:
    """A running service; ``calls`` are what it was asked, ``fails`` how the next calls end."""

    address: str = ""
    webhook: str = ""
    calls: list[tuple[str, str, Json]] = field(default_factory=list)
    # Each path with the idempotency key that it was asked with.
    keys: list[tuple[str, str]] = field(default_factory=list)
    fails: list[tuple[int, Json] | None] = field(default_factory=list)
    # How many of the next answers get lost: all is done, and it hangs up.
    loses: int = 0
    # Customers that it knows no more.
    forgotten: set[str] = field(default_factory=set)
    sessions: dict[str, Json] = field(default_factory=dict)
    payments: dict[str, Json] = field(default_factory=dict)
    refunds: list[Json] = field(default_factory=list)
    subscriptions: dict[str, Json] = field(default_factory=dict)
    invoices: dict[str, Json] = field(default_factory=dict)
    outbox: list[Json] = field(default_factory=list)
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    erased: set[str] = field(default_factory=set)
    numbers: int = 0

    def new_key(self, prefix: str) -> str:
        self.numbers += 1
        return f"{prefix}_{self.numbers:06d}"

    # What a payer does on the page of payment.

    def pay(self, session_key: str) -> list[Json]:
        """Pay a session as its payer; return the events that tell of it."""
        with self.lock:
            session = self.sessions[session_key]
            session |= {"status": "complete", "payment_status": "paid"}
            session["customer"] = session.get("customer") or self.new_key("cus")
            if session["mode"] == "payment":
                session["payment_intent"] = self._payment(
                    session["amount_total"], session["currency"], session["customer"]
                )
                return [self.tell("checkout.session.completed", session)]
            key = self.new_key("sub")
            self.subscriptions[key] = {
                "id": key,
                "object": "subscription",
                "metadata": session["metadata"],
                "session": session,
                "paid_until": int(time.time()),
            }
            session["subscription"] = key
            completed = self.tell("checkout.session.completed", session)
            paid = self.renew(key)
            # Written out for whoever asks for the session; its own notice had but the key.
            session["invoice"] = paid["data"]["object"]
            return [completed, paid]

    def renew(self, subscription_key: str, *, is_paid: bool = True) -> Json:
        """Charge the next period of a subscription; return the event that tells of it."""
        with self.lock:
            subscription = self.subscriptions[subscription_key]
            session, start = subscription["session"], subscription["paid_until"]
            end = start + MONTH * int(session["months"])
            invoice = {
                "id": self.new_key("in"),
                "object": "invoice",
                "customer": session["customer"],
                "status": "paid" if is_paid else "open",
                "attempted": True,
                "currency": session["currency"],
                "amount_paid": session["amount_total"] if is_paid else 0,
                "status_transitions": {"paid_at": int(time.time()) if is_paid else None},
                "parent": {
                    "subscription_details": {
                        "subscription": subscription_key,
                        "metadata": subscription["metadata"],
                    }
                },
                "lines": {"data": [{"period": {"start": start, "end": end}}]},
            }
            if is_paid:
                subscription["paid_until"] = end
                payment = self._payment(
                    session["amount_total"], session["currency"], session["customer"]
                )
                invoice["payments"] = {
                    "data": [{"status": "paid", "payment": {"payment_intent": payment}}]
                }
            self.invoices[invoice["id"]] = invoice
            kind = "invoice.paid" if is_paid else "invoice.payment_failed"
            return self.tell(kind, invoice)

    def expire(self, session_key: str) -> Json:
        """Close a page of payment that nobody used."""
        session = self.sessions[session_key]
        session["status"] = "expired"
        return self.tell("checkout.session.expired", session)

    def end(self, subscription_key: str) -> Json:
        """End a subscription for good."""
        return self.tell("customer.subscription.deleted", self.subscriptions[subscription_key])

    def _payment(self, amount: int, currency: str, customer: str) -> str:
        key = self.new_key("pi")
        self.payments[key] = {
            "id": key,
            "object": "payment_intent",
            "status": "succeeded",
            "amount": amount,
            "currency": currency,
            "customer": customer,
            "payment_method": {
                "id": self.new_key("pm"),
                "object": "payment_method",
                "type": "card",
                "card": {"brand": "visa", "last4": "4242"},
            },
        }
        return key

    # What it tells by its webhook.

    def tell(self, kind: str, thing: Json) -> Json:
        """Put an event into the outbox, and send it where it goes."""
        event = {
            "id": self.new_key("evt"),
            "object": "event",
            "type": kind,
            "data": {"object": json.loads(json.dumps(thing))},
        }
        self.outbox.append(event)
        if self.webhook:
            threading.Thread(target=self._send, args=(event,), daemon=True).start()
        return event

    def _send(self, event: Json) -> None:
        body, signature = signed(event)
        request = urllib.request.Request(
            self.webhook,
            data=body,
            headers={"Content-Type": "application/json", "Stripe-Signature": signature},
        )
        with suppress(OSError):
            urllib.request.urlopen(request, timeout=20).read()

    # What the product asks.

    def answer(self, method: str, path: str, params: Json, key: str) -> tuple[int, Json]:
        """The answer to a call; the same for the same idempotency key."""
        with self.lock:
            self.calls.append((method, path, params))
            self.keys.append((path, key))
            if self.fails:
                failure: tuple[int, Json] | None = self.fails.pop(0)
                if failure is not None:
                    return failure
            known = f"{path} {key}"
            if key and known in self.answers:
                return self.answers[known]
            try:
                answer = 200, self._perform(method, path, params)
            except Missing:
                missing = {"type": "invalid_request_error", "code": "resource_missing"}
                answer = 400, {"error": missing}
            if key:
                self.answers[known] = answer
            return answer

    def _perform(self, method: str, path: str, params: Json) -> Json:
        kind, *keys = path.removeprefix("/v1/").removeprefix("checkout/").split("/")
        if not keys and method == "GET":
            # Only payments are ever asked for as a list.
            return {"object": "list", "data": list(self.payments.values()), "has_more": False}
        if not keys:
            return {
                "sessions": self._open,
                "payment_intents": self._charge,
                "refunds": self._refund,
            }[kind](params)
        if kind == "customers":
            assert method == "DELETE"
            self.erased.add(keys[0])
            return {"id": keys[0], "object": "customer", "deleted": True}
        if kind == "payment_methods":
            return {"id": keys[0], "object": "payment_method", "customer": None}
        if kind == "subscriptions":
            return self._subscription(method, self.subscriptions[keys[0]], params)
        kept = {
            "sessions": self.sessions,
            "payment_intents": self.payments,
            "invoices": self.invoices,
        }
        return kept[kind][keys[0]]

    def _charge(self, params: Json) -> Json:
        key = self._payment(int(params["amount"]), params["currency"], params["customer"])
        self.payments[key]["metadata"] = {"purchase": params["metadata[purchase]"]}
        return self.payments[key]

    def _subscription(self, method: str, subscription: Json, params: Json) -> Json:
        if method == "DELETE":
            subscription["is_cancelled"] = True
        elif method == "POST" and "cancel_at_period_end" in params:
            subscription["cancel_at_period_end"] = True
        elif method == "POST":
            assert params["items[0][id]"] == f"si_{subscription['id']}"
            assert params["proration_behavior"] == "none"
            amount = int(params["items[0][price_data][unit_amount]"])
            subscription["session"]["amount_total"] = amount
        if method == "GET":
            invoices = [
                one
                for one in self.invoices.values()
                if one["parent"]["subscription_details"]["subscription"] == subscription["id"]
            ]
            subscription["latest_invoice"] = invoices[-1] if invoices else None
        item = {"id": f"si_{subscription['id']}", "price": {"product": "prod_1"}}
        return {
            "id": subscription["id"],
            "object": "subscription",
            "status": "canceled" if subscription.get("is_cancelled") else "active",
            "metadata": subscription["metadata"],
            "latest_invoice": subscription.get("latest_invoice"),
            "items": {"data": [item]},
        }

    def _refund(self, params: Json) -> Json:
        refund = {"id": self.new_key("re"), "object": "refund", **params}
        self.refunds.append(refund)
        return refund

    def _open(self, params: Json) -> Json:
        if params.get("customer") in self.forgotten:
            raise Missing
        key = self.new_key("cs")
        session = {
            "id": key,
            "object": "checkout.session",
            "url": f"{self.address}/pay/{key}",
            "status": "open",
            "payment_status": "unpaid",
            "mode": params["mode"],
            "amount_total": int(params["line_items[0][price_data][unit_amount]"]),
            "currency": params["line_items[0][price_data][currency]"],
            "title": params["line_items[0][price_data][product_data][name]"],
            "months": params.get("line_items[0][price_data][recurring][interval_count]", "0"),
            "metadata": {"purchase": params["metadata[purchase]"]},
            "customer": params.get("customer"),
            "success_url": params["success_url"],
            "cancel_url": params["cancel_url"],
        }
        self.sessions[key] = session
        return session


def signed(
    event: Json, *, secret: str = WEBHOOK_SECRET, at: int | None = None
) -> tuple[bytes, str]:
    """The body of an event and its Stripe-Signature."""
    body = json.dumps(event).encode()
    moment = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return body, f"t={moment},v1={mac.hexdigest()}"


def declined(code: str = "card_declined") -> tuple[int, Json]:
    """The answer to a charge of a card that is refused."""
    return 402, {"error": {"type": "card_error", "code": code, "message": "refused"}}


BROKEN: tuple[int, Json] = (503, {"error": {"type": "api_error", "message": "away"}})

PAGE = """<!doctype html><html lang="en"><title>Payment service</title><main>
<h1>Pay {amount} {currency}</h1><p>{title}</p>
<form method="post"><button>Pay</button></form>
<p><a href="{cancel_url}">Back to the practice</a></p></main></html>"""


def _handler(service: PaymentService) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            method = self.command
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if path.startswith("/pay/"):
                self._page(method, path.removeprefix("/pay/"))
                return
            if self.headers.get("Authorization") != f"Bearer {SECRET}":
                self._send(401, {"error": {"type": "invalid_request_error"}})
                return
            params = dict(parse_qsl(body, keep_blank_values=True))
            key = self.headers.get("Idempotency-Key", "")
            answer = service.answer(method, path, params, key if method == "POST" else "")
            if service.loses:
                service.loses -= 1
                self.close_connection = True
                return
            self._send(*answer)

        do_POST = do_DELETE = do_GET  # noqa: N815 - http.server names them so

        def _page(self, method: str, key: str) -> None:
            session = service.sessions[key]
            if method == "POST":
                service.pay(key)
                self.send_response(303)
                self.send_header("Location", session["success_url"])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            page = PAGE.format(
                amount=session["amount_total"],
                currency=session["currency"],
                title=session["title"],
                cancel_url=session["cancel_url"],
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def _send(self, status: int, answer: Json) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


@contextmanager
def running_service() -> Iterator[PaymentService]:
    """The service on a free port, while this lasts."""
    service = PaymentService()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    server.daemon_threads = True
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def payments(settings: Settings) -> Iterator[PaymentService]:
    """A payment service that the product is set up with."""
    with running_service() as service:
        settings.STRIPE_SECRET_KEY = SECRET
        settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
        settings.STRIPE_API = service.address
        yield service

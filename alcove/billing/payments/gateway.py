"""What every gateway does, in values of ours: no row and no library of theirs appears here.

A gateway speaks to another machine: nobody calls it inside a transaction. Every call that moves
money carries a key, so that asking again has no second effect.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class GatewayTrouble(Exception):
    """It did not answer, or not usefully: the same call may succeed later."""


class GatewayRefusal(Exception):
    """It refused for good; ``reason`` is a stable word, such as "card_declined"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownCustomer(GatewayRefusal):
    """It does not know the payer by the key that it gave us once."""


class ForgedNotice(Exception):
    """A notice that the gateway has not signed, or long ago."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid on the gateway's page.

    ``code`` names the purchase, ``title`` is what the payer and their bank read, so it is
    discreet. With ``months`` the amount is due again every so many months until it is stopped.
    """

    code: str
    title: str
    amount_minor: int
    currency: str
    email: str
    customer_key: str
    language: str
    success_url: str
    cancel_url: str
    open_until: dt.datetime
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Checkout:
    """The gateway's page on which an order is paid."""

    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Method:
    """A saved way to pay; ``label`` such as "Visa •• 4242"."""

    customer_key: str
    method_key: str
    label: str


@dataclass(frozen=True, slots=True)
class Paid:
    """An order was paid."""

    code: str
    checkout_key: str
    payment_key: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class NotPaid:
    """An order's page was closed without a payment."""

    code: str
    checkout_key: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """A period of a subscription was paid, the first one too; ``paid_at`` where that is told."""

    code: str
    subscription_key: str
    payment_key: str
    amount_minor: int
    currency: str
    paid_until: dt.datetime
    paid_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class RenewalFailed:
    """A period of a subscription could not be charged."""

    code: str
    subscription_key: str
    period_starts_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """A subscription will not be renewed any more."""

    code: str
    subscription_key: str


News = Paid | NotPaid | Renewed | RenewalFailed | SubscriptionEnded


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of the gateway, known as its own; ``news`` is None for what does not concern us."""

    key: str
    kind: str
    news: News | None


class Gateway(Protocol):
    """A service that takes payments by card."""

    def takes(self, amount_minor: int, currency: str) -> bool:
        """Whether it can charge this amount: some take no amounts as fine as a currency has."""
        ...

    def open_checkout(self, order: Order) -> Checkout:
        """Open the page for an order; the same code gives the same page.

        Raises GatewayTrouble or GatewayRefusal, as all of these do, and UnknownCustomer.
        """
        ...

    def look_up(self, checkout_key: str) -> News | None:
        """What became of an order; None while it is open."""
        ...

    def look_up_subscription(self, subscription_key: str) -> News | None:
        """The latest that there is to say of a subscription; None while nothing is new."""
        ...

    def method_of(self, payment_key: str) -> Method | None:
        """The way in which it was paid, if it can be used again."""
        ...

    def forget_method(self, method_key: str) -> None:
        """Keep a saved way to pay no longer."""
        ...

    def customer_of(self, payment_key: str) -> str:
        """The key of whoever made a payment; empty where the gateway keeps nobody."""
        ...

    def forget_customer(self, customer_key: str) -> None:
        """Erase whoever this is: their address, their ways to pay; plans of theirs end at once."""
        ...

    def charge(
        self, method: Method, amount_minor: int, currency: str, *, title: str, key: str
    ) -> str:
        """Charge a saved method while its owner is away; return the payment's key."""
        ...

    def find_charge(self, method: Method, *, key: str) -> str | None:
        """The payment that was charged under this key, should its answer have been lost."""
        ...

    def refund(self, payment_key: str, amount_minor: int, currency: str, *, key: str) -> None:
        """Give back a part of a payment, or all of it."""
        ...

    def change_price(
        self, subscription_key: str, amount_minor: int, currency: str, *, months: int
    ) -> None:
        """Charge another amount from the next period on; nothing for the present one."""
        ...

    def stop_subscription(self, subscription_key: str, *, at_once: bool) -> None:
        """Do not renew it after what is paid; ``at_once``: nor try any more to be paid for it."""
        ...

    def read_notice(self, body: bytes, signature: str) -> Notice:
        """The notice in a request that the gateway sent; raises ForgedNotice."""
        ...

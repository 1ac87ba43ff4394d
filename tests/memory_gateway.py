"""A gateway in memory: it keeps what it took and gave back, and can fail in every way there is.

As a real one it takes the same key once, whatever became of its answer.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from alcove.billing.payments.gateway import (
    Checkout,
    GatewayRefusal,
    GatewayTrouble,
    Method,
    News,
    Notice,
    Order,
)

WORKS, LOSES_ITS_ANSWER, IS_AWAY, REFUSES = "works", "loses its answer", "is away", "refuses"
MOODS = (WORKS, LOSES_ITS_ANSWER, IS_AWAY, REFUSES)


@dataclass
class MemoryGateway:
    """``taken`` and ``given_back`` are amounts by the key of each payment."""

    mood: str = WORKS
    orders: dict[str, Order] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    given_back: Counter[str] = field(default_factory=Counter)
    prices: dict[str, int] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    charges: dict[str, str] = field(default_factory=dict)
    refunds: set[str] = field(default_factory=set)

    @property
    def kept(self) -> int:
        """What remains with the practice."""
        return sum(self.taken.values()) - self.given_back.total()

    def take(self, key: str, amount_minor: int) -> str:
        """A payment of somebody who is there."""
        self.taken[key] = amount_minor
        return key

    def takes(self, amount_minor: int, currency: str) -> bool:
        """Every amount."""
        return True

    def open_checkout(self, order: Order) -> Checkout:
        self._begin()
        key = f"cs_{order.code}"
        self.orders[key] = order
        self._end()
        return Checkout(key, f"https://pay.example.org/{key}")

    def look_up(self, checkout_key: str) -> News | None:
        self._begin()
        return None

    def look_up_subscription(self, subscription_key: str) -> News | None:
        self._begin()
        return None

    def method_of(self, payment_key: str) -> Method | None:
        return None

    def charge(
        self, method: Method, amount_minor: int, currency: str, *, title: str, key: str
    ) -> str:
        self._begin(is_known=key in self.charges)
        if key not in self.charges:
            self.charges[key] = self.take(f"pi_{key}", amount_minor)
        self._end()
        return self.charges[key]

    def find_charge(self, method: Method, *, key: str) -> str | None:
        self._begin(is_known=True)
        return self.charges.get(key)

    def refund(self, payment_key: str, amount_minor: int, currency: str, *, key: str) -> None:
        self._begin(is_known=key in self.refunds)
        if key not in self.refunds:
            self.refunds.add(key)
            self.given_back[payment_key] += amount_minor
            assert self.given_back[payment_key] <= self.taken[payment_key], payment_key
        self._end()

    def change_price(
        self, subscription_key: str, amount_minor: int, currency: str, *, months: int
    ) -> None:
        self._begin()
        self.prices[subscription_key] = amount_minor
        self._end()

    def stop_subscription(self, subscription_key: str, *, at_once: bool) -> None:
        self._begin()
        self.stopped.add(subscription_key)
        self._end()

    def forget_method(self, method_key: str) -> None:
        """Nothing is kept of a method here."""

    def read_notice(self, body: bytes, signature: str) -> Notice:
        raise NotImplementedError

    def _begin(self, *, is_known: bool = False) -> None:
        if self.mood == IS_AWAY:
            raise GatewayTrouble(self.mood)
        if self.mood == REFUSES and not is_known:
            raise GatewayRefusal("card_declined")

    def _end(self) -> None:
        if self.mood == LOSES_ITS_ANSWER:
            raise GatewayTrouble(self.mood)


def month_after(moment: dt.datetime) -> dt.datetime:
    """A subscription's next instant of payment."""
    return moment + dt.timedelta(days=30)

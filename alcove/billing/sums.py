"""What the ledger and the payments add up to, month by month in the practice's zone."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from alcove.billing.models import CreditEntry, Purchase, Refund
from alcove.billing.periods import midnight

Kind = CreditEntry.Kind


@dataclass
class MonthOfCredits:
    """One month: credits at its beginning, what each kind of entry moved, and at its end.

    ``opening`` and ``closing`` are all credits that are neither used nor gone: available and held.
    """

    first: dt.date
    opening: int = 0
    closing: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def cells(self) -> list[int]:
        """The kinds that change the sum, in the ledger's order."""
        return [self.by_kind.get(kind, 0) for kind in CHANGES]


# Reserving and releasing move a credit between available and held: the sum of both stays.
CHANGES = (
    Kind.GRANTED,
    Kind.BOUGHT,
    Kind.RESTORED,
    Kind.SPENT,
    Kind.FORFEITED,
    Kind.EXPIRED,
    Kind.REFUNDED,
)


def months_of_credits(year: int, zone: ZoneInfo) -> list[MonthOfCredits]:
    """The twelve months of a year, each of which adds up and begins where the last one ended."""
    begins = midnight(dt.date(year, 1, 1), zone)
    before = CreditEntry.objects.filter(written_at__lt=begins).aggregate(
        sum=Coalesce(Sum("available"), 0) + Coalesce(Sum("held"), 0)
    )["sum"]
    months = [MonthOfCredits(dt.date(year, number, 1)) for number in range(1, 13)]
    for month, (start, end) in zip(months, _months(year, zone), strict=True):
        month.opening = month.closing = before
        rows = (
            CreditEntry.objects.filter(written_at__gte=start, written_at__lt=end)
            .values_list("kind")
            .annotate(available=Sum("available"), held=Sum("held"))
            .order_by()
        )
        for kind, available, held in rows:
            month.by_kind[kind] = available + held
            month.closing += available + held
        before = month.closing
    return months


@dataclass
class MonthOfMoney:
    """What was paid and given back in a month, in one currency's minor units."""

    first: dt.date
    currency: str
    paid: int = 0
    refunded: int = 0

    @property
    def kept(self) -> int:
        """What remains."""
        return self.paid - self.refunded


def months_of_money(year: int, zone: ZoneInfo) -> list[MonthOfMoney]:
    """A line for each month and currency in which money moved."""
    lines = []
    for number, (start, end) in enumerate(_months(year, zone), start=1):
        paid = _by_currency(
            Purchase.objects.filter(paid_at__gte=start, paid_at__lt=end), "currency"
        )
        back = _by_currency(
            Refund.objects.filter(state=Refund.State.DONE, done_at__gte=start, done_at__lt=end),
            "purchase__currency",
        )
        first = dt.date(year, number, 1)
        lines += [
            MonthOfMoney(first, currency, paid.get(currency, 0), back.get(currency, 0))
            for currency in sorted(paid.keys() | back.keys())
        ]
    return [line for line in lines if line.paid or line.refunded]


def _by_currency(rows: QuerySet[Any], currency: str) -> dict[str, int]:
    return dict(rows.values_list(currency).annotate(Sum("amount_minor")).order_by())


def _months(year: int, zone: ZoneInfo) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    for number in range(1, 13):
        first = dt.date(year, number, 1)
        days = calendar.monthrange(year, number)[1]
        yield midnight(first, zone), midnight(first + dt.timedelta(days=days), zone)

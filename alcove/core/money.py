"""Amounts as people type them, and as rows keep them: minor units of an ISO 4217 currency."""

from decimal import Decimal

from babel.numbers import get_currency_precision, list_currencies

# Beyond this no gateway goes, and no practice.
MOST_MINOR = 99_999_999


class NoSuchAmount(ValueError):
    """The currency has no such fraction, or the amount is out of bounds."""


def is_currency(code: str) -> bool:
    """Whether this is the code of a currency."""
    return code in list_currencies()


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units; NoSuchAmount for a finer fraction, a negative or a huge one."""
    # The bound first: arithmetic on what is far beyond it fails in its own ways.
    if not amount.is_finite() or not 0 <= amount <= MOST_MINOR:
        raise NoSuchAmount
    minor = int(amount.scaleb(get_currency_precision(currency)))
    if to_amount(minor, currency) != amount or minor > MOST_MINOR:
        raise NoSuchAmount
    return minor


def to_amount(minor: int, currency: str) -> Decimal:
    """Minor units as whole units of the currency, with all of its decimals."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))

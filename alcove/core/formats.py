"""Money and times as the reader's language writes them (Babel's CLDR data)."""

import datetime as dt
import re
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, get_day_names
from babel.numbers import format_currency, get_currency_precision
from django.utils import translation


def locale() -> str:
    """The active language as Babel names it."""
    return "es" if (translation.get_language() or "en").startswith("es") else "en_US"


def format_money(minor: int, currency: str) -> str:
    """An amount of minor units, with the currency's own number of decimals."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    whole = amount == amount.to_integral_value()
    words = format_currency(
        amount,
        currency,
        locale=locale(),
        format="¤#,##0" if whole and locale() == "en_US" else None,
        currency_digits=not whole,
        decimal_quantization=False,
    )
    # CLDR parts letters from digits; Babel leaves that out.
    return re.sub(r"(?<=[A-Za-z])(?=\d)", "\xa0", words)


def day_and_time(at: dt.datetime, zone: ZoneInfo) -> str:
    """Such as "Tue, Dec 1, 3:00 PM", on the reader's wall clock."""
    skeleton = "EEE d MMM, HH:mm" if locale() == "es" else "EEE, MMM d, h:mm a"
    return format_datetime(at.astimezone(zone), skeleton, locale=locale())


def long_day(at: dt.datetime | dt.date, zone: ZoneInfo | None = None) -> str:
    """Such as "Tuesday, December 1": for what is near."""
    day = at.astimezone(zone) if isinstance(at, dt.datetime) and zone else at
    when = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time(12))
    pattern = "EEEE, d 'de' MMMM" if locale() == "es" else "EEEE, MMMM d"
    return format_datetime(when, pattern, locale=locale())


def dated_day(at: dt.datetime | dt.date, zone: ZoneInfo | None = None) -> str:
    """Such as "December 1, 2026": for what is kept, such as receipts."""
    day = at.astimezone(zone) if isinstance(at, dt.datetime) and zone else at
    return format_date(day, "long", locale=locale())


def clock_time(at: dt.datetime, zone: ZoneInfo) -> str:
    """Such as "3:00 PM" or "15:00", on the reader's wall clock."""
    return format_time(
        at.astimezone(zone), "HH:mm" if locale() == "es" else "h:mm a", locale=locale()
    )


def short_day(day: dt.date) -> str:
    """Such as "Tue, Dec 1"."""
    skeleton = "EEE d MMM" if locale() == "es" else "EEE, MMM d"
    return format_date(day, skeleton, locale=locale())


def day_of_week(day: dt.date) -> str:
    """Such as "Tue 1"."""
    return format_date(day, "EEE d", locale=locale())


def wall_time(minute: int) -> str:
    """A minute of the day as a clock shows it, such as "5:30 PM"; 1440 is the midnight after it."""
    shown = dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    return clock_time(shown, ZoneInfo("UTC"))


def weekday_name(weekday: int) -> str:
    """The whole name of a weekday; 0 is Monday."""
    return str(get_day_names("wide", locale=locale())[weekday])


def zone_name(zone: ZoneInfo, at: dt.datetime) -> str:
    """The zone in words with its offset then, such as "New York (GMT-5)"."""
    offset = at.astimezone(zone).utcoffset() or dt.timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    gmt = f"GMT{sign}{hours}" + (f":{rest:02}" if rest else "")
    city = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return "UTC" if zone.key == "UTC" else f"{city} ({gmt if minutes else 'GMT'})"


def month_and_year(day: dt.date) -> str:
    """Such as "December 2026"."""
    pattern = "LLLL 'de' y" if locale() == "es" else "LLLL y"
    return format_date(day, pattern, locale=locale())


def first_weekday() -> int:
    """The day on which the reader's weeks begin; 0 is Monday."""
    return Locale.parse(locale()).first_week_day


def weekday_names(width: Literal["abbreviated", "wide"]) -> list[str]:
    """The names of the weekdays in the reader's order, such as "Sun"."""
    names = get_day_names(width, locale=locale())
    return [names[(first_weekday() + number) % 7] for number in range(7)]

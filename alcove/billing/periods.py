"""The periods of an entitlement; pure date arithmetic in the practice's zone."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of the month where that day does not exist."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def period_at(starts_on: dt.date, months: int, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The period [first, next first) that holds ``today``; None before the first one.

    Counted from the first start, so that a plan begun on the 31st returns to the 31st.
    """
    if today < starts_on:
        return None
    passed = ((today.year - starts_on.year) * 12 + today.month - starts_on.month) // months
    if add_months(starts_on, passed * months) > today:
        passed -= 1
    return add_months(starts_on, passed * months), add_months(starts_on, (passed + 1) * months)


def end_of_periods(starts_on: dt.date, months: int, first: dt.date, count: int) -> dt.date:
    """The first date after ``count`` periods, the first of which begins on ``first``."""
    since = (first.year - starts_on.year) * 12 + first.month - starts_on.month
    return add_months(starts_on, (since // months + count) * months)


def period_after(starts_on: dt.date, months: int, end: dt.date) -> dt.date:
    """The first date after the period that begins on ``end``.

    Where periods since ``starts_on`` meet there, their next meeting, so that what began on the
    31st goes on to the 31st; else the same day some months later.
    """
    since = (end.year - starts_on.year) * 12 + end.month - starts_on.month
    meet = add_months(starts_on, since) == end
    return add_months(starts_on, since + months) if meet else add_months(end, months)


def end_of_paid(
    paid_until: dt.datetime, starts_on: dt.date, *, grace: dt.timedelta, zone: ZoneInfo
) -> dt.date:
    """The first date that is not covered where payments reach to an instant, and grace further."""
    return max((paid_until + grace).astimezone(zone).date(), starts_on + dt.timedelta(days=1))


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant at which the date begins in the zone, in UTC."""
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def is_paid(
    paid_until: dt.datetime | None, period: tuple[dt.date, dt.date], zone: ZoneInfo
) -> bool:
    """Whether a period is paid; always where the practice sees to payment by other ways (None).

    A gateway's periods begin some days before ours or after: at another hour, in another zone, on
    another last day of a month. So a period is paid when the payments reach past its middle: each
    payment gives the credits of one period.
    """
    if paid_until is None:
        return True
    first, end = (midnight(day, zone) for day in period)
    return paid_until > first + (end - first) / 2

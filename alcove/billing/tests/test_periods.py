"""The periods of a plan: counted from its first day, in the practice's zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcove.billing.periods import add_months, midnight, period_at

DATES = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2090, 1, 1))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-03-15", 0, "2026-03-15"),
    ],
)
def test_months_later_is_the_same_day_or_the_last(start: str, months: int, expected: str) -> None:
    assert add_months(day(start), months) == day(expected)


@pytest.mark.parametrize(
    ("start", "months", "today", "expected"),
    [
        ("2026-01-31", 1, "2026-01-30", None),
        ("2026-01-31", 1, "2026-01-31", ("2026-01-31", "2026-02-28")),
        ("2026-01-31", 1, "2026-02-27", ("2026-01-31", "2026-02-28")),
        ("2026-01-31", 1, "2026-02-28", ("2026-02-28", "2026-03-31")),
        ("2026-01-31", 1, "2026-03-30", ("2026-02-28", "2026-03-31")),
        ("2026-01-31", 1, "2026-03-31", ("2026-03-31", "2026-04-30")),
        ("2026-01-31", 3, "2026-04-29", ("2026-01-31", "2026-04-30")),
        ("2026-01-31", 3, "2026-04-30", ("2026-04-30", "2026-07-31")),
        ("2028-02-29", 12, "2029-02-28", ("2029-02-28", "2030-02-28")),
    ],
)
def test_period_holds_today(
    start: str, months: int, today: str, expected: tuple[str, str] | None
) -> None:
    found = period_at(day(start), months, day(today))

    assert found == (expected and (day(expected[0]), day(expected[1])))


@given(start=DATES, months=st.integers(1, 24), passed=st.integers(0, 4000))
def test_every_day_is_in_exactly_one_period_and_they_touch(
    start: dt.date, months: int, passed: int
) -> None:
    today = start + dt.timedelta(days=passed)

    period = period_at(start, months, today)

    assert period is not None
    first, following = period
    assert first <= today < following
    assert period_at(start, months, first) == period
    after = period_at(start, months, following)
    assert after is not None
    assert after[0] == following


@pytest.mark.parametrize(
    ("zone", "date", "utc"),
    [
        ("UTC", "2026-03-01", "2026-03-01T00:00+00:00"),
        ("Europe/Berlin", "2026-03-01", "2026-02-28T23:00+00:00"),
        ("Europe/Berlin", "2026-07-01", "2026-06-30T22:00+00:00"),
        ("America/Los_Angeles", "2026-03-01", "2026-03-01T08:00+00:00"),
        ("Pacific/Apia", "2026-03-01", "2026-02-28T11:00+00:00"),
        # Cairo's clock skips midnight: that date begins at one.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00+00:00"),
        # Havana's clock goes through the midnight hour twice: the first counts.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00+00:00"),
    ],
)
def test_date_begins_at_its_first_instant(zone: str, date: str, utc: str) -> None:
    assert midnight(day(date), ZoneInfo(zone)) == dt.datetime.fromisoformat(utc)

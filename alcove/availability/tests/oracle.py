"""The slow, obvious reading of product.md section 5 "Slots", to hold the engine against.

It shares nothing with the engine but its argument types: it asks `zoneinfo` what the wall clock
shows in each single minute and counts. It is exact for whole-minute offsets and lengths.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from alcove.availability.slots import Taken, Terms

MINUTE = 60


def wall_clock(terms: Terms) -> Callable[[int], datetime]:
    @cache
    def clock(t: int) -> datetime:
        return datetime.fromtimestamp(t, UTC).astimezone(terms.zone)

    return clock


def in_hours(terms: Terms, local: datetime) -> bool:
    spans = terms.overrides.get(local.date())
    if spans is None:
        spans = terms.weekly[local.weekday()]
    minute = local.hour * 60 + local.minute
    return any(span.start_minute <= minute < span.end_minute for span in spans)


def oracle_working_minutes(terms: Terms, start: int, end: int) -> list[int]:
    """Return the minutes of `[start, end)` that are in the hours; both ends are whole minutes."""
    clock = wall_clock(terms)
    return [t for t in range(start, end, MINUTE) if in_hours(terms, clock(t))]


def oracle_free_starts(terms: Terms, taken: Taken, *, start: int, end: int, now: int) -> list[int]:
    clock = wall_clock(terms)
    length = terms.length_minutes * MINUTE
    earliest = now + terms.minimum_notice_minutes * MINUTE
    last_date = clock(now).date() + timedelta(days=terms.horizon_days)

    def overlap(a_start: int, a_end: int, b_start: int, b_end: int) -> bool:
        return any(
            b_start <= point < b_end and a_start <= point < a_end for point in (a_start, b_start)
        )

    @cache
    def works(t: int) -> bool:
        return in_hours(terms, clock(t)) and not any(
            overlap(t, t + MINUTE, opens, closes) for opens, closes in taken.time_off
        )

    def offered(s: int) -> bool:
        local = clock(s)
        buffered = (
            s - terms.buffer_before_minutes * MINUTE,
            s + length + terms.buffer_after_minutes * MINUTE,
        )
        return (
            local.second == 0
            and local.minute % terms.step_minutes == 0
            and s >= earliest
            and local.date() <= last_date
            and all(works(t) for t in range(s, s + length, MINUTE))
            and not any(overlap(*buffered, *busy) for busy in taken.provider_busy)
            and not any(overlap(s, s + length, *busy) for busy in taken.members_busy)
            and (
                terms.daily_limit is None
                or sum(clock(t).date() == local.date() for t in taken.starts) < terms.daily_limit
            )
        )

    first_minute = start + -start % MINUTE
    return [s for s in range(first_minute, end, MINUTE) if offered(s)]

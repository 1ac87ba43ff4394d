"""What waits for the end of quiet hours, and when that is, to the second and over clock changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcove.notifications.quiet import QuietHours, hold_until, quiet_ends

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(dt.time(22), dt.time(7), BERLIN)
NOON = QuietHours(dt.time(12), dt.time(13, 30), BERLIN)


def utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "ends"),
    [
        # Berlin is an hour ahead in winter.
        (NIGHT, utc(3, 2, 20, 59, 59), None),
        (NIGHT, utc(3, 2, 21), utc(3, 3, 6)),
        (NIGHT, utc(3, 2, 23, 30), utc(3, 3, 6)),
        (NIGHT, utc(3, 3, 5, 59, 59), utc(3, 3, 6)),
        (NIGHT, utc(3, 3, 6), None),
        (NOON, utc(3, 2, 10, 59, 59), None),
        (NOON, utc(3, 2, 11), utc(3, 2, 12, 30)),
        (NOON, utc(3, 2, 12, 30), None),
        # The night in which the clock goes forward is an hour shorter, the other one longer.
        (NIGHT, utc(3, 28, 21), utc(3, 29, 5)),
        (NIGHT, utc(10, 24, 20), utc(10, 25, 6)),
        (NIGHT, utc(10, 24, 19, 59), None),
    ],
)
def test_quiet_hours_end_on_the_wall(
    quiet: QuietHours, now: dt.datetime, ends: dt.datetime | None
) -> None:
    assert quiet_ends(now, quiet) == ends


@pytest.mark.parametrize(
    ("begins", "ends", "first", "last"),
    [
        # 02:30 is skipped on 29 March: the hours end as the clock jumps from 02:00 to 03:00.
        (dt.time(23), dt.time(2, 30), utc(3, 28, 22), utc(3, 29, 1)),
        # And begin there.
        (dt.time(2, 30), dt.time(8), utc(3, 29, 1), utc(3, 29, 6)),
        # 02:30 comes twice on 25 October: the first one counts, at the beginning and at the end.
        (dt.time(23), dt.time(2, 30), utc(10, 24, 21), utc(10, 25, 0, 30)),
        (dt.time(2, 30), dt.time(8), utc(10, 25, 0, 30), utc(10, 25, 7)),
    ],
)
def test_time_that_the_clock_skips_or_repeats(
    begins: dt.time, ends: dt.time, first: dt.datetime, last: dt.datetime
) -> None:
    quiet = QuietHours(begins, ends, BERLIN)
    second = dt.timedelta(seconds=1)

    assert quiet_ends(first - second, quiet) is None
    assert quiet_ends(first, quiet) == quiet_ends(last - second, quiet) == last
    assert quiet_ends(last, quiet) is None


def test_hours_that_the_skip_swallows_are_none() -> None:
    skipped = QuietHours(dt.time(2, 10), dt.time(2, 50), BERLIN)

    for minute in range(0, 180, 5):
        assert quiet_ends(utc(3, 29, 0) + dt.timedelta(minutes=minute), skipped) is None


EVENING = utc(3, 2, 23)
MORNING = utc(3, 3, 6)


@pytest.mark.parametrize(
    ("now", "needed_by", "held"),
    [
        (EVENING, None, MORNING),
        # A session before they end cannot wait, one later can.
        (EVENING, MORNING - dt.timedelta(seconds=1), None),
        (EVENING, MORNING, None),
        (EVENING, MORNING + dt.timedelta(seconds=1), MORNING),
        # What was needed before now is needed no more.
        (EVENING, EVENING, MORNING),
        (MORNING, None, None),
        (MORNING, MORNING + dt.timedelta(hours=1), None),
    ],
)
def test_what_waits_for_the_end_of_quiet_hours(
    now: dt.datetime, needed_by: dt.datetime | None, held: dt.datetime | None
) -> None:
    assert hold_until(now, NIGHT, needed_by=needed_by) == held


def test_nothing_waits_without_quiet_hours() -> None:
    assert hold_until(EVENING, None, needed_by=None) is None


@given(
    seconds=st.integers(0, 730 * 86_400),
    begins=st.times(),
    ends=st.times(),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
    ),
)
def test_far_from_clock_changes_quiet_is_what_the_wall_says(
    seconds: int, begins: dt.time, ends: dt.time, zone: str
) -> None:
    begins, ends = begins.replace(microsecond=0), ends.replace(microsecond=0)
    here = ZoneInfo(zone)
    instant = dt.datetime(2025, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    day = dt.timedelta(days=1)
    offsets = {(instant + step * day).astimezone(here).utcoffset() for step in (-2, -1, 0, 1, 2)}
    if len(offsets) > 1 or begins == ends:
        return
    wall = instant.astimezone(here).time()

    between = begins <= wall < ends if begins < ends else wall >= begins or wall < ends
    found = quiet_ends(instant, QuietHours(begins, ends, here))

    assert (found is not None) is between
    if found is not None:
        assert found.astimezone(here).time() == ends
        assert instant < found <= instant + day

import io
import struct
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from alcove.core.zones import DAY, local_date_bounds, offset_at, offset_segments

HOUR = 3600


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def test_offset_segments_of_utc_are_one_stretch_across_many_years() -> None:
    assert offset_segments(ZoneInfo("UTC"), 0, utc(2030, 1, 1)) == [(0, utc(2030, 1, 1), 0)]


def test_offset_segments_of_an_empty_or_inverted_span_are_none() -> None:
    assert offset_segments(ZoneInfo("UTC"), 100, 100) == []
    assert offset_segments(ZoneInfo("UTC"), 100, 50) == []


def test_offset_segments_cut_a_year_at_both_changes() -> None:
    start, end = utc(2026, 1, 1), utc(2027, 1, 1)
    spring, autumn = utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)
    assert offset_segments(ZoneInfo("Europe/Berlin"), start, end) == [
        (start, spring, HOUR),
        (spring, autumn, 2 * HOUR),
        (autumn, end, HOUR),
    ]


def test_offset_segments_see_ramadan_in_morocco() -> None:
    start, end = utc(2024, 1, 1), utc(2024, 12, 1)
    back, on = utc(2024, 3, 10, 2), utc(2024, 4, 14, 2)
    assert offset_segments(ZoneInfo("Africa/Casablanca"), start, end) == [
        (start, back, HOUR),
        (back, on, 0),
        (on, end, HOUR),
    ]


def test_offset_segments_see_a_summer_time_of_one_week() -> None:
    start, end = utc(2000, 9, 1), utc(2001, 1, 1)
    on, back = utc(2000, 10, 8, 3), utc(2000, 10, 15, 2)
    assert offset_segments(ZoneInfo("America/Recife"), start, end) == [
        (start, on, -3 * HOUR),
        (on, back, -2 * HOUR),
        (back, end, -3 * HOUR),
    ]


def zone_with_changes(*changes: tuple[int, int]) -> ZoneInfo:
    """Return a zone that begins at offset 0 and has the `(instant, offset)` changes: RFC 9636."""
    offsets = [0, *(offset for _, offset in changes)]
    header = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, len(changes), len(offsets), 4)
    instants = struct.pack(f">{len(changes)}l", *(instant for instant, _ in changes))
    kinds = bytes(range(1, len(offsets)))
    types = b"".join(struct.pack(">lBB", offset, 0, 0) for offset in offsets)
    return ZoneInfo.from_file(io.BytesIO(header + instants + kinds + types + b"XXX\0"), key="Test")


def test_offset_segments_tell_several_changes_within_one_day_apart() -> None:
    noon = utc(2026, 6, 1, 12)
    steps = [(noon, HOUR), (noon + 1, 2 * HOUR), (noon + HOUR, -3 * HOUR)]
    assert offset_segments(zone_with_changes(*steps), noon - 5, noon + DAY) == [
        (noon - 5, noon, 0),
        (noon, noon + 1, HOUR),
        (noon + 1, noon + HOUR, 2 * HOUR),
        (noon + HOUR, noon + DAY, -3 * HOUR),
    ]


def test_offset_segments_know_half_an_hour_of_summer_time() -> None:
    change = utc(2026, 4, 4, 15)
    assert offset_segments(ZoneInfo("Australia/Lord_Howe"), change - DAY, change + DAY) == [
        (change - DAY, change, 11 * HOUR),
        (change, change + DAY, 10 * HOUR + 1800),
    ]


@pytest.mark.parametrize(
    ("key", "skipped", "skip_at"),
    [
        ("Pacific/Apia", date(2011, 12, 30), utc(2011, 12, 30, 10)),
        ("Pacific/Kwajalein", date(1993, 8, 21), utc(1993, 8, 21, 12)),
    ],
)
def test_local_date_bounds_of_a_skipped_date_are_empty(
    key: str, skipped: date, skip_at: int
) -> None:
    zone = ZoneInfo(key)
    assert offset_at(zone, skip_at) - offset_at(zone, skip_at - 1) == DAY
    assert local_date_bounds(zone, skipped) == (skip_at, skip_at)
    day_before = date.fromordinal(skipped.toordinal() - 1)
    day_after = date.fromordinal(skipped.toordinal() + 1)
    assert local_date_bounds(zone, day_before) == (skip_at - DAY, skip_at)
    assert local_date_bounds(zone, day_after) == (skip_at, skip_at + DAY)


def test_local_date_bounds_are_23_and_25_hours_where_the_clock_changes() -> None:
    zone = ZoneInfo("America/New_York")
    assert local_date_bounds(zone, date(2026, 3, 8)) == (utc(2026, 3, 8, 5), utc(2026, 3, 9, 4))
    assert local_date_bounds(zone, date(2026, 11, 1)) == (utc(2026, 11, 1, 4), utc(2026, 11, 2, 5))


def test_local_date_bounds_begin_after_midnight_where_midnight_is_skipped() -> None:
    # Beirut goes from 24:00 on 28 March straight to 01:00.
    start = utc(2026, 3, 28, 22)
    assert local_date_bounds(ZoneInfo("Asia/Beirut"), date(2026, 3, 29)) == (
        start,
        start + 23 * HOUR,
    )


def test_local_date_bounds_span_both_visits_to_a_date() -> None:
    # Newfoundland put its clocks back at 00:01, so that the old date came back for 59 minutes.
    zone = ZoneInfo("America/St_Johns")
    assert local_date_bounds(zone, date(2009, 11, 1)) == (
        utc(2009, 11, 1, 2, 30),
        utc(2009, 11, 2, 3, 30),
    )
    assert local_date_bounds(zone, date(2009, 10, 31)) == (
        utc(2009, 10, 31, 2, 30),
        utc(2009, 11, 1, 3, 30),
    )


def test_offset_at_knows_odd_offsets() -> None:
    t = utc(2026, 1, 15)
    assert offset_at(ZoneInfo("Asia/Kathmandu"), t) == 5 * HOUR + 45 * 60
    assert offset_at(ZoneInfo("Pacific/Chatham"), t) == 13 * HOUR + 45 * 60
    assert offset_at(ZoneInfo("Europe/Dublin"), t) == 0
    assert offset_at(ZoneInfo("Africa/Monrovia"), utc(1971, 6, 1)) == -(44 * 60 + 30)


def test_offset_at_holds_beyond_the_calendar() -> None:
    assert offset_at(ZoneInfo("Asia/Kathmandu"), 10**15) == 5 * HOUR + 45 * 60


def test_offset_segments_are_the_same_in_parts_as_in_whole() -> None:
    zone = ZoneInfo("Europe/London")
    start, end = utc(1969, 1, 1), utc(2031, 1, 1)
    whole = offset_segments(zone, start, end)
    parts: list[tuple[int, int, int]] = []
    for day in range(start, end, 97 * DAY):
        for opens, closes, offset in offset_segments(zone, day, min(day + 97 * DAY, end)):
            if parts and parts[-1][2] == offset:
                parts[-1] = (parts[-1][0], closes, offset)
            else:
                parts.append((opens, closes, offset))
    assert parts == whole
    assert all(offset_at(zone, opens) == offset for opens, _, offset in whole)
    assert all(offset_at(zone, closes - 1) == offset for _, closes, offset in whole)

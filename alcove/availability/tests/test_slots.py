"""Product.md section 5 "Slots", clause by clause, with answers worked out by hand."""

import dataclasses
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alcove.availability.slots import (
    Taken,
    Terms,
    WallSpan,
    free_starts,
    hours,
    is_free,
    next_free_start,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
HOUR = 3600
DAY = 24 * HOUR
# 2026-06-01 is a Monday.
MONDAY = date(2026, 6, 1)
TUESDAY = date(2026, 6, 2)


def clock(text: str) -> int:
    """Return minutes since midnight of "HH:MM"."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def span(first: str, last: str) -> WallSpan:
    return WallSpan(clock(first), clock(last))


def at(day: date, text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> int:
    hour, minute = divmod(clock(text), 60)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=fold)
    return int(local.timestamp())


def offer(*spans: WallSpan, **changes: Any) -> Terms:
    """Return terms with the same spans on each day: 60 minutes on the half hour, Berlin."""
    terms = Terms(
        zone=BERLIN,
        weekly=(spans,) * 7,
        overrides={},
        step_minutes=30,
        length_minutes=60,
        buffer_before_minutes=0,
        buffer_after_minutes=0,
        minimum_notice_minutes=0,
        horizon_days=365,
        daily_limit=None,
    )
    return dataclasses.replace(terms, **changes)


def starts_on(
    terms: Terms, day: date = MONDAY, taken: Taken | None = None, now: int | None = None
) -> list[str]:
    """Return the free starts of one local date as wall times with offsets where they matter."""
    first = at(day, "00:00", terms.zone)
    found = free_starts(
        terms,
        taken or Taken(),
        start=first - 4 * HOUR,
        end=first + 30 * HOUR,
        now=first - DAY if now is None else now,
    )
    local = [datetime.fromtimestamp(s, terms.zone) for s in found]
    return [f"{t:%H:%M}" for t in local if t.date() == day]


def test_starts_fill_the_hours_and_no_session_runs_past_them() -> None:
    assert starts_on(offer(span("09:00", "11:30"))) == ["09:00", "09:30", "10:00", "10:30"]


def test_no_start_is_offered_when_the_hours_are_shorter_than_the_session() -> None:
    assert starts_on(offer(span("09:00", "09:59"))) == []


def test_hours_as_long_as_the_session_offer_one_start() -> None:
    assert starts_on(offer(span("09:00", "10:00"))) == ["09:00"]


def test_grid_is_the_wall_clock_when_hours_begin_off_it() -> None:
    assert starts_on(offer(span("09:10", "11:00"))) == ["09:30", "10:00"]


def test_weekly_rules_begin_with_monday() -> None:
    days = [(span(f"{8 + day:02}:00", f"{9 + day:02}:00"),) for day in range(7)]
    terms = offer(weekly=tuple(days))
    assert starts_on(terms, MONDAY) == ["08:00"]
    assert starts_on(terms, date(2026, 6, 7)) == ["14:00"]


def test_override_replaces_the_rules_of_its_date_only() -> None:
    terms = offer(span("09:00", "10:00"), overrides={MONDAY: (span("15:00", "16:00"),)})
    assert starts_on(terms, MONDAY) == ["15:00"]
    assert starts_on(terms, TUESDAY) == ["09:00"]


def test_empty_override_closes_its_date() -> None:
    terms = offer(span("09:00", "10:00"), overrides={MONDAY: ()})
    assert starts_on(terms, MONDAY) == []
    assert starts_on(terms, TUESDAY) == ["09:00"]


def test_hours_that_touch_are_one_stretch() -> None:
    terms = offer(span("10:00", "11:00"), span("09:00", "10:00"))
    assert starts_on(terms) == ["09:00", "09:30", "10:00"]


def test_hours_that_touch_at_midnight_are_one_stretch() -> None:
    terms = offer(overrides={MONDAY: (span("23:00", "24:00"),), TUESDAY: (span("00:00", "01:00"),)})
    assert starts_on(terms, MONDAY) == ["23:00", "23:30"]
    assert starts_on(terms, TUESDAY) == ["00:00"]
    assert hours(terms, at(MONDAY, "00:00"), at(TUESDAY, "12:00")) == [
        (at(MONDAY, "23:00"), at(TUESDAY, "01:00"))
    ]


def test_closed_next_date_ends_the_stretch_at_midnight() -> None:
    terms = offer(span("00:00", "24:00"), overrides={TUESDAY: ()})
    assert starts_on(terms, MONDAY)[-1] == "23:00"


def test_no_start_exists_in_the_skipped_hour_and_sessions_run_across_it() -> None:
    # 29 March 2026: 02:00 becomes 03:00.
    terms = offer(span("01:00", "04:00"))
    assert starts_on(terms, date(2026, 3, 29)) == ["01:00", "01:30", "03:00"]


def test_hours_wholly_inside_the_skipped_hour_do_not_exist() -> None:
    assert starts_on(offer(span("02:00", "03:00")), date(2026, 3, 29)) == []


def test_hours_on_both_sides_of_the_skipped_hour_touch() -> None:
    terms = offer(span("01:00", "02:00"), span("03:00", "04:00"))
    assert starts_on(terms, date(2026, 3, 29)) == ["01:00", "01:30", "03:00"]


def test_both_starts_exist_in_the_repeated_hour() -> None:
    # 1 November 2026: 02:00 becomes 01:00 again.
    day = date(2026, 11, 1)
    terms = offer(span("01:00", "02:00"), zone=NEW_YORK)
    found = free_starts(
        terms,
        Taken(),
        start=at(day, "00:00", NEW_YORK),
        end=at(day, "12:00", NEW_YORK),
        now=at(day, "00:00", NEW_YORK),
    )
    assert found == [
        at(day, "01:00", NEW_YORK),
        at(day, "01:30", NEW_YORK),
        at(day, "01:00", NEW_YORK, fold=1),
    ]


def test_part_of_the_repeated_hour_makes_two_separate_stretches() -> None:
    day = date(2026, 11, 1)
    terms = offer(span("01:00", "01:30"), zone=NEW_YORK)
    assert hours(terms, at(day, "00:00", NEW_YORK), at(day, "12:00", NEW_YORK)) == [
        (at(day, "01:00", NEW_YORK), at(day, "01:30", NEW_YORK)),
        (at(day, "01:00", NEW_YORK, fold=1), at(day, "01:30", NEW_YORK, fold=1)),
    ]


def test_half_hour_change_keeps_the_hourly_grid_of_the_wall_clock() -> None:
    # Lord Howe, 4 October 2026: 02:00 becomes 02:30.
    zone = ZoneInfo("Australia/Lord_Howe")
    terms = offer(span("00:00", "05:00"), zone=zone, step_minutes=60)
    assert starts_on(terms, date(2026, 10, 4)) == ["00:00", "01:00", "03:00", "04:00"]


def test_odd_offset_keeps_the_grid_of_the_wall_clock() -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    assert starts_on(offer(span("09:00", "12:00"), zone=zone, step_minutes=60)) == [
        "09:00",
        "10:00",
        "11:00",
    ]


def test_date_that_the_zone_skipped_has_no_starts() -> None:
    zone = ZoneInfo("Pacific/Apia")
    terms = offer(span("00:00", "24:00"), zone=zone, step_minutes=60)
    eve = date(2011, 12, 29)
    found = free_starts(
        terms,
        Taken(),
        start=at(eve, "22:00", zone),
        end=at(eve, "22:00", zone) + 4 * HOUR,
        now=at(eve, "00:00", zone),
    )
    assert [f"{datetime.fromtimestamp(s, zone):%d %H}" for s in found] == [
        "29 22",
        "29 23",
        "31 00",
        "31 01",
    ]


def test_off_grid_booking_does_not_move_the_grid() -> None:
    taken = Taken(provider_busy=[(at(MONDAY, "09:10"), at(MONDAY, "10:10"))])
    assert starts_on(offer(span("09:00", "12:00")), taken=taken) == ["10:30", "11:00"]


def test_touching_sessions_do_not_overlap() -> None:
    taken = Taken(provider_busy=[(at(MONDAY, "10:00"), at(MONDAY, "11:00"))])
    assert starts_on(offer(span("09:00", "12:00")), taken=taken) == ["09:00", "11:00"]


def test_neighbours_keep_the_earlier_after_plus_the_later_before() -> None:
    # The booking 11:00 to 12:00 has 15 minutes before and 10 after it. With 5 before and 20 after
    # the candidate must end by 10:25 (20 + 15) or begin at 12:15 or later (10 + 5).
    taken = Taken(provider_busy=[(at(MONDAY, "10:45"), at(MONDAY, "12:10"))])
    terms = offer(
        span("09:00", "14:00"),
        step_minutes=5,
        buffer_before_minutes=5,
        buffer_after_minutes=20,
    )
    found = starts_on(terms, taken=taken)
    assert [s for s in found if s < "11:00"][-1] == "09:25"
    assert next(s for s in found if s > "11:00") == "12:15"


def test_buffers_may_reach_outside_the_hours() -> None:
    terms = offer(span("09:00", "10:00"), buffer_before_minutes=30, buffer_after_minutes=30)
    assert starts_on(terms) == ["09:00"]


def test_session_with_its_buffers_touches_no_busy_block_outside_the_hours() -> None:
    terms = offer(span("09:00", "11:00"), buffer_before_minutes=15, buffer_after_minutes=15)
    before_hours = Taken(provider_busy=[(at(MONDAY, "08:00"), at(MONDAY, "08:50"))])
    assert starts_on(terms, taken=before_hours) == ["09:30", "10:00"]
    after_hours = Taken(provider_busy=[(at(MONDAY, "11:10"), at(MONDAY, "12:00"))])
    assert starts_on(terms, taken=after_hours) == ["09:00", "09:30"]


def test_busy_block_is_cut_out_with_the_buffers_around_it() -> None:
    terms = offer(span("09:00", "14:00"), buffer_before_minutes=30, buffer_after_minutes=30)
    taken = Taken(provider_busy=[(at(MONDAY, "11:00"), at(MONDAY, "11:30"))])
    assert starts_on(terms, taken=taken) == ["09:00", "09:30", "12:00", "12:30", "13:00"]


def test_time_off_cuts_the_session_but_not_its_buffers() -> None:
    terms = offer(span("09:00", "14:00"), buffer_before_minutes=30, buffer_after_minutes=30)
    taken = Taken(time_off=[(at(MONDAY, "11:00"), at(MONDAY, "11:30"))])
    assert starts_on(terms, taken=taken) == [
        "09:00",
        "09:30",
        "10:00",
        "11:30",
        "12:00",
        "12:30",
        "13:00",
    ]


def test_time_off_counts_to_the_minute() -> None:
    taken = Taken(time_off=[(at(MONDAY, "10:59"), at(MONDAY, "11:01"))])
    assert starts_on(offer(span("09:00", "13:00")), taken=taken) == [
        "09:00",
        "09:30",
        "11:30",
        "12:00",
    ]


def test_session_of_a_member_elsewhere_blocks_without_buffers() -> None:
    terms = offer(span("09:00", "13:00"), buffer_before_minutes=30, buffer_after_minutes=30)
    taken = Taken(members_busy=[(at(MONDAY, "10:00"), at(MONDAY, "11:00"))])
    assert starts_on(terms, taken=taken) == ["09:00", "11:00", "11:30", "12:00"]


def test_empty_spans_take_nothing() -> None:
    nothing = [(at(MONDAY, "10:00"), at(MONDAY, "10:00"))]
    taken = Taken(time_off=nothing, provider_busy=nothing, members_busy=nothing)
    assert starts_on(offer(span("09:30", "11:00")), taken=taken) == ["09:30", "10:00"]


def test_notice_counts_from_now_to_the_second() -> None:
    terms = offer(span("09:00", "12:00"), minimum_notice_minutes=120)
    assert starts_on(terms, now=at(MONDAY, "07:30")) == ["09:30", "10:00", "10:30", "11:00"]
    assert starts_on(terms, now=at(MONDAY, "07:30") + 1) == ["10:00", "10:30", "11:00"]


def test_start_in_the_past_is_not_offered_without_notice_either() -> None:
    assert starts_on(offer(span("09:00", "11:00")), now=at(MONDAY, "09:30")) == ["09:30", "10:00"]


def test_horizon_ends_with_the_local_date_of_the_provider() -> None:
    terms = offer(span("00:00", "24:00"), horizon_days=1)
    # One minute before midnight Monday is still today, and Tuesday the last date.
    assert starts_on(terms, TUESDAY, now=at(MONDAY, "23:59"))[-1] == "23:30"
    assert starts_on(terms, date(2026, 6, 3), now=at(MONDAY, "23:59")) == []
    assert starts_on(terms, date(2026, 6, 3), now=at(TUESDAY, "00:00"))[-1] == "23:30"


def test_daily_limit_closes_the_local_date_on_which_it_is_reached() -> None:
    terms = offer(span("09:00", "12:00"), daily_limit=2)
    one = Taken(starts=[at(MONDAY, "09:00")])
    assert starts_on(terms, MONDAY, one) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    two = Taken(starts=[at(MONDAY, "20:00"), at(MONDAY, "00:00")])
    assert starts_on(terms, MONDAY, two) == []
    assert starts_on(terms, TUESDAY, two) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_daily_limit_counts_a_session_before_the_asked_span() -> None:
    terms = offer(span("09:00", "12:00"), daily_limit=1)
    taken = Taken(starts=[at(MONDAY, "09:00")])
    assert not is_free(terms, taken, at(MONDAY, "11:00"), now=at(MONDAY, "08:00"))


def test_daily_limit_of_none_means_no_limit_and_zero_closes_all() -> None:
    assert starts_on(offer(span("09:00", "10:00"), daily_limit=0)) == []
    taken = Taken(starts=[at(MONDAY, "12:00")] * 50)
    assert starts_on(offer(span("09:00", "10:00")), taken=taken) == ["09:00"]


def test_session_may_run_past_the_asked_span_but_its_start_may_not() -> None:
    terms = offer(span("09:00", "12:00"))
    found = free_starts(
        terms, Taken(), start=at(MONDAY, "09:30"), end=at(MONDAY, "10:30"), now=at(MONDAY, "00:00")
    )
    assert found == [at(MONDAY, "09:30"), at(MONDAY, "10:00")]


def test_inverted_or_far_away_span_has_no_starts() -> None:
    terms = offer(span("09:00", "12:00"))
    noon = at(MONDAY, "12:00")
    assert free_starts(terms, Taken(), start=noon, end=noon - DAY, now=noon) == []
    assert free_starts(terms, Taken(), start=10**14, end=10**15, now=noon) == []


def test_next_free_start_looks_past_full_weeks() -> None:
    terms = offer(span("09:00", "10:00"))
    now = at(MONDAY, "12:00")
    taken = Taken(provider_busy=[(now, now + 100 * DAY)])
    assert next_free_start(terms, taken, now=now) == at(date(2026, 9, 10), "09:00")


def test_next_free_start_is_none_when_the_horizon_is_full() -> None:
    terms = offer(span("09:00", "10:00"), horizon_days=30)
    now = at(MONDAY, "12:00")
    assert next_free_start(terms, Taken(time_off=[(now, now + 40 * DAY)]), now=now) is None
    assert next_free_start(offer(), Taken(), now=now) is None


def test_next_free_start_respects_notice_longer_than_a_day() -> None:
    terms = offer(span("09:00", "10:00"), minimum_notice_minutes=48 * 60)
    assert next_free_start(terms, Taken(), now=at(MONDAY, "10:00")) == at(date(2026, 6, 4), "09:00")


def test_is_free_refuses_a_start_off_the_grid_or_not_on_a_whole_minute() -> None:
    terms = offer(span("09:00", "12:00"))
    now = at(MONDAY, "00:00")
    assert is_free(terms, Taken(), at(MONDAY, "09:30"), now=now)
    assert not is_free(terms, Taken(), at(MONDAY, "09:31"), now=now)
    assert not is_free(terms, Taken(), at(MONDAY, "09:30") + 1, now=now)


def test_is_free_refuses_a_session_that_would_reach_into_something_taken() -> None:
    terms = offer(span("09:00", "13:00"), buffer_after_minutes=15)
    later = [(at(MONDAY, "10:59"), at(MONDAY, "12:00"))]
    past_buffer = [(at(MONDAY, "11:14"), at(MONDAY, "12:00"))]
    now = at(MONDAY, "00:00")
    for taken in (
        Taken(time_off=later),
        Taken(members_busy=later),
        Taken(provider_busy=later),
        Taken(provider_busy=past_buffer),
    ):
        assert not is_free(terms, taken, at(MONDAY, "10:00"), now=now)
        assert is_free(terms, taken, at(MONDAY, "09:30"), now=now)


def test_is_free_refuses_a_session_whose_buffer_reaches_back_into_a_busy_block() -> None:
    terms = offer(span("09:00", "13:00"), buffer_before_minutes=15)
    taken = Taken(provider_busy=[(at(MONDAY, "08:00"), at(MONDAY, "09:46"))])
    assert not is_free(terms, taken, at(MONDAY, "10:00"), now=at(MONDAY, "00:00"))
    assert is_free(terms, taken, at(MONDAY, "10:30"), now=at(MONDAY, "00:00"))


def test_horizon_keeps_the_last_evening_west_of_greenwich_and_morning_east_of_it() -> None:
    for key in ("America/Los_Angeles", "Pacific/Auckland"):
        terms = offer(span("00:00", "24:00"), zone=ZoneInfo(key), step_minutes=60, horizon_days=1)
        noon = at(MONDAY, "12:00", terms.zone)
        found = free_starts(terms, Taken(), start=noon, end=noon + 9 * DAY, now=noon)
        assert found[-1] == at(TUESDAY, "23:00", terms.zone)
        assert len(found) == 36


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"weekly": ()}, "weekly needs the spans of seven days"),
        ({"step_minutes": 7}, "step_minutes must be one of (5, 10, 15, 20, 30, 60)"),
        ({"length_minutes": 0}, "length_minutes must be positive"),
        ({"buffer_after_minutes": -1}, "buffers cannot be negative"),
    ],
)
def test_terms_without_meaning_are_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError) as refusal:
        offer(**changes)
    assert str(refusal.value) == complaint

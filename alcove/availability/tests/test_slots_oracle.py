"""The engine against the oracle: every zone at every change of its clock, and random terms."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from alcove.availability.slots import (
    STEPS_MINUTES,
    Taken,
    Terms,
    WallSpan,
    free_starts,
    hours,
    is_free,
    next_free_start,
)
from alcove.availability.tests.oracle import oracle_free_starts, oracle_working_minutes
from alcove.core.intervals import Interval, union

HOUR = 3600
DAY = 24 * HOUR
FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp())

# Zones with something odd: the size or sign of the change, the hour of it, the offset, a date that
# is skipped, or one that comes back after midnight.
ODD_ZONES = (
    "UTC",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
)
HISTORIC_CHANGES = (
    ("Pacific/Apia", int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())),
    ("Pacific/Kwajalein", int(datetime(1993, 8, 21, 12, tzinfo=UTC).timestamp())),
    ("America/St_Johns", int(datetime(2009, 11, 1, 2, 31, tzinfo=UTC).timestamp())),
    ("America/St_Johns", int(datetime(2009, 3, 8, 3, 31, tzinfo=UTC).timestamp())),
    ("America/Caracas", int(datetime(2016, 5, 1, 7, tzinfo=UTC).timestamp())),
    ("Asia/Pyongyang", int(datetime(2018, 5, 4, 15, tzinfo=UTC).timestamp())),
)


@cache
def transitions(zone: ZoneInfo) -> list[int]:
    """Return the instants from 2026 to 2030 at which the offset changes, to the minute."""

    def offset(t: int) -> timedelta | None:
        return datetime.fromtimestamp(t, zone).utcoffset()

    changes: list[int] = []
    for day in range(FIRST, LAST, DAY):
        before, after = day, day + DAY
        if offset(before) != offset(after):
            while after - before > 60:
                middle = before + (after - before) // 120 * 60
                if offset(middle) == offset(after):
                    after = middle
                else:
                    before = middle
            changes.append(after)
    return changes


def zones_by_content() -> dict[bytes, list[ZoneInfo]]:
    """Return all IANA zones of the tzdata package; names of one zone share their file's bytes."""
    package = files("tzdata")
    zones: dict[bytes, list[ZoneInfo]] = {}
    for key in (package / "zones").read_text().split():
        file = package.joinpath("zoneinfo", *key.split("/"))
        with file.open("rb") as stream:
            zones.setdefault(file.read_bytes(), []).append(ZoneInfo.from_file(stream, key=key))
    return zones


def terms_across(zone: ZoneInfo, change: int, case: int) -> Terms:
    """Return terms whose spans reach over, begin in and end in the hour of the change."""
    wall = datetime.fromtimestamp(change - 60, zone)
    minute = wall.hour * 60 + wall.minute + 1
    shapes = (
        (WallSpan(0, 1440),),
        (WallSpan(max(minute - 150, 0), min(minute + 15, 1440)),),
        (WallSpan(0, max(minute - 30, 5)), WallSpan(min(minute + 30, 1435), 1440)),
        (WallSpan(0, 45), WallSpan(45, 200), WallSpan(1300, 1440)),
    )
    return Terms(
        zone=zone,
        weekly=tuple(shapes[(case + day // 3) % 4] for day in range(7)),
        overrides={},
        step_minutes=STEPS_MINUTES[case % 6],
        length_minutes=(50, 25, 90)[case % 3],
        buffer_before_minutes=5,
        buffer_after_minutes=10,
        minimum_notice_minutes=60,
        horizon_days=60,
        daily_limit=None,
    )


def assert_engine_agrees(terms: Terms, change: int) -> None:
    start, end = change - 3 * HOUR, change + 3 * HOUR
    taken = Taken(provider_busy=[(change + 6000, change + 9000)])
    expected = oracle_free_starts(terms, taken, start=start, end=end, now=start - DAY)
    found = free_starts(terms, taken, start=start, end=end, now=start - DAY)
    assert found == expected, (terms, datetime.fromtimestamp(change, UTC))


def test_engine_agrees_with_the_oracle_at_every_change_of_every_zone() -> None:
    visited = 0
    changes_seen = 0
    for names in zones_by_content().values():
        changes = transitions(names[0])
        for zone in names:
            visited += 1
            # A zone that never changes is looked at too, in a different month each.
            for case, change in enumerate(changes or [FIRST + visited * DAY]):
                assert_engine_agrees(terms_across(zone, change, case + visited), change)
                changes_seen += 1
    assert visited == len((files("tzdata") / "zones").read_text().split())
    assert changes_seen > 2 * visited


def test_engine_agrees_with_the_oracle_at_odd_changes_of_the_past() -> None:
    for key, change in HISTORIC_CHANGES:
        zone = ZoneInfo(key)
        before, after = (datetime.fromtimestamp(t, zone).utcoffset() for t in (change - 60, change))
        assert before != after, key
        for case in range(24):
            assert_engine_agrees(terms_across(zone, change, case), change)


@st.composite
def wall_spans(draw: st.DrawFn) -> tuple[WallSpan, ...]:
    """Draw a day of up to three spans, often with edges at midnight or off the grid."""
    minutes = st.one_of(
        st.sampled_from((0, 60, 1380, 1440)),
        st.integers(0, 288).map(lambda n: n * 5),
        st.integers(0, 1440),
    )
    edges = draw(st.lists(minutes, min_size=2, max_size=6))
    pairs = [sorted(pair) for pair in zip(edges[::2], edges[1::2], strict=False)]
    return tuple(WallSpan(first, last) for first, last in pairs if first < last)


ALL_DAY = (WallSpan(0, 1440),)
day_shapes = st.one_of(st.just(ALL_DAY), wall_spans(), st.just(ALL_DAY), wall_spans(), st.just(()))


@dataclasses.dataclass(frozen=True)
class Case:
    terms: Terms
    taken: Taken
    start: int
    end: int
    now: int


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw terms and a span of up to 30 hours, mostly around a change of the clock."""
    zone = ZoneInfo(draw(st.sampled_from(ODD_ZONES)))
    anchors = [
        *transitions(zone),
        *(change for key, change in HISTORIC_CHANGES if key == zone.key),
        FIRST + 200 * DAY,
    ]
    anchor = draw(st.sampled_from(anchors))
    start = anchor + draw(st.integers(-20 * 60, 60)) * 60 + draw(st.sampled_from((0, 0, 0, 17)))
    end = start + draw(st.one_of(st.just(24 * 60), st.integers(0, 30 * 60))) * 60
    local_date = datetime.fromtimestamp(anchor, zone).date()
    near_dates = st.integers(-1, 2).map(lambda days: local_date + timedelta(days=days))
    terms = Terms(
        zone=zone,
        weekly=tuple(draw(st.tuples(*[day_shapes] * 7))),
        overrides=draw(st.dictionaries(near_dates, day_shapes, max_size=2)),
        step_minutes=draw(st.sampled_from(STEPS_MINUTES)),
        length_minutes=draw(st.sampled_from((5, 10, 25, 45, 50, 60, 90))),
        buffer_before_minutes=draw(st.sampled_from((0, 0, 5, 7, 30))),
        buffer_after_minutes=draw(st.sampled_from((0, 0, 10, 13, 45))),
        minimum_notice_minutes=draw(st.sampled_from((0, 0, 45, 120, 1440))),
        horizon_days=draw(st.sampled_from((60, 60, 3, 2, 1, 0))),
        daily_limit=draw(st.sampled_from((None, None, None, 3, 2, 1, 0))),
    )
    # Much happens at the edges of the asked span, where a session reaches over them.
    minutes = st.one_of(
        st.integers(start // 60 - 120, end // 60 + 120),
        st.integers(start // 60 - 60, start // 60 + 120),
        st.integers(end // 60 - 60, end // 60 + 120),
    )
    seconds = st.one_of(st.just(0), st.integers(0, 59))
    lengths = st.one_of(st.integers(0, 120).map(lambda n: n * 60), st.sampled_from((90, 6 * HOUR)))

    def spans() -> list[Interval]:
        drawn = draw(st.lists(st.tuples(minutes, seconds, lengths), max_size=3))
        return [(minute * 60 + s, minute * 60 + s + length) for minute, s, length in drawn]

    far_minutes = st.integers(start // 60 - 30 * 60, end // 60 + 30 * 60)
    taken = Taken(
        time_off=spans(),
        provider_busy=spans(),
        members_busy=spans(),
        starts=[minute * 60 for minute in draw(st.lists(far_minutes, max_size=5))],
    )
    now = start - draw(st.sampled_from((2 * DAY, 2 * DAY, DAY, 0, -6 * HOUR)))
    return Case(terms, taken, start, end, now + draw(st.sampled_from((0, 1, 59))))


@settings(max_examples=200, deadline=None)
@given(cases())
def test_engine_agrees_with_the_oracle_for_any_terms(case: Case) -> None:
    asked = {"start": case.start, "end": case.end, "now": case.now}
    assert free_starts(case.terms, case.taken, **asked) == oracle_free_starts(
        case.terms, case.taken, **asked
    )


@settings(max_examples=100, deadline=None)
@given(cases())
def test_hours_agree_with_the_oracle_for_any_terms(case: Case) -> None:
    start, end = case.start // 60 * 60, case.end // 60 * 60
    found = hours(case.terms, start, end)
    assert union(found) == found
    assert [t for opens, closes in found for t in range(opens, closes, 60)] == (
        oracle_working_minutes(case.terms, start, end)
    )


@settings(max_examples=200, deadline=None)
@given(cases(), st.lists(st.integers(0, 30 * HOUR), max_size=4))
def test_answer_for_a_span_equals_its_parts_put_together(case: Case, cuts: list[int]) -> None:
    edges = [case.start, *sorted(min(case.start + cut, case.end) for cut in cuts), case.end]
    parts = [
        free_starts(case.terms, case.taken, start=start, end=end, now=case.now)
        for start, end in pairwise(edges)
    ]
    whole = free_starts(case.terms, case.taken, start=case.start, end=case.end, now=case.now)
    assert [s for part in parts for s in part] == whole


@settings(max_examples=100, deadline=None)
@given(cases())
def test_is_free_is_true_for_exactly_the_starts_of_the_list(case: Case) -> None:
    start, end = case.start // 60 * 60, min(case.end, case.start + 4 * HOUR)
    listed = free_starts(case.terms, case.taken, start=start, end=end, now=case.now)
    assert [
        s for s in range(start, end, 60) if is_free(case.terms, case.taken, s, now=case.now)
    ] == listed


@settings(max_examples=100, deadline=None)
@given(cases())
def test_next_free_start_is_the_first_of_all_free_starts(case: Case) -> None:
    horizon = case.now + (case.terms.horizon_days + 3) * DAY
    everything = free_starts(case.terms, case.taken, start=case.now, end=horizon, now=case.now)
    expected = everything[0] if everything else None
    assert next_free_start(case.terms, case.taken, now=case.now) == expected


def test_oracle_itself_gives_the_starts_a_person_would_write_down() -> None:
    terms = dataclasses.replace(
        terms_across(ZoneInfo("Europe/Berlin"), FIRST, 0),
        weekly=((WallSpan(540, 660),),) * 7,
        step_minutes=30,
        length_minutes=50,
    )
    monday = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
    found = oracle_free_starts(terms, Taken(), start=monday, end=monday + DAY, now=monday - DAY)
    assert [datetime.fromtimestamp(s, terms.zone).strftime("%H:%M") for s in found] == [
        "09:00",
        "09:30",
        "10:00",
    ]
    assert datetime.fromtimestamp(found[0], terms.zone).date() == date(2026, 6, 1)

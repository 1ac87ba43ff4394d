from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alcove.core.intervals import Interval, intersect, overlaps_any, subtract, union

any_spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)
tidy_spans = any_spans.map(union)


def members(spans: list[Interval]) -> set[int]:
    return {point for start, end in spans for point in range(start, end)}


def test_union_merges_overlapping_and_touching_spans_in_any_order() -> None:
    assert union([(30, 40), (0, 10), (10, 20), (5, 12)]) == [(0, 20), (30, 40)]


def test_union_drops_empty_and_inverted_spans() -> None:
    assert union([(5, 5), (9, 3), (1, 2)]) == [(1, 2)]


def test_union_of_nothing_is_nothing() -> None:
    assert union([]) == []


def test_union_keeps_a_long_span_that_holds_a_short_one() -> None:
    assert union([(0, 20), (5, 6), (19, 21)]) == [(0, 21)]


def test_subtract_splits_a_span_around_a_cut() -> None:
    assert subtract([(0, 10)], [(3, 5)]) == [(0, 3), (5, 10)]


def test_subtract_leaves_a_span_that_a_cut_only_touches() -> None:
    assert subtract([(10, 20)], [(0, 10), (20, 30)]) == [(10, 20)]


def test_subtract_lets_one_cut_reach_over_several_spans() -> None:
    assert subtract([(0, 10), (20, 30), (40, 50)], [(5, 45)]) == [(0, 5), (45, 50)]


def test_intersect_keeps_what_both_hold() -> None:
    assert intersect([(0, 10), (20, 30)], [(5, 25), (29, 40)]) == [(5, 10), (20, 25), (29, 30)]


def test_intersect_of_touching_spans_is_nothing() -> None:
    assert intersect([(0, 10)], [(10, 20)]) == []


def test_overlaps_any_is_false_for_spans_that_touch() -> None:
    spans = [(0, 10), (20, 30)]
    assert not overlaps_any(10, 20, spans)
    assert overlaps_any(9, 20, spans)
    assert overlaps_any(10, 21, spans)
    assert overlaps_any(-5, 50, spans)
    assert overlaps_any(22, 23, spans)
    assert not overlaps_any(25, 25, spans)
    assert not overlaps_any(0, 10, [])


@given(any_spans)
def test_union_covers_the_same_points_and_is_sorted_and_apart(spans: list[Interval]) -> None:
    merged = union(spans)
    assert members(merged) == members(spans)
    assert all(start < end for start, end in merged)
    assert all(end < start for (_, end), (start, _) in pairwise(merged))


@given(tidy_spans, tidy_spans)
def test_subtract_and_intersect_agree_with_sets(a: list[Interval], b: list[Interval]) -> None:
    assert members(subtract(a, b)) == members(a) - members(b)
    assert members(intersect(a, b)) == members(a) & members(b)
    assert union(subtract(a, b)) == subtract(a, b)
    assert union(intersect(a, b)) == intersect(a, b)


@given(st.integers(0, 40), st.integers(0, 40), tidy_spans)
def test_overlaps_any_agrees_with_sets(start: int, end: int, spans: list[Interval]) -> None:
    assert overlaps_any(start, end, spans) == bool(set(range(start, end)) & members(spans))

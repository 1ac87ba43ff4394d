"""Arithmetic of half-open integer intervals.

An interval `(start, end)` holds every integer from `start` up to, not including, `end`; so two that
touch do not overlap. Arguments and answers are sorted and disjoint unless a function says otherwise.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def union(spans: Iterable[Interval]) -> list[Interval]:
    """Return what the spans cover together; they may come in any order, overlap or be empty.

    Spans that touch become one.
    """
    merged: list[Interval] = []
    last_start = last_end = 0
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= last_end:
            if end > last_end:
                last_end = end
                merged[-1] = (last_start, end)
        else:
            last_start, last_end = start, end
            merged.append((start, end))
    return merged


def subtract(spans: Sequence[Interval], cuts: Sequence[Interval]) -> list[Interval]:
    """Return what is left of the spans outside the cuts."""
    left: list[Interval] = []
    index = 0
    for span_start, end in spans:
        start = span_start
        while index < len(cuts) and cuts[index][1] <= start:
            index += 1
        while index < len(cuts) and cuts[index][0] < end:
            cut_start, cut_end = cuts[index]
            if start < cut_start:
                left.append((start, cut_start))
            start = cut_end
            if cut_end >= end:
                # The same cut may reach into the next span, so it stays current.
                break
            index += 1
        if start < end:
            left.append((start, end))
    return left


def intersect(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Return what lies in both."""
    common: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start = max(a[i][0], b[j][0])
        end = min(a[i][1], b[j][1])
        if start < end:
            common.append((start, end))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return common


def overlaps_any(start: int, end: int, spans: Sequence[Interval]) -> bool:
    """Tell whether `[start, end)` shares an integer with one of the spans; an empty one never does."""
    # A one-tuple sorts before every pair with the same start: this finds the last span that begins
    # before `end`, and as the spans are disjoint no earlier one reaches further.
    index = bisect_left(spans, (end,))
    return start < end and index > 0 and spans[index - 1][1] > start

"""Reading frames: what is of the protocol passes, everything else is one named refusal."""

import contextlib
import json
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcove.live.errors import Malformed, TooLarge
from alcove.live.protocol import FROM_PAGE, KINDS, frame, read
from alcove.live.tests.broken_frames import SAMPLES, malformed_frames, sample

WRONG: dict[str, list[Any]] = {
    "int": [True, "1", 1.5, None],
    "count": [-1, True, 2**60, None],
    "flag": [0, "true", None],
    "token": ["", "short", "a" * 65, "a" * 15 + "é", 1],
    "role": ["staff", "", None, ["owner"]],
    "level": ["VIDEO", None],
    "text": ["x" * 4001, None, 1, "\ud800"],
    "path": ["new", None],
    "problem": ["", None],
    "description": [None, {}, {"type": "pranswer", "sdp": ""}, {"type": "offer", "sdp": 1}],
    "candidate": [{}, "candidate", {**SAMPLES["candidate"], "sdpMLineIndex": -1}],
}


@pytest.mark.parametrize("type_", FROM_PAGE)
def test_a_good_frame_is_read_as_it_was_sent(type_: str) -> None:
    assert read(json.dumps(sample(type_))) == sample(type_)


@pytest.mark.parametrize(
    ("type_", "field", "value"),
    [
        (type_, field, value)
        for type_, fields in FROM_PAGE.items()
        for field, kind in fields.items()
        for value in WRONG[kind]
    ],
)
def test_a_field_of_another_kind_is_refused(type_: str, field: str, value: Any) -> None:
    with pytest.raises(Malformed):
        read(json.dumps(sample(type_, **{field: value})))


@pytest.mark.parametrize("type_", FROM_PAGE)
def test_a_further_field_is_refused(type_: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(json.dumps(sample(type_, further=1)))

    assert refused.value.re == type_


@pytest.mark.parametrize(
    "text", [None, "", "null", "[" * 50_000, '{"type": []}', "NaN", '{"type":"ping"', "9" * 5000]
)
def test_what_is_no_frame_is_refused(text: str | None) -> None:
    with pytest.raises(Malformed):
        read(text)


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        read("é" * 40_000)


def test_every_kind_of_field_has_samples_here() -> None:
    assert set(SAMPLES) == set(WRONG) == set(KINDS)


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(type_=st.sampled_from(sorted(FROM_PAGE)), fields=st.dictionaries(st.text(), values))
def test_whatever_comes_is_a_frame_or_a_refusal(type_: str, fields: dict[str, Any]) -> None:
    with contextlib.suppress(Malformed, TooLarge):
        read(json.dumps({**fields, "type": type_}))


def test_the_server_sends_no_frame_that_the_document_does_not_know() -> None:
    with pytest.raises(ValueError, match="pong"):
        frame("pong", now="", further=1)


def test_ten_thousand_broken_frames_are_each_a_frame_or_a_refusal() -> None:
    assert sum(1 for _ in islice(malformed_frames(), 10_000)) == 10_000

"""Values of a patch come back as they were: instants from steps, random bytes from letters, strokes from deltas."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.signing import b64
from sync.core.times import instant
from sync.protocol import delta

numbers = st.integers(-5000, 5000)
strokes = st.lists(st.lists(numbers, min_size=3, max_size=3), max_size=6)
instants = st.datetimes(timezones=st.just(UTC)).map(instant)
randoms = st.binary(min_size=64, max_size=64).map(b64) | st.binary(min_size=32, max_size=32).map(bytes.hex)
texts = instants | randoms | st.uuids().map(str) | st.text("~-0129shuABP", max_size=5)
values = st.recursive(
    texts | st.none() | st.booleans() | numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("at"), inner),
)


@given(values, st.integers(0, 4 * 10**12))
def test_a_value_comes_back_as_it_was(value, recorded_ms):
    assert delta.decode(delta.encode(value, recorded_ms), recorded_ms) == value


@given(strokes)
def test_a_stroke_comes_back_as_it_was(stroke):
    assert delta.are_strokes([stroke])
    assert delta.stroke_from_deltas(delta.stroke_to_deltas(stroke)) == stroke


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("2026-11-22T15:41:02.000Z", "~-4"),
        ("~", "~~"),
        ("0f" * 32, "~h" + "AP" * 32),
        ("0F" * 32, "0F" * 32),  # it would come back in small letters
        ("2026-02-30T00:00:00.000Z", "2026-02-30T00:00:00.000Z"),
        ("A" * 85 + "B", "A" * 85 + "B"),  # base64url in another spelling
        (7, 7),
    ],
)
def test_how_a_value_is_written(value, encoded):
    recorded_ms = delta.instant_to_ms("2026-11-22T15:41:02.004Z")
    assert recorded_ms is not None
    assert delta.encode(value, recorded_ms) == encoded


@pytest.mark.parametrize("deltas", [[[1, 2]], [["x", 0, 0]], [[True, 0, 0]], [[2**53, 0, 0]], [[2**52, 0, 0]] * 2])
def test_deltas_that_lead_to_no_stroke_are_refused(deltas):
    with pytest.raises(ValueError):  # noqa: PT011
        delta.stroke_from_deltas(deltas)

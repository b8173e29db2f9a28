"""Canonical bytes equal RFC 8785 within the profile, and reading refuses what could be read in two ways."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from sync.core.canonical import canonical, digest, parse

text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_what_is_written_is_read_back(value):
    assert parse(canonical(value)) == value


@st.composite
def deep(draw):
    value = draw(st.integers(-(2**60), 2**60) | text | st.just([]))
    for name in draw(st.lists(st.none() | text, min_size=12, max_size=19)):
        value = [value] if name is None else {name: value}
    return value


@given(deep(), st.booleans())
def test_what_may_be_written_and_nothing_else_is_read(value, ascii_only):
    """However it is spelled: reading has a short way for plain text, writing has none."""
    try:
        canonical(value)
        may_be = True
    except ValueError:
        may_be = False
    try:
        read = parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value
    except ValueError:
        read = False
    assert read == may_be


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {"é": 1}, {1: 2}, b"x", {1, 2}, "\ud800"])
def test_a_value_outside_the_profile_is_refused(value):
    with pytest.raises(ValueError, match=r".+"):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        '{"a":1,"a":2}',
        "NaN",
        "Infinity",
        "1.0",
        "1e3",
        "[" * 18 + "]" * 18,
        "[" * 100_000,
        '{"a":',
        "",
        b"\xff",
        str(2**53),
    ],
)
def test_ambiguous_or_oversized_json_is_refused_without_quoting_it(data):
    with pytest.raises(ValueError, match="not readable") as caught:
        parse(data)
    assert str(caught.value) == "not readable as JSON of the restricted profile"


def test_the_digest_is_sha256_of_the_canonical_bytes():
    assert digest({"b": 1, "a": [True, None, "é"]}) == digest(json.loads('{"a":[true,null,"\\u00e9"],"b":1}'))
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

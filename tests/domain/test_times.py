"""Instants as text: one spelling, that reads back; words for England."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.canonical import canonical
from sync.core.times import INSTANT, clock, day_and_clock, from_millis, instant, moment, span, to_millis
from tests.steps.records import utc

aware = st.integers(86_400_000_000, 4_102_444_800_000_000).flatmap(
    lambda micros: st.sampled_from([0, 1, -5]).map(
        lambda hours: (from_millis(0) + timedelta(microseconds=micros)).astimezone(timezone(timedelta(hours=hours)))
    )
)


@given(aware)
def test_one_spelling_for_one_moment_to_the_millisecond(when: datetime):
    text = instant(when)
    assert re.match(INSTANT, text)
    assert abs(moment(text) - when) < timedelta(milliseconds=1)
    assert instant(moment(text)) == text
    assert canonical({"at": text}) == canonical({"at": instant(when.astimezone(UTC))})


@given(st.integers(0, 4_000_000_000_000))
def test_milliseconds_come_back(millis: int):
    assert to_millis(from_millis(millis)) == millis


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2026, 1, 1))  # noqa: DTZ001


def test_words_are_for_england():
    assert clock(utc("2026-07-01 22:55")) == "23:55"
    assert day_and_clock(utc("2026-11-22 23:55")) == "22 Nov 2026 23:55"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h 00 min"), (125, "2 h 05 min"), (-5, "-5 min")]
)
def test_a_span_in_words(minutes: int, words: str):
    assert span(timedelta(minutes=minutes)) == words

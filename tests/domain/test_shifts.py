"""The cars' hours: which day a shift belongs to, across midnight and the clock changes."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.domain.clinical.shifts import MON, ShiftPattern, in_hours, planned, shift_day
from tests.steps.records import at, utc


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2026, 11, 22), "2026-11-22 15:00", "2026-11-22 23:00"),  # Sunday
        (date(2026, 11, 26), "2026-11-26 15:00", "2026-11-26 23:00"),  # Thursday
        (date(2026, 11, 27), "2026-11-27 17:00", "2026-11-28 01:00"),  # Friday
        (date(2026, 11, 28), "2026-11-28 17:00", "2026-11-29 01:00"),  # Saturday
        (date(2026, 7, 1), "2026-07-01 14:00", "2026-07-01 22:00"),  # summer time
        (date(2026, 10, 24), "2026-10-24 16:00", "2026-10-25 00:00"),  # the clocks go back that night
        (date(2027, 3, 27), "2027-03-27 17:00", "2027-03-28 01:00"),  # and forward
        (date(2026, 10, 25), "2026-10-25 15:00", "2026-10-25 23:00"),
        (date(2027, 3, 28), "2027-03-28 14:00", "2027-03-28 22:00"),
    ],
)
def test_planned_hours_in_utc(day: date, start: str, end: str):
    assert planned(day) == (utc(start), utc(end))


@given(st.dates(date(2026, 1, 1), date(2031, 1, 1)))
def test_every_shift_is_8_hours_long(day: date):
    hours = planned(day)
    assert hours is not None
    assert hours[1] - hours[0] == timedelta(hours=8)


@pytest.mark.parametrize(
    ("now", "day", "out"),
    [
        ("2026-11-22 14:59", date(2026, 11, 22), False),
        ("2026-11-22 15:00", date(2026, 11, 22), True),
        ("2026-11-22 22:59", date(2026, 11, 22), True),
        ("2026-11-22 23:00", date(2026, 11, 22), False),
        ("2026-11-27 16:59", date(2026, 11, 27), False),
        ("2026-11-27 17:00", date(2026, 11, 27), True),
        ("2026-11-28 00:59", date(2026, 11, 27), True),  # Friday's shift, after midnight
        ("2026-11-28 01:00", date(2026, 11, 28), False),
        ("2026-11-29 00:30", date(2026, 11, 28), True),  # Saturday's
        ("2026-11-30 00:30", date(2026, 11, 30), False),  # Sunday's ended at 23:00
    ],
)
def test_a_shift_belongs_to_the_day_it_starts(now: str, day: date, out: bool):
    assert shift_day(at(now)) == day
    assert in_hours(at(now)) is out


def test_the_pattern_can_be_replaced():
    nights = (ShiftPattern(frozenset({MON}), time(22), time(6)),)
    assert planned(date(2026, 11, 23), nights) == (utc("2026-11-23 22:00"), utc("2026-11-24 06:00"))
    assert planned(date(2026, 11, 24), nights) is None
    assert shift_day(at("2026-11-24 05:59"), nights) == date(2026, 11, 23)
    assert not in_hours(at("2026-11-24 22:00"), nights)

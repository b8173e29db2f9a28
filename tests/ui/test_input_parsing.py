"""Days and times are read the way people type them."""

from datetime import UTC, date, datetime

import pytest

from field_app.ui.forms.input_parsing import read_clock, read_day, read_time, say_time

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14 3 1988", date(1988, 3, 14)), ("14/03/1988", date(1988, 3, 14)), ("14.3.88", date(1988, 3, 14)),
        ("14031988", date(1988, 3, 14)), ("140388", date(1988, 3, 14)), ("14 March 1988", date(1988, 3, 14)),
        ("1 jan 2026", date(2026, 1, 1)), ("01 01 26", date(2026, 1, 1)), ("01 01 27", date(1927, 1, 1)),
        ("29 2 2024", date(2024, 2, 29)), ("29 2 2023", None), ("14 3", None), ("", None), ("14 3 198", None),
        ("nothing", None), ("31 4 1988", None), ("14 foo 1988", None), ("1988-03-14", None),
    ],
)  # fmt: skip
def test_a_day(text, day):
    assert read_day(text, date(2026, 11, 22)) == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2214", (22, 14)), ("22:14", (22, 14)), ("9.05", (9, 5)), ("905", (9, 5)), ("0000", (0, 0)), ("2400", None),
        ("1260", None), ("22", None), ("", None), ("twelve", None),
    ],
)  # fmt: skip
def test_a_clock_time(text, clock):
    assert read_clock(text) == clock


def test_a_time_is_the_last_that_has_been():
    assert read_time("2150", NOW) == datetime(2026, 11, 22, 21, 50, tzinfo=UTC)
    assert read_time("2350", NOW) == datetime(2026, 11, 21, 23, 50, tzinfo=UTC)
    assert read_time("2204", NOW) == datetime(2026, 11, 22, 22, 4, tzinfo=UTC), "a clock a little fast is not yesterday"
    assert read_time("2350", NOW, date(2026, 11, 22)) == datetime(2026, 11, 22, 23, 50, tzinfo=UTC)


def test_summer_time_is_england_s():
    assert read_time("0930", datetime(2026, 7, 1, 12, tzinfo=UTC)) == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def test_a_time_is_said_with_its_day():
    assert say_time(datetime(2026, 11, 22, 21, 50, tzinfo=UTC), NOW) == "Today 21:50"
    assert say_time(datetime(2026, 11, 21, 23, 50, tzinfo=UTC), NOW) == "Yesterday 23:50"
    assert say_time(datetime(2026, 11, 14, 8, 0, tzinfo=UTC), NOW) == "Sat 14 Nov 2026 08:00"

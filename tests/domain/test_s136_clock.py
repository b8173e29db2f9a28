"""The section 136 clock: rules 1 to 6 of the specification, 3(e), as tables."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.times import day_and_clock
from sync.domain.clinical.s136_clock import Extension, ExtensionRefusal, clock, start
from tests.steps.builders import LAW
from tests.steps.records import at, utc

START = utc("2026-11-20 10:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PERMITTED, LONGEST_EXTENSION = LAW.permitted, LAW.longest_extension


def extension(authorised_at: datetime, reason: str = "condition", length: timedelta = LONGEST_EXTENSION) -> Extension:
    return Extension(authorised_at, reason, length)


def test_the_numbers_of_the_law_in_force():
    assert (PERMITTED, LONGEST_EXTENSION) == (24 * HOUR, 12 * HOUR)
    assert LAW.extension_reasons == ("condition",)
    assert (LAW.amhp_alert_hours, LAW.clock_alert_hours) == (3, (12, 18, 21, 23))


@pytest.mark.parametrize(("hours", "longest"), [(24, 12), (72, 0), (12, 6)])
def test_the_hours_come_from_the_pack_and_from_nowhere_else(hours: int, longest: int):
    law = LAW.model_copy(update={"permitted_hours": hours, "extension_hours": longest, "clock_alert_hours": (1,)})
    assert clock(START, law).ends_at == START + hours * HOUR
    longer = clock(START, law, extension(START, length=longest * HOUR))
    assert longer.ends_at == START + (hours + longest) * HOUR
    assert [alert.after for alert in clock(START, law).alerts_due(START + HOUR, START)] == [HOUR]


def test_a_superintendent_has_to_approve_where_that_is_needed():
    for approved, ends in ((True, 36), (False, 24)):
        found = clock(START, LAW, Extension(START, "condition", LONGEST_EXTENSION, approved))
        assert found.ends_at == START + ends * HOUR
        assert (found.refusal is None) is approved


def test_removal_starts_on_arrival_at_the_first_place_and_a_transfer_never_restarts_it():
    ed, hbpos = utc("2026-11-20 10:00"), utc("2026-11-20 15:00")
    assert start(kept_at=None, arrivals=[hbpos, ed]) == ed


def test_kept_where_they_were_starts_with_the_decision():
    assert start(kept_at=START, arrivals=[START + HOUR]) == START


def test_nothing_recorded_has_not_started():
    assert start(kept_at=None) is None


@pytest.mark.parametrize(
    ("arrived", "expires", "shown"),
    [
        ("2026-10-24 18:00", "2026-10-25 17:00", "25 Oct 2026 17:00"),  # the clocks go back: 24 h are 23 on the wall
        ("2027-03-27 18:00", "2027-03-28 18:00", "28 Mar 2027 19:00"),  # and forward
        ("2026-11-20 10:00", "2026-11-21 10:00", "21 Nov 2026 10:00"),
        ("2026-07-01 10:00", "2026-07-02 09:00", "2 Jul 2026 10:00"),
    ],
)
def test_24_elapsed_hours_across_both_clock_changes(arrived: str, expires: str, shown: str):
    found = clock(at(arrived), LAW)
    assert found.expires_at == utc(expires)
    assert day_and_clock(found.expires_at) == shown
    assert found.expires_at - found.starts_at == PERMITTED


@pytest.mark.parametrize(
    ("after", "refusal"),
    [
        (-MINUTE, ExtensionRefusal.LATE),
        (timedelta(0), None),
        (24 * HOUR - MINUTE, None),
        (24 * HOUR, ExtensionRefusal.LATE),
        (24 * HOUR + MINUTE, ExtensionRefusal.LATE),
    ],
)
def test_an_extension_only_inside_24_hours(after: timedelta, refusal: ExtensionRefusal | None):
    found = clock(START, LAW, extension(START + after))
    assert found.refusal == refusal
    assert found.expires_extended_at == (None if refusal else START + 36 * HOUR)


@pytest.mark.parametrize(
    ("length", "refusal"),
    [
        (timedelta(0), ExtensionRefusal.TOO_LONG),
        (HOUR, None),
        (12 * HOUR, None),
        (12 * HOUR + MINUTE, ExtensionRefusal.TOO_LONG),
    ],
)
def test_an_extension_of_12_hours_at_most_from_the_end_of_24(length: timedelta, refusal: ExtensionRefusal | None):
    found = clock(START, LAW, extension(START + 20 * HOUR, length=length))
    assert found.refusal == refusal
    assert found.ends_at == START + PERMITTED + (timedelta(0) if refusal else length)


@pytest.mark.parametrize("reason", ["bed", "amhp", "doctor", "other", ""])
def test_an_extension_only_for_the_persons_condition(reason: str):
    found = clock(START, LAW, extension(START + HOUR, reason))
    assert (found.refusal, found.ends_at) == (ExtensionRefusal.REASON, START + PERMITTED)
    assert "not a bed, an AMHP or a doctor" in ExtensionRefusal.REASON.label


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        (3 * HOUR - MINUTE, []), (3 * HOUR, [3]), (12 * HOUR - MINUTE, [3]), (12 * HOUR, [3, 12]),
        (18 * HOUR - MINUTE, [3, 12]), (18 * HOUR, [3, 12, 18]), (21 * HOUR, [3, 12, 18, 21]),
        (23 * HOUR - MINUTE, [3, 12, 18, 21]), (23 * HOUR, [3, 12, 18, 21, 23]),
    ],
)  # fmt: skip
def test_alerts_on_both_sides(after: timedelta, hours: list[int]):
    due = clock(START, LAW).alerts_due(START + after)
    assert [alert.after // HOUR for alert in due] == hours
    assert [alert.amhp for alert in due] == [hour == 3 for hour in hours]


def test_no_alert_at_3_hours_once_the_amhp_is_told():
    assert clock(START, LAW).alerts_due(START + 4 * HOUR, amhp_informed_at=START + 4 * HOUR) == ()


def test_breach_begins_after_the_end():
    running = clock(START, LAW)
    assert not running.breach(START + PERMITTED)
    assert running.breach(START + PERMITTED + MINUTE)
    assert not running.breach(START + 40 * HOUR, ended_at=START + PERMITTED)
    assert running.breach(START + 40 * HOUR, ended_at=START + PERMITTED + MINUTE)
    assert running.left(START + 25 * HOUR) == -HOUR


def test_an_extension_moves_the_breach():
    running = clock(START, LAW, extension(START + 23 * HOUR))
    assert not running.breach(START + 36 * HOUR)
    assert running.breach(START + 36 * HOUR + MINUTE)


@given(st.datetimes(min_value=at("2026-01-01").replace(tzinfo=None), max_value=at("2030-01-01").replace(tzinfo=None)))
def test_never_more_than_36_hours_whatever_the_wall_says(wall):
    found = clock(wall.replace(tzinfo=START.tzinfo), LAW, extension(wall.replace(tzinfo=START.tzinfo)))
    assert found.ends_at - found.starts_at == PERMITTED + LONGEST_EXTENSION

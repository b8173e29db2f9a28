"""The cars and the hours they work.

Source: Police Oracle on the joint response cars of Cambridgeshire Constabulary and CPFT (two cars; 15:00-23:00 Sunday
to Thursday, 17:00-01:00 Friday and Saturday), read 22 Nov 2026. A shift belongs to the day on which it starts: project
specification, 22 Nov 2026. The names of the cars are unconfirmed. Another service replaces `CARS` and `PATTERNS`.

Patterns are wall time in England, results aware UTC. A start or an end in the hour that comes twice is the first of the
two; in the hour that is skipped it is as long after the skip began as the wall time says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sync.core.times import LONDON, local

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@dataclass(frozen=True)
class ShiftPattern:
    """Hours worked on these days of the week. An end not after the start is on the next day."""

    days: frozenset[int]
    start: time
    end: time


CARS = ("Car 1", "Car 2")
PATTERNS = (
    ShiftPattern(frozenset({SUN, MON, TUE, WED, THU}), time(15), time(23)),
    ShiftPattern(frozenset({FRI, SAT}), time(17), time(1)),
)


def planned(day: date, patterns: Iterable[ShiftPattern] = PATTERNS) -> tuple[datetime, datetime] | None:
    """The start and end of the shift that belongs to this day, or None when there is none."""
    for pattern in patterns:
        if day.weekday() in pattern.days:
            last = day if pattern.end > pattern.start else day + timedelta(days=1)
            return _utc(day, pattern.start), _utc(last, pattern.end)
    return None


def shift_day(now: datetime, patterns: Iterable[ShiftPattern] = PATTERNS) -> date:
    """The day this moment's shift belongs to: yesterday while yesterday's shift still runs, else today."""
    today = local(now).date()
    yesterday = today - timedelta(days=1)
    return yesterday if _runs(yesterday, now, tuple(patterns)) else today


def in_hours(now: datetime, patterns: Iterable[ShiftPattern] = PATTERNS) -> bool:
    """Whether a car is planned to be out: from the start of a shift until just before its end."""
    patterns = tuple(patterns)
    return _runs(shift_day(now, patterns), now, patterns)


def _runs(day: date, now: datetime, patterns: tuple[ShiftPattern, ...]) -> bool:
    hours = planned(day, patterns)
    return hours is not None and hours[0] <= now < hours[1]


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)

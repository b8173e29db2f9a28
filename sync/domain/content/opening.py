"""When a service is open: weekly hours, exceptions, bank holidays, the two nights on which the clock changes.

Source: DOR-1, a service shown open when it is shut can do harm: project specification 1E and 8 (11), 22 Nov 2026.
Hours are wall time in England. An opening belongs to the day it begins on, also when it ends after midnight; a day's
exception stands before a bank holiday, and that before the day of the week. Where the clock shows an hour twice, a
service opens at the second and closes at the first, so that it is never shown open when it may be shut.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import StringConstraints

from sync.core.times import LONDON, local
from sync.domain.content.packs import PackPart

AHEAD = 15  # days that are looked at for the next opening
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Hours(PackPart):
    """Hours of one day: `closes` is not included, and is on the next day when it is not after `opens`."""

    opens: Clock
    closes: Clock


class WeeklyHours(Hours):
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...]


class Exceptional(PackPart):
    """Days from `first` to `last`, both included, on which other hours hold. No hours: closed."""

    first: date
    last: date
    hours: tuple[Hours, ...] = ()
    reason: str = ""


class Opening(PackPart):
    """What is known of a service's hours."""

    hours: tuple[WeeklyHours, ...]
    holidays: Literal["usual", "closed"] | tuple[Hours, ...] = "usual"
    exceptions: tuple[Exceptional, ...] = ()
    closed_from: date | None = None  # for good


Openings = list[tuple[datetime, datetime]]


def openings(service: Opening, around: datetime, days_off: Iterable[date]) -> Openings:
    """When the service is open, from the day before to `AHEAD` days after, in UTC and in order.

    Openings that meet or overlap are one.
    """
    today, off = local(around).date(), frozenset(days_off)
    spans: Openings = []
    for ahead in range(-1, AHEAD):
        day = today + timedelta(days=ahead)
        spans += [_span(day, hours) for hours in _of_day(service, day, off)]
    joined: Openings = []
    for opens, closes in sorted(spans):
        if joined and opens <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    return joined


def _of_day(service: Opening, day: date, off: frozenset[date]) -> tuple[Hours, ...]:
    if service.closed_from and day >= service.closed_from:
        return ()
    for exceptional in service.exceptions:
        if exceptional.first <= day <= exceptional.last:
            return exceptional.hours
    if day in off and service.holidays != "usual":
        return () if service.holidays == "closed" else service.holidays
    return tuple(pattern for pattern in service.hours if WEEK[day.weekday()] in pattern.days)


def _span(day: date, hours: Hours) -> tuple[datetime, datetime]:
    opens, closes = time.fromisoformat(hours.opens), time.fromisoformat(hours.closes)
    last = day + timedelta(days=closes <= opens)
    return _instant(day, opens, 1), _instant(last, closes, 0)


def _instant(day: date, at: time, fold: int) -> datetime:
    """The UTC time at which the wall clock shows this. `fold`: the first (0) or the second (1) time it does.

    A time in the hour that is left out in spring is the moment of the jump.
    """
    wall = datetime.combine(day, at, LONDON)
    before, after = wall.utcoffset(), wall.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    return (wall.replace(minute=0) if before < after else wall.replace(fold=fold)).astimezone(UTC)


def change(service: Opening, now: datetime, days_off: Iterable[date]) -> tuple[bool, datetime | None]:
    """Whether the service is open, and when that changes next; None when it does not within `AHEAD` days."""
    end = local(now).date() + timedelta(days=AHEAD - 1)
    for opens, closes in openings(service, now, days_off):
        if now < opens:
            return False, opens
        if now < closes:
            return True, closes if local(closes).date() <= end else None
    return False, None


def open_now(service: Opening, now: datetime, days_off: Iterable[date]) -> bool:
    return change(service, now, days_off)[0]


def closes_at(service: Opening, now: datetime, days_off: Iterable[date]) -> datetime | None:
    """When the service closes, if it is open now; else None."""
    is_open, at = change(service, now, days_off)
    return at if is_open else None


def next_opening(service: Opening, now: datetime, days_off: Iterable[date]) -> datetime | None:
    """When the service opens, if it is closed now; else None."""
    is_open, at = change(service, now, days_off)
    return None if is_open else at

"""How long officers wait: each from arrival to release, together, and the longest.

Source: project specification STF-4, CAM-7 and 3(a), 22 Nov 2026: marks at 1, 2, 4 and 9 hours stand in the rule pack; a
reason is asked for after 60 minutes; released is not before arrived. Nine hours is the record a police and crime
commissioner named (Staffordshire). The marks are unconfirmed as local agreement.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.domain.content.rules import Rules

ZERO = timedelta(0)


@dataclass(frozen=True)
class Stay:
    """One officer at an incident. `officer` is empty when nobody is named; `released` None: still there."""

    officer: str
    arrived: datetime
    released: datetime | None = None

    def length(self, now: datetime) -> timedelta:
        return max((self.released or now) - self.arrived, ZERO)


@dataclass(frozen=True)
class Wait:
    """The officers' wait. `longest`: from the first arrival to the last release; `together`: officer time, added up."""

    since: datetime
    until: datetime | None
    longest: timedelta
    together: timedelta
    officers: int  # named; 0 when it is not known how many

    @property
    def running(self) -> bool:
        return self.until is None


@dataclass(frozen=True)
class Present:
    """What is recorded of one officer."""

    officer: str
    arrived: datetime | None = None
    released: datetime | None = None


def since(times: Mapping[str, datetime]) -> datetime | None:
    """When the first officer arrived, by the ribbon; else when the car did."""
    return times.get("first_officer_arrived") or times.get("arrived")


def stays(officers: Iterable[Present], times: Mapping[str, datetime]) -> tuple[Stay, ...]:
    """Each officer's stay. A time not recorded for an officer is the ribbon's: first arrival, all released.

    An officer recorded in two contacts counts once. When nobody is named there is one stay without a name.
    """
    first, last = since(times), times.get("officers_released")
    by_officer: dict[str, list[Present]] = {}
    for present in officers:
        by_officer.setdefault(present.officer, []).append(present)
    known = []
    for officer, entries in (by_officer or {"": []}).items():
        arrived = min((entry.arrived for entry in entries if entry.arrived), default=first)
        released = max((entry.released for entry in entries if entry.released), default=last)
        if arrived:
            known.append(Stay(officer, arrived, released))
    return tuple(known)


def wait(officers: Iterable[Stay], now: datetime) -> Wait | None:
    """The stays of all officers as one wait; None when nobody is known to have come."""
    officers = tuple(officers)
    if not officers:
        return None
    first = min(stay.arrived for stay in officers)
    releases = [stay.released for stay in officers if stay.released]
    until = max(releases) if len(releases) == len(officers) else None
    together = sum((stay.length(now) for stay in officers), ZERO)
    named = sum(bool(stay.officer) for stay in officers)
    return Wait(first, until, max((until or now) - first, ZERO), together, named)


def mark(length: timedelta, marks: Iterable[timedelta]) -> timedelta | None:
    """The highest mark that this length reaches; None before the first."""
    return max((mark for mark in marks if length >= mark), default=None)


def mark_said(length: timedelta, marks: Iterable[timedelta]) -> str:
    """The mark reached in words: "4 hours reached"; "" before the first."""
    reached = mark(length, marks)
    if reached is None:
        return ""
    hours = reached // timedelta(hours=1)
    return f"{hours} hour{'' if hours == 1 else 's'} reached"


def reason_due(waited: Wait | None, rules: Rules) -> bool:
    """Whether the wait is so long that its reason is asked for: longer than the rules' minutes (60)."""
    return waited is not None and waited.longest > rules.too_long

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
    """When the first officer came, by the ribbon; the car's own arrival when no other is known."""
    return times.get("first_officer_arrived") or times.get("arrived")


def stays(officers: Iterable[Present], times: Mapping[str, datetime]) -> tuple[Stay, ...]:
    """Each officer's stay. What is not recorded of one is taken from the ribbon: first arrival, all released.

    An officer recorded twice, in two contacts, counts once. With nobody named there is one stay without a name.
    """
    came, left = since(times), times.get("officers_released")
    found: dict[str, list[Present]] = {}
    for present in officers:
        found.setdefault(present.officer, []).append(present)
    made = []
    for officer, entries in (found or {"": []}).items():
        arrived = min((entry.arrived for entry in entries if entry.arrived), default=came)
        released = max((entry.released for entry in entries if entry.released), default=left)
        if arrived:
            made.append(Stay(officer, arrived, released))
    return tuple(made)


def wait(found: Iterable[Stay], now: datetime) -> Wait | None:
    """All stays as one wait, or None when nobody is known to have come."""
    found = tuple(found)
    if not found:
        return None
    first = min(stay.arrived for stay in found)
    gone = [stay.released for stay in found if stay.released]
    until = max(gone) if len(gone) == len(found) else None
    together = sum((stay.length(now) for stay in found), ZERO)
    named = sum(bool(stay.officer) for stay in found)
    return Wait(first, until, max((until or now) - first, ZERO), together, named)


def mark(length: timedelta, marks: Iterable[timedelta]) -> timedelta | None:
    """The highest mark that is reached, or None."""
    return max((mark for mark in marks if length >= mark), default=None)


def mark_said(length: timedelta, marks: Iterable[timedelta]) -> str:
    """The mark reached in words: "4 hours reached"; "" before the first."""
    reached = mark(length, marks)
    if reached is None:
        return ""
    hours = reached // timedelta(hours=1)
    return f"{hours} hour{'' if hours == 1 else 's'} reached"


def reason_due(found: Wait | None, rules: Rules) -> bool:
    """Whether the wait is long enough that its reason is asked for: more than 60 minutes."""
    return found is not None and found.longest > rules.too_long

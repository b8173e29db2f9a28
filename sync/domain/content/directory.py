"""The service directory: who can be asked for help, whether they are open, and what to know before relying on it.

Sources: what an entry holds, and that a closed or unverified service is said to be so: project specification, 1E
(DOR-1), 22 Nov 2026; how many days an entry may stand unverified: the rule pack. The services and the bank holidays
stand in a directory pack (`assets/packs/directory-*`), which says where each comes from.

It works without a signal; when a service is open is reckoned in `sync.domain.content.opening`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import model_validator

from sync.core.kinds import Choice
from sync.core.times import clock, local
from sync.core.times import day_in_words as day_in_words
from sync.domain.content.opening import WEEK, Hours, Opening, change
from sync.domain.content.packs import Manifest, Pack, PackPart

FILE = "services.json"


class Referrer(Choice):
    POLICE = "police", "the police"
    HEALTH = "health", "health professionals"
    GP = "gp", "GPs"
    ANYONE = "anyone", "anyone, including the person"


class Service(Opening):
    """One service: what it does, for whom, and how it is reached."""

    service_id: str
    name: str
    kinds: tuple[str, ...]  # codes of sync.domain.catalogue.referral.Destination
    area: str
    address: str = ""
    phone: str
    youngest: int | None = None  # years, included
    oldest: int | None = None
    refers: tuple[Referrer, ...]
    walk_in: bool = False
    verified: date
    instead: str = ""  # where to turn to, when it is closed for good
    note: str = ""
    demonstration: bool = False

    def takes(self, referrer: Referrer) -> bool:
        return bool({referrer, Referrer.ANYONE}.intersection(self.refers))


class Holiday(PackPart):
    day: date
    name: str


class Book(PackPart):
    """A directory's content."""

    holidays_source: str
    bank_holidays: tuple[Holiday, ...]
    services: tuple[Service, ...]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if len({service.service_id for service in self.services}) != len(self.services):
            raise ValueError("two services have one id")
        return self

    @property
    def days_off(self) -> frozenset[date]:
        return frozenset(holiday.day for holiday in self.bank_holidays)

    def service(self, service_id: object) -> Service | None:
        """The service of this id, or None."""
        return next((service for service in self.services if service.service_id == service_id), None)


class Directory(PackPart):
    manifest: Manifest
    book: Book


def read_directory(pack: Pack) -> Directory:
    """The pack as services. Raises ValueError or KeyError when it is none."""
    return Directory(manifest=pack.manifest, book=Book.model_validate_json(pack.files[FILE]))


# --- in words -----------------------------------------------------------------------------------------------------


class ServiceState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    STALE = "stale"  # nobody has verified the entry for too long: what it says of its hours may be wrong
    GONE = "gone"  # closed for good


@dataclass(frozen=True)
class ServiceStatus:
    state: ServiceState
    words: str


def stale(service: Service, now: datetime, stale_days: int) -> bool:
    """More than this many days since somebody verified the entry."""
    return (local(now).date() - service.verified).days > stale_days


def status(service: Service, now: datetime, days_off: Iterable[date], stale_days: int) -> ServiceStatus:
    """The service's status for a list: "Open now until 23:30", "Closed: opens Fri 16:30", "Not verified since …"."""
    if service.closed_from and local(now).date() >= service.closed_from:
        return ServiceStatus(ServiceState.GONE, f"Closed since {day_in_words(service.closed_from)}")
    is_open, at = change(service, now, days_off)
    if is_open:
        words = f"Open now until {_when(at, now)}" if at else "Open now, day and night"
    else:
        words = f"Closed: opens {_when(at, now)}" if at else "Closed"
    if stale(service, now, stale_days):
        since = day_in_words(service.verified)
        return ServiceStatus(ServiceState.STALE, f"Not verified since {since}. Listed as {_low(words)}")
    return ServiceStatus(ServiceState.OPEN if is_open else ServiceState.CLOSED, words)


def _when(at: datetime, now: datetime) -> str:
    """The time of a change; with its weekday when it is not today, with its date when it is a week away."""
    wall, today = local(at), local(now).date()
    days = (wall.date() - today).days
    if days == 0 or (days == 1 and wall.hour < 6 and local(now).hour >= 6):  # "until 01:30", said in the evening
        return clock(at)
    return f"{wall:%a} {clock(at)}" if days < 7 else f"{wall:%a} {wall.day} {wall:%b} {clock(at)}"


def warnings(
    service: Service, now: datetime, days_off: Iterable[date], stale_days: int, age: int | None = None
) -> list[str]:
    """What to know before relying on the service, each in words. `age`: of the person, in years. None of it blocks."""
    name, known = service.name, status(service, now, days_off, stale_days)
    lines = []
    if known.state == ServiceState.GONE:
        lines.append(f"{name}: {_low(known.words)}. {service.instead}".strip())
    elif known.state == ServiceState.STALE:
        lines.append(f"{name}: {_low(known.words)}. Ring before you rely on it.")
    elif known.state == ServiceState.CLOSED:
        lines.append(f"{name} is {_low(known.words)}. Choose another, or say who keeps the person safe until then.")
    if age is not None and not _takes_age(service, age):
        lines.append(f"{name} is for {ages(service).lower()}. This person is {age}.")
    if not service.takes(Referrer.HEALTH):
        lines.append(f"{name} takes referrals only from {referrers(service)}.")
    return lines


def _low(text: str) -> str:
    return text[0].lower() + text[1:]


def _takes_age(service: Service, age: int) -> bool:
    return (service.youngest is None or age >= service.youngest) and (service.oldest is None or age <= service.oldest)


def ages(service: Service) -> str:
    """Whom the service is for: "All ages", "18 and over", "Up to 17", "14 to 65"."""
    youngest, oldest = service.youngest, service.oldest
    if youngest is None and oldest is None:
        return "All ages"
    if oldest is None:
        return f"{youngest} and over"
    return f"Up to {oldest}" if youngest is None else f"{youngest} to {oldest}"


def referrers(service: Service) -> str:
    """Who may refer: "the police, health professionals", "anyone, including the person"."""
    refers = (Referrer.ANYONE,) if Referrer.ANYONE in service.refers else service.refers
    return ", ".join(referrer.label for referrer in refers)


def hours_in_words(service: Service, today: date) -> list[str]:
    """The week, bank holidays, and exceptions that are not over, a line each: "Mon to Fri: 09:00 to 17:00"."""
    lines = [f"{_days(pattern.days)}: {_hours((pattern,))}" for pattern in service.hours]
    if service.holidays != "usual":
        lines.append(f"Bank holidays: {_hours(service.holidays) if service.holidays != 'closed' else 'closed'}")
    for exception in service.exceptions:
        if exception.last >= today:
            until = f" to {day_in_words(exception.last)}" if exception.last > exception.first else ""
            hours = _hours(exception.hours) if exception.hours else "closed"
            reason = f" ({exception.reason})" if exception.reason else ""
            lines.append(f"{day_in_words(exception.first)}{until}: {hours}{reason}")
    return lines


def _days(days: Sequence[str]) -> str:
    """Days of the week in words; more than two that follow one another as a span."""
    numbers = [WEEK.index(day) for day in days]
    if len(numbers) == len(WEEK):
        return "Every day"
    if len(numbers) > 2 and all((later - before) % 7 == 1 for before, later in pairwise(numbers)):
        return f"{days[0].title()} to {days[-1].title()}"
    return ", ".join(day.title() for day in days)


def _hours(hours: Iterable[Hours]) -> str:
    return ", ".join(map(_span, hours))


def _span(hours: Hours) -> str:
    if hours.opens != hours.closes:
        return f"{hours.opens} to {hours.closes}"
    return "24 hours" if hours.opens == "00:00" else f"24 hours from {hours.opens}"


# --- search -------------------------------------------------------------------------------------------------------


def search(
    services: Iterable[Service], text: str = "", kind: str = "", labels: Mapping[str, str] | None = None
) -> list[Service]:
    """Services of this kind in which each word typed begins a word of their name, area, address, note or kinds.

    `labels`: the words for each kind.
    """
    typed = _words(text)
    hits = []
    for service in services:
        if kind and kind not in service.kinds:
            continue
        kinds = " ".join((labels or {}).get(code, "") for code in service.kinds)
        words = _words(f"{service.name} {service.area} {service.address} {service.note} {kinds}")
        if all(any(word.startswith(beginning) for word in words) for beginning in typed):
            hits.append(service)
    return sorted(hits, key=lambda service: service.name)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("é", "e"))


_ORDER = {ServiceState.OPEN: 0, ServiceState.CLOSED: 1, ServiceState.STALE: 2, ServiceState.GONE: 3}


def ranked(
    services: Iterable[Service], now: datetime, days_off: Iterable[date], stale_days: int
) -> list[tuple[Service, ServiceStatus]]:
    """Each service with its status: open first, then closed, not verified, closed for good; by name."""
    with_status = [(service, status(service, now, days_off, stale_days)) for service in services]
    return sorted(with_status, key=lambda pair: (_ORDER[pair[1].state], pair[0].name))

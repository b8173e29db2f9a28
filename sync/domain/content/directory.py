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

from pydantic import BaseModel, ConfigDict, model_validator

from sync.core.kinds import Choice
from sync.core.times import clock, local
from sync.domain.content.opening import WEEK, Hours, Opening, change
from sync.domain.content.packs import Manifest, Pack

FILE = "services.json"


class Referrer(Choice):
    POLICE = "police", "the police"
    HEALTH = "health", "health professionals"
    GP = "gp", "GPs"
    ANYONE = "anyone", "anyone, including the person"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Service(Opening):
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


class Holiday(_Part):
    day: date
    name: str


class Book(_Part):
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


class Directory(_Part):
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
    """Where it stands, for a list: "Open now until 23:30", "Closed: opens Fri 16:30", "Not verified since …"."""
    if service.closed_from and local(now).date() >= service.closed_from:
        return ServiceStatus(ServiceState.GONE, f"Closed since {day_in_words(service.closed_from)}")
    is_open, at = change(service, now, days_off)
    if is_open:
        listed = ServiceStatus(
            ServiceState.OPEN, f"Open now until {_when(at, now)}" if at else "Open now, day and night"
        )
    else:
        listed = ServiceStatus(ServiceState.CLOSED, f"Closed: opens {_when(at, now)}" if at else "Closed")
    if stale(service, now, stale_days):
        since = day_in_words(service.verified)
        return ServiceStatus(ServiceState.STALE, f"Not verified since {since}. Listed as {_low(listed.words)}")
    return listed


def _when(at: datetime, now: datetime) -> str:
    """The time; with its day when that is not today's, with its date when it is a week away."""
    there, today = local(at), local(now).date()
    days = (there.date() - today).days
    if days == 0 or (days == 1 and there.hour < 6 and local(now).hour >= 6):  # "until 01:30", said in the evening
        return clock(at)
    return f"{there:%a} {clock(at)}" if days < 7 else f"{there:%a} {there.day} {there:%b} {clock(at)}"


def warnings(
    service: Service, now: datetime, days_off: Iterable[date], stale_days: int, age: int | None = None
) -> list[str]:
    """What to know before relying on it, in words. It never stops anybody."""
    found = status(service, now, days_off, stale_days)
    said = []
    if found.state == ServiceState.GONE:
        said.append(f"{service.name}: {_low(found.words)}. {service.instead}".strip())
    elif found.state == ServiceState.STALE:
        said.append(f"{service.name}: {_low(found.words)}. Ring before you rely on it.")
    elif found.state == ServiceState.CLOSED:
        said.append(
            f"{service.name} is {_low(found.words)}. Choose another, or say who keeps the person safe until then."
        )
    if age is not None and not _takes_age(service, age):
        said.append(f"{service.name} is for {ages(service).lower()}. This person is {age}.")
    if not service.takes(Referrer.HEALTH):
        said.append(f"{service.name} takes referrals only from {referrers(service)}.")
    return said


def _low(text: str) -> str:
    return text[0].lower() + text[1:]


def _takes_age(service: Service, age: int) -> bool:
    return (service.youngest is None or age >= service.youngest) and (service.oldest is None or age <= service.oldest)


def ages(service: Service) -> str:
    """ "All ages", "18 and over", "Up to 17", "14 to 65"."""
    youngest, oldest = service.youngest, service.oldest
    if youngest is None and oldest is None:
        return "All ages"
    if oldest is None:
        return f"{youngest} and over"
    return f"Up to {oldest}" if youngest is None else f"{youngest} to {oldest}"


def referrers(service: Service) -> str:
    """Who may refer: "the police, health professionals", "anyone, including the person"."""
    return (
        Referrer.ANYONE.label if Referrer.ANYONE in service.refers else ", ".join(each.label for each in service.refers)
    )


def hours_in_words(service: Service, today: date) -> list[str]:
    """The week, bank holidays, and what differs from today on, a line each: "Mon to Fri: 09:00 to 17:00"."""
    lines = [f"{_days(pattern.days)}: {_hours((pattern,))}" for pattern in service.hours]
    if service.holidays != "usual":
        lines.append(f"Bank holidays: {_hours(service.holidays) if service.holidays != 'closed' else 'closed'}")
    for each in (each for each in service.exceptions if each.last >= today):
        days = day_in_words(each.first) + (f" to {day_in_words(each.last)}" if each.last > each.first else "")
        lines.append(
            f"{days}: {_hours(each.hours) if each.hours else 'closed'}" + (f" ({each.reason})" if each.reason else "")
        )
    return lines


def _days(days: Sequence[str]) -> str:
    """Days that follow one another as a span."""
    at = [WEEK.index(day) for day in days]
    if len(at) == len(WEEK):
        return "Every day"
    if len(at) > 2 and all((later - before) % 7 == 1 for before, later in pairwise(at)):
        return f"{days[0].title()} to {days[-1].title()}"
    return ", ".join(day.title() for day in days)


def _hours(hours: Iterable[Hours]) -> str:
    return ", ".join(_span(each) for each in hours)


def _span(hours: Hours) -> str:
    if hours.opens != hours.closes:
        return f"{hours.opens} to {hours.closes}"
    return "24 hours" if hours.opens == "00:00" else f"24 hours from {hours.opens}"


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


# --- search -------------------------------------------------------------------------------------------------------


def search(
    services: Iterable[Service], text: str = "", kind: str = "", labels: Mapping[str, str] | None = None
) -> list[Service]:
    """Services of this kind in which every word typed begins a word of name, area, address, note or what it is."""
    wanted = _words(text)
    found = []
    for each in services:
        if kind and kind not in each.kinds:
            continue
        what = " ".join((labels or {}).get(code, "") for code in each.kinds)
        has = _words(f"{each.name} {each.area} {each.address} {each.note} {what}")
        if all(any(word.startswith(want) for word in has) for want in wanted):
            found.append(each)
    return sorted(found, key=lambda each: each.name)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("é", "e"))


_ORDER = {ServiceState.OPEN: 0, ServiceState.CLOSED: 1, ServiceState.STALE: 2, ServiceState.GONE: 3}


def ranked(
    services: Iterable[Service], now: datetime, days_off: Iterable[date], stale_days: int
) -> list[tuple[Service, ServiceStatus]]:
    """Each with where it stands: what is open first, what is closed for good last."""
    made = [(each, status(each, now, days_off, stale_days)) for each in services]
    return sorted(made, key=lambda pair: (_ORDER[pair[1].state], pair[0].name))

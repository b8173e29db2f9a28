"""The filters of the records: words, choices, days, pages; and when the centre is asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from field_app.ui.console.state import Console
from field_app.ui.forms.input_parsing import read_day, say_day
from field_app.ui.kit.widgets import TAGS
from sync.core.times import LONDON, instant, local
from sync.domain.catalogue.incident import Nature
from sync.domain.clinical.shifts import CARS

LONGEST = 200  # characters of a search the centre takes
FIRST_YEAR = 2000  # a day before that is a slip
SOON = 0.35  # seconds after the last key before the centre is asked
STANDINGS = [
    ("", "Any state"),
    *(
        (code, "Waiting for review" if code == "signed" else TAGS[code][0])
        for code in ("in-progress", "signed", "changed", "returned", "approved")
    ),
]
NATURES = [("", "Any nature"), *((nature.value, nature.label) for nature in Nature)]
ALL_CARS = [("", "Any car"), *((car, car) for car in CARS)]


@dataclass(frozen=True)
class RecordFilters:
    """What is asked for. Days as typed; `pages`: the marks of the pages gone through."""

    q: str = ""
    standing: str = ""
    nature: str = ""
    car: str = ""
    since: str = ""
    until: str = ""
    sort: str = "-opened"
    pages: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        return any((self.q.strip(), self.standing, self.nature, self.car, self.since.strip(), self.until.strip()))

    @property
    def too_long(self) -> bool:
        return len(self.q.strip()) > LONGEST

    def applied(self, now: datetime) -> str:
        """The filters that are used, in words; what cannot be read is not among them."""
        days = [
            f"opened {word} {say_day(day)}"
            for word, text in (("from", self.since), ("until", self.until))
            if (day := _day(text, now))
        ]
        lists = ((self.standing, STANDINGS), (self.nature, NATURES), (self.car, ALL_CARS))
        chosen = [label for picked, options in lists for code, label in options if picked and code == picked]
        words = [f"“{self.q.strip()}”"] if self.q.strip() and not self.too_long else []
        return ", ".join([*words, *chosen, *days])

    def query(self, now: datetime) -> dict[str, str]:
        """For the centre: days as instants, the last day included."""
        query = {name: getattr(self, name) for name in ("standing", "nature", "car", "sort")}
        query["q"] = self.q.strip()
        query["after"] = self.pages[-1] if self.pages else ""
        if since := _midnight(self.since, now):
            query["since"] = instant(since)
        if until := _midnight(self.until, now, days=1):
            query["until"] = instant(until)
        return query


def _midnight(typed: str, now: datetime, days: int = 0) -> datetime | None:
    """The beginning of a typed day in England, or of one some days later."""
    day = _day(typed, now)
    if day is None:
        return None
    day += timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def _day(typed: str, now: datetime) -> date | None:
    day = read_day(typed, local(now).date())
    return day if day and day.year >= FIRST_YEAR else None


def unreadable(typed: str, now: datetime) -> bool:
    return bool(typed.strip()) and _day(typed, now) is None


class FilterEntry:
    """The filters while they are entered. A key asks the centre once the typing pauses; anything else asks at once."""

    def __init__(self, console: Console):
        self.console = console
        self.settle: Callable[[RecordFilters], None] = lambda _: None
        self.cleared = 0  # fields are drawn anew only when something else than a key has changed them
        self._timer: asyncio.Task[None] | None = None

    @property
    def filters(self) -> RecordFilters:
        return self.console.filters or RecordFilters()

    def change(self, *, pause: bool = False, **changed: Any) -> None:
        """Changes fields of the filters; the first page is asked for unless `pages` says otherwise."""
        self.console.filters = filters = replace(self.filters, **{"pages": (), **changed})
        if self._timer:
            self._timer.cancel()
        if pause:
            self._timer = self.console.spawn(self._settle_soon(filters))
        else:
            self.settle(filters)

    def clear(self) -> None:
        self.cleared += 1
        self.change(**dict.fromkeys(("q", "standing", "nature", "car", "since", "until"), ""))

    async def _settle_soon(self, filters: RecordFilters) -> None:
        await asyncio.sleep(SOON)
        self.settle(filters)

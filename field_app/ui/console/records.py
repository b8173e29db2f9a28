"""Records: search, filters, sorting and pages, all done by the centre. A click opens the whole record."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import flet as ft

from field_app.desk import PAGE, Line, Page
from field_app.ui import theme as t
from field_app.ui.console import pieces as p
from field_app.ui.console.review import workbench
from field_app.ui.console.state import Asked, Console, use_asked
from field_app.ui.parts import TAGS, part, row
from field_app.ui.typed import read_day
from sync.domain.catalogue.incident import Nature
from sync.domain.shifts import CARS
from sync.domain.times import LONDON, clock, instant, local

SOON = 0.35  # seconds after the last key before the centre is asked
STANDINGS = [("", "Any state"), *((code, "Waiting for review" if code == "signed" else TAGS[code][0])
             for code in ("in-progress", "signed", "changed", "returned", "approved"))]  # fmt: skip
NATURES = [("", "Any nature"), *((nature.value, nature.label) for nature in Nature)]
ALL_CARS = [("", "Any car"), *((car, car) for car in CARS)]
COLS = (
    p.Col("Person or place", 0, ("label",)), p.Col("CAD reference", 150), p.Col("Opened", 128, ("-opened", "opened")),
    p.Col("Car", 70, ("car",)), p.Col("Nurse", 130), p.Col("Nature", 190), p.Col("Signed", 84, ("-signed", "signed")),
    p.Col("State", 170, ("standing",)),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
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

    def query(self, now: datetime) -> dict[str, str]:
        """For the centre: days as instants, the last day included."""
        asked = {name: getattr(self, name) for name in ("standing", "nature", "car", "sort")}
        asked["q"] = self.q.strip()
        asked["after"] = self.pages[-1] if self.pages else ""
        if since := _midnight(self.since, now):
            asked["since"] = instant(since)
        if until := _midnight(self.until, now, days=1):
            asked["until"] = instant(until)
        return asked


def _midnight(typed: str, now: datetime, days: int = 0) -> datetime | None:
    """The beginning of a typed day in England, or of one some days later."""
    day = read_day(typed, local(now).date())
    if day is None:
        return None
    day += timedelta(days=days)
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


def unreadable(typed: str, now: datetime) -> bool:
    return bool(typed.strip()) and read_day(typed, local(now).date()) is None


class Asking:
    """What is being asked for. A key asks once the typing pauses; anything else asks at once."""

    def __init__(self, console: Console):
        self.console = console
        self.settle: Callable[[Wanted], None] = lambda _: None
        self.cleared = 0  # fields are drawn anew only when something else than a key has changed them
        self._timer: asyncio.Task[Any] | None = None

    @property
    def wanted(self) -> Wanted:
        return self.console.wanted or Wanted()

    def change(self, *, pause: bool = False, **changed: Any) -> None:
        self.console.wanted = made = replace(self.wanted, **{"pages": (), **changed})
        if self._timer:
            self._timer.cancel()
        if pause:
            self._timer = self.console.spawn(self._later(made))
        else:
            self.settle(made)

    def clear(self) -> None:
        self.cleared += 1
        self.change(**dict.fromkeys(("q", "standing", "nature", "car", "since", "until"), ""))

    async def _later(self, made: Wanted) -> None:
        await asyncio.sleep(SOON)
        self.settle(made)


@part
def records(console: Console) -> ft.Control:
    desk = console.desk
    asking, _ = ft.use_state(lambda: Asking(console))
    wanted, asking.settle = ft.use_state(asking.wanted)
    now = console.clock()
    query = wanted.query(now)
    asked = use_asked(
        console, "records", lambda: desk.incidents("all", limit=PAGE, **query), tuple(sorted(query.items()))
    )
    return records_view(console, wanted, asked, asking, now)


def records_view(console: Console, wanted: Wanted, asked: Asked[Page], asking: Asking, now: datetime) -> ft.Control:
    page = asked.value
    total = page.total if page else 0
    under = (
        ("" if asked.error else "Asking the centre …")
        if page is None
        else f"{total} record{'' if total == 1 else 's'}" + (" found" if wanted.narrowed else "")
    )
    clear = p.button("clear-filters", "Clear filters", lambda _: asking.clear(), icon=ft.Icons.FILTER_ALT_OFF_OUTLINED)
    inside = [
        _filters(console, wanted, asking, now), p.trouble(asked.error, asked.again),
        p.panel(_table(wanted, asked, asking, now, console), expand=True) if page or not asked.error else None,
    ]  # fmt: skip
    return p.screen("Records", under, [one for one in inside if one], [clear] if wanted.narrowed else [])


@part
def search_box(asking: Asking, _cleared: int) -> ft.Control:
    return p.field(
        asking.console, "search", "Search", asking.wanted.q, lambda text: asking.change(pause=True, q=text), autofocus=True,
        hint_text="Name, NHS number, place, CAD reference or nurse", prefix_icon=ft.Icon(ft.Icons.SEARCH, size=18, color=t.QUIET),
        on_submit=lambda _: asking.change(),
    )  # fmt: skip


@part
def day_box(asking: Asking, name: str, label: str, wrong: bool, _cleared: int) -> ft.Control:
    made = p.field(
        asking.console, f"filter-{name}", label, getattr(asking.wanted, name), lambda text: asking.change(pause=True, **{name: text}),
        wrong=wrong, hint_text="22/11/26", on_submit=lambda _: asking.change(),
    )  # fmt: skip
    return p.labelled("Day, month, year" if wrong else label, made, width=116)


def _filters(console: Console, wanted: Wanted, asking: Asking, now: datetime) -> ft.Control:
    days = [
        day_box(asking, name, label, unreadable(getattr(wanted, name), now), asking.cleared, key=name)
        for name, label in (("since", "Opened from"), ("until", "Opened until"))
    ]
    return row(
        [
            p.labelled("Search", search_box(asking, asking.cleared, key="search"), expand=True),
            p.labelled("State", p.picker("filter-standing", "State", wanted.standing, STANDINGS, lambda code: asking.change(standing=code)), width=176),
            p.labelled("Nature", p.picker("filter-nature", "Nature", wanted.nature, NATURES, lambda code: asking.change(nature=code)), width=214),
            p.labelled("Car", p.picker("filter-car", "Car", wanted.car, ALL_CARS, lambda code: asking.change(car=code)), width=110),
            *days,
        ], 12, vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip


def _table(wanted: Wanted, asked: Asked[Page], asking: Asking, now: datetime, console: Console) -> ft.Control:
    page = asked.value
    if page is None:
        return p.busy_line(asked.busy)
    if not page.lines:
        if wanted.narrowed:
            return p.empty("records-empty", ft.Icons.SEARCH_OFF, "No record is like this",
                           "Use fewer words, or take a filter away. All words must be found.", p.button(
                               "clear-filters-here", "Clear filters", lambda _: asking.clear()))  # fmt: skip
        return p.empty("records-empty", ft.Icons.FOLDER_OPEN_OUTLINED, "There are no records yet",
                       "They come here as phones send them. Phones shows which have unsent work.",
                       p.button("go-to-phones", "Phones", lambda _: console.go("phones")))  # fmt: skip
    rows = [_row(console, one, now) for one in page.lines]
    head = p.table_head(COLS, wanted.sort, lambda sort: asking.change(sort=sort))
    return ft.Column(
        [head, p.busy_line(asked.busy), ft.ListView(rows, spacing=0, expand=True, padding=0, key=str(wanted.pages)), _pages(wanted, page, asking)],
        spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip


def _row(console: Console, one: Line, now: datetime) -> ft.Control:
    nature = next((said for code, said in NATURES if code == one.nature and code), "")
    about = row(
        [p.strong(one.label, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True), p.clash_chip(one.clashes)], 8
    )
    signed = _when(one.signed_at, now) if one.signed_at else "–"
    cells = [
        about, p.one_line(one.cad_ref or "–", size=13), p.one_line(_when(one.opened_at, now), size=13), p.one_line(one.car or "–", size=13),
        p.one_line(one.author_name, size=13), p.one_line(nature or "–", size=13), p.one_line(signed, size=13), p.standing_chip(one.standing),
    ]  # fmt: skip
    return p.table_row(
        "row-" + one.incident_id,
        cells,
        COLS,
        lambda _: console.go("record", one.incident_id),
        key=one.incident_id,
        height=42,
    )


def _when(at: datetime, now: datetime) -> str:
    """Time alone for today, the day with it else, the year if it is another."""
    here, today = local(at), local(now)
    if here.date() == today.date():
        return clock(at)
    year = f" {here:%Y}" if here.year != today.year else ""
    return f"{here.day} {here:%b}{year} {here:%H:%M}"


def _pages(wanted: Wanted, page: Page, asking: Asking) -> ft.Control:
    first = len(wanted.pages) * PAGE + 1
    said = f"{first}–{first + len(page.lines) - 1} of {page.total}"
    back = (lambda _: asking.change(pages=wanted.pages[:-1])) if wanted.pages else None
    on = (lambda _: asking.change(pages=(*wanted.pages, page.after))) if page.after else None
    return ft.Container(
        row([ft.Container(p.quiet(said), expand=True), p.button("previous-page", "Previous", back, icon=ft.Icons.CHEVRON_LEFT),
             p.button("next-page", "Next", on, icon=ft.Icons.CHEVRON_RIGHT)], 8),
        padding=ft.Padding.symmetric(horizontal=16, vertical=8), border=ft.Border.only(top=ft.BorderSide(1, t.LINE)),
    )  # fmt: skip


@part
def one_record(console: Console, incident_id: str) -> ft.Control:
    """A record opened from the board or from the records."""
    _, redraw = ft.use_state(0)
    back = p.small_link("back", "Back to the records", lambda _: console.go("records"), ft.Icons.ARROW_BACK)
    return ft.Column(
        [
            ft.Row([ft.Container(back, padding=ft.Padding.only(left=18, top=10))]),
            workbench(console, incident_id, 0, lambda _: None, lambda _: redraw(lambda count: count + 1), key="bench-" + incident_id),
        ], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip

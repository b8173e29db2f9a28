"""Records: search, filters, sorting and pages, all done by the centre. A click opens the whole record."""

from datetime import datetime
from functools import partial

import flet as ft

from field_app.desk.desk import PAGE
from field_app.desk.desk_models import DeskLine, DeskPage
from field_app.ui.console import tables
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button, small_link
from field_app.ui.console.fields import field, labelled, picker
from field_app.ui.console.filters import ALL_CARS, LONGEST, NATURES, STANDINGS, FilterEntry, RecordFilters, unreadable
from field_app.ui.console.layout import Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.review import under_faces, workbench
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_redraw, use_value
from field_app.ui.kit.widgets import filling, row, stack
from sync.core.times import clock, local

PICKED = (("standing", "State", STANDINGS, 176), ("nature", "Nature", NATURES, 214), ("car", "Car", ALL_CARS, 110))
DAYS = (("since", "Opened from"), ("until", "Opened until"))
COLS = (
    Col("Person or place", 0, ("label",)),
    Col("CAD reference", 150),
    Col("Opened", 128, ("-opened", "opened")),
    Col("Car", 70, ("car",)),
    Col("Nurse", 130),
    Col("Nature", 190),
    Col("Signed", 84, ("-signed", "signed")),
    Col("State", 170, ("standing",)),
)


@part
def records(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    entry, _ = use_value(lambda: FilterEntry(console))
    filters, entry.settle = use_value(entry.filters)
    now = console.clock()
    query = filters.query(now)

    def ask() -> DeskPage:
        return DeskPage() if filters.too_long else desk.incidents("all", limit=PAGE, **query)

    polled = use_polled(console, "records", ask, tuple(sorted(query.items())))
    return records_view(layout, filters, polled, entry, now)


def records_view(
    layout: Layout, filters: RecordFilters, polled: Polled[DeskPage], entry: FilterEntry, now: datetime
) -> ft.Control:
    clear = button("clear-filters", "Clear filters", lambda _: entry.clear(), icon=ft.Icons.FILTER_ALT_OFF_OUTLINED)
    shown = polled.value is not None or not polled.error
    inside = [
        _filters(layout, filters, entry, now),
        *_ignored(filters, now),
        trouble_view(polled),
        w.panel(_table(layout, filters, polled, entry, now), expand=not layout.flows) if shown else None,
    ]
    return w.screen(layout, "Records", _count(filters, polled, now), inside, [clear] if filters.narrowed else [])


def _count(filters: RecordFilters, polled: Polled[DeskPage], now: datetime) -> str:
    """How many there are, and which filters that is by."""
    if filters.too_long:
        return "Nothing was searched"
    if polled.value is None:
        return "" if polled.error else "Asking the centre …"
    total, applied = polled.value.total, filters.applied(now)
    count = f"{total:,} record{'' if total == 1 else 's'}"
    return f"{count}: {applied}" if applied else f"{count}, no filter"


def _ignored(filters: RecordFilters, now: datetime) -> list[ft.Control]:
    """What was typed and is not used."""
    days = [(label, getattr(filters, name)) for name, label in DAYS if unreadable(getattr(filters, name), now)]
    return [
        w.banner(
            "day-ignored",
            f"“{typed.strip()[:40]}” is not a date, so “{label}” is not used",
            "The list is not narrowed by it. Type day, month, year: 22/11/26.",
            grave=True,
        )
        for label, typed in days
    ]


# --- search and filters -------------------------------------------------------------------------------------------


@part
def search_box(entry: FilterEntry, _cleared: int) -> ft.Control:
    return field(
        entry.console,
        "search",
        "Search",
        entry.filters.q,
        lambda text: entry.change(pause=True, q=text),
        autofocus=True,
        hint_text="Name, NHS number, place, CAD reference or nurse",
        prefix_icon=ft.Icon(ft.Icons.SEARCH, size=18, color=t.QUIET),
        on_submit=lambda _: entry.change(),
    )


@part
def day_box(entry: FilterEntry, name: str, label: str, wrong: bool, _cleared: int) -> ft.Control:
    box = field(
        entry.console,
        f"filter-{name}",
        label,
        getattr(entry.filters, name),
        lambda text: entry.change(pause=True, **{name: text}),
        wrong=wrong,
        hint_text="22/11/26",
        on_submit=lambda _: entry.change(),
    )
    return labelled(label, box, width=116)


def _filters(layout: Layout, filters: RecordFilters, entry: FilterEntry, now: datetime) -> ft.Control:
    """The search and the filters in one line, or in lines under one another."""

    def pick(name: str, code: str) -> None:
        entry.change(**{name: code})  # type: ignore[arg-type]

    def choice(name: str, label: str, options: list[tuple[str, str]], width: float) -> ft.Control:
        box = picker(f"filter-{name}", label, getattr(filters, name), options, partial(pick, name))
        return labelled(label, box, width=width)

    search = labelled("Search", search_box(entry, entry.cleared, key="search"), expand=layout.panes == 3)
    choices = [choice(*picked) for picked in PICKED]
    days = [
        day_box(entry, name, label, unreadable(getattr(filters, name), now), entry.cleared, key=name)
        for name, label in DAYS
    ]
    if layout.panes == 3:
        return row([search, *choices, *days], 12, top=True)
    return stack([search, row([*choices, *days], 12, wrap=True, run_spacing=10)], 10)


# --- the list -----------------------------------------------------------------------------------------------------


def _table(
    layout: Layout, filters: RecordFilters, polled: Polled[DeskPage], entry: FilterEntry, now: datetime
) -> ft.Control:
    page, fills = polled.value, not layout.flows
    if filters.too_long:
        why = f"It is {len(filters.q.strip())} characters long; up to {LONGEST} can be looked for. Shorten it."
        return w.empty("search-too-long", ft.Icons.SEARCH_OFF, "The search is too long", why, fills=fills)
    if page is None:
        return w.busy_line(polled.busy)
    if not page.lines:
        return _none(filters, entry, fills)
    rows = [_row(entry.console, line, now) for line in page.lines]
    head = tables.table_head(COLS, filters.sort, lambda sort: entry.change(sort=sort))
    over, foot = [w.busy_line(polled.busy)], _pages(filters, page, entry)
    key = str(filters.pages)
    return tables.table(COLS, rows, layout.inside, fills=fills, head=head, over=over, foot=foot, key=key)


def _none(filters: RecordFilters, entry: FilterEntry, fills: bool) -> ft.Control:
    if filters.narrowed:
        clear = button("clear-filters-here", "Clear filters", lambda _: entry.clear())
        what, why = "No record is like this", "Use fewer words, or take a filter away. All words must be found."
        return w.empty("records-empty", ft.Icons.SEARCH_OFF, what, why, clear, fills=fills)
    phones = button("go-to-phones", "Phones", lambda _: entry.console.go("phones"))
    what = "There are no records yet"
    why = "They come here as phones send them. Phones shows which have unsent work."
    return w.empty("records-empty", ft.Icons.FOLDER_OPEN_OUTLINED, what, why, phones, fills=fills)


def _row(console: Console, line: DeskLine, now: datetime) -> ft.Control:
    nature = next((label for code, label in NATURES if code == line.nature and code), "")
    texts = [
        line.cad_ref or "–",
        _when(line.opened_at, now),
        line.car or "–",
        line.author_name,
        nature or "–",
        _when(line.signed_at, now) if line.signed_at else "–",
    ]
    cells = [
        row([w.strong(line.label, **w.ONE_LINE, expand=True), w.clash_chip(line.clashes)], 8),
        *(w.one_line(text, size=13) for text in texts),
        w.standing_chip(line.standing),
    ]

    def open_it(_: ft.Event) -> None:
        console.go("record", line.incident_id)

    return tables.table_row("row-" + line.incident_id, cells, COLS, open_it, key=line.incident_id, height=42)


def _when(at: datetime, now: datetime) -> str:
    """Time alone for today, the day with it else, the year if it is another."""
    then, today = local(at), local(now)
    if then.date() == today.date():
        return clock(at)
    year = f" {then:%Y}" if then.year != today.year else ""
    return f"{then.day} {then:%b}{year} {then:%H:%M}"


def _pages(filters: RecordFilters, page: DeskPage, entry: FilterEntry) -> ft.Control:
    first = len(filters.pages) * PAGE + 1
    place = f"{first}–{first + len(page.lines) - 1} of {page.total}"
    back = (lambda _: entry.change(pages=filters.pages[:-1])) if filters.pages else None
    on = (lambda _: entry.change(pages=(*filters.pages, page.after))) if page.after else None
    inside = [
        ft.Container(w.quiet(place), expand=True),
        button("previous-page", "Previous", back, icon=ft.Icons.CHEVRON_LEFT),
        button("next-page", "Next", on, icon=ft.Icons.CHEVRON_RIGHT),
    ]
    padding = ft.Padding.symmetric(horizontal=16, vertical=8)
    return ft.Container(row(inside, 8), padding=padding, border=t.line_above())


@part
def one_record(console: Console, layout: Layout, incident_id: str) -> ft.Control:
    """A record opened from the board or from the records."""
    redraw = use_redraw()

    def turn(face: str) -> None:
        console.face = face
        redraw()

    def stay(_: int) -> None:
        """Here J and K lead nowhere."""

    def decided(_: str) -> None:
        turn("record")

    key = "bench-" + incident_id
    bench = workbench(console, layout, console.face, turn, incident_id, 0, stay, decided, key=key)
    if layout.panes == 1 and console.may("change.review"):
        bench = under_faces({"record": "Record", "decision": "Decision"}, console.face, turn, bench)
    back = small_link("back", "Back to the records", lambda _: console.go("records"), ft.Icons.ARROW_BACK)
    over = ft.Row([ft.Container(back, padding=ft.Padding.only(left=18 if layout.panes > 1 else 8, top=8))])
    return filling([over, ft.Container(bench, expand=True)])

"""Records: search, filters, sorting and pages, all done by the centre. A click opens the whole record."""

from datetime import datetime
from functools import partial

import flet as ft

from field_app.desk.desk import PAGE
from field_app.desk.desk_models import DeskLine, DeskPage
from field_app.ui.console import tables
from field_app.ui.console import widgets as p
from field_app.ui.console.filters import ALL_CARS, LONGEST, NATURES, STANDINGS, Asking, RecordFilters, unreadable
from field_app.ui.console.layout import Room
from field_app.ui.console.polling import Polled, use_asked
from field_app.ui.console.review import under_faces, workbench
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.widgets import row, stack
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
def records(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    asking, _ = ft.use_state(lambda: Asking(console))
    wanted, asking.settle = ft.use_state(asking.wanted)
    now = console.clock()
    query = wanted.query(now)

    def ask() -> DeskPage:
        return DeskPage() if wanted.too_long else desk.incidents("all", limit=PAGE, **query)

    asked = use_asked(console, "records", ask, tuple(sorted(query.items())))
    return records_view(console, room, wanted, asked, asking, now)


def records_view(
    console: Console, room: Room, wanted: RecordFilters, asked: Polled[DeskPage], asking: Asking, now: datetime
) -> ft.Control:
    clear = p.button("clear-filters", "Clear filters", lambda _: asking.clear(), icon=ft.Icons.FILTER_ALT_OFF_OUTLINED)
    shown = asked.value is not None or not asked.error
    inside = [
        _filters(room, wanted, asking, now),
        *_ignored(wanted, now),
        p.trouble(asked.error, asked.again),
        p.panel(_table(room, wanted, asked, asking, now, console), expand=not room.flows) if shown else None,
    ]
    under = _count(wanted, asked, now)
    return p.screen(room, "Records", under, [one for one in inside if one], [clear] if wanted.narrowed else [])


def _count(wanted: RecordFilters, asked: Polled[DeskPage], now: datetime) -> str:
    """How many there are, and which filters that is by."""
    if wanted.too_long:
        return "Nothing was searched"
    if asked.value is None:
        return "" if asked.error else "Asking the centre …"
    total, applied = asked.value.total, wanted.applied(now)
    said = f"{total:,} record{'' if total == 1 else 's'}"
    return f"{said}: {applied}" if applied else f"{said}, no filter"


def _ignored(wanted: RecordFilters, now: datetime) -> list[ft.Control]:
    """What was typed and is not used."""
    days = [(label, getattr(wanted, name)) for name, label in DAYS if unreadable(getattr(wanted, name), now)]
    return [
        p.banner(
            "day-ignored",
            f"“{typed.strip()[:40]}” is not a date, so “{label}” is not used",
            "The list is not narrowed by it. Type day, month, year: 22/11/26.",
            grave=True,
        )
        for label, typed in days
    ]


@part
def search_box(asking: Asking, _cleared: int) -> ft.Control:
    return p.field(
        asking.console,
        "search",
        "Search",
        asking.wanted.q,
        lambda text: asking.change(pause=True, q=text),
        autofocus=True,
        hint_text="Name, NHS number, place, CAD reference or nurse",
        prefix_icon=ft.Icon(ft.Icons.SEARCH, size=18, color=t.QUIET),
        on_submit=lambda _: asking.change(),
    )


@part
def day_box(asking: Asking, name: str, label: str, wrong: bool, _cleared: int) -> ft.Control:
    made = p.field(
        asking.console,
        f"filter-{name}",
        label,
        getattr(asking.wanted, name),
        lambda text: asking.change(pause=True, **{name: text}),
        wrong=wrong,
        hint_text="22/11/26",
        on_submit=lambda _: asking.change(),
    )
    return p.labelled(label, made, width=116)


def _filters(room: Room, wanted: RecordFilters, asking: Asking, now: datetime) -> ft.Control:
    """The search and the filters in one line, or in lines under one another."""

    def pick(name: str, code: str) -> None:
        asking.change(**{name: code})  # type: ignore[arg-type]

    search = p.labelled("Search", search_box(asking, asking.cleared, key="search"), expand=room.panes == 3)
    kinds = [
        p.labelled(
            label, p.picker(f"filter-{name}", label, getattr(wanted, name), options, partial(pick, name)), width=width
        )
        for name, label, options, width in PICKED
    ]
    days = [
        day_box(asking, name, label, unreadable(getattr(wanted, name), now), asking.cleared, key=name)
        for name, label in DAYS
    ]
    if room.panes == 3:
        return row([search, *kinds, *days], 12, vertical_alignment=ft.CrossAxisAlignment.START)
    return stack([search, row([*kinds, *days], 12, wrap=True, run_spacing=10)], 10)


def _table(
    room: Room, wanted: RecordFilters, asked: Polled[DeskPage], asking: Asking, now: datetime, console: Console
) -> ft.Control:
    page, fills = asked.value, not room.flows
    if wanted.too_long:
        said = f"It is {len(wanted.q.strip())} characters long; up to {LONGEST} can be looked for. Shorten it."
        return p.empty("search-too-long", ft.Icons.SEARCH_OFF, "The search is too long", said, fills=fills)
    if page is None:
        return p.busy_line(asked.busy)
    if not page.lines:
        return _none(console, wanted, asking, fills)
    rows = [_row(console, one, now) for one in page.lines]
    head = tables.table_head(COLS, wanted.sort, lambda sort: asking.change(sort=sort))
    return tables.table(
        COLS,
        rows,
        room.inside,
        fills=fills,
        head=head,
        over=[p.busy_line(asked.busy)],
        foot=_pages(wanted, page, asking),
        key=str(wanted.pages),
    )


def _none(console: Console, wanted: RecordFilters, asking: Asking, fills: bool) -> ft.Control:
    if wanted.narrowed:
        clear = p.button("clear-filters-here", "Clear filters", lambda _: asking.clear())
        return p.empty(
            "records-empty",
            ft.Icons.SEARCH_OFF,
            "No record is like this",
            "Use fewer words, or take a filter away. All words must be found.",
            clear,
            fills=fills,
        )
    phones = p.button("go-to-phones", "Phones", lambda _: console.go("phones"))
    return p.empty(
        "records-empty",
        ft.Icons.FOLDER_OPEN_OUTLINED,
        "There are no records yet",
        "They come here as phones send them. Phones shows which have unsent work.",
        phones,
        fills=fills,
    )


def _row(console: Console, one: DeskLine, now: datetime) -> ft.Control:
    nature = next((said for code, said in NATURES if code == one.nature and code), "")
    about = row(
        [p.strong(one.label, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True), p.clash_chip(one.clashes)], 8
    )
    signed = _when(one.signed_at, now) if one.signed_at else "–"
    cells = [
        about,
        p.one_line(one.cad_ref or "–", size=13),
        p.one_line(_when(one.opened_at, now), size=13),
        p.one_line(one.car or "–", size=13),
        p.one_line(one.author_name, size=13),
        p.one_line(nature or "–", size=13),
        p.one_line(signed, size=13),
        p.standing_chip(one.standing),
    ]
    return tables.table_row(
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


def _pages(wanted: RecordFilters, page: DeskPage, asking: Asking) -> ft.Control:
    first = len(wanted.pages) * PAGE + 1
    said = f"{first}–{first + len(page.lines) - 1} of {page.total}"
    back = (lambda _: asking.change(pages=wanted.pages[:-1])) if wanted.pages else None
    on = (lambda _: asking.change(pages=(*wanted.pages, page.after))) if page.after else None
    return ft.Container(
        row(
            [
                ft.Container(p.quiet(said), expand=True),
                p.button("previous-page", "Previous", back, icon=ft.Icons.CHEVRON_LEFT),
                p.button("next-page", "Next", on, icon=ft.Icons.CHEVRON_RIGHT),
            ],
            8,
        ),
        padding=ft.Padding.symmetric(horizontal=16, vertical=8),
        border=ft.Border.only(top=ft.BorderSide(1, t.LINE)),
    )


@part
def one_record(console: Console, room: Room, incident_id: str) -> ft.Control:
    """A record opened from the board or from the records."""
    _, redraw = ft.use_state(0)

    def turn(face: str) -> None:
        console.face = face
        redraw(lambda count: count + 1)

    back = p.small_link("back", "Back to the records", lambda _: console.go("records"), ft.Icons.ARROW_BACK)
    bench = workbench(
        console,
        room,
        console.face,
        turn,
        incident_id,
        0,
        lambda _: None,
        lambda _: turn("record"),
        key="bench-" + incident_id,
    )
    reviews = console.may("change.review")
    if room.panes == 1 and reviews:
        bench = under_faces({"record": "Record", "decision": "Decision"}, console.face, turn, bench)
    over = ft.Row([ft.Container(back, padding=ft.Padding.only(left=18 if room.panes > 1 else 8, top=8))])
    return ft.Column(
        [over, ft.Container(bench, expand=True)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

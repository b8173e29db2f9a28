"""Tables of the desk. One that is wider than its place scrolls in a box of its own; the page never does."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.ui.console.widgets import FAINT
from field_app.ui.kit import theme as t
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import marked, named, row, words

ROW, GAP, SIDE = 52, 16, 16
LEAST = 220  # of a column that takes what is left


@dataclass(frozen=True)
class Col:
    """A column: its words, its width (0: what is left), and by what the centre sorts it, first up then down."""

    title: str
    width: float = 0
    sorts: tuple[str, ...] = ()


def least(cols: Sequence[Col]) -> float:
    """The width below which a table scrolls."""
    return sum(col.width or LEAST for col in cols) + GAP * (len(cols) - 1) + 2 * SIDE


def table(
    cols: Sequence[Col],
    rows: list[ft.Control],
    wide: float,
    *,
    fills: bool,
    head: ft.Control | None = None,
    over: Iterable[ft.Control] = (),
    foot: ft.Control | None = None,
    key: str = "",
) -> ft.Control:
    """`wide`: the room there is. `fills`: as high as there is room, the rows scrolling; else as high as its rows."""
    body: ft.Control = (
        ft.ListView(rows, spacing=0, expand=True, padding=0, key=key or None)
        if fills
        else ft.Column(rows, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    )
    inner = ft.Column(
        [head or table_head(cols), *over, body],
        spacing=0,
        expand=fills,
        tight=not fills,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    grid: ft.Control = inner
    if (needed := least(cols)) > wide:
        across = ft.CrossAxisAlignment.STRETCH if fills else ft.CrossAxisAlignment.START
        whole = ft.Container(inner, width=needed, padding=ft.Padding.only(bottom=14))
        grid = ft.Row([whole], scroll=ft.ScrollMode.ALWAYS, expand=fills, vertical_alignment=across)
    return ft.Column(
        [grid, *([foot] if foot else [])],
        spacing=0,
        expand=fills,
        tight=not fills,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _cell(content: ft.Control, col: Col) -> ft.Control:
    return ft.Container(content, width=col.width or None, expand=not col.width, alignment=ft.Alignment.CENTER_LEFT)


def table_head(cols: Sequence[Col], sort: str = "", on_sort: Callable[[str], object] | None = None) -> ft.Control:
    return ft.Container(
        ft.Row([_cell(_head(col, sort, on_sort), col) for col in cols], spacing=GAP),
        height=36,
        padding=ft.Padding.symmetric(horizontal=SIDE),
        bgcolor=FAINT,
        border=t.line_below(),
    )


def _head(col: Col, sort: str, on_sort: Callable[[str], object] | None) -> ft.Control:
    title = words(col.title, 12, bold=True, color=t.TEXT if sort in col.sorts and sort else t.QUIET)
    if not (col.sorts and on_sort):
        return title
    choose = on_sort
    place = col.sorts.index(sort) if sort in col.sorts else -1
    following = col.sorts[(place + 1) % len(col.sorts)]
    arrow = ft.Icons.ARROW_DOWNWARD if sort.startswith("-") else ft.Icons.ARROW_UPWARD
    name = "sort-" + col.sorts[0].lstrip("-")
    face = ft.Container(
        row([title, ft.Icon(arrow, size=14, color=t.TEXT) if place >= 0 else None], 2, tight=True),
        on_click=once(name, lambda _: choose(following)),
        padding=ft.Padding.symmetric(horizontal=4, vertical=4),
        margin=ft.Margin.only(left=-4),
        border_radius=4,
        ink=True,
    )
    return named(name, face, label="Sort by", button=True)


def table_row(
    name: str,
    cells: Sequence[ft.Control],
    cols: Sequence[Col],
    on_click: Handler | None = None,
    *,
    height: float = ROW,
    **about: Any,
) -> ft.Control:
    in_columns = [_cell(cell, col) for cell, col in zip(cells, cols, strict=True)]
    box = ft.Container(
        ft.Row(in_columns, spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.CENTER),
        height=height,
        on_click=once(name, on_click),
        padding=ft.Padding.symmetric(horizontal=SIDE),
        border=t.line_below(),
        ink=on_click is not None,
        bgcolor=t.SURFACE,
    )
    if on_click is None:
        return marked(name, box, **about)
    return named(name, box, button=True, **about)

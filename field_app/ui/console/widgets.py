"""Small pieces of the desk: denser than the phone's, from the same colours. Plain functions, controls out.

Type: 20 for a screen's title, 15 for a heading, 14 for what is read, 13 for what stands beside it, 12 for labels.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from field_app.ui.console.layout import Layout
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import TAGS, Controls, filling, heading, marked, row, stack, words
from sync.core.times import span

CONTROL = 38  # the height of a field or a button
FAINT = ft.Colors.SURFACE_CONTAINER_HIGHEST
ONE_LINE: dict[str, Any] = {"max_lines": 1, "overflow": ft.TextOverflow.ELLIPSIS}


def text(content: str, size: float = 14, **about: Any) -> ft.Text:
    return words(content, size, **about)


def strong(content: str, size: float = 14, **about: Any) -> ft.Text:
    return words(content, size, bold=True, **about)


def quiet(content: str, size: float = 13, color: ft.ColorValue = t.QUIET, **about: Any) -> ft.Text:
    return words(content, size, color=color, **about)


def one_line(content: str, size: float = 14, **about: Any) -> ft.Text:
    return words(content, size, **ONE_LINE, **about)


def title(content: str, size: float = 20, level: int = 1) -> ft.Control:
    return heading(content, size, level)


def screen(
    layout: Layout, head: str, under: str, inside: Controls, actions: Controls = (), *, fills: bool | None = None
) -> ft.Control:
    """A screen: its title with a line under it, what can be done on the right, and what it shows.

    It `fills` the window, its lists scrolling by themselves, or it scrolls as a whole.
    """
    heads = stack([title(head), quiet(under) if under else None], 2, expand=True)
    top = row([heads, *actions], 12, vertical_alignment=ft.CrossAxisAlignment.END)
    space = ft.Padding.only(left=layout.side, right=layout.side, top=20, bottom=20)
    if layout.flows if fills is None else not fills:
        return filling([ft.Container(stack([top, *inside], 16), padding=space)], scroll=ft.ScrollMode.AUTO)
    return ft.Container(filling([top, *inside], 16), padding=space, expand=True)


def abreast(controls: Sequence[ft.Control], count: int, spacing: float = 12) -> ft.Control:
    """So many beside each other, the rest under them."""
    lines = [list(controls[at : at + count]) for at in range(0, len(controls), count)]
    for line in lines:
        line += [ft.Container(expand=True) for _ in range(count - len(line) if len(lines) > 1 else 0)]
    across = ft.CrossAxisAlignment.STRETCH
    rows = [ft.Row(line, spacing=spacing, intrinsic_height=True, vertical_alignment=across) for line in lines]
    return stack(rows, spacing)


def panel(content: ft.Control, *, pad: ft.PaddingValue = 0, **about: Any) -> ft.Container:
    return ft.Container(
        content,
        padding=pad,
        bgcolor=t.SURFACE,
        border_radius=8,
        border=ft.Border.all(1, t.LINE),
        clip_behavior=ft.ClipBehavior.HARD_EDGE,
        **about,
    )


def rule() -> ft.Control:
    return ft.Container(height=1, bgcolor=t.LINE)


# --- where things stand -------------------------------------------------------------------------------------------


def chip(content: str, ink: ft.ColorValue, ground: ft.ColorValue, icon: ft.IconData | None = None) -> ft.Control:
    sign = ft.Icon(icon, size=14, color=ink) if icon else None
    inside = row([sign, words(content, 12, bold=True, color=ink)], 4, tight=True)
    return ft.Container(inside, padding=ft.Padding.symmetric(horizontal=7, vertical=2), bgcolor=ground, border_radius=5)


def standing_chip(state: str) -> ft.Control:
    if state == "signed":
        return chip("Waiting for review", t.ON_CHOSEN, t.CHOSEN, ft.Icons.RATE_REVIEW_OUTLINED)
    if state == "in-progress":
        return chip("In progress", t.QUIET, FAINT, ft.Icons.EDIT_OUTLINED)
    label, icon, ink, ground = TAGS.get(state, (state, ft.Icons.CIRCLE_OUTLINED, t.QUIET, FAINT))
    return chip(label, ink, ground, icon)


def clash_chip(count: int) -> ft.Control | None:
    label = f"{count} clash{'' if count == 1 else 'es'}"
    return chip(label, t.ON_WARN, t.WARN, ft.Icons.CALL_SPLIT) if count else None


def banner(name: str, what: str, advice: str, *, grave: bool = False, action: ft.Control | None = None) -> ft.Control:
    """A line across: a note or a warning, with its icon and its words."""
    ground, ink, edge = (t.WRONG, t.ON_WRONG, t.ALERT) if grave else (t.WARN, t.ON_WARN, t.WARN_EDGE)
    lines = stack([strong(what, color=ink), quiet(advice, color=ink) if advice else None], 1, expand=True)
    sign = ft.Icon(ft.Icons.ERROR_OUTLINE if grave else ft.Icons.INFO_OUTLINE, size=20, color=ink)
    box = ft.Container(
        row([sign, lines, action], 10),
        bgcolor=ground,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        border_radius=6,
        border=ft.Border.only(left=ft.BorderSide(3, edge)),
    )
    return marked(name, box, live_region=True)


def empty(
    name: str, icon: ft.IconData, what: str, next_step: str, action: ft.Control | None = None, *, fills: bool = True
) -> ft.Control:
    """Nothing here, and what to do next."""
    centre = ft.Alignment.CENTER
    sign = ft.Icon(icon, size=28, color=t.QUIET)
    inside = ft.Column(
        [
            ft.Container(sign, bgcolor=FAINT, width=56, height=56, border_radius=28, alignment=centre),
            strong(what, size=16, text_align=ft.TextAlign.CENTER),
            ft.Container(quiet(next_step, size=14, text_align=ft.TextAlign.CENTER), width=380),
            *([action] if action else []),
        ],
        spacing=10,
        tight=not fills,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    return marked(name, ft.Container(inside, alignment=centre, expand=fills, padding=32), expand=fills)


def busy_line(busy: bool) -> ft.Control:
    """A thin line that moves while something is on its way; it keeps its place when it does not."""
    if not busy:
        return ft.Container(height=2)
    bar = ft.ProgressBar(bar_height=2, color=t.LINK, bgcolor=ft.Colors.TRANSPARENT, height=2)
    return stack([bar], 0)  # a panel would stretch the bar itself


def two_lines(upper: str, lower: str, *, bold: bool = True) -> ft.Control:
    """What a row is about, and a quieter line under it."""
    first = words(upper, 14, bold=bold, **ONE_LINE)
    return stack([first, quiet(lower, **ONE_LINE) if lower else None], 1)


def ago(then: datetime, now: datetime) -> str:
    """ "just now", "12 min ago", "2 h 05 min ago"."""
    length = max(now - then, timedelta())
    return "just now" if length < timedelta(minutes=1) else f"{span(length)} ago"

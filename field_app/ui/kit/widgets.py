"""Small pieces every screen is built of. Plain functions: data and callbacks in, controls out.

`named` gives a control its identifier and its name for a screen reader: one node of the accessibility tree, so that
what is tapped is what is announced.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.activity import SCROLLED
from field_app.ui.kit.pressing import Handler as Handler
from field_app.ui.kit.pressing import once

Controls = Iterable[ft.Control | None]  # None where there is nothing to show


# --- Names and words ----------------------------------------------------------------------------------------------


def ident(text: str) -> str:
    """A stable identifier made of words: "Car 1" -> "car-1"."""
    return re.sub(r"[^a-z0-9_.]+", "-", text.lower()).strip("-")


def named(name: str, content: ft.Control, **about: Any) -> ft.Control:
    """One accessible node with a stable identifier; `about`: label, value, checked, expanded, button, header …"""
    outer = {key: about.pop(key) for key in ("expand", "key") if key in about}
    inner = ft.Semantics(identifier=name, content=content, **about)
    return ft.MergeSemantics(content=inner, **outer)


def marked(name: str, content: ft.Control, **about: Any) -> ft.Control:
    """A group with an identifier whose children keep their own names."""
    return ft.Semantics(identifier=name, content=content, **about)


def words(
    text: str, size: float = 16, *, bold: bool = False, color: ft.ColorValue | None = t.TEXT, **about: Any
) -> ft.Text:
    return ft.Text(text, size=size, weight=ft.FontWeight.W_600 if bold else None, color=color, **about)


def heading(text: str, size: float = 24, level: int = 1) -> ft.Control:
    shown = ft.Text(text, size=size, weight=ft.FontWeight.W_700, color=t.TEXT)
    return ft.Semantics(content=shown, header=True, heading_level=level, container=True)


def hint(text: str) -> ft.Text:
    return words(text, 14, color=t.QUIET)


# --- Beside and under one another ---------------------------------------------------------------------------------


def stack(controls: Controls, spacing: float = t.GAP, **about: Any) -> ft.Column:
    """Controls under one another, as wide as there is room."""
    present = [control for control in controls if control is not None]
    return ft.Column(present, spacing=spacing, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, **about)


def row(controls: Controls, spacing: float = t.GAP, *, top: bool = False, **about: Any) -> ft.Row:
    """Controls beside one another. `top`: they begin at one height, whatever theirs is."""
    if top:
        about["vertical_alignment"] = ft.CrossAxisAlignment.START
    return ft.Row([control for control in controls if control is not None], spacing=spacing, **about)


def filling(controls: Controls, spacing: float = 0, **about: Any) -> ft.Column:
    """Controls under one another that take all the room there is."""
    present = [control for control in controls if control is not None]
    across = ft.CrossAxisAlignment.STRETCH
    scrolled = SCROLLED if "scroll" in about else {}
    return ft.Column(present, spacing=spacing, expand=True, horizontal_alignment=across, **scrolled, **about)


def side_by_side(panes: Sequence[ft.Control], spacing: float = 0) -> ft.Row:
    """Panes that take all the room there is."""
    across = ft.CrossAxisAlignment.STRETCH
    return ft.Row(list(panes), spacing=spacing, expand=True, vertical_alignment=across)


# --- Cards and callouts -------------------------------------------------------------------------------------------


def card(
    controls: Controls, *, spacing: float = t.GAP, pad: ft.PaddingValue = 16, edge: ft.ColorValue = t.LINE, **about: Any
) -> ft.Container:
    border = ft.Border.all(1, edge)
    return ft.Container(
        stack(controls, spacing), padding=pad, bgcolor=t.SURFACE, border_radius=12, border=border, **about
    )


def tappable(
    name: str,
    content: ft.Control,
    on_click: Handler,
    *,
    edge: ft.ColorValue = t.LINE,
    pad: ft.PaddingValue = 16,
    **about: Any,
) -> ft.Control:
    """A card that is one large target."""
    box = ft.Container(
        content,
        padding=pad,
        bgcolor=t.SURFACE,
        border_radius=12,
        border=ft.Border.all(1, edge),
        ink=True,
        on_click=once(name, on_click),
    )
    return named(name, box, button=True, **about)


def callout(
    title: str, text: str = "", *, grave: bool = False, good: bool = False, name: str = "", under: Controls = ()
) -> ft.Control:
    """A quiet note, a warning, or that all is well. Never colour alone: the icon and the word say it too."""
    ground, ink, edge, icon = (t.WARN, t.ON_WARN, t.WARN_EDGE, ft.Icons.INFO_OUTLINE_ROUNDED)
    if grave:
        ground, ink, edge, icon = t.WRONG, t.ON_WRONG, t.ALERT, ft.Icons.WARNING_ROUNDED
    elif good:
        ground, ink, edge, icon = t.DONE, t.ON_DONE, t.GO, ft.Icons.CHECK_CIRCLE
    first = words(title, 16, bold=bool(text), color=ink)
    second = words(text, 16, color=ink) if text else None
    sign = ft.Icon(icon, color=edge if grave else ink, size=24)
    box = ft.Container(
        row([sign, stack([first, second, *under], 4, expand=True)], 12, top=True),
        padding=ft.Padding.only(left=14, right=16, top=12, bottom=12),
        bgcolor=ground,
        border_radius=8,
        border=ft.Border.only(left=ft.BorderSide(4, edge)),
    )
    return marked(name, box) if name else box


TAGS = {
    "not-started": ("Not started", ft.Icons.RADIO_BUTTON_UNCHECKED, t.QUIET, ft.Colors.SURFACE_CONTAINER_HIGHEST),
    "needed": ("Needed", ft.Icons.PRIORITY_HIGH, t.ON_WARN, t.WARN),
    "in-progress": ("In progress", ft.Icons.TIMELAPSE, t.ON_CHOSEN, t.CHOSEN),
    "done": ("Done", ft.Icons.CHECK_CIRCLE, t.ON_DONE, t.DONE),
    "needs-attention": ("Needs attention", ft.Icons.ERROR, t.ON_WARN, t.WARN),
    "signed": ("Signed", ft.Icons.CHECK_CIRCLE, t.ON_DONE, t.DONE),
    "changed": ("Changed since signed", ft.Icons.EDIT_NOTE, t.ON_WARN, t.WARN),
    "returned": ("Returned", ft.Icons.REPLY, t.ON_WARN, t.WARN),
    "approved": ("Approved", ft.Icons.VERIFIED, t.ON_DONE, t.DONE),
}


def tag(state: str) -> ft.Control:
    """Where something stands: a word and an icon."""
    text, icon, ink, ground = TAGS[state]
    return ft.Container(
        row([ft.Icon(icon, size=16, color=ink), words(text, 14, bold=True, color=ink)], 4, tight=True),
        padding=ft.Padding.symmetric(horizontal=8, vertical=4),
        bgcolor=ground,
        border_radius=8,
    )


def problem(text: str) -> ft.Control | None:
    """What is wrong with an answer: "Error:" is said, not only shown in red."""
    if not text:
        return None
    sign = ft.Icon(ft.Icons.ERROR, size=18, color=t.ALERT)
    return row([sign, words(text, 16, bold=True, color=t.ALERT, expand=True)], 6, top=True)

"""Buttons of the desk: one kind for what is decided, small ones for the rest."""

from typing import Any

import flet as ft

from field_app.ui.console.widgets import CONTROL, FAINT
from field_app.ui.kit import theme as t
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, row, words

KINDS: dict[str, tuple[ft.ColorValue, ft.ColorValue, ft.ColorValue | None]] = {  # ink, ground, edge
    "go": (t.ON_GO, t.GO, None),
    "plain": (t.LINK, t.SURFACE, t.LINK),
    "alert": (t.ALERT, t.SURFACE, t.ALERT),
}


def button(
    name: str,
    text: str,
    on_click: Handler | None,
    *,
    kind: str = "plain",
    icon: ft.IconData | None = None,
    key: str = "",
) -> ft.Control:
    """`kind`: go (the green one), plain, alert. `key`: the key that does the same."""
    ink, ground, edge = KINDS[kind]
    off = on_click is None
    colour = ft.Colors.with_opacity(0.45, t.TEXT) if off else ink
    style = ft.ButtonStyle(
        color=colour,
        icon_color=colour,
        bgcolor={ft.ControlState.DISABLED: FAINT, ft.ControlState.DEFAULT: ground},
        side=ft.BorderSide(1, edge) if edge and not off else ft.BorderSide(0, ft.Colors.TRANSPARENT),
        shape=ft.RoundedRectangleBorder(radius=6),
        elevation=0,
        icon_size=18,
        padding=ft.Padding.symmetric(horizontal=14, vertical=0),
    )
    sign = ft.Icon(icon, size=18, color=colour) if icon else None
    inside = [sign, words(text, 14, bold=True, color=colour), _key_cap(key, colour) if key else None]
    shown = row(inside, 8, tight=True, alignment=ft.MainAxisAlignment.CENTER)
    control = ft.FilledButton(content=shown, on_click=once(name, on_click), style=style, disabled=off, height=CONTROL)
    return named(name, control)


def _key_cap(key: str, colour: ft.ColorValue) -> ft.Control:
    return ft.Container(
        words(key, 11, bold=True, color=colour),
        padding=ft.Padding.symmetric(horizontal=5, vertical=1),
        border_radius=4,
        border=ft.Border.all(1, ft.Colors.with_opacity(0.5, colour)),
    )


def small_link(
    name: str, text: str, on_click: Handler, icon: ft.IconData | None = None, *, says: str = ""
) -> ft.Control:
    """`says`: its name for a screen reader, where the same words stand on several links."""
    style = ft.ButtonStyle(
        color=t.LINK,
        padding=ft.Padding.symmetric(horizontal=6, vertical=0),
        shape=ft.RoundedRectangleBorder(radius=6),
        icon_size=16,
        icon_color=t.LINK,
    )
    shown = words(text, 13, bold=True, color=t.LINK, semantics_label=says or None)
    return named(name, ft.TextButton(content=shown, icon=icon, on_click=once(name, on_click), style=style, height=28))


def icon_button(
    name: str, icon: ft.IconData, label: str, on_click: Handler, color: ft.ColorValue = t.LINK, size: float = 18
) -> ft.Control:
    about: dict[str, Any] = {"width": 32, "height": 32, "padding": 0, "tooltip": label}
    return named(
        name,
        ft.IconButton(icon=icon, icon_color=color, icon_size=size, on_click=once(name, on_click), **about),
        button=True,
    )

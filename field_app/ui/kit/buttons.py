"""Buttons: the green one, the others, links, icons. Each has an identifier and one name for a screen reader."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, row, words

Colour = ft.ColorValue


def _button_style(
    size: float, color: Colour, bgcolor: Colour, edge: Colour | None = None, pad: float = 20
) -> ft.ButtonStyle:
    faint = ft.Colors.with_opacity(0.38, t.TEXT)
    return ft.ButtonStyle(
        color={ft.ControlState.DISABLED: faint, ft.ControlState.DEFAULT: color},
        icon_color={ft.ControlState.DISABLED: faint, ft.ControlState.DEFAULT: color},
        bgcolor={ft.ControlState.DISABLED: ft.Colors.with_opacity(0.10, t.TEXT), ft.ControlState.DEFAULT: bgcolor},
        shape=ft.RoundedRectangleBorder(radius=12),
        elevation=0,
        icon_size=22,
        padding=ft.Padding.symmetric(horizontal=pad, vertical=14),
        side=ft.BorderSide(1.5, edge) if edge else None,
        text_style=t.text_style(size, ft.FontWeight.W_600),
    )


def primary(
    name: str,
    text: str,
    on_click: Handler | None,
    icon: ft.IconData | None = None,
    on_long_press: Handler | None = None,
    **about: Any,
) -> ft.Control:
    """The one green button of a screen."""
    outer = {key: about.pop(key) for key in ("expand",) if key in about}
    button = ft.FilledButton(
        content=words(text, 18, bold=True, color=None, text_align=ft.TextAlign.CENTER),
        icon=icon,
        on_click=once(name, on_click),
        on_long_press=once(f"{name}-long", on_long_press),
        style=_button_style(18, t.ON_GO, t.GO),
        disabled=on_click is None,
        **about,
    )
    return named(name, button, **outer)


def secondary(
    name: str,
    text: str,
    on_click: Handler | None,
    icon: ft.IconData | None = None,
    *,
    alert: bool = False,
    says: str = "",
    **outer: Any,
) -> ft.Control:
    """`says`: its name for a screen reader, where the same text stands on several buttons."""
    color = t.ALERT if alert else t.LINK
    button = ft.OutlinedButton(
        content=words(text, 16, bold=True, color=None, text_align=ft.TextAlign.CENTER, semantics_label=says or None),
        icon=icon,
        on_click=once(name, on_click),
        style=_button_style(16, color, t.SURFACE, color, 16),
        disabled=on_click is None,
    )
    return named(name, button, **outer)


def link(
    name: str, text: str, on_click: Handler | None, icon: ft.IconData | None = None, color: Colour = t.LINK
) -> ft.Control:
    style = ft.ButtonStyle(
        color=color,
        icon_color=color,
        padding=ft.Padding.symmetric(horizontal=8, vertical=12),
        shape=ft.RoundedRectangleBorder(radius=8),
        alignment=ft.Alignment.CENTER_LEFT,
        text_style=t.text_style(16),
    )
    return named(
        name, ft.TextButton(content=words(text, 16, color=None), icon=icon, on_click=once(name, on_click), style=style)
    )


def flat_link(name: str, text: str, on_click: Handler, color: Colour = t.LINK) -> ft.Control:
    """A link that stands in line with the words above it."""
    style = ft.ButtonStyle(
        color=color,
        alignment=ft.Alignment.CENTER_LEFT,
        padding=ft.Padding.symmetric(horizontal=0, vertical=10),
        shape=ft.RoundedRectangleBorder(radius=4),
    )
    return named(name, ft.TextButton(content=words(text, 16, color=None), on_click=once(name, on_click), style=style))


def show_more(name: str, left: int, step: int, show: Callable[[], object]) -> ft.Control | None:
    """Under a list: how many more there are, and the way to the next `step` of them."""
    text = f"Show {min(left, step)} more" + (f" of {left}" if left > step else "")
    return row([link(name, text, lambda _: show(), ft.Icons.EXPAND_MORE)], wrap=True) if left > 0 else None


def icon_button(name: str, icon: ft.IconData, label: str, on_click: Handler, color: Colour = t.LINK) -> ft.Control:
    button = ft.IconButton(
        icon=icon, icon_color=color, icon_size=24, on_click=once(name, on_click), width=t.TOUCH, height=t.TOUCH
    )
    return named(name, button, label=label, button=True)


def square(name: str, icon: ft.IconData, label: str, on_click: Handler) -> ft.Control:
    """A button of an icon, as high as the primary one beside it."""
    shape, side = ft.RoundedRectangleBorder(radius=12), ft.BorderSide(1.5, t.LINK)
    style = ft.ButtonStyle(shape=shape, side=side, bgcolor=t.SURFACE)
    button = ft.IconButton(
        icon=icon,
        icon_color=t.LINK,
        icon_size=26,
        on_click=once(name, on_click),
        width=56,
        height=56,
        style=style,
        tooltip=label,
    )
    return named(name, button, label=label, button=True)

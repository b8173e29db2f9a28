"""Fields of the desk: text, and one of a list, each under its label."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.ui.console.state import Console
from field_app.ui.console.widgets import CONTROL, one_line, text
from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import outline, text_of
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, row, stack, words


def labelled(label: str, control: ft.Control, **about: Any) -> ft.Control:
    return stack([words(label, 12, bold=True, color=t.QUIET), control], 4, **about)


def field(
    console: Console,
    name: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    *,
    wrong: bool = False,
    multiline: bool = False,
    on_submit: Handler | None = None,
    presses: str = "",
    **about: Any,
) -> ft.Control:
    """A field; always controlled (flet 0.4), and drawn in a component that a key does not draw anew.

    While the cursor is in it, keys are text and nothing else. `presses`: the button that does what the Enter key does.
    """
    control = ft.TextField(
        value=value,
        on_change=lambda event: on_change(text_of(event)),
        on_submit=once(presses or name, on_submit),
        on_focus=lambda _: console.focus(name),
        on_blur=lambda _: console.blur(name),
        border={
            ft.ControlState.FOCUSED: outline(t.LINK, 2, 6),
            ft.ControlState.DEFAULT: outline(t.ALERT if wrong else t.EDGE, 1, 6),
        },
        filled=True,
        fill_color=t.SURFACE,
        text_size=14,
        color=t.TEXT,
        cursor_color=t.LINK,
        dense=True,
        multiline=multiline,
        height=None if multiline else CONTROL,
        hint_style=ft.TextStyle(size=14, color=t.QUIET),
        content_padding=ft.Padding.symmetric(horizontal=10, vertical=10 if multiline else 9),
        **about,
    )
    return named(name, control, label=label)


def picker(
    name: str, label: str, value: str, options: Sequence[tuple[str, str]], on_pick: Callable[[str], object]
) -> ft.Control:
    """One of a list, the chosen one shown. `options`: code and words."""

    def item(code: str, option: str) -> ft.PopupMenuItem:
        sign = ft.Icon(ft.Icons.CHECK, size=16, color=t.LINK if code == value else ft.Colors.TRANSPARENT)
        content = ft.Container(row([sign, text(option)], 8))
        return ft.PopupMenuItem(content=content, on_click=once(f"{name}-{code}", lambda _: on_pick(code)), height=36)

    chosen = next((option for code, option in options if code == value), options[0][1])
    shown = one_line(chosen, expand=True, color=t.TEXT if value else t.QUIET)
    face = ft.Container(
        row([shown, ft.Icon(ft.Icons.EXPAND_MORE, size=18, color=t.QUIET)], 4),
        height=CONTROL,
        padding=ft.Padding.only(left=10, right=6),
        border_radius=6,
        bgcolor=t.SURFACE,
        border=ft.Border.all(1, t.EDGE),
    )
    items, under = [item(*option) for option in options], ft.PopupMenuPosition.UNDER
    menu = ft.PopupMenuButton(content=face, items=items, tooltip="", bgcolor=t.SURFACE, menu_position=under)
    return named(name, menu, label=label, button=True)

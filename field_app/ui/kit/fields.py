"""Text fields: one look, one name each, and the text straight from the key."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import named


def outline(color: Any, width: float) -> ft.OutlineInputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, color), border_radius=8)


def text_field(
    name: str, label: str, value: str, on_change: Callable[[str], Any], *, wrong: bool = False, **about: Any
) -> ft.Control:
    """A bordered field. Its name is the question above it; always controlled (flet 0.4).

    `on_change` takes the text, from the event itself: the control may have been drawn anew since the key.
    """

    def changed(e: Any) -> None:
        on_change(e.data if isinstance(e.data, str) else e.control.value)

    outer = {key: about.pop(key) for key in ("expand",) if key in about}
    field = ft.TextField(
        value=value,
        on_change=changed,
        filled=True,
        fill_color=t.SURFACE,
        text_size=18,
        border={
            ft.ControlState.FOCUSED: outline(t.LINK, 3),
            ft.ControlState.DEFAULT: outline(t.ALERT if wrong else t.EDGE, 1.5),
        },
        content_padding=ft.Padding.symmetric(horizontal=14, vertical=14),
        cursor_color=t.LINK,
        color=t.TEXT,
        **about,
    )
    return named(name, field, label=label, **outer)

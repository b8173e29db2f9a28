"""Text fields: one look, one name each, and the text straight from the key."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import Typed, use_held, use_redraw
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, stack, words


def outline(color: ft.ColorValue, width: float, radius: float = 8) -> ft.OutlineInputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, color), border_radius=radius)


def text_of(event: ft.Event[ft.TextField]) -> str:
    """The text of a field after a key, from the event: the control may have been drawn anew since."""
    return event.data if isinstance(event.data, str) else event.control.value


def text_field(
    name: str,
    label: str,
    value: str,
    on_change: Callable[[str], object],
    *,
    wrong: bool = False,
    on_submit: Handler | None = None,
    presses: str = "",
    **about: Any,
) -> ft.Control:
    """A bordered field. Its name is the question above it; always controlled (flet 0.4).

    `presses`: the button that does what the Enter key does (`on_submit`).
    """
    outer = {key: about.pop(key) for key in ("expand",) if key in about}
    field = ft.TextField(
        value=value,
        on_change=lambda event: on_change(text_of(event)),
        on_submit=once(presses or name, on_submit),
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


def under_words(label: str, field: ft.Control, size: float = 16, **about: Any) -> ft.Control:
    """A field under the words that say what belongs in it."""
    return stack([words(label, size, bold=True), field], 6, **about)


@part
def echo(typed: Typed, draw: Callable[[], ft.Control | None]) -> ft.Control:
    """What follows from the text while it is typed."""
    redraw = use_redraw()
    use_held(lambda: typed.on(redraw), [id(typed)])
    return draw() or ft.Container(width=0, height=0)

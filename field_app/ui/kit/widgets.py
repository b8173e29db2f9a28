"""Small pieces every screen is built of. Plain functions: data and callbacks in, controls out.

`part` makes a component that cannot take the screen down. `named` gives a control its identifier and its name for a
screen reader: one node of the accessibility tree, so that what is tapped is what is announced.
"""

import functools
import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.hooks import Typed as Typed
from field_app.ui.kit.hooks import use_drawn as use_drawn
from field_app.ui.kit.hooks import use_held as use_held
from field_app.ui.kit.hooks import use_pad as use_pad
from field_app.ui.kit.hooks import use_reading as use_reading
from field_app.ui.kit.hooks import use_value as use_value

log = logging.getLogger("alongside.ui")
PLACE = re.compile(r'File ".*?([^/"]+)", line (\d+)')
Handler = Callable[[Any], Any]


def part(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A component behind an error boundary: a fault while drawing shows a card and leaves the rest alive (flet 0.2)."""

    @functools.wraps(draw)
    def guarded(*args: Any, **named_args: Any) -> Any:
        try:
            return draw(*args, **named_args)
        except Exception as fault:  # noqa: BLE001 - the boundary; an unguarded one freezes the session for good
            log_fault("drawing " + draw.__name__, fault)
            return broken()

    return ft.memo(ft.component(guarded))


def log_fault(where: str, fault: BaseException) -> None:
    """Logs the kind of fault and its place, never its message: that may hold what somebody typed."""
    place, trace = "?", fault.__traceback__
    while trace:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("%s: %s at %s", where, type(fault).__name__, place)


def faulted(page: ft.Page, message: str, advice: str, size: int) -> None:
    """A handler failed: say so and carry on. The place is logged, not the message, which may hold what was typed."""
    places = PLACE.findall(message)
    log.error("in a handler: %s", ":".join(places[-1]) if places else "place not known")
    page.show_dialog(
        ft.AlertDialog(
            title=words("Something went wrong", size + 4, bold=True),
            content=words(advice, size),
            actions=[ft.TextButton("Carry on", on_click=lambda _: page.pop_dialog())],
        )
    )


def broken() -> ft.Control:
    return callout(
        "This part could not be shown",
        "What you typed is kept. Go back and open it again, or tell your supervisor.",
        grave=True,
        name="error-panel",
    )


@part
def echo(typed: Typed, draw: Callable[[], ft.Control | None]) -> ft.Control:
    """What follows from the text while it is typed."""
    _, again = use_value(0)
    use_held(lambda: typed.on(lambda: again(lambda count: count + 1)), [id(typed)])
    return draw() or ft.Container(width=0, height=0)


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


# --- Buttons ------------------------------------------------------------------------------------------------------


def _button_style(size: float, color: Any, bgcolor: Any, edge: Any = None, pad: float = 20) -> ft.ButtonStyle:
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
        text_style=ft.TextStyle(
            size=size, weight=ft.FontWeight.W_600, font_family="Roboto", font_family_fallback=["DejaVu"]
        ),
    )


def primary(name: str, text: str, on_click: Handler | None, icon: Any = None, **about: Any) -> ft.Control:
    """The one green button of a screen."""
    outer = {key: about.pop(key) for key in ("expand",) if key in about}
    button = ft.FilledButton(
        content=words(text, 18, bold=True, color=None, text_align=ft.TextAlign.CENTER),
        icon=icon,
        on_click=on_click,
        style=_button_style(18, t.ON_GO, t.GO),
        disabled=on_click is None,
        **about,
    )
    return named(name, button, **outer)


def secondary(
    name: str,
    text: str,
    on_click: Handler | None,
    icon: Any = None,
    *,
    alert: bool = False,
    says: str = "",
    **outer: Any,
) -> ft.Control:
    """`says`: its name for a screen reader, where the same text stands on several buttons."""
    color = t.ALERT if alert else t.LINK
    said = words(text, 16, bold=True, color=None, text_align=ft.TextAlign.CENTER, semantics_label=says or None)
    button = ft.OutlinedButton(
        content=said,
        icon=icon,
        on_click=on_click,
        style=_button_style(16, color, t.SURFACE, color, 16),
        disabled=on_click is None,
    )
    return named(name, button, **outer)


def link(name: str, text: str, on_click: Handler | None, icon: Any = None, color: Any = t.LINK) -> ft.Control:
    style = ft.ButtonStyle(
        color=color,
        icon_color=color,
        padding=ft.Padding.symmetric(horizontal=8, vertical=12),
        shape=ft.RoundedRectangleBorder(radius=8),
        alignment=ft.Alignment.CENTER_LEFT,
        text_style=ft.TextStyle(size=16, font_family="Roboto", font_family_fallback=["DejaVu"]),
    )
    return named(name, ft.TextButton(content=words(text, 16, color=None), icon=icon, on_click=on_click, style=style))


def flat_link(name: str, text: str, on_click: Handler, color: Any = t.LINK) -> ft.Control:
    """A link that stands in line with the words above it."""
    style = ft.ButtonStyle(
        color=color,
        alignment=ft.Alignment.CENTER_LEFT,
        padding=ft.Padding.symmetric(horizontal=0, vertical=10),
        shape=ft.RoundedRectangleBorder(radius=4),
    )
    return named(name, ft.TextButton(content=words(text, 16, color=None), on_click=on_click, style=style))


def icon_button(name: str, icon: Any, label: str, on_click: Handler, color: Any = t.LINK) -> ft.Control:
    button = ft.IconButton(icon=icon, icon_color=color, icon_size=24, on_click=on_click, width=t.TOUCH, height=t.TOUCH)
    return named(name, button, label=label, button=True)


def square(name: str, icon: Any, label: str, on_click: Handler) -> ft.Control:
    """A button of an icon, as high as the primary one beside it."""
    style = ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=12), side=ft.BorderSide(1.5, t.LINK), bgcolor=t.SURFACE
    )
    button = ft.IconButton(
        icon=icon, icon_color=t.LINK, icon_size=26, on_click=on_click, width=56, height=56, style=style, tooltip=label
    )
    return named(name, button, label=label, button=True)


# --- Cards and callouts --------------------------------------------------------------------------------------------


def stack(controls: Iterable[Any], spacing: float = t.GAP, **about: Any) -> ft.Column:
    """Controls under one another, as wide as there is room."""
    kept = [control for control in controls if control is not None]
    return ft.Column(kept, spacing=spacing, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, **about)


def row(controls: Iterable[Any], spacing: float = t.GAP, **about: Any) -> ft.Row:
    return ft.Row([control for control in controls if control is not None], spacing=spacing, **about)


def card(
    controls: Iterable[Any], *, spacing: float = t.GAP, pad: Any = 16, edge: Any = t.LINE, **about: Any
) -> ft.Container:
    return ft.Container(
        stack(controls, spacing),
        padding=pad,
        bgcolor=t.SURFACE,
        border_radius=12,
        border=ft.Border.all(1, edge),
        **about,
    )


def tappable(
    name: str, content: ft.Control, on_click: Handler, *, edge: Any = t.LINE, pad: Any = 16, **about: Any
) -> ft.Control:
    """A card that is one large target."""
    box = ft.Container(
        content,
        padding=pad,
        bgcolor=t.SURFACE,
        border_radius=12,
        border=ft.Border.all(1, edge),
        ink=True,
        on_click=on_click,
    )
    return named(name, box, button=True, **about)


def callout(
    title: str, text: str = "", *, grave: bool = False, good: bool = False, name: str = "", under: Iterable[Any] = ()
) -> ft.Control:
    """A quiet note, a warning, or that all is well. Never colour alone: the icon and the word say it too."""
    ground, ink, edge, icon = (t.WARN, t.ON_WARN, t.WARN_EDGE, ft.Icons.INFO_OUTLINE_ROUNDED)
    if grave:
        ground, ink, edge, icon = t.WRONG, t.ON_WRONG, t.ALERT, ft.Icons.WARNING_ROUNDED
    elif good:
        ground, ink, edge, icon = t.DONE, t.ON_DONE, t.GO, ft.Icons.CHECK_CIRCLE
    told = stack(
        [words(title, 16, bold=bool(text), color=ink), words(text, 16, color=ink) if text else None, *under],
        4,
        expand=True,
    )
    box = ft.Container(
        row(
            [ft.Icon(icon, color=edge if grave else ink, size=24), told],
            12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
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
    return row(
        [ft.Icon(ft.Icons.ERROR, size=18, color=t.ALERT), words(text, 16, bold=True, color=t.ALERT, expand=True)],
        6,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )

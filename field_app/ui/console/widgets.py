"""Small pieces of the desk: denser than the phone's, from the same colours. Plain functions, controls out.

Type: 20 for a screen's title, 15 for a heading, 14 for what is read, 13 for what stands beside it, 12 for labels.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import flet as ft

from field_app.ui.console.layout import Room
from field_app.ui.console.polling import SLOW
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import TAGS, Handler, marked, named, row, stack, words
from sync.core.times import span

CONTROL = 38  # a field, a button
FAINT = ft.Colors.SURFACE_CONTAINER_HIGHEST


def text(said: str, **about: Any) -> ft.Text:
    return words(said, about.pop("size", 14), **about)


def strong(said: str, **about: Any) -> ft.Text:
    return words(said, about.pop("size", 14), bold=True, **about)


def quiet(said: str, **about: Any) -> ft.Text:
    return words(said, about.pop("size", 13), color=about.pop("color", t.QUIET), **about)


def one_line(said: str, **about: Any) -> ft.Text:
    return text(said, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, **about)


def title(said: str, size: float = 20, level: int = 1) -> ft.Control:
    shown = ft.Text(said, size=size, weight=ft.FontWeight.W_700, color=t.TEXT)
    return ft.Semantics(content=shown, header=True, heading_level=level, container=True)


def screen(
    room: Room, head: str, under: str, inside: Iterable[Any], actions: Iterable[Any] = (), *, fills: bool | None = None
) -> ft.Control:
    """A screen: its title with a line under it, what can be done on the right, and what it shows.

    It `fills` the window, its lists scrolling by themselves, or it scrolls as a whole.
    """
    top = row(
        [stack([title(head), quiet(under) if under else None], 2, expand=True), *actions],
        12,
        vertical_alignment=ft.CrossAxisAlignment.END,
    )
    space = ft.Padding.only(left=room.side, right=room.side, top=20, bottom=20)
    if room.flows if fills is None else not fills:
        shown = ft.Container(stack([top, *inside], 16), padding=space)
        return ft.Column(
            [shown], scroll=ft.ScrollMode.AUTO, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
    return ft.Container(
        ft.Column([top, *inside], spacing=16, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=space,
        expand=True,
    )


def abreast(controls: Sequence[ft.Control], count: int, spacing: float = 12) -> ft.Control:
    """So many beside each other, the rest under them."""
    lines = [list(controls[at : at + count]) for at in range(0, len(controls), count)]
    for one in lines:
        one += [ft.Container(expand=True) for _ in range(count - len(one) if len(lines) > 1 else 0)]
    return stack(
        [
            ft.Row(one, spacing=spacing, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
            for one in lines
        ],
        spacing,
    )


def panel(content: ft.Control, *, pad: Any = 0, **about: Any) -> ft.Container:
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


# --- buttons and fields -------------------------------------------------------------------------------------------


def button(
    name: str,
    said: str,
    on_click: Handler | None,
    *,
    kind: str = "plain",
    icon: Any = None,
    key: str = "",
    **outer: Any,
) -> ft.Control:
    """`kind`: go (the green one), plain, alert. `key`: the key that does the same."""
    ink, ground, edge = {
        "go": (t.ON_GO, t.GO, None),
        "plain": (t.LINK, t.SURFACE, t.LINK),
        "alert": (t.ALERT, t.SURFACE, t.ALERT),
    }[kind]
    faint = ft.Colors.with_opacity(0.45, t.TEXT)
    off = on_click is None
    style = ft.ButtonStyle(
        color=ink if not off else faint,
        icon_color=ink if not off else faint,
        bgcolor={ft.ControlState.DISABLED: FAINT, ft.ControlState.DEFAULT: ground},
        side=ft.BorderSide(1, edge) if edge and not off else ft.BorderSide(0, ft.Colors.TRANSPARENT),
        shape=ft.RoundedRectangleBorder(radius=6),
        elevation=0,
        icon_size=18,
        padding=ft.Padding.symmetric(horizontal=14, vertical=0),
    )
    colour = ink if not off else faint
    hint = (
        ft.Container(
            words(key, 11, bold=True, color=colour),
            padding=ft.Padding.symmetric(horizontal=5, vertical=1),
            border_radius=4,
            border=ft.Border.all(1, ft.Colors.with_opacity(0.5, colour)),
        )
        if key
        else None
    )
    shown = row(
        [ft.Icon(icon, size=18, color=colour) if icon else None, words(said, 14, bold=True, color=colour), hint],
        8,
        tight=True,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    made = ft.FilledButton(content=shown, on_click=on_click, style=style, disabled=off, height=CONTROL)
    return named(name, made, **outer)


def small_link(name: str, said: str, on_click: Handler, icon: Any = None, *, says: str = "") -> ft.Control:
    """`says`: its name for a screen reader, where the same words stand on several links."""
    style = ft.ButtonStyle(
        color=t.LINK,
        padding=ft.Padding.symmetric(horizontal=6, vertical=0),
        shape=ft.RoundedRectangleBorder(radius=6),
        icon_size=16,
        icon_color=t.LINK,
    )
    shown = words(said, 13, bold=True, color=t.LINK, semantics_label=says or None)
    return named(name, ft.TextButton(content=shown, icon=icon, on_click=on_click, style=style, height=28))


def icon_button(
    name: str, icon: Any, label: str, on_click: Handler, color: Any = t.LINK, size: float = 18
) -> ft.Control:
    made = ft.IconButton(
        icon=icon, icon_color=color, icon_size=size, on_click=on_click, width=32, height=32, padding=0, tooltip=label
    )
    return named(name, made, button=True)


def labelled(label: str, control: ft.Control, **about: Any) -> ft.Control:
    return stack([words(label, 12, bold=True, color=t.QUIET), control], 4, **about)


def field(
    console: Console, name: str, label: str, value: str, on_change: Callable[[str], Any], **about: Any
) -> ft.Control:
    """A field; always controlled (flet 0.4), and drawn in a component that a key does not draw anew.

    `on_change` takes the text, from the event itself. While the cursor is in it, keys are text and nothing else.
    """

    def changed(e: Any) -> None:
        on_change(e.data if isinstance(e.data, str) else e.control.value)

    outer = {key: about.pop(key) for key in ("expand", "width", "key") if key in about}
    multiline = about.get("multiline", False)
    wrong = about.pop("wrong", False)
    made = ft.TextField(
        value=value,
        on_change=changed,
        on_focus=lambda _: console.focus(name),
        on_blur=lambda _: console.blur(name),
        border={
            ft.ControlState.FOCUSED: _outline(t.LINK, 2),
            ft.ControlState.DEFAULT: _outline(t.ALERT if wrong else t.EDGE, 1),
        },
        filled=True,
        fill_color=t.SURFACE,
        text_size=14,
        color=t.TEXT,
        cursor_color=t.LINK,
        dense=True,
        height=None if multiline else CONTROL,
        hint_style=ft.TextStyle(size=14, color=t.QUIET),
        content_padding=ft.Padding.symmetric(horizontal=10, vertical=10 if multiline else 9),
        **about,
    )
    return named(name, made, label=label, **outer)


def _outline(color: Any, width: float) -> ft.OutlineInputBorder:
    return ft.OutlineInputBorder(side=ft.BorderSide(width, color), border_radius=6)


def picker(
    name: str, label: str, value: str, options: Sequence[tuple[str, str]], on_pick: Callable[[str], Any], **outer: Any
) -> ft.Control:
    """One of a list, the chosen one shown. `options`: code and words."""
    items = [
        ft.PopupMenuItem(
            content=ft.Container(
                row(
                    [
                        ft.Icon(ft.Icons.CHECK, size=16, color=t.LINK if code == value else ft.Colors.TRANSPARENT),
                        text(said),
                    ],
                    8,
                )
            ),
            on_click=lambda _, code=code: on_pick(code),
            height=36,
        )
        for code, said in options
    ]
    chosen = next((said for code, said in options if code == value), options[0][1])
    face = ft.Container(
        row(
            [
                one_line(chosen, expand=True, color=t.TEXT if value else t.QUIET),
                ft.Icon(ft.Icons.EXPAND_MORE, size=18, color=t.QUIET),
            ],
            4,
        ),
        height=CONTROL,
        padding=ft.Padding.only(left=10, right=6),
        border_radius=6,
        bgcolor=t.SURFACE,
        border=ft.Border.all(1, t.EDGE),
    )
    menu = ft.PopupMenuButton(
        content=face, items=items, tooltip="", bgcolor=t.SURFACE, menu_position=ft.PopupMenuPosition.UNDER
    )
    return named(name, menu, label=label, button=True, **outer)


# --- where things stand -------------------------------------------------------------------------------------------


def chip(said: str, ink: Any, ground: Any, icon: Any = None, tip: str = "") -> ft.Control:
    inside = row(
        [ft.Icon(icon, size=14, color=ink) if icon else None, words(said, 12, bold=True, color=ink)], 4, tight=True
    )
    return ft.Container(
        inside,
        padding=ft.Padding.symmetric(horizontal=7, vertical=2),
        bgcolor=ground,
        border_radius=5,
        tooltip=tip or None,
    )


def standing_chip(state: str) -> ft.Control:
    if state == "signed":
        return chip("Waiting for review", t.ON_CHOSEN, t.CHOSEN, ft.Icons.RATE_REVIEW_OUTLINED)
    if state == "in-progress":
        return chip("In progress", t.QUIET, FAINT, ft.Icons.EDIT_OUTLINED)
    said, icon, ink, ground = TAGS.get(state, (state, ft.Icons.CIRCLE_OUTLINED, t.QUIET, FAINT))
    return chip(said, ink, ground, icon)


def clash_chip(count: int) -> ft.Control | None:
    said = f"{count} clash{'' if count == 1 else 'es'}"
    return chip(said, t.ON_WARN, t.WARN, ft.Icons.CALL_SPLIT) if count else None


def banner(name: str, what: str, advice: str, *, grave: bool = False, action: ft.Control | None = None) -> ft.Control:
    """A line across: a note or a warning, with its icon and its words."""
    ground, ink, edge = (t.WRONG, t.ON_WRONG, t.ALERT) if grave else (t.WARN, t.ON_WARN, t.WARN_EDGE)
    said = stack([strong(what, color=ink), quiet(advice, color=ink) if advice else None], 1, expand=True)
    box = ft.Container(
        row(
            [ft.Icon(ft.Icons.ERROR_OUTLINE if grave else ft.Icons.INFO_OUTLINE, size=20, color=ink), said, action], 10
        ),
        bgcolor=ground,
        padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        border_radius=6,
        border=ft.Border.only(left=ft.BorderSide(3, edge)),
    )
    return marked(name, box, live_region=True)


def trouble(error: tuple[str, str] | None, again: Callable[[], None]) -> ft.Control | None:
    """What the centre did not answer, with its advice."""
    if error is None:
        return None
    retry = small_link("try-again", "Try again", lambda _: again(), ft.Icons.REFRESH)
    return banner("trouble", error[0], error[1], grave=error is not SLOW, action=retry)


def empty(
    name: str, icon: Any, what: str, next_step: str, action: ft.Control | None = None, *, fills: bool = True
) -> ft.Control:
    """Nothing here, and what to do next."""
    inside = ft.Column(
        [
            ft.Container(
                ft.Icon(icon, size=28, color=t.QUIET),
                bgcolor=FAINT,
                width=56,
                height=56,
                border_radius=28,
                alignment=ft.Alignment.CENTER,
            ),
            strong(what, size=16, text_align=ft.TextAlign.CENTER),
            ft.Container(quiet(next_step, size=14, text_align=ft.TextAlign.CENTER), width=380),
            *([action] if action else []),
        ],
        spacing=10,
        tight=not fills,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    return marked(name, ft.Container(inside, alignment=ft.Alignment.CENTER, expand=fills, padding=32), expand=fills)


def busy_line(busy: bool) -> ft.Control:
    """A thin line that moves while something is on its way; it keeps its place when it does not."""
    if not busy:
        return ft.Container(height=2)
    bar = ft.ProgressBar(bar_height=2, color=t.LINK, bgcolor=ft.Colors.TRANSPARENT, height=2)
    return stack([bar], 0)  # a panel would stretch the bar itself


def two_lines(upper: str, lower: str, *, bold: bool = True) -> ft.Control:
    """What a row is about, and a quieter line under it."""
    first = one_line(upper) if not bold else strong(upper, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS)
    return stack([first, quiet(lower, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS) if lower else None], 1)


def ago(then: Any, now: Any) -> str:
    """ "just now", "12 min ago", "2 h 05 min ago"."""
    length = max(now - then, now - now)
    return "just now" if length.total_seconds() < 60 else f"{span(length)} ago"

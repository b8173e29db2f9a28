"""The frame of a screen: the bar with its title, the strip, the body that scrolls, the bar at thumb height."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.strip import strip_line
from field_app.ui.kit.widgets import icon_button, row, stack, use_held, use_value, words

SIDE = 16
LINES: dict[str, Any] = {"max_lines": 2, "overflow": ft.TextOverflow.ELLIPSIS}  # a bar never fills the phone


def training_banner() -> ft.Control:
    """Over every screen of a phone or a desk that holds invented people."""
    said = words("Training – synthetic data only", 14, bold=True, color=ft.Colors.WHITE, text_align=ft.TextAlign.CENTER)
    about = ft.Padding.symmetric(horizontal=16, vertical=4)
    return ft.Container(said, bgcolor="#a61b10", padding=about, alignment=ft.Alignment.CENTER)


def bar(
    title: str, *, back: Any = None, actions: Iterable[Any] = (), training: bool = False, under: str = ""
) -> ft.Control:
    """The top of a screen. The title is its heading."""
    shown = ft.Semantics(
        content=ft.Text(title, size=20, weight=ft.FontWeight.W_600, color=t.ON_BAR, **{**LINES, "max_lines": 3}),
        header=True,
        heading_level=1,
    )
    titles = stack([shown, words(under, 14, color=t.ON_BAR, **LINES) if under else None], 0, expand=True)
    before = icon_button("back", ft.Icons.ARROW_BACK, "Back", back, t.ON_BAR) if back else ft.Container(width=8)
    line = ft.Container(
        row([before, titles, *actions], 4), bgcolor=t.BAR, padding=ft.Padding.only(left=4, right=8, top=6, bottom=6)
    )
    return ft.Container(
        ft.SafeArea(stack([training_banner() if training else None, line], 0), avoid_intrusions_bottom=False),
        bgcolor=t.BAR,
    )


@dataclass(frozen=True)
class At:
    """Where a screen stands: in front or under another, in the dark or by day, with room for two panes or not."""

    front: bool = True
    dark: bool = False
    wide: bool = False
    pane: bool = False  # one of two beside each other, under a common bar


def night_switch(ui: Any, dark: bool) -> ft.Control:
    icon, label = (ft.Icons.LIGHT_MODE, "Use the light theme") if dark else (ft.Icons.DARK_MODE, "Use the night theme")
    return icon_button("theme", icon, label, lambda _: ui.switch_night(), t.ON_BAR)


def body(controls: Iterable[Any], *, ref: Any = None, spacing: float = 16) -> ft.Control:
    """What scrolls, in one column that is never too wide to read."""
    column = ft.Container(
        stack(controls, spacing), width=t.COLUMN, padding=ft.Padding.only(left=SIDE, right=SIDE, top=16, bottom=32)
    )
    return ft.Column(
        [ft.Row([ft.Container(column, expand=True, alignment=ft.Alignment.TOP_CENTER)])],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        spacing=0,
        ref=ref,
    )


def thumb(controls: Iterable[Any]) -> ft.Control:
    """The bar at thumb height: the one primary button."""
    inner = ft.Container(
        stack(controls, t.GAP), width=t.COLUMN, padding=ft.Padding.symmetric(horizontal=SIDE, vertical=12)
    )
    held = ft.SafeArea(
        ft.Row([ft.Container(inner, expand=True, alignment=ft.Alignment.CENTER)]), avoid_intrusions_top=False
    )
    return ft.Container(held, bgcolor=t.SURFACE, border=ft.Border.only(top=ft.BorderSide(1, t.LINE)))


def frame(
    ui: Any,
    at: At,
    title: str,
    inside: ft.Control,
    *,
    back: Any = None,
    bottom: ft.Control | None = None,
    actions: Iterable[Any] = (),
    under: str = "",
    told: bool = False,
) -> ft.Control:
    """`told`: the screen itself says in full what is to be known about this phone and the centre."""
    if at.pane:
        return ft.Column(
            [control for control in (inside, bottom) if control is not None],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    top = bar(title, back=back, actions=[*actions, night_switch(ui, at.dark)], training=ui.phone.training, under=under)
    return ft.Column(
        [control for control in (top, strip_line(ui, at.front, told), inside, bottom) if control is not None],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def use_now(ui: Any, *, front: bool = True, every: float = 20) -> datetime:
    """The time, drawn anew every so often while the screen is in front."""
    now, set_now = use_value(ui.now)

    def tick() -> Any:
        if not front:
            return None

        async def go_on() -> None:
            while True:
                set_now(ui.now())
                await asyncio.sleep(every)

        return ui.spawn(go_on()).cancel

    use_held(tick, [front])
    return now

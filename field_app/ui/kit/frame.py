"""The frame of a screen: the bar with its title, the strip, the body that scrolls, the bar at thumb height."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import flet as ft
from flet.components.hooks.use_ref import MutableRef

from field_app.ui.kit import theme as t
from field_app.ui.kit.activity import SCROLLED
from field_app.ui.kit.buttons import icon_button
from field_app.ui.kit.hooks import Stop, use_held, use_value
from field_app.ui.kit.strip import strip_line
from field_app.ui.kit.widgets import Controls, Handler, filling, row, stack, words

if TYPE_CHECKING:
    from field_app.ui.phone.state import Ui

Scroller = MutableRef[ft.Column]  # the body of a screen, to be scrolled
SIDE = 16
LINES: dict[str, Any] = {"max_lines": 2, "overflow": ft.TextOverflow.ELLIPSIS}  # a bar never fills the phone


def training_banner() -> ft.Control:
    """Over every screen of a phone or a desk that holds invented people."""
    text = words("Training – synthetic data only", 14, bold=True, color=ft.Colors.WHITE, text_align=ft.TextAlign.CENTER)
    padding = ft.Padding.symmetric(horizontal=16, vertical=4)
    return ft.Container(text, bgcolor="#a61b10", padding=padding, alignment=ft.Alignment.CENTER)


def bar(
    title: str, *, back: Handler | None = None, actions: Controls = (), training: bool = False, under: str = ""
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


def night_switch(ui: "Ui", dark: bool) -> ft.Control:
    icon, label = (ft.Icons.LIGHT_MODE, "Use the light theme") if dark else (ft.Icons.DARK_MODE, "Use the night theme")
    return icon_button("theme", icon, label, lambda _: ui.switch_night(), t.ON_BAR)


def body(controls: Controls, *, ref: Scroller | None = None, spacing: float = 16) -> ft.Control:
    """What scrolls, in one column that is never too wide to read."""
    column = ft.Container(
        stack(controls, spacing), width=t.COLUMN, padding=ft.Padding.only(left=SIDE, right=SIDE, top=16, bottom=32)
    )
    return ft.Column(
        [ft.Row([ft.Container(column, expand=True, alignment=ft.Alignment.TOP_CENTER)])],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        spacing=0,
        ref=cast("ft.Ref", ref),
        **SCROLLED,
    )


async def scroll(scroller: Scroller, **where: Any) -> None:
    """Scrolls the body of a screen; `where`: offset, or scroll_key."""
    if scroller.current is not None:
        await scroller.current.scroll_to(duration=200, **where)


def thumb(controls: Controls) -> ft.Control:
    """The bar at thumb height: the one primary button."""
    inner = ft.Container(
        stack(controls, t.GAP), width=t.COLUMN, padding=ft.Padding.symmetric(horizontal=SIDE, vertical=12)
    )
    centred = ft.Row([ft.Container(inner, expand=True, alignment=ft.Alignment.CENTER)])
    safe = ft.SafeArea(centred, avoid_intrusions_top=False)
    return ft.Container(safe, bgcolor=t.SURFACE, border=t.line_above())


def frame(
    ui: "Ui",
    at: At,
    title: str,
    inside: ft.Control,
    *,
    back: Handler | None = None,
    bottom: ft.Control | None = None,
    actions: Controls = (),
    under: str = "",
    in_full: bool = False,
) -> ft.Control:
    """`in_full`: the screen itself says in full what is to be known about this phone and the centre."""
    if at.pane:
        return filling([inside, bottom])
    top = bar(title, back=back, actions=[*actions, night_switch(ui, at.dark)], training=ui.phone.training, under=under)
    return filling([top, strip_line(ui, at.front, in_full), inside, bottom])


def use_now(ui: "Ui", *, front: bool = True, every: float = 20) -> datetime:
    """The time, read anew every so many seconds while the screen is in front."""
    now, set_now = use_value(ui.now)

    def tick() -> Stop | None:
        if not front:
            return None

        async def go_on() -> None:
            while True:
                set_now(ui.now())
                await asyncio.sleep(every)

        return ui.spawn(go_on()).cancel

    use_held(tick, [front])
    return now

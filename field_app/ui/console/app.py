"""The console on a page: the frame round every screen, and the net under every handler."""

import time
from collections.abc import Callable
from datetime import datetime

import flet as ft

from field_app.desk.desk import Desk, system_clock
from field_app.ui.console.board import board
from field_app.ui.console.late_work import late_work
from field_app.ui.console.nav_rail import nav_rail
from field_app.ui.console.phones import phones
from field_app.ui.console.records import one_record, records
from field_app.ui.console.review import review
from field_app.ui.console.sheets import sheets
from field_app.ui.console.sign_in import sign_in
from field_app.ui.console.state import EVERY, Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.activity import on_touch
from field_app.ui.kit.error_boundary import faulted, part
from field_app.ui.kit.frame import training_banner
from field_app.ui.kit.hooks import use_redraw, use_redraw_unseen
from field_app.ui.kit.widgets import filling, side_by_side

FAULTED = (
    "What you typed is kept. Carry on, or open the record again. If it happens again, tell whoever runs the centre."
)
SCREENS: dict[str, Callable[..., ft.Control]] = {
    "board": board,
    "review": review,
    "records": records,
    "phones": phones,
    "late-work": late_work,
    "sheets": sheets,
}


def open_console(
    page: ft.Page,
    make_desk: Callable[[], Desk],
    *,
    training: bool = False,
    clock: Callable[[], datetime] = system_clock,
    every: float = EVERY,
    steady: Callable[[], float] = time.monotonic,
) -> Console:
    """Draws the console on this page and returns its state. `steady`: seconds that nobody can set."""
    console = Console(page, make_desk, training=training, clock=clock, every=every, steady=steady)

    async def closed(_: ft.Event) -> None:
        await console.close()

    t.set_up(page, "Alongside – desktop console", dark=console.dark)
    page.padding, page.spacing = 0, 0
    page.on_keyboard_event = console.key
    page.on_resize = lambda _: console.resized()
    page.on_disconnect = lambda _: console.went_away()
    page.on_connect = lambda _: console.came_back()
    page.on_close = closed
    on_touch(page, console.touched)
    console.spawn(console.look_after())
    page.session.error = lambda message: faulted(page, message, FAULTED, 14)  # flet 0.1
    page.render(app, console)
    return console


@part
def app(console: Console) -> ft.Control:
    console.redraw, console.redraw_unseen = use_redraw(), use_redraw_unseen()
    return frame(console)


def frame(console: Console) -> ft.Control:
    who, layout = console.who, console.layout
    if who is None:
        inside = sign_in(console, console.expired, console.locked, key="sign-in")
    else:
        if console.screen == "record":
            front = one_record(console, layout, console.record, key="record-" + console.record)
        else:
            front = SCREENS[console.screen](console, layout, key=console.screen)
        place = "records" if console.screen == "record" else console.screen
        rail = nav_rail(console, layout, place, console.dark, key="rail-" + who.practitioner_id)
        inside = side_by_side([rail, ft.Container(front, expand=True, bgcolor=t.PAGE)])
    return filling([training_banner() if console.training else None, inside])

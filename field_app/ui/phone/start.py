"""Opens the app on a page: theme, lifecycle, network, the net under every handler."""

import asyncio
from collections.abc import Callable

import flet as ft

from field_app.phone.devices import BrowserPhone
from field_app.phone.phone import Phone
from field_app.ui.kit import theme as t
from field_app.ui.kit.activity import on_touch
from field_app.ui.kit.buttons import primary
from field_app.ui.kit.error_boundary import faulted, log_fault
from field_app.ui.kit.widgets import callout
from field_app.ui.phone.routes import App, above
from field_app.ui.phone.state import Ui
from field_app.ui.phone.troubles import say_error
from sync.core.errors import AlongsideError

AWAY = (ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE)
FAULTED = "What you typed is kept. Carry on, or go back and open it again. Tell your supervisor if it happens again."


def open_app(page: ft.Page, phone: Phone | BrowserPhone, leave: Callable[[], None] = lambda: None) -> Ui:
    """Draws the app on this page and returns its state. `leave` is called, in a thread, when the page is gone."""
    ui = Ui(page, phone)
    t.set_up(page, "Alongside", dark=ui.dark)
    page.padding = 0
    ui.wide = is_wide(page)
    follow(page, ui, leave)
    on_touch(page, ui.touched)
    ui.spawn(ui.look_after())
    ui.network = network(ui)
    page.session.error = lambda message: faulted(page, message, FAULTED, 16)
    page.render_views(App, ui)
    return ui


def is_wide(page: ft.Page) -> bool:
    return (page.width or 0) >= t.WIDE


def follow(page: ft.Page, ui: Ui, leave: Callable[[], None]) -> None:
    """Follows what happens to the page: its size, its address, whether it is seen and connected."""

    def resized(_: ft.Event) -> None:
        if (wide := is_wide(page)) != ui.wide:
            ui.wide = wide
            ui.redraw()

    async def lifecycle(event: ft.AppLifecycleStateChangeEvent) -> None:
        if event.state in AWAY:
            await ui.seen(False)
            await ui.put_all_away()
        elif event.state in (ft.AppLifecycleState.RESUME, ft.AppLifecycleState.SHOW):
            await ui.seen(True)
            ui.dress()
            ui.redraw()
            ui.phone.came_back()

    def changed(_: ft.Event) -> None:
        ui.redraw()

    async def back(_: ft.Event) -> None:
        await ui.seen(True)
        ui.redraw()  # what changed while nobody was connected has not been drawn

    async def gone(_: ft.Event) -> None:
        await ui.seen(False)
        await ui.put_all_away()

    async def closed(_: ft.Event) -> None:
        await ui.close()
        await asyncio.to_thread(leave)

    page.on_resize = resized
    page.on_app_lifecycle_state_change = lifecycle
    page.on_route_change, page.on_connect = changed, back
    page.on_view_pop = lambda _: ui.go(above(page.route or "/"))
    page.on_disconnect = gone
    page.on_close = closed


def network(ui: Ui) -> ft.Connectivity | None:
    """Sends what waits when there is a network again. It listens as long as somebody holds it.

    Where a platform cannot tell, nothing is lost by it: the round of every minute finds the network.
    """

    def changed(event: ft.ConnectivityChangeEvent) -> None:
        if any(kind is not ft.ConnectivityType.NONE for kind in event.connectivity):
            ui.phone.came_back()

    try:
        return ft.Connectivity(on_change=changed)
    except Exception as fault:  # noqa: BLE001 - a help, never a condition; which faults there are is the platform's
        log_fault("listening to the network", fault)
        return None


def refuse(page: ft.Page, fault: Exception, again: Callable[[], object]) -> None:
    """This device cannot be used as it is: say why and what to do, and offer to try again."""
    if not isinstance(fault, AlongsideError):
        log_fault("beginning", fault)
        advice = "What is recorded here was not touched. Tap Try again. If it stays so, call your administrator."
        fault = AlongsideError("Alongside could not begin", code="not_begun", advice=advice)

    async def tapped(_: ft.Event) -> None:
        again()

    page.clean()
    page.theme, page.padding = t.theme(t.DAY), 24
    page.add(callout(*say_error(fault), grave=True, name="refused"), primary("try-again", "Try again", tapped))

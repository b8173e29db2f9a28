"""The phone app; `python -m field_app.main` serves it, the APK runs it. Settings: `field_app.bootstrap`, and in a
browser those of `field_app.ui.serve.show`.

The first frame is drawn before anything else is imported: on a phone the imports take seconds.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import flet as ft

from field_app import log_filter
from field_app.ui.browsers import asking
from field_app.ui.kit import theme as t
from field_app.ui.serve import show

if TYPE_CHECKING:
    from field_app.phone.devices import BrowserDevices, BrowserPhone
    from field_app.phone.phone import Phone

PORT = 8600


def first_frame(page: ft.Page) -> None:
    """The name of the app, and that it opens."""
    t.set_up(page, "Alongside", dark=t.is_night(datetime.now(UTC)))
    page.vertical_alignment, page.horizontal_alignment = ft.MainAxisAlignment.CENTER, ft.CrossAxisAlignment.CENTER
    name = ft.Text("Alongside", theme_style=ft.TextThemeStyle.HEADLINE_SMALL, color=t.TEXT)
    page.add(name, ft.Text("Opening…", color=t.QUIET))


def the_rest() -> ModuleType:
    """Imports everything else: seconds on a phone, so in a thread."""
    from field_app import bootstrap

    return bootstrap


async def somebody(page: ft.Page) -> bool:
    """Waits until the page is connected: Flet 1.0 never runs the effects of what is drawn while nobody is.

    False when the page was closed first.
    """
    events: asyncio.Queue[bool] = asyncio.Queue()
    page.on_connect = lambda _: events.put_nowait(True)
    page.on_close = lambda _: events.put_nowait(False)
    still_open = True
    while still_open and page.session.connection is None:
        still_open = await events.get()
    return still_open


def main(make: "Callable[[Path], Phone] | None" = None) -> None:
    """`make` opens the device in a folder."""
    log_filter.set_up()
    made: list[BrowserDevices] = []
    one_at_a_time = asyncio.Lock()

    async def open_page(page: ft.Page) -> None:
        browser = asking()
        name, address = (browser.device, browser.address) if browser else ("", "")
        if not made or not made[0].is_open(name):
            first_frame(page)
        bootstrap = await asyncio.to_thread(the_rest)
        phone: Phone | BrowserPhone | None = None
        while phone is None:
            try:
                async with one_at_a_time:
                    if not made:
                        made.append(bootstrap.make_devices(make))
                    if browser is None and not made[0].is_open(name):  # whatever a browser's page says of itself
                        bootstrap.use_platform_keys(page)
                    phone = await asyncio.to_thread(made[0].at, name, address)
            except Exception as fault:  # noqa: BLE001 - nothing else would say what is wrong
                tapped = asyncio.Event()
                bootstrap.refuse(page, fault, tapped.set)
                await tapped.wait()
                page.clean()
                first_frame(page)

        leave = partial(made[0].leave, name)
        if await somebody(page):
            bootstrap.open_app(page, phone, leave)
        else:
            leave()

    try:
        show(open_page, "Alongside", PORT, cookie="phone")
    finally:
        for devices in made:
            devices.close()


if __name__ == "__main__":
    main()

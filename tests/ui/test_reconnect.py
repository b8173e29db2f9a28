"""A browser that goes away and comes back: while the app is being opened, and later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import flet as ft

from field_app import bootstrap
from field_app import main as main_file
from field_app.phone.devices import BrowserDevices
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.browsers import Browser, serve
from tests.steps.ui.harness import App, away, back


def opener(device: Phone, monkeypatch: Any) -> Any:
    """What opens the app on a page, on a device with keys of its own."""

    def no_platform_keys(_: Any) -> None: ...

    monkeypatch.setattr(bootstrap, "use_platform_keys", no_platform_keys)
    shown: list[Any] = []
    monkeypatch.setattr(main_file, "show", lambda open_page, *_, **__: shown.append(open_page))
    main_file.main(lambda _folder: device)
    return shown[0]


@asynccontextmanager
async def opening_unseen(device: Phone, monkeypatch: Any) -> AsyncIterator[tuple[App, asyncio.Task[None]]]:
    """The app is being opened on a page to which nobody is connected."""
    open_page = opener(device, monkeypatch)
    async with App(lambda page: None) as app:
        await app.session.disconnect(60)
        opening = asyncio.create_task(open_page(app.page))
        await asyncio.sleep(0.3)
        assert not opening.done(), "what is drawn now would never come alive"
        yield app, opening


async def test_an_app_opened_while_nobody_looked_goes_where_it_is_sent(device: Phone, monkeypatch: Any):
    async with opening_unseen(device, monkeypatch) as (app, _):
        await back(app)
        await app.until(lambda: app.has("username"))
        await app.event(app.page, "close")


async def test_where_to_go_is_heard_after_coming_back(app: App):
    async with away(app):
        pass
    await app.go("/records")
    await app.until(lambda: app.has("sync-now"))
    await app.go("/")
    await app.until(lambda: app.has("new-incident"))


async def test_what_changed_meanwhile_is_drawn_on_coming_back(app: App):
    async with away(app):
        app.session.apply_page_patch({"route": "/records"})
    await app.until(lambda: app.has("sync-now"))


async def test_nobody_came_back(device: Phone, monkeypatch: Any):
    async with opening_unseen(device, monkeypatch) as (app, opening):
        await app.event(app.page, "close")
        await asyncio.wait_for(opening, 5)
        assert not app.has("username")


async def test_what_was_recorded_meanwhile_is_listed_on_coming_back(app: App, session: Session):
    async with away(app):
        incident_id = session.new_incident()
        await asyncio.sleep(0.2)
    await app.until(lambda: app.has(f"incident-{incident_id}"))


async def test_a_browser_that_says_it_is_a_phone_gets_no_place_for_keys(device: Phone, monkeypatch: Any):
    """What a page says of itself, its client may say: the keys of all would lie with it."""
    open_page = opener(device, monkeypatch)
    asked: list[Any] = []
    monkeypatch.setattr(bootstrap, "use_platform_keys", asked.append)
    monkeypatch.setattr(bootstrap, "make_devices", lambda _: BrowserDevices(Path(), lambda _: device))
    serve(Browser("d" * 32, "192.0.2.7"))
    async with App(lambda page: None) as app:
        assert (app.page.web, app.page.platform) == (False, ft.PagePlatform.ANDROID)
        await open_page(app.page)
        await app.until(lambda: app.has("username"))
    assert asked == []

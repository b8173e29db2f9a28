"""One web socket as the server hands it on: how long its session waits, and that none leaves a task behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import flet as ft
import msgpack
import pytest
from flet_web.fastapi import app_manager

from field_app.ui import serve
from field_app.ui.browsers import Browser, Door, asking, device_name
from tests.steps.flet_client import PAGE, REGISTER

TOKEN = "t" * 43
HEADERS = {"host": "here:1", "origin": "http://here:1", "cookie": f"alongside_phone={TOKEN}", "user-agent": "test"}
SCOPE = {
    "type": "websocket",
    "path": "/ws",
    "raw_path": b"/ws",
    "root_path": "",
    "scheme": "ws",
    "query_string": b"",
    "client": ("192.0.2.7", 5),
    "server": ("here", 1),
    "subprotocols": [],
    "headers": [(name.encode(), value.encode()) for name, value in HEADERS.items()],
}
GONE = {"type": "websocket.disconnect", "code": 1006}


class Line:
    """The two ends of a web socket."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.coming.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> Any:
        return await self.coming.get()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    def register(self) -> None:
        body = msgpack.packb([REGISTER, {"session_id": "", "page_name": "", "page": PAGE}])
        self.coming.put_nowait({"type": "websocket.receive", "bytes": b"\0" + body})

    @property
    def session(self) -> str:
        frames = (message["bytes"] for message in self.sent if message["type"] == "websocket.send")
        for frame in frames:
            action, body = msgpack.unpackb(frame[1:], strict_map_key=False, ext_hook=lambda _, data: data)
            if action == REGISTER:
                return body["session_id"]
        return ""


@asynccontextmanager
async def opened(app: Any) -> AsyncIterator[tuple[Line, asyncio.Task[None]]]:
    line = Line()
    served = asyncio.create_task(app(dict(SCOPE), line.receive, line.send))
    yield line, served
    served.cancel()
    await asyncio.gather(served, return_exceptions=True)


async def until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def behind_the_door(app: Any) -> Any:
    return serve.guarded(app, Door(frozenset({"http://here:1"}), "phone"))


async def test_a_session_waits_five_minutes_for_its_browser(monkeypatch: pytest.MonkeyPatch):
    shown: list[Any] = []
    monkeypatch.setattr("uvicorn.run", lambda app, **_: shown.append(app))
    monkeypatch.setenv("ALONGSIDE_ORIGINS", "http://here:1")
    browsers: list[Browser | None] = []

    def main(page: ft.Page) -> None:
        browsers.append(asking())

    serve.show(main, "Alongside", 1, cookie="phone")
    async with opened(shown[0]) as (line, served):
        line.register()
        await until(lambda: line.session and browsers)
        assert browsers == [Browser(device_name(TOKEN), "192.0.2.7")]
        (session,) = [each for each in app_manager._FletAppManager__sessions.values() if each.id == line.session]
        line.coming.put_nowait(GONE)
        await asyncio.wait_for(served, 10)
    assert session.expires_at is not None
    assert 295 < (session.expires_at - datetime.now(UTC)).total_seconds() <= 300


async def test_a_client_that_goes_before_it_has_a_session_leaves_no_task(monkeypatch: pytest.MonkeyPatch):
    """Flet's own end of such a web socket waits for ever, and would keep the program from ending."""
    ended: list[bool] = []

    async def flet_without_a_session(_scope: Any, receive: Any, send: Any) -> None:
        try:
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    monkeypatch.setattr(serve, "BEGIN_S", 20)
    async with opened(behind_the_door(flet_without_a_session)) as (line, served):
        await until(lambda: line.sent)
        line.coming.put_nowait(GONE)
        await asyncio.wait_for(served, 5)
    assert ended


async def test_a_client_that_never_asks_for_a_session_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    async def waits(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.Event().wait()

    monkeypatch.setattr(serve, "BEGIN_S", 0.05)
    async with opened(behind_the_door(waits)) as (_, served):
        await asyncio.wait_for(served, 5)


async def test_a_browser_that_goes_has_time_to_keep_what_was_typed(monkeypatch: pytest.MonkeyPatch):
    kept: list[bool] = []

    async def keeps(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": b""})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await asyncio.sleep(0.3)
        kept.append(True)

    async with opened(behind_the_door(keeps)) as (line, served):
        await until(lambda: len(line.sent) > 1)
        line.coming.put_nowait(GONE)
        await asyncio.wait_for(served, 5)
    assert kept

"""Showing a Flet app in a browser: everything from this machine, nothing from any other, to nobody but its own pages.

Flet's prebuilt client asks a public host for an animation library that this app does not use, even with `no_cdn`. The
content security policy forbids the browser to ask anybody but this server. On a phone the app runs without a server.
What draws is CanvasKit: docs/decisions/0018. Who may come in: `browsers.py` and docs/decisions/0026.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import flet as ft

from field_app.ui.browsers import Browser, Door, origins, serve

ASSETS = Path(__file__).parents[2] / "assets"
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}
NO_STORE, ASK_AGAIN = b"no-store", b"no-cache"
OF_FLUTTER = (b"text/javascript", b"application/wasm", b"font/", b"image/", b"application/octet-stream")
HIDDEN = ("/docs/", "/redoc/", "/openapi.json/", "/oauth_callback/")  # of the framework under Flet, and all below
SESSION_S = 300  # that a session waits for a browser that has gone
BEGIN_S = 30  # from the opening of a web socket until it has a session
LEAVE_S = 15  # in which what was typed is kept, once a browser has gone
END_S = 3  # the same, once the program is to end

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


def show(main: Callable[[ft.Page], object], name: str, port: int, cookie: str) -> None:
    """Runs a Flet app: in a browser, served from ALONGSIDE_HOST and ALONGSIDE_PORT; on a phone, as an app.

    Pages are those of ALONGSIDE_ORIGINS. `cookie`: the program's name in the cookie that binds a browser to its device.
    """
    if os.environ.get("FLET_PLATFORM") in ("android", "ios"):
        ft.run(main, assets_dir=str(ASSETS))
        return
    import flet_web.fastapi
    import uvicorn

    host = os.environ.get("ALONGSIDE_HOST", "127.0.0.1")
    port = int(os.environ.get("ALONGSIDE_PORT", port))
    try:
        door = Door(origins(os.environ.get("ALONGSIDE_ORIGINS", ""), host, port), cookie)
    except ValueError as wrong:
        raise SystemExit(f"ALONGSIDE_ORIGINS: {wrong}") from None
    app = flet_web.fastapi.app(
        main,
        assets_dir=str(ASSETS),
        app_name=name,
        no_cdn=True,
        web_renderer=ft.WebRenderer.CANVAS_KIT,
        session_timeout_seconds=SESSION_S,
    )
    proxies = os.environ.get("ALONGSIDE_PROXIES", "")
    uvicorn.run(
        guarded(app, door),
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=END_S,
        ws="websockets-sansio",
    )


def guarded(app: Asgi, door: Door) -> Asgi:
    """The app behind its door: pages for our hosts only, with our headers; web sockets for our own pages only."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _page(app, door, scope, receive, send)
        elif scope["type"] != "websocket":
            await app(scope, receive, send)
        elif browser := door.browser(scope):
            await _socket(app, browser, scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403

    return answer


async def _page(app: Asgi, door: Door, scope: Message, receive: Receive, send: Send) -> None:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = _headers(door, scope, message)
        await send(message)

    status = 421 if not door.origin(scope) else 404 if f"{scope['path']}/".startswith(HIDDEN) else 0
    if status:
        await send_with_headers({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await app(scope, receive, send_with_headers)


def _headers(door: Door, scope: Message, start: Message) -> list[tuple[bytes, bytes]]:
    """The headers of an answer: ours, and of the app's own those that do not open it to other sites.

    What Flutter is made of has no digest in its names: a browser may keep it, and asks each time whether it is the
    same. Nothing else is kept.
    """
    ours = {*HEADERS, b"access-control-allow-origin", b"cache-control"}
    theirs = [(name, value) for name, value in start["headers"] if name.lower() not in ours]
    kind = next((value for name, value in theirs if name.lower() == b"content-type"), b"")
    static = start["status"] == 304 or (start["status"] in (200, 206) and kind.startswith(OF_FLUTTER))
    cookies = door.cookies(scope) if kind.startswith(b"text/html") and start["status"] == 200 else []
    return [*theirs, *HEADERS.items(), (b"cache-control", ASK_AGAIN if static else NO_STORE), *cookies]


async def _socket(app: Asgi, browser: Browser, scope: Message, receive: Receive, send: Send) -> None:
    """Serves one web socket until it has gone.

    Flet finds a session by its id and what it takes for the client's address: here that is the browser's device, so
    that an id opens nothing in another browser. When a client goes while a frame is being sent, Flet's own end of the
    socket would fail without ending the session, which then could neither be taken up again nor expire: a frame for
    nobody is dropped. A client that never asks for a session would leave a task that waits for ever: it is cut off.
    """
    gone, answered = asyncio.Event(), asyncio.Event()

    async def hear() -> Message:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            gone.set()
        return message

    async def say(message: Message) -> None:
        if message["type"] == "websocket.send":
            answered.set()
        with contextlib.suppress(OSError):
            await send(message)

    serve(browser)
    served = asyncio.create_task(app({**scope, "client": (browser.device, 0)}, hear, say))  # type: ignore[arg-type]
    left, begun = asyncio.create_task(gone.wait()), asyncio.create_task(answered.wait())
    try:
        await asyncio.wait({served, left, begun}, timeout=BEGIN_S, return_when=asyncio.FIRST_COMPLETED)
        if answered.is_set():
            await asyncio.wait({served, left}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({served}, timeout=LEAVE_S)
    finally:
        for task in (served, left, begun):
            task.cancel()
    await asyncio.gather(served, return_exceptions=True)

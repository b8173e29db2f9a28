"""Showing a Flet app in a browser: everything from this machine, nothing from any other.

Flet's prebuilt client asks a public host for an animation library that this app does not use, even with `no_cdn`. The
content security policy forbids the browser to ask anybody but this server. On a phone the app runs without a server.
What draws is CanvasKit: docs/decisions/0018.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import flet as ft

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

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


def show(main: Callable[[ft.Page], object], name: str, port: int) -> None:
    """Runs a Flet app: in a browser, served from ALONGSIDE_HOST and ALONGSIDE_PORT; on a phone, as an app."""
    if os.environ.get("FLET_PLATFORM") in ("android", "ios"):
        ft.run(main, assets_dir=str(ASSETS))
        return
    import uvicorn

    host = os.environ.get("ALONGSIDE_HOST", "127.0.0.1")
    port = int(os.environ.get("ALONGSIDE_PORT", port))
    app: Any = ft.run(
        main, export_asgi_app=True, assets_dir=str(ASSETS), no_cdn=True, web_renderer=ft.WebRenderer.CANVAS_KIT
    )
    app.title = name
    uvicorn.run(guarded(app), host=host, port=port, log_level="warning", ws="websockets-sansio")


def guarded(app: Asgi) -> Asgi:
    """The app with our headers on every answer, and without Flet's permission for any other site to read them."""

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {*HEADERS, b"access-control-allow-origin"}
                theirs = [(name, value) for name, value in message["headers"] if name.lower() not in ours]
                message["headers"] = [*theirs, *HEADERS.items()]
            await send(message)

        await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return answer

"""A browser without a screen: it keeps cookies, and speaks Flet's protocol over a web socket of its own."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgpack
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

WRONG_PASSWORD = "The user name or password is not right."
REGISTER, EVENT, PROPS, INVOKE = 1, 3, 4, 5
ROOM = {"left": 0, "top": 0, "right": 0, "bottom": 0}
PAGE = {
    "route": "/",
    "width": 420,
    "height": 900,
    "web": True,
    "platform": "android",
    "platform_brightness": "light",
    "media": {
        "padding": ROOM,
        "view_padding": ROOM,
        "view_insets": ROOM,
        "device_pixel_ratio": 1,
        "orientation": "portrait",
    },
}


class Browser:
    """One browser at the program on this port."""

    def __init__(self, port: int, agent: str = "Mozilla/5.0 test"):
        self.port, self.agent = port, agent
        self.origin = f"http://127.0.0.1:{port}"
        alone = httpx.Limits(max_keepalive_connections=0)  # nothing is left open between two requests
        self.http = httpx.Client(base_url=self.origin, headers={"user-agent": agent}, trust_env=False, limits=alone)

    def open(self, path: str = "/", **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def token(self, name: str = "alongside_phone") -> str:
        return self.http.cookies.get(name) or ""

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())

    @contextmanager
    def socket(self, **headers: str | None) -> Iterator[ClientConnection]:
        """A web socket as a page of this program opens it. `headers`: others in their place; None: left out."""
        given = {"origin": self.origin, "cookie": self.cookies, "host": f"127.0.0.1:{self.port}", **headers}
        host = given.pop("host")
        wanted = [(name.title(), value) for name, value in given.items() if value is not None]
        with (
            socket.create_connection(("127.0.0.1", self.port)) as line,
            connect(
                f"ws://{host}/ws",
                sock=line,
                additional_headers=wanted,
                user_agent_header=self.agent,
                max_size=None,
                proxy=None,
                close_timeout=1,
            ) as opened,
        ):
            yield opened

    def status(self, **headers: str | None) -> int:
        """What a web socket with these headers is answered: 101 when it is opened."""
        try:
            with self.socket(**headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    @contextmanager
    def page(self, session: str = "", **headers: str | None) -> Iterator["ServedPage"]:
        with self.socket(**headers) as line:
            yield ServedPage(line, session)


class ServedPage:
    """A page of the app, taken up by the id of a session, or begun."""

    def __init__(self, line: ClientConnection, session: str = ""):
        self.line = line
        self.controls: dict[int, dict[str, Any]] = {}
        self.texts: list[str] = []
        self.session = ""
        self.send(REGISTER, {"session_id": session, "page_name": "", "page": PAGE})
        self.until(lambda: self.session)

    def send(self, action: int, body: Any) -> None:
        self.line.send(b"\0" + msgpack.packb([action, body]))

    def until(self, true: Callable[[], Any], seconds: float = 30) -> Any:
        """Take in what comes until this holds."""
        end = time.monotonic() + seconds
        while not (found := true()):
            left = end - time.monotonic()
            assert left > 0, f"it did not come; the page says {self.texts[-20:]}"
            try:
                self._take(self.line.recv(timeout=min(left, 0.2)))
            except TimeoutError:
                continue
        return found

    def has(self, identifier: str) -> bool:
        return any(control.get("identifier") == identifier for control in self.controls.values())

    def says(self, text: str) -> bool:
        return any(text in each for each in self.texts)

    def press(self, identifier: str) -> None:
        for control in self._inside(identifier):
            if control.get("on_click"):
                self.send(EVENT, {"target": control["_i"], "name": "click", "data": None})
                return
        raise AssertionError(f"{identifier} cannot be pressed")

    def type(self, identifier: str, text: str) -> None:
        self.until(lambda: self.has(identifier))
        (field, *_) = [control for control in self._inside(identifier) if control.get("_c") == "TextField"]
        self.send(PROPS, {"id": field["_i"], "props": {"value": text}})
        self.send(EVENT, {"target": field["_i"], "name": "change", "data": text})

    def sign_in(self, username: str, password: str, pin: str) -> None:
        """Sign in for the first time; until home is there, or why not."""
        self.type("username", username)
        self.type("password", password)
        self.type("pin", pin)
        self.type("pin-again", pin)
        self.texts.clear()
        self.press("sign-in")
        self.until(lambda: self.has("new-incident") or self.says(WRONG_PASSWORD))

    def vanish(self) -> None:
        """The machine is gone, and says nothing any more: the line is reset."""
        raw = self.line.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()

    def _inside(self, identifier: str) -> list[dict[str, Any]]:
        """The newest thing with this identifier, and all it holds."""
        newest = [control for _, control in sorted(self.controls.items()) if control.get("identifier") == identifier]
        assert newest, f"there is no {identifier}"
        found: list[dict[str, Any]] = []
        _walk(newest[-1], found.append, lambda _: None)
        return found

    def _take(self, frame: str | bytes) -> None:
        if not isinstance(frame, bytes) or frame[:1] != b"\0":
            return
        action, body = msgpack.unpackb(frame[1:], ext_hook=lambda _code, data: data, strict_map_key=False)
        if action == REGISTER:
            self.session = body["session_id"]
        if action == INVOKE:
            ids = {name: body[name] for name in ("control_id", "call_id")}
            self.send(INVOKE, {**ids, "result": None, "error": None})
        _walk(body, self._meet, self.texts.append)

    def _meet(self, control: dict[str, Any]) -> None:
        self.controls[control["_i"]] = {**self.controls.get(control["_i"], {}), **control}


def _walk(value: Any, control: Callable[[dict[str, Any]], None], text: Callable[[str], None]) -> None:
    """Every control and every text in what was sent."""
    if isinstance(value, dict):
        if "_i" in value:
            control(value)
        for each in value.values():
            _walk(each, control, text)
    elif isinstance(value, list | tuple):
        for each in value:
            _walk(each, control, text)
    elif isinstance(value, str):
        text(value)

"""What stands between a device and the centre, in this process: whoever answers in its place, and what passes on."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.steps.certificates import Served

Headers = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """A request, whole. `headers` have small letters."""

    method: str
    path: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Answered:
    status: int = 200
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


@dataclass
class StandIn:
    """`asked`: what came, in order."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def standing_in(answer: Callable[[Asked], Answered], shows: Served | None = None) -> Iterator[StandIn]:
    """Serve on loopback whatever this answers; over TLS, where there is something to show."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self._body())
            made.asked.append(asked)
            said = answer(asked)
            self.send_response_only(said.status)
            date = {} if "date" in said.headers else {"date": formatdate(usegmt=True)}
            length = {} if "content-length" in said.headers else {"content-length": str(len(said.body))}
            for name, value in {**date, **length, **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):  # whoever asked has heard enough
                self.wfile.write(said.body)

        do_GET = do_POST = handle_any  # noqa: N815 - the library's names

        def _body(self) -> bytes:
            if self.headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def log_message(self, *_: Any) -> None:
            """Nothing: pytest's output is for people."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    if shows:
        server.socket = shows.context().wrap_socket(server.socket, server_side=True, do_handshake_on_connect=True)
    made = StandIn(f"http{'s' if shows else ''}://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing: a device may hang up."""


@contextmanager
def relay(
    centre: str,
    up: Callable[[Asked], Asked] = lambda asked: asked,
    down: Callable[[Answered], Answered] = lambda answered: answered,
    shows: Served | None = None,
) -> Iterator[StandIn]:
    """Pass on to the centre what `up` makes of a request, and back what `down` makes of the answer."""

    def answer(asked: Asked) -> Answered:
        return down(passed_on(centre, up(asked)))

    with standing_in(answer, shows) as made:
        yield made


HOP = ("host", "connection", "transfer-encoding", "content-length")


def passed_on(centre: str, asked: Asked) -> Answered:
    """The centre's own answer."""
    place = urlsplit(centre)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        headers = {name: value for name, value in asked.headers.items() if name not in HOP}
        line.request(asked.method, asked.path, asked.body, headers)
        response = line.getresponse()
        body = response.read()
        return Answered(response.status, {k.lower(): v for k, v in response.getheaders() if k.lower() not in HOP}, body)
    finally:
        line.close()


def page(status: int = 200, **headers: str) -> Answered:
    """A page of HTML, as boxes answer with."""
    kind = {"content-type": "text/html; charset=utf-8"}
    return Answered(status, {**kind, **{name.replace("_", "-"): value for name, value in headers.items()}}, PAGE)


PAGE = b"<!doctype html><html><title>Log in</title></html>\n"


def without(asked: Asked, name: str) -> Asked:
    return replace(asked, headers={known: value for known, value in asked.headers.items() if known != name})

"""The centre's real ASGI app, broken at every await on the line: each chunk it receives, each message it sends.

There the client is gone, the server is being stopped (the task is cancelled), or the process is killed.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from sync.api.app import create_app
from sync.api.settings import Settings, database_url
from sync.client.http import Client
from sync.protocol.exchange import sync_once
from tests.faults import figures, points, scenario
from tests.faults.rig import Rig

WAYS = {"gone": "the client is gone", "stopped": "the server is stopped", "killed": "killed"}
CHUNK = 8 * 1024  # as a server reads from its socket
AWAITS = 8  # that an exchange of several batches has at the least


@dataclass
class Asgi(httpx.BaseTransport):
    """Requests go straight into the app. `at`: the number of the await that breaks; 0: none."""

    rig: Rig
    at: int = 0
    way: str = ""
    passed: list[str] = field(default_factory=list)
    answer: list[dict] = field(default_factory=list)
    read: bool = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        folder = self.rig.centre.folder
        app = create_app(Settings(database_url("", folder), folder, training=True), self.rig.clock.now)
        chunks = (data[at : at + CHUNK] for data in request.stream for at in range(0, len(data), CHUNK))
        broke = False
        try:
            asyncio.run(app(_scope(request), lambda: self.receive(chunks), self.send))
        except (points.Killed, asyncio.CancelledError, OSError):
            broke = True
        finally:
            app.state.centre.db.close()
        if self.way == "killed" and points.is_killed(folder):
            self.rig.centre.restart()
        return self.response(request, broke or 0 < self.at <= len(self.passed))

    def response(self, request: httpx.Request, broke: bool) -> httpx.Response:
        if not self.answer:
            raise httpx.ReadError("the line was cut", request=request)
        start, *rest = self.answer

        def body() -> Iterator[bytes]:
            for message in rest:
                yield message.get("body", b"")
            if broke:
                raise httpx.ReadError("the line was cut", request=request)

        return httpx.Response(start["status"], headers=start["headers"], stream=_Stream(body()))

    async def receive(self, chunks: Iterator[bytes]) -> dict:
        if self.read:  # nothing more comes, until the client hangs up
            await asyncio.Event().wait()
        if self.breaks("receive"):
            return {"type": "http.disconnect"}
        data = next(chunks, None)
        self.read = self.read or data is None
        return {"type": "http.request", "body": data or b"", "more_body": data is not None}

    async def send(self, message: dict) -> None:
        if self.breaks("send"):
            raise OSError("nobody listens")
        self.answer.append(message)

    def breaks(self, what: str) -> bool:
        """Pass the next await. True where the client is gone."""
        self.passed.append(what)
        if len(self.passed) != self.at:
            return self.way == "gone" and 0 < self.at < len(self.passed)
        if self.way == "killed":
            points.keep(self.rig.centre.folder)
            raise points.Killed
        if self.way == "stopped":
            raise asyncio.CancelledError
        return True


class _Stream(httpx.SyncByteStream):
    def __init__(self, parts: Iterator[bytes]):
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts


def _scope(request: httpx.Request) -> dict:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": "http",
        "path": request.url.path, "raw_path": request.url.raw_path, "query_string": b"", "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw], "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }  # fmt: skip


@pytest.fixture(scope="module")
def waiting(template):
    """One phone with batches to send and others' work to pull, some of it a clash."""
    with scenario.recorded(template) as made:
        state = made.states[7]
        (state.centre.folder / "centre.key").write_bytes(bytes(range(32)))
        yield state


def exchange(waiting, at=0, way=""):
    """From that state on: one exchange through the app, then the rest, and the checker. Returns the awaits passed."""
    with scenario.folder() as here:
        rig = waiting.twin(here)
        pocket = rig.phones[0]
        app = Asgi(rig, at, way)
        client = Client("https://centre", pocket.store.sync.token(), own=pocket.store.sync.own, transport=app)
        try:
            said = sync_once(pocket.store.sync, client)
            rig.note()
            assert at or not said.code, said.code
            rig.check()
        finally:
            client.close()
            rig.close()
        return app.passed


def test_an_exchange_has_awaits_in_both_directions(waiting):
    passed = exchange(waiting)
    assert len(passed) >= AWAITS
    assert {"receive", "send"} == set(passed)


@pytest.mark.parametrize("step", [pytest.param(4, id="some"), pytest.param(1, id="all", marks=pytest.mark.fault)])
@pytest.mark.parametrize("way", WAYS)
def test_an_exchange_broken_at_any_await_is_made_good(waiting, way, step):
    for at in range(1, len(exchange(waiting)) + 1, step):
        with figures.counted(f"every await of the centre: {WAYS[way]}", points=1):
            exchange(waiting, at, way)

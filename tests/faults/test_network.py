"""The real client over a line that cuts at every boundary, resets, delays, swallows, repeats, and lies in one bit."""

import bz2
import re
import secrets
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sync.api.settings import database_url
from sync.client.http import Client
from sync.protocol.exchange import sync_once
from tests.faults import figures
from tests.faults.proxy import Way
from tests.faults.wired import wired

MANY = 60  # boundaries of a request with several batches, at least


@pytest.fixture
def wire(tmp_path, sqlite_template):
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "centre.db")
    with wired(tmp_path, database_url("", tmp_path / "data")) as made:
        yield made


def work(wire, pocket, long=0):
    wire.seal(pocket, 1, {"location": "Mill Road"})
    for _ in range(long):
        wire.seal(pocket, 1, {"officer_safety_note": secrets.token_hex(16_000)})


def boundaries(data):
    """Where one thing ends and another begins: before, in, after each line end of HTTP; and the very first and last."""
    ends = {at + near for one in re.finditer(rb"\r\n", data) for at in [one.start()] for near in (0, 1, 2, 3)}
    return sorted(at for at in {1, 2, len(data) - 1, *ends} if 0 < at <= len(data))


def bytes_of_one_exchange(wire, pocket):
    """Both ways, of an exchange like those that will be cut."""
    work(wire, pocket, long=3)
    assert not wire.sync(pocket).code
    return bytes(wire.proxy.went_up), bytes(wire.proxy.came_down)


@pytest.mark.parametrize(
    "part", [pytest.param(slice(3, None, 100), id="some"), pytest.param(slice(None), id="all", marks=pytest.mark.fault)]
)
@pytest.mark.parametrize("reset", [False, True])
def test_a_line_cut_at_every_boundary(wire, part, reset):
    pocket, other = wire.phone(), wire.phone("tom.ellery")
    up, down = bytes_of_one_exchange(wire, pocket)
    ways = [Way(up=at, reset=reset) for at in boundaries(up)] + [Way(down=at, reset=reset) for at in boundaries(down)]
    assert len(ways) > MANY
    for way in ways[part]:
        with figures.counted("real HTTP: line cut at a boundary", points=1):
            work(wire, pocket, long=1)
            wire.sync(pocket, way)
            wire.sync(other, way)
            wire.check()


@pytest.mark.parametrize("way", [
    pytest.param(Way(twice=True), id="a request arrives twice"),
    pytest.param(Way(swallow=True), id="the answer never comes"),
    pytest.param(Way(delay_s=1.0), id="slow to begin"),
    pytest.param(Way(rate=30_000, loss=0.1, pause_s=0.3), id="lossy"),
])  # fmt: skip
def test_a_line_that_does_strange_things(wire, way):
    pocket = wire.phone()
    with figures.counted("real HTTP: answer swallowed, request doubled, delay, loss", points=1):
        work(wire, pocket, long=2)
        wire.sync(pocket, way)
        wire.check()


@pytest.mark.fault
def test_sixteen_kilobits_three_seconds_and_every_tenth_segment_lost(wire):
    """In the field the client waits a minute without a byte; three seconds here would be less than the way itself."""
    pocket = wire.phone()
    wire.clients[pocket.device_id]._timeout = 60
    work(wire, pocket, long=1)
    with figures.counted("real HTTP: 16 kbit/s, 3 s, 10 % loss", points=1):
        for _ in range(4):
            wire.sync(pocket, Way(rate=2_000, delay_s=1.5, loss=0.1, pause_s=3))
        assert pocket.store.strip().waiting == 0, "I8: nothing gets through a slow line"
        wire.check()


def content(answer):
    """What an answer says: a few bits of chunked bz2 say nothing (the size of its blocks, what fills the last byte)."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"content-length" in head.lower():
        return bz2.decompress(rest)
    packed = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        packed, rest = packed + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return bz2.decompress(packed)


@pytest.mark.parametrize("part", [pytest.param(4, id="some"), pytest.param(200, id="all", marks=pytest.mark.fault)])
def test_one_flipped_bit_of_an_answer_is_caught_and_named(wire, part):
    pocket, other = wire.phone(), wire.phone("tom.ellery")
    _, down = bytes_of_one_exchange(wire, pocket)
    begin = down.index(b"\r\n\r\n") + 4
    for at in range(begin, len(down), -(-(len(down) - begin) // part)):
        with figures.counted("a flipped bit: in an answer", points=1):
            work(wire, pocket)
            work(wire, other)
            said = wire.sync(pocket, Way(flip=at))
            came = bytes(wire.proxy.came_down)
            meant = came[:at] + bytes(byte ^ 1 for byte in came[at : at + 1]) + came[at + 1 :]
            assert said.code or content(came) == content(meant), f"I7: nobody noticed that byte {at} was wrong"
            wire.check()


class Portal(BaseHTTPRequestHandler):
    """The hospital's guest Wi-Fi."""

    answer = (200, "text/html", {})

    def do_POST(self):
        status, kind, headers = self.answer
        self.rfile.read(1)
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": "20", "connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"<html>Log in</html>\n")
        self.close_connection = True

    def log_message(self, *_):
        """Nothing: pytest's output is for people."""


@pytest.mark.parametrize("answer", [
    pytest.param((200, "text/html", {}), id="a page"),
    pytest.param((302, "text/html", {"location": "http://portal.invalid/"}), id="a redirect"),
    pytest.param((511, "text/html", {}), id="511"),
    pytest.param((200, "application/x-ndjson", {}), id="a page that says it is ours"),
])  # fmt: skip
def test_a_captive_portal_is_named_and_takes_nothing(wire, answer):
    pocket = wire.phone()
    server = HTTPServer(("127.0.0.1", 0), type("Here", (Portal,), {"answer": answer}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    work(wire, pocket)
    client = Client(f"http://127.0.0.1:{server.server_port}", "token", own=pocket.store.sync.own, timeout=5)
    try:
        with figures.counted("captive portal", points=1):
            said = sync_once(pocket.store.sync, client)
            assert said.code == "captive_portal"
            assert said.advice
            assert pocket.store.strip().waiting == 1, "I9: a log-in page is no receipt"
            wire.check()
    finally:
        client.close()
        server.shutdown()
        server.server_close()

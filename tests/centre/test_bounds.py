"""How much, how long and how many: what a stranger, and a device that has proved itself, can make the centre do."""

import bz2
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psutil
import pytest
from fastapi.routing import APIRoute

from sync.api.app import ROUTERS
from sync.api.ingest import request_reader
from sync.api.ingest.request_reader import MAX_BATCHES, MAX_HELLO, MAX_LINES
from sync.api.ops.connections import HEAD_BYTES, PIPELINED, REST_BYTES
from sync.api.ops.load_shedding import LoadShedding
from sync.api.routes import bodies
from sync.core.canonical import canonical
from tests.steps.centre.running import Clock, Phone, Running, answered, problem, serving

TWO_MB = 2 * 1024 * 1024
OPEN = {("GET", "/health"), ("GET", "/ready"), ("POST", "/v1/sign-out")}  # answered without a token, and read no body


def line_of(phone: Phone, **other) -> bytes:
    return canonical(phone.lines(hello=replace(phone.device.hello(), **other))[0]) + b"\n"


@contextmanager
def raw(running: Running, sent: bytes) -> Iterator[socket.socket]:
    """A connection on which these bytes have been sent."""
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(sent)
        yield line


def until_closed(line: socket.socket) -> bytes:
    """What comes until the centre closes. Raises TimeoutError where it does not."""
    said = b""
    try:
        while data := line.recv(65536):
            said += data
    except ConnectionResetError:
        pass
    return said


def half_sent(running: Running, length: int = 1000, body: bytes = b"{") -> bytes:
    return f"POST /v1/sync HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n".encode() + body


def taken(running: Running, request: bytes) -> bool:
    with raw(running, request) as line:
        return b" 200 " in line.recv(4096).split(b"\r\n")[0]


# --- before the proof -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        bz2.compress(b"\n" * (64 << 20)),
        bz2.compress(b"x" * (64 << 20)),
        bz2.compress(b"") * 40_000,
        bz2.compress(b"\n") * 8_000,
        b"\n" * (MAX_HELLO + 1),
        b"x" * (MAX_HELLO + 1),
    ],
    ids=["empty lines", "one line", "empty streams", "short streams", "empty lines, plain", "one line, plain"],
)
def test_a_hello_that_does_not_end_soon_is_not_waited_for(phone, body) -> None:
    encoding = {"content-encoding": "bz2"} if body.startswith(b"BZh") else {}
    problem(phone.post(body, **encoding), 413, "too_large")


def test_what_swells_behind_a_hello_is_not_decompressed_for_a_stranger(running: Running, phone, monkeypatch) -> None:
    parsed: list[bytes] = []
    real = request_reader.LineReader._decompressed

    def counting(self, data: bytes) -> Iterator[bytes]:
        for plain in real(self, data):
            parsed.append(plain)
            yield plain

    monkeypatch.setattr(request_reader.LineReader, "_decompressed", counting)
    phone.device.key = running.device("tom.ellery").device.key
    bomb = bz2.compress(line_of(phone) + b'{"t":"x"}\n' * 6_000_000)
    assert len(bomb) < 10_000
    problem(phone.post(bomb, **{"content-encoding": "bz2"}), 403, "hello_wrong")
    assert sum(map(len, parsed)) <= MAX_HELLO


def test_a_hello_may_be_as_long_as_it_can_get(phone) -> None:
    hello = replace(phone.device.hello(), want=tuple(f"{n:064x}" for n in range(500)))
    assert len(line_of(phone, want=hello.want)) < MAX_HELLO
    assert "end" in answered(phone.post(phone.lines(hello=hello)))


@pytest.mark.parametrize("portion", [7, 400])
def test_a_request_may_come_in_small_portions(running: Running, phone, portion) -> None:
    """A slow line: what is left after the first few pieces is gathered."""
    phone.record({"location": "Old Bridge"})
    body = b"".join(canonical(line) + b"\n" for line in phone.lines(phone.batch(phone.device.changes)))
    with raw(running, half_sent(running, len(body), b"")) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(body), portion):
            line.sendall(body[start : start + portion])
        assert b" 200 " in line.recv(4096).split(b"\r\n")[0]


def test_half_sent_bodies_end_after_a_while_and_are_no_load(running: Running, phone, monkeypatch) -> None:
    change = phone.record({"location": "Old Bridge"})
    with ExitStack() as strangers:
        for _ in range(LoadShedding.MANY + 8):
            strangers.enter_context(raw(running, half_sent(running)))
        report = phone.sync()
    assert (report.code, report.backoff_s) == ("", 0)
    assert change.change_id in phone.device.receipts
    monkeypatch.setattr("sync.api.routes.exchange.HELLO_S", 0.05)
    with raw(running, half_sent(running)) as line:
        assert b" 408 " in line.recv(4096).split(b"\r\n")[0]


# --- a device that has proved itself ------------------------------------------------------------------------------


def test_a_device_that_falls_silent_is_given_up_and_what_was_whole_is_kept(url, tmp_path) -> None:
    with serving(url, tmp_path / "data", Clock(), quiet_s=0.3) as running:
        phone = running.device()
        phone.record({"location": "Old Bridge"})
        body = b"".join(canonical(line) + b"\n" for line in phone.lines(phone.batch(phone.device.changes)))
        with raw(running, half_sent(running, len(body) + 100, body)) as line:
            assert b" 408 " in line.recv(4096).split(b"\r\n")[0]
        assert len(running.rows()) == 1
        assert phone.sync().received == 1


def test_a_device_has_so_long_and_no_longer(url, tmp_path) -> None:
    with serving(url, tmp_path / "data", Clock(), body_s=0) as running:
        phone = running.device()
        with raw(running, half_sent(running, 10_000, line_of(phone))) as line:
            assert b" 408 " in line.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "rest",
    [
        bz2.compress(b'{"t":"later","x":"' + b"0" * 500_000 + b'"}\n') * 5,
        bz2.compress(b"\n" * 1_048_000 + b'{"t":"later"}\n' * 60_000),
        bz2.compress(b'{"t":"later"}\n' * (MAX_LINES + 1)),
        bz2.compress(b"") * (MAX_LINES + 1),
    ],
    ids=["swells", "lines", "empty lines", "streams"],
)
def test_a_device_may_send_only_so_much_in_one_request(phone, rest) -> None:
    problem(phone.post(bz2.compress(line_of(phone)) + rest, **{"content-encoding": "bz2"}), 413, "too_large")
    assert phone.sync().code == ""


def test_a_device_may_have_only_so_many_signatures_checked(phone, monkeypatch) -> None:
    monkeypatch.setattr(request_reader, "MAX_BATCHES", 2)
    changes = [phone.record({"location": "Old Bridge"}) for _ in range(3)]
    problem(phone.post(phone.lines(*(phone.batch([change]) for change in changes))), 413, "too_large")
    assert MAX_BATCHES > 2
    segment = [{"t": "segment", "before": "0" * 64}, {"t": "head"}]
    problem(phone.post([*phone.lines(), *segment * 3]), 413, "too_large")
    assert phone.sync().code == ""


# --- every route ----------------------------------------------------------------------------------------------------


def routes() -> list[tuple[str, str]]:
    every = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return sorted((method, route.path) for route in every for method in route.methods)


def test_no_route_lets_its_framework_read_a_body() -> None:
    """Before anybody has looked who asks, and however long it is."""
    every = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert [route.path for route in every if route.body_field is not None] == []


@pytest.mark.parametrize(("method", "path"), routes())
def test_a_large_body_without_a_token_is_refused(running: Running, method, path) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(32):
            yield b'"' + b"x" * 65_535

    with running.http() as http:
        declared = http.request(method, path, content=b"x" * (TWO_MB if path != "/v1/sync" else 65 << 20))
        problem(declared, 413, "too_large")
    with running.http() as http:
        streamed = http.request(method, path, content=chunks())
        assert streamed.status_code in ((200, 204) if (method, path) in OPEN else (401, 413)), (method, path)


def test_a_small_body_that_does_not_come_is_given_up(running: Running, monkeypatch) -> None:
    monkeypatch.setattr(bodies, "SMALL_S", 0.05)
    with raw(running, b"POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{") as line:
        assert b" 408 " in line.recv(4096).split(b"\r\n")[0]


def test_a_body_in_more_pieces_than_anybody_needs_is_given_up(running: Running, monkeypatch) -> None:
    monkeypatch.setattr(bodies, "MAX_PIECES", 3)
    with raw(running, b"POST /v1/sign-in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n") as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(0.05)
        said = b""
        for _ in range(200):
            line.sendall(b"1\r\n{\r\n")
            try:
                said = line.recv(4096)
                break
            except TimeoutError:
                continue
    assert b" 408 " in said.split(b"\r\n")[0]


# --- connections ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /health HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * (HEAD_BYTES // 2) + b"\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\nhost: x\r\nx: " + b"a" * (HEAD_BYTES + 100),
        b"POST /v1/sync HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"a" * 200_000,
        b"POST /v1/sync HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;" + b"a" * 200_000,
    ],
    ids=["a header", "headers", "an address", "one without end", "a trailer", "a chunk's extension"],
)
def test_a_head_that_is_too_large_is_not_taken(running: Running, head) -> None:
    with raw(running, head) as line:
        said = until_closed(line)
    assert b" 200 " not in said.split(b"\r\n")[0]


def test_a_head_that_does_not_come_is_given_up(running: Running, monkeypatch) -> None:
    monkeypatch.setattr("sync.api.ops.connections.HEAD_S", 0.05)
    for sent in (b"", b"GET /health HTTP/1.1\r\nhost:"):
        with raw(running, sent) as line:
            assert until_closed(line) == b""
    whole = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
    with raw(running, whole) as line:
        assert b" 200 " in line.recv(4096)
        line.sendall(whole[:20])  # and then another, half
        assert until_closed(line) == b""


def test_a_body_that_goes_on_after_its_answer_is_cut_off(running: Running, monkeypatch) -> None:
    with raw(running, half_sent(running, 300 << 20, b"x" * (MAX_HELLO + 1))) as line:
        sent = 0
        try:
            while sent < 100 * REST_BYTES:
                line.sendall(b"x" * 65_536)
                sent += 65_536
        except OSError:
            pass
        assert sent < 100 * REST_BYTES
    monkeypatch.setattr("sync.api.ops.connections.REST_S", 0.05)
    with raw(running, half_sent(running, 300 << 20, b"x" * (MAX_HELLO + 1))) as line:
        assert b" 413 " in until_closed(line).split(b"\r\n")[0]


def test_after_an_answer_that_came_early_the_connection_can_be_used_again(running: Running) -> None:
    late = b"x" * 100
    with raw(running, half_sent(running, MAX_HELLO + 101, b"x" * (MAX_HELLO + 1))) as line:
        assert b" 413 " in line.recv(4096).split(b"\r\n")[0]
        line.sendall(late + b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
        assert b" 200 " in line.recv(4096).split(b"\r\n")[0]


def test_only_so_many_requests_are_taken_at_once(running: Running) -> None:
    with raw(running, b"GET /ready HTTP/1.1\r\nhost: x\r\n\r\n" * 5_000) as line:
        said = until_closed(line)
    assert said.count(b"HTTP/1.1 200") <= PIPELINED + 2


def test_an_answer_that_nobody_takes_is_given_up(running: Running, monkeypatch) -> None:
    monkeypatch.setattr("sync.api.ops.connections.STALLED_S", 0.05)
    port = int(running.url.rpartition(":")[2])
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.connect(("127.0.0.1", port))
        line.sendall(b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n" * PIPELINED)
        for _ in range(1000):
            lines = psutil.Process().net_connections("tcp4")
            if not any(each.laddr.port == port and each.status == psutil.CONN_ESTABLISHED for each in lines):
                break
            time.sleep(0.01)
        else:
            pytest.fail("the centre still holds the connection")


def test_more_connections_than_are_taken_are_told_to_come_again(url, tmp_path) -> None:
    with serving(url, tmp_path / "data", Clock(), connections=3) as running:
        whole = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
        with ExitStack() as idle:
            for _ in range(3):
                idle.enter_context(raw(running, b""))
            with raw(running, whole) as line:
                assert b" 503 " in until_closed(line).split(b"\r\n")[0]
        assert any(taken(running, whole) for _ in range(100)), "and those are gone"

"""A real process of the centre: whatever a stranger sends to whichever route, it does not grow."""

import bz2
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import psutil
import pytest

from tools.world import Process

BODY, GROWTH, LONG = 2 * 1024 * 1024, 5_000_000, 100 * 1024 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    folder: Path = tmp_path_factory.mktemp("centre")
    process = Process("sync.api", folder / "data", "/ready", ALONGSIDE_TRAINING="1", DATABASE_URL="").start()
    yield process
    process.kill()


@contextmanager
def growth(served: Process) -> Iterator[list[int]]:
    """By how many resident bytes the process is above where it began, every few milliseconds."""
    assert served.child
    process = psutil.Process(served.child.pid)
    begun, grown, over = process.memory_info().rss, [0], Event()

    def watch() -> None:
        while not over.wait(0.002):
            grown.append(process.memory_info().rss - begun)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield grown
    finally:
        over.set()
        watching.join()


def asked(served: Process, method: str, path: str, body, **headers: str) -> int:
    """The status of the answer; 0 where the connection ended first."""
    with suppress(httpx.TransportError), httpx.Client(base_url=served.url, timeout=30) as http:
        return http.request(method, path, content=body, headers=headers).status_code
    return 0


def in_chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65_536):
        yield b"x" * 65_536


def test_no_route_keeps_a_body_of_somebody_without_a_token(served: Process) -> None:
    paths = httpx.get(f"{served.url}/openapi.json").json()["paths"]
    routes = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert len(routes) > 10
    for method, path in routes:  # what a process loads once is loaded now
        asked(served, method, path, b"")
    for method, path in routes:
        with growth(served) as grown:
            statuses = [asked(served, method, path, b"x" * BODY), asked(served, method, path, in_chunks(BODY))]
        assert max(grown) < GROWTH, (method, path)
        assert 413 in statuses or path == "/v1/sync", (method, path, statuses)


@pytest.mark.parametrize("path", ["/v1/sync", "/v1/sign-in", "/v1/devices/x/commands"])
def test_the_length_of_a_body_makes_no_difference(served: Process, path) -> None:
    with growth(served) as grown:
        asked(served, "POST", path, in_chunks(LONG))
    assert max(grown) < GROWTH


def test_what_swells_does_not_swell_here(served: Process) -> None:
    bodies = [bz2.compress(line * (32 << 20)) for line in (b"\n", b"x", b"[")]
    asked(served, "POST", "/v1/sync", bodies[0], **{"content-encoding": "bz2"})
    with growth(served) as grown:
        for body in bodies:
            assert asked(served, "POST", "/v1/sync", body, **{"content-encoding": "bz2"}) == 413
    assert max(grown) < GROWTH

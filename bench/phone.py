"""A phone in a process of its own, for the comparison: `python -m bench.phone DO URL FOLDER [WHAT...]`.

push           all that waits, until the centre's receipts are verified and settled
pull           all that the centre has, on a phone that has nothing
idle, live     nothing to do: over a new connection, over a live one
tap, tap-live  one tap, until its receipt is verified: over a new connection, over a live one
sign-in        a nurse on a new phone

Prints one JSON line. Everything is the app's own: store, engine, client. Modules are loaded and the client is made
before the time begins.
"""

import json
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.material import READER, SENDER
from bench.recorded import PIN, phone
from demo import PASSWORD
from field_app.phone.session import Session
from sync.client.http import Client
from sync.pack_files import shipped_packs
from sync.protocol.exchange import sync_once
from sync.protocol.send_window import SendWindow

AGAIN_S, TRIES = 1.0, 300  # a pause after a line that broke, as in the peers' clients


class Counting(httpx.HTTPTransport):
    """HTTP with the run's certificate. Counts the requests and their bytes."""

    def __init__(self, certificate: Path | None):
        context = ssl.create_default_context(cafile=certificate) if certificate else False
        super().__init__(verify=context)
        self.requests = self.sent = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        request.stream = Counted(request.stream, self)
        return super().handle_request(request)


class Counted(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream | httpx.AsyncByteStream, counts: Counting):
        self._inner, self._counts = inner, counts

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._inner, httpx.SyncByteStream)
        for part in self._inner:
            self._counts.sent += len(part)
            yield part


class PhoneLine:
    """A session's store and its client over one counting transport."""

    def __init__(self, session: Session, url: str, certificate: Path | None):
        self.session, self.store = session, session.store
        self.transport, port = Counting(certificate), session.store.sync
        self.client = Client(url, token=port.token(), own=port.own, transport=self.transport)
        self.window = SendWindow()
        self.tries = self.received = self.pulled = 0

    def sync(self) -> None:
        """Sync until there is nothing more either way; after a line that breaks, once more. Raises RuntimeError."""
        for _ in range(TRIES):
            report = sync_once(self.store.sync, self.client, window=self.window)
            self.received, self.pulled = self.received + report.received, self.pulled + report.pulled
            self.tries += 1
            if report.code:
                if self.tries == TRIES or report.code not in ("not_reachable", "cut_short"):
                    raise RuntimeError(f"sync ended with {report.code}")
                time.sleep(AGAIN_S)
            elif not report.more:
                return


def do(what: str, line: PhoneLine, wanted: Sequence[str]) -> dict[str, Any]:
    """Do it, and measure. `wanted`: the incidents that have to be here before a pull counts as usable."""
    store, usable = line.store, 0.0
    if what in ("live", "tap-live"):
        line.sync()
        line.transport.requests = line.transport.sent = 0
    begun, cpu = time.perf_counter(), time.process_time()

    def look() -> None:
        nonlocal usable
        if not usable and all(store.incident(incident_id) for incident_id in wanted):
            usable = time.perf_counter() - begun

    stop = store.on_change(look) if wanted else None
    if what.startswith("tap"):
        line.session.stamp(store.incidents(1)[0].incident_id, "arrived")
    line.sync()
    wall = time.perf_counter() - begun
    if stop:
        stop()
    hello = store.sync.hello()
    moved = {"n": line.pulled if what == "pull" else hello.acked, "waiting": hello.device_seq - hello.acked}
    requests = {"tries": line.tries, "https": line.transport.requests, "sent": line.transport.sent}
    machine = {"cpu": time.process_time() - cpu, "memory_mb": psutil.Process().memory_info().rss / 1e6}
    return {"wall": wall, "usable": usable, **moved, **requests, **machine}


def signed_in(url: str, folder: Path, certificate: Path | None) -> dict[str, Any]:
    from field_app.phone.phone import Phone

    transport = Counting(certificate)
    client = lambda: Client(url, transport=transport)  # noqa: E731
    device = Phone(folder, client, shipped_packs(training=True), training=True, scrypt_n=2**10)
    device.set_work_offline(True)
    begun = time.perf_counter()
    device.sign_in(READER, PASSWORD, PIN)
    wall = time.perf_counter() - begun
    return {"wall": wall, "n": 1, "https": transport.requests}


def main(what: str, url: str, folder: str, certificate: str, *wanted: str) -> None:
    trusted = Path(certificate) if url.startswith("https") else None
    if what == "sign-in":
        print(json.dumps(signed_in(url, Path(folder), trusted)))
        return
    device = phone(Path(folder), url)
    line = PhoneLine(device.unlock(READER if what == "pull" else SENDER, PIN), url, trusted)
    print(json.dumps(do(what, line, wanted)))
    line.client.close()
    device.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

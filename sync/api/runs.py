"""Stretches of a scope's log under signed heads: receipts for a device's own changes, and the pages of a pull."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from sync.api.database import Database
from sync.api.schema import change_log
from sync.signing import Signer
from sync.wire import NO_CHANGE, Change, Entry, Head, Run, link

PAGE_BYTES, PAGE_ENTRIES = 256 * 1024, 500
log = change_log.c


@dataclass(frozen=True)
class Asked:
    """Whose receipts and which log: what the hello said, once it was believed."""

    db: Database
    org: str
    epoch: str
    signer: Signer
    device_id: str
    acked: int
    scope: str | None
    start: tuple[int, str]  # number and chain from which the device pulls
    spelled: Collection[str]  # own changes that a number does not name


# --- receipts ---------------------------------------------------------------------------------------------------


def receipts(asked: Asked, page: Run | None) -> Iterator[Run]:
    """A run for each stretch of this device's own entries that it has no receipt for, without anybody else's."""
    low, high = (asked.start[0], page.head.seq) if page else (0, 0)
    with asked.db.read() as conn:
        rows = conn.execute(
            select(log.seq, log.scope, log.change_id, log.device_seq, log.received_ms, log.void, log.chain)
            .where(log.org == asked.org, log.device_id == asked.device_id, log.device_seq > asked.acked)
            .order_by(log.scope, log.seq)
        ).all()  # fmt: skip
        rows = [row for row in rows if not (row.scope == asked.scope and low < row.seq <= high)]
        bodies = _bodies(conn, asked.org, [row.change_id for row in rows if row.change_id in asked.spelled])
        entries = [Entry(row.seq, row.received_ms, _own(asked, row, bodies), row.void) for row in rows]
        runs: list[tuple[str, int, int]] = []  # chain before, first and end among the rows
        for here, row in enumerate(rows):
            before = _chain_before(conn, asked.org, row) if not _follows(rows, here, entries) else ""
            if before:
                runs.append((before, here, here + 1))
            else:
                runs[-1] = (*runs[-1][:2], here + 1)
    for before, first, end in runs:
        for at in range(first, end, PAGE_ENTRIES):
            stop = min(at + PAGE_ENTRIES, end)
            start = before if at == first else rows[at - 1].chain
            yield Run(start, tuple(entries[at:stop]), _head(asked, rows[stop - 1]))


def _follows(rows: Sequence[Row], here: int, entries: Sequence[Entry]) -> bool:
    """Whether this entry comes right after the one before it in the scope's chain."""
    if here == 0 or rows[here].scope != rows[here - 1].scope:
        return False
    row = rows[here]
    return link(rows[here - 1].chain, row.change_id, row.seq, row.received_ms) == row.chain


def _chain_before(conn: Connection, org: str, row: Row) -> str:
    before = select(log.chain).where(log.org == org, log.scope == row.scope, log.seq < row.seq)
    return conn.execute(before.order_by(log.seq.desc()).limit(1)).scalar() or NO_CHANGE


def _own(asked: Asked, row: Row, bodies: dict[str, bytes]) -> Change:
    """As much of an own change as its receipt needs; all of it where a number would not name it."""
    if row.change_id in bodies:
        return change_of(row.change_id, bodies[row.change_id])
    change = Change.model_construct(device_id=asked.device_id, device_seq=row.device_seq)
    vars(change)["_digest"] = row.change_id
    return change


def _bodies(conn: Connection, org: str, ids: Sequence[str]) -> dict[str, bytes]:
    if not ids:
        return {}
    rows = conn.execute(select(log.change_id, log.body).where(log.org == org, log.change_id.in_(ids)))
    return {row.change_id: row.body for row in rows}


# --- the pull ---------------------------------------------------------------------------------------------------


def pull_page(asked: Asked, after: tuple[int, str]) -> Run | None:
    """The next entries of the scope's log, up to a page of them, from stored bytes."""
    seq, chain = after
    ahead = (log.org == asked.org) & (log.scope == asked.scope) & (log.seq > seq)
    with asked.db.read() as conn:
        sizes = conn.execute(
            select(log.seq, func.length(log.body)).where(ahead).order_by(log.seq).limit(PAGE_ENTRIES)
        ).all()
        total, last = 0, seq
        for number, size in sizes:
            total += size
            if last > seq and total > PAGE_BYTES:
                break
            last = number
        kept = conn.execute(
            select(log.seq, log.scope, log.change_id, log.received_ms, log.void, log.chain, log.body)
            .where(ahead, log.seq <= last).order_by(log.seq)
        ).all()  # fmt: skip
    if not kept:
        return None
    entries = tuple(Entry(row.seq, row.received_ms, change_of(row.change_id, row.body), row.void) for row in kept)
    return Run(chain, entries, _head(asked, kept[-1]))


def change_of(change_id: str, body: bytes) -> Change:
    """A change from its stored bytes, which were verified when they came in."""
    plain = json.loads(body)
    change = Change.model_construct(**{**plain, "parents": tuple(plain["parents"])})
    vars(change).update(_digest=change_id, body=plain)
    return change


def _head(asked: Asked, row: Row) -> Head:
    head = Head(asked.epoch, row.scope, row.seq, row.chain)
    return Head(asked.epoch, row.scope, row.seq, row.chain, asked.signer.sign("head", head.claim()))

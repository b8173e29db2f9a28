"""Stretches of a scope's log under signed heads: receipts for a device's own changes, and the pages of a pull."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, true

from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.core.canonical import MAX_INT
from sync.core.signing import Signer
from sync.protocol.messages import NO_CHANGE, Change, Head, LogEntry, LogSegment, OwnChange, chain_hash

PAGE_BYTES, PAGE_ENTRIES = 512 * 1024, 1000
FIRST_BYTES = 32 * 1024  # the newest, for a device that has nothing to show yet
log = change_log.c
OWN = (log.device_id, log.device_seq, log.change_id, log.record_id, log.incident_id)  # in the order of `OwnChange`
LISTED = (log.seq, log.scope, log.received_ms, log.void, log.chain, func.length(log.body).label("size"), *OWN)
Place = tuple[int, str]  # a number in the log, and the chain there (before it, where the verified range begins)


@dataclass(frozen=True)
class PullQuery:
    """Whose receipts and which stretch of which log are to be sent: what the hello asked for and was allowed."""

    db: Database
    org: str
    epoch: str
    signer: Signer
    device_id: str
    acked: int
    scope: str | None
    head: Place | None  # up to which the device has the log; None: not at all
    verified_from: Place | None = None  # what lies below it is not there yet
    newest: bool = False  # without a head: begin at the end of the log
    page_bytes: int = PAGE_BYTES
    want: Collection[str] = ()  # changes to be sent once more
    known_to: int = 0  # up to this number device and centre mean the same own change, unless the number names two
    sent: Collection[int] = ()  # numbers of own changes that have just come


# --- single entries ---------------------------------------------------------------------------------------------


def receipts(query: PullQuery, page: LogSegment | None) -> Iterator[LogSegment]:
    """A segment for each stretch of this device's own entries that it has no receipt for, without anybody else's.

    `page`: the first of the pull. What soon comes with the pull is left to it.
    """
    with query.db.read() as conn:
        rows = conn.execute(
            select(*LISTED)
            .where(log.org == query.org, log.device_id == query.device_id, log.device_seq > query.acked)
            .order_by(log.scope, log.seq)
        ).all()
        low, high = _soon(conn, query, page) if rows and page else (1, 0)
        rows = [row for row in rows if not (row.scope == query.scope and low <= row.seq <= high)]
        segments = _stretches(conn, query, rows)
    yield from _segments(query, rows, segments)


def _soon(conn: Connection, query: PullQuery, page: LogSegment) -> tuple[int, int]:
    """The stretch around the first page in which less than a page has to come before."""
    down = query.head is None and query.newest
    first, last = page.entries[0].seq, page.head.seq
    beyond = (log.org == query.org) & (log.scope == query.scope) & (log.seq < first if down else log.seq > last)
    weight = case((log.device_id == query.device_id, 0), else_=func.length(log.body))
    entries = select(log.seq, weight).where(beyond).order_by(log.seq.desc() if down else log.seq)
    size = count = 0
    for seq, length in conn.execute(entries.limit(PAGE_ENTRIES)):
        size, count = size + length, count + 1
        if size > query.page_bytes or count == PAGE_ENTRIES:
            return (seq + 1, last) if down else (first, seq - 1)
    return (1, last) if down else (first, MAX_INT)


def wanted(query: PullQuery) -> Iterator[LogSegment]:
    """The entries of this scope that the device asked for by their ids."""
    if not query.want or query.scope is None:
        return
    asked = select(*LISTED).where(log.org == query.org, log.change_id.in_(query.want))
    with query.db.read() as conn:
        rows = [row for row in conn.execute(asked) if row.scope == query.scope]
        rows.sort(key=attrgetter("seq"))
        segments = _stretches(conn, query, rows)
    yield from _segments(query, rows, segments)


def _stretches(conn: Connection, query: PullQuery, rows: Sequence[Row]) -> list[tuple[str, int, int]]:
    """Of rows in the order of their scopes' logs: chain before, first and end of each stretch without a hole."""
    segments: list[tuple[str, int, int]] = []
    for place, row in enumerate(rows):
        if _follows(rows, place):
            segments[-1] = (*segments[-1][:2], place + 1)
        else:
            segments.append((_chain_before(conn, query.org, row.scope, row.seq), place, place + 1))
    return segments


def _segments(query: PullQuery, rows: Sequence[Row], segments: Sequence[tuple[str, int, int]]) -> Iterator[LogSegment]:
    """The stretches as segments of at most a page each; the bodies of each are read when its turn has come."""
    for before, first, end in segments:
        at = first
        while at < end:
            page = _first_page(query, rows[at:end])
            with query.db.read() as conn:
                entries = _entries(conn, query, page)
            yield LogSegment(before, entries, _head(query, page[-1]))
            at, before = at + len(page), page[-1].chain


def _first_page(query: PullQuery, rows: Iterable[Row]) -> list[Row]:
    """The first of these rows, as many as make a page: at least one, if there is one."""
    page: list[Row] = []
    size = 0
    for row in rows:
        size += 0 if _may_name(query, row) else row.size
        if page and (size > query.page_bytes or len(page) == PAGE_ENTRIES):
            break
        page.append(row)
    return page


def _follows(rows: Sequence[Row], place: int) -> bool:
    """Whether the entry at this place comes right after the one before it in the scope's chain."""
    if place == 0 or rows[place].scope != rows[place - 1].scope:
        return False
    row = rows[place]
    return chain_hash(rows[place - 1].chain, row.change_id, row.seq, row.received_ms, void=row.void) == row.chain


def _chain_before(conn: Connection, org: str, scope: str, seq: int) -> str:
    before = select(log.chain).where(log.org == org, log.scope == scope, log.seq < seq)
    return conn.execute(before.order_by(log.seq.desc()).limit(1)).scalar() or NO_CHANGE


# --- which own changes are named by their numbers ---------------------------------------------------------------


def _may_name(query: PullQuery, row: Row) -> bool:
    """Whether a number names this change to the device, unless it names two: else it comes whole."""
    if row.device_id != query.device_id or row.change_id in query.want:
        return False
    return row.device_seq <= query.known_to or row.device_seq in query.sent


def _entries(conn: Connection, query: PullQuery, rows: Sequence[Row]) -> tuple[LogEntry, ...]:
    """The entries of these rows: own changes by their numbers where these name them, all others whole."""
    own = [row for row in rows if _may_name(query, row)]
    twice = _twice(conn, query, [row.device_seq for row in own])
    named = {row.seq: _own(row) for row in own if row.device_seq not in twice}
    changes = named | _whole(conn, query.org, [row.seq for row in rows if row.seq not in named])
    return tuple(LogEntry(row.seq, row.received_ms, changes[row.seq], row.void) for row in rows)


def _twice(conn: Connection, query: PullQuery, numbers: Sequence[int]) -> set[int]:
    """Which of these numbers of the device name two changes: a copy of it has given them too."""
    if not numbers:
        return set()
    of_device = (log.org == query.org) & (log.device_id == query.device_id)
    stretch = log.device_seq.between(min(numbers), max(numbers))
    counted = select(log.device_seq).where(of_device, stretch).group_by(log.device_seq).having(func.count() > 1)
    return set(conn.execute(counted).scalars())


def _own(row: Row) -> OwnChange:
    return OwnChange(row.device_id, row.device_seq, row.change_id, row.record_id, row.incident_id)


def _whole(conn: Connection, org: str, seqs: Sequence[int]) -> dict[int, Change]:
    """The changes with these log numbers, from stored bytes."""
    if not seqs:
        return {}
    rows = conn.execute(select(log.seq, log.change_id, log.body).where(log.org == org, log.seq.in_(seqs)))
    return {row.seq: change_of(row.change_id, row.body) for row in rows}


# --- the pull ---------------------------------------------------------------------------------------------------


def pull(query: PullQuery) -> Iterator[LogSegment]:
    """The pages of a pull: what is new; then from where the device's log begins back to the beginning of ours."""
    verified_from = query.verified_from
    if query.head is None and query.newest:
        if newest := page_before(replace(query, page_bytes=min(FIRST_BYTES, query.page_bytes)), None):
            yield newest
            verified_from = (newest.entries[0].seq, newest.before)
    else:
        at = query.head or (0, NO_CHANGE)
        while page := page_after(query, at):
            yield page
            at = (page.head.seq, page.head.chain)
    while verified_from and verified_from[1] != NO_CHANGE and (page := page_before(query, verified_from)):
        yield page
        verified_from = (page.entries[0].seq, page.before)


def page_after(query: PullQuery, at: Place) -> LogSegment | None:
    """The next entries of the scope's log, up to a page of them, from stored bytes."""
    with query.db.read() as conn:
        rows, entries = _page(conn, query, log.seq > at[0], log.seq)
    return LogSegment(at[1], entries, _head(query, rows[-1])) if rows else None


def page_before(query: PullQuery, verified_from: Place | None) -> LogSegment | None:
    """The last entries of the scope's log below this place, or of all of it."""
    with query.db.read() as conn:
        rows, entries = _page(conn, query, log.seq < verified_from[0] if verified_from else true(), log.seq.desc())
        before = _chain_before(conn, query.org, rows[0].scope, rows[0].seq) if rows else NO_CHANGE
    return LogSegment(before, entries, _head(query, rows[-1])) if rows else None


def _page(
    conn: Connection, query: PullQuery, where: ColumnElement[bool], order: ColumnElement
) -> tuple[Sequence[Row], tuple[LogEntry, ...]]:
    """A page in the order of the log, taken from one end; at least one entry, if there is one."""
    stretch = (log.org == query.org) & (log.scope == query.scope) & where
    listed = conn.execute(select(*LISTED).where(stretch).order_by(order).limit(PAGE_ENTRIES))
    rows = sorted(_first_page(query, listed), key=lambda row: row.seq)
    return rows, _entries(conn, query, rows)


def change_of(change_id: str, body: bytes) -> Change:
    """A change from its stored bytes, which were verified when they came in."""
    plain = json.loads(body)
    change = Change.model_construct(**{**plain, "parents": tuple(plain["parents"])})
    vars(change).update(_digest=change_id, body=plain)
    return change


def _head(query: PullQuery, row: Row) -> Head:
    head = Head(query.epoch, row.scope, row.seq, row.chain)
    return Head(query.epoch, row.scope, row.seq, row.chain, query.signer.sign("head", head.claim()))

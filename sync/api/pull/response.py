"""The answer to a request: what became of its changes, receipts, the pull, what is missing. Made as it is sent.

Receipts for a device's own changes that the first page of the pull does not hold come first: a slow pull never makes
a nurse wait for them. Every page ends in a signed head, so that a pull that breaks goes on from there. A new device
gets the newest page first, then those before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import Connection, select, text

from sync.api.accounts import device_commands
from sync.api.accounts.access import Caller, authorise, caller
from sync.api.accounts.read_log import note_read
from sync.api.ingest.request_reader import Ingest
from sync.api.problems import as_line
from sync.api.pull.gaps import note_device
from sync.api.pull.log_pages import PAGE_BYTES, Place, PullQuery, pull, receipts, wanted
from sync.api.pull.verdicts import stored_verdicts
from sync.api.settings import MIN_APP_VERSION
from sync.api.storage.database import Database
from sync.api.storage.schema import FORKED, change_log, epoch, organisation
from sync.core.errors import Problem
from sync.core.signing import Signer
from sync.core.times import from_millis, instant
from sync.protocol.messages import NO_CHANGE, Again, Answer, End, Hello, LogSegment, Welcome

PAGES = 40  # of a pull, in one answer
ENDED = "epoch_ended"
log = change_log.c


@dataclass
class SyncResponse:
    """What is needed to answer one request."""

    db: Database
    org: str
    signer: Signer
    intake: Ingest
    token: str | None
    now_ms: int
    min_app_version: str = MIN_APP_VERSION
    backoff_s: int = 0
    who: Caller | None = None
    epoch: str = ""
    kept: int | None = None  # how far the log of the device's epoch, which has ended, is still here
    code: str = ""  # of the problem the answer ends with
    spelled: set[str] = field(default_factory=set)  # own changes that a number does not name

    @property
    def hello(self) -> Hello:
        assert self.intake.hello is not None
        return self.intake.hello

    @property
    def knows_sender(self) -> bool:
        """Whether the sender has proved to be this device: by its key, or by a session on it."""
        return self.intake.proved or self.who is not None


def prepare(
    db: Database,
    org: str,
    signer: Signer,
    intake: Ingest,
    token: str | None,
    now_ms: int,
    *,
    min_app_version: str = MIN_APP_VERSION,
    backoff_s: int = 0,
) -> SyncResponse:
    """Find out who asks, what they may have, and from where the pull goes on."""
    reply = SyncResponse(db, org, signer, intake, token, now_ms, min_app_version, backoff_s)
    with db.read() as conn:
        reply.epoch = conn.execute(select(organisation.c.epoch).where(organisation.c.org == org)).scalar_one()
        reply.code = _why_not(conn, reply)
        if reply.code == ENDED:
            reply.kept = _kept(conn, reply)
        if reply.intake.sender is not None:
            reply.spelled = _spelled(conn, reply)
    return reply


def _why_not(conn: Connection, reply: SyncResponse) -> str:
    """The code of what stands against a pull; "" when nothing does."""
    hello, intake = reply.hello, reply.intake
    if intake.sender is None:
        return "unknown_device"
    if intake.revoked:
        return "device_revoked"
    if reply.token is None and hello.scope is None:
        return ""  # a deposit
    try:
        who = caller(conn, reply.org, reply.token, reply.now_ms)
    except Problem as error:
        return error.code
    if who.device_id != hello.device_id:
        return "sign_in_needed"
    reply.who = who
    if hello.scope is None:
        return ""
    if not authorise(who, "sync.pull", hello.scope):
        return "scope_not_yours"
    return _where_it_stands(conn, reply)


def _where_it_stands(conn: Connection, reply: SyncResponse) -> str:
    """The code of what stands against going on from the device's cursor; "" when it lies on our chain.

    A value of the chain stands for all before it, so a cursor of an ended epoch that lies on ours is as good as any.
    """
    head, floor = reply.hello.head, reply.hello.floor
    if head is None:
        return ""
    if head["scope"] != reply.hello.scope:
        return "history_differs"
    if not _on_chain(conn, reply, head["seq"], head["chain"]):
        return "history_differs" if head["epoch"] == reply.epoch else ENDED
    below = floor["seq"] - 1 if floor else 0
    return "" if floor is None or _on_chain(conn, reply, below, floor["chain"], exact=False) else "history_differs"


def _on_chain(conn: Connection, reply: SyncResponse, seq: int, chain: str, *, exact: bool = True) -> bool:
    """Whether the scope's chain has this value at this number; not `exact`: at the last entry up to it."""
    if seq == 0:
        return chain == NO_CHANGE
    place = (log.org == reply.org) & (log.scope == reply.hello.scope) & (log.seq == seq if exact else log.seq <= seq)
    ours = conn.execute(select(log.chain).where(place).order_by(log.seq.desc()).limit(1)).scalar()
    return (ours or NO_CHANGE) == chain


def _kept(conn: Connection, reply: SyncResponse) -> int:
    """Up to which number the log that the device knows is still here: from there the next epoch went on."""
    assert reply.hello.head is not None
    rows = conn.execute(select(epoch).where(epoch.c.org == reply.org).order_by(epoch.c.began_ms)).all()
    kept = {ended.epoch: following.after_seq for ended, following in pairwise(rows)}
    return kept.get(reply.hello.head["epoch"], rows[-1].after_seq)


# --- the answer -------------------------------------------------------------------------------------------------


def answers(reply: SyncResponse) -> Iterator[Answer]:
    """Every part of the answer in its order. Each read is a transaction of its own: a slow line holds none open."""
    hello, intake = reply.hello, reply.intake
    yield Welcome(reply.epoch, instant(from_millis(intake.hello_ms)), reply.min_app_version, kept=reply.kept)
    yield from intake.verdicts
    knows = reply.knows_sender and not intake.revoked
    if knows:
        yield from stored_verdicts(reply.db, reply.org, hello.device_id, intake.numbers)
    if intake.again is not None:
        yield Again(intake.again, full=True)
    problem = as_line(reply.code) if reply.code else None
    if not knows:
        yield End(problem=problem)
        return
    query = _pull_query(reply)
    pages = pull(query) if hello.scope is not None and not reply.code else iter(())
    page = next(pages, None)
    missing = list(receipts(query, page))
    if page and query.head is None and query.newest:  # the first run of this scope is to be where the pull begins
        yield from _noted(reply, [page])
        page = next(pages, None)
    yield from missing
    if not reply.code:
        yield from _noted(reply, wanted(query))
    with reply.db.write() as conn:
        gaps, ordered = note_device(conn, reply.org, intake, reply.now_ms), _orders(conn, reply)
    for _ in range(PAGES):
        if page is None:
            break
        yield from _noted(reply, [page])
        page = next(pages, None)
    yield End(page is not None, gaps, reply.backoff_s, ordered, problem)


def _pull_query(reply: SyncResponse) -> PullQuery:
    hello = reply.hello

    def place(named: dict | None) -> Place | None:
        return (named["seq"], named["chain"]) if named else None

    return PullQuery(
        reply.db,
        reply.org,
        reply.epoch,
        reply.signer,
        hello.device_id,
        hello.acked,
        hello.scope,
        place(hello.head),
        place(hello.floor),
        hello.newest,
        min(hello.flush or PAGE_BYTES, PAGE_BYTES),
        hello.want,
        reply.spelled,
    )


def _orders(conn: Connection, reply: SyncResponse) -> tuple[dict, ...]:
    """What this device is to do, signed, until it has said that it is done."""
    device_id = reply.hello.device_id
    if reply.hello.done:
        device_commands.done(conn, reply.org, device_id, reply.hello.done, reply.now_ms)
    due = device_commands.due(conn, reply.org, device_id)
    claims = [{"device_id": device_id, "kind": row.kind, "order_id": row.order_id} for row in due]
    return tuple({**claim, "signature": reply.signer.sign("order", claim)} for claim in claims)


def _spelled(conn: Connection, reply: SyncResponse) -> set[str]:
    """Own changes that are spelled out: wanted ones, and those whose number also names another."""
    mine = (log.org == reply.org) & (log.device_id == reply.hello.device_id)
    twice = select(log.device_seq).where(mine, text(FORKED))
    return {*reply.hello.want, *conn.execute(select(log.change_id).where(mine, log.device_seq.in_(twice))).scalars()}


def _noted(reply: SyncResponse, runs: Iterable[LogSegment]) -> Iterator[LogSegment]:
    """The runs, each put down as read before it leaves where it holds other people's entries."""
    for run in runs:
        if reply.who and any(entry.change.device_id != reply.hello.device_id for entry in run.entries):
            place = {"scope": run.head.scope, "from_seq": run.entries[0].seq, "to_seq": run.head.seq}
            note_read(reply.db, reply.org, reply.who, reply.now_ms, "pull", **place)
        yield run

"""The answer to a request: what became of its changes, receipts, the pull, what is missing. Made as it is sent.

Receipts for a device's own changes that the first page of the pull does not hold come first: a slow pull never makes
a nurse wait for them. Every page ends in a signed head, so that a pull that breaks goes on from there. A new device
gets the newest page first, then those before it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection, select

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
from sync.api.storage.schema import change_log, epoch, organisation
from sync.core.errors import Problem
from sync.core.signing import Signer
from sync.core.times import from_millis, instant
from sync.protocol.messages import NO_CHANGE, End, Hello, LogSegment, Resend, ResponsePart, Welcome

PAGES = 40  # of a pull, in one answer
ENDED = "epoch_ended"
log = change_log.c


@dataclass
class SyncResponse:
    """What is needed to answer one request."""

    db: Database
    org: str
    signer: Signer
    ingest: Ingest
    token: str | None
    now_ms: int
    min_app_version: str = MIN_APP_VERSION
    backoff_s: int = 0
    who: Caller | None = None
    epoch: str = ""
    kept: int | None = None  # how far the log of the device's epoch, which has ended, is still here
    code: str = ""  # of the problem the answer ends with
    known_to: int = 0  # up to this number the device and the centre mean the same own change

    @property
    def hello(self) -> Hello:
        return self.ingest.hello


def prepare(
    db: Database,
    org: str,
    signer: Signer,
    ingest: Ingest,
    token: str | None,
    now_ms: int,
    *,
    min_app_version: str = MIN_APP_VERSION,
    backoff_s: int = 0,
) -> SyncResponse:
    """Find out who asks, what they may have, and from where the pull goes on."""
    response = SyncResponse(db, org, signer, ingest, token, now_ms, min_app_version, backoff_s)
    with db.read() as conn:
        response.epoch = conn.execute(select(organisation.c.epoch).where(organisation.c.org == org)).scalar_one()
        response.code = _why_not(conn, response)
        response.kept = _kept(conn, response)
        response.known_to = _known_to(conn, response)
    return response


def _why_not(conn: Connection, response: SyncResponse) -> str:
    """The code of what stands against a pull; "" when nothing does."""
    hello, ingest = response.hello, response.ingest
    if ingest.revoked:
        return "device_revoked"
    if response.token is None and hello.scope is None:
        return ""  # a deposit
    try:
        who = caller(conn, response.org, response.token, response.now_ms)
    except Problem as error:
        return error.code
    if who.device_id != hello.device_id:
        return "sign_in_needed"
    response.who = who
    if hello.scope is None:
        return ""
    if not authorise(who, "sync.pull", hello.scope):
        return "scope_not_yours"
    return _where_it_stands(conn, response)


def _where_it_stands(conn: Connection, response: SyncResponse) -> str:
    """The code of what stands against going on from the device's cursor; "" when it lies on our chain.

    A value of the chain stands for all before it, so a cursor of an ended epoch that lies on ours is as good as any.
    """
    head, verified_from = response.hello.head, response.hello.verified_from
    if head is None:
        return ""
    if head["scope"] != response.hello.scope:
        return "history_differs"
    if not _on_chain(conn, response, head["seq"], head["chain"]):
        return "history_differs" if head["epoch"] == response.epoch else ENDED
    below = verified_from["seq"] - 1 if verified_from else 0
    if verified_from is None or _on_chain(conn, response, below, verified_from["chain"], exact=False):
        return ""
    return "history_differs"


def _on_chain(conn: Connection, response: SyncResponse, seq: int, chain: str, *, exact: bool = True) -> bool:
    """Whether the scope's chain has this value at this number; not `exact`: at the last entry up to it."""
    if seq == 0:
        return chain == NO_CHANGE
    scope = (log.org == response.org) & (log.scope == response.hello.scope)
    place = log.seq == seq if exact else log.seq <= seq
    ours = conn.execute(select(log.chain).where(scope, place).order_by(log.seq.desc()).limit(1)).scalar()
    return (ours or NO_CHANGE) == chain


def _kept(conn: Connection, response: SyncResponse) -> int | None:
    """Up to which number the log that the device knows is still here: from there the next epoch went on.

    None where it is no log of an ended epoch, or is all here. Told to whoever may not pull, too: they return what is
    lost all the same.
    """
    head = response.hello.head
    if head is None or head["scope"] != response.hello.scope or head["epoch"] == response.epoch:
        return None
    if _on_chain(conn, response, head["seq"], head["chain"]):
        return None
    epochs = select(epoch).where(epoch.c.org == response.org).order_by(epoch.c.began_ms, epoch.c.after_seq)
    rows = conn.execute(epochs).all()
    kept = {ended.epoch: following.after_seq for ended, following in pairwise(rows)}
    return kept.get(head["epoch"], rows[-1].after_seq)


# --- the answer -------------------------------------------------------------------------------------------------


def parts(response: SyncResponse) -> Iterator[ResponsePart]:
    """Every part of the answer in its order. Each read is a transaction of its own: a slow line holds none open."""
    hello, ingest = response.hello, response.ingest
    yield Welcome(response.epoch, instant(from_millis(ingest.hello_ms)), response.min_app_version, kept=response.kept)
    yield from ingest.verdicts
    problem = as_line(response.code) if response.code else None
    yield from stored_verdicts(response.db, response.org, hello.device_id, ingest.numbers)
    if ingest.resend_from is not None:
        yield Resend(ingest.resend_from, full=True)
    query = _pull_query(response)
    pages = pull(query) if hello.scope is not None and not response.code else iter(())
    page = next(pages, None)
    missing = list(receipts(query, page))
    if page and query.head is None and query.newest:  # the first segment of this scope is to be where the pull begins
        yield from _noted(response, [page])
        page = next(pages, None)
    yield from missing
    if not response.code:
        yield from _noted(response, wanted(query))
    with response.db.write() as conn:
        gaps = note_device(conn, response.org, ingest, response.now_ms)
        commands = () if gaps is None else _commands(conn, response)
    for _ in range(PAGES):
        if page is None:
            break
        yield from _noted(response, [page])
        page = next(pages, None)
    yield End(page is not None, gaps or (), response.backoff_s, commands, problem)


def _pull_query(response: SyncResponse) -> PullQuery:
    hello = response.hello

    def place(named: dict | None) -> Place | None:
        return (named["seq"], named["chain"]) if named else None

    return PullQuery(
        response.db,
        response.org,
        response.epoch,
        response.signer,
        hello.device_id,
        hello.acked,
        hello.scope,
        place(hello.head),
        place(hello.verified_from),
        hello.newest,
        min(hello.flush_bytes or PAGE_BYTES, PAGE_BYTES),
        hello.want,
        response.known_to,
        () if hello.spell_out else response.ingest.stored,
    )


def _commands(conn: Connection, response: SyncResponse) -> tuple[dict, ...]:
    """What this device is to do, signed, until it has said that it is done."""
    device_id = response.hello.device_id
    if response.hello.commands_done:
        device_commands.done(conn, response.org, device_id, response.hello.commands_done, response.now_ms)
    due = device_commands.due(conn, response.org, device_id)
    claims = [{"device_id": device_id, "kind": row.kind, "command_id": row.command_id} for row in due]
    return tuple({**claim, "signature": response.signer.sign("command", claim)} for claim in claims)


def _known_to(conn: Connection, response: SyncResponse) -> int:
    """Up to which number the device and the centre mean the same own change by it.

    That is what the device has receipts for; and all it has made, if the centre has the newest, which names by
    `device_prev` all before it. A device whose folder was put back, or that has a copy, means others beyond.
    """
    hello = response.hello
    if hello.spell_out:
        return 0
    mine = (log.org == response.org) & (log.device_id == hello.device_id)
    newest = (log.device_seq == hello.device_seq) & (log.change_id == hello.device_head)
    is_here = hello.acked < hello.device_seq and conn.execute(select(log.seq).where(mine, newest)).first()
    return hello.device_seq if is_here else hello.acked


def _noted(response: SyncResponse, segments: Iterable[LogSegment]) -> Iterator[LogSegment]:
    """The segments, each put down as read before it leaves where it holds other people's entries."""
    for segment in segments:
        if response.who and any(entry.change.device_id != response.hello.device_id for entry in segment.entries):
            place = {"scope": segment.head.scope, "from_seq": segment.entries[0].seq, "to_seq": segment.head.seq}
            note_read(response.db, response.org, response.who, response.now_ms, "pull", **place)
        yield segment

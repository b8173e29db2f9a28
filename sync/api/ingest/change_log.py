"""The change log: a verified piece goes in, once, under the next numbers of its organisation.

`take` locks the counter row before it reads anything, so numbers become visible in the order they were given and no
reader's cursor can pass over one. Every envelope stands or falls alone; views follow in the same transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from sync.api.accounts.access import people, scope_of
from sync.api.ingest.validate import ChangeFacts, Judgement, judge_content, understood, validate
from sync.api.logging import note
from sync.api.storage import projections
from sync.api.storage.database import Database, append, upsert
from sync.api.storage.projections import StoredChange
from sync.api.storage.schema import change_log, counter, enrolment, incident_scope, scope_head, waiting
from sync.core.canonical import parse
from sync.domain.content.pack_set import PackSet
from sync.protocol.messages import NO_CHANGE, Change, Verdict, chain_hash

TELL = 3  # in how many answers a later verdict is repeated: an answer may be lost
IT_IS_KEPT = "It is kept on this phone: tell your supervisor."
AT_ONCE = 500  # parameters of one statement
HELD = ("form_newer", "kind_unknown")


@dataclass(frozen=True)
class Sender:
    """A device, as the centre knows it.

    `vouched`: its changes come back under a head of our own, after a restore, and counted then: whoever was enrolled
    then need not be now.
    """

    device_id: str
    public_key: str
    team_id: str | None
    vouched: bool = False

    @property
    def scope(self) -> str:
        """Where work of an incident not yet known lands."""
        return scope_of(self.team_id) if self.team_id else f"device:{self.device_id}"


def by_number(db: Database, org: str, sender: Sender, numbers: Iterable[int]) -> dict[int, str]:
    """The ids of this device's changes by number; a number that names two is left out."""
    found: dict[int, set[str]] = {}
    log, asked = change_log.c, sorted(numbers)
    if not asked:
        return {}
    with db.read() as conn:
        for some in _slices(asked):
            here = (log.org == org) & (log.device_id == sender.device_id) & log.device_seq.in_(some)
            for number, change_id in conn.execute(select(log.device_seq, log.change_id).where(here)):
                found.setdefault(number, set()).add(change_id)
    return {number: next(iter(ids)) for number, ids in found.items() if len(ids) == 1}


def take(
    db: Database, org: str, sender: Sender, changes: Sequence[Change], packs: PackSet, now_ms: int
) -> list[Verdict]:
    """Store changes of one device, judge them, refresh the views. Returns what could not be stored."""
    with db.write() as conn:
        last = _numbers(conn, org, len(changes))
        numbered = [(last - len(changes) + 1 + place, change) for place, change in enumerate(changes)]
        refused: list[Verdict] = []
        incidents: dict[str, list[StoredChange]] = {}
        try:
            with conn.begin_nested():
                incidents = _append(conn, org, sender, numbered, now_ms)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 - one of them is at fault: each alone, in a savepoint of its own
            for one in numbered:
                try:
                    with conn.begin_nested():
                        incidents |= _append(conn, org, sender, [one], now_ms)
                except (InterfaceError, OperationalError):
                    raise
                except Exception as error:  # noqa: BLE001 - and the one at fault is named
                    note("change_refused", code="not_stored", error=type(error).__name__, device_id=sender.device_id)
                    refused.append(Verdict(one[1].device_seq, "refused", "not_stored", advice=IT_IS_KEPT))
        projections.refresh(conn, org, incidents, packs, now_ms)
    return refused


def _numbers(conn: Connection, org: str, count: int) -> int:
    """Lock the organisation's counter and take this many numbers; returns the last of them."""
    return conn.execute(
        update(counter).where(counter.c.org == org).values(seq=counter.c.seq + count).returning(counter.c.seq)
    ).scalar_one()


def _append(
    conn: Connection, org: str, sender: Sender, numbered: Sequence[tuple[int, Change]], now_ms: int
) -> dict[str, list[StoredChange]]:
    """Put those that are not there yet into the log. The incidents they belong to; of a new one, all its changes."""
    known = _known(conn, org, sender, [change for _, change in numbered])
    fresh = [(seq, one) for seq, one in numbered if one.change_id not in known.numbers.get(one.device_seq, ())]
    if not fresh:
        return {}
    touched: dict[str, list[StoredChange]] = {change.incident_id: [] for _, change in fresh}
    scopes = _scopes(conn, org, touched)
    new = touched.keys() - scopes.keys()
    scopes.update(dict.fromkeys(new, sender.scope))
    heads = _heads(conn, org, set(scopes.values()))
    rows: list[dict[str, Any]] = []
    waits: list[dict[str, Any]] = []
    for seq, change in fresh:
        scope = scopes[change.incident_id]
        said = validate(change, scope, known)
        chain = chain_hash(heads.get(scope, (0, NO_CHANGE))[1], change.change_id, seq, now_ms, void=said.void)
        heads[scope] = (seq, chain)
        rows.append(_row(org, seq, scope, change, now_ms, chain, said))
        if change.incident_id in new:
            touched[change.incident_id].append(StoredChange(seq, scope, change, said.void))
        waits += [{"org": org, "waits_for": one, "change_id": change.change_id} for one in said.waits_for]
        known.numbers.setdefault(change.device_seq, set()).add(change.change_id)
        known.records[change.change_id] = change.record_id
    append(conn, change_log, rows)
    upsert(conn, incident_scope, [{"org": org, "incident_id": one, "scope": scopes[one]} for one in new])
    grown = {row["scope"] for row in rows}
    upsert(conn, scope_head, [{"org": org, "scope": s, "seq": heads[s][0], "chain": heads[s][1]} for s in grown])
    upsert(conn, waiting, waits)
    _promote(conn, org, [change.change_id for _, change in fresh])
    return touched


def _row(org: str, seq: int, scope: str, change: Change, at_ms: int, chain: str, said: Judgement) -> dict[str, Any]:
    return {
        "org": org,
        "seq": seq,
        "scope": scope,
        "change_id": change.change_id,
        "record_id": change.record_id,
        "incident_id": change.incident_id,
        "device_id": change.device_id,
        "device_seq": change.device_seq,
        "kind": change.kind,
        "op": change.op,
        "author": change.author,
        "role": change.role,
        "received_ms": at_ms,
        "chain": chain,
        "void": said.void,
        "verdict": said.verdict,
        "code": said.code,
        "field": said.field[:80],
        "advice": said.advice,
        "tell": 0,
        "body": change.content,
    }


# --- what has to be known ---------------------------------------------------------------------------------------


def _known(conn: Connection, org: str, sender: Sender, changes: Sequence[Change]) -> ChangeFacts:
    authors = sorted({change.author for change in changes})
    keys: dict[str, set[str]] = {}
    for author, public in conn.execute(
        select(enrolment.c.practitioner_id, enrolment.c.user_public_key).where(
            enrolment.c.org == org, enrolment.c.device_id == sender.device_id
        )
    ):
        keys.setdefault(author, set()).add(public)
    log = change_log.c
    own = [change.device_seq for change in changes]
    numbers: dict[int, set[str]] = {}
    for number, change_id in conn.execute(
        select(log.device_seq, log.change_id).where(
            log.org == org, log.device_id == sender.device_id, log.device_seq.between(min(own) - 1, max(own))
        )
    ):
        numbers.setdefault(number, set()).add(change_id)
    here = {change.change_id for change in changes}
    parents = sorted({parent for change in changes for parent in change.parents} - here)
    records: dict[str, str] = {}
    for some in _slices(parents):
        rows = conn.execute(select(log.change_id, log.record_id).where(log.org == org, log.change_id.in_(some)))
        records.update((row.change_id, row.record_id) for row in rows)
    return ChangeFacts(people(conn, org, authors), keys, numbers, records, sender.vouched)


def _scopes(conn: Connection, org: str, incidents: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    at = incident_scope.c
    for some in _slices(sorted(incidents)):
        rows = conn.execute(select(at.incident_id, at.scope).where(at.org == org, at.incident_id.in_(some)))
        found.update((row.incident_id, row.scope) for row in rows)
    return found


def _heads(conn: Connection, org: str, scopes: Iterable[str]) -> dict[str, tuple[int, str]]:
    at = scope_head.c
    rows = conn.execute(select(at.scope, at.seq, at.chain).where(at.org == org, at.scope.in_(sorted(scopes))))
    return {row.scope: (row.seq, row.chain) for row in rows}


def _slices(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


# --- what was held ----------------------------------------------------------------------------------------------


def _promote(conn: Connection, org: str, arrived: Sequence[str]) -> None:
    """What waited for one of these, and now for nothing more, is judged again; its device will be told."""
    freed: set[str] = set()
    for some in _slices(arrived):
        here = and_(waiting.c.org == org, waiting.c.waits_for.in_(some))
        freed |= set(conn.execute(select(waiting.c.change_id).where(here)).scalars())
        if freed:
            conn.execute(delete(waiting).where(here))
    for some in _slices(sorted(freed)):
        still = select(waiting.c.change_id).where(waiting.c.org == org, waiting.c.change_id.in_(some))
        _judge_again(conn, org, set(some) - set(conn.execute(still).scalars()))


def reconsider(conn: Connection, org: str) -> None:
    """After an update of the centre: what was held because its form was too new is judged again."""
    log = change_log.c
    rows = conn.execute(
        select(log.change_id, log.kind, log.body).where(log.org == org, log.verdict == "held", log.code.in_(HELD))
    ).all()
    _judge_again(conn, org, {row.change_id for row in rows if understood(row.kind, parse(row.body)["form_version"])})


def _judge_again(conn: Connection, org: str, change_ids: Iterable[str]) -> None:
    log = change_log.c
    for change_id in sorted(change_ids):
        body = conn.execute(
            select(log.body).where(log.org == org, log.change_id == change_id, log.verdict == "held")
        ).scalar()
        if body is not None:
            _say(conn, org, change_id, judge_content(Change.model_validate(parse(body))))


def _say(conn: Connection, org: str, change_id: str, said: Judgement) -> None:
    log = change_log.c
    conn.execute(
        update(change_log)
        .where(log.org == org, log.change_id == change_id)
        .values(verdict=said.verdict, code=said.code, field=said.field, advice=said.advice, tell=TELL)
    )

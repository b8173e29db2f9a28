"""The change log, append-only: verified changes go in, once, under the next numbers of their organisation.

`take` locks the counter row before it reads anything, so numbers become visible in the order they were given and no
reader's cursor can pass over one. Every envelope stands or falls alone; projections follow in the same transaction.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, select, text, update
from sqlalchemy.exc import InterfaceError, OperationalError

from sync.api.accounts.access import scope_of
from sync.api.ingest.facts import change_facts, named_by, portions
from sync.api.ingest.validate import ChangeFacts, Judgement, judge_content, understood, validate
from sync.api.logging import note
from sync.api.storage import projections
from sync.api.storage.database import Database, append, upsert
from sync.api.storage.folded_incidents import IncidentKey, StoredChange
from sync.api.storage.schema import (
    ACCEPTABLE,
    HELD,
    change_log,
    counter,
    incident_scope,
    scope_head,
    undecided,
    waiting,
)
from sync.core.canonical import parse
from sync.domain.content.pack_set import PackSet
from sync.protocol.messages import NO_CHANGE, Change, Verdict, chain_hash

TELL = 3  # in how many answers a later verdict is repeated: an answer may be lost
IT_IS_KEPT = "It is kept on this phone: tell your supervisor."
FORM_UNKNOWN = ("form_newer", "kind_unknown")  # codes of what is held until the centre knows the form
OF_CHANGE = ("change_id", "record_id", "incident_id", "device_id", "device_seq", "kind", "op", "author", "role")


@dataclass(frozen=True)
class Sender:
    """A device, as the centre knows it.

    `counted`: its changes come back after a restore, under a head by which this centre said whether they count. That
    stands, whatever a backup knows of their authors. None: they come from the device itself.
    """

    device_id: str
    public_key: str
    team_id: str | None
    counted: bool | None = None

    @property
    def scope(self) -> str:
        """The scope of an incident that begins on this device."""
        return scope_of(self.team_id) if self.team_id else f"device:{self.device_id}"


def by_number(db: Database, org: str, sender: Sender, numbers: Collection[int]) -> dict[int, str]:
    """The ids of this device's changes by number; a number that names two is left out."""
    if not numbers:
        return {}
    log = change_log.c
    ids: dict[int, set[str]] = {}
    with db.read() as conn:
        for portion in portions(sorted(numbers)):
            named = (log.org == org) & (log.device_id == sender.device_id) & log.device_seq.in_(portion)
            for number, change_id in conn.execute(select(log.device_seq, log.change_id).where(named)):
                ids.setdefault(number, set()).add(change_id)
    return {number: change_ids.pop() for number, change_ids in ids.items() if len(change_ids) == 1}


def take(
    db: Database, org: str, sender: Sender, changes: Sequence[Change], packs: PackSet, now_ms: int
) -> list[Verdict]:
    """Store changes of one device with a verdict on each, refresh the projections. Returns what could not be stored."""
    with db.write() as conn:
        last = _numbers(conn, org, len(changes))
        numbered = [(last - len(changes) + 1 + place, change) for place, change in enumerate(changes)]
        refused: list[Verdict] = []
        incidents: dict[IncidentKey, list[StoredChange]] = {}
        try:
            with conn.begin_nested():
                incidents = _append(conn, org, sender, numbered, now_ms)
        except (InterfaceError, OperationalError):
            raise
        except Exception:  # noqa: BLE001 - one of them is at fault: each alone, in a savepoint of its own
            for seq, change in numbered:
                try:
                    with conn.begin_nested():
                        incidents |= _append(conn, org, sender, [(seq, change)], now_ms)
                except (InterfaceError, OperationalError):
                    raise
                except Exception as error:  # noqa: BLE001 - and the one at fault is named
                    note("change_refused", code="not_stored", error=type(error).__name__, device_id=sender.device_id)
                    refused.append(Verdict(change.device_seq, "refused", "not_stored", advice=IT_IS_KEPT))
        projections.refresh(conn, org, incidents, packs, now_ms)
    return refused


def _numbers(conn: Connection, org: str, count: int) -> int:
    """Lock the organisation's counter and take this many numbers; returns the last of them."""
    return conn.execute(
        update(counter).where(counter.c.org == org).values(seq=counter.c.seq + count).returning(counter.c.seq)
    ).scalar_one()


def _append(
    conn: Connection, org: str, sender: Sender, numbered: Sequence[tuple[int, Change]], now_ms: int
) -> dict[IncidentKey, list[StoredChange]]:
    """Put those that are not there yet into the log.

    Returns the incidents they belong to: a new one with all its changes, one that was there with none.
    """
    known = change_facts(conn, org, sender.device_id, [change for _, change in numbered], counted=sender.counted)
    fresh = [pair for pair in numbered if pair[1].change_id not in known.numbers.get(pair[1].device_seq, ())]
    if not fresh:
        return {}
    scopes, begun = _scopes(known, fresh, sender.scope)
    touched: dict[IncidentKey, list[StoredChange]] = {}
    heads = _heads(conn, org, set(scopes))
    rows: list[dict[str, Any]] = []
    waits: list[dict[str, Any]] = []
    for (seq, change), scope in zip(fresh, scopes, strict=True):
        judgement = validate(change, scope, known)
        chain = chain_hash(heads.get(scope, (0, NO_CHANGE))[1], change.change_id, seq, now_ms, void=judgement.void)
        heads[scope] = (seq, chain)
        again = {"number_again": known.is_second(change)}
        rows.append(_row(org, seq, scope, change, now_ms, chain, judgement) | again)
        all_of_it = touched.setdefault((scope, change.incident_id), [])
        if (scope, change.incident_id) in begun:
            all_of_it.append(StoredChange(seq, scope, change, judgement.void))
        waits += [{"org": org, "waits_for": parent, "change_id": change.change_id} for parent in judgement.waits_for]
        known.numbers.setdefault(change.device_seq, set()).add(change.change_id)
        known.records[change.change_id] = change.record_id
    append(conn, change_log, rows)
    begins = [{"scope": scope, "incident_id": incident, "first_seq": seq} for (scope, incident), seq in begun.items()]
    upsert(conn, incident_scope, [{"org": org, **row} for row in begins])
    upsert(conn, scope_head, [{"org": org, "scope": s, "seq": heads[s][0], "chain": heads[s][1]} for s in set(scopes)])
    upsert(conn, waiting, waits)
    _promote(conn, org, [change.change_id for _, change in fresh])
    _note_undecided(conn, org, rows, [change for _, change in fresh])
    return touched


def _row(
    org: str, seq: int, scope: str, change: Change, now_ms: int, chain: str, judgement: Judgement
) -> dict[str, Any]:
    return {
        "org": org,
        "seq": seq,
        "scope": scope,
        **{name: getattr(change, name) for name in OF_CHANGE},
        "received_ms": now_ms,
        "chain": chain,
        "void": judgement.void,
        **_verdict(judgement),
        "tell": 0,
        "body": change.content,
    }


def _verdict(judgement: Judgement) -> dict[str, str]:
    """The columns of the log that hold a verdict."""
    return {
        "verdict": judgement.verdict,
        "code": judgement.code,
        "field": judgement.field[:80],
        "advice": judgement.advice,
    }


# --- where it goes -----------------------------------------------------------------------------------------------


def _scopes(
    known: ChangeFacts, fresh: Sequence[tuple[int, Change]], own: str
) -> tuple[list[str], dict[IncidentKey, int]]:
    """The scope of each change; and the incidents that begin with one of them, each with that one's log number."""
    scopes: list[str] = []
    begun: dict[IncidentKey, int] = {}
    for seq, change in fresh:
        scope = known.scope_of(change, own)
        if scope not in (there := known.incidents.setdefault(change.incident_id, [])):
            there.append(scope)
            begun[scope, change.incident_id] = seq
        known.lies_in[change.change_id] = scope
        scopes.append(scope)
    return scopes, begun


def _heads(conn: Connection, org: str, scopes: Iterable[str]) -> dict[str, tuple[int, str]]:
    heads = scope_head.c
    rows = conn.execute(
        select(heads.scope, heads.seq, heads.chain).where(heads.org == org, heads.scope.in_(sorted(scopes)))
    )
    return {row.scope: (row.seq, row.chain) for row in rows}


# --- what a supervisor accepts -----------------------------------------------------------------------------------


def _note_undecided(conn: Connection, org: str, rows: Sequence[dict[str, Any]], changes: Sequence[Change]) -> None:
    """Put down what a supervisor may accept, and what these changes, stored as these rows, accept."""
    late = [row for row in rows if row["code"] in ACCEPTABLE and row["op"] != "accept"]
    upsert(conn, undecided, [{column.name: row[column.name] for column in undecided.c} for row in late])
    counting = [change for change, row in zip(changes, rows, strict=True) if not row["void"]]
    for portion in portions(named_by([change for change in counting if change.op == "accept"])):
        named = (change_log.c.org == org) & change_log.c.change_id.in_(portion) & change_log.c.code.in_(ACCEPTABLE)
        told = {"verdict": "accepted", "advice": "A supervisor has accepted it.", "tell": TELL}
        conn.execute(update(change_log).where(named).values(**told))
        conn.execute(delete(undecided).where(undecided.c.org == org, undecided.c.change_id.in_(portion)))


# --- what was held ----------------------------------------------------------------------------------------------


def _promote(conn: Connection, org: str, arrived: Sequence[str]) -> None:
    """Judge again what waited for one of these changes and now waits for nothing more. Its device will be told."""
    freed: set[str] = set()
    for portion in portions(arrived):
        satisfied = and_(waiting.c.org == org, waiting.c.waits_for.in_(portion))
        freed |= set(conn.execute(select(waiting.c.change_id).where(satisfied)).scalars())
        if freed:
            conn.execute(delete(waiting).where(satisfied))
    for portion in portions(sorted(freed)):
        still = select(waiting.c.change_id).where(waiting.c.org == org, waiting.c.change_id.in_(portion))
        _judge_again(conn, org, set(portion) - set(conn.execute(still).scalars()))


def reconsider(conn: Connection, org: str) -> None:
    """Judge again what was held because its form was too new: after an update the centre may know the form."""
    log = change_log.c
    rows = conn.execute(
        select(log.change_id, log.kind, log.body).where(log.org == org, text(HELD), log.code.in_(FORM_UNKNOWN))
    ).all()
    _judge_again(conn, org, {row.change_id for row in rows if understood(row.kind, parse(row.body)["form_version"])})


def _judge_again(conn: Connection, org: str, change_ids: Iterable[str]) -> None:
    log = change_log.c
    for change_id in sorted(change_ids):
        body = conn.execute(
            select(log.body).where(log.org == org, log.change_id == change_id, log.verdict == "held")
        ).scalar()
        if body is not None:
            _set_verdict(conn, org, change_id, judge_content(Change.model_validate(parse(body))))


def _set_verdict(conn: Connection, org: str, change_id: str, judgement: Judgement) -> None:
    """Put down a later verdict; the next answers to its device repeat it."""
    this = (change_log.c.org == org) & (change_log.c.change_id == change_id)
    conn.execute(update(change_log).where(this).values(**_verdict(judgement), tell=TELL))

"""What was sealed after its author had left, or on a phone that was shut out, and no supervisor has accepted yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, text

from sync.api.accounts.access import Caller, demand
from sync.api.accounts.read_log import note_list
from sync.api.logging import fault
from sync.api.shapes import MAX_PAGE
from sync.api.storage.database import Database
from sync.api.storage.folded_incidents import StoredChange, fold_stored, stored_changes
from sync.api.storage.schema import UNDECIDED, change_log, practitioner
from sync.core.times import from_millis, instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.records.incident import label

UNREADABLE = "It cannot be read here"
log = change_log.c


def undecided(db: Database, org: str, who: Caller, after: int, now_ms: int) -> dict[str, Any]:
    """A page of the caller's teams' incidents that hold such changes, by the number of the first: those above `after`.

    Raises the problem answer for anybody but a supervisor.
    """
    demand(who, "change.accept")
    note_list(db, org, who, now_ms)
    mine = (log.org == org) & log.scope.in_(who.scopes) & text(UNDECIDED)
    first = func.min(log.seq)
    with db.read() as conn:
        found = conn.execute(
            select(log.incident_id, first.label("first"))
            .where(mine)
            .group_by(log.incident_id)
            .having(first > after)
            .order_by(first)
            .limit(MAX_PAGE + 1)
        ).all()
        total = conn.execute(select(func.count(log.incident_id.distinct())).where(mine)).scalar_one()
        ids = [row.incident_id for row in found[:MAX_PAGE]]
        lines = _lines(conn, org, ids, mine) if ids else []
    following = found[MAX_PAGE - 1].first if len(found) > MAX_PAGE else None
    return {"incidents": lines, "next": following, "total": total, "as_of": instant(from_millis(now_ms))}


def _lines(conn: Connection, org: str, ids: list[str], mine: ColumnElement[bool]) -> list[dict[str, Any]]:
    columns = (log.incident_id, log.change_id, log.author, log.seq, log.received_ms, log.scope)
    rows: dict[str, list[Row]] = {incident_id: [] for incident_id in ids}
    for row in conn.execute(select(*columns).where(mine, log.incident_id.in_(ids)).order_by(log.seq)):
        rows[row.incident_id].append(row)
    people = practitioner.c
    authors = sorted({row.author for of_incident in rows.values() for row in of_incident})
    named = select(people.practitioner_id, people.name)
    named = named.where(people.org == org, people.practitioner_id.in_(authors))
    names = {row.practitioner_id: row.name for row in conn.execute(named)}
    changes = _changes(conn, org, rows)
    return [_line(of_incident, changes[incident_id], names) for incident_id, of_incident in rows.items()]


def _changes(conn: Connection, org: str, rows: dict[str, list[Row]]) -> dict[str, list[StoredChange]]:
    """All changes of these incidents, as if what is undecided had been accepted."""
    late = {row.change_id for of_incident in rows.values() for row in of_incident}
    changes: dict[str, list[StoredChange]] = {}
    for change in stored_changes(conn, org, rows):
        counts = change._replace(void=change.void and change.step.change_id not in late)
        changes.setdefault(change.step.incident_id, []).append(counts)
    return changes


def _line(rows: Sequence[Row], changes: list[StoredChange], names: dict[str, str]) -> dict[str, Any]:
    late = {row.change_id for row in rows}
    recorded = sorted(change.step.recorded_at for change in changes if change.step.change_id in late)
    return {
        "incident_id": rows[0].incident_id,
        "label": _label(rows[0].incident_id, changes),
        "team_id": rows[0].scope.removeprefix("team:"),
        "authors": list(dict.fromkeys(names.get(row.author, row.author) for row in rows)),
        "changes": len(rows),
        "recorded_from": recorded[0],
        "recorded_to": recorded[-1],
        "received_at": instant(from_millis(rows[-1].received_ms)),
        "seq": rows[-1].seq,
    }


def _label(incident_id: str, changes: list[StoredChange]) -> str:
    """The heading that it would have. What cannot be folded is listed all the same."""
    try:
        folded = fold_stored(changes)[incident_id]
        kinds = [record.kind for record in folded.incident.records.values()]
        return CATALOGUE[kinds[0]].title if folded.is_apart else label(folded.incident)
    except Exception as error:  # noqa: BLE001 - whatever a record holds, it waits for a decision
        fault("view_failed", error)
        return UNREADABLE

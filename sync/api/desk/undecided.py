"""What was sealed after its author had left, or on a phone that was shut out, and no supervisor has accepted yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from sync.api.accounts.access import Caller, demand
from sync.api.accounts.read_log import note_list
from sync.api.logging import fault
from sync.api.shapes import MAX_PAGE
from sync.api.storage import schema
from sync.api.storage.database import Database
from sync.api.storage.folded_incidents import IncidentKey, StoredChange, fold_stored, stored_changes
from sync.api.storage.schema import practitioner
from sync.core.times import from_millis, instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.records.incident import label

UNREADABLE = "It cannot be read here"
late = schema.undecided.c


def undecided(db: Database, org: str, who: Caller, after: int, now_ms: int) -> dict[str, Any]:
    """A page of the caller's teams' incidents that hold such changes, by the number of the first: those above `after`.

    Raises the problem answer for anybody but a supervisor.
    """
    demand(who, "change.accept")
    note_list(db, org, who, now_ms)
    waiting = select(schema.undecided).where(late.org == org, late.scope.in_(who.scopes)).order_by(late.seq)
    by_incident: dict[IncidentKey, list[Row]] = {}
    with db.read() as conn:
        for row in conn.execute(waiting):
            by_incident.setdefault((row.scope, row.incident_id), []).append(row)
        following = [rows for rows in by_incident.values() if rows[0].seq > after]
        page = following[:MAX_PAGE]
        lines = _lines(conn, org, page) if page else []
    return {
        "incidents": lines,
        "next": page[-1][0].seq if len(following) > MAX_PAGE else None,
        "total": len(by_incident),
        "as_of": instant(from_millis(now_ms)),
    }


def _lines(conn: Connection, org: str, page: Sequence[Sequence[Row]]) -> list[dict[str, Any]]:
    people, authors = practitioner.c, sorted({row.author for rows in page for row in rows})
    named = select(people.practitioner_id, people.name)
    named = named.where(people.org == org, people.practitioner_id.in_(authors))
    names = {row.practitioner_id: row.name for row in conn.execute(named)}
    changes = _changes(conn, org, page)
    return [_line(rows, changes[_key(rows)], names) for rows in page]


def _key(rows: Sequence[Row]) -> IncidentKey:
    return rows[0].scope, rows[0].incident_id


def _changes(conn: Connection, org: str, page: Sequence[Sequence[Row]]) -> dict[IncidentKey, list[StoredChange]]:
    """All changes of these incidents, as if what is undecided had been accepted."""
    waiting = {row.change_id for rows in page for row in rows}
    changes: dict[IncidentKey, list[StoredChange]] = {}
    for change in stored_changes(conn, org, {_key(rows) for rows in page}):
        counts = change._replace(void=change.void and change.step.change_id not in waiting)
        changes.setdefault((change.scope, change.step.incident_id), []).append(counts)
    return changes


def _line(rows: Sequence[Row], changes: list[StoredChange], names: dict[str, str]) -> dict[str, Any]:
    waiting = {row.change_id for row in rows}
    recorded = sorted(change.step.recorded_at for change in changes if change.step.change_id in waiting)
    return {
        "incident_id": rows[0].incident_id,
        "label": _label(_key(rows), changes),
        "team_id": rows[0].scope.removeprefix("team:"),
        "authors": list(dict.fromkeys(names.get(row.author, row.author) for row in rows)),
        "changes": len(rows),
        "recorded_from": recorded[0],
        "recorded_to": recorded[-1],
        "received_at": instant(from_millis(rows[-1].received_ms)),
        "seq": rows[-1].seq,
    }


def _label(key: IncidentKey, changes: list[StoredChange]) -> str:
    """The heading that it would have. What cannot be folded is listed all the same."""
    try:
        folded = fold_stored(changes)[key]
        kinds = [record.kind for record in folded.incident.records.values()]
        return CATALOGUE[kinds[0]].title if folded.is_apart else label(folded.incident)
    except Exception as error:  # noqa: BLE001 - whatever a record holds, it waits for a decision
        fault("view_failed", error)
        return UNREADABLE

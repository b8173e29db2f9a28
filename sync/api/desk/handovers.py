"""The handover sheets that an officer co-signed, line by line, and nothing else of those incidents."""

from typing import Any

from sqlalchemy import Connection, select

from sync.api.accounts.access import Caller, demand
from sync.api.accounts.read_log import note_read
from sync.api.shapes import MAX_PAGE
from sync.api.storage.database import Database
from sync.api.storage.folded_incidents import IncidentKey, folded_incidents
from sync.api.storage.projections import officer_of
from sync.api.storage.schema import incident_cosigner
from sync.core.canonical import MAX_INT
from sync.core.times import from_millis, instant
from sync.domain.documents.handover_sheet import handover_sheet, sheet_as_signed
from sync.domain.records.incident import label


def cosigned_sheets(db: Database, org: str, who: Caller, after: int, now_ms: int) -> dict[str, Any]:
    """A page of the officer's sheets, the last changed incident first. Raises the problem answer.

    `after`: the `next` of the page before; 0 for the first.

    An officer is known by force and collar number; whoever lacks one of them has no sheets.
    """
    demand(who, "handovers.read")
    cosigners = incident_cosigner.c
    officer = (who.force.casefold(), who.collar_number.casefold())
    with db.read() as conn:
        rows = conn.execute(
            select(cosigners.scope, cosigners.incident_id, cosigners.last_seq)
            .where(cosigners.org == org, cosigners.force == officer[0], cosigners.collar_number == officer[1])
            .where(cosigners.last_seq < (after or MAX_INT))
            .order_by(cosigners.last_seq.desc())
            .limit(MAX_PAGE + 1)
        ).all()
    more, rows = len(rows) > MAX_PAGE, rows[:MAX_PAGE]
    sheets = []
    for row in rows if all(officer) else ():
        note_read(db, org, who, now_ms, "handover", incident_id=row.incident_id)
        with db.read() as conn:
            sheets.append(_sheet(conn, org, (row.scope, row.incident_id), officer))
    return {"handovers": sheets, "next": rows[-1].last_seq if more else None, "as_of": instant(from_millis(now_ms))}


def _sheet(conn: Connection, org: str, key: IncidentKey, officer: tuple[str, str]) -> dict[str, Any]:
    incident = folded_incidents(conn, org, [key])[key].incident
    cosigned = [act for act in incident.acts if act.op == "cosign" and officer_of(act.detail) == officer]
    last = max(cosigned, key=lambda act: (len(act.after), act.at, act.change_id))
    record = incident.one("incident")
    return {
        "incident_id": incident.incident_id,
        "label": (record.values.get("cad_ref") if record else None) or label(incident),
        "cosigned_at": last.at,
        "unchanged": sheet_as_signed(incident, last),
        "lines": [list(line) for line in handover_sheet(incident)],
    }

"""What the desk reads: lists by page, one incident whole, an officer's handovers, the devices.

Only within the caller's teams. Every read of a record is put down before it is answered.
"""

import base64
import secrets
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, true, tuple_

from sync.api.accounts.access import Caller, demand
from sync.api.desk import live_board
from sync.api.problems import problem
from sync.api.shapes import MAX_PAGE, IncidentSearch
from sync.api.storage import projections
from sync.api.storage.database import Database
from sync.api.storage.schema import (
    change_log,
    device,
    device_order,
    incident_cosigner,
    incident_view,
    practitioner,
    read_log,
    team,
)
from sync.core.canonical import canonical, parse
from sync.core.times import from_millis, instant
from sync.domain.content.pack_set import PackSet
from sync.domain.documents.handover_sheet import handover_sheet, sheet_as_signed
from sync.domain.records.incident import label

at = incident_view.c
SORTS: dict[str, tuple[ColumnElement, bool]] = {  # column, newest or highest first
    "-opened": (at.opened_at, True),
    "opened": (at.opened_at, False),
    "-updated": (at.last_seq, True),
    "signed": (at.signed_at, False),
    "-signed": (at.signed_at, True),
    "label": (at.label, False),
    "standing": (at.standing, False),
    "car": (at.car, False),
}
VIEWS: dict[str, ColumnElement] = {
    "open": at.cleared_at == "",
    "review": at.standing == "signed",
    "returned": at.standing == "returned",
    "all": true(),
    "overdue": true(),  # narrowed to those with a late referral: that goes by the clock
}
LIVE = ("open", "overdue")  # lists that also say what runs and waits
DEFAULT_SORT = {"review": "signed"}
LISTS_NOTED_MS = 60_000


def note_read(db: Database, org: str, who: Caller, now_ms: int, what: str, incident_id: str = "") -> None:
    with db.write() as conn:
        conn.execute(
            insert(read_log).values(
                org=org,
                read_id=secrets.token_hex(16),
                at_ms=now_ms,
                practitioner_id=who.practitioner_id,
                device_id=who.device_id,
                what=what,
                incident_id=incident_id,
            )
        )


def note_list(db: Database, org: str, who: Caller, now_ms: int) -> None:
    """Lists are put down at most once a minute for a person on a device, whatever was asked of them.

    The live board asks every few seconds: each time put down, they would hide the reads that matter.
    """
    log = read_log.c
    lately = select(log.read_id).where(
        log.org == org,
        log.at_ms.between(now_ms - LISTS_NOTED_MS, now_ms),
        log.what == "incidents",
        log.practitioner_id == who.practitioner_id,
        log.device_id == who.device_id,
    )
    with db.read() as conn:
        noted = conn.execute(lately.limit(1)).first()
    if noted is None:
        note_read(db, org, who, now_ms, "incidents")


# --- lists ------------------------------------------------------------------------------------------------------


def incidents(
    db: Database, org: str, who: Caller, asked: IncidentSearch, packs: PackSet, now_ms: int
) -> dict[str, Any]:
    """A page of incidents."""
    demand(who, "incidents.list")
    note_list(db, org, who, now_ms)
    sort = asked.sort or DEFAULT_SORT.get(asked.view, "-opened")
    if sort not in SORTS:
        raise problem("bad_query")
    column, falling = SORTS[sort]
    wanted = [at.org == org, at.scope.in_(who.scopes), VIEWS[asked.view], *_filters(asked)]
    place = tuple_(column, at.incident_id)
    page = select(incident_view, practitioner.c.name.label("author_name")).join(
        practitioner, and_(practitioner.c.org == at.org, practitioner.c.practitioner_id == at.author), isouter=True
    )
    order = (column.desc(), at.incident_id.desc()) if falling else (column, at.incident_id)
    after = []
    if asked.after:
        mark = tuple_(*_mark(asked.after, sort, column))
        after = [place < mark if falling else place > mark]
    now = from_millis(now_ms)
    if asked.view == "overdue":
        wanted.append(live_board.has_late(now))
    with db.read() as conn:
        rows = conn.execute(page.where(*wanted, *after).order_by(*order).limit(asked.limit + 1)).all()
        total = conn.execute(select(func.count()).select_from(incident_view).where(*wanted)).scalar_one()
        more = len(rows) > asked.limit
        rows = rows[: asked.limit]
        told = live_board.of(conn, org, [row.incident_id for row in rows], packs, now) if asked.view in LIVE else {}
    return {
        "incidents": [
            _summary(row) | {"live": asdict(found) if (found := told.get(row.incident_id)) else None} for row in rows
        ],
        "next": _mark_of(rows[-1], sort, column) if more else None,
        "total": total,
        "as_of": instant(now),
    }


def _filters(asked: IncidentSearch) -> list[ColumnElement]:
    """Search words must all be found; the other filters are equal or between."""
    found: list[ColumnElement] = [
        at.search.contains(word, autoescape=True) for word in _clean(asked.q).casefold().split()[:8]
    ]
    for wanted, column in ((asked.standing, at.standing), (asked.nature, at.nature), (asked.car, at.car)):
        if wanted:
            found.append(column == _clean(wanted))
    if asked.since:
        found.append(at.opened_at >= _clean(asked.since))
    if asked.until:
        found.append(at.opened_at < _clean(asked.until))
    return found


def _clean(text: str) -> str:
    """PostgreSQL takes no zero in a text."""
    return text.replace("\0", "")


def _mark_of(row: Row, sort: str, column: Any) -> str:
    """Where the next page begins: opaque."""
    mark = canonical([sort, row._mapping[column.name], row.incident_id])
    return base64.urlsafe_b64encode(mark).decode()


def _mark(text: str, sort: str, column: Any) -> tuple[Any, str]:
    try:
        its_sort, value, incident_id = parse(base64.urlsafe_b64decode(text.encode()))
    except ValueError:
        raise problem("bad_query") from None
    if its_sort != sort or type(value) is not column.type.python_type or not isinstance(incident_id, str):
        raise problem("bad_query")
    return value, incident_id


def _summary(row: Row) -> dict[str, Any]:
    """One line of a list."""
    return {
        "incident_id": row.incident_id,
        "label": row.label,
        "standing": row.standing,
        "nature": row.nature,
        "cad_ref": row.cad_ref,
        "car": row.car,
        "opened_at": row.opened_at,
        "cleared_at": row.cleared_at or None,
        "signed_at": row.signed_at or None,
        "s136_starts_at": row.s136_starts_at or None,
        "s136_ends_at": row.s136_ends_at or None,
        "ribbon": parse(row.ribbon),
        "author": row.author,
        "author_name": row.author_name or row.author,
        "clashes": row.clashes,
        "changes": row.changes,
        "team_id": row.scope.removeprefix("team:"),
        "received_at": instant(from_millis(row.updated_ms)),
        "seq": row.last_seq,
    }


# --- one incident -----------------------------------------------------------------------------------------------


def incident(db: Database, org: str, who: Caller, incident_id: str, now_ms: int) -> dict[str, Any]:
    """All that the log holds of an incident, for the client to fold, and the names of whoever had a part in it."""
    log = change_log.c
    demand(who, "incidents.read")
    mine = and_(log.org == org, log.incident_id == incident_id, log.scope.in_(who.scopes))
    with db.read() as conn:
        if conn.execute(select(log.seq).where(mine).limit(1)).first() is None:
            raise problem("not_found")
    note_read(db, org, who, now_ms, "incident", incident_id)
    with db.read() as conn:
        rows = conn.execute(
            select(log.seq, log.received_ms, log.void, log.verdict, log.code, log.field, log.change_id, log.body)
            .where(mine)
            .order_by(log.seq)
        ).all()
        entries = [
            {
                "seq": row.seq,
                "received_at": instant(from_millis(row.received_ms)),
                "void": row.void,
                "verdict": row.verdict,
                "code": row.code,
                "field": row.field,
                "change_id": row.change_id,
                "body": parse(row.body),
            }
            for row in rows
        ]
        return {
            "incident_id": incident_id,
            "entries": entries,
            "people": _names(conn, org, {entry["body"]["author"] for entry in entries}),
            "as_of": instant(from_millis(now_ms)),
        }


def _names(conn: Connection, org: str, ids: set[str]) -> dict[str, dict[str, str]]:
    them = practitioner.c
    rows = conn.execute(
        select(them.practitioner_id, them.name, them.role, them.registration_number).where(
            them.org == org, them.practitioner_id.in_(sorted(ids))
        )
    )
    return {
        row.practitioner_id: {"name": row.name, "role": row.role, "registration_number": row.registration_number}
        for row in rows
    }


# --- an officer's handovers -------------------------------------------------------------------------------------


def handovers(db: Database, org: str, who: Caller, now_ms: int) -> dict[str, Any]:
    """The handover sheets this officer co-signed, line by line, and nothing else of those incidents."""
    demand(who, "handovers.read")
    theirs = incident_cosigner.c
    me = (who.force.casefold(), who.collar_number.casefold())
    with db.read() as conn:
        found = conn.execute(
            select(theirs.incident_id, at.opened_at)
            .join(incident_view, and_(at.org == theirs.org, at.incident_id == theirs.incident_id))
            .where(theirs.org == org, theirs.force == me[0], theirs.collar_number == me[1])
            .order_by(at.opened_at.desc())
            .limit(MAX_PAGE)
        ).all()
    if not all(me):
        found = []
    sheets = []
    for row in found:
        note_read(db, org, who, now_ms, "handover", row.incident_id)
        with db.read() as conn:
            sheets.append(_sheet(conn, org, row.incident_id, me))
    return {"handovers": sheets, "as_of": instant(from_millis(now_ms))}


def _sheet(conn: Connection, org: str, incident_id: str, me: tuple[str, str]) -> dict[str, Any]:
    it = projections.incidents_of(conn, org, [incident_id])[incident_id].incident
    signed = [act for act in it.acts if act.op == "cosign" and projections.officer_of(act.detail) == me]
    last = max(signed, key=lambda act: (len(act.after), act.at, act.change_id))
    record = it.one("incident")
    return {
        "incident_id": incident_id,
        "label": (record.values.get("cad_ref") if record else None) or label(it),
        "cosigned_at": last.at,
        "unchanged": sheet_as_signed(it, last),
        "lines": [list(line) for line in handover_sheet(it)],
    }


# --- devices ----------------------------------------------------------------------------------------------------


def devices(db: Database, org: str, who: Caller, now_ms: int) -> dict[str, Any]:
    """The teams' devices: when last seen, what they hold that the centre has not got."""
    demand(who, "devices.list")
    of = device.c
    with db.read() as conn:
        rows = conn.execute(
            select(device, team.c.name.label("team_name"))
            .join(team, and_(team.c.org == of.org, team.c.team_id == of.team_id))
            .where(of.org == org, or_(*(of.team_id == one for one in who.teams)))
            .order_by(of.last_seen_ms.desc().nulls_last(), of.device_id)
        ).all()
        wipes = _wipes(conn, org, who)
    return {
        "devices": [
            {
                "device_id": row.device_id,
                "name": row.name,
                "team": {"team_id": row.team_id, "name": row.team_name},
                "last_seen_at": _when(row.last_seen_ms),
                "app_version": row.app_version,
                "revoked": row.revoked,
                "reported_seq": row.reported_seq,
                "stored_to": row.stored_to,
                "unsent": row.missing,
                "unsent_since": _when(row.missing_since_ms),
                "clock_offset_ms": row.clock_offset_ms,
                "wipe_ordered_at": _when(ordered),
                "wiped_at": _when(done),
            }
            for row in rows
            for ordered, done in [wipes.get(row.device_id, (None, None))]
        ],
        "as_of": instant(from_millis(now_ms)),
    }


def _wipes(conn: Connection, org: str, who: Caller) -> dict[str, tuple[int, int | None]]:
    """By device of the teams: when it was last ordered to wipe itself, and when it said to have done so."""
    at, of = device_order.c, device.c
    rows = conn.execute(
        select(at.device_id, at.issued_ms, at.done_ms)
        .join(device, and_(of.org == at.org, of.device_id == at.device_id))
        .where(at.org == org, at.kind == "wipe", or_(*(of.team_id == one for one in who.teams)))
        .order_by(at.issued_ms)
    ).all()
    return {row.device_id: (row.issued_ms, row.done_ms) for row in rows}


def _when(millis: int | None) -> str | None:
    return None if millis is None else instant(from_millis(millis))

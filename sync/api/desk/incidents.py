"""Incidents at the desk: a page of a list, by keyset pagination, and all that the log holds of one incident."""

import base64
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, func, select, true, tuple_

from sync.api.accounts.access import Caller, demand
from sync.api.accounts.read_log import note_list, note_read
from sync.api.desk import live_board
from sync.api.problems import problem
from sync.api.shapes import IncidentSearch
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log, incident_view, practitioner
from sync.core.canonical import canonical, parse
from sync.core.times import from_millis, instant
from sync.domain.content.pack_set import PackSet

columns = incident_view.c
SORTS: dict[str, tuple[Column[Any], bool]] = {  # column, newest or highest first
    "-opened": (columns.opened_at, True),
    "opened": (columns.opened_at, False),
    "-updated": (columns.last_seq, True),
    "updated": (columns.last_seq, False),
    "signed": (columns.signed_at, False),
    "-signed": (columns.signed_at, True),
    "label": (columns.label, False),
    "standing": (columns.standing, False),
    "car": (columns.car, False),
}
VIEWS: dict[str, ColumnElement[bool]] = {
    "open": columns.cleared_at == "",
    "review": columns.standing == "signed",
    "returned": columns.standing == "returned",
    "all": true(),
    "overdue": true(),  # narrowed to those with a late referral: that goes by the clock
}
LIVE = ("open", "overdue")  # lists that also say what runs and waits
DEFAULT_SORT = {
    "review": "updated",
    "open": "-updated",
    "overdue": "-updated",
}  # by arrival: no phone's clock hides one
SAME = ("incident_id", "label", "standing", "nature", "cad_ref", "car", "opened_at", "author", "clashes", "changes")
OF_ENTRY = ("seq", "void", "verdict", "code", "field", "change_id")
MAYBE = ("cleared_at", "signed_at", "s136_starts_at", "s136_ends_at")  # null where the column is empty


# --- a page of a list -------------------------------------------------------------------------------------------


def search(db: Database, org: str, who: Caller, query: IncidentSearch, packs: PackSet, now_ms: int) -> dict[str, Any]:
    """The page of incidents that this query asks for. Raises the problem answer."""
    demand(who, "incidents.list")
    note_list(db, org, who, now_ms)
    sort = query.sort or DEFAULT_SORT.get(query.view, "-opened")
    if sort not in SORTS:
        raise problem("bad_query")
    column, falling = SORTS[sort]
    now = from_millis(now_ms)
    conditions = [columns.org == org, columns.scope.in_(who.scopes), VIEWS[query.view], *_filters(query)]
    if query.view == "overdue":
        conditions.append(live_board.has_late(now))
    page = select(incident_view, practitioner.c.name.label("author_name")).join(
        practitioner,
        and_(practitioner.c.org == columns.org, practitioner.c.practitioner_id == columns.author),
        isouter=True,
    )
    page = page.where(*conditions).limit(query.limit + 1)
    page = page.order_by(*((column.desc(), columns.incident_id.desc()) if falling else (column, columns.incident_id)))
    if query.after:
        place, mark = tuple_(column, columns.incident_id), tuple_(*_read_mark(query.after, sort, column))
        page = page.where(place < mark if falling else place > mark)
    with db.read() as conn:
        rows = conn.execute(page).all()
        total = conn.execute(select(func.count()).select_from(incident_view).where(*conditions)).scalar_one()
        more, rows = len(rows) > query.limit, rows[: query.limit]
        ids = [row.incident_id for row in rows]
        live = live_board.live(conn, org, ids, packs, now) if query.view in LIVE else {}
    return {
        "incidents": [_line(row) | {"live": live.get(row.incident_id)} for row in rows],
        "next": _mark(rows[-1], sort, column) if more else None,
        "total": total,
        "as_of": instant(now),
    }


def _filters(query: IncidentSearch) -> list[ColumnElement[bool]]:
    """Search words must all be found; the other filters are equal or between."""
    filters = [columns.search.contains(word, autoescape=True) for word in _clean(query.q).casefold().split()[:8]]
    for value, column in ((query.standing, columns.standing), (query.nature, columns.nature), (query.car, columns.car)):
        if value:
            filters.append(column == _clean(value))
    if query.since:
        filters.append(columns.opened_at >= _clean(query.since))
    if query.until:
        filters.append(columns.opened_at < _clean(query.until))
    return filters


def _clean(text: str) -> str:
    """PostgreSQL takes no zero in a text."""
    return text.replace("\0", "")


def _mark(row: Row, sort: str, column: Column[Any]) -> str:
    """Where the next page begins: opaque to the console, and good for the same sort only."""
    mark = canonical([sort, row._mapping[column.name], row.incident_id])
    return base64.urlsafe_b64encode(mark).decode()


def _read_mark(text: str, sort: str, column: Column[Any]) -> tuple[Any, str]:
    """The sorted value and the incident that a mark names. Raises the problem answer."""
    try:
        its_sort, value, incident_id = parse(base64.urlsafe_b64decode(text.encode()))
    except ValueError:
        raise problem("bad_query") from None
    if its_sort != sort or type(value) is not column.type.python_type or not isinstance(incident_id, str):
        raise problem("bad_query")
    return value, incident_id


def _line(row: Row) -> dict[str, Any]:
    """One line of a list, without what runs and waits."""
    values = row._mapping
    return {
        **{name: values[name] for name in SAME},
        **{name: values[name] or None for name in MAYBE},
        "ribbon": parse(row.ribbon),
        "author_name": row.author_name or row.author,
        "team_id": row.scope.removeprefix("team:"),
        "received_at": instant(from_millis(row.updated_ms)),
        "seq": row.last_seq,
    }


# --- one incident -----------------------------------------------------------------------------------------------


def whole(db: Database, org: str, who: Caller, incident_id: str, now_ms: int) -> dict[str, Any]:
    """All that the log holds of an incident, for the client to fold, and the names of whoever had a part in it.

    Raises the problem answer, also for an incident of another team.
    """
    log = change_log.c
    demand(who, "incidents.read")
    of_incident = and_(log.org == org, log.incident_id == incident_id, log.scope.in_(who.scopes))
    with db.read() as conn:
        if conn.execute(select(log.seq).where(of_incident).limit(1)).first() is None:
            raise problem("not_found")
    note_read(db, org, who, now_ms, "incident", incident_id=incident_id)
    with db.read() as conn:
        rows = conn.execute(
            select(*(log[name] for name in OF_ENTRY), log.received_ms, log.body).where(of_incident).order_by(log.seq)
        )
        entries = [_entry(row) for row in rows]
        people = _people(conn, org, {entry["body"]["author"] for entry in entries})
    as_of = instant(from_millis(now_ms))
    return {"incident_id": incident_id, "entries": entries, "people": people, "as_of": as_of}


def _entry(row: Row) -> dict[str, Any]:
    """A row of the log as the console reads it."""
    return {
        **{name: row._mapping[name] for name in OF_ENTRY},
        "received_at": instant(from_millis(row.received_ms)),
        "body": parse(row.body),
    }


def _people(conn: Connection, org: str, ids: set[str]) -> dict[str, dict[str, str]]:
    """Name, role and registration number of these practitioners."""
    people = practitioner.c
    rows = conn.execute(
        select(people.practitioner_id, people.name, people.role, people.registration_number).where(
            people.org == org, people.practitioner_id.in_(sorted(ids))
        )
    )
    return {
        row.practitioner_id: {"name": row.name, "role": row.role, "registration_number": row.registration_number}
        for row in rows
    }

"""Incidents at the desk: a page of a list, by keyset pagination, and all that the log holds of one incident."""

import base64
from collections.abc import Sequence
from datetime import datetime
from operator import gt, lt
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)

from sync.api.accounts.access import Caller, demand
from sync.api.accounts.read_log import note_list, note_read
from sync.api.desk import live_board
from sync.api.problems import problem
from sync.api.shapes import IncidentSearch
from sync.api.storage.database import Database, Unsought
from sync.api.storage.schema import OPEN, change_log, incident_scope, incident_view, practitioner
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
    "open": literal_column(OPEN),
    "review": columns.standing == "signed",
    "returned": columns.standing == "returned",
    "all": true(),
    "overdue": true(),  # narrowed to those with a late referral: that goes by the clock
}
FOUND_BY = {  # of a view that stays short however long the history is: the column that makes it so
    "open": columns.cleared_at,
    "review": columns.standing,
    "returned": columns.standing,
    "overdue": columns.referral_due_at,
}
DONE = "approved"  # the standing in which every incident ends
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
    now = from_millis(now_ms)
    with db.read() as conn:
        rows = conn.execute(_page(org, who.scopes, query, sort, now)).all() if who.scopes else []
        total = conn.execute(_total(org, who.scopes, query, now)).scalar_one()
        more, rows = len(rows) > query.limit, rows[: query.limit]
        keys = [(row.scope, row.incident_id) for row in rows]
        live = live_board.live(conn, org, keys, packs, now) if query.view in LIVE else {}
    return {
        "incidents": [_line(row) | {"live": live.get((row.scope, row.incident_id))} for row in rows],
        "next": _mark(rows[-1], sort) if more else None,
        "total": total,
        "as_of": instant(now),
    }


def _page(org: str, scopes: Sequence[str], query: IncidentSearch, sort: str, now: datetime) -> Select:
    """The lines of the page and one more: the first of each stretch of lines, and of these the first.

    A team's lines are a stretch by themselves, so that each is read in the order of an index.
    """
    column, falling = SORTS[sort]
    key = _key(query, column)
    by = column if column is key else column + column.type.python_type()  # the same value, by which no index sorts

    def ordered(*place: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        return [each.desc() if falling else each.asc() for each in place]

    author = and_(practitioner.c.org == columns.org, practitioner.c.practitioner_id == columns.author)
    lines = select(incident_view, practitioner.c.name.label("author_name")).join(practitioner, author, isouter=True)
    lines = lines.where(columns.org == org, *_conditions(query, now, key))
    lines = lines.order_by(*ordered(by, columns.incident_id)).limit(query.limit + 1)
    stretches = [
        select(lines.where(columns.scope == scope, after).subquery())
        for scope in scopes
        for after in _after(query, sort, by)
    ]
    found = union_all(*stretches).subquery()
    in_order = ordered(found.c[column.name], found.c.incident_id)
    return select(found).order_by(*in_order).limit(query.limit + 1)


def _total(org: str, scopes: Sequence[str], query: IncidentSearch, now: datetime) -> Select:
    """How many lines there are: by the index of a filter, or as they were opened, which is about how they lie there."""
    filtered = columns.standing if query.standing else columns.car if query.car else columns.opened_at
    conditions = _conditions(query, now, _key(query, filtered))
    count = select(func.count()).select_from(incident_view)
    return count.where(columns.org == org, columns.scope.in_(scopes), *conditions)


def _key(query: IncidentSearch, column: Column[Any]) -> Column[Any]:
    """The column by which lines are found; `column`: by which they are if the list is not a short one.

    What is under way, and what has opened since a day, stays little however long the history is: it is found by that,
    and then sorted. Any other page is read in its order until it is full.
    """
    if query.view != "all":
        return FOUND_BY[query.view]
    if query.standing not in ("", DONE):
        return columns.standing
    return columns.opened_at if query.since else column


def _after(query: IncidentSearch, sort: str, by: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """What comes after the mark; in a list read in its order the rest of its value, and later values: two stretches."""
    if not query.after:
        return [true()]
    column, falling = SORTS[sort]
    value, incident_id = _read_mark(query.after, sort)
    later = lt if falling else gt
    if by is not column:
        return [later(tuple_(by, columns.incident_id), tuple_(value, incident_id))]
    rest = and_(column == value, later(columns.incident_id, incident_id))
    has_one_value = bool(getattr(query, column.name, ""))
    return [rest] if has_one_value else [rest, later(column, value)]


def _conditions(query: IncidentSearch, now: datetime, key: Column[Any]) -> list[ColumnElement[bool]]:
    """What a line has to fulfil: search words must all be found; the other filters are equal or between.

    `key`: the column by which lines are to be found.
    """

    def of(column: Column[Any]) -> ColumnElement[Any]:
        return column if column is key else Unsought(column)

    conditions = [VIEWS[query.view]]
    if query.view == "overdue":
        conditions.append(live_board.has_late(now))
    conditions += [columns.search.contains(word, autoescape=True) for word in _clean(query.q).casefold().split()[:8]]
    for value, column in ((query.standing, columns.standing), (query.nature, columns.nature), (query.car, columns.car)):
        if value:
            conditions.append(of(column) == _clean(value))
    if query.since or key is columns.opened_at:
        conditions.append(of(columns.opened_at) >= _clean(query.since))
    if query.until:
        conditions.append(of(columns.opened_at) < _clean(query.until))
    return conditions


def _clean(text: str) -> str:
    """PostgreSQL takes no zero in a text."""
    return text.replace("\0", "")


def _mark(row: Row, sort: str) -> str:
    """Where the next page begins: opaque to the console, and good for the same sort only."""
    mark = canonical([sort, row._mapping[SORTS[sort][0].name], row.incident_id])
    return base64.urlsafe_b64encode(mark).decode()


def _read_mark(text: str, sort: str) -> tuple[Any, str]:
    """The sorted value and the incident that a mark names. Raises the problem answer."""
    try:
        its_sort, value, incident_id = parse(base64.urlsafe_b64decode(text.encode()))
    except ValueError:
        raise problem("bad_query") from None
    kind = SORTS[sort][0].type.python_type
    if its_sort != sort or type(value) is not kind or not isinstance(incident_id, str):
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

    Where two of the caller's teams have one of this id, it is the first that began. Raises the problem answer, also for
    an incident of another team.
    """
    log, known = change_log.c, incident_scope.c
    demand(who, "incidents.read")
    mine = (known.org == org) & (known.incident_id == incident_id) & known.scope.in_(who.scopes)
    with db.read() as conn:
        scope = conn.execute(select(known.scope).where(mine).order_by(known.first_seq).limit(1)).scalar()
    if scope is None:
        raise problem("not_found")
    note_read(db, org, who, now_ms, "incident", incident_id=incident_id)
    with db.read() as conn:
        rows = conn.execute(
            select(*(log[name] for name in OF_ENTRY), log.scope, log.received_ms, log.body)
            .where(log.org == org, log.incident_id == incident_id)
            .order_by(log.seq)
        )
        entries = [_entry(row) for row in rows if row.scope == scope]
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

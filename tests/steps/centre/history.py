"""A centre with a long history: real incidents, and behind them as many as are wanted, cloned from those by SQL.

The real ones are laid through the API, by devices with keys: a month of two teams that is closed and approved, and then
what stands under way. Only the finished ones are cloned, each time under other ids, a year further back and below them
in the log: what a team has under way does not grow with its history. A clone has the shape of what it was made from,
its parents and its own ids in its body too; hashes, signatures and chain are not true in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    LargeBinary,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
    update,
)

from demo import PEOPLE
from demo.centre_people import teams
from demo.lay import lay
from demo.past import lay_past
from demo.synthetic import Case, Spread, generate
from sync.api.accounts.people import NewPractitioner, make_person, make_teams
from sync.api.storage.database import Database
from sync.api.storage.schema import (
    change_log,
    counter,
    incident_cosigner,
    incident_scope,
    incident_view,
    read_log,
    record_view,
)
from sync.core.times import instant
from sync.domain.forms import of_question
from tests.steps.builders import PACKS
from tests.steps.centre.running import PASSWORD, Phone, Running

ROOM = 100_000_000  # numbers of the log left free below the real entries
YEAR, YEAR_MS = 2026, 365 * 24 * 60 * 60 * 1000
LEAD = "regional.lead"  # a supervisor of both teams
OFFICER = next(numbers for _, _, role, numbers in PEOPLE if role == "officer")
IDS = ("change_id", "record_id", "incident_id", "shift")
NUMBERS = ("seq", "first_seq", "last_seq", "device_seq")
TIMES = ("opened_at", "cleared_at", "signed_at", "referral_due_at")


@dataclass
class History:
    """What was laid for real, and how many times the finished part of it stands there again."""

    running: Running
    phone: Phone  # a nurse's, on which every clone was made
    desk: Phone  # of the supervisor of both teams
    lead: Phone  # of the supervisor of one team
    officer: Phone
    spare: Phone  # of another nurse, with nothing on it
    first: int  # numbers of the real, finished entries in the log
    last: int
    finished: tuple[str, ...]  # incidents
    copies: int = 0

    @property
    def db(self) -> Database:
        return self.running.db

    def clone_of(self, incident_id: str, copy: int = 1) -> str:
        """The id under which this incident stands in that copy."""
        return f"{copy:08x}{incident_id[8:]}"

    def grow(self, incidents: int) -> None:
        """Clone until so many incidents are there, and let PostgreSQL see it as its autovacuum would."""
        copies = -(-incidents // len(self.finished)) - 1
        for copy in range(self.copies + 1, copies + 1):
            with self.db.write() as conn:
                self._clone(conn, copy)
        self.copies = copies
        if not self.db.sqlite:
            with self.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
                conn.execute(text("VACUUM ANALYZE"))

    def _clone(self, conn: Connection, copy: int) -> None:
        org, span = self.running.centre.org, self.last - self.first + 1
        real = (change_log.c.org == org) & change_log.c.seq.between(self.first, self.last)
        ours = select(change_log.c.incident_id).where(real)
        for table in (change_log, incident_scope, record_view, incident_view, incident_cosigner):
            where = real if table is change_log else (table.c.org == org) & table.c.incident_id.in_(ours)
            moved = {
                **{name: _renamed(table.c[name], copy) for name in IDS if name in table.c},
                **{name: table.c[name] - copy * span for name in NUMBERS if name in table.c},
                **{name: _years_back(table.c[name], copy) for name in TIMES if name in table.c},
            }
            if table is change_log:
                moved |= {"device_id": literal(self.phone.device.device_id), "body": _body(conn, copy)}
            if table is incident_view:
                mixed = literal(f"{copy * 40503 % 65536:04x} ")  # copies in no order of their age
                moved["label"] = mixed.concat(table.c.incident_id)
            _insert(conn, table, moved, where)
        _note_reads(conn, self.desk, copy, (incident_view.c.org == org) & incident_view.c.incident_id.in_(ours))


def laid(running: Running, cars: float = 50.0) -> History:
    """Lay the real part: so many incidents a car, and in proportion to that those without a car."""
    org, share = running.centre.org, cars / Spread.car_month
    with running.db.write() as conn:
        make_teams(conn, org, teams(2))
        lead = NewPractitioner(LEAD, "Regional Lead", "supervisor", tuple(new.team_id for new in teams(2)))
        make_person(conn, org, lead, PASSWORD)
        conn.execute(update(counter).where(counter.c.org == org).values(seq=ROOM))
    month = Spread(
        car_month=cars, control_room_month=share * Spread.control_room_month, custody_month=share * Spread.custody_month
    )
    cases = [_by_one_officer(each) for each in generate(PACKS, 7, date(YEAR, 10, 1), 1, teams=2, settings=month)]
    now = running.clock()
    lay_past(running.url, now, cases)
    with running.db.read() as conn:
        last = conn.execute(select(counter.c.seq).where(counter.c.org == org)).scalar_one()
    lay(running.url, now)
    phone, spare = running.device(), running.device("tom.ellery", "Spare phone")
    desk, lead, officer = (running.device(name, "Desk") for name in (LEAD, "ruth.okoro", "dan.hart"))
    _begin(phone)
    assert phone.sync().code == ""
    return History(
        running, phone, desk, lead, officer, spare, ROOM + 1, last, tuple(each.incident_id for each in cases)
    )


def _begin(phone: Phone) -> None:
    """More open incidents than a page holds, some of which wait for an answer that should have come."""
    long_ago = instant(phone.running.clock() - timedelta(days=1))
    for number in range(60):
        incident_id = phone.record({"location": f"Begun {number}"}).incident_id
        if number % 20 == 0:
            referral = {"destination": "A02", "urgency": "4", "decided_at": long_ago}
            phone.record(referral, incident=incident_id, kind="referral")


def _by_one_officer(each: Case) -> Case:
    """The incident with one and the same officer at it: somebody who has co-signed many."""
    steps = [replace(step, answers=dict(_with_officer(step.answers))) for step in each.steps]
    return replace(each, steps=tuple(steps))


def _with_officer(answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    officers = of_question(answers, "officers")
    for name, value in answers.items():
        yield name, {**value, **OFFICER} if name in officers and isinstance(value, dict) else value


# --- the columns of a clone ------------------------------------------------------------------------------------------


def _renamed(name: ColumnElement, copy: int) -> ColumnElement:
    """The id that this one has in a copy; "" stays that."""
    return case((name == "", name), else_=literal(f"{copy:08x}").concat(func.substr(name, 9)))


def _years_back(column: ColumnElement, copy: int) -> ColumnElement:
    """A time as text, so many years earlier; "" stays that."""
    return case((column == "", column), else_=literal(f"{YEAR - copy:04}").concat(func.substr(column, 5)))


def _body(conn: Connection, copy: int) -> ColumnElement:
    """The stored bytes with the clone's own ids in them, and the id of the first of its parents."""
    log, sqlite = change_log.c, conn.dialect.name == "sqlite"
    written = cast(log.body, Text) if sqlite else func.convert_from(log.body, "UTF8")
    parent = (
        func.json_extract(written, "$.parents[0]")
        if sqlite
        else func.json_extract_path_text(cast(written, JSON), "parents", "0")
    )
    for name in (log.record_id, log.incident_id, func.coalesce(parent, "")):
        written = func.replace(written, name, _renamed(name, copy))
    return cast(written, LargeBinary) if sqlite else type_coerce(func.convert_to(written, "UTF8"), LargeBinary)


def _insert(conn: Connection, table: Table, moved: Mapping[str, ColumnElement], where: ColumnElement[bool]) -> None:
    values = [moved.get(column.name, column) for column in table.c]
    conn.execute(insert(table).from_select([column.name for column in table.c], select(*values).where(where)))


def _note_reads(conn: Connection, desk: Phone, copy: int, where: ColumnElement[bool]) -> None:
    """Each incident read once, in its time."""
    views = incident_view.c
    values = {
        "org": views.org,
        "read_id": _renamed(views.incident_id, copy),
        "at_ms": views.updated_ms - copy * YEAR_MS,
        "practitioner_id": literal(LEAD),
        "device_id": literal(desk.device.device_id),
        "what": literal("incident"),
        "incident_id": views.incident_id,
    }
    conn.execute(insert(read_log).from_select(list(values), select(*values.values()).where(where)))

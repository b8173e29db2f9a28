"""The change log read back and folded: incidents as their stored changes make them."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from sync.api.storage.schema import change_log
from sync.domain.catalogue import APART
from sync.domain.records.fold import FoldStep, fold_records
from sync.domain.records.incident import Incident, gather


@dataclass(frozen=True)
class ParsedChange:
    """One change as the fold needs it, from stored bytes: less than a whole `Change`, and half the time to make."""

    change_id: str
    parents: tuple[str, ...]
    record_id: str
    incident_id: str
    kind: str
    form_version: int
    op: str
    patch: dict[str, Any] = field(repr=False)
    author: str
    role: str
    recorded_at: str


IncidentKey = tuple[str, str]  # scope and id: two teams may have an incident under one id


class StoredChange(NamedTuple):
    """A change with what the log says of it."""

    seq: int
    scope: str
    step: FoldStep
    void: bool


@dataclass(frozen=True)
class FoldedIncident:
    """An incident, the number of its newest change, and its scope."""

    incident: Incident
    last_seq: int
    scope: str

    @property
    def is_apart(self) -> bool:
        """Whether this is no incident but a shift, or a log of what was read."""
        return all(record.kind in APART for record in self.incident.records.values())

    @property
    def author(self) -> str:
        """Whoever began it: the id of a practitioner."""
        first = min(self.incident.records.values(), key=lambda record: (record.first_at, record.record_id))
        answered = next((given.author for given in first.answers.values()), "")
        return answered or (first.acts[0].author if first.acts else "")

    @property
    def shift(self) -> str:
        """The id of the shift's record that the incident names; "" when it names none."""
        record = self.incident.one("incident")
        return column_text(record.values.get("shift")) if record else ""


def ids_of(incidents: Collection[IncidentKey]) -> list[str]:
    """The ids of these incidents, each once."""
    return sorted({incident_id for _, incident_id in incidents})


def folded_incidents(
    conn: Connection, org: str, incidents: Collection[IncidentKey]
) -> dict[IncidentKey, FoldedIncident]:
    """These incidents. One in which no change counts is left out."""
    return fold_stored(stored_changes(conn, org, incidents))


def stored_changes(conn: Connection, org: str, incidents: Collection[IncidentKey]) -> list[StoredChange]:
    """All changes of these incidents, in the order of the log."""
    if not incidents:
        return []
    log = change_log.c
    rows = conn.execute(
        select(log.seq, log.scope, log.incident_id, log.change_id, log.body, log.void).where(
            log.org == org, log.incident_id.in_(ids_of(incidents))
        )
    )
    changes = [
        StoredChange(row.seq, row.scope, _parsed(row.change_id, row.body), row.void)
        for row in rows
        if (row.scope, row.incident_id) in incidents
    ]
    return sorted(changes, key=attrgetter("seq"))


def fold_stored(changes: Collection[StoredChange]) -> dict[IncidentKey, FoldedIncident]:
    """The incidents that these changes make."""
    last = {(change.scope, change.step.incident_id): change.seq for change in changes}
    void = {change.step.change_id for change in changes if change.void}
    folded: dict[IncidentKey, FoldedIncident] = {}
    for scope in {change.scope for change in changes}:
        records = fold_records((change.step for change in changes if change.scope == scope), void)
        for incident_id, incident in gather(records.values()).items():
            folded[scope, incident_id] = FoldedIncident(incident, last[scope, incident_id], scope)
    return folded


def column_text(value: Any, most: int = 200) -> str:
    """A text answer as a column can hold it: without zeros, at most so many characters. Anything else is "".

    An index of PostgreSQL takes 2,700 bytes, and a character up to four.
    """
    return value.replace("\0", "")[:most] if isinstance(value, str) else ""


def _parsed(change_id: str, body: bytes) -> ParsedChange:
    plain = json.loads(body)  # read strictly when it came in
    return ParsedChange(
        change_id,
        tuple(plain["parents"]),
        plain["record_id"],
        plain["incident_id"],
        plain["kind"],
        plain["form_version"],
        plain["op"],
        plain["patch"],
        plain["author"],
        plain["role"],
        plain["recorded_at"],
    )

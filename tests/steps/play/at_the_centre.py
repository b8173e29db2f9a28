"""What the centre holds, folded from its own log."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sync.core.canonical import parse
from sync.domain.records.fold import fold
from sync.domain.records.incident import Incident, gather
from sync.protocol.messages import Change


def changes(folder: Path) -> list[Change]:
    """Every change of an incident, in the order in which they were received."""
    with closing(sqlite3.connect(folder / "centre.db")) as db:
        rows = db.execute(
            "SELECT body FROM change_log WHERE void = 0 AND kind NOT IN ('shift', 'reading') ORDER BY seq"
        ).fetchall()
    return [Change.model_validate(parse(body)) for (body,) in rows]


def incidents(folder: Path) -> dict[str, Incident]:
    records: dict[str, list[Change]] = {}
    for change in changes(folder):
        records.setdefault(change.record_id, []).append(change)
    return gather(fold(each) for each in records.values())


def only_incident(folder: Path) -> Incident:
    found = incidents(folder)
    assert len(found) == 1
    return next(iter(found.values()))

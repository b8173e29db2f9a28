"""One durable seal in an incident of thirty records, against the same bytes in one bare transaction."""

import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure, Run, median, percentile
from bench.recorded import answers
from field_app.phone.store.schema import PRAGMAS
from sync.domain.catalogue import SECTIONS
from tests.steps.builders import Pocket, uid

RECORDS, TARGET_MS = 30, 20.0


def measure(run: Run) -> list[Figure]:
    pocket, floor = pocket_with_an_incident(run.folder), Floor(run.folder / "floor.db")
    seals, bare, sizes = [], [], []
    for turn in range(run.times(500, 60)):
        record = 1 + turn % RECORDS
        patch = longer(kind_of(record), turn)
        begun = time.perf_counter()
        change = pocket.seal(record, patch, kind=kind_of(record), incident=1)
        seals.append((time.perf_counter() - begun) * 1000)
        rows = written(pocket, bytes.fromhex(change.change_id))
        bare.append(floor.insert(rows))
        sizes.append(sum(map(len, rows)))
    pocket.db.conn.close()
    detail = f"n = {len(seals)}; {median(sizes) / 1000:.0f} kB written each"
    what, area = "One change into an incident of 30 records", "Durable seal"
    return [
        Figure(area, f"{what}, median", median(seals), "ms", TARGET_MS, median(bare), detail),
        Figure(area, f"{what}, 99th percentile", percentile(seals, 99), "ms", None, percentile(bare, 99), detail),
    ]


def kind_of(record: int) -> str:
    kinds = [kind for kind in SECTIONS if kind in answers()]
    return kinds[(record - 1) % len(kinds)]


def longer(kind: str, turn: int) -> dict[str, str]:
    """The longest text of a form, with something added."""
    texts = {name: value for name, value in answers()[kind].items() if isinstance(value, str)}
    name = max(texts, key=lambda name: len(texts[name]))
    return {name: f"{texts[name]} Added {turn}."}


def pocket_with_an_incident(folder: Path) -> Pocket:
    pocket, given = Pocket(folder / "phone"), answers()
    for record in range(1, RECORDS + 1):
        pocket.seal(record, given[kind_of(record)], kind=kind_of(record), incident=1, **at_first(record))
    return pocket


def at_first(record: int) -> dict[str, str]:
    return {"incident_id": uid(1)} if record > 1 else {}


def written(pocket: Pocket, change_id: bytes) -> Sequence[bytes]:
    """The sealed change and the sealed view of its incident, as they now stand in the file."""
    find = "SELECT c.ct, i.ct FROM change c JOIN incident i USING (vault_id, incident_id) WHERE c.change_id = ?"
    return pocket.db.execute(find, (change_id,)).fetchone()


class Floor:
    """SQLite as the phone's store sets it up, and nothing else: a row for the change, one for the outbox, the view."""

    def __init__(self, path: Path):
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("CREATE TABLE change (id BLOB PRIMARY KEY, ct BLOB)")
        self._db.execute("CREATE TABLE outbox (id BLOB PRIMARY KEY)")
        self._db.execute("CREATE TABLE view (id INTEGER PRIMARY KEY, ct BLOB)")

    def insert(self, rows: Sequence[bytes]) -> float:
        """Milliseconds of one transaction."""
        key = os.urandom(32)
        begun = time.perf_counter()
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT INTO change VALUES (?, ?)", (key, rows[0]))
        self._db.execute("INSERT INTO outbox VALUES (?)", (key,))
        self._db.execute("INSERT OR REPLACE INTO view VALUES (1, ?)", (rows[1],))
        self._db.execute("COMMIT")
        return (time.perf_counter() - begun) * 1000

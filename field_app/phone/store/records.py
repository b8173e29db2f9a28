"""The rows of one vault: changes are sealed and opened (event sourcing), incidents are views folded from them.

Every write is inside one transaction. Listeners run after its commit, in the thread that wrote.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from field_app.phone.store.disk import Disk
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.vault import Vault
from sync.core.times import moment, to_millis
from sync.domain.catalogue import APART
from sync.domain.records.fold import Record, fold_records
from sync.domain.records.incident import Incident
from sync.protocol.messages import NO_CHANGE, Change

_INCIDENT = TypeAdapter(Incident)
VIEWS = b"1"  # raised when the fold changes: older views are then folded again


class Records:
    """The changes and incidents of one nurse's unlocked vault."""

    def __init__(self, disk: Disk, vault: Vault):
        self._disk, self._db, self._vault, self._v = disk, disk.db, vault, vault.vault_id
        self._seen: dict[str, Incident] = {}
        self.damaged: set[str] = set()  # incidents that cannot be read here
        self._fresh: dict[bytes, Change] = {}  # written in this transaction: not opened again to be folded
        self.wanted: set[str] = set()  # changes whose bytes here are damaged: the centre is asked for them

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._disk.on_change(listener)

    def incident(self, incident_id: str) -> Incident | None:
        """The incident, None when none of it is here. Raises Damaged when its bytes on this phone do not open."""
        with self._disk.lock:
            if incident_id not in self._seen:
                find = "SELECT day, wdek, ct FROM incident WHERE vault_id = ? AND incident_id = ?"
                row = self._row(find, to_bytes(incident_id))
                if row is None:
                    return None
                try:
                    self._seen[incident_id] = _INCIDENT.validate_json(self._vault.keys.open(_view(incident_id), *row))
                except Damaged:
                    with self._disk.transaction():
                        self._seen[incident_id] = self._refold(incident_id, None)
            return self._seen[incident_id]

    def history(self, record_id: str) -> list[Change]:
        """Every change of a record that this phone has."""
        with self._disk.lock:
            return [change for change, _void in self._changes(record_id)]

    def _rows(self, find: str, *values: Any) -> list[Any]:
        """The rows that a statement finds. Its first place is this vault's, the others those of the values."""
        with self._disk.lock:
            return self._db.execute(find, (self._v, *values)).fetchall()

    def _row(self, find: str, *values: Any) -> Any:
        """The first of these rows, or None."""
        return next(iter(self._rows(find, *values)), None)

    # --- inside one transaction --------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Incident]]:
        """One transaction. The incidents put in the yielded dict are what screens see once it is committed."""
        touched: dict[str, Incident] = {}
        try:
            with self._disk.transaction():
                yield touched
        finally:
            self._fresh.clear()
        self._seen.update(touched)
        self.damaged -= touched.keys()
        self._disk.tell()

    def _last(self) -> tuple[int, str]:
        """Number and id of this device's newest change."""
        row = self._row("SELECT device_seq, change_id FROM outbox WHERE vault_id = ? ORDER BY device_seq DESC LIMIT 1")
        return (row[0], row[1].hex()) if row else (0, NO_CHANGE)

    def _insert(self, change: Change, *, void: bool = False) -> None:
        """Keep a change. One that is here already gets nothing but `void`, unless its bytes are damaged."""
        change_id = bytes.fromhex(change.change_id)
        if change.change_id in self.wanted:
            self._db.execute("DELETE FROM change WHERE vault_id = ? AND change_id = ?", (self._v, change_id))
            self.wanted.discard(change.change_id)
        sealed = self._vault.keys.seal(b"change" + change_id, change.content)
        self._db.execute(
            """INSERT INTO change (vault_id, change_id, record_id, incident_id, void, day, wdek, ct)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET void = excluded.void""",
            (self._v, change_id, to_bytes(change.record_id), to_bytes(change.incident_id), int(void), *sealed),
        )
        self._fresh[change_id] = change

    def _review(self, changes: Iterable[Change]) -> dict[str, Incident]:
        """Fold again the records these changes touch, and write the views. What is damaged is counted and left out."""
        touched: dict[str, set[str]] = {}
        for change in changes:
            touched.setdefault(change.incident_id, set()).add(change.record_id)
        views: dict[str, Incident] = {}
        for incident_id, records in touched.items():
            try:
                views[incident_id] = self._refold(incident_id, records)
            except Damaged:
                self.damaged.add(incident_id)
        return views

    def _refold(self, incident_id: str, records: set[str] | None) -> Incident:
        """The incident with these records folded again (all of them for None), its view written."""
        if records is None:
            known: dict[str, Record] = {}
            find = "SELECT DISTINCT record_id FROM change WHERE vault_id = ? AND incident_id = ?"
            records = {to_text(row[0]) for row in self._rows(find, to_bytes(incident_id))}
        else:
            before = self.incident(incident_id)
            known = dict(before.records) if before else {}
        changes = [row for record_id in records for row in self._changes(record_id)]
        void = {change.change_id for change, is_void in changes if is_void}
        kept = {record_id: record for record_id, record in known.items() if record_id not in records}
        known = kept | fold_records((change for change, _ in changes), void)
        incident = Incident(incident_id, known)
        sealed = self._vault.keys.seal(_view(incident_id), _INCIDENT.dump_json(incident))
        self._db.execute(
            """INSERT OR REPLACE INTO incident (vault_id, incident_id, touched, apart, day, wdek, ct)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (self._v, to_bytes(incident_id), _touched(incident), _apart(incident), *sealed),
        )
        return incident

    def _changes(self, record_id: str) -> list[tuple[Change, bool]]:
        """Each change of a record, and whether it is void."""
        find = "SELECT change_id, day, wdek, ct, void FROM change WHERE vault_id = ? AND record_id = ?"
        return [(self._open(*row[:4]), bool(row[4])) for row in self._rows(find, to_bytes(record_id))]

    def _change(self, change_id: bytes) -> Change:
        find = "SELECT day, wdek, ct FROM change WHERE vault_id = ? AND change_id = ?"
        row = self._row(find, change_id)
        if row is None:
            self.wanted.add(change_id.hex())
            raise Damaged("a change is gone")
        return self._open(change_id, *row)

    def _open(self, change_id: bytes, day: int, wdek: bytes, ct: bytes) -> Change:
        if fresh := self._fresh.get(change_id):
            return fresh
        try:
            plain = self._vault.keys.open(b"change" + change_id, day, wdek, ct)
        except Damaged:
            self.wanted.add(change_id.hex())
            raise
        change = Change.model_validate_json(plain)
        vars(change)["content"] = plain  # the canonical bytes, as they were sealed
        return change


def _touched(incident: Incident) -> int:
    """When it was last worked on, in milliseconds since 1970, by the clock that wrote it: this only orders lists."""
    last = max((record.last_at for record in incident.records.values()), default="")
    try:
        return to_millis(moment(last))
    except ValueError:
        return 0


def _apart(incident: Incident) -> str:
    """The kind of a record that is no part of an incident; "" for an incident."""
    return next((record.kind for record in incident.records.values() if record.kind in APART), "")


def _view(incident_id: str) -> bytes:
    return b"view" + VIEWS + to_bytes(incident_id)


def to_bytes(record_id: str) -> bytes:
    return UUID(record_id).bytes


def to_text(record_id: bytes) -> str:
    return str(UUID(bytes=record_id))

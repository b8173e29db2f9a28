"""The rows of changes: sealed under the nurse's keys, opened, kept (event sourcing: all else is made from them).

A row's bytes are bound to its id, record, incident and validity, which lie in clear beside them. One that was moved, or
turned, in the file does not open: it is wanted, and the centre sends it once more.
"""

from collections.abc import Mapping
from typing import Any

from field_app.phone.store.disk import VaultRows, to_bytes, to_text
from field_app.phone.store.envelope import Damaged, Keys
from sync.protocol.messages import Change
from sync.protocol.sealed import change_row

NONE_KNOWN: Mapping[str, Change] = {}
ROW = "SELECT change_id, record_id, incident_id, void, day, wdek, ct FROM change WHERE vault_id = :vault"


class SealedChanges:
    """The changes of one nurse's unlocked vault, own ones and others'."""

    def __init__(self, rows: VaultRows, keys: Keys):
        self._rows, self._keys = rows, keys
        self.wanted: set[str] = set()  # those whose bytes here are damaged or missing: the centre is asked for them

    def insert(self, change: Change, *, void: bool = False) -> None:
        """Inside a transaction: keep a change. One that is here already is sealed again, as it was told now."""
        names = (bytes.fromhex(change.change_id), to_bytes(change.record_id), to_bytes(change.incident_id))
        day, wdek, ct = self._keys.seal(change_row(*names, void), change.content)
        self._rows.run(
            """INSERT INTO change (vault_id, change_id, record_id, incident_id, void, day, wdek, ct)
               VALUES (:vault, :id, :record, :incident, :void, :day, :wdek, :ct)
               ON CONFLICT DO UPDATE SET record_id = excluded.record_id, incident_id = excluded.incident_id,
                   void = excluded.void, day = excluded.day, wdek = excluded.wdek, ct = excluded.ct""",
            **dict(zip(("id", "record", "incident"), names, strict=True)),
            void=int(void),
            day=day,
            wdek=wdek,
            ct=ct,
        )
        self.wanted.discard(change.change_id)

    def has(self, change_id: str, *, void: bool) -> bool:
        """Whether the change is here, with this validity, and its bytes are not known to be damaged."""
        find = "SELECT void FROM change WHERE vault_id = :vault AND change_id = :id"
        return change_id not in self.wanted and self._rows.first(find, id=bytes.fromhex(change_id)) == (int(void),)

    def read(self, change_id: str) -> Change:
        """Raises Damaged, and wants the change, when its bytes are gone or do not open."""
        row = self._rows.first(f"{ROW} AND change_id = :id", id=bytes.fromhex(change_id))
        if row is None:
            self.wanted.add(change_id)
            raise Damaged("a change is gone")
        return self._open(*row)

    def of_record(self, record_id: str, known: Mapping[str, Change] = NONE_KNOWN) -> list[tuple[Change, bool]]:
        """Each change of a record, and whether it is void. `known`, by id, are not opened again. Raises Damaged."""
        rows = self._rows.all(f"{ROW} AND record_id = :record", record=to_bytes(record_id))
        return [(known.get(row[0].hex()) or self._open(*row), bool(row[3])) for row in rows]

    def records_of(self, incident_id: str) -> set[str]:
        """The ids of the incident's records."""
        find = "SELECT DISTINCT record_id FROM change WHERE vault_id = :vault AND incident_id = :incident"
        return {to_text(row[0]) for row in self._rows.all(find, incident=to_bytes(incident_id))}

    def _open(self, change_id: bytes, record: bytes, incident: bytes, void: int, *sealed: Any) -> Change:
        try:
            plain = self._keys.open(change_row(change_id, record, incident, bool(void)), *sealed)
        except Damaged:
            self.wanted.add(change_id.hex())
            raise
        change = Change.model_validate_json(plain)
        vars(change)["content"] = plain  # the canonical bytes, as they were sealed
        return change

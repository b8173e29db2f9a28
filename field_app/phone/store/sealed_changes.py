"""The rows of changes: sealed under the nurse's keys, opened, kept (event sourcing: all else is made from them)."""

from collections.abc import Mapping
from typing import Any

from field_app.phone.store.disk import VaultRows, to_bytes, to_text
from field_app.phone.store.envelope import Damaged, Keys
from sync.protocol.messages import Change

NONE_KNOWN: Mapping[str, Change] = {}


class SealedChanges:
    """The changes of one nurse's unlocked vault, own ones and others'."""

    def __init__(self, rows: VaultRows, keys: Keys):
        self._rows, self._keys = rows, keys
        self.wanted: set[str] = set()  # those whose bytes here are damaged or missing: the centre is asked for them

    def insert(self, change: Change, *, void: bool = False) -> None:
        """Keep a change. One that is here already gets nothing but `void`, unless its bytes are damaged."""
        change_id = bytes.fromhex(change.change_id)
        if change.change_id in self.wanted:
            self._rows.run("DELETE FROM change WHERE vault_id = :vault AND change_id = :id", id=change_id)
            self.wanted.discard(change.change_id)
        day, wdek, ct = self._keys.seal(_what(change_id), change.content)
        self._rows.run(
            """INSERT INTO change (vault_id, change_id, record_id, incident_id, void, day, wdek, ct)
               VALUES (:vault, :id, :record, :incident, :void, :day, :wdek, :ct)
               ON CONFLICT DO UPDATE SET void = excluded.void""",
            id=change_id,
            record=to_bytes(change.record_id),
            incident=to_bytes(change.incident_id),
            void=int(void),
            day=day,
            wdek=wdek,
            ct=ct,
        )

    def set_void(self, change_id: str) -> None:
        """Note that a change does not count."""
        statement = "UPDATE change SET void = 1 WHERE vault_id = :vault AND change_id = :id"
        self._rows.run(statement, id=bytes.fromhex(change_id))

    def read(self, change_id: str) -> Change:
        """Raises Damaged, and wants the change, when its bytes are gone or do not open."""
        find = "SELECT change_id, day, wdek, ct FROM change WHERE vault_id = :vault AND change_id = :id"
        row = self._rows.first(find, id=bytes.fromhex(change_id))
        if row is None:
            self.wanted.add(change_id)
            raise Damaged("a change is gone")
        return self._open(*row)

    def of_record(self, record_id: str, known: Mapping[str, Change] = NONE_KNOWN) -> list[tuple[Change, bool]]:
        """Each change of a record, and whether it is void. `known`, by id, are not opened again. Raises Damaged."""
        find = "SELECT change_id, void, day, wdek, ct FROM change WHERE vault_id = :vault AND record_id = :record"
        return [
            (known.get(change_id.hex()) or self._open(change_id, *sealed), bool(void))
            for change_id, void, *sealed in self._rows.all(find, record=to_bytes(record_id))
        ]

    def records_of(self, incident_id: str) -> set[str]:
        """The ids of the incident's records."""
        find = "SELECT DISTINCT record_id FROM change WHERE vault_id = :vault AND incident_id = :incident"
        return {to_text(row[0]) for row in self._rows.all(find, incident=to_bytes(incident_id))}

    def _open(self, change_id: bytes, *sealed: Any) -> Change:
        try:
            plain = self._keys.open(_what(change_id), *sealed)
        except Damaged:
            self.wanted.add(change_id.hex())
            raise
        change = Change.model_validate_json(plain)
        vars(change)["content"] = plain  # the canonical bytes, as they were sealed
        return change


def _what(change_id: bytes) -> bytes:
    return b"change" + change_id

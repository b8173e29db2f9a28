"""Drafts: what is being filled in, sealed like all else. They outlive a kill of the app."""

from pydantic import TypeAdapter

from field_app.phone.store.disk import Draft, VaultRows, to_bytes
from field_app.phone.store.envelope import Keys

_DRAFT = TypeAdapter(Draft)


def draft_count(rows: VaultRows) -> int:
    """How many drafts lie in a vault, open or locked."""
    return rows.first("SELECT count(*) FROM draft WHERE vault_id = :vault")[0]


class Drafts:
    """The drafts of one nurse's unlocked vault."""

    def __init__(self, rows: VaultRows, keys: Keys):
        self._rows, self._keys = rows, keys

    def all(self) -> list[Draft]:
        find = "SELECT record_id, day, wdek, ct FROM draft WHERE vault_id = :vault"
        return [
            _DRAFT.validate_json(self._keys.open(_what(record_id), *sealed))
            for record_id, *sealed in self._rows.all(find)
        ]

    def one(self, record_id: str) -> Draft | None:
        """The draft of this record, None when there is none."""
        find = "SELECT day, wdek, ct FROM draft WHERE vault_id = :vault AND record_id = :record"
        row, what = self._rows.first(find, record=to_bytes(record_id)), _what(to_bytes(record_id))
        return _DRAFT.validate_json(self._keys.open(what, *row)) if row else None

    def count(self) -> int:
        return draft_count(self._rows)

    def under_an_old_pin(self) -> int:
        """How many lie in retired vaults of this nurse, whose PIN was forgotten."""
        find = """SELECT count(*) FROM draft JOIN vault USING (vault_id) WHERE retired = 1 AND username =
            (SELECT username FROM vault WHERE vault_id = :vault)"""
        return self._rows.first(find)[0]

    def keep(self, draft: Draft) -> None:
        """Save a draft, durably."""
        record_id = to_bytes(draft.record_id)
        with self._rows.disk.transaction():
            day, wdek, ct = self._keys.seal(_what(record_id), _DRAFT.dump_json(draft))
            self._rows.run(
                """INSERT OR REPLACE INTO draft (vault_id, record_id, incident_id, day, wdek, ct)
                   VALUES (:vault, :record, :incident, :day, :wdek, :ct)""",
                record=record_id,
                incident=to_bytes(draft.incident_id),
                day=day,
                wdek=wdek,
                ct=ct,
            )

    def drop(self, record_id: str) -> None:
        """Forget a draft."""
        with self._rows.disk.transaction():
            self._rows.run("DELETE FROM draft WHERE vault_id = :vault AND record_id = :id", id=to_bytes(record_id))


def _what(record_id: bytes) -> bytes:
    return b"draft" + record_id

"""Incidents as screens see them: views folded from the changes (event sourcing), sealed too, and cached in memory.

A view is never the truth: one that does not open is folded again from the changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from pydantic import TypeAdapter

from field_app.phone.store.disk import VaultRows, to_bytes, to_text
from field_app.phone.store.envelope import Damaged, Keys
from field_app.phone.store.listing import cut
from field_app.phone.store.sealed_changes import SealedChanges
from sync.core.errors import DiskFull
from sync.domain.catalogue import APART
from sync.domain.records.fold import Record, fold_records
from sync.domain.records.handing_on import is_finished
from sync.domain.records.incident import Incident
from sync.protocol.messages import Change, LogEntry

_INCIDENT = TypeAdapter(Incident)
LISTED = """
    WITH unsettled AS (
        SELECT incident_id, max(device_seq) AS number FROM delivery
        WHERE vault_id = :vault AND state <> 'received' GROUP BY incident_id),
    drafted AS (SELECT incident_id FROM draft WHERE vault_id = :vault)
    SELECT incident_id, is_finished AND number IS NULL AND incident_id NOT IN drafted
    FROM incident LEFT JOIN unsettled USING (incident_id)
    WHERE vault_id = :vault AND apart = :apart ORDER BY number DESC NULLS LAST, seq DESC, incident.rowid DESC"""
REMEMBERED = 1000  # incidents in memory, those read or written last
VERSION = b"1"  # raised when the fold changes: older views are then folded again


class Views:
    """The incidents of one nurse's unlocked vault."""

    def __init__(self, rows: VaultRows, keys: Keys, changes: SealedChanges):
        self._rows, self._keys, self._changes = rows, keys, changes
        self._seen: dict[str, Incident] = {}
        self.damaged: set[str] = set()  # incidents that cannot be read here

    def close(self) -> None:
        """Let go of what was read."""
        self._seen = {}

    # --- what screens read -------------------------------------------------------------------------------------

    def incident(self, incident_id: str) -> Incident | None:
        """The incident, None when none of it is here. Raises Damaged when its bytes on this phone do not open."""
        with self._rows.disk.lock:
            if incident_id not in self._seen:
                find = "SELECT apart, day, wdek, ct FROM incident WHERE vault_id = :vault AND incident_id = :incident"
                row = self._rows.first(find, incident=to_bytes(incident_id))
                if row is None:
                    return None
                try:
                    what = _what(incident_id, row[0])
                    incident = _INCIDENT.validate_json(self._keys.open(what, *row[1:]))
                except Damaged:
                    incident = self._folded_whole(incident_id)
                    self._keep_if_there_is_room(incident)
                self._remember({incident_id: incident})
            return self._seen[incident_id]

    def _remember(self, incidents: Mapping[str, Incident]) -> None:
        self._seen.update(incidents)
        while len(self._seen) > max(REMEMBERED, len(incidents)):
            self._seen.pop(next(iter(self._seen)))

    def readable(self, incident_id: str) -> Incident | None:
        """The incident, None when it is not here or its bytes on this phone are damaged. Damaged ones are counted."""
        try:
            return self.incident(incident_id)
        except Damaged:
            self.damaged.add(incident_id)
            return None

    def every(self) -> Iterator[Incident]:
        """Every incident that can be read, one at a time: there may be more than memory should hold."""
        for incident_id, _ in self._rows.all(LISTED, apart=""):
            if incident := self.readable(to_text(incident_id)):
                yield incident

    def listed(self, apart: str, limit: int | None = None) -> list[Incident]:
        """The incidents, or those whose record of this kind stands apart: what is not settled first, then as it came.

        `limit`: of those in which nothing is left to do. The others are all there. No clock has a say in the order.
        """
        rows = cut(self._rows.all(LISTED, apart=apart), limit, lambda row: row[1])
        return [incident for incident_id, _ in rows if (incident := self.readable(to_text(incident_id)))]

    def finished(self) -> int:
        """How many incidents there are in which nothing is left to do."""
        return sum(is_finished for _, is_finished in self._rows.all(LISTED, apart=""))

    # --- folding -----------------------------------------------------------------------------------------------

    @contextmanager
    def refolding(self, arrived: Iterable[LogEntry] = ()) -> Iterator[list[Change]]:
        """One transaction, at whose end the records of the changes put in the yielded list are folded again.

        `arrived`: entries of the log, whose numbers order the lists. Screens see what was folded once it is committed;
        then listeners are told. Raises DiskFull.
        """
        touched: list[Change] = []
        disk = self._rows.disk
        with disk.lock:
            with disk.transaction():
                yield touched
                folded = self._fold(touched)
                self._number(arrived)
            self._remember(folded)
            self.damaged -= folded.keys()
        disk.tell()

    def _fold(self, touched: Iterable[Change]) -> dict[str, Incident]:
        """Fold again the records these changes touch, and what was damaged; write the views.

        What is damaged still is counted and left out.
        """
        records: dict[str, set[str]] = {}
        for change in touched:
            records.setdefault(change.incident_id, set()).add(change.record_id)
        fresh = {change.change_id: change for change in touched}
        folded: dict[str, Incident] = {}
        for incident_id in records.keys() | self.damaged:
            try:
                if incident_id in self.damaged:
                    folded[incident_id] = self._folded_whole(incident_id)
                else:
                    before = self.incident(incident_id) or Incident(incident_id, {})
                    folded[incident_id] = self._folded(incident_id, before.records, records[incident_id], fresh)
            except Damaged:
                self.damaged.add(incident_id)
        for incident in folded.values():
            self._write(incident)
        return folded

    def _number(self, arrived: Iterable[LogEntry]) -> None:
        """Give incidents the highest log number of their changes. Entries come in the order of the log."""
        highest = {entry.change.incident_id: entry.seq for entry in arrived}
        self._rows.run_many(
            "UPDATE incident SET seq = max(seq, :seq) WHERE vault_id = :vault AND incident_id = :incident",
            [{"incident": to_bytes(incident_id), "seq": seq} for incident_id, seq in highest.items()],
        )

    def _folded_whole(self, incident_id: str) -> Incident:
        """The incident, all its records folded again. Raises Damaged, also when none of its changes is here."""
        record_ids = self._changes.records_of(incident_id)
        if not record_ids:
            raise Damaged("the changes of an incident are gone")
        return self._folded(incident_id, {}, record_ids, {})

    def _folded(
        self, incident_id: str, kept: Mapping[str, Record], record_ids: set[str], fresh: Mapping[str, Change]
    ) -> Incident:
        """The incident with these records folded again and the others kept. Raises Damaged."""
        changes = [pair for record_id in record_ids for pair in self._changes.of_record(record_id, fresh)]
        void = {change.change_id for change, is_void in changes if is_void}
        others = {record_id: record for record_id, record in kept.items() if record_id not in record_ids}
        return Incident(incident_id, others | fold_records((change for change, _ in changes), void))

    def _keep_if_there_is_room(self, incident: Incident) -> None:
        """Write a view that was folded again to be read. Inside a transaction whoever began it writes it anyway."""
        disk = self._rows.disk
        if not disk.db.conn.in_transaction:
            with suppress(DiskFull):
                disk.need_room()
                with disk.transaction():
                    self._write(incident)

    def _write(self, incident: Incident) -> None:
        """Inside a transaction."""
        apart = _apart(incident)
        day, wdek, ct = self._keys.seal(_what(incident.incident_id, apart), _INCIDENT.dump_json(incident))
        self._rows.run(
            """INSERT INTO incident (vault_id, incident_id, apart, is_finished, day, wdek, ct)
               VALUES (:vault, :incident, :apart, :is_finished, :day, :wdek, :ct)
               ON CONFLICT DO UPDATE SET apart = excluded.apart, is_finished = excluded.is_finished,
                   day = excluded.day, wdek = excluded.wdek, ct = excluded.ct""",
            incident=to_bytes(incident.incident_id),
            apart=apart,
            is_finished=_is_finished(incident),
            day=day,
            wdek=wdek,
            ct=ct,
        )


def _is_finished(incident: Incident) -> bool:
    """Whether nothing is left to do in it. What cannot be read in full is not said to be done."""
    try:
        return is_finished(incident)
    except (ValueError, TypeError, AttributeError):
        return False


def _apart(incident: Incident) -> str:
    """The kind of a record that is no part of an incident; "" for an incident."""
    return next((record.kind for record in incident.records.values() if record.kind in APART), "")


def _what(incident_id: str, apart: str) -> bytes:
    return b"view" + VERSION + to_bytes(incident_id) + apart.encode()

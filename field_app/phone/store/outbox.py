"""The outbox: own changes, numbered without a gap, that wait until the centre's signed receipt names them.

Technique: a transactional outbox. A change and its row here are one transaction, and only a receipt settles a row.
"""

from collections.abc import Sequence

from field_app.phone.store.envelope import Damaged
from field_app.phone.store.records import Records, to_bytes, to_text
from sync.protocol.messages import BATCH_BYTES, Change, Verdict

MINE = 500  # changes looked up in one statement
RETRIED = ("unknown_device", "device_revoked", "not_stored")  # after a fresh sign-in


class Outbox(Records):
    """The changes that this device has made, and how far each has got."""

    def pending(self, after: int, limit: int = BATCH_BYTES) -> list[Change]:
        """Waiting changes numbered above `after`, in order and without a gap, about `limit` bytes of them."""
        find = """SELECT device_seq, change_id, size FROM waiting WHERE vault_id = ? AND device_seq > ?
            ORDER BY device_seq LIMIT 1000"""
        chosen: list[tuple[int, bytes]] = []
        size = 0
        with self._disk.lock:
            for seq, change_id, length in self._rows(find, after):
                if chosen and (size + length > limit or seq != chosen[-1][0] + 1):
                    break
                chosen.append((seq, change_id))
                size += length
            changes: list[Change] = []
            for seq, change_id in chosen:
                try:
                    changes.append(self._change(change_id))
                except Damaged as error:
                    self.keep_verdict(Verdict(seq, "refused", error.code, "", "Its bytes on this phone are damaged."))
                    return changes or self.pending(seq, limit)
            return changes

    def own(self, first: int, count: int) -> list[Change]:
        """As much of these changes as a receipt needs; nothing sealed is opened for it."""
        find = """SELECT device_seq, change_id, record_id, incident_id FROM outbox
            WHERE vault_id = ? AND device_seq >= ? AND device_seq < ? ORDER BY device_seq"""
        return [self._bare(*row) for row in self._rows(find, first, first + count)]

    def _bare(self, seq: int, change_id: bytes, record: bytes, incident: bytes) -> Change:
        bare = Change.model_construct(
            device_id=self._vault.device_id, device_seq=seq, record_id=to_text(record), incident_id=to_text(incident)
        )
        vars(bare)["_digest"] = change_id.hex()
        return bare

    def numbers_of(self, change_ids: Sequence[str]) -> dict[str, int]:
        """The numbers of those changes that are this device's own."""
        find = "SELECT change_id, device_seq FROM outbox WHERE vault_id = ? AND change_id IN"
        numbers: dict[str, int] = {}
        for start in range(0, len(change_ids), MINE):
            ids = [bytes.fromhex(change_id) for change_id in change_ids[start : start + MINE]]
            rows = self._rows(f"{find} ({', '.join('?' * len(ids))})", *ids)
            numbers.update((change_id.hex(), number) for change_id, number in rows)
        return numbers

    def keep_verdict(self, verdict: Verdict) -> None:
        """Keep what the centre thinks of a change. That it has the change, only a receipt says."""
        with self._writing():
            self._db.execute(
                "UPDATE outbox SET verdict = ?, code = ?, field = ?, advice = ? WHERE vault_id = ? AND device_seq = ?",
                (verdict.verdict, verdict.code, verdict.field, verdict.advice, self._v, verdict.device_seq),
            )

    def release(self, codes: Sequence[str] = RETRIED) -> int:
        """Offer once more what was refused for one of these reasons. Returns how many changes that is."""
        with self._writing():
            return self._db.conn.executemany(
                """UPDATE outbox SET verdict = '', code = '', advice = ''
                   WHERE vault_id = ? AND verdict = 'refused' AND code = ?""",
                [(self._v, code) for code in codes],
            ).rowcount

    def note_failure(self, problem: str) -> None:
        """Note an attempt that did not succeed, on every change that still waits."""
        with self._writing():
            self._db.execute(
                """UPDATE outbox SET attempts = attempts + 1, last_error = ?
                   WHERE vault_id = ? AND received_ms IS NULL AND verdict <> 'refused'""",
                (problem, self._v),
            )

    def _queue(self, change: Change) -> None:
        """Let a change wait to be sent."""
        ids = (bytes.fromhex(change.change_id), to_bytes(change.record_id), to_bytes(change.incident_id))
        self._db.execute(
            """INSERT INTO outbox (vault_id, device_seq, change_id, record_id, incident_id, size)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (self._v, change.device_seq, *ids, change.size),
        )

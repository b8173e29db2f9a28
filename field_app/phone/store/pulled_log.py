"""The part of the team's log that is here (a hash chain): how much of it is verified, and its entries as signed.

After a restore of the centre, the entries are what it may need back.
"""

from collections.abc import Callable, Iterator

from field_app.phone.store.disk import VaultRows
from field_app.phone.store.envelope import Damaged
from sync.core.errors import Untrusted
from sync.core.times import to_millis
from sync.protocol.messages import Change, Head, LogEntry, LogSegment, VerifiedRange
from sync.protocol.verify import verify


class PulledLog:
    """What this device has of its team's log. Nothing here is sealed."""

    def __init__(self, rows: VaultRows):
        self._rows = rows
        self._returned: list[int] = []  # segments taken from the last `segments_to_return`
        self._epochs_returned: tuple[str, ...] = ()  # ended epochs of which it has given all

    def verified_range(self, scope: str | None) -> VerifiedRange | None:
        """How much of this scope's log is here, verified. None also after a change of team: the pull begins anew."""
        find = "SELECT epoch, scope, seq, chain, first, before FROM pulled WHERE vault_id = :vault AND scope = :scope"
        row = self._rows.first(find, scope=scope)
        return VerifiedRange(Head(*row[:4]), row[4], row[5]) if row else None

    def grow(self, verified: VerifiedRange) -> None:
        """Inside a transaction: put down how much is here now."""
        head = verified.head
        self._rows.run(
            """INSERT OR REPLACE INTO pulled (vault_id, epoch, scope, seq, chain, first, before)
               VALUES (:vault, :epoch, :scope, :seq, :chain, :first, :before)""",
            **head.claim(),
            first=verified.first,
            before=verified.before,
        )

    def keep(self, segment: LogSegment) -> None:
        """Inside a transaction: keep the entries as the centre signed them."""
        head, db = segment.head, self._rows.disk.db
        segment_id = db.execute(
            """INSERT INTO segment (vault_id, scope, epoch, first, last, before, chain, signature)
               VALUES (:vault, :scope, :epoch, :first, :seq, :before, :chain, :signature) RETURNING segment_id""",
            {
                "vault": self._rows.vault_id,
                "first": segment.entries[0].seq,
                "before": segment.before,
                "signature": head.signature,
                **head.claim(),
            },
        ).fetchone()[0]
        db.conn.executemany(
            "INSERT INTO entry (segment_id, seq, change_id, received_ms, void) VALUES (?, ?, ?, ?, ?)",
            [
                (segment_id, entry.seq, bytes.fromhex(entry.change.change_id), entry.received_ms, int(entry.void))
                for entry in segment.entries
            ],
        )

    def ids(self, verified: VerifiedRange | None) -> set[str]:
        """The ids of all entries of this range's log whose changes are here."""
        if verified is None:
            return set()
        find = """SELECT change_id FROM entry JOIN segment USING (segment_id) JOIN change USING (vault_id, change_id)
                  WHERE vault_id = :vault AND scope = :scope AND epoch = :epoch"""
        return {row[0].hex() for row in self._rows.all(find, scope=verified.head.scope, epoch=verified.head.epoch)}

    def back_to_ms(self, verified: VerifiedRange | None) -> int | None:
        """How far back the range goes while earlier entries are being fetched: milliseconds since 1970, else None."""
        if verified is None or verified.is_whole:
            return None
        find = """SELECT received_ms FROM entry JOIN segment USING (segment_id)
                  WHERE vault_id = :vault AND epoch = :epoch AND seq = :seq"""
        row = self._rows.first(find, epoch=verified.head.epoch, seq=verified.first)
        return row[0] if row else None

    # --- after a restore ---------------------------------------------------------------------------------------

    def restart(self, kept: int) -> bool:
        """Inside a transaction: begin the pull anew, since the epoch has ended; up to `kept` the centre has its log.

        Returns False when nothing has been pulled.
        """
        row = self._rows.first("SELECT epoch FROM pulled WHERE vault_id = :vault")
        if row is None:
            return False
        self._rows.run(
            "INSERT OR REPLACE INTO ended (vault_id, epoch, kept, at_ms) VALUES (:vault, :epoch, :kept, :at_ms)",
            epoch=row[0],
            kept=kept,
            at_ms=to_millis(self._rows.disk.clock.now()),
        )
        self._rows.run("DELETE FROM pulled WHERE vault_id = :vault")
        return True

    def restored_ms(self) -> int | None:
        """When this device last learned that the centre was restored: milliseconds since 1970."""
        return self._rows.first("SELECT max(at_ms) FROM ended WHERE vault_id = :vault")[0]

    def segments_to_return(self, read: Callable[[str], Change], centre_key: str) -> Iterator[LogSegment]:
        """Segments of ended epochs that the centre has lost. `read` gives a change by its id, or raises Damaged.

        One that this disk has damaged does not verify, and is left out: another phone of the team has it too.
        """
        find = """SELECT segment_id, segment.epoch, scope, last, before, chain, signature FROM segment
            JOIN ended ON ended.vault_id = segment.vault_id AND ended.epoch = segment.epoch
            WHERE segment.vault_id = :vault AND returned = 0 AND last > kept ORDER BY segment.epoch, first"""
        self._returned, self._epochs_returned = [], ()
        epochs = self._rows.all("SELECT epoch FROM ended WHERE vault_id = :vault AND returned = 0")
        for segment_id, epoch, scope, last, before, chain, signature in self._rows.all(find):
            try:
                segment = LogSegment(
                    before, self._entries(segment_id, read), Head(epoch, scope, last, chain, signature)
                )
                verify(segment, centre_key)
            except (Damaged, Untrusted):
                continue
            yield segment
            self._returned.append(segment_id)
        self._epochs_returned = tuple(row[0] for row in epochs)

    def _entries(self, segment_id: int, read: Callable[[str], Change]) -> tuple[LogEntry, ...]:
        find = "SELECT seq, received_ms, change_id, void FROM entry WHERE segment_id = :segment ORDER BY seq"
        return tuple(
            LogEntry(seq, received_ms, read(change_id.hex()), bool(void))
            for seq, received_ms, change_id, void in self._rows.all(find, segment=segment_id)
        )

    def forget_returned(self) -> None:
        """Drop what was taken from the last `segments_to_return`: the centre has it. Of an epoch given whole, all."""
        returned, epochs, self._returned, self._epochs_returned = self._returned, self._epochs_returned, [], ()
        if not (returned or epochs):
            return
        find = "SELECT segment_id FROM segment WHERE vault_id = :vault AND epoch = :epoch"
        with self._rows.disk.writing():
            for epoch in epochs:
                returned += [row[0] for row in self._rows.all(find, epoch=epoch)]
                self._rows.run("UPDATE ended SET returned = 1 WHERE vault_id = :vault AND epoch = :epoch", epoch=epoch)
            gone = [{"id": segment_id} for segment_id in returned]
            self._rows.run_many("DELETE FROM entry WHERE segment_id = :id", gone)
            self._rows.run_many("DELETE FROM segment WHERE segment_id = :id", gone)

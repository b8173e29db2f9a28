"""The store as the sync engine sees it: outbox, receipts, and the part of the team's log that is here (a hash chain).

Implements `sync.protocol.ports.SyncStore`. `settle` and `apply` are one transaction each: receipts, entries, views
and the place in the log are never apart.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from field_app.phone.store.envelope import Damaged
from field_app.phone.store.outbox import Outbox
from sync import VERSION
from sync.core.signing import verified
from sync.core.times import instant, to_millis
from sync.protocol.anti_entropy import ids_in
from sync.protocol.messages import MAX_WANT, Change, Head, Hello, LogEntry, LogSegment, VerifiedRange


class Exchange(Outbox):
    """One nurse's device in the sync protocol."""

    _epochs_returning: tuple[str, ...] = ()  # ended epochs whose lost entries go with this request

    # --- the hello ---------------------------------------------------------------------------------------------

    def hello(self) -> Hello:
        with self._disk.lock:
            seq, head_id = self._last()
            first = self._row("SELECT min(device_seq) FROM waiting WHERE vault_id = ?")[0]
            pulled = self.verified_range()
            done = self._done()
        return Hello(
            device_id=self._vault.device_id,
            app_version=VERSION,
            device_seq=seq,
            device_head=head_id,
            acked=first - 1 if first else seq,
            scope=self._vault.profile.get("scope"),
            head=pulled.head.claim() if pulled else None,
            clock={"wall": instant(self._disk.clock.now())},
            verified_from=pulled.verified_from() if pulled else None,
            newest=pulled is None,
            want=tuple(sorted(self.wanted)[:MAX_WANT]),
            commands_done=done,
        )

    def sign_batch(self, claim: dict[str, Any]) -> str:
        return self._vault.device.sign("batch", claim)

    def token(self) -> str | None:
        """The token of the sign-in at the centre. Without one, the phone can still deposit what is sealed."""
        return self._vault.profile.get("token")

    def centre_key(self) -> str:
        return self._vault.profile["centre_key"]

    # --- the log -----------------------------------------------------------------------------------------------

    def verified_range(self) -> VerifiedRange | None:
        """How much of the log is here, verified. None also after a change of team: the pull then begins anew."""
        find = "SELECT epoch, scope, seq, chain, first, before FROM pulled WHERE vault_id = ? AND scope = ?"
        row = self._row(find, self._vault.profile.get("scope"))
        return VerifiedRange(Head(*row[:4]), row[4], row[5]) if row else None

    def head(self) -> Head | None:
        """How far the log of this nurse's team is here."""
        pulled = self.verified_range()
        return pulled.head if pulled else None

    def settle(self, segment: LogSegment) -> None:
        with self._writing() as touched:
            landed = self._land(segment)
            touched.update(self._review([*self._settle(segment), *landed]))
            if landed:
                self._keep_segment(segment)

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        head = grown.head
        with self._writing() as touched:
            touched.update(self._review([*self._settle(segment), *self._land(segment)]))
            self._db.execute(
                """INSERT OR REPLACE INTO pulled (vault_id, epoch, scope, seq, chain, first, before)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (self._v, head.epoch, head.scope, head.seq, head.chain, grown.first, grown.before),
            )
            self._keep_segment(segment)

    def _settle(self, segment: LogSegment) -> list[Change]:
        """Settle exactly the own changes that this segment's entries name, each by its id. Returns the void ones."""
        voided = []
        for entry in segment.entries:
            if entry.change.device_id == self._vault.device_id:
                change_id = bytes.fromhex(entry.change.change_id)
                self._db.execute(
                    "UPDATE outbox SET seq = ?, received_ms = ?, last_error = '' WHERE vault_id = ? AND change_id = ?",
                    (entry.seq, entry.received_ms, self._v, change_id),
                )
                if entry.void:
                    void = "UPDATE change SET void = 1 WHERE vault_id = ? AND change_id = ?"
                    self._db.execute(void, (self._v, change_id))
                    voided.append(entry.change)
        return voided

    def _land(self, segment: LogSegment) -> list[Change]:
        """Keep the changes of others, and own ones that were asked for since their bytes here are damaged."""
        landed = []
        for entry in segment.entries:
            if entry.change.device_id != self._vault.device_id or entry.change.change_id in self.wanted:
                self._insert(entry.change, void=entry.void)
                landed.append(entry.change)
        return landed

    def _keep_segment(self, segment: LogSegment) -> None:
        """Keep the entries as the centre signed them: after a restore it may need them back."""
        head = segment.head
        segment_id = self._db.execute(
            """INSERT INTO segment (vault_id, scope, epoch, first, last, before, chain, signature)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING segment_id""",
            (
                self._v,
                head.scope,
                head.epoch,
                segment.entries[0].seq,
                head.seq,
                segment.before,
                head.chain,
                head.signature,
            ),
        ).fetchone()[0]
        self._db.conn.executemany(
            "INSERT INTO entry (segment_id, seq, change_id, received_ms, void) VALUES (?, ?, ?, ?, ?)",
            [
                (segment_id, entry.seq, bytes.fromhex(entry.change.change_id), entry.received_ms, int(entry.void))
                for entry in segment.entries
            ],
        )

    def logged(self) -> set[str]:
        """The ids of all entries of the log that are here."""
        pulled = self.verified_range()
        if pulled is None:
            return set()
        find = """SELECT change_id FROM entry JOIN segment USING (segment_id)
                  WHERE vault_id = ? AND scope = ? AND epoch = ?"""
        return {row[0].hex() for row in self._rows(find, pulled.head.scope, pulled.head.epoch)}

    def compared(self, buckets: set[int], centre_ids: set[str]) -> int:
        """After anti-entropy: ask for what only the centre has, offer own changes that only this phone has.

        `centre_ids`: the entries at the centre in these buckets. Returns how many entries are asked for and offered.
        """
        phone_ids = set(ids_in(self.logged(), buckets))
        missing, extra = centre_ids - phone_ids, self.numbers_of(sorted(phone_ids - centre_ids))
        self.wanted |= missing
        self.offer_again([(number, number) for number in extra.values()])
        return len(missing) + len(extra)

    # --- after a restore ---------------------------------------------------------------------------------------

    def restart_pull(self, kept: int) -> None:
        with self._writing():
            row = self._row("SELECT epoch FROM pulled WHERE vault_id = ?")
            if row is None:
                return
            now = to_millis(self._disk.clock.now())
            self._db.execute(
                "INSERT OR REPLACE INTO ended (vault_id, epoch, kept, at_ms) VALUES (?, ?, ?, ?)",
                (self._v, row[0], kept, now),
            )
            self._db.execute("DELETE FROM pulled WHERE vault_id = ?", (self._v,))
            again = "UPDATE outbox SET seq = NULL, received_ms = NULL WHERE vault_id = ? AND seq > ?"
            self._db.execute(again, (self._v, kept))

    def segments_to_return(self) -> Iterator[LogSegment]:
        find = "SELECT epoch FROM ended WHERE vault_id = ? AND returned = 0"
        self._epochs_returning = tuple(row[0] for row in self._rows(find))
        return self._lost_segments(self._epochs_returning)

    def _lost_segments(self, epochs: Sequence[str]) -> Iterator[LogSegment]:
        find = """SELECT segment_id, segment.epoch, scope, last, before, chain, signature FROM segment
            JOIN ended ON ended.vault_id = segment.vault_id AND ended.epoch = segment.epoch
            WHERE segment.vault_id = ? AND segment.epoch = ? AND last > kept ORDER BY first"""
        for epoch in epochs:
            for segment_id, *head, before, chain, signature in self._rows(find, epoch):
                try:
                    entries = self._entries(segment_id)
                except Damaged:
                    continue  # another phone of the team has them too
                yield LogSegment(before, entries, Head(head[0], head[1], head[2], chain, signature))

    def _entries(self, segment_id: int) -> tuple[LogEntry, ...]:
        find = "SELECT seq, received_ms, change_id, void FROM entry WHERE segment_id = ? ORDER BY seq"
        with self._disk.lock:
            rows = self._db.execute(find, (segment_id,)).fetchall()
            return tuple(LogEntry(row[0], row[1], self._change(row[2]), bool(row[3])) for row in rows)

    def forget_returned(self) -> None:
        if not self._epochs_returning:
            return
        with self._writing():
            for epoch in self._epochs_returning:
                mine = (self._v, epoch)
                self._db.execute(
                    """DELETE FROM entry
                       WHERE segment_id IN (SELECT segment_id FROM segment WHERE vault_id = ? AND epoch = ?)""",
                    mine,
                )
                self._db.execute("DELETE FROM segment WHERE vault_id = ? AND epoch = ?", mine)
                self._db.execute("UPDATE ended SET returned = 1 WHERE vault_id = ? AND epoch = ?", mine)
        self._epochs_returning = ()

    # --- what the centre asks for ------------------------------------------------------------------------------

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        if gaps:
            with self._writing():
                self._db.conn.executemany(
                    """UPDATE outbox SET seq = NULL, received_ms = NULL
                       WHERE vault_id = ? AND device_seq BETWEEN ? AND ? AND received_ms IS NOT NULL""",
                    [(self._v, first, last) for first, last in gaps],
                )

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        """Keep the commands that the centre has signed for this device; ignore all others."""
        for command in commands:
            claim = {name: command.get(name) for name in ("device_id", "kind", "command_id")}
            if claim["device_id"] != self._vault.device_id or not isinstance(claim["command_id"], str):
                continue
            if verified(self.centre_key(), "command", claim, str(command.get("signature"))):
                with self._writing():
                    self._db.execute(
                        "INSERT OR IGNORE INTO command (vault_id, command_id, kind) VALUES (?, ?, ?)",
                        (self._v, claim["command_id"], str(claim["kind"])),
                    )

    def due(self, kind: str) -> bool:
        """True once the centre has commanded this and no change waits any more that has to be sent first."""
        find = """SELECT 1 FROM command WHERE vault_id = ? AND kind = ?
            AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.vault_id = command.vault_id)"""
        return self._row(find, kind) is not None

    def obeyed(self, kind: str) -> None:
        """Note the command as carried out. If the app is killed before it is, its next start carries it out."""
        with self._writing():
            self._db.execute("UPDATE command SET done = 1 WHERE vault_id = ? AND kind = ?", (self._v, kind))

    def _done(self) -> tuple[str, ...]:
        """The ids of the commands noted as carried out: the centre is told."""
        return tuple(row[0] for row in self._rows("SELECT command_id FROM command WHERE vault_id = ? AND done = 1"))

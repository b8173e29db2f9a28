"""The store as the engine sees it: what waits, what has a receipt, how much of the team's log is here.

Implements `sync.protocol.messages.SyncStore`. `settle` and `apply` are one transaction each: receipts, entries, views and the place
in the log are never apart.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from field_app.phone.store.envelope import Damaged
from field_app.phone.store.records import Records, to_text
from sync import VERSION
from sync.core.signing import verified
from sync.core.times import instant, to_millis
from sync.protocol.anti_entropy import within
from sync.protocol.messages import (
    BATCH_BYTES,
    MAX_WANT,
    Change,
    Head,
    Hello,
    LogEntry,
    LogSegment,
    Verdict,
    VerifiedRange,
)

MINE = 500  # changes looked up in one statement
RETRIED = ("unknown_device", "device_revoked", "not_stored")  # after a fresh sign-in


class Exchange(Records):
    """One nurse's device in the sync protocol."""

    _bringing: tuple[str, ...] = ()  # ended epochs whose lost entries go with this request

    # --- what is said and sent ---------------------------------------------------------------------------------

    def hello(self) -> Hello:
        with self._disk.lock:
            seq, head_id = self._last()
            find = "SELECT min(device_seq) FROM waiting WHERE vault_id = ?"
            first = self._db.execute(find, (self._v,)).fetchone()[0]
            span = self.span()
            done = self._done()
        wall = {"wall": instant(self._disk.clock.now())}
        return Hello(
            self._vault.device_id,
            VERSION,
            seq,
            head_id,
            first - 1 if first else seq,
            self._vault.profile.get("scope"),
            span.head.claim() if span else None,
            wall,
            floor=span.floor() if span else None,
            newest=span is None,
            want=tuple(sorted(self.wanted)[:MAX_WANT]),
            done=done,
        )

    def pending(self, after: int, limit: int = BATCH_BYTES) -> list[Change]:
        find = """SELECT device_seq, change_id, size FROM waiting WHERE vault_id = ? AND device_seq > ?
            ORDER BY device_seq LIMIT 1000"""
        chosen: list[tuple[int, bytes]] = []
        size = 0
        with self._disk.lock:
            for seq, change_id, length in self._db.execute(find, (self._v, after)).fetchall():
                if chosen and (size + length > limit or seq != chosen[-1][0] + 1):
                    break
                chosen.append((seq, change_id))
                size += length
            found: list[Change] = []
            for seq, change_id in chosen:
                try:
                    found.append(self._change(change_id))
                except Damaged as error:
                    self.judged(Verdict(seq, "refused", error.code, "", "Its bytes on this phone are damaged."))
                    return found or self.pending(seq, limit)
            return found

    def own(self, first: int, count: int) -> list[Change]:
        """As much of them as a receipt needs: nothing is opened for it."""
        find = """SELECT device_seq, change_id, record_id, incident_id FROM outbox
            WHERE vault_id = ? AND device_seq >= ? AND device_seq < ? ORDER BY device_seq"""
        with self._disk.lock:
            rows = self._db.execute(find, (self._v, first, first + count)).fetchall()
        return [self._bare(seq, change_id, record, incident) for seq, change_id, record, incident in rows]

    def _bare(self, seq: int, change_id: bytes, record: bytes, incident: bytes) -> Change:
        made = Change.model_construct(
            device_id=self._vault.device_id, device_seq=seq, record_id=to_text(record), incident_id=to_text(incident)
        )
        vars(made)["_digest"] = change_id.hex()
        return made

    def numbers(self, change_ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        with self._disk.lock:
            for at in range(0, len(change_ids), MINE):
                some = [bytes.fromhex(one) for one in change_ids[at : at + MINE]]
                places = ", ".join("?" * len(some))
                find = f"SELECT change_id, device_seq FROM outbox WHERE vault_id = ? AND change_id IN ({places})"  # noqa: S608
                found.update((row[0].hex(), row[1]) for row in self._db.execute(find, (self._v, *some)).fetchall())
        return found

    def sign_piece(self, claim: dict[str, Any]) -> str:
        return self._vault.device.sign("piece", claim)

    def token(self) -> str | None:
        """The sign-in at the centre; without one, what is sealed can still be deposited."""
        return self._vault.profile.get("token")

    def centre_key(self) -> str:
        return self._vault.profile["centre_key"]

    # --- the log -----------------------------------------------------------------------------------------------

    def span(self) -> VerifiedRange | None:
        """None also when this nurse's team is another one now: the pull begins anew."""
        find = "SELECT epoch, scope, seq, chain, first, before FROM pulled WHERE vault_id = ? AND scope = ?"
        row = self._db.execute(find, (self._v, self._vault.profile.get("scope"))).fetchone()
        return VerifiedRange(Head(*row[:4]), row[4], row[5]) if row else None

    def head(self) -> Head | None:
        """How far the log of this nurse's team is here."""
        span = self.span()
        return span.head if span else None

    def settle(self, run: LogSegment) -> None:
        with self._writing() as touched:
            landed = self._land(run)
            touched.update(self._review([*self._settle(run), *landed]))
            if landed:
                self._keep_run(run)

    def apply(self, run: LogSegment, span: VerifiedRange) -> None:
        head = span.head
        with self._writing() as touched:
            touched.update(self._review([*self._settle(run), *self._land(run)]))
            self._db.execute(
                """INSERT OR REPLACE INTO pulled (vault_id, epoch, scope, seq, chain, first, before)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (self._v, head.epoch, head.scope, head.seq, head.chain, span.first, span.before),
            )
            self._keep_run(run)

    def _settle(self, run: LogSegment) -> list[Change]:
        """Settle only what this run's entries name, each by its id. Returns own changes that do not count after all."""
        voided = []
        for entry in run.entries:
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

    def _land(self, run: LogSegment) -> list[Change]:
        """Keep the changes of others, and own ones that were asked for because their bytes here are damaged."""
        landed = []
        for entry in run.entries:
            if entry.change.device_id != self._vault.device_id or entry.change.change_id in self.wanted:
                self._insert(entry.change, void=entry.void)
                landed.append(entry.change)
        return landed

    def _keep_run(self, run: LogSegment) -> None:
        """The entries as the centre signed them: it may need them back one day."""
        head = run.head
        run_id = self._db.execute(
            """INSERT INTO run (vault_id, scope, epoch, first, last, before, chain, signature)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING run_id""",
            (self._v, head.scope, head.epoch, run.entries[0].seq, head.seq, run.before, head.chain, head.signature),
        ).fetchone()[0]
        self._db.conn.executemany(
            "INSERT INTO entry (run_id, seq, change_id, received_ms, void) VALUES (?, ?, ?, ?, ?)",
            [
                (run_id, one.seq, bytes.fromhex(one.change.change_id), one.received_ms, int(one.void))
                for one in run.entries
            ],
        )

    def logged(self) -> set[str]:
        """The ids of all entries of the log that are here."""
        span = self.span()
        if span is None:
            return set()
        find = """SELECT change_id FROM entry JOIN run USING (run_id) WHERE vault_id = ? AND scope = ? AND epoch = ?"""
        with self._disk.lock:
            rows = self._db.execute(find, (self._v, span.head.scope, span.head.epoch)).fetchall()
        return {row[0].hex() for row in rows}

    def compared(self, buckets: set[int], there: set[str]) -> int:
        """After the state check: ask for what is missing here, offer own changes that are missing there. How many."""
        here = set(within(self.logged(), buckets))
        missing, extra = there - here, self.numbers(sorted(here - there))
        self.wanted |= missing
        self.offer_again([(number, number) for number in extra.values()])
        return len(missing) + len(extra)

    # --- after a restore ---------------------------------------------------------------------------------------

    def restored(self, kept: int) -> None:
        with self._writing():
            row = self._db.execute("SELECT epoch FROM pulled WHERE vault_id = ?", (self._v,)).fetchone()
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

    def returning(self) -> Iterator[LogSegment]:
        find = "SELECT epoch FROM ended WHERE vault_id = ? AND returned = 0"
        with self._disk.lock:
            self._bringing = tuple(row[0] for row in self._db.execute(find, (self._v,)).fetchall())
        return self._lost_runs(self._bringing)

    def _lost_runs(self, epochs: Sequence[str]) -> Iterator[LogSegment]:
        find = """SELECT run_id, run.epoch, scope, last, before, chain, signature FROM run
            JOIN ended ON ended.vault_id = run.vault_id AND ended.epoch = run.epoch
            WHERE run.vault_id = ? AND run.epoch = ? AND last > kept ORDER BY first"""
        for epoch in epochs:
            with self._disk.lock:
                rows = self._db.execute(find, (self._v, epoch)).fetchall()
            for run_id, *head, before, chain, signature in rows:
                try:
                    entries = self._entries(run_id)
                except Damaged:
                    continue  # another phone of the team has them too
                yield LogSegment(before, entries, Head(head[0], head[1], head[2], chain, signature))

    def _entries(self, run_id: int) -> tuple[LogEntry, ...]:
        find = "SELECT seq, received_ms, change_id, void FROM entry WHERE run_id = ? ORDER BY seq"
        with self._disk.lock:
            rows = self._db.execute(find, (run_id,)).fetchall()
            return tuple(LogEntry(row[0], row[1], self._change(row[2]), bool(row[3])) for row in rows)

    def returned(self) -> None:
        if not self._bringing:
            return
        with self._writing():
            for epoch in self._bringing:
                mine = (self._v, epoch)
                self._db.execute(
                    "DELETE FROM entry WHERE run_id IN (SELECT run_id FROM run WHERE vault_id = ? AND epoch = ?)", mine
                )
                self._db.execute("DELETE FROM run WHERE vault_id = ? AND epoch = ?", mine)
                self._db.execute("UPDATE ended SET returned = 1 WHERE vault_id = ? AND epoch = ?", mine)
        self._bringing = ()

    # --- what the centre said ----------------------------------------------------------------------------------

    def judged(self, verdict: Verdict) -> None:
        with self._writing():
            self._db.execute(
                "UPDATE outbox SET verdict = ?, code = ?, field = ?, advice = ? WHERE vault_id = ? AND device_seq = ?",
                (verdict.verdict, verdict.code, verdict.field, verdict.advice, self._v, verdict.device_seq),
            )

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        if gaps:
            with self._writing():
                self._db.conn.executemany(
                    """UPDATE outbox SET seq = NULL, received_ms = NULL
                       WHERE vault_id = ? AND device_seq BETWEEN ? AND ? AND received_ms IS NOT NULL""",
                    [(self._v, first, last) for first, last in gaps],
                )

    def release(self, codes: Sequence[str] = RETRIED) -> int:
        """What was refused for one of these reasons is offered once more. How many changes."""
        with self._writing():
            return self._db.conn.executemany(
                """UPDATE outbox SET verdict = '', code = '', advice = ''
                   WHERE vault_id = ? AND verdict = 'refused' AND code = ?""",
                [(self._v, code) for code in codes],
            ).rowcount

    def tried(self, problem: str) -> None:
        with self._writing():
            self._db.execute(
                """UPDATE outbox SET attempts = attempts + 1, last_error = ?
                   WHERE vault_id = ? AND received_ms IS NULL AND verdict <> 'refused'""",
                (problem, self._v),
            )

    def ordered(self, orders: Sequence[dict[str, Any]]) -> None:
        """Only what the centre has signed for this device counts."""
        for order in orders:
            claim = {name: order.get(name) for name in ("device_id", "kind", "order_id")}
            if claim["device_id"] != self._vault.device_id or not isinstance(claim["order_id"], str):
                continue
            if verified(self.centre_key(), "order", claim, str(order.get("signature"))):
                with self._writing():
                    self._db.execute(
                        "INSERT OR IGNORE INTO ordered (vault_id, order_id, kind) VALUES (?, ?, ?)",
                        (self._v, claim["order_id"], str(claim["kind"])),
                    )

    def due(self, kind: str) -> bool:
        """Whether the centre has ordered this, and nothing waits any more that has to be sent first."""
        find = """SELECT 1 FROM ordered WHERE vault_id = ? AND kind = ?
            AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.vault_id = ordered.vault_id)"""
        with self._disk.lock:
            return self._db.execute(find, (self._v, kind)).fetchone() is not None

    def obeyed(self, kind: str) -> None:
        """From now on the order counts as carried out: should the app be killed meanwhile, it is at its next start."""
        with self._writing():
            self._db.execute("UPDATE ordered SET done = 1 WHERE vault_id = ? AND kind = ?", (self._v, kind))

    def _done(self) -> tuple[str, ...]:
        """The orders that have been carried out, as far as the centre is to know."""
        find = "SELECT order_id FROM ordered WHERE vault_id = ? AND done = 1"
        return tuple(row[0] for row in self._db.execute(find, (self._v,)).fetchall())

"""The phone's store: what a nurse recorded, sealed, and where each change has got to.

`seal`, `settle` and `apply` are one transaction each: change, outbox row and view are never apart. A screen reads
`incidents` and `incident`; listeners run after each commit, in whichever thread made it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from field_app.store.delivery import RANK, Delivery, Strip
from field_app.store.disk import Disk, Draft, Intent, TooLong
from field_app.store.envelope import Damaged
from field_app.store.vault import Vault
from sync import VERSION
from sync.canonical import canonical
from sync.domain.catalogue import APART, CATALOGUE
from sync.domain.fold import Record, fold_records
from sync.domain.forms import questions
from sync.domain.incident import Incident
from sync.domain.times import from_millis, instant, local
from sync.signing import b64
from sync.wire import MAX_CHANGE, NO_CHANGE, PIECE, Change, Head, Hello, Role, Run, Verdict

_INCIDENT = TypeAdapter(Incident)
_DRAFT = TypeAdapter(Draft)
VIEWS = b"1"  # raised when the fold changes: older views are then folded again


class Store:
    """One nurse's unlocked store on this phone. Implements sync.wire.SyncStore."""

    def __init__(self, disk: Disk, vault: Vault):
        self._disk, self._db, self._vault, self._v = disk, disk.db, vault, vault.vault_id
        self._seen: dict[str, Incident] = {}
        self.sending = False
        self.offline_since: datetime | None = None
        self.problem = self.advice = ""
        self.damaged: set[str] = set()

    # --- what screens read -------------------------------------------------------------------------------------

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        return self._disk.on_change(listener)

    def incidents(self, limit: int = 200) -> list[Incident]:
        """The incidents on this phone, the last touched first."""
        find = "SELECT incident_id FROM incident WHERE vault_id = ? ORDER BY touched DESC LIMIT ?"
        with self._disk.lock:
            found = [self._readable(_text(row[0])) for row in self._db.execute(find, (self._v, limit)).fetchall()]
        return [incident for incident in found if incident and not any(map(incident.of, APART))]

    def shifts(self) -> list[Record]:
        """The shifts known here, the last touched first."""
        return self.apart("shift")

    def apart(self, kind: str) -> list[Record]:
        """The records of a kind that is no part of an incident, the last touched first."""
        find = "SELECT incident_id FROM incident WHERE vault_id = ? ORDER BY touched DESC"
        with self._disk.lock:
            found = [self._readable(_text(row[0])) for row in self._db.execute(find, (self._v,)).fetchall()]
        return [record for incident in found if incident for record in incident.of(kind)]

    def incident(self, incident_id: str) -> Incident | None:
        with self._disk.lock:
            if incident_id not in self._seen:
                find = "SELECT epoch, wdek, ct FROM incident WHERE vault_id = ? AND incident_id = ?"
                row = self._db.execute(find, (self._v, _bytes(incident_id))).fetchone()
                if row is None:
                    return None
                try:
                    self._seen[incident_id] = _INCIDENT.validate_json(self._vault.keys.open(_view(incident_id), *row))
                except Damaged:
                    with self._disk.transaction():
                        self._seen[incident_id] = self._refold(incident_id, None)
            return self._seen[incident_id]

    def _readable(self, incident_id: str) -> Incident | None:
        """The incident, or None when its bytes on this phone are damaged: that is counted, and the rest is shown."""
        try:
            return self.incident(incident_id)
        except Damaged:
            self.damaged.add(incident_id)
            return None

    def history(self, record_id: str) -> list[Change]:
        """Every change of a record that this phone has."""
        with self._disk.lock:
            return [change for change, _void in self._changes(record_id)]

    def strip(self) -> Strip:
        with self._disk.lock:
            counts = dict(self._db.execute(
                "SELECT state, count(DISTINCT record_id) FROM delivery WHERE vault_id = ? GROUP BY state", (self._v,)
            ).fetchall())  # fmt: skip
            last = self._db.execute("SELECT max(received_ms) FROM outbox WHERE vault_id = ?", (self._v,)).fetchone()[0]
            drafts = self._db.execute("SELECT count(*) FROM draft WHERE vault_id = ?", (self._v,)).fetchone()[0]
        return Strip(
            counts.get("waiting", 0), counts.get("quarantined", 0) + counts.get("refused", 0) + len(self.damaged),
            self.sending,
            from_millis(last) if last else None, self.offline_since, self.problem, self.advice, drafts,
            self._disk.clock_offset_ms or 0,
        )  # fmt: skip

    def deliveries(self, limit: int = 200) -> list[Delivery]:
        """Own records and how far each has got: what needs attention first, then the last changed."""
        find = """SELECT record_id, incident_id, state, seq, received_ms, attempts, last_error, code, field, advice
            FROM delivery WHERE vault_id = ? ORDER BY device_seq DESC"""
        found: dict[str, Delivery] = {}
        with self._disk.lock:
            rows = self._db.execute(find, (self._v,)).fetchall()
        for record, incident, state, seq, ms, attempts, error, code, name, advice in rows:
            known = found.get(_text(record))
            if known is None and len(found) == limit:
                continue
            if known is None or RANK.index(state) < RANK.index(known.state):
                at = from_millis(ms) if ms else None
                kind, title = self._titled(_text(incident), _text(record))
                asked = questions(CATALOGUE[kind]).get(name.partition(".")[0]) if kind else None
                about = f"{asked.text} – {advice}" if asked and advice else advice
                found[_text(record)] = Delivery(
                    _text(record), _text(incident), kind, title, state, seq, at, attempts, error or code, about
                )
        return sorted(found.values(), key=lambda one: one.state not in ("refused", "quarantined"))

    def drafts(self, incident_id: str | None = None) -> list[Draft]:
        """What was being filled in: it outlives a kill of the app."""
        find = "SELECT record_id, epoch, wdek, ct FROM draft WHERE vault_id = ?"
        with self._disk.lock:
            rows = self._db.execute(find, (self._v,)).fetchall()
        opened = [_DRAFT.validate_json(self._vault.keys.open(b"draft" + row[0], *row[1:])) for row in rows]
        return [draft for draft in opened if incident_id in (None, draft.incident_id)]

    # --- what a nurse does -------------------------------------------------------------------------------------

    def keep(self, draft: Draft) -> None:
        """Save a draft, durably."""
        body = _DRAFT.dump_json(draft)
        record = _bytes(draft.record_id)
        with self._disk.transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO draft (vault_id, record_id, incident_id, epoch, wdek, ct) VALUES (?, ?, ?, ?, ?, ?)",
                (self._v, record, _bytes(draft.incident_id), *self._vault.keys.seal(b"draft" + record, body)),
            )

    def seal(
        self, author: str, role: Role, intents: Sequence[Intent], *, drop_draft: str | None = None
    ) -> list[Change]:
        """Make changes durable: change, outbox row and view in one transaction, and the draft gone with it."""
        clock = self._disk.clock
        made: list[Change] = []
        with self._writing() as touched:
            seq, prev = self._last()
            for intent in intents:
                now = clock.now()
                change = Change(
                    record_id=intent.record_id, incident_id=intent.incident_id, kind=intent.kind,
                    form_version=CATALOGUE[intent.kind].version, op=intent.op, patch=dict(intent.patch),
                    parents=intent.parents, author=author, role=role, device_id=self._vault.device_id,
                    device_seq=seq + 1, device_prev=prev, recorded_at=instant(now),
                    utc_offset_min=round((local(now).utcoffset() or timedelta()) / timedelta(minutes=1)),
                    boot_id=clock.boot_id, monotonic_ms=clock.monotonic_ms(), clock_offset_ms=self._disk.clock_offset_ms,
                    occurred_at=instant(intent.occurred_at) if intent.occurred_at else None,
                    nonce=intent.nonce or b64(os.urandom(8)),
                )  # fmt: skip
                if change.size > MAX_CHANGE:
                    raise TooLong("a change is too large")
                self._insert(change)
                self._db.execute(
                    "INSERT INTO outbox (vault_id, device_seq, change_id, record_id, incident_id, size) VALUES (?, ?, ?, ?, ?, ?)",
                    (self._v, change.device_seq, bytes.fromhex(change.change_id), _bytes(change.record_id),
                     _bytes(change.incident_id), change.size),
                )  # fmt: skip
                seq, prev = change.device_seq, change.change_id
                made.append(change)
            self._drop(drop_draft)
            touched.update(self._review(made))
        return made

    def drop(self, record_id: str) -> None:
        """Forget a draft in which nothing was changed."""
        with self._disk.transaction():
            self._drop(record_id)

    # --- what the engine asks (sync.wire.SyncStore) ------------------------------------------------------------

    def hello(self) -> Hello:
        with self._disk.lock:
            seq, head_id = self._last()
            find = "SELECT min(device_seq) FROM waiting WHERE vault_id = ?"
            first = self._db.execute(find, (self._v,)).fetchone()[0]
            pulled = self.head()
        clock = self._disk.clock
        wall = {"wall": instant(clock.now()), "boot_id": clock.boot_id, "monotonic_ms": clock.monotonic_ms()}
        acked = first - 1 if first else seq
        head = pulled.claim() if pulled else None
        return Hello(self._vault.device_id, VERSION, seq, head_id, acked, self._vault.profile.get("scope"), head, wall)

    def pending(self, after: int, limit: int = PIECE) -> list[Change]:
        find = """SELECT device_seq, change_id, size FROM waiting WHERE vault_id = ? AND device_seq > ?
            ORDER BY device_seq LIMIT 1000"""
        chosen: list[bytes] = []
        size = last = 0
        with self._disk.lock:
            for seq, change_id, length in self._db.execute(find, (self._v, after)).fetchall():
                if chosen and (size + length > limit or seq != last + 1):
                    break
                chosen.append(change_id)
                size, last = size + length, seq
            return [self._change(change_id) for change_id in chosen]

    def own(self, first: int, count: int) -> list[Change]:
        find = (
            "SELECT change_id FROM outbox WHERE vault_id = ? AND device_seq >= ? AND device_seq < ? ORDER BY device_seq"
        )
        with self._disk.lock:
            rows = self._db.execute(find, (self._v, first, first + count)).fetchall()
            return [self._change(row[0]) for row in rows]

    def sign_piece(self, claim: dict[str, Any]) -> str:
        return self._vault.device.sign("piece", claim)

    def token(self) -> str | None:
        """The sign-in at the centre; without one, what is sealed can still be deposited."""
        return self._vault.profile.get("token")

    def centre_key(self) -> str:
        return self._vault.profile["centre_key"]

    def head(self) -> Head | None:
        """None also when this nurse's team is another one now: the pull begins anew."""
        find = "SELECT epoch, scope, seq, chain FROM pulled WHERE vault_id = ? AND scope = ?"
        row = self._db.execute(find, (self._v, self._vault.profile.get("scope"))).fetchone()
        return Head(*row) if row else None

    def settle(self, run: Run) -> None:
        with self._writing() as touched:
            touched.update(self._review(self._settle(run)))

    def apply(self, run: Run) -> None:
        others = [entry for entry in run.entries if entry.change.device_id != self._vault.device_id]
        with self._writing() as touched:
            voided = self._settle(run)
            for entry in others:
                self._insert(entry.change, void=entry.void)
            touched.update(self._review([*voided, *(entry.change for entry in others)]))
            self._db.execute(
                "INSERT OR REPLACE INTO pulled (vault_id, epoch, scope, seq, chain) VALUES (?, ?, ?, ?, ?)",
                (self._v, run.head.epoch, run.head.scope, run.head.seq, run.head.chain),
            )

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

    def release(self) -> None:
        """After a fresh sign-in: what was refused because of who or what sent it is offered once more."""
        with self._writing():
            self._db.execute(
                """UPDATE outbox SET verdict = '', code = '', advice = '' WHERE vault_id = ? AND verdict = 'refused'
                   AND code IN ('unknown_device', 'device_revoked', 'not_stored')""",
                (self._v,),
            )

    def tried(self, problem: str) -> None:
        with self._writing():
            self._db.execute(
                """UPDATE outbox SET attempts = attempts + 1, last_error = ?
                   WHERE vault_id = ? AND received_ms IS NULL AND verdict <> 'refused'""",
                (problem, self._v),
            )

    # --- inside one transaction --------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[dict[str, Incident]]:
        """One transaction. The incidents put in the yielded dict are what screens see once it is committed."""
        touched: dict[str, Incident] = {}
        with self._disk.transaction():
            yield touched
        self._seen.update(touched)
        self._disk.tell()

    def _last(self) -> tuple[int, str]:
        row = self._db.execute(
            "SELECT device_seq, change_id FROM outbox WHERE vault_id = ? ORDER BY device_seq DESC LIMIT 1", (self._v,)
        ).fetchone()
        return (row[0], row[1].hex()) if row else (0, NO_CHANGE)

    def _insert(self, change: Change, *, void: bool = False) -> None:
        change_id = bytes.fromhex(change.change_id)
        sealed = self._vault.keys.seal(b"change" + change_id, canonical(change.body))
        self._db.execute(
            """INSERT INTO change (vault_id, change_id, record_id, incident_id, void, epoch, wdek, ct)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            (self._v, change_id, _bytes(change.record_id), _bytes(change.incident_id), int(void), *sealed),
        )

    def _settle(self, run: Run) -> list[Change]:
        """Settle only what this run's entries name, each by its id. Returns own changes that turned out not to count."""
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

    def _review(self, changes: Iterable[Change]) -> dict[str, Incident]:
        """Fold again the records these changes touch, and keep the views."""
        touched: dict[str, set[str]] = {}
        for change in changes:
            touched.setdefault(change.incident_id, set()).add(change.record_id)
        return {incident_id: self._refold(incident_id, records) for incident_id, records in touched.items()}

    def _refold(self, incident_id: str, records: set[str] | None) -> Incident:
        """The incident with these records folded again (all of them for None), its view written."""
        if records is None:
            known: dict[str, Record] = {}
            find = "SELECT DISTINCT record_id FROM change WHERE vault_id = ? AND incident_id = ?"
            rows = self._db.execute(find, (self._v, _bytes(incident_id))).fetchall()
            records = {_text(row[0]) for row in rows}
        else:
            before = self.incident(incident_id)
            known = dict(before.records) if before else {}
        changes = [one for record_id in records for one in self._changes(record_id)]
        void = {change.change_id for change, is_void in changes if is_void}
        kept = {record_id: record for record_id, record in known.items() if record_id not in records}
        known = kept | fold_records((change for change, _ in changes), void)
        incident = Incident(incident_id, known)
        sealed = self._vault.keys.seal(_view(incident_id), _INCIDENT.dump_json(incident))
        self._db.execute(
            """INSERT OR REPLACE INTO incident (vault_id, incident_id, touched, epoch, wdek, ct)
               VALUES (?, ?, (SELECT coalesce(max(touched), 0) + 1 FROM incident WHERE vault_id = ?), ?, ?, ?)""",
            (self._v, _bytes(incident_id), self._v, *sealed),
        )
        return incident

    def _changes(self, record_id: str) -> list[tuple[Change, bool]]:
        find = "SELECT change_id, epoch, wdek, ct, void FROM change WHERE vault_id = ? AND record_id = ?"
        rows = self._db.execute(find, (self._v, _bytes(record_id))).fetchall()
        return [(self._open(row[0], *row[1:4]), bool(row[4])) for row in rows]

    def _change(self, change_id: bytes) -> Change:
        find = "SELECT epoch, wdek, ct FROM change WHERE vault_id = ? AND change_id = ?"
        row = self._db.execute(find, (self._v, change_id)).fetchone()
        return self._open(change_id, *row)

    def _open(self, change_id: bytes, epoch: int, wdek: bytes, ct: bytes) -> Change:
        return Change.model_validate_json(self._vault.keys.open(b"change" + change_id, epoch, wdek, ct))

    def _drop(self, record_id: str | None) -> None:
        if record_id:
            self._db.execute("DELETE FROM draft WHERE vault_id = ? AND record_id = ?", (self._v, _bytes(record_id)))

    def _titled(self, incident_id: str, record_id: str) -> tuple[str, str]:
        incident = self.incident(incident_id)
        record = incident.records.get(record_id) if incident else None
        return (record.kind, CATALOGUE[record.kind].title) if record and record.kind in CATALOGUE else ("", "Record")


def _view(incident_id: str) -> bytes:
    return b"view" + VIEWS + _bytes(incident_id)


def _bytes(record_id: str) -> bytes:
    return UUID(record_id).bytes


def _text(record_id: bytes) -> str:
    return str(UUID(bytes=record_id))

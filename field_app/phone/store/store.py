"""The phone's store: what a nurse recorded, sealed, and where each change has got to.

`seal` is one transaction: change, outbox row and view are never apart. A screen reads `incidents` and `incident`.
Below it lie `exchange.py`, the store as sync sees it, and `records.py`, its rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from field_app.phone.store.disk import Disk, Draft, Intent, TooLong
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.exchange import Exchange
from field_app.phone.store.records import to_bytes, to_text
from field_app.phone.store.vault import Vault
from sync.core.times import from_millis, instant, local
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import patch, questions
from sync.domain.records.delivery import RANK, Delivery, Strip
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident
from sync.protocol.derived_ids import next_nonce, record_id
from sync.protocol.messages import MAX_CHANGE_BYTES, Change, Role

_DRAFT = TypeAdapter(Draft)


class Store(Exchange):
    """One nurse's unlocked store on this phone."""

    def __init__(self, disk: Disk, vault: Vault):
        super().__init__(disk, vault)
        self.sending = False
        self.offline_since: datetime | None = None
        self.problem = self.advice = ""
        self._nonces: dict[str, str] = {}  # since the start: the last own one in each incident
        self._begun: dict[str, int] = {}  # since the start: the last number given to a record in each incident

    # --- what screens read -------------------------------------------------------------------------------------

    def incidents(self, limit: int = 200) -> list[Incident]:
        """The incidents on this phone, the last touched first."""
        return self._listed("", limit)

    def shifts(self) -> list[Record]:
        """The shifts known here, the last touched first."""
        return self.apart("shift")

    def apart(self, kind: str) -> list[Record]:
        """The records of a kind that is no part of an incident, the last touched first."""
        return [record for incident in self._listed(kind, -1) for record in incident.of(kind)]

    def _listed(self, apart: str, limit: int) -> list[Incident]:
        find = """SELECT incident_id FROM incident WHERE vault_id = ? AND apart = ?
            ORDER BY touched DESC, rowid DESC LIMIT ?"""
        with self._disk.lock:
            rows = self._db.execute(find, (self._v, apart, limit)).fetchall()
            found = [self.readable(to_text(row[0])) for row in rows]
        return [incident for incident in found if incident]

    def readable(self, incident_id: str) -> Incident | None:
        """The incident, or None when its bytes on this phone are damaged: that is counted, and the rest is shown."""
        try:
            return self.incident(incident_id)
        except Damaged:
            self.damaged.add(incident_id)
            return None

    def strip(self) -> Strip:
        with self._disk.lock:
            counts = dict(
                self._db.execute(
                    "SELECT state, count(DISTINCT record_id) FROM delivery WHERE vault_id = ? GROUP BY state",
                    (self._v,),
                ).fetchall()
            )
            last = self._db.execute("SELECT max(received_ms) FROM outbox WHERE vault_id = ?", (self._v,)).fetchone()[0]
            drafts = self._db.execute("SELECT count(*) FROM draft WHERE vault_id = ?", (self._v,)).fetchone()[0]
            restored = self._db.execute("SELECT max(at_ms) FROM ended WHERE vault_id = ?", (self._v,)).fetchone()[0]
            back_to = self._back_to()
        attention = counts.get("quarantined", 0) + counts.get("refused", 0) + len(self.damaged)
        return Strip(
            counts.get("waiting", 0),
            attention,
            self.sending,
            from_millis(last) if last else None,
            self.offline_since,
            self.problem,
            self.advice,
            drafts,
            self._disk.clock_offset_ms or 0,
            restored_at=from_millis(restored) if restored else None,
            back_to=from_millis(back_to) if back_to else None,
            is_old=self._disk.is_old,
        )

    def _back_to(self) -> int | None:
        """While earlier records are still being fetched: how far back they go, in milliseconds since 1970."""
        verified = self.verified_range()
        if verified is None or verified.is_whole:
            return None
        find = (
            "SELECT received_ms FROM entry JOIN segment USING (segment_id) WHERE vault_id = ? AND epoch = ? AND seq = ?"
        )
        row = self._db.execute(find, (self._v, verified.head.epoch, verified.first)).fetchone()
        return row[0] if row else None

    def deliveries(self, limit: int = 200) -> list[Delivery]:
        """Own records and how far each has got: what needs attention first, then the last changed."""
        find = """SELECT record_id, incident_id, state, seq, received_ms, attempts, last_error, code, field, advice
            FROM delivery WHERE vault_id = ? ORDER BY device_seq DESC"""
        found: dict[str, Delivery] = {}
        with self._disk.lock:
            rows = self._db.execute(find, (self._v,)).fetchall()
        for record, incident, state, seq, ms, attempts, error, code, name, advice in rows:
            known = found.get(to_text(record))
            if known is None and len(found) == limit:
                continue
            if known is None or RANK.index(state) < RANK.index(known.state):
                at = from_millis(ms) if ms else None
                kind, title = self._titled(to_text(incident), to_text(record))
                asked = questions(CATALOGUE[kind]).get(name.partition(".")[0]) if kind else None
                about = f"{asked.text} – {advice}" if asked and advice else advice
                found[to_text(record)] = Delivery(
                    to_text(record), to_text(incident), kind, title, state, seq, at, attempts, code or error, about
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
        record = to_bytes(draft.record_id)
        with self._disk.transaction():
            self._db.execute(
                """INSERT OR REPLACE INTO draft (vault_id, record_id, incident_id, epoch, wdek, ct)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (self._v, record, to_bytes(draft.incident_id), *self._vault.keys.seal(b"draft" + record, body)),
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
                    record_id=intent.record_id,
                    incident_id=intent.incident_id,
                    kind=intent.kind,
                    form_version=CATALOGUE[intent.kind].version,
                    op=intent.op,
                    patch=dict(intent.patch),
                    parents=intent.parents,
                    author=author,
                    role=role,
                    device_id=self._vault.device_id,
                    device_seq=seq + 1,
                    device_prev=prev,
                    recorded_at=instant(now),
                    utc_offset_min=round((local(now).utcoffset() or timedelta()) / timedelta(minutes=1)),
                    boot_id=clock.boot_id,
                    monotonic_ms=clock.monotonic_ms(),
                    clock_offset_ms=self._disk.clock_offset_ms,
                    occurred_at=instant(intent.occurred_at) if intent.occurred_at else None,
                    nonce=intent.nonce or self.next_nonce(intent.incident_id),
                )
                if change.size > MAX_CHANGE_BYTES:
                    raise TooLong("a change is too large")
                self._nonces[change.incident_id] = change.nonce
                self._insert(change)
                self._db.execute(
                    """INSERT INTO outbox (vault_id, device_seq, change_id, record_id, incident_id, size)
                       VALUES (?, ?, ?, ?, ?, ?)""",
                    (
                        self._v,
                        change.device_seq,
                        bytes.fromhex(change.change_id),
                        to_bytes(change.record_id),
                        to_bytes(change.incident_id),
                        change.size,
                    ),
                )
                seq, prev = change.device_seq, change.change_id
                made.append(change)
            self._drop(drop_draft)
            touched.update(self._review(made))
        return made

    def next_nonce(self, incident_id: str) -> str:
        """For the next change in this incident, also where a signature has to name it before it is sealed."""
        return next_nonce(self._nonces.get(incident_id))

    def new_record_id(self, incident_id: str) -> str:
        """For a record to be begun in this incident; each is given once."""
        used = """SELECT EXISTS (SELECT 1 FROM change WHERE vault_id = :v AND record_id = :id)
            OR EXISTS (SELECT 1 FROM draft WHERE vault_id = :v AND record_id = :id)"""
        with self._disk.lock:
            while True:
                self._begun[incident_id] = number = self._begun.get(incident_id, 0) + 1
                made = record_id(incident_id, self._vault.device_id, number)
                if not self._db.execute(used, {"v": self._v, "id": to_bytes(made)}).fetchone()[0]:
                    return made

    def put_away(self) -> int:
        """Seal every draft as it is, in this nurse's name. How many changes that made."""
        who = self._vault.profile["practitioner"]
        made = 0
        for draft in self.drafts():
            if changed := patch(draft.base, draft.answers):
                intent = Intent(draft.record_id, draft.incident_id, draft.kind, "set", changed, draft.parents)
                made += len(self.seal(who["practitioner_id"], who["role"], [intent], drop_draft=draft.record_id))
            else:
                self.drop(draft.record_id)
        return made

    def drop(self, record_id: str) -> None:
        """Forget a draft in which nothing was changed."""
        with self._disk.transaction():
            self._drop(record_id)

    # --- inside one transaction --------------------------------------------------------------------------------

    def _drop(self, record_id: str | None) -> None:
        if record_id:
            self._db.execute("DELETE FROM draft WHERE vault_id = ? AND record_id = ?", (self._v, to_bytes(record_id)))

    def _titled(self, incident_id: str, record_id: str) -> tuple[str, str]:
        incident = self.readable(incident_id)
        record = incident.records.get(record_id) if incident else None
        return (record.kind, CATALOGUE[record.kind].title) if record and record.kind in CATALOGUE else ("", "Record")

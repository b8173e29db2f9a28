"""The phone's store: what a nurse recorded, sealed, and how far each change has got.

`seal` is one transaction: change, outbox row and view are never apart. A screen reads `incidents` and `incident`.
Below it lie `exchange.py`, the store as sync sees it, `outbox.py` and `records.py`.
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
from sync.domain.forms import patch, question_of
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
        self.problem = self.advice = ""  # why the last sync ended early, and what to do
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
            incidents = [self.readable(to_text(row[0])) for row in self._rows(find, apart, limit)]
        return [incident for incident in incidents if incident]

    def readable(self, incident_id: str) -> Incident | None:
        """The incident, None when it is not here or its bytes on this phone are damaged. Damaged ones are counted."""
        try:
            return self.incident(incident_id)
        except Damaged:
            self.damaged.add(incident_id)
            return None

    def strip(self) -> Strip:
        """How this phone stands with the centre, as the strip above every screen says it."""
        with self._disk.lock:
            states = "SELECT state, count(DISTINCT record_id) FROM delivery WHERE vault_id = ? GROUP BY state"
            counts: dict[str, int] = dict(self._rows(states))
            received_ms = self._row("SELECT max(received_ms) FROM outbox WHERE vault_id = ?")[0]
            drafts = self._row("SELECT count(*) FROM draft WHERE vault_id = ?")[0]
            restored_ms = self._row("SELECT max(at_ms) FROM ended WHERE vault_id = ?")[0]
            back_to_ms = self._back_to_ms()
        return Strip(
            waiting=counts.get("waiting", 0),
            attention=counts.get("quarantined", 0) + counts.get("refused", 0) + len(self.damaged),
            sending=self.sending,
            last_received=_from_millis(received_ms),
            offline_since=self.offline_since,
            problem=self.problem,
            advice=self.advice,
            drafts=drafts,
            clock_offset_ms=self._disk.clock_offset_ms or 0,
            restored_at=_from_millis(restored_ms),
            back_to=_from_millis(back_to_ms),
            is_old=self._disk.is_old,
        )

    def _back_to_ms(self) -> int | None:
        """How far back the records here go while earlier ones are being fetched: milliseconds since 1970, else None."""
        pulled = self.verified_range()
        if pulled is None or pulled.is_whole:
            return None
        find = """SELECT received_ms FROM entry JOIN segment USING (segment_id)
                  WHERE vault_id = ? AND epoch = ? AND seq = ?"""
        row = self._row(find, pulled.head.epoch, pulled.first)
        return row[0] if row else None

    def deliveries(self, limit: int = 200) -> list[Delivery]:
        """Own records and how far each has got: what needs attention first, then the last changed."""
        find = """SELECT record_id, incident_id, state, seq, received_ms, attempts, last_error, code, field, advice
            FROM delivery WHERE vault_id = ? ORDER BY device_seq DESC"""
        known: dict[str, Delivery] = {}
        for record, incident, state, seq, received_ms, attempts, error, code, key, advice in self._rows(find):
            record_id, incident_id = to_text(record), to_text(incident)
            delivery = known.get(record_id)
            if delivery is None and len(known) == limit:
                continue
            if delivery is None or RANK.index(state) < RANK.index(delivery.state):
                kind, title = self._titled(incident_id, record_id)
                at, about = _from_millis(received_ms), _with_question(kind, key, advice)
                known[record_id] = Delivery(
                    record_id, incident_id, kind, title, state, seq, at, attempts, code or error, about
                )
        return sorted(known.values(), key=lambda delivery: delivery.state not in ("refused", "quarantined"))

    def drafts(self, incident_id: str | None = None) -> list[Draft]:
        """What was being filled in: it outlives a kill of the app."""
        find = "SELECT record_id, day, wdek, ct FROM draft WHERE vault_id = ?"
        keys, rows = self._vault.keys, self._rows(find)
        opened = [_DRAFT.validate_json(keys.open(b"draft" + row[0], *row[1:])) for row in rows]
        return [draft for draft in opened if incident_id in (None, draft.incident_id)]

    # --- what a nurse does -------------------------------------------------------------------------------------

    def keep(self, draft: Draft) -> None:
        """Save a draft, durably."""
        body = _DRAFT.dump_json(draft)
        record = to_bytes(draft.record_id)
        with self._disk.transaction():
            self._db.execute(
                """INSERT OR REPLACE INTO draft (vault_id, record_id, incident_id, day, wdek, ct)
                   VALUES (?, ?, ?, ?, ?, ?)""",
                (self._v, record, to_bytes(draft.incident_id), *self._vault.keys.seal(b"draft" + record, body)),
            )

    def seal(
        self, author: str, role: Role, intents: Sequence[Intent], *, drop_draft: str | None = None
    ) -> list[Change]:
        """Make changes durable: change, outbox row and view in one transaction, which also deletes the draft.

        Raises TooLong or DiskFull; then nothing is written, and the draft is kept.
        """
        changes: list[Change] = []
        with self._writing() as touched:
            seq, prev = self._last()
            for intent in intents:
                change = self._change_of(intent, author, role, seq + 1, prev)
                if change.size > MAX_CHANGE_BYTES:
                    raise TooLong("a change is too large")
                self._nonces[change.incident_id] = change.nonce
                self._insert(change)
                self._queue(change)
                seq, prev = change.device_seq, change.change_id
                changes.append(change)
            self._drop(drop_draft)
            touched.update(self._review(changes))
        return changes

    def _change_of(self, intent: Intent, author: str, role: Role, device_seq: int, device_prev: str) -> Change:
        """The intent as this device's next change, with the times of both clocks now."""
        clock = self._disk.clock
        now = clock.now()
        return Change(
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
            device_seq=device_seq,
            device_prev=device_prev,
            recorded_at=instant(now),
            utc_offset_min=round((local(now).utcoffset() or timedelta()) / timedelta(minutes=1)),
            boot_id=clock.boot_id,
            monotonic_ms=clock.monotonic_ms(),
            clock_offset_ms=self._disk.clock_offset_ms,
            occurred_at=instant(intent.occurred_at) if intent.occurred_at else None,
            nonce=intent.nonce or self.next_nonce(intent.incident_id),
        )

    def next_nonce(self, incident_id: str) -> str:
        """The nonce of the next change in this incident. A signature asks for it before its change is sealed."""
        return next_nonce(self._nonces.get(incident_id))

    def new_record_id(self, incident_id: str) -> str:
        """An id for a new record of this incident. No id is given twice."""
        used = """SELECT EXISTS (SELECT 1 FROM change WHERE vault_id = :v AND record_id = :id)
            OR EXISTS (SELECT 1 FROM draft WHERE vault_id = :v AND record_id = :id)"""
        with self._disk.lock:
            while True:
                self._begun[incident_id] = number = self._begun.get(incident_id, 0) + 1
                new_id = record_id(incident_id, self._vault.device_id, number)
                if not self._db.execute(used, {"v": self._v, "id": to_bytes(new_id)}).fetchone()[0]:
                    return new_id

    def put_away(self) -> int:
        """Seal every draft as it is, in this nurse's name. Returns how many changes that made."""
        who = self._vault.profile["practitioner"]
        count = 0
        for draft in self.drafts():
            if changed := patch(draft.base, draft.answers):
                intent = Intent(draft.record_id, draft.incident_id, draft.kind, "set", changed, draft.parents)
                count += len(self.seal(who["practitioner_id"], who["role"], [intent], drop_draft=draft.record_id))
            else:
                self.drop(draft.record_id)
        return count

    def drop(self, record_id: str) -> None:
        """Forget a draft in which nothing was changed."""
        with self._disk.transaction():
            self._drop(record_id)

    # --- inside one transaction --------------------------------------------------------------------------------

    def _drop(self, record_id: str | None) -> None:
        if record_id:
            self._db.execute("DELETE FROM draft WHERE vault_id = ? AND record_id = ?", (self._v, to_bytes(record_id)))

    def _titled(self, incident_id: str, record_id: str) -> tuple[str, str]:
        """Kind and title of a record; "" and "Record" for one that cannot be read here."""
        incident = self.readable(incident_id)
        record = incident.records.get(record_id) if incident else None
        return (record.kind, CATALOGUE[record.kind].title) if record and record.kind in CATALOGUE else ("", "Record")


def _with_question(kind: str, key: str, advice: str) -> str:
    """The advice, after the words of the question it is about, where that is known."""
    question = question_of(CATALOGUE[kind], key) if kind else None
    return f"{question.text} – {advice}" if question and advice else advice


def _from_millis(millis: int | None) -> datetime | None:
    return from_millis(millis) if millis else None

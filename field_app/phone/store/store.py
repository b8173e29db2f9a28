"""The phone's store for one nurse: what was recorded, sealed, and how far each change has got.

A facade over its parts: `changes` (sealed rows), `outbox`, `log` (the pulled one), `views`, `commands`, and `sync`,
which is all of them as the sync engine sees them. `seal` is one transaction: change, outbox row and view are never
apart. A screen reads `incidents` and `incident`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from field_app.phone.store.commands import Commands
from field_app.phone.store.disk import Disk, Draft, Intent, TooLong, VaultRows, to_bytes, to_text
from field_app.phone.store.drafts import Drafts
from field_app.phone.store.listing import cut
from field_app.phone.store.next_change import next_change
from field_app.phone.store.outbox import Outbox
from field_app.phone.store.pulled_log import PulledLog
from field_app.phone.store.sealed_changes import SealedChanges
from field_app.phone.store.sync_store import PhoneSyncStore
from field_app.phone.store.vault import Vault
from field_app.phone.store.views import Views
from sync.core.errors import DiskFull
from sync.core.times import from_millis
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import patch, question_of
from sync.domain.records.delivery import NEEDS_ATTENTION, RANK, Delivery, Strip
from sync.domain.records.fold import Record
from sync.domain.records.incident import Incident
from sync.protocol.derived_ids import next_nonce, record_id
from sync.protocol.messages import MAX_CHANGE_BYTES, Change, Role


class Store:
    """One nurse's unlocked store on this phone."""

    def __init__(self, disk: Disk, vault: Vault):
        self._disk, self._vault = disk, vault
        self._rows = rows = VaultRows(disk, vault.vault_id)
        self.changes = SealedChanges(rows, vault.keys)
        self.outbox = Outbox(rows, vault.device)
        self.log = PulledLog(rows)
        self.views = Views(rows, vault.keys, self.changes)
        self.commands = Commands(rows)
        self.sync = PhoneSyncStore(disk, vault, self.changes, self.outbox, self.log, self.views, self.commands)
        self._drafts = Drafts(rows, vault.keys)
        self.sending = False
        self.offline_since: datetime | None = None
        self.problem = self.advice = ""  # why the last sync ended early, and what to do
        self._nonces: dict[str, str] = {}  # since the start: the last own one in each incident
        self._begun: dict[str, int] = {}  # incidents begun since the start: the last number given to a record in each
        self._single: dict[tuple[str, str], str] = {}  # since the start, by incident and kind: the one record's id
        with suppress(DiskFull):  # at the next unlocking
            self.sync.take_told()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call this after each commit, in the thread that wrote. Returns the function that ends it."""
        return self._disk.on_change(listener)

    def close(self) -> None:
        """Let the keys and everything readable go. What is read or sealed then raises Locked."""
        self._vault.close()
        self.views.close()

    # --- what screens read -------------------------------------------------------------------------------------

    def incident(self, incident_id: str) -> Incident | None:
        """The incident, None when none of it is here. Raises Damaged when its bytes on this phone do not open."""
        return self.views.incident(incident_id)

    def readable(self, incident_id: str) -> Incident | None:
        """The incident, None when it is not here or its bytes on this phone are damaged. Damaged ones are counted."""
        return self.views.readable(incident_id)

    @property
    def damaged(self) -> set[str]:
        """The incidents that cannot be read here."""
        return self.views.damaged

    def incidents(self, limit: int | None = None) -> list[Incident]:
        """The incidents on this phone: what the centre has not settled first, then the last that came.

        `limit`: of those in which nothing is left to do. What is open, returned, unsent, refused or begun is all there.
        """
        return self.views.listed("", limit)

    def every_incident(self) -> Iterator[Incident]:
        """Every incident on this phone, one at a time."""
        return self.views.every()

    def finished(self) -> int:
        """How many incidents there are in which nothing is left to do."""
        return self.views.finished()

    def shifts(self) -> list[Record]:
        """The shifts known here, the last that came first."""
        return self.apart("shift")

    def apart(self, kind: str) -> list[Record]:
        """The records of a kind that is no part of an incident, the last that came first."""
        return [record for incident in self.views.listed(kind) for record in incident.of(kind)]

    def history(self, record_id: str) -> list[Change]:
        """Every change of a record that this phone has."""
        return [change for change, _void in self.changes.of_record(record_id)]

    def strip(self) -> Strip:
        """How this phone stands with the centre, as the strip above every screen says it."""
        with self._disk.lock:
            counts = self.outbox.counts()
            drafts = self._drafts.count()
            received_ms, restored_ms = self.outbox.last_received_ms(), self.log.restored_ms()
            back_to_ms = self.log.back_to_ms(self.sync.verified_range())
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
            is_key_pending=self._disk.is_key_pending,
            old_drafts=self._drafts.under_an_old_pin(),
            is_full=self._disk.reserve.is_given_up,
        )

    def deliveries(self, limit: int | None = None) -> list[Delivery]:
        """Own records and how far each has got: what needs attention first, then the last changed.

        `limit`: of those that were received and are settled. The others are all there.
        """
        rows = cut(self._least_advanced(), limit, lambda row: row[2] == "received")
        return [self._delivery(*row) for row in sorted(rows, key=lambda row: row[2] not in NEEDS_ATTENTION)]

    def settled(self) -> int:
        """How many own records were received and are settled."""
        return sum(row[2] == "received" for row in self._least_advanced())

    def _least_advanced(self) -> list[Any]:
        """Of each own record the row of its least advanced change; the records last changed first."""
        least: dict[bytes, Any] = {}
        for row in self.outbox.deliveries():
            known = least.get(row[0])
            if known is None or RANK.index(row[2]) < RANK.index(known[2]):
                least[row[0]] = row
        return list(least.values())

    def _delivery(
        self,
        record: bytes,
        incident: bytes,
        state: str,
        seq: int | None,
        received_ms: int | None,
        attempts: int,
        error: str,
        code: str,
        key: str,
        advice: str,
    ) -> Delivery:
        record_id, incident_id = to_text(record), to_text(incident)
        kind, title = self._titled(incident_id, record_id)
        at, about = _from_millis(received_ms), _with_question(kind, key, advice)
        return Delivery(record_id, incident_id, kind, title, state, seq, at, attempts, code or error, about)

    def _titled(self, incident_id: str, record_id: str) -> tuple[str, str]:
        """Kind and title of a record; "" and "Record" for one that cannot be read here."""
        incident = self.readable(incident_id)
        record = incident.records.get(record_id) if incident else None
        return (record.kind, CATALOGUE[record.kind].title) if record and record.kind in CATALOGUE else ("", "Record")

    # --- drafts ------------------------------------------------------------------------------------------------

    def drafts(self, incident_id: str | None = None) -> list[Draft]:
        """What was being filled in: it outlives a kill of the app."""
        return [draft for draft in self._drafts.all() if incident_id in (None, draft.incident_id)]

    def draft(self, record_id: str) -> Draft | None:
        """The draft of this record, None when there is none."""
        return self._drafts.one(record_id)

    def keep(self, draft: Draft) -> None:
        """Save a draft, durably."""
        self._drafts.keep(draft)

    def drop(self, record_id: str) -> None:
        """Forget a draft in which nothing was changed."""
        self._drafts.drop(record_id)

    # --- sealing -----------------------------------------------------------------------------------------------

    def seal(
        self, author: str, role: Role, intents: Sequence[Intent], *, drop_draft: str | None = None
    ) -> list[Change]:
        """Make changes durable: change, outbox row and view in one transaction, which also deletes the draft.

        Raises TooLong or DiskFull; then nothing is written, and the draft is kept.
        """
        changes: list[Change] = []
        with self.views.refolding() as touched:
            seq, prev = self.outbox.last()
            for intent in intents:
                nonce = intent.nonce or self.next_nonce(intent.incident_id)
                change = next_change(intent, author, role, self._disk, (self._vault.device_id, seq + 1, prev), nonce)
                if change.size > MAX_CHANGE_BYTES:
                    raise TooLong("a change is too large")
                if change.record_id == change.incident_id and not change.parents:
                    self._begun.setdefault(change.incident_id, 0)
                self._nonces[change.incident_id] = change.nonce
                self.changes.insert(change)
                self.outbox.add(change)
                seq, prev = change.device_seq, change.change_id
                changes.append(change)
            if drop_draft:
                self._drafts.drop(drop_draft)
            touched += changes
        return changes

    def next_nonce(self, incident_id: str) -> str:
        """The nonce of the next change in this incident. A signature asks for it before its change is sealed."""
        return next_nonce(self._nonces.get(incident_id))

    def new_record_id(self, incident_id: str, kind: str = "") -> str:
        """An id for a new record of this incident. No id is given twice.

        But with a `kind` of which there is one record: until that is begun, every window gets the same.
        """
        used = """SELECT EXISTS (SELECT 1 FROM change WHERE vault_id = :vault AND record_id = :id)
            OR EXISTS (SELECT 1 FROM draft WHERE vault_id = :vault AND record_id = :id)"""
        with self._disk.lock:
            new_id = self._single.get((incident_id, kind), "")
            while not new_id or self._rows.first(used, id=to_bytes(new_id))[0]:
                new_id = self._next_record_id(incident_id)
            if kind and not CATALOGUE[kind].repeats:
                self._single[incident_id, kind] = new_id
            return new_id

    def _next_record_id(self, incident_id: str) -> str:
        """It follows from the incident's only where that was begun since the start.

        A copy of this phone's folder, or one that was put back, would give the same ids to other records.
        """
        if incident_id not in self._begun:
            return str(uuid4())
        self._begun[incident_id] += 1
        return record_id(incident_id, self._vault.device_id, self._begun[incident_id])

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


def _with_question(kind: str, key: str, advice: str) -> str:
    """The advice, after the words of the question it is about, where that is known."""
    question = question_of(CATALOGUE[kind], key) if kind else None
    return f"{question.text} – {advice}" if question and advice else advice


def _from_millis(millis: int | None) -> datetime | None:
    return from_millis(millis) if millis else None

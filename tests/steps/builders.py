"""What tests are built of: invented people, a clock that stands still, changes, batches, segments, a phone's store.

Imports nothing of the centre, so that it also serves under the phone's oldest versions of its libraries.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from field_app.phone.store.disk import Disk, Intent
from field_app.phone.store.schema import open_db
from field_app.phone.store.store import Store
from field_app.phone.store.vault import Vaults
from sync.core.hpke import SealingKey
from sync.core.signing import Signer
from sync.core.times import instant, to_millis
from sync.domain.content.pack_set import PackSet
from sync.pack_files import publishers, shipped_packs
from sync.protocol.batch import Batch, batch_claim
from sync.protocol.messages import NO_CHANGE, Change, Head, LogEntry, LogSegment, OwnChange, VerifiedRange, chain_hash
from sync.protocol.segment import OwnChanges

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CENTRE = Signer(bytes(range(32)))
SEALING = SealingKey(CENTRE.derive(b"alongside/seal/1"))
SCOPE = "team:cambs"
PIN = "204816"
SHIPPED = shipped_packs(training=True)
TRUST = publishers(training=True)
PACKS = PackSet.of(SHIPPED)
LAW = PACKS.rules_on(date.max).rules  # the newest that has a day on which it is in force
BOOK = PACKS.directory_on(date.max).book
CANARIES = ("Marigold", "Thistlewood", "9992469145", "standing on the parapet")  # never to be found in clear


def uid(number: int) -> str:
    """A valid, recognisable record id."""
    return str(UUID(int=number, version=4))


class FakeClock:
    boot_id = "boot-1"

    def __init__(self, now: datetime = NOON):
        self._now, self._ms = now, 1_000

    def now(self) -> datetime:
        return self._now

    def monotonic_ms(self) -> int:
        return self._ms

    def forward(self, **span: float) -> None:
        step = timedelta(**span)
        self._now += step
        self._ms += round(step.total_seconds() * 1000)


class Device:
    """Makes changes as a device would, one after the other."""

    def __init__(self, number: int = 1, author: str = "amina.yusuf", role: str = "nurse"):
        self.device_id, self.author, self.role = uid(0xD0 + number), author, role
        self.signer = Signer(number.to_bytes(32, "big"))
        self.made: list[Change] = []

    def change(self, record: int | str = 1, patch: dict[str, Any] | None = None, **about: Any) -> Change:
        record_id = uid(record) if isinstance(record, int) else record
        last = self.made[-1] if self.made else None
        fields: dict[str, Any] = {
            "record_id": record_id, "incident_id": record_id, "kind": "incident", "form_version": 1, "op": "set",
            "patch": patch or {}, "parents": (), "author": self.author, "role": self.role, "device_id": self.device_id,
            "device_seq": last.device_seq + 1 if last else 1, "device_prev": last.change_id if last else NO_CHANGE,
            "recorded_at": instant(NOON + timedelta(seconds=len(self.made))), "utc_offset_min": 0, "boot_id": "boot-1",
            "monotonic_ms": 1000 + len(self.made), "clock_offset_ms": None, "occurred_at": None,
            "nonce": f"nonce{len(self.made):06}",
        }  # fmt: skip
        self.made.append(Change(**{**fields, **about}))
        return self.made[-1]

    def batch(self, changes: Sequence[Change] | None = None) -> Batch:
        changes = tuple(changes or self.made)
        last = changes[-1]
        return Batch(changes, self.signer.sign("batch", batch_claim(self.device_id, last.device_seq, last.change_id)))


def segment(
    changes: Sequence[Change], before: str = NO_CHANGE, first: int = 1, at: datetime = NOON, own: str = "", **head: Any
) -> LogSegment:
    """A segment as a truthful centre signs it. `own`: the device that is told of its own changes by their numbers."""
    entries, chain = [], before
    for seq, change in enumerate(changes, first):
        named = OwnChange.of(change) if change.device_id == own else change
        entries.append(LogEntry(seq, to_millis(at), named))
        chain = chain_hash(chain, change.change_id, seq, to_millis(at), void=False)
    claim = {"epoch": "e1", "scope": SCOPE, "seq": entries[-1].seq if entries else first - 1, "chain": chain, **head}
    return LogSegment(before, tuple(entries), Head(**claim, signature=CENTRE.sign("head", claim)))


def voided(good: LogSegment) -> LogSegment:
    """The same entries as a truthful centre signs them when none of them counts."""
    entries, chain = [], good.before
    for entry in good.entries:
        entries.append(replace(entry, void=True))
        chain = chain_hash(chain, entry.change.change_id, entry.seq, entry.received_ms, void=True)
    head = replace(good.head, chain=chain)
    return LogSegment(good.before, tuple(entries), replace(head, signature=CENTRE.sign("head", head.claim())))


def by_number(made: Sequence[Change]) -> OwnChanges:
    """How the device that made these changes, from number 1 on, looks up what a receipt speaks of."""
    return lambda first, count: [OwnChange.of(change) for change in made[first - 1 :][:count]]


def land(store: Store, pulled: LogSegment) -> None:
    """Apply a segment as the first of a pull, or as one that goes on from the last."""
    grown = store.sync.verified_range()
    store.sync.apply(
        pulled, replace(grown, head=pulled.head) if grown else VerifiedRange(pulled.head, pulled.entries[0].seq)
    )


class Pocket:
    """A phone's store in a folder, that can be closed like a killed app and opened again."""

    def __init__(self, folder: Path, number: int = 1, username: str = "amina.yusuf"):
        self.folder, self.username, self.clock = folder, username, FakeClock()
        self.device_id = uid(0xA0 + number)
        self.open()
        profile = {
            "practitioner": {"practitioner_id": username, "name": "Amina Yusuf", "role": "nurse"},
            "team": {"team_id": "cambs", "name": "Cambridgeshire joint response"},
            "scope": SCOPE, "token": "token", "centre_key": CENTRE.public, "seal_key": SEALING.public,
        }  # fmt: skip
        self.vault = self.vaults.create(self.device_id, username, PIN, profile, bytes(32))
        self.store = Store(self.disk, self.vault)

    def open(self) -> None:
        self.db = open_db(self.folder / "phone.db")
        self.disk = Disk(self.db, self.clock)
        self.vaults = Vaults(self.disk, b"s" * 32, self.clock, scrypt_n=2**10)

    def restart(self) -> None:
        """What a kill and a new start leave: only what was committed."""
        self.db.conn.close()
        self.open()
        self.vault = self.vaults.open(self.username, PIN)
        self.store = Store(self.disk, self.vault)

    def seal(self, record: int, patch: dict[str, Any], **about: Any) -> Change:
        known = self.store.incident(uid(about.pop("incident", record)))
        standing = known.records.get(uid(record)) if known else None
        fields = {
            "incident_id": known.incident_id if known else uid(record), "kind": "incident", "op": "set",
            "parents": standing.heads if standing else (),
        }  # fmt: skip
        intent = Intent(uid(record), patch=patch, **{**fields, **about})
        return self.store.seal(self.username, "nurse", [intent])[0]

"""A device in memory: its own chain of changes, what it has pulled, and the port `SyncStore` over both.

The console's is one for each browser, and so are the phones of the demo and of the tests. Nothing of it is on disk.
"""

import secrets
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync import VERSION
from sync.core.signing import Signer
from sync.core.times import instant, local
from sync.domain.catalogue import CATALOGUE
from sync.domain.records.fold import Record, fold_records
from sync.domain.records.incident import Incident, gather
from sync.protocol.codec import sign_hello
from sync.protocol.derived_ids import next_nonce
from sync.protocol.messages import (
    BATCH_BYTES,
    NO_CHANGE,
    Change,
    Hello,
    LogEntry,
    LogSegment,
    OwnChange,
    Verdict,
    VerifiedRange,
)

BOOT_ID = str(uuid.uuid4())


@dataclass
class Device:
    """One phone or desktop with whoever is signed in on it. `clock` gives the wall time it believes in."""

    name: str
    clock: Callable[[], datetime]
    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    key: Signer = field(default_factory=lambda: Signer(secrets.token_bytes(32)))
    user: Signer = field(default_factory=lambda: Signer(secrets.token_bytes(32)))
    practitioner: dict[str, Any] = field(default_factory=dict)
    scope: str | None = None  # what it pulls
    trusted: str = ""  # the centre's key, from the first sign-in on
    clock_offset_ms: int | None = None
    before: tuple[int, str] = (0, NO_CHANGE)  # number and id of the last own change that is not in memory any more
    changes: list[Change] = field(default_factory=list)  # own since then, in the order of their numbers
    twins: dict[str, Change] = field(default_factory=dict)  # made by a copy of it, under numbers that are taken here
    receipts: dict[str, LogEntry] = field(default_factory=dict)  # change id -> the entry that proves it
    log: dict[int, LogEntry] = field(default_factory=dict)  # pulled
    log_range: VerifiedRange | None = None  # how much of its scope's log that is
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)  # the last own one in each incident
    hellos: int = 0  # the count of the last one

    def sign_in(self, ask: Callable[..., dict[str, Any]], username: str, password: str) -> dict[str, Any]:
        """Sign in by `Client.sign_in`, take over what the centre says, and return it. Raises what that raises."""
        answer = ask(
            username,
            password,
            device=self.key,
            device_id=self.device_id,
            device_name=self.name,
            user_public_key=self.user.public,
        )
        self.practitioner, self.scope = answer["practitioner"], answer["scope"]
        self.trusted = self.trusted or answer["centre_key"]
        return answer

    # --- recording ------------------------------------------------------------------------------------------

    def seal(
        self,
        incident_id: str,
        record_id: str,
        kind: str,
        patch: Mapping[str, Any],
        *,
        op: str = "set",
        on: Record | None = None,
        **more: Any,
    ) -> Change:
        """One more change on this device's chain, on top of the record as `on` shows it, or as the device has it."""
        record, now = on or self.record(record_id), self.clock()
        version = CATALOGUE[kind].version if kind in CATALOGUE else record.form_version if record else 1
        change = Change.model_validate(
            {
                "record_id": record_id,
                "incident_id": incident_id,
                "kind": kind,
                "form_version": version,
                "op": op,
                "patch": dict(patch),
                "parents": list(record.heads) if record else [],
                "author": self.practitioner["practitioner_id"],
                "role": self.practitioner["role"],
                "device_id": self.device_id,
                "device_seq": self.last[0] + 1,
                "device_prev": self.last[1],
                "recorded_at": instant(now),
                "utc_offset_min": (local(now).utcoffset() or timedelta()) // timedelta(minutes=1),
                "boot_id": BOOT_ID,
                "monotonic_ms": _monotonic_ms(),
                "clock_offset_ms": self.clock_offset_ms,
                "nonce": next_nonce(self.nonces.get(incident_id)),
                **more,
            }
        )
        self.changes.append(change)
        self.nonces[incident_id] = change.nonce
        return change

    def records(self) -> dict[str, Record]:
        """Every record as this device has it."""
        entries = {entry.change.change_id: entry for entry in self.log.values()} | self.receipts
        pulled = (entry.change for entry in self.log.values() if isinstance(entry.change, Change))
        changes = {change.change_id: change for change in (*pulled, *self.twins.values(), *self.changes)}
        return fold_records(changes.values(), {change_id for change_id, entry in entries.items() if entry.void})

    def record(self, record_id: str) -> Record | None:
        return self.records().get(record_id)

    def incident(self, incident_id: str) -> Incident:
        return gather(self.records().values()).get(incident_id) or Incident(incident_id, {})

    @property
    def waiting(self) -> list[Change]:
        """Own changes without a verified receipt, in order. A refused one is kept aside."""
        return [
            change for change in self.changes if change.change_id not in self.receipts and not self._refused(change)
        ]

    def forget_refused(self) -> None:
        """The centre keeps nothing of a refused change: at the end of the chain its number is free again."""
        while self.changes and self._refused(self.changes[-1]):
            del self.verdicts[self.changes.pop().device_seq]

    def _refused(self, change: Change) -> bool:
        verdict = self.verdicts.get(change.device_seq)
        return verdict is not None and verdict.verdict == "refused" and change.change_id not in self.receipts

    @property
    def last(self) -> tuple[int, str]:
        """Number and id of the last own change."""
        return (self.changes[-1].device_seq, self.changes[-1].change_id) if self.changes else self.before

    # --- SyncStore ------------------------------------------------------------------------------------------

    def hello(self) -> Hello:
        (number, newest), waiting = self.last, self.waiting
        acked = waiting[0].device_seq - 1 if waiting else number
        clock = {"wall": instant(self.clock())}
        head = self.log_range.head.claim() if self.log_range else None
        return Hello(self.device_id, VERSION, number, newest, acked, self.scope, head, clock)

    def pending(self, after: int, limit: int = BATCH_BYTES) -> Sequence[Change]:
        batch: list[Change] = []
        size = 0
        for change in self.waiting:
            if change.device_seq <= after:
                continue
            if batch and (size + change.size > limit or change.device_prev != batch[-1].change_id):
                break
            batch.append(change)
            size += change.size
        return batch

    def own(self, first: int, count: int) -> Sequence[OwnChange]:
        return [OwnChange.of(change) for change in self._numbered(first, first + count - 1)]

    def numbers_of(self, change_ids: Sequence[str]) -> Mapping[str, int]:
        ids = set(change_ids)
        return {change.change_id: change.device_seq for change in self.changes if change.change_id in ids}

    def sign_hello(self, hello: Hello) -> Hello:
        self.hellos += 1
        return sign_hello(hello, self.hellos, self.key)

    def count_on_from(self, count: int) -> None:
        self.hellos = max(self.hellos, count)

    def sign_batch(self, claim: dict[str, Any]) -> str:
        return self.key.sign("batch", claim)

    def centre_key(self) -> str:
        return self.trusted

    def verified_range(self) -> VerifiedRange | None:
        return self.log_range

    def settle(self, segment: LogSegment) -> None:
        for entry in segment.entries:
            if isinstance(entry.change, Change) and entry.change.device_id == self.device_id:
                self._adopt(entry.change)
        own = {change.change_id for change in self.changes}
        receipts = (entry for entry in segment.entries if entry.change.change_id in own)
        self.receipts.update({entry.change.change_id: entry for entry in receipts})

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        self.settle(segment)
        self.log.update({entry.seq: entry for entry in segment.entries})
        self.log_range = grown

    def restart_pull(self, kept: int) -> None:
        """It returns nothing of other people's: it is no phone that is kept."""
        self.log_range, self.log = None, {}

    def segments_to_return(self) -> Sequence[LogSegment]:
        return ()

    def forget_returned(self) -> None: ...

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        """Nothing of it is on a disk."""

    def keep_verdict(self, verdict: Verdict) -> None:
        self.verdicts[verdict.device_seq] = verdict

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        for first, last in gaps:
            for change in self._numbered(first, last):
                self.receipts.pop(change.change_id, None)

    def _numbered(self, first: int, last: int) -> list[Change]:
        return [change for change in self.changes if first <= change.device_seq <= last]

    def _adopt(self, change: Change) -> None:
        """Take over an own change that is not here: its number is free, or a copy of this device has given it too."""
        here = self._numbered(change.device_seq, change.device_seq)
        if not here and change.device_seq > self.before[0]:
            self.changes = sorted([*self.changes, change], key=lambda own: own.device_seq)
        elif change.change_id not in {own.change_id for own in here}:
            self.twins[change.change_id] = change

    def note_failure(self, problem: str) -> None:
        """Nothing to note: whoever syncs reads the report."""


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000

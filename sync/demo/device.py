"""A device in memory: its own chain of changes, what it has pulled, and `SyncStore` over both. For the demo and tests."""

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync import VERSION
from sync.domain.fold import Record, fold
from sync.domain.incident import Incident
from sync.domain.times import instant
from sync.signing import Signer, b64
from sync.wire import NO_CHANGE, PIECE, Change, Entry, Head, Hello, Run, Verdict


@dataclass
class Device:
    """One phone or desktop with whoever is signed in on it. `clock` gives the wall time it believes in."""

    name: str
    clock: Callable[[], datetime]
    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    key: Signer = field(default_factory=lambda: Signer(secrets.token_bytes(32)))
    user: Signer = field(default_factory=lambda: Signer(secrets.token_bytes(32)))
    practitioner: dict[str, Any] = field(default_factory=dict)
    scope: str | None = None
    trusted: str = ""  # the centre's key, from the first sign-in on
    changes: list[Change] = field(default_factory=list)  # own, in order
    receipts: dict[str, Entry] = field(default_factory=dict)  # change id -> the entry that proves it
    log: dict[int, Entry] = field(default_factory=dict)  # pulled
    at: Head | None = None
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    tries: list[str] = field(default_factory=list)

    def signed_in(self, answer: Mapping[str, Any]) -> None:
        """Take over what the centre said at sign-in."""
        self.practitioner, self.scope = answer["practitioner"], answer["scope"]
        self.trusted = self.trusted or answer["centre_key"]

    # --- recording ------------------------------------------------------------------------------------------

    def seal(
        self, incident_id: str, record_id: str, kind: str, patch: Mapping[str, Any], *, op: str = "set", **more: Any
    ) -> Change:
        """One more change on this device's chain, on top of the record as it has it."""
        record = self.record(record_id)
        made = Change.model_validate({
            "record_id": record_id, "incident_id": incident_id, "kind": kind, "form_version": 1, "op": op,
            "patch": dict(patch), "parents": list(record.heads) if record else [],
            "author": self.practitioner["practitioner_id"], "role": self.practitioner["role"],
            "device_id": self.device_id, "device_seq": len(self.changes) + 1,
            "device_prev": self.changes[-1].change_id if self.changes else NO_CHANGE,
            "recorded_at": instant(self.clock()), "utc_offset_min": 0, "boot_id": "demo", "monotonic_ms": 0,
            "clock_offset_ms": 0, "nonce": b64(secrets.token_bytes(12)), **more,
        })  # fmt: skip
        self.changes.append(made)
        return made

    def known(self) -> dict[str, Change]:
        """Every change this device has and that counts, by id."""
        pulled = {entry.change.change_id: entry.change for entry in self.log.values() if not entry.void}
        return pulled | {change.change_id: change for change in self.changes}

    def record(self, record_id: str) -> Record | None:
        steps = [change for change in self.known().values() if change.record_id == record_id]
        return fold(steps) if steps else None

    def incident(self, incident_id: str) -> Incident:
        steps: dict[str, list[Change]] = {}
        for change in self.known().values():
            if change.incident_id == incident_id:
                steps.setdefault(change.record_id, []).append(change)
        return Incident(incident_id, {record_id: fold(some) for record_id, some in steps.items()})

    # --- SyncStore ------------------------------------------------------------------------------------------

    def hello(self) -> Hello:
        last = self.changes[-1] if self.changes else None
        acked = 0
        while acked < len(self.changes) and self.changes[acked].change_id in self.receipts:
            acked += 1
        clock = {"wall": instant(self.clock()), "boot": "demo", "monotonic": 0}
        return Hello(
            self.device_id, VERSION, last.device_seq if last else 0, last.change_id if last else NO_CHANGE, acked,
            self.scope, self.at.claim() if self.at else None, clock,
        )  # fmt: skip

    def pending(self, after: int, limit: int = PIECE) -> Sequence[Change]:
        found: list[Change] = []
        size = 0
        for change in self.changes[after:]:
            found.append(change)
            size += change.size
            if size >= limit:
                break
        return found

    def sign_piece(self, claim: dict[str, Any]) -> str:
        return self.key.sign("piece", claim)

    def own(self, first: int, count: int) -> Sequence[Change]:
        return self.changes[first - 1 : first - 1 + count]

    def centre_key(self) -> str:
        return self.trusted

    def head(self) -> Head | None:
        return self.at

    def settle(self, run: Run) -> None:
        mine = {change.change_id for change in self.changes}
        self.receipts.update({one.change.change_id: one for one in run.entries if one.change.change_id in mine})

    def apply(self, run: Run) -> None:
        self.settle(run)
        self.log.update({entry.seq: entry for entry in run.entries})
        self.at = run.head

    def judged(self, verdict: Verdict) -> None:
        self.verdicts[verdict.device_seq] = verdict

    def tried(self, problem: str) -> None:
        self.tries.append(problem)

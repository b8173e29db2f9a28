"""What travels between a device and the centre. `docs/protocol.md` is this file in words.

A `Change` is immutable and named by its content. Changes of one device form a chain (`device_prev`), so the
device's signature over the last of a `Batch` covers all before it. The centre appends changes to the log of a
scope (a team's records) and signs the log's head; an `LogEntry` under a verified `Head` is a receipt.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from sync.core.canonical import canonical
from sync.core.roles import Role
from sync.core.times import INSTANT

Op = Literal["set", "sign", "cosign", "decline", "review", "return", "resolve", "retract", "transfer", "acknowledge"]

RecordId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
ChangeId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[str, Field(pattern=INSTANT)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,79}$")]

NO_CHANGE = "0" * 64
MAX_CHANGE_BYTES = 256 * 1024  # bytes of one change; a drawn signature is about 2 KB
BATCH_BYTES = 64 * 1024  # bytes at which a batch is closed
FLUSH_BYTES = 512 * 1024  # bytes of lines compressed together, while the line is good
UNSTREAMED_BYTES = (
    1024  # bytes: a compressed stream that is shorter is the only one, and goes with its length: in fewer packets
)
MAX_WANT = 500  # changes asked for by id in one request


class Change(BaseModel):
    """One immutable step in the life of a record.

    `patch` holds only the answers this change sets; null clears one. `parents` are the record's heads the author
    had in front of them. Times are wall time in UTC; `monotonic_ms` counts since `boot_id`; `clock_offset_ms` is the
    last known centre time minus device time. A field added in a later version is kept and hashed (`extra="allow"`).
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, hide_input_in_errors=True)

    record_id: RecordId
    incident_id: RecordId
    kind: Name
    form_version: int = Field(ge=1)
    op: Op
    patch: dict[str, Any]
    parents: tuple[ChangeId, ...] = Field(strict=False)
    author: Name
    role: Role
    device_id: RecordId
    device_seq: int = Field(ge=1)
    device_prev: ChangeId
    recorded_at: Instant
    utc_offset_min: int
    boot_id: str = Field(max_length=64)
    monotonic_ms: int
    clock_offset_ms: int | None
    occurred_at: Instant | None = None
    nonce: str = Field(min_length=11, max_length=22)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The plain value whose canonical bytes name this change."""
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def change_id(self) -> str:
        """SHA-256 of the canonical bytes of the body."""
        return self._digest

    @cached_property
    def content(self) -> bytes:
        """The canonical bytes of the body: what names this change, and what is stored."""
        return canonical(self.body)

    @cached_property
    def _digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)

    def __repr__(self) -> str:
        return f"Change({self.kind} {self.op} {self.device_id[:8]}#{self.device_seq})"

    __str__ = __repr__


@dataclass(frozen=True)
class Batch:
    """Consecutive changes of one device, under one signature over the last of them.

    `earlier`: numbers of parents that are earlier changes of the same device, which are named so on the wire.
    """

    changes: tuple[Change, ...]
    signature: str
    earlier: Mapping[str, int] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return self.changes[0].device_seq


def batch_claim(device_id: str, device_seq: int, head: str) -> dict[str, Any]:
    """What a device signs (purpose "batch"): that the change with this number and id ends its chain so far."""
    return {"device_id": device_id, "device_seq": device_seq, "head": head}


@dataclass(frozen=True)
class Head:
    """The centre's signed word on how far a scope's log goes, and on everything before it.

    chain_n = SHA-256(chain_{n-1} ‖ change_id ‖ u64 seq ‖ u64 received_at_ms ‖ u8 void), starting from 32 zero bytes.
    """

    epoch: str
    scope: str
    seq: int
    chain: str
    signature: str = ""

    def claim(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "scope": self.scope, "seq": self.seq, "chain": self.chain}


def chain_hash(chain: str, change_id: str, seq: int, received_ms: int, *, void: bool) -> str:
    """The next value of a scope's chain. It covers whether the entry counts, so that nobody can turn that unseen."""
    names = bytes.fromhex(chain) + bytes.fromhex(change_id)
    return sha256(names + seq.to_bytes(8, "big") + received_ms.to_bytes(8, "big") + bytes([void])).hexdigest()


@dataclass(frozen=True)
class VerifiedRange:
    """The stretch of a scope's log that a device has verified: from the entry `first` to `head`.

    `before` is the chain before it: `NO_CHANGE` when nothing lies before it, so that the log is here from its
    beginning.
    """

    head: Head
    first: int = 1
    before: str = NO_CHANGE

    @property
    def is_whole(self) -> bool:
        return self.before == NO_CHANGE

    def verified_from(self) -> dict[str, Any] | None:
        """What lies below it is still to be pulled; None when nothing does."""
        return None if self.is_whole else {"seq": self.first, "chain": self.before}


@dataclass(frozen=True)
class LogEntry:
    """One change in the centre's log: its number, when it was received, whether it counts.

    A receipt is an entry under a verified head. `void`: kept, but not folded (its author did not hold the role).
    """

    seq: int
    received_ms: int
    change: Change
    void: bool = False


@dataclass(frozen=True)
class LogSegment:
    """Consecutive entries of one scope's log: from the chain before them to a signed head after them."""

    before: str
    entries: tuple[LogEntry, ...]
    head: Head


VerdictName = Literal["accepted", "held", "quarantined", "refused"]


@dataclass(frozen=True)
class Verdict:
    """What became of one change of this device. Anything but `refused` is stored at the centre and has a receipt."""

    device_seq: int
    verdict: VerdictName
    code: str = ""
    field: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Hello:
    """How a device opens an exchange.

    `acked`: every own change up to this number has a verified receipt, or was refused and is kept aside.
    `scope`: whose log to pull; null: only push. `head`: how far this device has verified that log ({epoch, scope, seq,
    chain}); it is the cursor from which the centre goes on. `verified_from`: how far back that log goes here ({seq,
    chain} of its lowest entry and before it); null: to the beginning. `flush_bytes`: after trouble with the line, how
    much of the response to compress together. `newest`: without a head, begin with the newest entries. `want`: changes to be sent
    once more. `commands_done`: ids of commands carried out.
    """

    device_id: str
    app_version: str
    device_seq: int
    device_head: str
    acked: int
    scope: str | None
    head: dict[str, Any] | None
    clock: dict[str, Any]
    protocol: int = 1
    verified_from: dict[str, Any] | None = None
    flush_bytes: int = 0
    newest: bool = False
    want: tuple[str, ...] = ()
    commands_done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Welcome:
    """How the centre opens its answer.

    `kept`: the epoch of the hello's head has ended, since the centre was restored from a backup; the log of that epoch
    is still there up to this number, and what the device has above it is to be returned.
    """

    epoch: str
    server_time: str
    min_app_version: str
    protocol: int = 1
    kept: int | None = None


@dataclass(frozen=True)
class Resend:
    """The centre asks for these changes of this device again, in full form or from an earlier number."""

    first: int
    full: bool = False


@dataclass(frozen=True)
class End:
    """How the centre ends its answer. `problem`: what it would not do, though everything sent was handled."""

    more: bool = False
    gaps: tuple[tuple[int, int], ...] = ()
    backoff_s: int = 0
    commands: tuple[dict[str, Any], ...] = ()
    problem: dict[str, Any] | None = None


ResponsePart = Welcome | LogSegment | Verdict | Resend | End


class SyncApi(Protocol):
    """The centre, as a device sees it: over HTTP in the field, in memory in tests."""

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]: ...


class SyncStore(Protocol):
    """A device's store, as the engine sees it."""

    def hello(self) -> Hello: ...

    def pending(self, after: int, limit: int = BATCH_BYTES) -> Sequence[Change]:
        """Own changes numbered above `after`, in order, about `limit` bytes of them."""
        ...

    def sign_batch(self, claim: dict[str, Any]) -> str: ...

    def own(self, first: int, count: int) -> Sequence[Change]:
        """Own changes by number: what a receipt speaks of."""
        ...

    def numbers_of(self, change_ids: Sequence[str]) -> Mapping[str, int]:
        """The numbers of those that are this device's own."""
        ...

    def centre_key(self) -> str: ...

    def verified_range(self) -> VerifiedRange | None:
        """How much of the pulled log is here, verified."""
        ...

    def settle(self, segment: LogSegment) -> None:
        """Mark exactly these own changes as received, and land what was wanted of others'."""
        ...

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        """Land pulled entries, own receipts among them, and the range they lead to, in one transaction."""
        ...

    def restart_pull(self, kept: int) -> None:
        """The centre was restored and has the pulled log up to `kept` only: begin the pull anew, return the rest."""
        ...

    def segments_to_return(self) -> Iterable[LogSegment]:
        """Runs of an ended epoch that the centre has lost, as it signed them."""
        ...

    def forget_returned(self) -> None:
        """The centre has taken them."""
        ...

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        """Keep what the centre commands, to be carried out when nothing waits any more."""
        ...

    def keep_verdict(self, verdict: Verdict) -> None: ...

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        """The centre has lost these own changes (first and last number): they are waiting once more."""
        ...

    def note_failure(self, problem: str) -> None:
        """Note an attempt that did not succeed, on everything still waiting."""
        ...


@dataclass
class Report:
    """What one exchange did. `code` is empty when all went well."""

    offered: int = 0  # changes of the last request, whatever became of them
    sent: int = 0
    received: int = 0
    pulled: int = 0
    more: bool = False
    code: str = ""
    advice: str = ""
    backoff_s: int = 0
    clock_offset_ms: int | None = None
    min_app_version: str = ""
    verdicts: list[Verdict] = field(default_factory=list)

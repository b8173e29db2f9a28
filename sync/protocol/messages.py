"""What travels between a device and the centre: changes, the log, the messages. In words: `docs/protocol.md`.

A `Change` is immutable and content-addressed. The changes of one device form a hash chain (`device_prev`), so the
device's signature over the last of a batch covers all before it. The centre appends changes to the log of a scope (a
team's records), under a hash chain of its own, and signs its head; a `LogEntry` under a verified `Head` is a receipt.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sync.core.canonical import canonical
from sync.core.roles import Role
from sync.core.times import INSTANT

Op = Literal[
    "set", "sign", "cosign", "decline", "review", "return", "resolve", "retract", "transfer", "acknowledge", "accept"
]

RecordId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
ChangeId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[str, Field(pattern=INSTANT)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,79}$")]

NO_CHANGE = "0" * 64
MAX_CHANGE_BYTES = 256 * 1024  # canonical bytes of one change; a drawn signature is about 2 KB
BATCH_BYTES = 64 * 1024  # of bodies in a batch
FLUSH_BYTES = 512 * 1024  # of lines compressed together, on a good connection
UNSTREAMED_BYTES = 1024  # a body that is shorter goes whole, with its length: in fewer packets
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


# --- the log ---------------------------------------------------------------------------------------------------


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
    """The next hash of a scope's chain. It covers whether the entry counts, so that nobody can turn that unseen."""
    names = bytes.fromhex(chain) + bytes.fromhex(change_id)
    return sha256(names + seq.to_bytes(8, "big") + received_ms.to_bytes(8, "big") + bytes([void])).hexdigest()


@dataclass(frozen=True)
class VerifiedRange:
    """The part of a scope's log that a device has verified: from the entry `first` to `head`, without a hole.

    `before` is the chain before that entry: `NO_CHANGE` when the log is here from its beginning.
    """

    head: Head
    first: int = 1
    before: str = NO_CHANGE

    @property
    def is_whole(self) -> bool:
        return self.before == NO_CHANGE

    def verified_from(self) -> dict[str, Any] | None:
        """Number of the lowest entry and chain before it, for the hello; None when nothing lies below it."""
        return None if self.is_whole else {"seq": self.first, "chain": self.before}


@dataclass(frozen=True)
class OwnChange:
    """A change as its own device is told of it: by its number. The device has the rest."""

    device_id: str
    device_seq: int
    change_id: str
    record_id: str
    incident_id: str

    @classmethod
    def of(cls, change: Change) -> "OwnChange":
        return cls(change.device_id, change.device_seq, change.change_id, change.record_id, change.incident_id)


@dataclass(frozen=True)
class LogEntry:
    """One change in the centre's log: its number, when it was received, whether it counts.

    A receipt is an entry under a verified head. `void`: kept, and not folded unless a supervisor accepts it (its author
    did not hold the role).
    """

    seq: int
    received_ms: int
    change: Change | OwnChange
    void: bool = False


@dataclass(frozen=True)
class LogSegment:
    """Consecutive entries of one scope's log: from the chain before them to a signed head after them."""

    before: str
    entries: tuple[LogEntry, ...]
    head: Head


# --- the messages of an exchange -------------------------------------------------------------------------------

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

    Nobody else can say it, and it cannot be said twice: the device's key signs every field of it, and `count` rises.
    """

    device_id: str
    app_version: str
    device_seq: int  # of its newest change; 0: none yet
    device_head: str  # id of that change
    acked: int  # every own change up to this number has a verified receipt, or was refused and is kept aside
    scope: str | None  # whose log to pull; None: only push
    head: dict[str, Any] | None  # {epoch, scope, seq, chain} up to which the log is verified: the pull's cursor
    clock: dict[str, Any]  # {wall}: the device's own clock
    protocol: int = 1
    verified_from: dict[str, Any] | None = None  # {seq, chain} of its lowest entry and before it; None: the beginning
    flush_bytes: int = 0  # of lines of the response to be compressed together, on a bad connection
    newest: bool = False  # without a head: begin the pull with the newest entries
    want: tuple[str, ...] = ()  # ids of changes to be sent once more
    spell_out: bool = False  # name no own change by its number: one was not found here, or did not verify
    commands_done: tuple[str, ...] = ()  # ids of commands carried out
    count: int = 0  # higher than in any hello of this device before
    signature: str = ""  # the device's, purpose "hello"


@dataclass(frozen=True)
class Welcome:
    """How the centre opens its response.

    `kept`: the epoch of the hello's head has ended, since the centre was restored from a backup. Up to this number it
    still has that epoch's log; what the device has above it is to be returned.
    """

    epoch: str
    server_time: str
    min_app_version: str
    protocol: int = 1
    kept: int | None = None


@dataclass(frozen=True)
class Resend:
    """The centre asks for this device's changes from the number `first` on once more; `full`: each whole."""

    first: int
    full: bool = False


@dataclass(frozen=True)
class End:
    """How the centre ends its response."""

    more: bool = False  # the pull is not finished: come again at once
    gaps: tuple[tuple[int, int], ...] = ()  # numbers of this device that the centre lacks, first and last of each gap
    backoff_s: int = 0  # do not come back sooner
    commands: tuple[dict[str, Any], ...] = ()  # signed: what this device is to do
    problem: dict[str, Any] | None = None  # what the centre would not do, though everything sent was handled


ResponsePart = Welcome | LogSegment | Verdict | Resend | End

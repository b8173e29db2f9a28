"""The two ports of an exchange (ports and adapters, Cockburn 2005): the centre, and the device's store."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sync.protocol.batch import Batch
from sync.protocol.messages import (
    BATCH_BYTES,
    Change,
    Hello,
    LogSegment,
    OwnChange,
    ResponsePart,
    Verdict,
    VerifiedRange,
)
from sync.protocol.sealed import SealedChange


class SyncApi(Protocol):
    """The centre: over HTTP in the field, in memory in tests."""

    def sync(
        self, hello: Hello, batches: Iterable[Batch], *, full: bool = False, returned: Iterable[LogSegment] = ()
    ) -> Iterator[ResponsePart]:
        """One request and its response, part by part as it comes. Raises AlongsideError."""
        ...


class SyncStore(Protocol):
    """A device's store: its outbox, its part of the log, and what the centre said of both."""

    # --- the outbox

    def hello(self) -> Hello: ...

    def pending(self, after: int, limit: int = BATCH_BYTES) -> Sequence[Change | SealedChange]:
        """Own changes that wait, numbered above `after`, consecutive, about `limit` bytes of them."""
        ...

    def sign_hello(self, hello: Hello) -> Hello:
        """The hello with the next count and the device's signature (`codec.sign_hello`). No count is given twice."""
        ...

    def count_on_from(self, count: int) -> None:
        """Go on counting above this: the centre has heard it from a copy of this store, or from an older state."""
        ...

    def sign_batch(self, claim: dict[str, Any]) -> str:
        """The device's signature over a batch's claim."""
        ...

    def own(self, first: int, count: int) -> Sequence[OwnChange]:
        """Own changes by number: what a receipt speaks of."""
        ...

    def numbers_of(self, change_ids: Sequence[str]) -> Mapping[str, int]:
        """The numbers of those that are this device's own, by id."""
        ...

    def offer_again(self, gaps: Sequence[tuple[int, int]]) -> None:
        """Let these own changes, first and last number of each gap, wait once more: the centre has lost them."""
        ...

    def note_failure(self, problem: str) -> None:
        """Note an attempt that did not succeed, by its code, on everything still waiting."""
        ...

    # --- the log

    def centre_key(self) -> str:
        """The key with which the centre signs, kept from the first sign-in on."""
        ...

    def verified_range(self) -> VerifiedRange | None:
        """How much of the pulled log is here, verified; None: nothing."""
        ...

    def settle(self, segment: LogSegment) -> None:
        """Mark exactly these own changes as received, and land what is spelled out and not here."""
        ...

    def apply(self, segment: LogSegment, grown: VerifiedRange) -> None:
        """Land pulled entries, own receipts among them, and the range that they lead to, in one transaction."""
        ...

    # --- after the centre was restored from a backup

    def restart_pull(self, kept: int) -> None:
        """Begin the pull anew; own changes whose entry has a number above `kept` wait again."""
        ...

    def segments_to_return(self) -> Iterable[LogSegment]:
        """Segments of an ended epoch that the centre has lost, as it signed them: those that still verify."""
        ...

    def forget_returned(self) -> None:
        """Drop what was taken from the last `segments_to_return`: the centre has it."""
        ...

    # --- what the centre said

    def keep_verdict(self, verdict: Verdict) -> None: ...

    def keep_commands(self, commands: Sequence[dict[str, Any]]) -> None:
        """Keep what the centre commands, to be carried out when nothing waits any more."""
        ...

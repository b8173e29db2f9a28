"""A request's bytes, as they arrive -> the hello, and verified batches put into the log one by one.

Runs in a worker thread, chunk by chunk. Until the hello has proved the device, nothing behind it is looked at. A batch
that is whole is committed at once, so a line that breaks costs at most one. What is wrong with one envelope is named
for that envelope; what is not of the protocol ends the request.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from sync.api.ingest.change_log import Sender, by_number, take
from sync.api.ingest.envelopes import read_envelopes
from sync.api.ingest.hello import HEX, ProvedHello, proved
from sync.api.ingest.returned import take_back
from sync.api.logging import note
from sync.api.problems import problem
from sync.api.storage.database import Database
from sync.core.hpke import SealingKey
from sync.core.signing import verified
from sync.domain.content.pack_set import PackSet
from sync.protocol.batch import batch_claim
from sync.protocol.compact import Expander, parent_numbers
from sync.protocol.line_stream import Limits, Line, LineReader, Unreadable
from sync.protocol.messages import Change, Hello, Verdict

MAX_BODY, MAX_HELLO = 64 * 1024 * 1024, 64 * 1024  # bytes, as they come and decompressed; until the hello has ended
MAX_RATIO, MAX_LINES = 200, 100_000
MAX_BATCHES = 10_000  # and segments: each takes a signature to be checked
TOGETHER = 250  # changes of whole batches after which they are stored, though more are at hand
MAX_BATCH_CHANGES = 10_000  # changes under one signature


@dataclass
class Arriving:
    """A batch of which not all lines are here yet."""

    first: int
    prev: str
    count: int
    lines: list[Line] = field(default_factory=list)
    day_keys: list[Line] = field(default_factory=list)  # under which its lines are sealed


@dataclass
class Ingest:
    """One request. `feed` its bytes, `close` it; then it holds what the answer has to speak of."""

    db: Database
    org: str
    now_ms: Callable[[], int]
    packs: PackSet
    compressed: bool
    centre_key: str = ""  # whose signature makes returned entries believed
    sealing_key: SealingKey | None = None  # which opens what a locked phone sends

    opened: ProvedHello | None = None  # the hello, once it is here and its device has proved itself
    hello_ms: int = 0  # when that was
    verdicts: list[Verdict] = field(default_factory=list)  # refused: these are not in the log
    numbers: set[int] = field(default_factory=set)  # of every change in the request, whatever became of it
    stored: set[int] = field(default_factory=set)  # of those that were taken into the log, or were there
    resend_from: int | None = None  # ask for the changes from this number in full
    batches: int = 0

    def __post_init__(self) -> None:
        limits = Limits(MAX_BODY, MAX_HELLO, MAX_RATIO, MAX_LINES)
        self._reader = LineReader(self.compressed, limits)
        self._following: Iterator[Line] = iter(())  # what came with the hello and is not yet looked at
        self._signatures = 0
        self._batch: Arriving | None = None
        self._whole: list[Change] = []  # verified, about to be stored
        self._segment: list[Line] | None = None  # a segment that comes back

    def open(self, data: bytes) -> bool:
        """Take bytes until the hello is here; what follows it is left alone. Returns whether the device is proved.

        Raises the problem answer for everything that is not a device with its key.
        """
        self._following = self._reader.feed(data)
        return self._proved()

    def feed(self, data: bytes) -> None:
        """Take the next bytes. Raises the problem answer when they are not of the protocol."""
        if self.opened is None:
            if not self.open(data):
                return
            data = b""
        self._lines(chain(self._following, self._reader.feed(data)))

    def close(self) -> None:
        """The bytes have ended. Raises the problem answer when they ended too early, or without a hello."""
        if self.opened is None:
            self._following = self._reader.close()
            if not self._proved():
                raise problem("bad_hello")
        self._lines(chain(self._following, self._reader.close()))
        if self._batch is not None or self._segment is not None:
            raise problem("cut_short")

    @property
    def hello(self) -> Hello:
        """What the device says of itself."""
        assert self.opened is not None
        return self.opened.hello

    @property
    def sender(self) -> Sender:
        """The device, as the centre knows it."""
        assert self.opened is not None
        return self.opened.sender

    @property
    def revoked(self) -> bool:
        return self.opened is not None and self.opened.revoked

    def _proved(self) -> bool:
        """Whether the first line is here. Raises the problem answer where it does not prove the device."""
        self.hello_ms = self.now_ms()
        with _told():
            if line := next(self._following, None):
                self.opened = proved(self.db, self.org, line)
        return self.opened is not None

    def _lines(self, lines: Iterator[Line]) -> None:
        try:
            with _told():
                for line in lines:
                    self._line(line)
        finally:
            self._store()

    def _line(self, line: Line) -> None:
        kind = line["t"]
        if self._segment is not None or kind == "segment":
            self._back(kind, line)
        elif kind == "batch":
            if self._batch is not None:
                raise problem("bad_batch")
            self._batch = _header(line)
            self._count_signature()
        elif kind in ("c", "full", "sealed", "day_key"):
            lines = self._batch and (self._batch.day_keys if kind == "day_key" else self._batch.lines)
            if self._batch is None or lines is None or len(lines) >= self._batch.count:
                raise problem("bad_batch")
            lines.append(line)
        elif kind == "sig":
            batch, self._batch = self._batch, None
            if batch is None or len(batch.lines) != batch.count or not isinstance(line.get("sig"), str):
                raise problem("bad_batch")
            self._take(batch, line["sig"])
        # anything else is a later version's line

    def _back(self, kind: str, line: Line) -> None:
        """A line of a segment that a device returns, after the centre was restored from a backup."""
        begins = kind == "segment"
        if self._batch is not None or begins != (self._segment is None) or len(self._segment or ()) > MAX_BATCH_CHANGES:
            raise problem("bad_batch")
        if begins:
            self._segment = []
            self._count_signature()
        assert self._segment is not None
        self._segment.append(line)
        if kind == "head":
            lines, self._segment = self._segment, None
            taken = self.revoked or take_back(self.db, self.org, lines, self.centre_key, self.packs, self.now_ms)
            if not taken:
                note("segment_passed_over", device_id=self.sender.device_id)

    def _count_signature(self) -> None:
        self._signatures += 1
        if self._signatures > MAX_BATCHES:
            raise problem("too_large")

    def _take(self, batch: Arriving, signature: str) -> None:
        self.batches += 1
        numbers = range(batch.first, batch.first + batch.count)
        self.numbers |= set(numbers)
        if all(line["t"] == "c" for line in batch.lines):
            changes = self._compact(batch, self.sender, signature)
            if changes:
                self._commit(self.sender, changes)
            else:
                self.resend_from = min(batch.first, self.resend_from or batch.first)
        elif {line["t"] for line in batch.lines} in ({"full"}, {"sealed"}):
            for stretch in self._one_by_one(batch, self.sender, signature):
                self._commit(self.sender, stretch)
        else:
            raise problem("bad_batch")

    def _commit(self, sender: Sender, changes: list[Change]) -> None:
        if self._whole and (len(self._whole) >= TOGETHER or changes[0].device_seq != self._whole[-1].device_seq + 1):
            self._store()
        self._whole += changes

    def _store(self) -> None:
        """Commit the batches that are whole: what came in one portion of bytes in one transaction."""
        changes, self._whole = self._whole, []
        if changes:
            self.verdicts += take(self.db, self.org, self.sender, changes, self.packs, self.now_ms())
            self.stored |= {change.device_seq for change in changes}

    def _compact(self, batch: Arriving, sender: Sender, signature: str) -> list[Change]:
        """The batch's changes; none when it does not verify as a whole, and has to be asked for in full."""
        changes: list[Change] = []
        prev = batch.prev
        named = parent_numbers(batch.lines)
        earlier = {change.device_seq: change.change_id for change in self._whole if change.device_seq in named}
        earlier |= by_number(self.db, self.org, sender, named - earlier.keys())
        try:
            expander = Expander(earlier)
            for place, line in enumerate(batch.lines):
                change = expander.expand(line, sender.device_id, batch.first + place, prev)
                prev = change.change_id
                changes.append(change)
        except Unreadable:
            return []
        return changes if _signed(sender, changes[-1].device_seq, prev, signature) else []

    def _one_by_one(self, batch: Arriving, sender: Sender, signature: str) -> list[list[Change]]:
        """Stretches of changes that the signature covers. What is at fault is named; what it cut off is sent again."""
        last = batch.first + batch.count - 1
        declared = [str(line.get("id")) for line in batch.lines]
        if not _signed(sender, last, declared[-1], signature):
            self._refuse(range(batch.first, last + 1), "signature_wrong", "The device's signature does not verify.")
            return []
        good: dict[int, Change] = {}
        read = read_envelopes(batch.lines, batch.first, sender.device_id, batch.day_keys, self.sealing_key)
        for place, envelope in enumerate(read):
            if isinstance(envelope, Change):
                good[place] = envelope
            else:
                self._refuse([batch.first + place], *envelope)
        covered: list[list[Change]] = [[]]
        expected: str | None = declared[-1]
        for place in reversed(range(batch.count)):  # from the signed end back along the chain
            change = good.get(place)
            if change is not None and expected == declared[place]:
                covered[-1].insert(0, change)
                expected = change.device_prev
            else:
                expected = None
        return [stretch for stretch in covered if stretch]

    def _refuse(self, numbers: Iterable[int], code: str, advice: str, name: str = "") -> None:
        self.verdicts += [Verdict(number, "refused", code, name, advice) for number in numbers]


@contextmanager
def _told() -> Iterator[None]:
    """Raise what cannot be read as the problem answer."""
    try:
        yield
    except Unreadable as error:
        raise problem(error.code) from None


def _signed(sender: Sender, number: int, head: str, signature: str) -> bool:
    return verified(sender.public_key, "batch", batch_claim(sender.device_id, number, head), signature)


def _header(line: Line) -> Arriving:
    first, prev, count = line.get("first"), line.get("prev"), line.get("n")
    if type(first) is not int or type(count) is not int or not isinstance(prev, str) or not HEX.fullmatch(prev):
        raise problem("bad_batch")
    if first < 1 or not 1 <= count <= MAX_BATCH_CHANGES:
        raise problem("bad_batch")
    return Arriving(first, prev, count)

"""Changes and segments <-> the lines of a request or an answer (NDJSON; each line one object with its type in "t").

What can be derived is not sent: `sync.protocol.compact`. Inside a batch the device, its numbers and `device_prev` follow from
the batch's header.
"""

import bz2
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sync.core.canonical import parse
from sync.core.canonical import write as encode
from sync.protocol.compact import Compactor, Expander, Line, Unreadable
from sync.protocol.messages import (
    BATCH_BYTES,
    FLUSH_BYTES,
    MAX_CHANGE_BYTES,
    Batch,
    Change,
    End,
    Head,
    Hello,
    LogEntry,
    LogSegment,
    Resend,
    ResponsePart,
    Verdict,
    Welcome,
)

ENDS = ("sig", "head")  # of a batch, of a segment
LONGEST = BATCH_BYTES + MAX_CHANGE_BYTES  # of a batch: a stream waits so long for its end
ENTRY = ("seq", "at", "void", "device_id")  # of a `c` line in a segment: not of the change
PLAIN = {"welcome": Welcome, "verdict": Verdict, "resend": Resend}  # lines that are a value of one kind, field by field
OPTIONAL = frozenset(
    {"verified_from", "flush_bytes", "newest", "want", "commands_done"}
)  # of a hello: left out when empty


# --- lines and bytes -------------------------------------------------------------------------------------------


def compressed(lines: Iterable[Line], first: int = FLUSH_BYTES, then: int = FLUSH_BYTES) -> Iterator[bytes]:
    """Lines as bz2 streams laid end to end: the first holds about `first` bytes of lines, each further one `then`.

    What lies in a stream can be read once it is whole. Long streams are much smaller, short ones lose less when the
    line breaks. A stream ends with a batch or a segment where one ends soon enough.
    """
    held: list[bytes] = []
    size, at = 0, first
    for line in lines:
        held.append(encode(line).encode() + b"\n")  # a change was checked when it got its id
        size += len(held[-1])
        if size >= (at if line["t"] in ENDS else at + LONGEST):
            yield bz2.compress(b"".join(held))
            held, size, at = [], 0, then
    if held:
        yield bz2.compress(b"".join(held))


class LineReader:
    """Bytes in, lines out; bounded, so that a small body cannot become a large one."""

    def __init__(self, compressed: bool, max_out: int):
        self._inflate = bz2.BZ2Decompressor() if compressed else None
        self._rest, self._cut = b"", False
        self._room = max_out

    def feed(self, data: bytes) -> Iterator[Line]:
        """The complete lines so far. Raises Unreadable for bytes that are not of the protocol."""
        for plain in self._plain(data):
            self._room -= len(plain)
            if self._room < 0:
                raise Unreadable("too_large", "the body, once decompressed")
            *lines, self._rest = (self._rest + plain).split(b"\n")
            if len(self._rest) > 2 * MAX_CHANGE_BYTES:
                raise Unreadable("too_large", "a line")
            for line in lines:
                if line:
                    yield self._line(line)

    def close(self) -> Iterator[Line]:
        """The last line, if it came without its newline. Raises Unreadable when a stream is cut short."""
        if self._inflate is not None and self._cut:
            raise Unreadable("cut_short", "the body")
        if self._rest:
            yield self._line(self._rest)

    def _plain(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            yield data
            return
        while data:
            if self._inflate.eof:
                self._inflate = bz2.BZ2Decompressor()
            try:
                yield self._inflate.decompress(data, max_length=1 << 20)
                while not (self._inflate.eof or self._inflate.needs_input):
                    yield self._inflate.decompress(b"", max_length=1 << 20)
            except OSError:
                raise Unreadable("not_bz2", "the body") from None
            self._cut = not self._inflate.eof
            data = self._inflate.unused_data

    @staticmethod
    def _line(line: bytes) -> Line:
        try:
            value = parse(line)
        except ValueError:
            raise Unreadable("not_json", "a line") from None
        if not isinstance(value, dict) or not isinstance(value.get("t"), str):
            raise Unreadable("no_type", "a line")
        return value


# --- requests --------------------------------------------------------------------------------------------------


def request_lines(
    hello: Hello, batches: Iterable[Batch], full: bool = False, returned: Iterable[LogSegment] = ()
) -> Iterator[Line]:
    yield {"t": "hello", **{key: value for key, value in asdict(hello).items() if value or key not in OPTIONAL}}
    for batch in batches:
        first = batch.changes[0]
        yield {"t": "batch", "first": first.device_seq, "prev": first.device_prev, "n": len(batch.changes)}
        if full:
            yield from ({"t": "full", "id": change.change_id, "body": change.body} for change in batch.changes)
        else:
            compactor = Compactor(batch.earlier)
            yield from ({**compactor.compact(change), "t": "c"} for change in batch.changes)
        yield {"t": "sig", "sig": batch.signature}
    for segment in returned:
        yield from segment_lines(segment, "", ())


def read_hello(line: Line) -> Hello:
    try:
        hello = Hello(**_known(Hello, line))
    except TypeError:
        raise Unreadable("bad_hello", "a missing field") from None
    wanted = {"device_id": str, "app_version": str, "device_seq": int, "device_head": str, "acked": int, "clock": dict}
    for name, kind in (wanted | {"newest": bool, "flush_bytes": int}).items():
        if type(getattr(hello, name)) is not kind:
            raise Unreadable("bad_hello", name)
    for name, kind in {"scope": str, "head": dict, "verified_from": dict}.items():
        if not isinstance(getattr(hello, name), kind | None):
            raise Unreadable("bad_hello", name)
    for name in ("want", "commands_done"):
        ids = line.get(name, [])
        if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
            raise Unreadable("bad_hello", name)
    return hello


# --- answers ---------------------------------------------------------------------------------------------------


def response_lines(answers: Iterable[ResponsePart], device_id: str, with_body: Collection[str] = ()) -> Iterator[Line]:
    """An answer as lines, for the device that asked: its own changes are named by number only.

    `with_body`: ids of own changes that are sent with their content all the same, since they are wanted, or their number
    names another one too.
    """
    for answer in answers:
        match answer:
            case Welcome():
                yield {"t": "welcome", **{key: value for key, value in asdict(answer).items() if value is not None}}
            case Verdict():
                yield {"t": "verdict", **{key: value for key, value in asdict(answer).items() if value != ""}}
            case Resend():
                yield {"t": "resend", **asdict(answer)}
            case End():
                yield {"t": "end", **{key: value for key, value in asdict(answer).items() if value}}
            case LogSegment():
                yield from segment_lines(answer, device_id, with_body)


def segment_lines(segment: LogSegment, device_id: str, with_body: Collection[str]) -> Iterator[Line]:
    yield {"t": "segment", "before": segment.before}
    compactor = Compactor()
    last: dict[str, Change] = {}
    own: Line = {}  # several in a row make one line
    before: Line = {}
    for entry in segment.entries:
        change = entry.change
        at_here = {"seq": entry.seq, "at": entry.received_ms, **({"void": True} if entry.void else {})}
        by_number = change.device_id == device_id and change.change_id not in with_body
        if own and not (by_number and _goes_on(own, entry)):
            yield own
            own = {}
        if by_number:
            own = own or {"t": "own", "first": change.device_seq, "n": 0, **at_here}
            own["n"] += 1
            compactor.passed(change)
        else:
            place = {**at_here, "device_id": change.device_id}
            new = {name: value for name, value in place.items() if _follow(before).get(name) != value}
            yield {**compactor.compact(change), "t": "c", **new, **_chain(change, last.get(change.device_id))}
            last[change.device_id], before = change, place
    if own:
        yield own
    yield {"t": "head", **asdict(segment.head)}


def _goes_on(own: Line, entry: LogEntry) -> bool:
    """Whether this own entry follows in every number from those of the line."""
    follows = (own["seq"] + own["n"], own["first"] + own["n"], own["at"], own.get("void", False))
    return follows == (entry.seq, entry.change.device_seq, entry.received_ms, entry.void)


def _chain(change: Change, before: Change | None) -> Line:
    """Number and place in the chain of its device, unless they follow from the device's change before."""
    if before and (change.device_seq, change.device_prev) == (before.device_seq + 1, before.change_id):
        return {}
    return {"device_seq": change.device_seq, "device_prev": change.device_prev}


def _follow(before: Line) -> Line:
    """What a `c` line of a segment need not say, after this one."""
    return {"seq": before["seq"] + 1, "at": before["at"], "device_id": before["device_id"]} if before else {}


def read_response(lines: Iterable[Line], device_id: str, own: Any) -> Iterator[ResponsePart]:
    """The answer as values. `own(first, count)` gives this device's changes by number. Raises Unreadable."""
    lines = iter(lines)
    for line in lines:
        try:
            match line["t"]:
                case "welcome" | "verdict" | "resend" as kind:
                    yield PLAIN[kind](**_known(PLAIN[kind], line))
                case "segment":
                    yield read_segment(line["before"], lines, own)
                case "end":
                    gaps = tuple((low, high) for low, high in line.get("gaps", ()))
                    yield End(**_known(End, {**line, "gaps": gaps, "commands": tuple(line.get("commands", ()))}))
                case _:
                    continue  # a later version's line
        except (KeyError, TypeError, ValueError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("bad_response", line["t"]) from None


def _hex(chain: Any) -> str:
    if not isinstance(chain, str) or len(bytes.fromhex(chain)) != 32:
        raise Unreadable("bad_response", "a chain")
    return chain


def _head(line: Line) -> Head:
    head = Head(**_known(Head, line))
    if type(head.seq) is not int or not all(isinstance(one, str) for one in (head.epoch, head.scope, head.signature)):
        raise Unreadable("bad_response", "a head")
    _hex(head.chain)
    return head


def _known(kind: Any, fields: Line) -> Line:
    return {key: value for key, value in fields.items() if key in kind.__dataclass_fields__}


def read_segment(before: str, lines: Iterator[Line], own: Callable[[int, int], Sequence[Change]]) -> LogSegment:
    """What follows a `segment` line, up to its head. Raises Unreadable."""
    entries: list[LogEntry] = []
    expander = Expander()
    last: dict[str, Change] = {}
    said: Line = {}
    for line in lines:
        if line["t"] == "head":
            return LogSegment(_hex(before), tuple(entries), _head(line))
        if line["t"] == "own":
            first, count, seq = (_number(line[name]) for name in ("first", "n", "seq"))
            if len(mine := own(first, count)) != count:
                raise Unreadable("bad_response", "a receipt for a change this device does not have")
            for place, change in enumerate(mine):
                entries.append(_entry(seq + place, line["at"], change, line.get("void", False)))
                expander.passed(change)
        elif line["t"] == "c":
            said = {**_follow(said), **{name: line[name] for name in ENTRY if name in line}}
            body = {name: value for name, value in line.items() if name not in ENTRY}
            device = said["device_id"]
            if "device_seq" in body:
                number, prev = body.pop("device_seq"), body.pop("device_prev")
            else:
                number, prev = last[device].device_seq + 1, last[device].change_id
            change = last[device] = expander.expand(body, device, number, prev)
            entries.append(_entry(said["seq"], said["at"], change, line.get("void", False)))
        else:
            raise Unreadable("bad_response", "a segment")
    raise Unreadable("cut_short", "a segment")


def _entry(seq: Any, at: Any, change: Change, void: Any) -> LogEntry:
    """Raises Unreadable for a number, a time or a validity that no chain could cover."""
    if type(void) is not bool:
        raise Unreadable("bad_response", "an entry")
    return LogEntry(_number(seq), _number(at), change, void)


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Unreadable("bad_response", "a number")
    return value

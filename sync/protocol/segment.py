"""A segment of a scope's log: entries from the chain before them to a signed head, as lines and back.

What can be derived is not sent: an own change is named by its number, a number and a time that follow from the line
before are left out, and so is what `sync.protocol.compact` leaves out of a change.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sync.protocol.compact import Compactor, Expander
from sync.protocol.line_stream import Line, Unreadable, known_fields
from sync.protocol.messages import Change, Head, LogEntry, LogSegment, OwnChange

OwnChanges = Callable[[int, int], Sequence[OwnChange]]  # the asking device's changes: the first number, how many
MAX_SEGMENT_ENTRIES, MAX_SEGMENT_BYTES = 10_000, 32 * 1024 * 1024  # more in one is not read; bytes are of bodies
ENTRY_FIELDS = ("seq", "at", "void", "device_id")  # of a `c` line in a segment: not of the change


def segment_lines(segment: LogSegment) -> Iterator[Line]:
    """The lines of a segment: an `OwnChange` is named by its number, a `Change` is spelled out."""
    yield {"t": "segment", "before": segment.before}
    compactor = Compactor()
    newest: dict[str, Change] = {}  # the last change of each device so far
    own: Line = {}  # several own entries in a row make one line
    place: Line = {}  # seq, at and device of the last `c` line
    for entry in segment.entries:
        change = entry.change
        receipt = {"seq": entry.seq, "at": entry.received_ms, **({"void": True} if entry.void else {})}
        if own and not (isinstance(change, OwnChange) and _continues(own, entry)):
            yield own
            own = {}
        if isinstance(change, OwnChange):
            own = own or {"t": "own", "first": change.device_seq, "n": 0, **receipt}
            own["n"] += 1
            compactor.take_place(change)
        else:
            expected, place = _after(place), {**receipt, "device_id": change.device_id}
            unexpected = {name: value for name, value in place.items() if expected.get(name) != value}
            yield {**compactor.compact(change), "t": "c", **unexpected, **_link(change, newest.get(change.device_id))}
            newest[change.device_id] = change
    if own:
        yield own
    yield {"t": "head", **asdict(segment.head)}


def _continues(own: Line, entry: LogEntry) -> bool:
    """Whether this own entry follows in every number from those of the line."""
    following = (own["seq"] + own["n"], own["first"] + own["n"], own["at"], own.get("void", False))
    return following == (entry.seq, entry.change.device_seq, entry.received_ms, entry.void)


def _link(change: Change, previous: Change | None) -> Line:
    """Number and `device_prev`, unless they follow from the device's change before it in the segment."""
    if previous and (change.device_seq, change.device_prev) == (previous.device_seq + 1, previous.change_id):
        return {}
    return {"device_seq": change.device_seq, "device_prev": change.device_prev}


def _after(place: Line) -> Line:
    """What a `c` line need not say, coming after this one."""
    return {"seq": place["seq"] + 1, "at": place["at"], "device_id": place["device_id"]} if place else {}


def read_segment(before: Any, lines: Iterator[Line], own: OwnChanges) -> LogSegment:
    """What follows a `segment` line, up to its head. Raises Unreadable, KeyError, TypeError or ValueError."""
    entries: list[LogEntry] = []
    expander = Expander()
    newest: dict[str, Change] = {}
    place: Line = {}
    size = 0
    for line in lines:
        if line["t"] == "head":
            return LogSegment(_chain(before), tuple(entries), _head(line))
        if line["t"] == "own":
            entries += _own_entries(line, own, expander)
        elif line["t"] == "c":
            place = {**_after(place), **{name: line[name] for name in ENTRY_FIELDS if name in line}}
            change = _change(line, place["device_id"], newest, expander)
            size += change.size
            entries.append(_entry(place["seq"], place["at"], change, line.get("void", False)))
        else:
            raise Unreadable("bad_response", "a segment")
        if len(entries) > MAX_SEGMENT_ENTRIES or size > MAX_SEGMENT_BYTES:
            raise Unreadable("too_large", "a segment")
    raise Unreadable("cut_short", "a segment")


def _own_entries(line: Line, own: OwnChanges, expander: Expander) -> list[LogEntry]:
    first, count, seq = (_number(line[name]) for name in ("first", "n", "seq"))
    if count > MAX_SEGMENT_ENTRIES:
        raise Unreadable("too_large", "a segment")
    changes = own(first, count)
    if len(changes) != count:
        raise Unreadable("bad_response", "a receipt for a change this device does not have")
    for change in changes:
        expander.take_place(change)
    at, void = line["at"], line.get("void", False)
    return [_entry(seq + offset, at, change, void) for offset, change in enumerate(changes)]


def _change(line: Line, device_id: str, newest: dict[str, Change], expander: Expander) -> Change:
    body = {name: value for name, value in line.items() if name not in ENTRY_FIELDS}
    if "device_seq" in body:
        number, prev = body.pop("device_seq"), body.pop("device_prev")
    else:
        number, prev = newest[device_id].device_seq + 1, newest[device_id].change_id
    change = newest[device_id] = expander.expand(body, device_id, number, prev)
    return change


def _entry(seq: Any, at: Any, change: Change | OwnChange, void: Any) -> LogEntry:
    """Raises Unreadable for a number, a time or a validity that no chain could cover."""
    if type(void) is not bool:
        raise Unreadable("bad_response", "an entry")
    return LogEntry(_number(seq), _number(at), change, void)


def _head(line: Line) -> Head:
    head = Head(**known_fields(Head, line))
    texts = (head.epoch, head.scope, head.signature)
    if type(head.seq) is not int or not all(isinstance(text, str) for text in texts):
        raise Unreadable("bad_response", "a head")
    _chain(head.chain)
    return head


def _chain(chain: Any) -> str:
    if not isinstance(chain, str) or len(bytes.fromhex(chain)) != 32:
        raise Unreadable("bad_response", "a chain")
    return chain


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Unreadable("bad_response", "a number")
    return value

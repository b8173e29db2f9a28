"""Changes and runs <-> the lines of a request or an answer (NDJSON; each line one object with its type in "t").

What can be derived is not sent. Inside a piece the device, its numbers and `device_prev` follow from the piece's
header; a parent that lies in the same piece or run is named by how many changes back it is.
"""

import bz2
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from sync.canonical import canonical, parse
from sync.wire import MAX_CHANGE, Again, Answer, Change, End, Entry, Head, Hello, Piece, Run, Verdict, Welcome

DERIVED = ("device_id", "device_seq", "device_prev")
RESERVED = frozenset({"t", "seq", "at", "void"})  # a line's own names: a later version's change may not use them
Line = dict[str, Any]


class Unreadable(ValueError):
    """A line that is not of the protocol. Says which part, never what stood in it."""

    def __init__(self, code: str, part: str):
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


# --- lines and bytes -------------------------------------------------------------------------------------------


def write(lines: Iterable[Line], flush_at: int = 64 * 1024) -> Iterator[bytes]:
    """Lines as bz2 streams laid end to end, each closed at about `flush_at` bytes so that it can be read at once.

    A signature ends a piece, and a head a run: what it makes complete does not wait for more to come.
    """
    ends = {"sig": 0, "head": flush_at // 4}
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(canonical(line) + b"\n")
        size += len(held[-1])
        if size >= ends.get(line["t"], flush_at):
            yield bz2.compress(b"".join(held))
            held, size = [], 0
    if held:
        yield bz2.compress(b"".join(held))


class LineReader:
    """Bytes in, lines out; bounded, so that a small body cannot become a large one."""

    def __init__(self, compressed: bool, max_out: int):
        self._inflate = bz2.BZ2Decompressor() if compressed else None
        self._rest = b""
        self._room = max_out

    def feed(self, data: bytes) -> Iterator[Line]:
        """The complete lines so far. Raises Unreadable for bytes that are not of the protocol."""
        for plain in self._plain(data):
            self._room -= len(plain)
            if self._room < 0:
                raise Unreadable("too_large", "the body, once decompressed")
            *lines, self._rest = (self._rest + plain).split(b"\n")
            if len(self._rest) > 2 * MAX_CHANGE:
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

    _cut = False

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


def request_lines(hello: Hello, pieces: Iterable[Piece], full: bool = False) -> Iterator[Line]:
    yield {"t": "hello", **asdict(hello)}
    for piece in pieces:
        first = piece.changes[0]
        yield {"t": "piece", "first": first.device_seq, "prev": first.device_prev, "n": len(piece.changes)}
        if full:
            yield from ({"t": "full", "id": change.change_id, "body": change.body} for change in piece.changes)
        else:
            at: dict[str, int] = {}
            for here, change in enumerate(piece.changes):
                yield {**_compact(change, at, here), "t": "c"}
                at[change.change_id] = here
        yield {"t": "sig", "sig": piece.signature}


def read_hello(line: Line) -> Hello:
    fields = {key: value for key, value in line.items() if key != "t"}
    try:
        hello = Hello(**{key: fields[key] for key in Hello.__dataclass_fields__ if key in fields})
    except TypeError:
        raise Unreadable("bad_hello", "a missing field") from None
    wanted = {"device_id": str, "app_version": str, "device_seq": int, "device_head": str, "acked": int, "clock": dict}
    for name, kind in wanted.items():
        if type(getattr(hello, name)) is not kind:
            raise Unreadable("bad_hello", name)
    if not isinstance(hello.scope, str | None) or not isinstance(hello.head, dict | None):
        raise Unreadable("bad_hello", "scope or head")
    return hello


def expand(body: Line, device_id: str, device_seq: int, device_prev: str, ids: list[str]) -> Change:
    """A compact change as it was made; `ids` are those before it in the same piece. Raises Unreadable."""
    fields = {key: value for key, value in body.items() if key not in ("t", *DERIVED)}
    try:
        fields["parents"] = [ids[-back] if type(back) is int and back > 0 else back for back in fields["parents"]]
    except (KeyError, IndexError, TypeError):
        raise Unreadable("bad_change", "parents") from None
    return read_change({**fields, "device_id": device_id, "device_seq": device_seq, "device_prev": device_prev})


def read_change(body: Any) -> Change:
    """A change from its plain value. Raises Unreadable naming the field, never its content."""
    try:
        change = Change.model_validate(body)
        size = change.size
        if RESERVED & body.keys():
            raise Unreadable("bad_change", "a reserved name")
    except ValidationError as error:
        raise Unreadable("bad_change", ".".join(str(part) for part in error.errors()[0]["loc"][:1])) from None
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable("bad_change", "patch") from None
    if size > MAX_CHANGE:
        raise Unreadable("change_too_large", "patch")
    return change


def _compact(change: Change, at: dict[str, int], here: int) -> Line:
    body = {key: value for key, value in change.body.items() if key not in DERIVED}
    body["parents"] = [here - at[parent] if parent in at else parent for parent in change.parents]
    return body


# --- answers ---------------------------------------------------------------------------------------------------


def answer_lines(answers: Iterable[Answer], device_id: str, spelled: Collection[str] = ()) -> Iterator[Line]:
    """An answer as lines, for the device that asked: its own changes are named by number only.

    `spelled`: ids of own changes that are sent in full all the same, because their number names another one too.
    """
    for answer in answers:
        match answer:
            case Welcome():
                yield {"t": "welcome", **asdict(answer)}
            case Verdict():
                yield {"t": "verdict", **{key: value for key, value in asdict(answer).items() if value != ""}}
            case Again():
                yield {"t": "again", **asdict(answer)}
            case End():
                yield {"t": "end", **{key: value for key, value in asdict(answer).items() if value}}
            case Run():
                yield from _run_lines(answer, device_id, spelled)


def _run_lines(run: Run, device_id: str, spelled: Collection[str]) -> Iterator[Line]:
    yield {"t": "run", "before": run.before}
    at: dict[str, int] = {}
    last: dict[str, Change] = {}
    own: Line | None = None
    for here, entry in enumerate(run.entries):
        change = entry.change
        at_here = {"seq": entry.seq, "at": entry.received_ms, **({"void": True} if entry.void else {})}
        if change.device_id == device_id and change.change_id not in spelled:
            follows = own and (own["seq"] + own["n"], own["first"] + own["n"], own["at"], own.get("void", False)) == (
                entry.seq, change.device_seq, entry.received_ms, entry.void)  # fmt: skip
            if own and follows:
                own["n"] += 1
            else:
                if own:
                    yield own
                own = {"t": "own", "first": change.device_seq, "n": 1, **at_here}
        else:
            if own:
                yield own
                own = None
            before = last.get(change.device_id)
            own_chain = {"device_seq": change.device_seq, "device_prev": change.device_prev}
            follows = before and own_chain == {"device_seq": before.device_seq + 1, "device_prev": before.change_id}
            chain = {} if follows else own_chain
            yield {**_compact(change, at, here), "t": "c", **at_here, "device_id": change.device_id, **chain}
            last[change.device_id] = change
        at[change.change_id] = here
    if own:
        yield own
    yield {"t": "head", **asdict(run.head)}


def read_answers(lines: Iterable[Line], device_id: str, own: Any) -> Iterator[Answer]:
    """The answer as values. `own(first, count)` gives this device's changes by number. Raises Unreadable."""
    lines = iter(lines)
    for line in lines:
        fields = {key: value for key, value in line.items() if key != "t"}
        try:
            match line["t"]:
                case "welcome":
                    yield Welcome(**_known(Welcome, fields))
                case "verdict":
                    yield Verdict(**_known(Verdict, fields))
                case "again":
                    yield Again(**_known(Again, fields))
                case "run":
                    yield _read_run(fields["before"], lines, own)
                case "end":
                    fields["gaps"] = tuple((low, high) for low, high in fields.get("gaps", ()))
                    fields["orders"] = tuple(fields.get("orders", ()))
                    yield End(**_known(End, fields))
                case _:
                    continue  # a later version's line
        except (KeyError, TypeError, ValueError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("bad_answer", line["t"]) from None


def _hex(chain: Any) -> str:
    if not isinstance(chain, str) or len(bytes.fromhex(chain)) != 32:
        raise Unreadable("bad_answer", "a chain")
    return chain


def _head(line: Line) -> Head:
    head = Head(**_known(Head, line))
    if type(head.seq) is not int or not all(isinstance(one, str) for one in (head.epoch, head.scope, head.signature)):
        raise Unreadable("bad_answer", "a head")
    _hex(head.chain)
    return head


def _known(kind: Any, fields: Line) -> Line:
    return {key: value for key, value in fields.items() if key in kind.__dataclass_fields__}


def _read_run(before: str, lines: Iterator[Line], own: Any) -> Run:
    entries: list[Entry] = []
    ids: list[str] = []
    last: dict[str, Change] = {}
    for line in lines:
        if line["t"] == "head":
            return Run(_hex(before), tuple(entries), _head(line))
        if line["t"] == "own":
            mine = own(line["first"], line["n"])
            if len(mine) != line["n"]:
                raise Unreadable("bad_answer", "a receipt for a change this device does not have")
            found = [
                Entry(line["seq"] + i, line["at"], change, line.get("void", False)) for i, change in enumerate(mine)
            ]
        elif line["t"] == "c":
            body = {key: value for key, value in line.items() if key not in ("seq", "at", "void")}
            device = body["device_id"]
            if "device_seq" in body:
                number, prev = body["device_seq"], body["device_prev"]
            else:
                number, prev = last[device].device_seq + 1, last[device].change_id
            change = expand(body, device, number, prev, ids)
            last[device] = change
            found = [Entry(line["seq"], line["at"], change, line.get("void", False))]
        else:
            raise Unreadable("bad_answer", "a run")
        entries += found
        ids += [entry.change.change_id for entry in found]
    raise Unreadable("cut_short", "a run")

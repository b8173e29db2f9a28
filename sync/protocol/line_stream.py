"""Lines <-> bytes: NDJSON (a JSON object a line, its type in `t`), in bz2 streams laid end to end.

A stream can be read once it is whole. Long streams are much smaller; short ones lose less when the connection breaks.
"""

import bz2
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.core.canonical import parse, write
from sync.protocol.messages import BATCH_BYTES, FLUSH_BYTES, MAX_CHANGE_BYTES

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Line = dict[str, Any]
ENDS = ("hello", "sig", "head")  # of the opening, of a batch, of a segment
MAX_WAIT_BYTES = BATCH_BYTES + MAX_CHANGE_BYTES  # of a batch: a stream waits so long for its end
PORTION_BYTES, SLICE_BYTES = 1 << 20, 1 << 14  # decompressed at a time, from so many that came
FREE_BYTES = 1 << 20  # of lines, however few bytes they came in


class Unreadable(ValueError):
    """A line that is not of the protocol. Says which part, never what stood in it."""

    def __init__(self, code: str, part: str):
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


def compressed(
    lines: Iterable[Line],
    first: int = FLUSH_BYTES,
    then: int = FLUSH_BYTES,
    pack: Callable[[bytes], bytes] = bz2.compress,
) -> Iterator[bytes]:
    """Lines as bz2 streams: the first holds about `first` bytes of lines, each further one about `then`.

    A stream ends with a batch or a segment where one ends soon enough, and after the hello where `first` is 0.
    `pack`: what makes a stream of its lines.
    """
    waiting: list[bytes] = []
    size, limit = 0, first
    for line in lines:
        waiting.append(write(line).encode() + b"\n")  # a change was checked when it got its id
        size += len(waiting[-1])
        if size >= (limit if line["t"] in ENDS else limit + MAX_WAIT_BYTES):
            yield pack(b"".join(waiting))
            waiting, size, limit = [], 0, then
    if waiting:
        yield pack(b"".join(waiting))


@dataclass(frozen=True)
class Limits:
    """How much a body may hold, so that a small one cannot become a large one. None: as much as it likes."""

    body_bytes: int  # of lines
    first_bytes: int | None = None  # that come, and of lines, until the first line ends: no more is looked at
    ratio: int | None = None  # of lines to the bytes that came, beyond `FREE_BYTES` of lines
    lines: int | None = None  # empty ones too; the end of a bz2 stream counts as one


class LineReader:
    """Bytes in, lines out, one by one as they are asked for: what nobody asks for is neither decompressed nor parsed.

    Raises Unreadable for bytes that are not of the protocol.
    """

    def __init__(self, is_compressed: bool, limits: Limits):
        self._bz2 = bz2.BZ2Decompressor() if is_compressed else None
        self._rest, self._inside_stream = b"", False
        self._limits, self._came, self._plain, self._lines = limits, 0, 0, 0
        self._room = limits.first_bytes or limits.body_bytes

    def feed(self, data: bytes) -> Iterator[Line]:
        """The complete lines so far."""
        for start in range(0, len(data), SLICE_BYTES):
            part = data[start : start + SLICE_BYTES]
            self._came += len(part)
            if self._came > self._room:
                raise Unreadable("too_large", "the body")
            for plain in self._decompressed(part):
                *lines, self._rest = (self._rest + plain).split(b"\n")
                self._plain += len(plain)
                self._lines += len(lines)
                self._check()
                for line in filter(None, lines):
                    self._room = self._limits.body_bytes
                    yield _line(line)

    def close(self) -> Iterator[Line]:
        """The last line, if it came without its newline. Raises Unreadable too when a stream is cut short."""
        if self._inside_stream:
            raise Unreadable("cut_short", "the body")
        rest, self._rest = self._rest, b""
        if rest:
            yield _line(rest)

    def _check(self) -> None:
        """Raise Unreadable for a body that has become too large."""
        ratio, lines = self._limits.ratio, self._limits.lines
        too_dense = ratio is not None and self._plain > max(FREE_BYTES, ratio * self._came)
        if self._plain > self._room or too_dense or (lines is not None and self._lines > lines):
            raise Unreadable("too_large", "the body, once decompressed")
        if len(self._rest) > 2 * MAX_CHANGE_BYTES:
            raise Unreadable("too_large", "a line")

    def _decompressed(self, data: bytes) -> Iterator[bytes]:
        if self._bz2 is None:
            yield data
            return
        while data:
            if self._bz2.eof:
                self._bz2 = bz2.BZ2Decompressor()
            try:
                yield self._bz2.decompress(data, max_length=min(PORTION_BYTES, self._room))
                while not (self._bz2.eof or self._bz2.needs_input):
                    yield self._bz2.decompress(b"", max_length=min(PORTION_BYTES, self._room))
            except OSError:
                raise Unreadable("not_bz2", "the body") from None
            self._inside_stream = not self._bz2.eof
            self._lines += self._bz2.eof
            data = self._bz2.unused_data


def known_fields(kind: "type[DataclassInstance]", line: Line) -> Line:
    """Those fields of a line that this dataclass has: a later version's are passed over."""
    return {name: value for name, value in line.items() if name in kind.__dataclass_fields__}


def _line(data: bytes) -> Line:
    try:
        line = parse(data)
    except ValueError:
        raise Unreadable("not_json", "a line") from None
    if not isinstance(line, dict) or not isinstance(line.get("t"), str):
        raise Unreadable("no_type", "a line")
    return line

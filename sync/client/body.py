"""The body of an answer, never more of it than a limit, and without what something on the way has put around it.

A gateway may compress what passes, or change the header that says how it is compressed. So the first bytes tell.
"""

import zlib
from collections.abc import Iterable, Iterator

from sync.core.errors import CaptivePortal
from sync.protocol.line_stream import PORTION_BYTES, Limits, Line, LineReader, Unreadable

GZIP, ZLIB = b"\x1f\x8b", (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
BZ2 = b"BZh"
MARK = b"\xef\xbb\xbf"  # of UTF-8, which some put before a text
MAX_LINES = 200_000  # some thousand are usual
LAYERS = 2  # one of a gateway's around another's


def lines(chunks: Iterable[bytes], most: int) -> Iterator[Line]:
    """The lines of a body, as they come. Raises Unreadable, and CaptivePortal for a page."""
    begun = _begun(unwrapped(chunks, most))
    first = next(begun, b"")
    _refuse_page(first)
    reader = LineReader(first.startswith(BZ2), Limits(most, lines=MAX_LINES))
    yield from reader.feed(first.removeprefix(MARK))
    for chunk in begun:
        yield from reader.feed(chunk)
    yield from reader.close()


def whole(chunks: Iterable[bytes], most: int) -> bytes:
    """A body. Raises Unreadable when it is longer than `most` bytes, and CaptivePortal for a page."""
    parts: list[bytes] = []
    size = 0
    for part in unwrapped(chunks, most):
        size += len(part)
        if size > most:
            raise Unreadable("too_large", "the answer")
        parts.append(part)
    content = b"".join(parts).removeprefix(MARK)
    _refuse_page(content)
    return content


def _refuse_page(begins: bytes) -> None:
    """Raise CaptivePortal for a page of HTML, whatever it calls itself."""
    if begins.lstrip().startswith(b"<"):
        raise CaptivePortal


def unwrapped(chunks: Iterable[bytes], most: int, layers: int = LAYERS) -> Iterator[bytes]:
    """The body without gzip or deflate around it, in portions; at most about `most` bytes. Raises Unreadable."""
    begun = _begun(chunks)
    first = next(begun, b"")
    if layers and first.startswith((GZIP, *ZLIB)):
        plain = _inflated(first, begun, zlib.MAX_WBITS + (16 if first.startswith(GZIP) else 0), most)
        yield from unwrapped(plain, most, layers - 1)
        return
    yield first
    yield from begun


def _begun(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes; the first chunk is long enough to show what they are."""
    parts = iter(chunks)
    first = b""
    for part in parts:
        first += part
        if len(first) >= len(BZ2):
            break
    yield first
    yield from parts


def _inflated(first: bytes, rest: Iterator[bytes], bits: int, most: int) -> Iterator[bytes]:
    """Decompressed, one portion in memory at a time. Raises Unreadable, also above `most` bytes."""
    packed, left, is_inside = zlib.decompressobj(bits), most, False
    chunk: bytes | None = first
    while chunk is not None:
        has_more = bool(chunk)
        while has_more:
            try:
                plain = packed.decompress(chunk, PORTION_BYTES)
            except zlib.error:
                raise Unreadable("not_gzip", "the answer") from None
            left -= len(plain)
            if left < 0:
                raise Unreadable("too_large", "the answer")
            yield plain
            is_inside = not packed.eof
            chunk = packed.unconsumed_tail if is_inside else packed.unused_data
            has_more = bool(chunk) or (is_inside and len(plain) == PORTION_BYTES)
            packed = packed if is_inside else zlib.decompressobj(bits)
        chunk = next(rest, None)
    if is_inside:
        raise Unreadable("cut_short", "the answer")

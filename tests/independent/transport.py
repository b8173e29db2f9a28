"""Lines and bz2 streams (4)."""

import bz2
from collections.abc import Iterable, Iterator

from .canonical import Json, Unreadable, canonical, read

STREAM = 524_288


def streams(lines: Iterable[Json]) -> Iterator[bytes]:
    held = bytearray()
    for line in lines:
        held += canonical(line) + b"\n"
        if line["t"] in ("sig", "head") and len(held) >= STREAM:
            yield bz2.compress(held)
            held.clear()
    if held:
        yield bz2.compress(held)


def lines_in(chunks: Iterable[bytes], packed: bool) -> Iterator[Json]:
    """The lines of an answer as they come."""
    reader, rest = bz2.BZ2Decompressor(), b""
    for chunk in chunks:
        while chunk:
            data, chunk = (reader.decompress(chunk), reader.unused_data) if packed else (chunk, b"")
            reader = bz2.BZ2Decompressor() if reader.eof else reader
            *whole, rest = (rest + data).split(b"\n")
            yield from map(read, filter(bytes.strip, whole))
    if rest.strip():
        yield read(rest)


def run_lines(lines: Iterator[Json]) -> list[Json]:
    """The rest of a run, up to its head."""
    found = list[Json]()
    for line in lines:
        if line["t"] not in ("own", "c", "head"):
            raise Unreadable("a line that does not belong into a run")
        found.append(line)
        if line["t"] == "head":
            return found
    raise Unreadable("cut inside a run")

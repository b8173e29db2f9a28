"""What a change costs on the wire: by how much a push, compressed as it is sent, shrinks without each part of it."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from bench.columns import PYTHON
from bench.figures import Figure, Run
from bench.material import SENDER, Set, sets
from bench.recorded import PIN, phone
from sync.core.times import INSTANT
from sync.protocol.codec import request_lines
from sync.protocol.exchange import Report, batches
from sync.protocol.line_stream import compressed

AREA, TARGET_B = "Bytes a change on the wire", 24.0
TIME = re.compile(INSTANT)
KINDS = {
    "nonces": {"nonce"},
    "ids of records and incidents": {"record_id", "incident_id"},
    "parents": {"parents"},
    "signatures of people": {"signature"},
    "signatures of batches": {"sig", "prev"},
    "digests of what was signed": {"digest"},
}
STROKES = {"strokes", "ink"}  # of signatures on glass
RANDOM = set().union(*KINDS.values(), {"id", "device_id", "device_head"})
Line = dict[str, Any]


def measure(run: Run) -> list[Figure]:
    size = 1 if run.quick else 50
    recorded = sets(run.folder, (size,), PYTHON if PYTHON.exists() else None)[size]
    lines = requested(recorded)
    whole = weight(lines)
    about = f"{recorded.incidents} incidents, {recorded.changes} changes, in one push of {whole:,} bytes"

    def without(what: str, blank: Callable[[Line], Line], target: float | None = None) -> Figure:
        return Figure(AREA, what, (whole - weight(map(blank, lines))) / recorded.changes, "B", target)

    def without_names(what: str, names: set[str], target: float | None = None) -> Figure:
        return without(what, lambda line: blanked(line, names), target)

    return [
        Figure(AREA, "Everything", whole / recorded.changes, "B", detail=about),
        without_names("Incompressible: ids, nonces, parents, signatures, digests", RANDOM, TARGET_B),
        *(without_names(f"of it {what}", names) for what, names in KINDS.items()),
        without_names("strokes of signatures on glass", STROKES),
        without("times", untimed),
    ]


def requested(recorded: Set) -> list[Line]:
    """The lines with which the phone would send all of them."""
    device = phone(recorded.folder / "sender", "http://127.0.0.1:9")
    store = device.unlock(SENDER, PIN).store.sync
    hello = store.sign_hello(store.hello())
    lines = list(request_lines(hello, list(batches(store, hello.acked, Report()))))
    device.close()
    return lines


def weight(lines: Iterable[Line]) -> int:
    return sum(map(len, compressed(lines, 0)))  # the hello by itself, as it is sent


def blanked(value: Any, names: set[str]) -> Any:
    """The value with "" in place of what stands under these names, at any depth."""
    if isinstance(value, dict):
        return {name: "" if name in names else blanked(part, names) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [blanked(part, names) for part in value]
    return value


def untimed(value: Any) -> Any:
    """The value with "" in place of every time, at any depth."""
    if isinstance(value, dict):
        return {name: "" if name == "monotonic_ms" else untimed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [untimed(part) for part in value]
    return "" if isinstance(value, str) and TIME.fullmatch(value) else value

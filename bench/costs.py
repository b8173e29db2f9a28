"""What a change costs on the wire, by what is in it: how much smaller a push is without it, compressed as it is sent."""

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
    "strokes of signatures on glass": {"strokes", "ink"},
}  # fmt: skip
RANDOM = set().union(
    *(names for what, names in KINDS.items() if "strokes" not in what), {"id", "device_id", "device_head"}
)
Line = dict[str, Any]


def measure(run: Run) -> list[Figure]:
    size = 1 if run.quick else 50
    made = sets(run.folder, (size,), PYTHON if PYTHON.exists() else None)[size]
    lines = requested(made)
    whole = weight(lines)
    about = f"{made.incidents} incidents, {made.changes} changes, in one push of {whole:,} bytes"

    def without(what: str, blank: Callable[[Line], Line], target: float | None = None) -> Figure:
        return Figure(AREA, what, (whole - weight(map(blank, lines))) / made.changes, "B", target)

    return [
        Figure(AREA, "Everything", whole / made.changes, "B", detail=about),
        without("Incompressible: ids, nonces, parents, signatures, digests", lambda line: blanked(line, RANDOM), TARGET_B),
        *(without(f"of it {what}" if "strokes" not in what else what, lambda line, n=names: blanked(line, n)) for what, names in KINDS.items()),
        without("times", untimed),
    ]  # fmt: skip


def requested(made: Set) -> list[Line]:
    """The lines with which the phone would send all of it."""
    device = phone(made.folder / "sender", "http://127.0.0.1:9")
    store = device.unlock(SENDER, PIN).store
    hello = store.hello()
    lines = list(request_lines(hello, list(batches(store, hello.acked, Report()))))
    device.close()
    return lines


def weight(lines: Iterable[Line]) -> int:
    return sum(map(len, compressed(lines)))


def blanked(value: Any, names: set[str]) -> Any:
    """The value with nothing under these names, whatever stood there."""
    if isinstance(value, dict):
        return {name: "" if name in names else blanked(each, names) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [blanked(each, names) for each in value]
    return value


def untimed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "" if name == "monotonic_ms" else untimed(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [untimed(each) for each in value]
    return "" if isinstance(value, str) and TIME.fullmatch(value) else value

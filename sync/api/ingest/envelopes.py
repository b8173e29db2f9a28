"""Changes that come whole, each with its id, in clear or sealed: what is wrong with one is named for that one."""

from collections.abc import Iterable, Iterator, Mapping

from sync.api.ingest.change_log import IT_IS_KEPT
from sync.core.hpke import SealingKey
from sync.protocol.compact import read_change
from sync.protocol.line_stream import Line, Unreadable
from sync.protocol.messages import Change
from sync.protocol.sealed import open_change, open_day_keys

Fault = tuple[str, str, str]  # code, advice and field of what is wrong


def read_envelopes(
    lines: Iterable[Line], first: int, device_id: str, day_keys: Iterable[Line], sealing_key: SealingKey | None
) -> Iterator[Change | Fault]:
    """Each line as this device's change of its number, from `first` on. `day_keys`: under which sealed ones lie."""
    opened = open_day_keys(day_keys, device_id, sealing_key) if sealing_key else {}
    for number, line in enumerate(lines, first):
        yield _envelope(line, number, device_id, opened)


def _envelope(line: Line, number: int, device_id: str, day_keys: Mapping[int, bytes]) -> Change | Fault:
    try:
        body = open_change(line, device_id, day_keys) if line["t"] == "sealed" else line.get("body")
        change = read_change(body)
    except Unreadable as error:
        return error.code, f"It cannot be read. {IT_IS_KEPT}", error.part
    if change.change_id != line.get("id"):
        return "id_wrong", f"Its content is not what its id names. {IT_IS_KEPT}", ""
    if change.device_id != device_id or change.device_seq != number:
        return "bad_change", "It is not this device's change of that number.", "device_seq"
    return change

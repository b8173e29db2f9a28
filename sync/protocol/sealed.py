"""Send while locked: a change as it lies, sealed, on a phone that nobody has unlocked, as a line; and opened again.

Such a phone can sign, but not read. The key of each day is sealed to the centre's key too (HPKE, RFC 9180), so the
centre opens what no PIN is there for. What it opens is a change like any other: same bytes, same id.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from sync.core.canonical import parse
from sync.core.envelope import open_row
from sync.core.hpke import SealingKey
from sync.core.signing import b64, unb64
from sync.protocol.line_stream import Line, Unreadable


@dataclass(frozen=True)
class SealedChange:
    """An own change that waits on a locked phone. `void`: as its row has it; `day_key`: sealed to the centre."""

    device_id: str
    device_seq: int
    device_prev: str
    change_id: str
    record_id: str
    incident_id: str
    void: bool
    day: int
    day_key: bytes
    wdek: bytes
    ct: bytes

    parents: ClassVar[tuple[str, ...]] = ()  # they can be read by nobody here

    @property
    def size(self) -> int:
        return len(self.ct)


def change_row(change_id: bytes, record_id: bytes, incident_id: bytes, void: bool) -> bytes:
    """What the row of a change is, to whoever seals or opens it. Each part has one length."""
    return b"change" + change_id + record_id + incident_id + bytes([void])


def day_info(device_id: str, day: int) -> bytes:
    """For what a day's key is sealed to the centre: this device, this day."""
    return b"alongside/day/1\0" + UUID(device_id).bytes + day.to_bytes(4, "big")


def sealed_lines(changes: Iterable[SealedChange]) -> Iterator[Line]:
    """The keys of their days, then the changes."""
    changes = tuple(changes)
    for day, key in {change.day: change.day_key for change in changes}.items():
        yield {"t": "day_key", "day": day, "key": b64(key)}
    for change in changes:
        line = {name: getattr(change, name) for name in ("record_id", "incident_id", "day")}
        void = {"void": True} if change.void else {}
        yield {"t": "sealed", "id": change.change_id, **line, **void, "wdek": b64(change.wdek), "ct": b64(change.ct)}


def open_day_keys(lines: Iterable[Line], device_id: str, key: SealingKey) -> dict[int, bytes]:
    """The keys of days, by day. One that does not open is left out: what was sealed under it is named on its own."""
    opened: dict[int, bytes] = {}
    for line in lines:
        try:
            day = line["day"]
            opened[day] = key.open(unb64(line["key"]), day_info(device_id, day))
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            continue
    return opened


def open_change(line: Line, device_id: str, day_keys: Mapping[int, bytes]) -> Any:
    """The plain value that was sealed. Raises Unreadable."""
    try:
        day, void = line["day"], line.get("void", False)
        if type(void) is not bool:
            raise TypeError
        what = change_row(
            bytes.fromhex(line["id"]), UUID(line["record_id"]).bytes, UUID(line["incident_id"]).bytes, void
        )
        sealed = (unb64(line["wdek"]), unb64(line["ct"]))
        return parse(open_row(day_keys[day], UUID(device_id).bytes, day, what, *sealed))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise Unreadable("not_opened", "the sealed change") from None

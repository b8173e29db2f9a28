"""The hello: what a device says of itself when it opens an exchange, and by what it proves that it is this device.

Nothing else of a request is looked at before: whoever cannot prove it costs one row read and one signature checked.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sync import PROTOCOL
from sync.api.ingest.change_log import Sender
from sync.api.problems import problem
from sync.api.storage.database import Database
from sync.api.storage.schema import device
from sync.core.signing import verified
from sync.core.times import INSTANT, as_moment, moment, to_millis
from sync.protocol.codec import hello_claim, read_hello
from sync.protocol.line_stream import Line
from sync.protocol.messages import MAX_WANT, Hello

HEX = re.compile(r"[0-9a-f]{64}")
DEVICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEAD = {"epoch": str, "scope": str, "seq": int, "chain": str}
VERIFIED_FROM = {"seq": int, "chain": str}
MAX_VERSION = 80  # characters of the app's version


@dataclass(frozen=True)
class ProvedHello:
    """A hello, and the device that has said it."""

    hello: Hello
    sender: Sender
    revoked: bool


def proved(db: Database, org: str, line: Line) -> ProvedHello:
    """The hello in this line, which its device's key signed and which nobody has said before.

    That its count is new is settled only where the device is noted (`sync.api.pull.gaps`): two may be read at once.
    Raises the problem answer, Unreadable for a line that is no hello.
    """
    if type(line.get("protocol")) is int and line["protocol"] > PROTOCOL:
        raise problem("protocol_unsupported")
    hello = read_hello(line) if line["t"] == "hello" else None
    if hello is None or not is_sound(hello):
        raise problem("bad_hello")
    devices = device.c
    with db.read() as conn:
        row = conn.execute(
            select(devices.public_key, devices.team_id, devices.revoked, devices.hello_count).where(
                devices.org == org, devices.device_id == hello.device_id
            )
        ).first()
    if row is None:
        raise problem("unknown_device")
    if not verified(row.public_key, "hello", hello_claim(line), hello.signature):
        raise problem("hello_wrong")
    if hello.count <= row.hello_count:
        raise problem("hello_stale", row.hello_count)
    return ProvedHello(hello, Sender(hello.device_id, row.public_key, row.team_id), row.revoked)


def is_sound(hello: Hello) -> bool:
    """Whether every part of the hello is what it should be."""
    return (
        _is_time(hello.clock.get("wall"))
        and min(hello.device_seq, hello.acked, hello.flush_bytes) >= 0
        and hello.count >= 1
        and (hello.head is None or _is_place(hello.head, HEAD))
        and (hello.verified_from is None or _is_place(hello.verified_from, VERIFIED_FROM))
        and max(len(hello.want), len(hello.commands_done)) <= MAX_WANT
        and all(HEX.fullmatch(change_id) for change_id in hello.want)
        and bool(DEVICE.fullmatch(hello.device_id) and HEX.fullmatch(hello.device_head))
        and len(hello.app_version) <= MAX_VERSION
    )


def clock_offset_ms(hello: Hello, heard_ms: int) -> int:
    """The centre's time less the device's, when the hello came."""
    return heard_ms - to_millis(moment(hello.clock["wall"]))


def _is_time(wall: object) -> bool:
    """Whether this is an instant, and one that a calendar has."""
    return isinstance(wall, str) and bool(re.fullmatch(INSTANT, wall)) and as_moment(wall) is not None


def _is_place(place: dict[str, Any], parts: dict[str, type]) -> bool:
    """Whether this is a place in the log: each part of its type, a number from 0 on, the value of a chain."""
    if any(type(place.get(name)) is not kind for name, kind in parts.items()):
        return False
    return place["seq"] >= 0 and bool(HEX.fullmatch(place["chain"]))

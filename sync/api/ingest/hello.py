"""The hello: what a device says of itself when it opens an exchange, and whether every part is what it should be."""

import re
from typing import Any

from sync.core.times import INSTANT, as_moment, moment, to_millis
from sync.protocol.messages import MAX_WANT, Hello

HEX = re.compile(r"[0-9a-f]{64}")
DEVICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEAD = {"epoch": str, "scope": str, "seq": int, "chain": str}
VERIFIED_FROM = {"seq": int, "chain": str}
MAX_VERSION = 80  # characters of the app's version


def is_sound(hello: Hello) -> bool:
    """Whether every part of the hello is what it should be."""
    return (
        _is_time(hello.clock.get("wall"))
        and min(hello.device_seq, hello.acked, hello.flush_bytes) >= 0
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

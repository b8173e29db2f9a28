"""One value, one sequence of bytes: RFC 8785 for a restricted profile, and strict reading.

Profile: null, booleans, integers below 2^53, strings, arrays, objects with ASCII keys; no floats
(a decimal travels as a string); at most 16 levels. Within it `json.dumps` equals RFC 8785.
"""

import json
import re
from hashlib import sha256
from typing import Any

OUTSIDE = "only null, true/false, integers below 2^53, text, lists and objects can be recorded"
MAX_DEPTH = 16
MAX_INT = 2**53
NAMES = "names must be ASCII text"
LEAVES = frozenset({str, bool, type(None)})
LISTS = (list, tuple)
INT = {int}
LONG_NUMBER = re.compile("[0-9]{16}")  # 2^53 has so many digits
write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value. Raises ValueError outside the profile."""
    try:
        _check(value, MAX_DEPTH)
    except TypeError:
        raise ValueError(NAMES) from None
    return write(value).encode()  # a lone surrogate has no bytes


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def parse(data: bytes | str) -> Any:
    """Read JSON, refusing what could be read in two ways. Raises ValueError, which never quotes the content."""
    try:
        text = data if isinstance(data, str) else data.decode()
        value = read(text)
        if not _is_plain(text):
            _check(value, MAX_DEPTH)
        if isinstance(data, str) or "\\u" in text:  # only so can a lone surrogate have come in
            write(value).encode()
    except (RecursionError, ValueError):
        raise ValueError("not readable as JSON of the restricted profile") from None
    return value


def _is_plain(text: str) -> bool:
    """True for JSON text that is of the profile at a glance: ASCII, no escape, no long number, few brackets."""
    return (
        text.isascii()
        and text.count("{") + text.count("[") <= MAX_DEPTH
        and "\\u" not in text
        and LONG_NUMBER.search(text) is None
    )


def _check(value: Any, room: int) -> None:
    """Check that the value is of the profile and at most `room` levels deep. Quick, since everything passes here.

    Raises ValueError; TypeError for a name that is not text.
    """
    if type(value) in LEAVES:
        return
    if isinstance(value, dict):
        if not "".join(value).isascii():
            raise ValueError(NAMES)
        items = value.values()
    elif isinstance(value, LISTS):
        items = value
    elif isinstance(value, str) or (isinstance(value, int) and abs(value) < MAX_INT):
        return
    else:
        raise ValueError(OUTSIDE)
    if room == 0 and items:
        raise ValueError("nested too deeply")
    for item in items:
        kind = type(item)
        if kind in LEAVES or (kind is int and -MAX_INT < item < MAX_INT):
            continue
        if kind is list and room > 1 and set(map(type, item)) == INT and -MAX_INT < min(item) <= max(item) < MAX_INT:
            continue  # a point of a drawing: these are nearly all there is
        _check(item, room - 1)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name appears twice")
    return value


def _refuse(_text: str) -> Any:
    raise ValueError(OUTSIDE)


read = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_refuse).decode

"""One value, one sequence of bytes: RFC 8785 for a restricted profile, and strict reading.

Profile: null, booleans, integers below 2^53, strings, arrays, objects with ASCII keys; no floats
(a decimal travels as a string); at most 16 levels. Within it `json.dumps` equals RFC 8785.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

OUTSIDE = "only null, true/false, integers below 2^53, text, lists and objects can be recorded"
MAX_DEPTH = 16
MAX_INT = 2**53


def canonical(value: Any) -> bytes:
    """The canonical bytes of a value. Raises ValueError outside the profile."""
    _check(value, MAX_DEPTH)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def parse(data: bytes | str) -> Any:
    """Read JSON, refusing what could be read in two ways. Raises ValueError, which never quotes the content."""
    try:
        value = json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_refuse)
        _check(value, MAX_DEPTH)
    except (RecursionError, ValueError):
        raise ValueError("not readable as JSON of the restricted profile") from None
    return value


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise ValueError("nested too deeply")
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no bytes
    elif isinstance(value, int):
        if abs(value) >= MAX_INT:
            raise ValueError(OUTSIDE)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError("names must be ASCII text")
            _check(item, depth - 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item, depth - 1)
    else:
        raise ValueError(OUTSIDE)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name appears twice")
    return made


def _refuse(_text: str) -> Any:
    raise ValueError(OUTSIDE)

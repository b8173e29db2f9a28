"""Delta coding of a change's long values: strokes as steps from point to point, instants as steps from `recorded_at`.

An instant in a patch becomes "~" and milliseconds; a text that begins with "~" itself gets one more. Random bytes are
written in sixteen letters that hardly stand elsewhere, four bits each. bz2, which codes by frequency, then needs four
bits for a letter; for a character of base64, six bits, it needs about eight.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate, chain
from operator import sub
from typing import Any, NamedTuple
from uuid import UUID

from sync.core.canonical import MAX_INT
from sync.core.signing import b64, unb64
from sync.core.times import INSTANT, from_millis, instant, moment, to_millis

Stroke = list[list[int]]  # points, each of x, y and milliseconds
POINT = 3  # whole numbers
INSTANT_LENGTH = 24
INSTANT_FORM = re.compile(INSTANT.rstrip("$"))
TO_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
TO_DIGITS = str.maketrans("ABCDEFGHIJKLMNOP", "0123456789abcdef")
LETTERS, STEP = re.compile("[A-P]*"), re.compile("-?[0-9]+")


class Spelling(NamedTuple):
    """How random bytes are spelled as text, in how many characters. `to_bytes` raises ValueError."""

    length: int
    to_bytes: Callable[[str], bytes]
    to_text: Callable[[bytes], str]


SPELLINGS = {  # by the mark after "~"
    "s": Spelling(86, unb64, b64),  # a signature
    "h": Spelling(64, bytes.fromhex, bytes.hex),  # a digest
    "u": Spelling(36, lambda text: UUID(text).bytes, lambda data: str(UUID(bytes=data))),
}
CODED_LENGTHS = {INSTANT_LENGTH, *(spelling.length for spelling in SPELLINGS.values())}


def are_strokes(value: Any) -> bool:
    """Whether these are strokes as a finger makes them: lists of points of three whole numbers."""
    return isinstance(value, list) and all(
        isinstance(stroke, list)
        and all(isinstance(point, list) and [type(number) for number in point] == [int] * POINT for point in stroke)
        for stroke in value
    )


def stroke_to_deltas(stroke: Stroke) -> Stroke:
    """The first point, then the way from each to the next."""
    return [list(map(sub, point, previous)) for point, previous in zip(stroke, [[0] * POINT, *stroke], strict=False)]


def stroke_from_deltas(deltas: Stroke) -> Stroke:
    """What `stroke_to_deltas` was given. Raises ValueError for anything else, and beyond what can be recorded."""
    if {*map(len, deltas)} - {POINT} or {*map(type, chain.from_iterable(deltas))} - {int}:
        raise ValueError
    columns = [list(accumulate(column)) for column in zip(*deltas, strict=True)]
    if any(max(map(abs, column)) >= MAX_INT for column in columns):
        raise ValueError
    return list(map(list, zip(*columns, strict=True)))


def instant_to_ms(text: Any) -> int | None:
    """An instant in milliseconds since 1970; None for what is none, or would not come back as it was."""
    if not isinstance(text, str) or not text.isascii() or not INSTANT_FORM.fullmatch(text) or text[11:13] == "24":
        return None
    try:
        return to_millis(moment(text))
    except ValueError:
        return None


def instant_from_ms(millis: int) -> str:
    """The instant so many milliseconds since 1970. Raises ValueError outside the calendar."""
    try:
        return instant(from_millis(millis))
    except OverflowError:
        raise ValueError from None


def encode(value: Any, recorded_ms: int) -> Any:
    """A value of a patch with its instants as steps from `recorded_ms`, and random bytes in letters of their own."""
    if isinstance(value, dict):
        return {name: inner if _is_plain(inner) else encode(inner, recorded_ms) for name, inner in value.items()}
    if isinstance(value, list):
        return [encode(inner, recorded_ms) for inner in value]
    return _encode_text(value, recorded_ms) if isinstance(value, str) else value


def decode(value: Any, recorded_ms: int) -> Any:
    """What `encode` was given. Raises ValueError for anything that it does not write."""
    kind = type(value)
    if kind is str:
        return _decode_text(value, recorded_ms) if value[:1] == "~" else value
    if kind is dict:
        return {
            name: inner if type(inner) is str and inner[:1] != "~" else decode(inner, recorded_ms)
            for name, inner in value.items()
        }
    return [decode(inner, recorded_ms) for inner in value] if kind is list else value


def _is_plain(value: Any) -> bool:
    """Whether this is a text that encodes as itself: most are, and are not looked at again."""
    return type(value) is str and len(value) not in CODED_LENGTHS and value[:1] != "~"


def _encode_text(text: str, recorded_ms: int) -> str:
    if text[:1] == "~":
        return "~" + text
    if len(text) not in CODED_LENGTHS:
        return text
    if (millis := instant_to_ms(text)) is not None:
        return f"~{millis - recorded_ms}"
    for mark, spelling in SPELLINGS.items():
        if len(text) == spelling.length:
            with suppress(ValueError):
                if spelling.to_text(data := spelling.to_bytes(text)) == text:
                    return f"~{mark}{data.hex().translate(TO_LETTERS)}"
    return text


def _decode_text(text: str, recorded_ms: int) -> str:
    if text[1:2] == "~":
        return text[1:]
    spelling = SPELLINGS.get(text[1:2])
    if spelling is None:
        if not STEP.fullmatch(text[1:]):
            raise ValueError
        return instant_from_ms(recorded_ms + int(text[1:]))
    if not LETTERS.fullmatch(text[2:]):
        raise ValueError
    return spelling.to_text(bytes.fromhex(text[2:].translate(TO_DIGITS)))

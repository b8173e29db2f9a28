"""The long values of a change as steps: strokes from point to point, instants from when the change was recorded.

An instant among the answers is written "~" and the milliseconds from there; a text that begins with "~" gets one more.
Random bytes are written in letters that hardly stand elsewhere: bz2 then needs half a byte for each, in base64 it needs
a whole one.
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

POINT = 3  # x, y, milliseconds
FORMED = re.compile(INSTANT.rstrip("$"))
LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
DIGITS = str.maketrans("ABCDEFGHIJKLMNOP", "0123456789abcdef")
SPELT, STEP = re.compile("[A-P]*"), re.compile("-?[0-9]+")


class Spelling(NamedTuple):
    """How random bytes are spelled, in how many characters. `read` raises ValueError."""

    length: int
    read: Callable[[str], bytes]
    written: Callable[[bytes], str]


RANDOM = {  # by its mark
    "s": Spelling(86, unb64, b64),  # a signature
    "h": Spelling(64, bytes.fromhex, bytes.hex),  # a digest
    "u": Spelling(36, lambda text: UUID(text).bytes, lambda data: str(UUID(bytes=data))),
}
LENGTHS = {24, *(one.length for one in RANDOM.values())}  # 24: an instant


def is_drawn(strokes: Any) -> bool:
    """Whether these are strokes as a finger makes them: of points of three whole numbers."""
    return isinstance(strokes, list) and all(
        isinstance(stroke, list)
        and all(isinstance(point, list) and [type(one) for one in point] == [int] * POINT for point in stroke)
        for stroke in strokes
    )


def steps(stroke: list[list[int]]) -> list[list[int]]:
    """The first point, then the way from each to the next."""
    return [list(map(sub, point, last)) for point, last in zip(stroke, [[0] * POINT, *stroke], strict=False)]


def points(steps: list[list[int]]) -> list[list[int]]:
    """What `steps` was made of. Raises ValueError for anything else, and where it leads beyond what can be recorded."""
    if {*map(len, steps)} - {POINT} or {*map(type, chain.from_iterable(steps))} - {int}:
        raise ValueError
    columns = [list(accumulate(column)) for column in zip(*steps, strict=True)]
    if any(max(map(abs, column)) >= MAX_INT for column in columns):
        raise ValueError
    return list(map(list, zip(*columns, strict=True)))


def millis(text: Any) -> int | None:
    """An instant in milliseconds since 1970; None for what is none, or does not come back as it was."""
    if not isinstance(text, str) or not text.isascii() or not FORMED.fullmatch(text) or text[11:13] == "24":
        return None
    try:
        return to_millis(moment(text))
    except ValueError:
        return None


def spelled(millis: int) -> str:
    """The instant so many milliseconds since 1970. Raises ValueError outside the calendar."""
    try:
        return instant(from_millis(millis))
    except OverflowError:
        raise ValueError from None


def shortened(value: Any, recorded: int) -> Any:
    """A value of a patch with its instants as steps from `recorded`, and random bytes in letters of their own."""
    if isinstance(value, dict):
        return {name: each if _stays(each) else shortened(each, recorded) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each, recorded) for each in value]
    return _short(value, recorded) if isinstance(value, str) else value


def lengthened(value: Any, recorded: int) -> Any:
    """What `shortened` was made of. Raises ValueError for anything else."""
    kind = type(value)
    if kind is str:
        return _long(value, recorded) if value[:1] == "~" else value
    if kind is dict:
        return {
            name: each if type(each) is str and each[:1] != "~" else lengthened(each, recorded)
            for name, each in value.items()
        }
    return [lengthened(each, recorded) for each in value] if kind is list else value


def _stays(value: Any) -> bool:
    """Whether a text is the same in both: most are, and are not looked at again."""
    return type(value) is str and len(value) not in LENGTHS and value[:1] != "~"


def _short(text: str, recorded: int) -> str:
    if text[:1] == "~":
        return "~" + text
    if len(text) not in LENGTHS:
        return text
    if (at := millis(text)) is not None:
        return f"~{at - recorded}"
    for mark, plain in RANDOM.items():
        if len(text) == plain.length:
            with suppress(ValueError):
                if plain.written(data := plain.read(text)) == text:
                    return f"~{mark}{data.hex().translate(LETTERS)}"
    return text


def _long(text: str, recorded: int) -> str:
    if text[1:2] == "~":
        return text[1:]
    plain = RANDOM.get(text[1:2])
    if plain is None:
        if not STEP.fullmatch(text[1:]):
            raise ValueError
        return spelled(recorded + int(text[1:]))
    if not SPELT.fullmatch(text[2:]):
        raise ValueError
    return plain.written(bytes.fromhex(text[2:].translate(DIGITS)))

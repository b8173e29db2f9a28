"""Lists are cut only where nothing is left to do: what somebody still has to see is there, however much came after."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def cut(rows: Iterable[T], limit: int | None, may_fall: Callable[[T], object]) -> list[T]:
    """The rows in their order; of those that may fall off, the first `limit` (None: all)."""
    kept, falling = [], 0
    for row in rows:
        falls = bool(may_fall(row))
        falling += falls
        if not falls or limit is None or falling <= limit:
            kept.append(row)
    return kept

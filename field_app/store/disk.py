"""The phone's open database, and what is about to be written to it.

One lock and one list of listeners for all sessions of this phone; every write is one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any, Protocol

from sqlite_utils import Database

from sync.errors import AlongsideError
from sync.wire import Op


class Clock(Protocol):
    """Wall time, and a count of milliseconds since this boot that no one can set."""

    boot_id: str

    def now(self) -> datetime: ...
    def monotonic_ms(self) -> int: ...


class TooLong(AlongsideError):
    code = "too_long"
    advice = "This is more than one section can hold. Shorten the longest text; what you typed is kept."


class DiskFull(AlongsideError):
    code = "disk_full"
    advice = "This phone's storage is full. Free some space now; what is on screen stays until it can be saved."


@dataclass
class Disk:
    """The open database, shared by every session of this phone: one lock, one list of listeners."""

    db: Database
    clock: Clock
    clock_offset_ms: int | None = None
    lock: RLock = field(default_factory=RLock)
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            with self.lock, self.db.atomic():
                yield
        except sqlite3.OperationalError as error:
            if "full" not in str(error):
                raise
            raise DiskFull("could not write") from None

    def tell(self) -> None:
        for listener in list(self.listeners):
            listener()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener) if listener in self.listeners else None


@dataclass(frozen=True)
class Intent:
    """A change about to be made. `parents`: the heads its author had in front of them."""

    record_id: str
    incident_id: str
    kind: str
    op: Op
    patch: Mapping[str, Any]
    parents: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    nonce: str | None = None


@dataclass(frozen=True)
class Draft:
    """A form being filled in. `base`: the settled answers when editing began; `parents`: the heads then."""

    record_id: str
    incident_id: str
    kind: str
    parents: tuple[str, ...] = ()
    base: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Draft({self.kind} {self.record_id[:8]})"

"""The phone's open database and clocks, the rows of one vault in it; `Intent` and `Draft`, about to be written to it.

All sessions of this phone share one lock and one list of listeners. Every write is one transaction.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlite_utils import Database

from field_app.phone.store.full_disk import Reserve, telling_full
from field_app.phone.store.schema import place_of
from sync.core.errors import AlongsideError, DiskFull
from sync.core.times import to_millis
from sync.protocol.messages import Op

SET_MS = 1000  # a clock that differs by more has been set


class Clock(Protocol):
    """Wall time, and the milliseconds since this boot, which nobody can set."""

    boot_id: str

    def now(self) -> datetime: ...
    def monotonic_ms(self) -> int: ...


class SystemClock:
    """The phone's clocks. CLOCK_BOOTTIME goes on while the phone sleeps.

    A phone that does not show its boot has a new `boot_id` at each start of the app.
    """

    def __init__(self, boot: Path = Path("/proc/sys/kernel/random/boot_id")) -> None:
        try:
            self.boot_id = boot.read_text().strip()[:64] or str(uuid4())
        except (OSError, ValueError):
            self.boot_id = str(uuid4())

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> int:
        return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class TooLong(AlongsideError):
    code = "too_long"
    advice = "This is more than one section can hold. Shorten the longest text; what you typed is kept."


class WrongMode(AlongsideError):
    code = "training_differs"
    advice = (
        "What is on this device belongs to training with made-up people, and this app does not, or the other way "
        "round. Nothing is changed. Start the right app, or ask whoever set this device up."
    )


@dataclass
class Disk:
    """The open database, shared by every session of this phone: one lock, one list of listeners."""

    db: Database
    clock: Clock
    is_key_pending: bool = False  # no start but the one that made it has read the device's secret yet
    lock: RLock = field(default_factory=RLock)
    listeners: list[Callable[[], None]] = field(default_factory=list)
    reserve: Reserve = field(init=False)
    _clock_offset_ms: int | None = field(init=False)  # the centre's clock less this one, as last heard
    _lead_ms: int = field(init=False)  # by how much this clock was then ahead of the one that nobody can set
    is_old: bool = field(init=False)  # True when the centre has said that this app needs an update

    def __post_init__(self) -> None:
        self.reserve = Reserve(place_of(self.db))
        self.reserve.make_room()
        self.reserve.keep_back()
        self._clock_offset_ms, self.is_old = self._setting("clock_offset_ms"), bool(self._setting("is_old"))
        self._lead_ms = self._lead_now_ms()

    @property
    def clock_offset_ms(self) -> int | None:
        """The centre's clock less this one; None before it was heard. Right at once when somebody sets this one."""
        set_by_ms = self._lead_now_ms() - self._lead_ms
        if self._clock_offset_ms is not None and abs(set_by_ms) > SET_MS:
            self._clock_offset_ms -= set_by_ms
            self._lead_ms += set_by_ms
        return self._clock_offset_ms

    def heard_clock(self, offset_ms: int) -> None:
        """Take up the offset of the centre's clock."""
        self._clock_offset_ms, self._lead_ms = offset_ms, self._lead_now_ms()
        self.keep_clock()

    def keep_clock(self) -> None:
        """Keep the offset over a restart: a wrong clock is named even without a signal."""
        known, offset_ms = self._setting("clock_offset_ms"), self.clock_offset_ms
        if offset_ms is not None and (known is None or abs(known - offset_ms) > SET_MS):
            self._keep("clock_offset_ms", offset_ms)

    def _lead_now_ms(self) -> int:
        return to_millis(self.clock.now()) - self.clock.monotonic_ms()

    def heard_version(self, is_old: bool) -> None:
        """Keep whether the centre finds this app too old, over a restart too."""
        if is_old != self.is_old:
            self.is_old = is_old
            self._keep("is_old", int(is_old))

    def keep_apart(self, *, training: bool) -> None:
        """Mark a new database as one for training or not. Raises WrongMode for one that was marked otherwise."""
        if (known := self._setting("training")) is None:
            self._keep("training", int(training))
        elif bool(known) != training:
            raise WrongMode("this device's data are for training and the app is not, or the other way round")

    def _setting(self, name: str) -> int | None:
        row = self.db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _keep(self, name: str, value: int) -> None:
        """Keep a setting; without room for it, until the app ends."""
        with suppress(DiskFull), self.transaction():
            self.db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is written inside, or none of it. Raises DiskFull.

        Everything that is written goes through here; on a full disk it gets the reserve.
        """
        with self.lock, telling_full():
            is_outer = not self.db.conn.in_transaction
            if is_outer:
                self.reserve.make_room()
            with self.db.atomic():
                yield
            if is_outer:
                self._tidy()

    def _tidy(self) -> None:
        """On a full disk the write-ahead log is used again and again; once there is room the reserve is kept back."""
        if self.reserve.is_given_up:
            self.checkpoint("PASSIVE")
        self.reserve.keep_back()

    def checkpoint(self, how: str) -> None:
        """Bring what was written from the write-ahead log into the database, as far as there is room."""
        with self.lock, suppress(sqlite3.OperationalError):
            self.db.execute(f"PRAGMA wal_checkpoint({how})").fetchall()

    def need_room(self) -> None:
        """For what is no record of this nurse's. Raises DiskFull while the reserve is given up."""
        self.reserve.make_room()
        if self.reserve.is_given_up:
            raise DiskFull("this has to wait until there is room")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction; after its commit listeners are told. Raises DiskFull."""
        with self.transaction():
            yield
        self.tell()

    def tell(self) -> None:
        """Call every listener, in this thread."""
        for listener in list(self.listeners):
            listener()

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Add a listener. Returns the function that removes it."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener) if listener in self.listeners else None


@dataclass(frozen=True)
class VaultRows:
    """The rows of one vault. In every statement `:vault` is that vault's id; the other values go by their names."""

    disk: Disk
    vault_id: bytes

    def all(self, find: str, **values: Any) -> list[Any]:
        with self.disk.lock:
            return self.disk.db.execute(find, {"vault": self.vault_id, **values}).fetchall()

    def first(self, find: str, **values: Any) -> Any:
        """The first row found, or None."""
        return next(iter(self.all(find, **values)), None)

    def run(self, statement: str, **values: Any) -> None:
        """Inside a transaction."""
        self.disk.db.execute(statement, {"vault": self.vault_id, **values})

    def run_many(self, statement: str, many: Iterable[Mapping[str, Any]]) -> int:
        """Inside a transaction, once for each. Returns how many rows that touched."""
        values = [{"vault": self.vault_id, **each} for each in many]
        return self.disk.db.conn.executemany(statement, values).rowcount


def to_bytes(record_id: str) -> bytes:
    return UUID(record_id).bytes


def to_text(record_id: bytes) -> str:
    return str(UUID(bytes=record_id))


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

"""Every point at which something can break, numbered; and the breaking of the one that is asked for.

A point is an SQL statement of the phone or of the centre, COMMIT among them, or a portion of bytes on the line. All go
through `arm`: it counts them, and at the number it was given it fails (`io`, `full`, `lost`) or ends the process
(`kill`, `torn`): the files are kept as they lie at that moment, and `Killed` goes through everything above.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MESSAGES = {"io": "disk I/O error", "full": "database or disk is full", "lost": "the connection was lost"}
KEPT = ".kept"


class Killed(BaseException):
    """The process is gone.

    No `except Exception` stops it; a roll-back on the way may put its own error in its place.
    """


@dataclass
class Points:
    """The points of one place: `phone`, `centre` or `line`. `at`: the number of the one that breaks; 0: none."""

    place: str
    at: int = 0
    kind: str = ""
    seen: list[str] = field(default_factory=list)
    before: bytes = b""  # the write-ahead log, before the COMMIT that is torn

    @property
    def reached(self) -> bool:
        return 0 < self.at <= len(self.seen)

    def coming(self, folder: Path, what: str) -> int:
        """Pass the next point, or break there. Returns its number."""
        self.seen.append(f"{folder.name}: {' '.join(what.split()[:3])}")
        number = len(self.seen)
        if number == self.at:
            if self.kind == "kill":
                keep(folder)
                raise Killed
            if self.kind in ("io", "full"):
                raise sqlite3.OperationalError(MESSAGES[self.kind])
            if self.kind == "torn" and what == "COMMIT":
                keep(folder)
                self.before = _log_of(folder).read_bytes() if _log_of(folder).exists() else b""
        return number

    def passed(self, number: int, folder: Path) -> None:
        """After a COMMIT: nobody has heard of it yet."""
        if number != self.at:
            return
        if self.kind == "lost":
            raise sqlite3.OperationalError(MESSAGES["lost"])
        if self.kind == "torn":  # half of what COMMIT wrote is on the disk, the rest never got there
            after = _log_of(folder).read_bytes()
            (folder / KEPT / _log_of(folder).name).write_bytes(torn(self.before, after))
            raise Killed


def torn(before: bytes, after: bytes) -> bytes:
    """The file as a power cut leaves it in the middle of a write: the first half is new, the rest is as it was."""
    new = [at for at in range(0, len(after), 512) if after[at : at + 512] != before[at : at + 512]]
    middle = new[len(new) // 2] + 100 if new else len(after)
    return after[:middle] + before[middle:]


# --- the files of a process --------------------------------------------------------------------------------------


def _log_of(folder: Path) -> Path:
    return next(folder.glob("*.db")).with_suffix(".db-wal")


def keep(folder: Path) -> None:
    """Set a copy aside of what lies on the disk now, without the shared memory file, which dies with the power."""
    (folder / KEPT).mkdir(exist_ok=True)
    for path in folder.glob("*.db*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, folder / KEPT)


def is_killed(folder: Path) -> bool:
    return (folder / KEPT).exists()


def put_back(folder: Path) -> None:
    """Make the folder what it was when the process was killed, whatever was written since."""
    for path in folder.glob("*.db*"):
        path.unlink()
    for path in (folder / KEPT).iterdir():
        path.replace(folder / path.name)
    (folder / KEPT).rmdir()


# --- SQL: both ends' sqlite3 connections ---------------------------------------------------------------------------

_armed: list[Points] = []


class Watched(sqlite3.Connection):
    """A connection each of whose statements is a point."""

    def __init__(self, path: Any, *args: Any, **about: Any):
        super().__init__(path, *args, **about)
        self.folder = Path(path).parent

    def cursor(self, *_: Any) -> "WatchedCursor":
        return super().cursor(WatchedCursor)

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        return self.cursor().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
        return self.cursor().executemany(sql, *args)

    def commit(self) -> None:
        if self.in_transaction:
            self.through("COMMIT", super().commit)

    def through(self, sql: str, run: Callable[[], Any]) -> Any:
        here = [one for one in _armed if self.folder.name.startswith(one.place)]
        if not here:
            return run()
        number = here[-1].coming(self.folder, sql)
        done = run()
        if sql == "COMMIT":
            here[-1].passed(number, self.folder)
        return done


class WatchedCursor(sqlite3.Cursor):
    connection: Watched

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        return self.connection.through(sql, lambda: super(WatchedCursor, self).execute(sql, *args))

    def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
        return self.connection.through(sql, lambda: super(WatchedCursor, self).executemany(sql, *args))


@contextmanager
def watched() -> Iterator[None]:
    """Connections opened from here on are watched. sqlite3 is told so by its own `factory`."""
    real = sqlite3.connect

    def connect(*args: Any, **about: Any) -> sqlite3.Connection:
        return real(*args, **{"factory": Watched, **about})

    sqlite3.connect = sqlite3.dbapi2.connect = connect
    try:
        yield
    finally:
        sqlite3.connect = sqlite3.dbapi2.connect = real


@contextmanager
def armed(points: Points) -> Iterator[Points]:
    _armed.append(points)
    try:
        yield points
    finally:
        _armed.remove(points)


@contextmanager
def quiet() -> Iterator[None]:
    """The checker's own reading is no point."""
    held = _armed[:]
    _armed.clear()
    try:
        yield
    finally:
        _armed.extend(held)


def on_the_line(what: str) -> Points | None:
    """Pass a point of the line. Returns the points when this is the one that breaks."""
    for points in _armed:
        if points.place == "line":
            points.seen.append(what)
            if len(points.seen) == points.at:
                return points
    return None

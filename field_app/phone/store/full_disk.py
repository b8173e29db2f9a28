"""A full disk: its one translation into words, and room kept back for it (a ballast file), so that work goes on.

The reserve has room for about a hundred records. While it is given up, others' records and packs wait.
"""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sync.core.errors import DiskFull

SIZE = 512 * 1024  # bytes; one change has at most half of that
PLENTY = 4 * SIZE  # so much room, and it is kept back again


class Reserve:
    """The reserve of the database at this place. None: of one in memory, which needs none."""

    def __init__(self, database: Path | None):
        self._path = database.with_suffix(".reserve") if database else None
        self.is_given_up = False

    def make_room(self) -> None:
        """Before something is written: give the reserve up when the disk has no room for it."""
        if self._path and _free(self._path.parent) < SIZE:
            self.is_given_up = True
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def keep_back(self) -> None:
        """After something was written: keep the room back, unless there is too little."""
        if self._path is None or (self._path.exists() and not self.is_given_up) or not has_plenty(self._path.parent):
            return
        try:
            with self._path.open("wb") as file:
                file.write(os.urandom(SIZE))  # no file system stores that in less
                file.flush()
                os.fsync(file.fileno())
            self.is_given_up = False
        except OSError:
            self._path.unlink(missing_ok=True)


def has_plenty(folder: Path) -> bool:
    """Whether there is room here for what is no record of this nurse's."""
    return _free(folder) >= PLENTY


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def is_full(error: OSError | sqlite3.OperationalError) -> bool:
    """Whether the reason is that there is no room."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    name = getattr(error, "sqlite_errorname", "")
    return "full" in str(error) or name == "SQLITE_IOERR_SHMSIZE"


@contextmanager
def telling_full() -> Iterator[None]:
    """Raises DiskFull for whatever cannot be written inside since there is no room."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        if not is_full(error):
            raise
        raise DiskFull("could not write") from None

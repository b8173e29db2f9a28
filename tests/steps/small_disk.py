"""A small disk in memory, and what fills it."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

RESERVE = "phone.reserve"
WHY = "a small disk needs root on Linux (mount of a tmpfs)"


@contextmanager
def small_disk(folder: Path, size: str, skip: Callable[[str], object] = pytest.skip) -> Iterator[Path]:
    """A disk of this size. Where the system does not allow it, `skip` is told why."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True) if sys.platform == "linux" else None
    if done is None or done.returncode:
        skip(WHY)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def free(disk: Path) -> int:
    """Bytes free on the disk of this folder."""
    return shutil.disk_usage(disk).free


def fill(disk: Path, room: int = 0) -> Path:
    """Somebody else's photographs, up to `room` bytes before the end. Returns what to delete."""
    photographs = disk / "photographs"
    photographs.write_bytes(bytes(max(0, free(disk) - room)))
    return photographs

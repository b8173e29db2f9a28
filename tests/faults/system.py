"""What the operating system lends for breaking things: strace, to fail or kill at the N-th system call; a small disk.

Where the system does not allow it, the test is skipped with the reason, and the figures say so.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.faults import figures
from tests.steps import small_disk as steps

WRITES = "pwrite64"
CALLS = ("pwrite64", "fdatasync")


@cache
def _no_strace() -> str:
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False, capture_output=True)
    return "" if tried.returncode == 0 else "the system does not allow tracing (ptrace)"


def need_strace(family: str) -> None:
    if why := _no_strace():
        figures.skipped(family, why)
        pytest.skip(why)


def breaking(call: str, number: int, how: str) -> Sequence[str]:
    """The command before a command. `how`: `signal=SIGKILL`, `error=EIO`, `error=ENOSPC`."""
    inject = f"inject={call}:{how}:when={number}"
    return ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", "signal=none", "-e", inject)


def counting(path: Path) -> Sequence[str]:
    return ("strace", "-f", "-qq", "-o", str(path), "-e", f"trace={','.join(CALLS)}", "-e", "signal=none")


def counted(path: Path) -> dict[str, int]:
    lines = path.read_text(errors="replace").splitlines()
    return {call: sum(f" {call}(" in line for line in lines) for call in CALLS}


@contextmanager
def small_disk(folder: Path, size: str, family: str) -> Iterator[Path]:
    """A disk of this size in memory."""

    def skip(why: str) -> None:
        figures.skipped(family, why)
        pytest.skip(why)

    with steps.small_disk(folder, size, skip) as disk:
        yield disk

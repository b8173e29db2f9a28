"""A figure; how repeated times become one; what a process weighs."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tools.world import Process

Times = Sequence[float]


@dataclass(frozen=True)
class Figure:
    """One line of the table. `floor`: the same done with nothing of this project in it, in the same run."""

    area: str
    what: str
    value: float
    unit: str
    target: float | None = None
    floor: float | None = None
    detail: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target


@dataclass(frozen=True)
class Run:
    """What a group is given: an empty folder on a real disk, and whether it is only being tried."""

    folder: Path
    quick: bool

    def times(self, full: int, quick: int) -> int:
        return quick if self.quick else full


Group = Callable[[Run], list[Figure]]


def median(times: Times) -> float:
    return statistics.median(times)


def percentile(times: Times, percent: float) -> float:
    """The smallest measured time below or at which at least this share of all measured times lies."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def span(times: Times, unit: str, digits: int = 1) -> str:
    return f"n = {len(times)}, {min(times):.{digits}f} to {max(times):.{digits}f} {unit}"


def memory_mb(process: Process) -> float:
    """Resident memory of the process now."""
    assert process.child
    return psutil.Process(process.child.pid).memory_info().rss / 1e6

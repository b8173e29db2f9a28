"""What the comparison runs, and how often: a job is one column on one link with one set of incidents."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from bench.columns import OURS

OTHERS = ("rxdb", "pouch", "kinto", "forms")
ALL = (OURS, *OTHERS)
BRIEF = bool(os.environ.get("BENCH_BRIEF"))  # --brief: one turn of the others, three of ours
SLOW = ("3G", "EDGE", "EDGE!10")


@dataclass(frozen=True)
class Job:
    column: str
    link: str
    incidents: int
    turn: int = 0

    @property
    def alone(self) -> bool:
        """True when another job on the same processor would be seen in its figures."""
        quick = self.link in ("loopback", "4G") or (self.link == "3G" and self.incidents <= 50)
        return quick and self.column in (OURS, "rxdb", "pouch")


def plan(quick: bool, links: Sequence[str]) -> list[Job]:
    """The jobs, long ones first. What would take for ever is left out: the page says so."""
    if quick:
        return [Job(name, link, 1) for link in links[:2] for name in ALL]
    cases = product(links, ALL, (1, 50, 1000))
    jobs = [Job(name, link, size, turn) for link, name, size in cases for turn in range(turns(name, link, size))]
    if "EDGE" in links:
        jobs += [Job(OURS, "EDGE!10", 50, turn) for turn in range(3)]
        jobs += [] if BRIEF else [Job(OURS, "EDGE!10", 1000)]
        jobs += [Job(name, "EDGE!10", 50) for name in OTHERS]
    return sorted(jobs, key=lambda job: (-job.incidents, job.column != OURS))


def turns(name: str, link: str, size: int) -> int:
    """How often a job is run: more often when it is short or ours."""
    patient = name in ("kinto", "forms")
    if BRIEF:
        if size == 1000:
            return int(name == OURS or (name in ("rxdb", "pouch") and link in ("4G", "3G")))
        return 3 if name == OURS and size == 50 else 1
    if size == 1000:
        if link == "EDGE" or (patient and link != "4G"):
            return int(name == OURS)
        return 3 if name == OURS and link in ("loopback", "4G") else 1
    if size == 50 and link in SLOW:
        return 5 if name == OURS else 1 if patient else 3
    return 5 if name == OURS else 2

"""What the fault runs came to, for docs/faults.md: counted by family, written where FAULT_FIGURES says."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults import checker

LOST, DOUBLED, CLASHES = ("I1", "I2"), ("I3",), ("a clash is lost",)


@dataclass
class Family:
    """One kind of fault. `points`: places at which something was broken; `runs`: whole runs to the end, all checked."""

    points: int = 0
    runs: int = 0
    acknowledged: int = 0  # changes that a phone called received, each looked for at the centre
    clashes: int = 0  # that the checker worked out, each looked for on every screen
    lost: int = 0
    doubled: int = 0
    clashes_lost: int = 0
    broken: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


families: dict[str, Family] = {}


def family(name: str) -> Family:
    return families.setdefault(name, Family())


@contextmanager
def counted(name: str, *, points: int = 0) -> Iterator[None]:
    """One run, whose end the checker looks at."""
    here = family(name)
    here.points += points
    here.runs += 1
    before = dict(checker.looked_for)
    try:
        yield
    except AssertionError as error:
        said = str(error).splitlines()[0] if str(error) else "an assertion"
        here.broken.append(said)
        here.lost += said.startswith(LOST)
        here.doubled += said.startswith(DOUBLED)
        here.clashes_lost += any(one in said for one in CLASHES)
        raise
    finally:
        here.acknowledged += checker.looked_for["acknowledged"] - before["acknowledged"]
        here.clashes += checker.looked_for["clashes"] - before["clashes"]


def skipped(name: str, why: str) -> None:
    if why not in family(name).skipped:
        family(name).skipped.append(why)


def write() -> None:
    """What this test process has come to so far."""
    if (folder := os.environ.get("FAULT_FIGURES")) and families:
        path = Path(folder) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: asdict(one) for name, one in families.items()}))


def named(error: BaseException) -> str:
    """The invariant that was broken, or what else went wrong."""
    found = re.match(r"I\d+: .*", str(error))
    return found[0] if found else f"{type(error).__name__}: {str(error)[:200]}"

"""What a request costs the centre as its history grows: CPU time of its process, on SQLite.

The history is that of the tests (`tests/steps/centre/history.py`): real incidents, and clones of them by SQL. CPU time
leaves waiting out, and other work on the machine disturbs it little.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.figures import Figure, Run
from bench.ingest import used
from bench.recorded import centre
from sync.api.settings import database_url
from sync.client.address import Address
from tests.steps.centre import asked
from tests.steps.centre.history import History, laid
from tests.steps.centre.running import Clock, serving
from tools.world import Process

SIZES, FEW = (1_000, 20_000, 100_000), (1_000, 4_000)
TARGET_MS = 50.0  # of CPU, however much there is; what has to look at every incident has none
desk = asked.search_of_one_team
REQUESTS: dict[str, tuple[asked.Way, float | None]] = {
    "Sync with nothing to do": (asked.idle, TARGET_MS),
    "Push of one change": (asked.push_of_one, TARGET_MS),
    "New phone: newest page, then 40 small ones": (asked.new_phone, 4 * TARGET_MS),
    "One incident opened": (asked.WAYS["old incident, by a lead of one team"], TARGET_MS),
    "Live board: the open ones": (partial(desk, view="open", limit=100), 2 * TARGET_MS),
    "Live board: the overdue ones": (partial(desk, view="overdue", limit=100), TARGET_MS),
    "Records, with their total": (partial(desk, view="all"), None),
    "Records of one nature, with their total": (partial(desk, nature="mh_primary"), None),
    "Records with a name, with their total": (partial(desk, q="sheila brandreth"), None),
}


def measure(run: Run) -> list[Figure]:
    data = run.folder / "centre"
    figures = []
    with serving(database_url("", data), data, Clock()) as running:
        at = laid(running, run.times(50, 6))
        for size in FEW if run.quick else SIZES:
            at.grow(size)
            mb = sum(file.stat().st_size for file in data.glob("centre.db*")) / 1e6
            with served(at) as process:
                for name, (way, target) in REQUESTS.items():
                    times = run.times(40, 10)
                    ms = cpu_ms(process, at, way, times)
                    figures.append(
                        Figure(f"Centre with {size:,} incidents", name, ms, "ms", target, None, f"n = {times}")
                    )
            figures.append(Figure(f"Centre with {size:,} incidents", "On the disk", mb, "MB"))
    return figures


@contextmanager
def served(at: History) -> Iterator[Process]:
    """A centre over this history in a process of its own. Whoever asks, asks that one."""
    process = centre(at.running.centre.settings.data).start()
    at.running.url = process.url
    for phone in (at.phone, at.lead, at.spare):
        phone.client.close()
        phone.client.address = Address(process.url)
    try:
        yield process
    finally:
        process.kill()


def cpu_ms(process: Process, at: History, way: asked.Way, times: int) -> float:
    """Milliseconds of CPU a request. The first, which fills its caches, is not counted."""
    way(at)()
    before = used(process)
    for _ in range(times):
        way(at)()
    spent = used(process) - before
    assert spent > 0, "somebody else answered"
    return spent / times * 1000

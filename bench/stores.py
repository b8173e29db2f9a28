"""A phone's store as it grows: seal, open, list, search, fold, bytes on the disk, at 100, 1,000 and 10,000 incidents.

Each incident has the records of a synthetic one, each record one change, so that ten thousand are there in a minute.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from random import Random
from uuid import UUID

from bench.figures import Figure, Run, median, percentile
from bench.material import SENDER, cases
from bench.notes import rewritten
from bench.recorded import PIN, centre, phone
from bench.seals import Floor
from demo import PASSWORD
from demo.synthetic import Case
from field_app.phone.session import Session
from field_app.phone.store.disk import Intent
from sync.domain.records.fold import fold_records
from sync.domain.records.incident import Incident

SIZES, FEW = (100, 1000, 10_000), (20, 100)
DIFFERENT = 500  # incidents made anew; then they come again under other ids
PAGE, SEAL_MS, OPEN_MS = 50, 3.0, 20.0
SOUGHT = "crisis"
WRITTEN = """SELECT change.ct, incident.ct FROM outbox JOIN change USING (vault_id, change_id)
    JOIN incident ON incident.vault_id = outbox.vault_id AND incident.incident_id = outbox.incident_id
    ORDER BY device_seq DESC LIMIT 1"""  # the sealed change and view that the last seal put down


def measure(run: Run) -> list[Figure]:
    served = centre(run.folder / "centre").start()
    device = phone(run.folder / "phone", served.url)
    session = device.sign_in(SENDER, PASSWORD, PIN)
    served.kill()
    figures, sealed = [], 0
    waiting = incidents()
    for size in FEW if run.quick else SIZES:
        for intents in islice(waiting, size - sealed):
            session.store.seal(session.who.practitioner_id, session.who.role, intents)
        sealed = size
        device.close()
        last = size == (FEW if run.quick else SIZES)[-1]
        figures += at_size(run, size, last=last)
        device = phone(run.folder / "phone", served.url)
        session = device.unlock(SENDER, PIN)
    device.close()
    return figures


def incidents() -> Iterator[list[Intent]]:
    """Incidents without end: what each record holds at last, as one change."""
    kept: list[Case] = list(islice(cases(), DIFFERENT))
    for number, case in enumerate(cycle(kept)):
        new = {case.incident_id: fresh(case.incident_id, number)}
        answers: dict[str, dict] = {}
        kinds: dict[str, str] = {}
        for step in case.steps:
            record_id = new.setdefault(step.record_id, fresh(step.record_id, number))
            kinds[record_id] = step.kind
            answers.setdefault(record_id, {}).update(rewritten(dict(step.answers), record_id))
        incident_id = new[case.incident_id]
        yield [Intent(record_id, incident_id, kinds[record_id], "set", given) for record_id, given in answers.items()]


def fresh(known_id: str, number: int) -> str:
    """Another id, the same for the same known one and number."""
    return str(UUID(int=Random(f"{known_id} {number}").getrandbits(128), version=4))


def at_size(run: Run, size: int, *, last: bool) -> list[Figure]:
    area = f"Phone's store with {size:,} incidents"
    folder = run.folder / "phone"
    opened = [one_opening(folder) for _ in range(run.times(7, 2))]
    device = phone(folder, "http://127.0.0.1:9")
    session = device.unlock(SENDER, PIN)
    newest = [incident.incident_id for incident in session.store.incidents(20)]
    floor, beside = Floor(run.folder / f"floor {size}.db"), sqlite3.connect(folder / "phone.db")
    seals, bare = [], []
    for turn in range(run.times(400, 20)):
        seals.append(ms(lambda turn=turn: session.stamp(newest[turn % 20], "arrived")))
        bare.append(floor.insert(beside.execute(WRITTEN).fetchone()))
    beside.close()
    folds = [ms(partial(folded, session, incident)) for incident in session.store.incidents(PAGE)]
    device.close()
    device = phone(folder, "http://127.0.0.1:9")
    store = device.unlock(SENDER, PIN).store
    matches: list[Incident] = []
    searched = ms(lambda: matches.extend(known for known in store.incidents(size) if holds(known, SOUGHT)))
    device.close()
    disk = sum(path.stat().st_size for path in folder.glob("phone.db*"))
    detail = f"{len(matches):,} found, nothing read before"
    return [
        Figure(area, "Seal, median", median(seals), "ms", None, median(bare), f"n = {len(seals)}"),
        Figure(area, "Seal, 99th percentile", percentile(seals, 99), "ms", SEAL_MS, percentile(bare, 99)),
        Figure(area, "Open and list the first 50, after unlocking", median(opened), "ms", OPEN_MS if last else None),
        Figure(area, "Fold one incident again from its changes", median(folds), "ms"),
        Figure(area, "Search every word of all of them", searched, "ms", detail=detail),
        Figure(area, "On the disk", disk / 1e6, "MB", detail=f"{disk / size / 1000:.1f} kB an incident"),
    ]


def one_opening(folder: Path) -> float:
    """Milliseconds from an unlocked vault of a closed database to the first page; the PIN's stretching is not in it."""
    device = phone(folder, "http://127.0.0.1:9")
    session = device.unlock(SENDER, PIN)
    taken = ms(lambda: session.store.incidents(PAGE))
    device.close()
    return taken


def holds(incident: Incident, word: str) -> bool:
    return any(word in str(value) for record in incident.records.values() for value in record.values.values())


def folded(session: Session, incident: Incident) -> None:
    fold_records(change for record_id in incident.records for change in session.store.history(record_id))


def ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000

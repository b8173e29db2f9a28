"""The centre and phones as processes of their own, which can be killed; the one checker looks at their ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import select

from demo import PASSWORD
from field_app.phone.store.disk import SystemClock
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.protocol.exchange import sync_once
from tests.faults import checker
from tests.faults.rig import opened
from tests.steps.builders import Pocket

ROOT = Path(__file__).parents[2]
START_S = 60


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Centre:
    """`python -m sync.api`, on one port for all its lives."""

    folder: Path
    url: str = ""  # of PostgreSQL; without it SQLite in the folder
    workers: int = 1
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, wrap: Sequence[str] = ()) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        env = {
            **os.environ, "ALONGSIDE_DATA": str(self.folder), "ALONGSIDE_PORT": str(self.port),
            "ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1", "ALONGSIDE_WORKERS": str(self.workers),
            "DATABASE_URL": self.url,
        }  # fmt: skip
        log = (self.folder / "centre.log").open("ab")
        self.process = subprocess.Popen(
            [*wrap, sys.executable, "-m", "sync.api"], cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
        log.close()

    def ready(self) -> bool:
        """Whether it came up; False when it ended before."""
        assert self.process
        for _ in range(START_S * 20):
            if self.process.poll() is not None:
                return False
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.address}/ready", timeout=2).status_code == 200:
                    return True
            time.sleep(0.05)
        raise TimeoutError("the centre does not come up")

    def kill(self) -> None:
        """kill -9, workers too: no handler runs, nothing is flushed."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def database(self) -> Database:
        return Database(self.url or f"sqlite:///{self.folder / 'centre.db'}")

    def rows(self) -> list:
        db = self.database()
        try:
            with db.read() as conn:
                return list(conn.execute(select(change_log).order_by(change_log.c.seq)).all())
        finally:
            db.close()


@dataclass
class Said:
    """What a phone's process has claimed, in all its lives."""

    sealed: set[str] = field(default_factory=set)
    received: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    words: str = ""  # on standard error


@dataclass
class PhoneProcess:
    folder: Path
    centre: str
    username: str = "amina.yusuf"
    said: Said = field(default_factory=Said)
    on_line: Callable[[str], None] = lambda _line: None

    def command(self, count: int, seconds: float) -> list[str]:
        return ["tests.faults.driver", str(self.folder), self.centre, self.username, str(count), str(seconds)]

    def run(self, count: int, wrap: Sequence[str] = (), kill_at: int | None = None, seconds: float = 60) -> bool:
        """Let it live until it rests, dies, or has said `kill_at` lines. True: it came to rest."""
        command = [*wrap, sys.executable, "-m", *self.command(count, seconds)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
        ) as child:
            assert child.stdout
            assert child.stderr
            rested = False
            watchdog = threading.Timer(120, lambda: os.killpg(child.pid, signal.SIGKILL))
            watchdog.start()
            for lines, line in enumerate(child.stdout, 1):
                word, _, rest = line.strip().partition(" ")
                rested = rested or word == "REST"
                if word == "SEALED":
                    self.said.sealed.add(rest)
                if word == "RECEIVED":
                    self.said.received.add(rest)
                if word == "FAILED":
                    self.said.failed.append(rest)
                self.on_line(line)
                if lines == kill_at:
                    with suppress(ProcessLookupError):
                        os.killpg(child.pid, signal.SIGKILL)
            watchdog.cancel()
            self.said.words += child.stderr.read()
        return rested

    def rest(self, count: int = 1) -> None:
        """A life in which nothing is broken."""
        assert self.run(count), f"I8: the phone did not come to rest; it said {self.said.words[-600:]!r}"

    def pocket(self) -> Pocket:
        """Its store, opened here once it has ended."""
        return opened(self.folder, self.username, SystemClock(), (self.folder / "training.key").read_bytes())


def check(centre: Centre, phones: Sequence[PhoneProcess]) -> None:
    """Everything has come to rest and the centre runs: all invariants, over what lies on the disks."""
    pockets = [phone.pocket() for phone in phones]
    try:
        for pocket in pockets:  # what the others sent meanwhile
            client = Client(centre.address, pocket.store.sync.token(), own=pocket.store.sync.own, timeout=20)
            for _ in range(20):
                report = sync_once(pocket.store.sync, client)
                assert not report.code, f"I8: a phone does not come to rest: {report.code}"
                if not (report.more or report.sent or report.pulled):
                    break
            client.close()
        sealed = set().union(*(phone.said.sealed for phone in phones))
        received = set().union(*(phone.said.received for phone in phones))
        words = "\n".join(phone.said.words for phone in phones)
        words += (centre.folder / "centre.log").read_text(errors="replace")
        checker.check(checker.World(centre.rows(), pockets, sealed, received, pulled(centre), (), words))
    finally:
        for pocket in pockets:
            pocket.db.conn.close()


def pulled(centre: Centre) -> dict:
    reader = Device("Reader", SystemClock().now)
    client = Client(centre.address, own=reader.own, timeout=20)
    reader.sign_in(partial(client.sign_in, training=True), "ruth.okoro", PASSWORD)
    while sync_once(reader, client).more:
        pass
    client.close()
    return reader.log

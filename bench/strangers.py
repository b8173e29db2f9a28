"""What somebody whom the centre does not know can make it do: CPU and memory a request, and who has to wait for it.

A real process of the centre gets each of `bench.attackers`' requests again and again. Then fifty send nothing else, and
fifty say nothing at all, while nurses sign in and a phone syncs.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event, Thread

import psutil

from bench import attackers
from bench.alone import ROOT
from bench.attackers import Attack, attacks
from bench.figures import Figure, Run, median, span
from bench.recorded import centre
from demo import PASSWORD
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.protocol.exchange import sync_once
from tools.world import Process

AREA, WAITING = "A stranger's request", "While strangers are at it"
CPU_MS, MEMORY_MB, SIGN_IN_S = 200.0, 10.0, 1.0
STRANGERS, NURSE = 50, "amina.yusuf"


@dataclass
class KnownPhone:
    """A phone that has signed in, and its line."""

    device: Device
    client: Client

    @classmethod
    def at(cls, url: str) -> "KnownPhone":
        device = Device("Phone", lambda: datetime.now(UTC))
        phone = cls(device, Client(url))
        phone.sign_in()
        return phone

    def sign_in(self) -> None:
        self.device.sign_in(partial(self.client.sign_in, training=True), NURSE, PASSWORD)
        self.client.own = self.device.own


def measure(run: Run) -> list[Figure]:
    served = centre(run.folder / "centre", ALONGSIDE_DESKS="127.0.0.1").start()  # as if each had an address of its own
    assert served.child
    process = psutil.Process(served.child.pid)
    try:
        phone = KnownPhone.at(served.url)
        known = attacks(phone.device.device_id)
        sync_once(phone.device, phone.client)  # what a centre loads once is loaded now
        figures = [figure for attack in known for figure in cost(served, process, attack, run.times(10, 1))]
        times = run.times(20, 3)
        figures += waited("nobody", phone, times)
        with watched(process) as seen, attacked(served, phone):
            figures += waited(f"{STRANGERS} send the small ones of these", phone, times, SIGN_IN_S)
        grown = (max(seen) - seen[0]) / 1e6
        figures.append(Figure(WAITING, f"{STRANGERS} send the small ones of these: memory", grown, "MB"))
        with attacked(served, phone, "guesses"):
            figures += waited(f"{STRANGERS} try passwords", phone, times, SIGN_IN_S)
        with silent(served):
            figures += waited(f"{STRANGERS} say nothing", phone, times, SIGN_IN_S)
        return figures
    finally:
        served.kill()


def cost(served: Process, process: psutil.Process, attack: Attack, times: int) -> list[Figure]:
    """CPU a request, and by how much the process has grown at the most."""
    with watched(process) as seen:
        before = used(process)
        for _ in range(times):
            attackers.send(served.port, attack)
        cpu_ms = (used(process) - before) / times * 1000
    return [
        Figure(AREA, f"{attack.what}: CPU", cpu_ms, "ms", CPU_MS, detail=f"n = {times}"),
        Figure(AREA, f"{attack.what}: memory", (max(seen) - seen[0]) / 1e6, "MB", MEMORY_MB),
    ]


def waited(who: str, phone: KnownPhone, times: int, target: float | None = None) -> list[Figure]:
    """How long a sign-in and a sync take meanwhile, and whether the phone is sent away."""
    signing, syncing, backoff = [], [], 0
    for _ in range(times):
        begun = time.perf_counter()
        phone.sign_in()
        signing.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        report = sync_once(phone.device, phone.client)
        syncing.append(time.perf_counter() - begun)
        assert not report.code, report.code
        backoff = max(backoff, report.backoff_s)
    return [
        Figure(WAITING, f"{who}: a sign-in, median", median(signing), "s", target, detail=span(signing, "s", 2)),
        Figure(WAITING, f"{who}: a sign-in, the longest", max(signing), "s", target),
        Figure(
            WAITING, f"{who}: a sync with nothing to do, median", median(syncing), "s", detail=span(syncing, "s", 2)
        ),
        Figure(WAITING, f"{who}: a phone is told to come back in", float(backoff), "s", 0.0),
    ]


@contextmanager
def watched(process: psutil.Process) -> Iterator[list[int]]:
    """The resident bytes of the process, every few milliseconds; the first before anything else."""
    seen, over = [process.memory_info().rss], Event()

    def watch() -> None:
        while not over.wait(0.003):
            seen.append(process.memory_info().rss)

    watching = Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
        seen.append(process.memory_info().rss)


@contextmanager
def attacked(served: Process, phone: KnownPhone, what: str = "small") -> Iterator[None]:
    """Attackers in a process of their own, so that they take nothing from whoever measures."""
    asked = [sys.executable, "-m", "bench.attackers", str(served.port), phone.device.device_id, str(STRANGERS), what]
    with subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout
            child.stdout.readline()
            time.sleep(2)
            yield
        finally:
            child.kill()


@contextmanager
def silent(served: Process) -> Iterator[None]:
    """Requests of which only the beginning has come."""
    with ExitStack() as lines:
        for _ in range(STRANGERS):
            line = lines.enter_context(closing(socket.create_connection(("127.0.0.1", served.port), timeout=60)))
            line.sendall(attackers.head("POST /v1/sync") + b"content-length: 1000\r\n\r\n{")
        yield


def used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system

"""A lane: a client's and a server's network namespace with one link between them, and what passed over it.

Needs Linux, root and, for any link but loopback, /dev/net/tun. Without these a lane is plain: 127.0.0.1, and nothing is
counted.
"""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from bench.alone import ROOT
from bench.emulator import ADDRESSES
from tools.world import free_port

PREFIX = "alongside-bench"
PORT = 5984
_number = count()


def possible() -> str:
    """Why there can be no namespaces and links here; "" when there can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "network namespaces need Linux and root"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "/dev/net/tun is not there"
    if subprocess.run(["ip", "netns", "list"], capture_output=True, check=False).returncode:
        return "`ip netns` does not work here"
    return ""


def sweep() -> None:
    """Delete the namespaces that a killed run has left."""
    for line in ip("netns", "list").splitlines():
        name = line.split()[0] if line.split() else ""
        if name.startswith(PREFIX) and not Path(f"/proc/{name.split('-')[2]}").exists():
            ip("netns", "del", name)


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], capture_output=True, text=True, check=True).stdout


class Lane:
    """`with Lane("3G", folder) as lane:` — `at_client` and `at_server` go before a command that is to run there."""

    def __init__(self, link: str, folder: Path, seed: int = 0, *, plain: bool = False):
        self.link, self.plain, self._folder, self._seed = link, plain, folder, seed
        self.at_client: list[str] = []
        self.at_server: list[str] = []
        self.host, self.port = ("127.0.0.1", free_port()) if plain else (ADDRESSES[1], PORT)
        self._emulator: subprocess.Popen | None = None
        self._before = {"up": 0, "down": 0}

    def __enter__(self) -> "Lane":
        if self.plain:
            return self
        prefix = f"{PREFIX}-{os.getpid()}-{next(_number)}"
        self._names = (f"{prefix}c", f"{prefix}s")
        for name in self._names:
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            reno = ["net.ipv4.tcp_congestion_control=reno", "net.ipv4.tcp_no_metrics_save=1"]
            subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", *reno], check=False, capture_output=True)
        self.at_client, self.at_server = (["ip", "netns", "exec", name] for name in self._names)
        if self.link == "loopback":
            self._join()
        else:
            self._emulate()
        return self

    def _join(self) -> None:
        client, server = self._names
        ip("link", "add", "link0", "netns", client, "type", "veth", "peer", "name", "link0", "netns", server)
        for name, address in zip(self._names, ADDRESSES, strict=True):
            ip("-n", name, "addr", "add", f"{address}/30", "dev", "link0")
            ip("-n", name, "link", "set", "link0", "up")

    def _emulate(self) -> None:
        self._control = str(self._folder / "link.sock")
        with suppress(FileNotFoundError):
            os.unlink(self._control)
        command = [sys.executable, "-m", "bench.emulator", *self._names, self._control, self.link, str(self._seed)]
        self._emulator = subprocess.Popen(command, cwd=ROOT)
        for _ in range(400):
            with suppress(OSError):
                self._ask("stats")
                return
            time.sleep(0.05)
        raise RuntimeError("the link does not come up")

    def _ask(self, order: str) -> dict[str, int]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.bind("")  # any free name
            client.settimeout(5)
            client.sendto(order.encode(), self._control)
            return json.loads(client.recv(4096))

    def reset(self) -> None:
        """Let the last packets arrive, then count from here."""
        if self._emulator:
            for _ in range(50):
                if not self._ask("stats")["waiting"]:
                    break
                time.sleep(0.1)
            self._ask("reset")
        elif not self.plain:
            self._before = self._device()

    def stats(self) -> dict[str, int | None]:
        """Since the last reset: bytes up and down, and where the link knows them connections, requests, cuts."""
        if self._emulator:
            return {**self._ask("stats")}
        if self.plain:
            return {"up": None, "down": None}
        return {way: size - self._before[way] for way, size in self._device().items()}

    def _device(self) -> dict[str, int]:
        command = [*self.at_client, "cat", "/proc/net/dev"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.strip().startswith("link0"))
        numbers = line.partition(":")[2].split()
        return {"up": int(numbers[8]), "down": int(numbers[0])}

    def __exit__(self, *_: object) -> None:
        if self.plain:
            return
        if self._emulator:
            self._emulator.kill()
            self._emulator.wait()
        for name in self._names:
            for process in ip("netns", "pids", name).split():
                with suppress(ProcessLookupError):
                    os.kill(int(process), 9)  # only what this lane started can be in its namespaces
            ip("netns", "del", name)

"""Start the centre, the phone app and the desktop console, and stop them together (`./build.sh run`).

Standard library only: build.sh also runs it with `--check` before anything is installed.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8600
READY_SECONDS = 60.0
SEED_SECONDS = 120.0
STOP_SECONDS = 4.0

# An address on this machine is never asked through a proxy.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class Stopped(Exception):
    """Ctrl-C, or a request to stop."""


class StartFailed(Exception):
    """Why it cannot go on, in words for the person at the terminal."""


class Child:
    """One program that runs, and its log file."""

    def __init__(self, name: str, module: str, env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        with log.open("wb") as out:
            self.child = _start([module], env, out)

    def died(self) -> bool:
        return self.child.poll() is not None

    def signal(self, number: int) -> None:
        if not self.died():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.child.pid, number)


def _start(module: list[str], env: dict[str, str], out: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start `python -m module …` in a session of its own, so that Ctrl-C reaches only this runner."""
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./build.sh run", description="Starts the centre, the phone app and the desktop console on this machine."
    )
    add = parser.add_argument
    add("--data", type=Path, default=ROOT / ".alongside", help="where everything is kept (default: .alongside)")
    add("--port", type=int, default=DEFAULT_PORT, help="phone; the desktop is one higher, the centre two")
    add("--empty", action="store_true", help="without the synthetic incidents")
    add("--lan", action="store_true", help="open to every device in this network")
    add("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if not 1 <= options.port <= 65533:
        parser.error("--port must be between 1 and 65533")
    options.data = options.data.expanduser().resolve()
    return options


# --- Before anything starts -------------------------------------------------------------------------------------------


def why_not_free(host: str, port: int) -> str | None:
    """Why this port cannot be used; None when it can."""
    with socket.socket() as client:
        client.settimeout(1)
        if client.connect_ex(("127.0.0.1", port)) == 0:
            return "is already in use"
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except PermissionError:
            return "may only be used by root"
        except OSError:
            return "is already in use"
    return None


def check_ports(host: str, first: int) -> None:
    for port in range(first, first + 3):
        if reason := why_not_free(host, port):
            advice = f"Stop what uses it, or choose others: ./build.sh run --port {first + 100}"
            raise StartFailed(f"Port {port} {reason}. {advice}")


def claim(data: Path) -> IO[str]:
    """Make the data folder and hold it for this run; the lock goes when the returned file does."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "logs").mkdir(exist_ok=True)
        lock = (data / "run.lock").open("w")
    except OSError as error:
        advice = "Choose another folder: ./build.sh run --data DIR"
        raise StartFailed(f"Cannot write to {data}: {error.strerror}. {advice}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        advice = "Stop that one, or choose another folder with --data."
        raise StartFailed(f"{data} is in use by another ./build.sh run. {advice}") from error
    return lock


def lan_addresses() -> list[str]:
    """This machine's own addresses in the network. Choosing a route for a datagram sends nothing."""
    addresses: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        addresses.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        addresses += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return sorted({address for address in addresses if not address.startswith("127.")})


# --- Running ----------------------------------------------------------------------------------------------------------


class Programs:
    """The three processes of one run."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.data: Path = options.data
        self.port: int = options.port
        self.empty: bool = options.empty
        self.host = "0.0.0.0" if options.lan else "127.0.0.1"
        self.hosts = ["127.0.0.1", "localhost", *(lan_addresses() if options.lan else [])]
        self.centre = f"http://127.0.0.1:{options.port + 2}"
        self.processes: list[Child] = []
        self.stopping = False

    def start(self) -> None:
        device = {"ALONGSIDE_CENTRE": self.centre, "ALONGSIDE_TRAINING": "1"}
        demo = {"ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1"} | (
            {"ALONGSIDE_DEMO_EMPTY": "1"} if self.empty else {}
        )
        self._process("centre", "sync.api", self.port + 2, demo)
        self._process("phone", "field_app.main", self.port, device)
        self._process("console", "field_app.console", self.port + 1, device)

    def _process(self, name: str, module: str, port: int, env: dict[str, str]) -> None:
        folder = self.data / name
        folder.mkdir(mode=0o700, exist_ok=True)
        origins = " ".join(f"http://{host}:{port}" for host in self.hosts)
        env = {**env, "ALONGSIDE_DATA": str(folder), "ALONGSIDE_HOST": self.host, "ALONGSIDE_PORT": str(port)}
        env["ALONGSIDE_ORIGINS"] = origins
        self.processes.append(Child(name, module, env, self.data / "logs" / f"{name}.log"))

    def ready(self) -> None:
        """Returns when all three answer and the demo data are in."""
        self.wait(lambda: answers(f"{self.centre}/ready"), READY_SECONDS, "centre")
        if not self.empty:
            self.seed()
        self.wait(lambda: answers(f"http://127.0.0.1:{self.port}/"), READY_SECONDS, "phone")
        self.wait(lambda: answers(f"http://127.0.0.1:{self.port + 1}/"), READY_SECONDS, "console")

    def seed(self) -> None:
        """Run the program that lays the synthetic incidents; on data it has seen before it does nothing."""
        folder, log = self.data / "demo", self.data / "logs" / "demo.log"
        folder.mkdir(mode=0o700, exist_ok=True)
        with log.open("wb") as out:
            child = _start(["demo", "--centre", self.centre], {"ALONGSIDE_DATA": str(folder)}, out)
        try:
            self.wait(lambda: child.poll() is not None, SEED_SECONDS, "demo")
        finally:
            if child.poll() is None:
                child.kill()
        if child.returncode != 0:
            raise StartFailed(f"The demo data could not be laid. The last lines of {log}:\n{tail(log)}")

    def wait(self, done: Callable[[], bool], seconds: float, name: str) -> None:
        """Returns when `done()`. Raises when a process dies, the time is over, or somebody stops the run."""
        end = time.monotonic() + seconds
        while not done():
            self.check()
            if time.monotonic() > end:
                log, what = self.data / "logs" / f"{name}.log", f"The {name} did not answer within {seconds:.0f} s."
                raise StartFailed(f"{what} The last lines of {log}:\n{tail(log)}")
            time.sleep(0.1)

    def check(self) -> None:
        if self.stopping:
            raise Stopped
        for process in self.processes:
            if process.died():
                code = process.child.returncode
                what = f"The {process.name} stopped by itself (code {code})."
                raise StartFailed(f"{what} The last lines of {process.log}:\n{tail(process.log)}")

    def on_signal(self, *_: object) -> None:
        self.stopping = True

    def stop(self) -> None:
        """Ask all to end, and end those that have not within STOP_SECONDS."""
        for process in reversed(self.processes):
            process.signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while time.monotonic() < end and not all(process.died() for process in self.processes):
            time.sleep(0.05)
        for process in self.processes:
            process.signal(signal.SIGKILL)
            process.child.wait()


def answers(url: str) -> bool:
    try:
        with _open(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace").splitlines()[-lines:] if log.exists() else []
    return "\n".join(f"    {line}" for line in text) or "    (nothing)"


def demo_people() -> str:
    command = [sys.executable, "-m", "demo", "--people"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.rstrip() if done.returncode == 0 else "(python -m demo --people could not name the demo people)"


def say_ready(run: Programs, lan: bool) -> None:
    hosts = ["127.0.0.1", *(lan_addresses() if lan else [])]
    lines = ["", "Alongside is ready. Everything in it is made up.", ""]
    for name, port in (("Phone", run.port), ("Desktop", run.port + 1), ("Centre", run.port + 2)):
        lines += [f"  {name if host == hosts[0] else '':<9} http://{host}:{port}" for host in hosts]
    lines += ["", demo_people(), "", f"Data and logs: {run.data}"]
    if lan:
        lines += ["", "WARNING: anyone in this network can open it, without TLS. Use it with made-up people only."]
        lines += ["Programs elsewhere reach this centre in training alone: ALONGSIDE_PLAIN_HTTP=1 lets them."]
        if len(hosts) == 1:
            lines += ["No network address was found on this machine: is it connected?"]
    lines += ["", "Ctrl-C stops it. The data stay: the same command finds them again."]
    print("\n".join(lines), flush=True)


def main(argv: list[str]) -> int:
    options = parse(argv)
    run = Programs(options)
    try:
        check_ports(run.host, run.port)
        if options.check:
            return 0
        lock = claim(run.data)
    except StartFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, run.on_signal)
    try:
        print("Starting the centre, the phone and the desktop …", flush=True)
        run.start()
        run.ready()
        say_ready(run, options.lan)
        run.wait(lambda: False, float("inf"), "")
    except Stopped:
        print("\nStopping …", flush=True)
        return 0
    except StartFailed as failed:
        print(failed, file=sys.stderr, flush=True)
        return 1
    finally:
        run.stop()
        lock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Real processes: a centre, phones and a console, each of which can be killed and started again.

For the browser tests, the screenshots and the benchmarks; the folder and the ports stay the same over a kill.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.drive import DESK, PHONE, Screen

ROOT = Path(__file__).parents[1]
SHOTS = Path(os.environ.get("ALONGSIDE_SHOTS", ROOT / ".shots"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Process:
    """One of the three programs, on a port and a folder that stay the same over a kill and a new start."""

    def __init__(self, module: str, folder: Path, ready: str, **settings: str):
        self.module, self.folder, self.port = module, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ready = self.url + ready
        self.settings = {
            "ALONGSIDE_DATA": str(folder), "ALONGSIDE_HOST": "127.0.0.1", "ALONGSIDE_PORT": str(self.port), **settings
        }  # fmt: skip
        self.child: subprocess.Popen | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> "Process":
        log = (self.folder.parent / f"{self.folder.name}.log").open("ab")
        self.child = subprocess.Popen(
            [sys.executable, "-m", self.module], cwd=ROOT, env={**os.environ, **self.settings}, stdout=log, stderr=log
        )
        log.close()
        for _ in range(3000):
            if self.child.poll() is not None:
                raise RuntimeError(f"{self.module} stopped; see {self.folder.parent}")
            try:
                with urllib.request.urlopen(self.ready, timeout=2):
                    return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"{self.module} does not answer")

    def kill(self) -> None:
        """As if the battery fell out."""
        if self.child:
            self.child.send_signal(signal.SIGKILL)
            self.child.wait()
            self.child = None

    def log(self) -> str:
        return (self.folder.parent / f"{self.folder.name}.log").read_text(errors="replace")


class World:
    """A centre with its demo people, and whatever phones and consoles a test starts."""

    def __init__(self, folder: Path, browser):
        self.folder, self.browser = folder, browser
        self.processes: list[Process] = []
        self.screens: list[Screen] = []
        people = {"ALONGSIDE_DEMO": "1", "ALONGSIDE_DEMO_EMPTY": "1"}
        self.centre = self._add(Process("sync.api", folder / "centre", "/ready", **people).start())

    def _add(self, process: Process) -> Process:
        self.processes.append(process)
        return process

    def phone(self, name: str) -> Process:
        centre = {"ALONGSIDE_CENTRE": self.centre.url, "ALONGSIDE_TRAINING": "1"}
        return self._add(Process("field_app.main", self.folder / name, "/", **centre).start())

    def console(self) -> Process:
        centre = {"ALONGSIDE_CENTRE": self.centre.url, "ALONGSIDE_TRAINING": "1"}
        return self._add(Process("field_app.console", self.folder / "console", "/", **centre).start())

    def screen(self, process: Process, name: str, **more) -> Screen:
        shape = DESK if process.module.endswith("console") else PHONE
        made = Screen(self.browser, process.url, shape, SHOTS, name, **more)
        self.screens.append(made)
        return made.open()

    def close(self) -> None:
        outside = [url for screen in self.screens for url in screen.outside]
        for screen in self.screens:
            screen.shoot("last")
            screen.close()
        for process in self.processes:
            process.kill()
        assert not outside, f"requests left this machine: {outside}"

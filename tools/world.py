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
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser

from field_app.ui.browsers import device_name
from tools.chromium import DESK, PHONE
from tools.drive import Screen

ROOT = Path(__file__).parents[1]
SHOTS = Path(os.environ.get("ALONGSIDE_SHOTS", ROOT / ".shots"))


def _ahead(at: datetime | None) -> int:
    return round((at - datetime.now(UTC)).total_seconds()) if at else 0


def token_of(phone: Path) -> str:
    """The cookie of every window on the phone in this folder, so that all are the same device."""
    return phone.name.ljust(43, "-")[:43]


def device_folder(phone: Path) -> Path:
    """Where the app keeps the device of these windows."""
    return phone / "devices" / device_name(token_of(phone))


def window(browser: Browser, process: "Process", shape: dict, shots: Path, name: str, **more) -> Screen:
    """A window on a phone or a desk."""
    screen = Screen(browser, process.url, shape, shots, name, **more)
    screen.context.add_cookies([{"name": "alongside_phone", "value": token_of(process.folder), "url": process.url}])
    return screen.open()


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


class Process:
    """One of the three programs, on a port and a folder that stay the same over a kill and a new start."""

    def __init__(self, module: str, folder: Path, ready: str, **settings: str):
        self.module, self.folder, self.port = module, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ready = self.url + ready
        place = {"ALONGSIDE_DATA": str(folder), "ALONGSIDE_HOST": "127.0.0.1", "ALONGSIDE_PORT": str(self.port)}
        self.settings = place | settings
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
    """A centre with its demo people, and the phones and consoles that a test starts. `at`: the time in this world."""

    def __init__(self, folder: Path, browser: Browser, at: datetime | None = None):
        self.folder, self.browser, self.ahead = folder, browser, _ahead(at)
        self.processes: list[Process] = []
        self.screens: list[Screen] = []
        people = {"ALONGSIDE_TRAINING": "1", "ALONGSIDE_DEMO": "1", "ALONGSIDE_DEMO_EMPTY": "1"}
        self.centre = self._start("sync.api", "centre", "/ready", people)

    def _start(self, module: str, name: str, ready: str, settings: dict[str, str], ahead: int = 0) -> Process:
        if self.ahead or ahead:
            settings = settings | {"ALONGSIDE_RUN": module, "ALONGSIDE_AHEAD_S": str(self.ahead + ahead)}
            module = "tools.other_clock"
        self.processes.append(Process(module, self.folder / name, ready, **settings).start())
        return self.processes[-1]

    def phone(self, name: str, fast_s: int = 0) -> Process:
        """A phone, its clock `fast_s` seconds ahead of the centre's."""
        centre = {"ALONGSIDE_CENTRE": self.centre.url, "ALONGSIDE_TRAINING": "1"}
        patient = {"ALONGSIDE_LOCK_MINUTES": "5"}  # one nurse waits while another is at work
        return self._start("field_app.main", name, "/", centre | patient, fast_s)

    def go_to(self, at: datetime) -> None:
        """Stop everything, and start it again at another time."""
        moved, self.ahead = _ahead(at) - self.ahead, _ahead(at)
        for process in self.processes:
            if process.module == "tools.other_clock":
                process.kill()
                process.settings["ALONGSIDE_AHEAD_S"] = str(int(process.settings["ALONGSIDE_AHEAD_S"]) + moved)
                process.start()

    def console(self) -> Process:
        centre = {"ALONGSIDE_CENTRE": self.centre.url, "ALONGSIDE_TRAINING": "1"}
        return self._start("field_app.console", "console", "/", centre)

    def screen(self, process: Process, name: str, **more) -> Screen:
        shape = DESK if process.folder.name == "console" else PHONE
        self.screens.append(window(self.browser, process, shape, SHOTS, name, **more))
        return self.screens[-1]

    def close(self) -> None:
        outside = [url for screen in self.screens for url in screen.outside]
        try:
            for screen in self.screens:
                screen.shoot("last")
                screen.close()
        finally:
            for process in self.processes:
                process.kill()
        assert not outside, f"requests left this machine: {outside}"

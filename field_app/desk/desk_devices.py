"""The devices of a desk's server: one for each browser in which somebody signed in, so that the centre knows it again.

A file holds the key, who has signed in, and how far the device has numbered its decisions; never what was decided. A
decision waits in memory. If the program ends before its receipt, nobody can say whether its number is taken: that
device is given up, and the next sign-in makes another.
"""

import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any
from weakref import WeakValueDictionary

from sync.client.memory_device import Device
from sync.core.signing import Signer, b64, unb64

WallClock = Callable[[], datetime]
DEVICE_NAME = "Desktop console"


@dataclass(eq=False)
class DeskDevice:
    """A browser's device, shared by its windows: whoever uses it holds its lock. Without a `path` nothing is kept."""

    device: Device
    seed: bytes
    path: Path | None = None
    people: set[str] = field(default_factory=set)  # who has signed in on it
    lock: RLock = field(default_factory=RLock)
    unsent: "set[DeskDevice]" = field(default_factory=set)  # those of this server that hold something to be sent

    def keep(self) -> None:
        """Write down how far it is: before a decision is sent, and when its receipt has come."""
        (self.unsent.add if self.device.waiting else self.unsent.discard)(self)
        if self.path is None or not self.people:
            return
        (number, head), settled = self.device.last, not self.device.waiting
        about = {
            "device_id": self.device.device_id,
            "seed": b64(self.seed),
            "people": sorted(self.people),
            "number": number,
            "head": head,
            "settled": settled,
        }
        try:
            _write(self.path, json.dumps(about))
        except OSError:
            with suppress(OSError):  # what stands there is out of date: without it, another device is made
                self.path.unlink()


class DeskDevices:
    """The devices in a folder. Safe from several threads."""

    def __init__(self, folder: Path, clock: WallClock):
        self._folder, self._clock = folder, clock
        self._known: WeakValueDictionary[str, DeskDevice] = WeakValueDictionary()
        self._unsent: set[DeskDevice] = set()  # these stay in memory, whether or not a window uses them
        self._lock = RLock()

    def at(self, name: str) -> DeskDevice:
        """The device of the browser of this name: the one in use, the one that was kept, or a new one."""
        with self._lock:
            known = self._known.get(name)
            if known is None:
                path = self._folder / f"{name}.json"
                known = _kept(path, self._clock) or new_device(self._clock, path)
                known.unsent = self._unsent
                self._known[name] = known
            return known


def _write(path: Path, text: str) -> None:
    """Write the file whole, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def new_device(clock: WallClock, path: Path | None = None) -> DeskDevice:
    seed = secrets.token_bytes(32)
    return DeskDevice(Device(DEVICE_NAME, clock, key=Signer(seed)), seed, path)


def _kept(path: Path, clock: WallClock) -> DeskDevice | None:
    """The device in this file; None without one, or when it cannot go on."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        about: dict[str, Any] = json.loads(path.read_text())
        if about["settled"]:
            seed = unb64(about["seed"])
            before = (int(about["number"]), str(about["head"]))
            device = Device(DEVICE_NAME, clock, about["device_id"], Signer(seed), before=before)
            return DeskDevice(device, seed, path, set(about["people"]))
    return None

"""The devices that this program is: on a phone one; served to browsers one for each, in a folder of its own.

The first sign-in that the centre accepts makes a browser's folder. Who only looks, or has no password, leaves nothing.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from pathlib import Path
from threading import RLock

from field_app.phone.deposits import Deposit
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.phone.store.disk import Clock, SystemClock
from field_app.phone.store.vault import NotSetUp
from sync.core.errors import AlongsideError

Counted = Callable[[str], AbstractContextManager[None]]


class BrowserDevices:
    """Blocks, and is safe from several threads.

    `make` opens the device in a folder. `counted` wraps a first sign-in that comes from an address, and may refuse it.
    """

    def __init__(
        self,
        folder: Path,
        make: Callable[[Path], Phone],
        *,
        training: bool = False,
        clock: Clock | None = None,
        counted: Counted = lambda _address: nullcontext(),
    ):
        self.training, self.clock, self.counted = training, clock or SystemClock(), counted
        self._folder, self._make = folder, make
        self._opened: dict[str, Phone] = {}
        self._windows: Counter[str] = Counter()
        self._beginning: Counter[str] = Counter()  # first sign-ins under way, in folders that they may have made
        self._lock = RLock()

    def at(self, name: str, address: str = "") -> "Phone | BrowserPhone":
        """The device of the browser of this name, for one more window; "" is the one of this phone itself.

        Raises AlongsideError when it cannot be used.
        """
        with self._lock:
            known = self.known(name)
            self._windows[name] += 1
            return known if known and not name else BrowserPhone(self, name, address)

    def is_open(self, name: str) -> bool:
        return name in self._opened

    def leave(self, name: str) -> None:
        """A window has gone. A browser's device that nobody looks at, and that has nothing open, is closed."""
        with self._lock:
            self._windows[name] -= 1
            self._close_idle()

    def send_waiting(self) -> None:
        """Open every browser's device on which something waits to be sent: its nurse may not come back to it."""
        for place in sorted((self._folder / "devices").glob("*/phone.db")):
            with self._lock, suppress(AlongsideError):  # whoever opens it is told
                self.known(place.parent.name)
                self._close_idle()

    def _close_idle(self) -> None:
        for each in [name for name in self._opened if name and self._windows[name] <= 0]:
            if not self._opened[each].is_open and not self._beginning[each]:
                self._opened.pop(each).close()
        self._windows += Counter()  # without those at nought

    def close(self) -> None:
        with self._lock:
            while self._opened:
                self._opened.popitem()[1].close()

    def known(self, name: str) -> Phone | None:
        """The device of this name, when there is one."""
        with self._lock:
            if self._beginning[name]:
                begun = self._opened.get(name)
                return begun if begun and begun.people() else None
            return self._open(name) if not name or (self._place(name) / "phone.db").exists() else None

    def begin(self, name: str, username: str, password: str, pin: str) -> Session:
        """Make the device of this name by signing in on it. Raises as `Phone.sign_in`, and then leaves nothing."""
        with self._lock:
            self._beginning[name] += 1
        try:
            with self._lock:
                phone = self._open(name)
            return phone.sign_in(username, password, pin)
        finally:
            with self._lock:
                self._beginning[name] -= 1
                if not self._beginning[name]:
                    del self._beginning[name]
                    self._remove_empty(name)

    def _remove_empty(self, name: str) -> None:
        phone = self._opened.get(name)
        if phone is None or not phone.people():
            if phone:
                self._opened.pop(name).close()
            shutil.rmtree(self._place(name), ignore_errors=True)

    def _open(self, name: str) -> Phone:
        if name not in self._opened:
            self._opened[name] = self._make(self._place(name))
        return self._opened[name]

    def _place(self, name: str) -> Path:
        return self._folder / "devices" / name if name else self._folder


class BrowserPhone:
    """The phone that a browser is: before somebody signs in, and as the way to its device afterwards."""

    def __init__(self, devices: BrowserDevices, name: str, address: str):
        self.training = devices.training
        self._devices, self._name, self._address = devices, name, address

    def now(self) -> datetime:
        return self._devices.clock.now()

    def people(self) -> list[str]:
        """The user names set up on this device."""
        phone = self._devices.known(self._name)
        return phone.people() if phone else []

    def deposits(self) -> list[Deposit]:
        """As `Phone.deposits`."""
        phone = self._devices.known(self._name)
        return phone.deposits() if phone else []

    @property
    def work_offline(self) -> bool:
        phone = self._devices.known(self._name)
        return phone is not None and phone.work_offline

    def set_work_offline(self, offline: bool) -> None:
        """As `Phone.set_work_offline`."""
        if phone := self._devices.known(self._name):
            phone.set_work_offline(offline)

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """As `Phone.on_change`."""
        phone = self._devices.known(self._name)
        return phone.on_change(listener) if phone else lambda: None

    def came_back(self) -> None:
        """As `Phone.came_back`."""
        if phone := self._devices.known(self._name):
            phone.came_back()

    def sign_in(self, username: str, password: str, pin: str, *, known_pin: bool = False) -> Session:
        """As `Phone.sign_in`; a try for somebody who is not set up here is counted by the browser's address."""
        phone = self._devices.known(self._name)
        if phone and username.strip().lower() in phone.people():
            return phone.sign_in(username, password, pin, known_pin=known_pin)
        with self._devices.counted(self._address):
            if phone:
                return phone.sign_in(username, password, pin)
            return self._devices.begin(self._name, username, password, pin)

    def unlock(self, username: str, pin: str) -> Session:
        """As `Phone.unlock`."""
        phone = self._devices.known(self._name)
        if phone is None:
            raise NotSetUp("no device")
        return phone.unlock(username, pin)

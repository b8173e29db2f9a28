"""One start of a phone whose key store is broken at random. It seals, sends, and ends.

Run as `python -m tests.faults.driver_key_store FOLDER CENTRE USERNAME COUNT SECONDS SEED CALM`.

The key store is the app's own, over a storage in a file that stands for the platform's. CALM: in this start it breaks
nothing. The phone is one for training, so that the centre takes it, yet its secret lies in the key store. What it says,
beside what `driver` says: SET before the storage is given a secret, REFUSED with the code of a start that was not made.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Thread

from demo import PASSWORD
from field_app.phone import phone as phone_module
from field_app.phone.phone import Phone
from field_app.phone.store import keystore
from sync.client.http import Client
from sync.core.errors import AlongsideError
from tests.faults.driver import RECEIVED, SCRYPT_N, WAITING, ask, say, seal
from tests.steps.builders import PIN, SHIPPED

LIMIT_S = 0.3
GETTING = ("raises", "hangs", "nothing", "late", "killed")
SETTING = ("raises", "raises after", "hangs", "drops", "late", "killed before", "killed after")


class BrokenStorage:
    """A storage in a file. A fault at every other call, unless it is calm."""

    def __init__(self, path: Path, dice: random.Random, *, calm: bool):
        self.path, self.dice, self.calm = path, dice, calm
        self.late: set[asyncio.Task[None]] = set()

    def fault(self, kinds: tuple[str, ...]) -> str:
        return "" if self.calm or self.dice.random() < 0.5 else self.dice.choice(kinds)

    async def get(self, key: str) -> str | None:
        fault = self.fault(GETTING)
        await self.broken(fault)
        return self.path.read_text() if self.path.exists() and fault != "nothing" else None

    async def set(self, key: str, value: str) -> None:
        say("SET")
        fault = self.fault(SETTING)
        if fault == "late":  # it comes through though nobody waits for it any more
            self.late.add(asyncio.create_task(self.written_late(value)))
            await asyncio.sleep(4 * LIMIT_S)
        await self.broken(fault.removesuffix(" before"))
        if fault != "drops":
            self.write(value)
        await self.broken(fault.removesuffix(" after"))

    async def broken(self, fault: str) -> None:
        if fault == "raises":
            raise RuntimeError("the platform would not")
        if fault == "hangs":
            await asyncio.sleep(3600)
        if fault == "late":
            await asyncio.sleep(LIMIT_S * self.dice.choice([0.3, 3]))
        if fault == "killed":
            os.kill(os.getpid(), signal.SIGKILL)

    async def written_late(self, value: str) -> None:
        await asyncio.sleep(2 * LIMIT_S)
        self.write(value)

    def write(self, value: str) -> None:
        """Whole, or not at all."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(value)
        fresh.replace(self.path)


def install(storage: BrokenStorage) -> None:
    """On a loop of its own, as the app does it on Flet's."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True).start()

    async def installed() -> None:
        keystore.install(storage)

    asyncio.run_coroutine_threadsafe(installed(), loop).result()


def in_the_key_store(secret: Callable[..., bytes], folder: Path, *, training: bool, has_records: bool) -> bytes:
    """The secret of a phone that is for training, kept where one that is not keeps it."""
    return secret(folder, training=not training, has_records=has_records)


def opened(folder: Path, centre: str, tries: int) -> Phone | None:
    """The nurse taps Try again so many times."""
    for _ in range(tries):
        try:
            return Phone(folder, lambda: Client(centre, timeout=10), SHIPPED, training=True, scrypt_n=SCRYPT_N)
        except AlongsideError as error:
            say("REFUSED", error.code)
    return None


def run(folder: Path, centre: str, username: str, count: int, seconds: float, seed: int, calm: bool) -> None:
    keystore.LIMIT_S = LIMIT_S
    phone_module.device_secret = partial(in_the_key_store, keystore.device_secret)
    install(BrokenStorage(folder.with_suffix(".keys"), random.Random(seed), calm=calm))
    phone = opened(folder, centre, 1 if calm else 3)
    if phone is None:
        return
    session = phone.unlock(username, PIN) if phone.people() else phone.sign_in(username, PASSWORD, PIN)
    say("OPEN")
    for number in range(count):
        seal(session, number)
    end = time.monotonic() + seconds
    while ask(phone, WAITING) != [(0,)] and time.monotonic() < end:
        session.sync_now()
        time.sleep(0.1)
    for (change_id,) in ask(phone, RECEIVED):
        say("RECEIVED", change_id)
    if ask(phone, WAITING) == [(0,)]:
        say("REST")
    phone.close()


if __name__ == "__main__":
    run(
        Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]),
        bool(int(sys.argv[7])),
    )  # fmt: skip

"""The platform's secure storage as Flet offers it, on a real event loop, with what goes wrong there."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from threading import Thread

import keyring
import pytest

from field_app.phone.store import keystore

NAME = 'kr.["alongside.v1", "device"]'
Start = Callable[..., None]


class Storage:
    """The platform's secure storage, as Flet offers it, on an event loop in a thread of its own."""

    def __init__(self):
        self.kept: dict[str, str] = {}
        self.writes: list[str] = []
        self.before_get = self.before_set = self.nothing

    async def nothing(self) -> None: ...

    async def get(self, key: str) -> str | None:
        await self.before_get()
        return self.kept.get(key)

    async def set(self, key: str, value: str) -> None:
        await self.before_set()
        self.writes.append(value)
        self.kept[key] = value


class Dropping(Storage):
    """Says yes and keeps nothing."""

    async def set(self, key: str, value: str) -> None:
        self.writes.append(value)


class Late(Storage):
    """Its first write comes through only when it is released, whoever has given up waiting for it."""

    def __init__(self):
        super().__init__()
        self.release = asyncio.Event()

    async def set(self, key: str, value: str) -> None:
        self.writes.append(value)
        if len(self.writes) == 1:
            self.first = asyncio.create_task(self.write(key, value))
            await asyncio.shield(self.first)
        else:
            self.kept[key] = value

    async def write(self, key: str, value: str) -> None:
        await self.release.wait()
        self.kept[key] = value

    async def come_through(self) -> None:
        self.release.set()
        await self.first


async def raises() -> None:
    raise RuntimeError("the platform would not")


async def hangs() -> None:
    await asyncio.sleep(3600)


@pytest.fixture
def the_keyring_as_it_was() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = Thread(target=made.run_forever)
    thread.start()
    yield made

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(end(), made).result()
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()
    gc.collect()


@pytest.fixture
def start(loop: asyncio.AbstractEventLoop, the_keyring_as_it_was: None, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Begins a start of the app on this storage: another process has another candidate."""

    def begin(storage: Storage, *, process: bool = True) -> None:
        if process:
            keystore._candidate.cache_clear()
        asyncio.run_coroutine_threadsafe(installed(storage), loop).result()

    async def installed(storage: Storage) -> None:
        keystore.install(storage)

    monkeypatch.setattr(keystore, "LIMIT_S", 0.2)
    return begin

"""A centre and phones in this process, and the headless driver of their screens: what needs no browser.

The app is the real one (`field_app.ui`, the real session, store and line to the centre) on Flet's own session with a
fake client (`tests.steps.ui.harness`). Not shown by it: that Flutter draws, speaks and takes keys; that a process dies.
"""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import flet as ft

from field_app.phone.phone import Phone
from field_app.phone.store.disk import SystemClock
from field_app.ui.phone.start import open_app
from sync.api.settings import database_url
from sync.client.http import Client
from tests.steps.builders import SHIPPED
from tests.steps.centre.running import Clock, serving
from tests.steps.ui.harness import App
from tests.steps.ui.incident import draw
from tools.world import free_port

T = TypeVar("T")
PATIENCE_S = 30.0
STILL_S = 0.05  # nothing more is sent to the screen: it is drawn


class Centre:
    """A centre served in a thread, with the demo people; its folder and its port stay the same over a kill."""

    def __init__(self, folder: Path, clock: Clock):
        self.folder, self.clock, self.port = folder, clock, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._running = ExitStack()
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> "Centre":
        at = database_url("", self.folder)
        self._running.enter_context(serving(at, self.folder, self.clock, self.port))
        return self

    def kill(self) -> None:
        self._running.close()


class Ahead(SystemClock):
    """The centre's clock, so many seconds ahead."""

    def __init__(self, clock: Clock, fast_s: int):
        super().__init__()
        self._clock, self._fast = clock, timedelta(seconds=fast_s)

    def now(self) -> datetime:
        return self._clock() + self._fast


class PhoneInHand:
    """A phone with its windows. Killed, its windows go without a word to the app, as when a process dies."""

    def __init__(self, folder: Path, clock: SystemClock, centre: Centre):
        self.folder, self._clock, self._centre = folder, clock, centre
        self.windows: list[HeadlessScreen] = []
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> "PhoneInHand":
        url = self._centre.url
        self.device = Phone(
            self.folder, lambda: Client(url), SHIPPED, training=True, clock=self._clock, scrypt_n=2**10, idle_s=3600
        )
        return self

    def kill(self) -> None:
        for window in self.windows:
            window.vanish()
        self.device.close()


class HeadlessWorld:
    """A centre and whatever phones are started in it, at a time of its own."""

    def __init__(self, folder: Path, at: datetime | None = None):
        self.folder, self.clock = folder, Clock()
        self._set(at)
        self.centre = Centre(folder / "centre", self.clock).start()
        self.phones: list[PhoneInHand] = []

    def _set(self, at: datetime | None) -> None:
        self.clock.moved = at - datetime.now(UTC) if at else timedelta()

    def phone(self, name: str, fast_s: int = 0) -> PhoneInHand:
        self.phones.append(PhoneInHand(self.folder / name, Ahead(self.clock, fast_s), self.centre).start())
        return self.phones[-1]

    def screen(self, phone: PhoneInHand, name: str) -> "HeadlessScreen":
        phone.windows.append(HeadlessScreen(phone, name))
        return phone.windows[-1].open()

    def go_to(self, at: datetime) -> None:
        for phone in self.phones:
            phone.kill()
        self._set(at)
        for phone in self.phones:
            phone.start()

    def close(self) -> None:
        for phone in self.phones:
            phone.kill()
        self.centre.kill()


class Window:
    """An app on a page, on an event loop in a thread of its own: what it is asked to do runs there in turn."""

    def __init__(self, main: Callable[[ft.Page], Any]):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="window", daemon=True)
        self._thread.start()
        self._asked: asyncio.Queue[tuple[Coroutine[Any, Any, Any], asyncio.Future[Any]]] = asyncio.Queue()
        opened = asyncio.run_coroutine_threadsafe(self._opened(main), self._loop)
        self.app: App = opened.result(PATIENCE_S)

    async def _opened(self, main: Callable[[ft.Page], Any]) -> App:
        app = App(main)
        ready = asyncio.Event()
        self._task = asyncio.ensure_future(self._serve(app, ready))
        await ready.wait()
        return app

    async def _serve(self, app: App, ready: asyncio.Event) -> None:
        """One task, so that all that is asked for has the page as its context (`flet.controls.context`)."""
        await app.__aenter__()
        ready.set()
        while True:
            work, answer = await self._asked.get()
            try:
                answer.set_result(await work)
            except Exception as error:  # noqa: BLE001 - raised where it was asked for
                answer.set_exception(error)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(self._do(work), self._loop).result(PATIENCE_S)

    async def _do(self, work: Coroutine[Any, Any, T]) -> T:
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.put_nowait((work, answer))
        return await answer

    def end(self) -> None:
        """The loop stops where it is; the app hears nothing of it."""
        asyncio.run_coroutine_threadsafe(self._ended(), self._loop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    async def _ended(self) -> None:
        self._loop.set_exception_handler(lambda _loop, _about: None)  # of what the app still begins to do
        await self._cancel()
        self.app.client.executor.shutdown(wait=True)
        await self._loop.shutdown_default_executor()
        await self._cancel()
        self._loop.stop()

    async def _cancel(self) -> None:
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class HeadlessScreen:
    """One window on one phone; a driver of `tests.steps.play.screen`."""

    def __init__(self, phone: PhoneInHand, name: str):
        self.phone, self.name = phone, name
        self.taps, self.typed = 0, []
        self._window: Window | None = None
        self._field = ""  # what is typed into

    def open(self) -> "HeadlessScreen":
        self.vanish()
        self._window = Window(lambda page: open_app(page, self.phone.device))
        return self

    def vanish(self) -> None:
        window, self._window, self._field = self._window, None, ""
        if window:
            window.end()

    @property
    def _app(self) -> App:
        assert self._window, "the window is not open"
        return self._window.app

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        assert self._window, "the window is not open"
        return self._window.do(work)

    def _look(self, look: Callable[[], T]) -> T:
        """What this gives in the window's own thread, between two of its steps."""

        async def looked() -> T:
            return look()

        return self._do(looked())

    # --- reading ---

    def has(self, identifier: str) -> bool:
        return self._look(lambda: self._app.has(identifier))

    def first_if_there(self, prefix: str) -> str:
        names = self._look(self._app.identifiers)
        return next((name for name in names if name.startswith(prefix)), "")

    def first(self, prefix: str) -> str:
        return self.until(lambda: self.first_if_there(prefix), prefix)

    def text_of(self, identifier: str) -> str:
        return self._look(lambda: "\n".join(self._app.texts(self._app.at(identifier))))

    def text_if_there(self, identifier: str) -> str:
        texts = lambda: self._app.texts(self._app.at(identifier)) if self._app.has(identifier) else []  # noqa: E731
        return self._look(lambda: "\n".join(texts()))

    def is_on(self, identifier: str) -> bool:
        return self._look(lambda: self._app.has(identifier) and self._app.is_on(identifier))

    def reads(self, pattern: str) -> list[str]:
        matches = (re.match(pattern, text) for text in self._look(self._app.spoken))
        return [match[1] for match in matches if match]

    def says(self) -> str:
        return "\n".join(self._look(self._app.spoken))

    # --- waiting ---

    def until(self, true: Callable[[], T], what: str, seconds: float = PATIENCE_S) -> T:
        end = time.monotonic() + seconds
        while not (value := true()):
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: it did not come: {what}; the screen says\n{self.says()}")
            time.sleep(0.01)
        return value

    def within(self, seconds: float, true: Callable[[], object]) -> bool:
        with suppress(AssertionError):
            return bool(self.until(true, "", seconds))
        return False

    def shows(self, identifier: str) -> None:
        self.until(lambda: self.has(identifier), identifier)

    def gone(self, identifier: str) -> None:
        self.until(lambda: not self.has(identifier), f"{identifier} goes")

    def sees(self, *texts: str) -> None:
        self.until(lambda: any(map(self._sees, texts)), " or ".join(texts))

    def sees_not(self, text: str) -> None:
        self.until(lambda: not self._sees(text), f"{text} goes")

    def _sees(self, text: str) -> bool:
        said = self.says().casefold()
        return text.casefold() in said or text.casefold() in said.replace("\n", " ")

    def holds(self, identifier: str, text: str) -> None:
        self.shows(identifier)
        self._focus(identifier)
        self.until(lambda: self._value(identifier) == text, f"{identifier} holds {text!r}")

    def settled(self) -> None:
        self._do(self._app.still(STILL_S))

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    # --- acting ---

    def tap(self, identifier: str) -> None:
        self.until(lambda: self.tap_if_there(identifier), f"{identifier} can be tapped")

    def tap_if_there(self, identifier: str) -> bool:
        pressed = self._do(self._press(identifier))
        self.taps += pressed
        return pressed

    async def _press(self, identifier: str) -> bool:
        if not self._app.has(identifier) or not self._app.tappable(identifier):
            return False
        await self._app.tap(identifier, settle=0)
        return True

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        taps, texts = self.taps, len(self.typed)
        yield
        self.taps, self.typed = taps, self.typed[:texts]

    def type(self, identifier: str, text: str) -> None:
        self.shows(identifier)
        self._focus(identifier)
        self.typed.append(text)
        before = self._value(identifier)
        self._do(self._app.type(identifier, text, after=before, blur=False))
        shown = self._value(identifier)
        assert shown == before + text, f"{identifier} held {before!r}, {text!r} was typed, it holds {shown!r}"

    def clear(self, identifier: str) -> None:
        self.shows(identifier)
        self._focus(identifier)
        self._do(self._app.change(identifier, ""))

    def leave_field(self) -> None:
        left, self._field = self._field, ""
        if left and self.has(left):
            self._do(self._app.blur(left))

    def _focus(self, identifier: str) -> None:
        self.taps += 1
        if identifier != self._field:
            self.leave_field()
            self._field = identifier

    def _value(self, identifier: str) -> str:
        return self._look(lambda: self._app.inside(identifier, ft.TextField).value or "")

    def draw(self, identifier: str) -> None:
        self.shows(identifier)
        self.taps += 1
        for left in (20, 120):
            points = [(left + 7 * step, 60 + (20 if step % 4 < 2 else -20)) for step in range(13)]
            self._do(draw(self._app, points))

    def scroll_to(self, identifier: str) -> None:
        self.shows(identifier)  # all of a page is there

    def shoot(self, what: str) -> None:
        """There is nothing to take a picture of."""

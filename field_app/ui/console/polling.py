"""Asking the centre from a screen: at once, again on news and every so often; slow and failed answers are said."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import flet as ft

from field_app.ui.console.state import EXPIRED, Console, say
from field_app.ui.kit.error_boundary import log_fault
from field_app.ui.kit.hooks import use_held
from sync.core.errors import AlongsideError

T = TypeVar("T")
KEPT = 40  # answers of the centre
SLOW_AFTER = 3.0  # seconds
SLOW = ("The centre is slow to answer", "It is still being asked. What you see may be out of date.")
UNREADABLE = ("This could not be read", "Try again. If it stays so, tell whoever runs the centre.")


async def patiently(work: Callable[[], T], slow: Callable[[], None]) -> T:
    """Does the work in a thread, and says so when it takes long."""
    told = asyncio.get_running_loop().call_later(SLOW_AFTER, slow)
    try:
        return await asyncio.to_thread(work)
    finally:
        told.cancel()


@dataclass(frozen=True)
class Polled(Generic[T]):
    """What the centre answered, or why it did not. An old answer stays on the screen while a new one is on its way."""

    value: T | None = None
    error: tuple[str, str] | None = None
    busy: bool = True
    again: Callable[[], None] = field(default=lambda: None, compare=False)


def use_asked(
    console: Console, name: str, ask: Callable[[], T], about: Any = (), *, every: float | None = None
) -> Polled[T]:
    """Asks in a thread: at once, whenever `about` changes, on news, and every so many seconds. Whatever fails is tried again.

    The last answer is kept under its name, so that a screen one comes back to is there at once, also without a line.
    """
    held, hold = ft.use_state(lambda: Polled(console.kept.get(name)))
    wanted, want = ft.use_state(0)

    def again() -> None:
        want(lambda count: count + 1)

    def begin() -> Callable[[], None]:
        async def go_on() -> None:
            hold(lambda before: Polled(before.value, before.error, True))
            while True:
                if not console.away:
                    answered = await _once(console, name, ask, hold)
                    if answered and every is None:
                        return
                await asyncio.sleep(every or console.every)

        return _stop(console.spawn(go_on()))

    use_held(begin, [about, wanted])
    use_held(lambda: console.on_news(again), [])
    return Polled(held.value, held.error, held.busy, again)


async def _once(console: Console, name: str, ask: Callable[[], T], hold: Callable[[Any], None]) -> bool:
    """Whether the centre answered."""

    def failed(error: tuple[str, str], *, busy: bool = False) -> None:
        hold(lambda before: Polled(before.value, error, busy))

    try:
        value = await patiently(ask, lambda: failed(SLOW, busy=True))
    except AlongsideError as error:
        failed(say(error))
        if error.code in EXPIRED:
            console.expire()
    except Exception as fault:  # noqa: BLE001 - a screen that cannot be filled says so
        log_fault("asking the centre", fault)
        failed(UNREADABLE)
    else:
        console.kept[name] = value
        while len(console.kept) > KEPT:
            console.kept.pop(next(iter(console.kept)))
        hold(Polled(value, None, False))
        return True
    return False


def _stop(task: asyncio.Task[Any]) -> Callable[[], None]:
    def stop() -> None:
        task.cancel()

    return stop

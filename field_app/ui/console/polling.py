"""Polling the centre from a screen: at once, again on news and every so often; slow and failed answers are said."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import flet as ft

from field_app.ui.console.buttons import small_link
from field_app.ui.console.state import EXPIRED, Console, Trouble, say
from field_app.ui.console.widgets import banner
from field_app.ui.kit.error_boundary import log_fault
from field_app.ui.kit.hooks import Setter, Stop, use_held, use_value
from sync.core.errors import AlongsideError

T = TypeVar("T")
KEPT = 40  # answers of the centre
SLOW_AFTER = 3.0  # seconds
SLOW: Trouble = ("The centre is slow to answer", "It is still being asked. What you see may be out of date.")
UNREADABLE: Trouble = ("This could not be read", "Try again. If it stays so, tell whoever runs the centre.")


async def patiently(work: Callable[[], T], slow: Callable[[], None]) -> T:
    """Does the work in a thread, and says so when it takes long."""
    timer = asyncio.get_running_loop().call_later(SLOW_AFTER, slow)
    try:
        return await asyncio.to_thread(work)
    finally:
        timer.cancel()


@dataclass(frozen=True)
class Polled(Generic[T]):
    """What the centre answered, or why it did not. An old answer stays on the screen while a new one is on its way."""

    value: T | None = None
    error: Trouble | None = None
    busy: bool = True
    again: Callable[[], None] = field(default=lambda: None, compare=False)


def use_polled(
    console: Console, name: str, ask: Callable[[], T], subject: object = (), *, every: float | None = None
) -> Polled[T]:
    """Asks in a thread: at once, whenever `subject` changes, on news, and every so many seconds.

    Whatever fails is tried again. The last answer is kept under its name, so that a screen one comes back to is there
    at once, also without a line.
    """
    polled, set_polled = use_value(lambda: Polled[T](console.answers.get(name)))
    count, set_count = use_value(0)

    def again() -> None:
        set_count(lambda before: before + 1)

    def begin() -> Stop:
        async def go_on() -> None:
            set_polled(lambda before: Polled(before.value, before.error, True))
            while True:
                failed = None
                if not console.away:
                    failed = await _once(console, name, ask, set_polled)
                    if failed is None and every is None:
                        return
                await asyncio.sleep(pause_s(every or console.every, failed))

        return console.spawn(go_on()).cancel

    use_held(begin, [subject, count])
    use_held(lambda: console.on_news(again), [])
    return Polled(polled.value, polled.error, polled.busy, again)


def pause_s(every: float, failed: AlongsideError | None) -> float:
    """Seconds until the centre is asked again by itself: no sooner than whoever failed it asked for."""
    return max(every, failed.backoff_s if failed else 0)


async def _once(
    console: Console, name: str, ask: Callable[[], T], set_polled: Setter[Polled[T]]
) -> AlongsideError | None:
    """Why the centre did not answer; None when it did."""

    def failed(error: Trouble, *, busy: bool = False) -> None:
        set_polled(lambda before: Polled(before.value, error, busy))

    try:
        value = await patiently(ask, lambda: failed(SLOW, busy=True))
    except AlongsideError as error:
        failed(say(error))
        if error.code in EXPIRED:
            console.expire()
        return error
    except Exception as fault:  # noqa: BLE001 - a screen that cannot be filled says so
        log_fault("asking the centre", fault)
        failed(UNREADABLE)
        return AlongsideError()
    else:
        console.answers[name] = value
        while len(console.answers) > KEPT:
            console.answers.pop(next(iter(console.answers)))
        set_polled(Polled(value, None, False))
        return None


def trouble_view(polled: Polled[Any]) -> ft.Control | None:
    """What the centre did not answer, with its advice."""
    if polled.error is None:
        return None
    what, advice = polled.error
    retry = small_link("try-again", "Try again", lambda _: polled.again(), ft.Icons.REFRESH)
    return banner("trouble", what, advice, grave=polled.error is not SLOW, action=retry)

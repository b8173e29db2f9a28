"""Debouncing: asked for again and again, a call is made once, at the earliest of the times asked for."""

import asyncio
from collections.abc import Callable


class Debounce:
    """A call on the event loop, `within` some seconds. Belongs to the loop that asks."""

    def __init__(self, call: Callable[[], object]):
        self._call = call
        self._timer: asyncio.Handle | None = None
        self._due = 0.0  # uvloop's handle of a call that is due at once may not tell when

    def within(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        if self._timer and self._due <= due:
            return
        self.stop()
        self._timer, self._due = loop.call_later(seconds, self._now), due

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> None:
        self._timer = None
        self._call()

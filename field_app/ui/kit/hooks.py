"""What a component holds while it is on the screen: a value, something that runs, what the store gives, what is typed."""

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any, TypeVar

import flet as ft

T = TypeVar("T")


def use_value(initial: Any) -> tuple[Any, Callable[[Any], None]]:
    """A value of this component, and how to set it: `ft.use_state`, whose types follow the first value too closely."""
    return ft.use_state(initial)


def use_held(start: Callable[[], Callable[[], Any] | None], deps: list[Any]) -> None:
    """Starts something when the component appears or `deps` change; what `start` returns ends it.

    `ft.use_effect` forgets a returned clean-up at the next drawing, so the clean-up is kept here and given by name.
    """
    held = ft.use_ref(None)

    def setup() -> None:
        held.current = start()

    def cleanup() -> None:
        stop, held.current = held.current, None
        if stop:
            stop()

    ft.use_effect(setup, deps, cleanup)


def use_reading(
    read: Callable[[], T], listen: Callable[[Callable[[], None]], Callable[[], None]], *, front: bool = True
) -> T:
    """What `read` gives, read again (in a thread) after each commit for as long as the screen is in front."""
    value, set_value = use_value(read)

    def follow() -> Callable[[], None] | None:
        if not front:
            return None
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        pending: list[asyncio.Task[None]] = []

        async def again() -> None:
            await asyncio.sleep(0.03)  # commits come in bursts
            pending.clear()
            set_value(await asyncio.to_thread(read))

        def start() -> None:
            if not pending:
                pending.append(loop.create_task(again(), context=context))

        def heard() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(start, context=context)

        start()
        return listen(heard)

    use_held(follow, [front])
    return value


def use_drawn(front: bool, draw: Callable[[], T]) -> T:
    """What `draw` makes while the screen is in front. Under another it stays as it was: nobody sees it."""
    kept = ft.use_ref(None)
    if front or kept.current is None:
        kept.current = draw()
    return kept.current


def use_pad(pad: Any, name: str) -> None:
    """Draws the component again when this answer of the pad changes ("": when other questions or notes come or go)."""
    _, again = use_value(0)
    use_held(lambda: pad.on(name, lambda: again(lambda count: count + 1)), [id(pad), name])


class Typed:
    """What is being typed, by field. A key does not draw the field anew (the next key could be lost in between); what
    depends on the text listens, and every drawing has the text as it is by then."""

    def __init__(self, **texts: str):
        self.texts = texts
        self._listeners: list[Callable[[], None]] = []

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def put(self, name: str, text: str) -> None:
        self.texts[name] = text
        for listener in tuple(self._listeners):
            listener()

    def into(self, name: str) -> Callable[[str], None]:
        return lambda text: self.put(name, text)

    def on(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

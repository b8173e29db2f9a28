"""What a component holds while it is on the screen: a value, something that runs, what it read, what is typed.

Flet calls these hooks, as React does: every drawing of a component calls the same ones in the same order.
"""

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

import flet as ft
from flet.components.hooks.use_ref import MutableRef
from flet.components.utils import current_component

from field_app.ui.kit.listeners import Listener, Listeners

T = TypeVar("T")
Setter = Callable[[T | Callable[[T], T]], None]  # takes the next value, or what makes it of the one before
Stop = Callable[[], object]


class Listened(Protocol):
    """Calls a listener when the answer of this name changes; what it returns ends that."""

    def on(self, name: str, listener: Listener) -> Stop: ...


def use_value(initial: T | Callable[[], T]) -> tuple[T, Setter[T]]:
    """A value of this component and how to set it; setting another one draws the component anew."""
    return ft.use_state(initial)


def use_optional(_kind: type[T]) -> tuple[T | None, Setter[T | None]]:
    """A value of this kind, None at first."""
    return use_value(cast("T | None", None))


def use_redraw() -> Callable[[], None]:
    """Draws this component anew."""
    _, set_count = use_value(0)
    return lambda: set_count(lambda count: count + 1)


def use_held(start: Callable[[], Stop | None], deps: Sequence[object]) -> None:
    """Starts something when the component appears or `deps` change; what `start` returns ends it.

    `ft.use_effect` forgets a returned clean-up at the next drawing, so the clean-up is kept here and given by name.
    """
    held = ft.use_memo(Held, [])
    running = _holdings.setdefault(ft.context.page.session, Holdings())

    def setup() -> None:
        if not running.is_over:  # drawn before and set up after it was let go: nobody would end it
            held.stop = start()
            running.all.add(held)

    def cleanup() -> None:
        running.all.discard(held)
        held.end()

    ft.use_effect(setup, deps, cleanup)


class Held:
    """Something that runs for a component."""

    stop: Stop | None = None

    def end(self) -> None:
        stop, self.stop = self.stop, None
        if stop:
            stop()


class Holdings:
    """What runs for the components of a page, until it is let go."""

    def __init__(self) -> None:
        self.all: set[Held] = set()
        self.is_over = False

    def end(self) -> None:
        self.is_over = True
        for held in self.all:
            held.end()


_holdings: WeakKeyDictionary[object, Holdings] = WeakKeyDictionary()  # by Flet's session


def let_go(page: ft.Page) -> None:
    """Ends whatever runs for the components of a page, and closes its dialogs.

    Flet runs no clean-up when a session ends, nor while nobody is connected.
    """
    if running := _holdings.pop(page.session, None):
        running.end()
    while page.pop_dialog():
        pass


def use_redraw_unseen() -> Callable[[], None]:
    """Draws this component anew at once, also while nobody is connected: Flet then leaves the old one standing."""
    return current_component().update


def use_reading(
    read: Callable[[], T], listen: Callable[[Listener], Stop], *, front: bool = True, about: object = None
) -> T:
    """What `read` gives, read again (in a thread) after each commit for as long as the screen is in front.

    `about`: what it depends on besides; it is read again when that changes.
    """
    value, set_value = use_value(read)

    def follow() -> Stop | None:
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
        unlisten = listen(heard)

        def end() -> None:
            unlisten()
            for task in pending:
                task.cancel()

        return end

    use_held(follow, [front, about])
    return value


def use_drawn(front: bool, draw: Callable[[], T]) -> T:
    """What `draw` makes while the screen is in front. Under another it stays as it was: nobody sees it."""
    last: MutableRef[T] = ft.use_ref()
    if front or last.current is None:
        last.current = draw()
    return last.current


def use_draft_editor(editor: Listened, name: str) -> None:
    """Draws the component anew when this answer of the draft changes.

    The name "" stands for the page: other questions or notes come or go.
    """
    redraw = use_redraw()
    use_held(lambda: editor.on(name, redraw), [id(editor), name])


class Typed:
    """What is being typed, by field. A key does not draw the field anew (the next key could be lost in between); what
    depends on the text listens, and every drawing has the text as it is by then."""

    def __init__(self, **texts: str):
        self.texts = texts
        self._listeners = Listeners()

    def __getitem__(self, name: str) -> str:
        return self.texts[name]

    def put(self, name: str, text: str) -> None:
        self.texts[name] = text
        self._listeners.tell("")

    def into(self, name: str) -> Callable[[str], None]:
        return lambda text: self.put(name, text)

    def on(self, listener: Listener) -> Stop:
        return self._listeners.on("", listener)

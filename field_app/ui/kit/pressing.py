"""One press, one act (debouncing, as of a switch): whatever makes or sends something is asked for once.

Two touches of one finger arrive before the screen is drawn anew, and go to the handler as it was. So a press of a
button is dropped while the last press of the same button is at work, and for `REST` after. A later one counts.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, overload
from weakref import WeakKeyDictionary

import flet as ft

Handler = Callable[[ft.Event[Any]], object]  # what it returns is waited for, where that can be
Press = Callable[[Any], Coroutine[Any, Any, None]]
REST = 0.3  # seconds: within these a second tap belongs to the first (Flutter's kDoubleTapTimeout)

_at_work: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()  # by screen session, the names of buttons


@overload
def once(name: str, act: Handler) -> Press: ...
@overload
def once(name: str, act: Handler | None) -> Press | None: ...
def once(name: str, act: Handler | None) -> Press | None:
    """The handler for what bears this name on the screen; None for what cannot be pressed.

    Two ways to one act, such as a button and the Enter key, share its name.
    """
    if act is None:
        return None

    async def press(event: Any) -> None:
        at_work = _at_work.setdefault(ft.context.page.session, set())
        if name in at_work:
            return
        at_work.add(name)
        try:
            done = act(event)
            if inspect.isawaitable(done):
                await done
        finally:
            asyncio.get_running_loop().call_later(REST, at_work.discard, name)

    return press


def is_resting(session: object, name: str) -> bool:
    """Whether a press of this button would be dropped now."""
    return name in _at_work.get(session, ())

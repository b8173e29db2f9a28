"""Work in the background of a screen session: what it raises is shown and logged, and it ends with the session."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import flet as ft

from field_app.ui.kit.error_boundary import log_fault
from field_app.ui.kit.widgets import words
from sync.core.errors import AlongsideError

T = TypeVar("T")


class SessionTasks:
    """`tell` shows an error that has words of its own, `say` a text."""

    def __init__(self, tell: Callable[[AlongsideError], None], say: Callable[[str], None]):
        self._tell, self._say = tell, say
        self.running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T | None]:
        task = asyncio.get_running_loop().create_task(self.guarded(work))
        self.running.add(task)
        task.add_done_callback(lambda ended: (self.running.discard(ended), work.close()))  # it may end before it began
        return task

    async def guarded(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What the work returns; None when it failed, which is shown."""
        try:
            return await work
        except AlongsideError as error:
            self._tell(error)
        except Exception as fault:  # noqa: BLE001 - shown and logged; a task that dies silently would hide it
            log_fault("in the background", fault)
            self._say("Something went wrong. What you typed is kept.")
        return None

    def cancel(self) -> None:
        for task in tuple(self.running):
            task.cancel()


def show_snack(page: ft.Page, text: str, size: float, seconds: int, width: float | None = None) -> None:
    """A line that floats over the page for some seconds."""
    snack = ft.SnackBar(
        words(text, size, color=ft.Colors.ON_INVERSE_SURFACE),
        bgcolor=ft.Colors.INVERSE_SURFACE,
        show_close_icon=True,
        duration=ft.Duration(seconds=seconds),
        behavior=ft.SnackBarBehavior.FLOATING,
        width=width,
    )
    with contextlib.suppress(RuntimeError):  # the page is gone
        page.show_dialog(snack)

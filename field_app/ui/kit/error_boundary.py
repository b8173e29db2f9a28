"""The error boundary: a fault in one component, or in one handler, is logged and shown, and the rest stays alive."""

import functools
import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

import flet as ft

from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import callout, words

R = TypeVar("R")
log = logging.getLogger("alongside.ui")
PLACE = re.compile(r'File ".*?([^/"]+)", line (\d+)')


def part(draw: Callable[..., R]) -> Callable[..., R]:
    """A component behind an error boundary: a fault while drawing shows a card and leaves the rest alive (flet 0.2)."""

    @functools.wraps(draw)
    def guarded(*args: Any, **named_args: Any) -> R | ft.Control:
        try:
            return draw(*args, **named_args)
        except Exception as fault:  # noqa: BLE001 - the boundary; an unguarded one freezes the session for good
            log_fault("drawing " + draw.__name__, fault)
            return broken()

    return ft.memo(ft.component(guarded))


def log_fault(where: str, fault: BaseException) -> None:
    """Logs the kind of fault and its place, never its message: that may hold what somebody typed."""
    place, trace = "?", fault.__traceback__
    while trace:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.error("%s: %s at %s", where, type(fault).__name__, place)


def faulted(page: ft.Page, message: str, advice: str, size: int) -> None:
    """A handler failed: say so and carry on. The place is logged, not the message, which may hold what was typed."""
    places = PLACE.findall(message)
    log.error("in a handler: %s", ":".join(places[-1]) if places else "place not known")
    page.show_dialog(
        ft.AlertDialog(
            title=words("Something went wrong", size + 4, bold=True),
            content=words(advice, size),
            actions=[ft.TextButton("Carry on", on_click=once("carry-on", lambda _: page.pop_dialog()))],
        )
    )


def broken() -> ft.Control:
    return callout(
        "This part could not be shown",
        "What you typed is kept. Go back and open it again, or tell your supervisor.",
        grave=True,
        name="error-panel",
    )

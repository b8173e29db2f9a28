"""Whether somebody is at a page: what a person does on it, told apart from what the device reports by itself."""

from collections.abc import Callable
from typing import Any

import flet as ft

BY_HAND = ("keyboard_event", "view_pop", "route_change")  # of the page; the rest of its events come by themselves
SCROLLED: dict[str, Any] = {"on_scroll": lambda _: None, "scroll_interval": 5000}  # ms: reading on is being there


def on_touch(page: ft.Page, touched: Callable[[], bool]) -> None:
    """Calls `touched` before each thing a person does: a tap, a key, a stroke, a scroll. False: it is not done."""
    dispatch = page.session.dispatch_event

    async def noted(control_id: int, event_name: str, event_data: Any) -> None:
        if not is_by_hand(page, control_id, event_name) or touched():
            await dispatch(control_id, event_name, event_data)

    page.session.dispatch_event = noted


def is_by_hand(page: ft.Page, control_id: int, name: str) -> bool:
    if control_id == page._i:
        return name in BY_HAND
    return not isinstance(page.session.index.get(control_id), ft.Service)

"""What one browser session of the console knows: who is here, which screen, what is typed, day or night.

`Console` is the only thing that talks to the page. Comments being written live here, not in a screen: they outlast a
change of screen, a failed send and a sign-in that ran out.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import flet as ft

from field_app.desk.desk import Desk, system_clock
from field_app.desk.desk_models import DeskUser
from field_app.ui.console.layout import Layout, layout_of
from field_app.ui.kit import theme as t
from field_app.ui.kit.listeners import Listener, Listeners
from field_app.ui.kit.session_tasks import SessionTasks, show_snack
from sync.core.errors import AlongsideError
from sync.core.roles import Action, may

if TYPE_CHECKING:
    from field_app.ui.console.filters import RecordFilters

Trouble = tuple[str, str]  # what went wrong and what to do, in words
EVERY = 15.0  # seconds between two looks at the centre
EXPIRED = ("sign_in_expired", "sign_in_needed")
WORDS: dict[str, Trouble] = {
    "not_reachable": ("The centre cannot be reached", "What you see may be out of date. It is tried again by itself."),
    "cut_short": ("The line was cut", "It is tried again by itself."),
    "sign_in_expired": ("Your sign-in has run out", "Sign in again. What you typed is kept."),
    "sign_in_needed": ("This needs a sign-in", "Sign in again. What you typed is kept."),
    "untrusted": (
        "The centre’s answer could not be verified",
        "Nothing was marked as done. Tell whoever runs the centre.",
    ),
}


def say(error: AlongsideError) -> Trouble:
    what = str(error)[:1].upper() + str(error)[1:]
    return WORDS.get(error.code, (what, error.advice))


class Console:
    def __init__(
        self,
        page: ft.Page,
        make_desk: Callable[[], Desk],
        *,
        training: bool = False,
        clock: Callable[[], datetime] = system_clock,
        every: float = EVERY,
    ):
        self.page, self.training, self.clock, self.every = page, training, clock, every
        self.desk = make_desk()
        self._make_desk = make_desk
        self.layout: Layout = layout_of(page)
        self.screen = "board"
        self.face = "queue"  # what is in front where there is no room for all: queue, record or decision
        self.chosen = ""  # the incident in front in the review
        self.record = ""  # the incident opened from the records
        self.expired = False
        self.away = False  # the browser is not connected
        self.night: bool | None = None
        self.comments: dict[str, dict[tuple[str, str], Comment]] = {}
        self.answers: dict[str, Any] = {}  # the centre's last answers, by the name of what was asked
        self.filters: RecordFilters | None = None  # search and filters of the records, as they were left
        self.decided: dict[str, int] = {}  # incident -> the number of our decision on it
        self.on_key: Callable[[str], None] | None = None
        self.key_owner: object = None
        self.redraw: Callable[[], None] = lambda: None
        self._typing: set[str] = set()
        self.tasks = SessionTasks(self.tell, self.say)
        self.spawn = self.tasks.spawn
        self._news = Listeners()

    # --- who is here ---

    @property
    def who(self) -> DeskUser | None:
        return None if self.expired else self.desk.who

    def may(self, action: Action) -> bool:
        """Whether whoever is signed in may do this."""
        return self.who is not None and may(self.who.role, action)

    async def sign_in(self, username: str, password: str) -> None:
        """Raises AlongsideError. After a sign-in ran out, the same person finds everything as it was."""
        before = self.desk.who
        if before and before.practitioner_id != username.strip().lower():
            await asyncio.to_thread(self.desk.close)
            self.desk = self._make_desk()
            self.comments, self.decided, self.answers, self.filters = {}, {}, {}, None
        await asyncio.to_thread(self.desk.sign_in, username, password)
        self.expired = False
        if not self.may("incidents.list"):
            self.screen = "sheets"
        elif self.screen == "sheets":
            self.screen = "board"
        self.redraw()

    async def sign_out(self) -> None:
        desk, self.desk = self.desk, self._make_desk()
        self.comments, self.decided, self.answers, self.filters = {}, {}, {}, None
        self.chosen, self.record = "", ""
        self.screen, self.expired = "board", False
        self.redraw()
        await asyncio.to_thread(desk.close)

    # --- going and doing ---

    def go(self, screen: str, record: str = "") -> None:
        self.screen, self.record = screen, record
        self.face = "record" if record else "queue"
        self.on_key = None
        self._typing.clear()
        self.redraw()

    def went_away(self) -> None:
        self.away = True

    def came_back(self) -> None:
        """The browser is connected again: what changed meanwhile has not been drawn."""
        self.away = False
        self.redraw()

    def tell(self, error: AlongsideError) -> None:
        if error.code in EXPIRED:
            self.expire()
        what, advice = say(error)
        self.say(f"{what}. {advice}")

    def expire(self) -> None:
        """The sign-in ran out: the same screen waits behind the sign-in, with everything typed."""
        if self.desk.who and not self.expired:
            self.expired = True
            self.redraw()

    def say(self, text: str) -> None:
        show_snack(self.page, text, 14, 6, 560)

    def close(self) -> None:
        self.tasks.cancel()

    # --- news between screens ---

    def on_news(self, listener: Listener) -> Listener:
        """Calls the listener when something was decided here, so that lists are asked for again."""
        return self._news.on("", listener)

    def news(self) -> None:
        self._news.tell("")

    # --- keys ---

    def focus(self, name: str) -> None:
        self._typing.add(name)

    def blur(self, name: str) -> None:
        self._typing.discard(name)

    def blur_all(self) -> None:
        """The field with the cursor is gone, and says nothing about it any more."""
        self._typing.clear()

    def key(self, event: ft.KeyboardEvent) -> None:
        """A key that was not typed into a field goes to the screen in front."""
        if self._typing or self.on_key is None or event.ctrl or event.alt or event.meta:
            return
        self.on_key(event.key.lower())

    # --- the window ---

    def resized(self) -> None:
        """Drawn anew only when the window has grown or shrunk by a step."""
        if (now := layout_of(self.page)) != self.layout:
            self.layout = now
            self.redraw()

    # --- day and night ---

    @property
    def dark(self) -> bool:
        return t.is_night(self.clock()) if self.night is None else self.night

    def dress(self) -> None:
        t.dress(self.page, self.dark)

    def switch_night(self) -> None:
        self.night = not self.dark
        self.dress()
        self.redraw()


@dataclass(frozen=True)
class Comment:
    """A comment being written, pinned to one answer."""

    kind: str
    record_id: str
    name: str
    question: str
    text: str = ""

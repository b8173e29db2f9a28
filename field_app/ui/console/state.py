"""What one browser session of the console knows: who is here, which screen, what is typed, day or night.

`Console` is the only thing that talks to the page. Comments being written live here, not in a screen: they outlast a
change of screen, a failed send and a sign-in that ran out.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import flet as ft

from field_app.attendance import Attendance
from field_app.desk.desk import Desk, system_clock
from field_app.desk.desk_models import DeskUser
from field_app.ui.console.layout import Layout, layout_of
from field_app.ui.kit import theme as t
from field_app.ui.kit.hooks import let_go
from field_app.ui.kit.listeners import Listener, Listeners
from field_app.ui.kit.session_tasks import SessionTasks, show_snack
from sync.core.errors import AlongsideError
from sync.core.roles import Action, may

if TYPE_CHECKING:
    from field_app.ui.console.filters import RecordFilters

Trouble = tuple[str, str]  # what went wrong and what to do, in words
EVERY = 15.0  # seconds between two looks at the centre
IDLE_S = 15 * 60.0  # that nobody uses the desk until it locks
LOOK_EVERY_S = 1.0  # whether it has to
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
        steady: Callable[[], float] = time.monotonic,
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
        self.locked = False
        self.presence: Attendance[Console] = Attendance(lambda: round(steady() * 1000), IDLE_S, hidden_s=math.inf)
        self.away = False  # the browser is not connected
        self.night: bool | None = None
        self.comments: dict[str, dict[tuple[str, str], Comment]] = {}
        self.answers: dict[str, Any] = {}  # the centre's last answers, by the name of what was asked
        self.filters: RecordFilters | None = None  # search and filters of the records, as they were left
        self.decided: dict[str, int] = {}  # incident -> the number of our decision on it
        self.on_key: Callable[[str], None] | None = None
        self.key_owner: object = None
        self.redraw: Callable[[], None] = lambda: None
        self.redraw_unseen: Callable[[], None] = lambda: None
        self._typing: set[str] = set()
        self.tasks = SessionTasks(self.tell, self.say)
        self.spawn = self.tasks.spawn
        self._news = Listeners()

    # --- who is here ---

    @property
    def who(self) -> DeskUser | None:
        return None if self.expired or self.locked else self.desk.who

    def may(self, action: Action) -> bool:
        """Whether whoever is signed in may do this."""
        return self.who is not None and may(self.who.role, action)

    async def sign_in(self, username: str, password: str) -> None:
        """Raises AlongsideError. Who was signed in when it ran out, or when the desk locked, finds all as it was."""
        before = self.desk.who
        if before and before.practitioner_id != username.strip().lower():
            await asyncio.to_thread(self.desk.close)
            self.desk = self._make_desk()
            self.comments, self.decided, self.answers, self.filters = {}, {}, {}, None
        await asyncio.to_thread(self.desk.sign_in, username, password)
        self.expired = self.locked = False
        self.presence.touch()
        if not self.may("incidents.list"):
            self.screen = "sheets"
        elif self.screen == "sheets":
            self.screen = "board"
        self.redraw()

    async def sign_out(self) -> None:
        desk, self.desk = self.desk, self._make_desk()
        self.comments, self.decided, self.answers, self.filters = {}, {}, {}, None
        self.chosen, self.record = "", ""
        self.screen, self.expired, self.locked = "board", False, False
        self.redraw()
        await asyncio.to_thread(desk.close)

    # --- nobody is there ---

    def touched(self) -> bool:
        """Somebody does something. False when it comes too late, and the desk locks instead."""
        if self.who and self.presence.is_over:
            self.spawn(self.lock())
            return False
        self.presence.touch()
        return True

    async def look_after(self) -> None:
        """Locks when nobody has used the desk for long."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.who and self.presence.is_over:
                await self.lock()

    async def lock(self) -> None:
        """Show nothing until the password is given again: everything waits as it is, and the centre is told."""
        self.locked = True
        self.blur_all()
        let_go(self.page)
        self.redraw()
        if self.page.session.connection is None:
            self.redraw_unseen()
        await asyncio.to_thread(self.desk.lock)

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

    async def close(self) -> None:
        """The page is gone for good: the centre is told that this sign-in has ended."""
        self.tasks.cancel()
        let_go(self.page)
        await asyncio.to_thread(self.desk.close)

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
        if self._typing or self.on_key is None or self.who is None or event.ctrl or event.alt or event.meta:
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

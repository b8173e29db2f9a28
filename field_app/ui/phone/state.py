"""What one screen session knows besides the store: who is here, what is in hand, day or night.

`Ui` is the only thing that talks to the page. Screens ask it to go somewhere, to do something slow in a thread, or to
open a form; it keeps every open draft until it is sealed, so that a fault never costs typed text.
"""

import asyncio
import contextvars
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

import flet as ft

from field_app.attendance import Attendance
from field_app.phone.devices import BrowserPhone
from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.hooks import let_go, use_held
from field_app.ui.kit.session_tasks import SessionTasks, show_snack
from field_app.ui.phone.troubles import say_error
from sync.core.errors import AlongsideError
from sync.domain.catalogue import CATALOGUE

P = ParamSpec("P")
T = TypeVar("T")
LOOK_EVERY_S = 1.0  # whether it has to lock


@dataclass
class LockedAt:
    """Where a nurse was when the phone locked, and the drafts that could not be kept: for lack of room, say."""

    route: str
    handed: str
    amending: set[str]
    unkept: dict[tuple[str, str, str], DraftEditor]


class Ui:
    def __init__(self, page: ft.Page, phone: Phone | BrowserPhone):
        self.page, self.phone = page, phone
        self.session: Session | None = None
        self.presence: Attendance[Ui] | None = None
        self.username = ""
        self.locked = ""  # who has to give the PIN to go on
        self.erased = False  # by order of the service: said until somebody signs in
        self.handed = ""  # the incident whose sheet an officer is reading: the phone shows nothing else
        self.amending: set[str] = set()
        self.aim = ""  # the question a section is to open at
        self.night: bool | None = None  # chosen by hand; None: by the time of day
        self.wide = False
        self.network: ft.Connectivity | None = None  # it tells as long as it is held
        self.redraw: Callable[[], None] = lambda: None
        self.redraw_unseen: Callable[[], None] = lambda: None
        self._context = contextvars.copy_context()  # Flet draws for the page that the context names
        self._places: dict[str, LockedAt] = {}  # by user name
        self._typed: dict[tuple[str, str], object] = {}  # by user name and screen
        self._interrupted: dict[str, set[str]] = {}  # by record: what has interrupted once
        self._editors: dict[tuple[str, str, str], DraftEditor] = {}
        self._closing: set[asyncio.Task[Any]] = set()
        self._locking: asyncio.Future[None] | None = None
        self.tasks = SessionTasks(self.tell, self.say)
        self.spawn = self.tasks.spawn

    def now(self) -> datetime:
        return self.phone.now()

    def signed_in(self) -> Session:
        """The session of the nurse who is signed in; for screens that are shown to nobody else."""
        assert self.session is not None
        return self.session

    # --- who is here ---

    def enter(self, session: Session, username: str) -> None:
        """Somebody has given the PIN. Who was here when it locked goes on where they were."""
        elsewhere = self.username not in ("", username)
        place = self._places.pop(username, None) or LockedAt(
            "/" if elsewhere else self.page.route or "/", "", set(), {}
        )
        self.session, self.presence, self.phone = session, session.presence, session.phone
        self.username, self.locked, self.erased = username, "", False
        self.handed, self.amending = place.handed, place.amending
        for key, editor in place.unkept.items():
            editor.keeper = session
            self._editors[key] = editor
        self.presence.enter(self)
        self.go(place.route)
        self.redraw()

    async def lock(self, *, leaving: bool = False) -> None:
        """Close this nurse's vault, in every window that shows it, once what is in hand there is kept.

        `leaving`: by hand, in this window; whoever comes next says who they are.
        """
        session, presence, username = self.session, self.presence, self.username
        if session is None or presence is None:
            return
        windows = list(presence.windows)
        presence.windows.clear()
        for window in windows:
            window._context.run(window._cover, home=leaving and window is self)

        async def close_vault() -> None:
            for window in windows:
                await window._put_away(username)
            await asyncio.to_thread(session.phone.lock, username, presence)

        closing = asyncio.ensure_future(close_vault())
        for window in windows:
            window._locking = closing
        await self.locking()

    async def locking(self) -> None:
        """Returns when a vault that is being locked is closed, also when this page goes meanwhile."""
        if self._locking:
            await asyncio.shield(self._locking)

    async def leave(self) -> None:
        """Lock, and go home."""
        await self.lock(leaving=True)

    def _cover(self, *, home: bool) -> None:
        """From now on only the way to unlock is drawn. `home`: the nurse is to begin there."""
        if home:
            self._places[self.username] = LockedAt("/", "", set(), {})
            self.locked, self.username = "", ""
            self.go("/")
        else:
            self._places[self.username] = LockedAt(self.page.route or "/", self.handed, self.amending, {})
            self.locked = self.username
        self.session, self.presence, self.handed, self.amending = None, None, "", set()
        let_go(self.page)
        self.redraw()
        if self.page.session.connection is None:
            self.redraw_unseen()

    async def _put_away(self, username: str) -> None:
        """Keep what was in hand. What cannot be kept waits in memory for this nurse."""
        await asyncio.gather(*self._closing, return_exceptions=True)
        for key, editor in tuple(self._editors.items()):
            await self.tasks.guarded(self._sealed(editor))
            if key in self._editors:
                self._places[username].unkept[key] = self._editors.pop(key)

    def touched(self) -> bool:
        """Somebody does something. False when it comes too late, and the phone locks instead."""
        if self.presence and self.presence.is_over:
            self.spawn(self.lock())
            return False
        if self.presence:
            self.presence.touch()
        return True

    async def seen(self, seen: bool) -> None:
        """The app is in front again, or is not: hidden, or nobody connected."""
        if seen and self.presence and self.presence.is_over:
            await self.lock()
        elif self.presence:
            self.presence.show(self, seen)

    async def look_after(self) -> None:
        """Locks when nobody is there any more."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.presence and self.presence.is_over:
                await self.lock()

    def cleared(self) -> None:
        """All that this nurse had here has been erased by order of the service: there is nothing left to go back to."""
        self._editors.clear()
        self.session, self.presence, self.handed, self.amending, self.erased = None, None, "", set(), True
        self.go("/")
        self.redraw()

    def hand_over(self, incident_id: str) -> None:
        """From now on only the handover sheet is shown, until the nurse's PIN."""
        self.handed = incident_id
        self.redraw()

    # --- going and doing ---

    def go(self, path: str) -> None:
        if path != self.page.route:
            self.page.navigate(path)

    async def do(self, work: Callable[P, object], *args: P.args, **named_args: P.kwargs) -> bool:
        """Does something that writes or computes, in a thread. False when it could not be done, which is told."""
        try:
            await asyncio.to_thread(work, *args, **named_args)
        except AlongsideError as error:
            self.tell(error)
            return False
        return True

    def tell(self, error: AlongsideError) -> None:
        what, advice = say_error(error)
        self.say(f"{what} {advice}")

    def say(self, text: str) -> None:
        show_snack(self.page, text, 16, 8)

    # --- what is in hand ---

    def typed(self, screen: str, make: Callable[[], T]) -> T:
        """What is typed on a screen and belongs to no draft: still there after the phone was locked."""
        return cast("T", self._typed.setdefault((self.username, screen), make()))

    def forget_typed(self, screen: str) -> None:
        """The screen has been left; a lock leaves nothing."""
        if self.session:
            self._typed.pop((self.username, screen), None)

    async def open_editor(self, incident_id: str, kind: str, record_id: str) -> DraftEditor:
        """The draft of this form: the one already in hand, else the one that was kept, else from the record."""
        session = self.signed_in()
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
        for (incident, known_kind, record), editor in self._editors.items():
            if (incident, known_kind) == (incident_id, kind) and (record == record_id or not record_id):
                return editor
        draft, incident = await asyncio.to_thread(
            lambda: (session.edit(incident_id, kind, record_id or None), session.store.incident(incident_id))
        )
        assert incident is not None
        context = incident.context(session.packs, session.now())
        editor = DraftEditor(session, CATALOGUE[kind], draft, context, self.spawn)
        editor.interrupted |= self._interrupted.get(draft.record_id, set())
        self._interrupted[draft.record_id] = editor.interrupted
        self._editors[incident_id, kind, draft.record_id] = editor
        return editor

    def close_editor(self, editor: DraftEditor) -> None:
        """The form has been left: seal it, and forget it once it is sealed."""
        task = self.spawn(self._sealed(editor))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _sealed(self, editor: DraftEditor) -> None:
        await editor.put_away()
        self._editors.pop((editor.draft.incident_id, editor.draft.kind, editor.draft.record_id), None)

    async def put_all_away(self) -> None:
        """The app is being hidden or left: everything in hand is sealed, and stays open."""
        for editor in tuple(self._editors.values()):
            await self.tasks.guarded(editor.put_away(again=True))

    async def close(self) -> None:
        """The page is gone for good. A vault that no other window shows is locked."""
        await self.put_all_away()
        await self.locking()
        self.tasks.cancel()
        let_go(self.page)
        if self.presence and self.session:
            self.presence.leave(self)
            if not self.presence.windows:
                await asyncio.to_thread(self.session.phone.lock, self.username, self.presence)

    # --- day and night ---

    @property
    def dark(self) -> bool:
        return t.is_night(self.now()) if self.night is None else self.night

    def dress(self) -> None:
        """Light or night, as chosen or as the hour says."""
        t.dress(self.page, self.dark)

    def switch_night(self) -> None:
        self.night = not self.dark
        self.dress()
        self.redraw()


def use_typed(ui: Ui, screen: str, make: Callable[[], T]) -> T:
    """What is typed on this screen and belongs to no draft. A lock leaves it as it is; leaving the screen ends it."""
    use_held(lambda: partial(ui.forget_typed, screen), [])
    return ft.use_memo(lambda: ui.typed(screen, make), [])

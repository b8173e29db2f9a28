"""What one screen session knows besides the store: who is here, what is in hand, day or night.

`Ui` is the only thing that talks to the page. Screens ask it to go somewhere, to do something slow in a thread, or to
open a form; it keeps every open draft until it is sealed, so that a fault never costs typed text.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, ParamSpec

import flet as ft

from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.session_tasks import SessionTasks, show_snack
from sync.core.errors import AlongsideError
from sync.domain.catalogue import CATALOGUE

P = ParamSpec("P")
Trouble = tuple[str, str]  # what went wrong and what to do, in words
NO_TROUBLE: Trouble = ("", "")
ERRORS = {
    "not_reachable": "The centre cannot be reached.",
    "pin_wrong": "That PIN is not right.",
    "pin_wait": "Too many wrong PINs.",
    "pin_weak": "That PIN is too easy to guess.",
    "disk_full": "This phone’s storage is full.",
    "changed_meanwhile": "Something changed while this was on the screen.",
    "sign_in_wrong": "The user name or password is not right.",
    "no_safe_place": "This device cannot be used for records.",
    "key_store_silent": "This phone’s key store does not answer.",
    "key_lost": "This phone’s key is gone.",
    "packs_altered": "The law and the guidance in this app have been altered.",
    "not_begun": "Alongside could not begin.",
}


def say_error(error: AlongsideError) -> Trouble:
    return ERRORS.get(error.code) or sentence(str(error)), error.advice


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


class Ui:
    def __init__(self, page: ft.Page, phone: Phone):
        self.page, self.phone = page, phone
        self.session: Session | None = None
        self.username = ""
        self.erased = False  # by order of the service: said until somebody signs in
        self.handed = ""  # the incident whose sheet an officer is reading: the phone shows nothing else
        self.amending: set[str] = set()
        self.aim = ""  # the question a section is to open at
        self.night: bool | None = None  # chosen by hand; None: by the time of day
        self.wide = False
        self.network: ft.Connectivity | None = None  # it tells as long as it is held
        self.redraw: Callable[[], None] = lambda: None
        self._interrupted: dict[str, set[str]] = {}  # by record: what has interrupted once
        self._editors: dict[tuple[str, str, str], DraftEditor] = {}
        self._closing: set[asyncio.Task[Any]] = set()
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
        self.session, self.username, self.handed, self.erased = session, username, "", False
        self.redraw()

    async def leave(self) -> None:
        """Lock: what is in hand is sealed first."""
        await self.put_all_away()
        if self.session:
            self.session.lock()
        self.session, self.handed, self.amending = None, "", set()
        self.go("/")
        self.redraw()

    def cleared(self) -> None:
        """All that this nurse had here has been erased by order of the service: there is nothing left to go back to."""
        self._editors.clear()
        self.session, self.handed, self.amending, self.erased = None, "", set(), True
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
        await self.put_all_away()
        self.tasks.cancel()

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

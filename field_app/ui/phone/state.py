"""What one screen session knows besides the store: who is here, what is in hand, day or night.

`Ui` is the only thing that talks to the page. Screens ask it to go somewhere, to do something slow in a thread, or to
open a form; it keeps every open pad until it is sealed, so that a fault never costs typed text.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import flet as ft

from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import log_fault, words
from sync.core.errors import AlongsideError
from sync.domain.catalogue import CATALOGUE

ERRORS = {
    "pin_wrong": "That PIN is not right.",
    "pin_wait": "Too many wrong PINs.",
    "pin_weak": "That PIN is too easy to guess.",
    "not_reachable": "The centre cannot be reached.",
    "captive_portal": "This network wants you to log in first.",
    "disk_full": "This phone’s storage is full.",
    "changed_meanwhile": "Something changed while this was on the screen.",
    "sign_in_wrong": "The user name or password is not right.",
}


def say_error(error: AlongsideError) -> tuple[str, str]:
    """What went wrong and what to do, in words."""
    return ERRORS.get(error.code) or str(error)[:1].upper() + str(error)[1:] + ".", error.advice


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
        self._pads: dict[tuple[str, str, str], DraftEditor] = {}
        self._closing: set[asyncio.Task[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def now(self) -> datetime:
        return self.phone.now()

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
        self._pads.clear()
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

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Work of this session: what it raises is told, and it ends with the session."""
        task = asyncio.get_running_loop().create_task(self._told(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _told(self, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await work
        except AlongsideError as error:
            self.tell(error)
        except Exception as fault:  # noqa: BLE001 - told and logged; a task that dies silently would hide it
            log_fault("in the background", fault)
            self.say("Something went wrong. What you typed is kept.")
        return None

    async def do(self, work: Callable[..., Any], *args: Any) -> bool:
        """Does something that writes or computes, in a thread. False when it could not be done, which is told."""
        try:
            await asyncio.to_thread(work, *args)
        except AlongsideError as error:
            self.tell(error)
            return False
        return True

    def tell(self, error: AlongsideError) -> None:
        what, advice = say_error(error)
        self.say(f"{what} {advice}")

    def say(self, text: str) -> None:
        snack = ft.SnackBar(
            words(text, 16, color=ft.Colors.ON_INVERSE_SURFACE),
            bgcolor=ft.Colors.INVERSE_SURFACE,
            show_close_icon=True,
            duration=ft.Duration(seconds=8),
            behavior=ft.SnackBarBehavior.FLOATING,
        )
        with contextlib.suppress(RuntimeError):  # the page is gone
            self.page.show_dialog(snack)

    # --- what is in hand ---

    async def open_pad(self, incident_id: str, kind: str, record_id: str) -> DraftEditor:
        """The pad of this form: the one already in hand, else the draft that was kept, else from the record."""
        assert self.session is not None
        session = self.session
        if self._closing:
            await asyncio.gather(*self._closing, return_exceptions=True)
        for (incident, known_kind, record), pad in self._pads.items():
            if (incident, known_kind) == (incident_id, kind) and (record == record_id or not record_id):
                return pad
        draft, incident = await asyncio.to_thread(
            lambda: (session.edit(incident_id, kind, record_id or None), session.store.incident(incident_id))
        )
        assert incident is not None
        pad = DraftEditor(session, CATALOGUE[kind], draft, incident.context(session.packs, session.now()), self.spawn)
        pad.interrupted |= self._interrupted.get(draft.record_id, set())
        self._interrupted[draft.record_id] = pad.interrupted
        self._pads[incident_id, kind, draft.record_id] = pad
        return pad

    def close_pad(self, pad: DraftEditor) -> None:
        """The form has been left: seal it, and forget it once it is sealed."""
        task = self.spawn(self._sealed(pad))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _sealed(self, pad: DraftEditor) -> None:
        await pad.put_away()
        self._pads.pop((pad.draft.incident_id, pad.draft.kind, pad.draft.record_id), None)

    async def put_all_away(self) -> None:
        """The app is being hidden or left: everything in hand is sealed, and stays open."""
        for pad in tuple(self._pads.values()):
            await self._told(pad.put_away(again=True))

    async def close(self) -> None:
        await self.put_all_away()
        for task in tuple(self._tasks):
            task.cancel()

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

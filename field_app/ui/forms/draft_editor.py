"""The draft in hand: what was typed and tapped on one form, kept as one goes. Nothing here draws.

A `DraftEditor` tells the question that changed, or the whole page when other questions come or go. It keeps the draft:
at once after a choice and on leaving a field, at most `SAVE_AFTER` seconds after a key. `put_away` seals it, so that
what was changed becomes a change; a form still on the screen goes on from there.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from field_app.ui.forms.draft_reading import DraftReading
from field_app.ui.kit.debounce import Debounce
from field_app.ui.kit.listeners import Listener, Listeners
from sync.domain import forms
from sync.domain.forms import AnswerKey, Checked, Context, Form, Unavailable, question_of, questions, why_unavailable
from sync.domain.records.interruptions import Interruption

if TYPE_CHECKING:
    from field_app.phone.store.disk import Draft

SAVE_AFTER = 1.5  # seconds
INTERRUPTION, MISSING = "!", "?"  # what listens for these is told, and no page drawn anew
Reader = Callable[[str], Any]  # an answer from its text; None when it cannot be read


class Keeper(Protocol):
    """What a draft needs of the session."""

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> "Draft": ...
    def keep(self, draft: "Draft") -> "Draft": ...
    def seal(self, draft: "Draft") -> None: ...


class DraftEditor(DraftReading):
    def __init__(
        self,
        keeper: Keeper,
        form: type[Form],
        draft: "Draft",
        context: Context,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ):
        super().__init__(form, dict(draft.answers), context)
        self.keeper, self.draft, self.spawn = keeper, draft, spawn
        self.faults: dict[str, str] = {}  # what is wrong with an answer, shown or not
        self.faults_shown: set[str] = set()  # names of answers
        self._put_by: dict[str, Any] = {}
        self.page = ""
        self.noted: dict[str, str] = {}  # the page on which each note was first read
        self._on_page: tuple[object, ...] = ()  # what the page asked, noted and suggested last
        self._listeners = Listeners()
        self._lock = asyncio.Lock()
        self._saving = Debounce(lambda: spawn(self.keep()))
        self._unsaved = False
        for name, raw in self.answers.items():
            self._check(name, raw)
        self.interruption: Interruption | None = None  # what an answer just given brought about
        self.interrupted = {interruption.kind for interruption in self.interruptions()}  # on this record: each once

    # --- answering (on the event loop, never waiting) ---

    def give(self, name: str, raw: Any) -> None:
        """A choice, or None to clear one. What "could not get it" replaces can be taken back."""
        before = self.answers.get(name)
        if why_unavailable(raw) and before is not None and not why_unavailable(before):
            self._put_by[name] = before
        self.typed.pop(name, None)
        self._set(name, self._check(name, raw).value)
        self._changed(name, soon=0)
        self._page_may_change()

    def take_back(self, name: str) -> None:
        """There is an answer after all: the one there was before, if any."""
        self.give(name, self._put_by.pop(name, None))

    def type(self, name: str, text: str, reader: Reader | None = None) -> None:
        """A key: what is in the field now. What cannot be read is kept as it stands. Nothing is drawn anew by a key."""
        was = self.fault(name)
        self.typed[name] = text
        raw = reader(text) if reader and text.strip() else text
        self._set(name, self._check(name, text if raw is None else raw).value)
        if was != self.fault(name):
            self._tell(name)
        self._unsaved = True
        self._save_in(SAVE_AFTER)

    def leave_field(self, name: str) -> None:
        """The field was left: its text takes the form in which the answer is kept, if it could be read."""
        if name not in self.faults:
            self.typed.pop(name, None)
        self._tell(name)
        self._page_may_change()
        self._save_in(0)

    def item(self, name: str, part: str, value: Any, *, typing: bool = False) -> None:
        """One part of an item of a group."""
        before = self.answers.get(name)
        item = {**(before if isinstance(before, dict) else {}), part: value}
        self._set(name, self._check(name, item).value)
        if typing:
            self._unsaved = True
            self._save_in(SAVE_AFTER)
        else:
            self._changed(name, soon=0)

    def add(self, name: str, item: dict[str, Any]) -> None:
        """One more item of a group; that none could be got is no longer so."""
        self.give(questions(self.form)[name].unavailable_key, None)
        self.give(str(AnswerKey(name, uuid4().hex[:12])), item)

    def use_suggestion(self, *names: str) -> None:
        """Takes what the record suggests, where there is still no answer: nothing that was typed is replaced."""
        for name in names:
            suggested = self.suggestion(name)
            if questions(self.form)[name].group:
                for item in suggested or ():
                    self.add(name, item)
            elif suggested is not None:
                self.give(name, suggested)

    def give_rest(self, why: Unavailable, reason: str = "", but: Collection[str] = ()) -> None:
        """All that is still missing could not be got, for this reason. `but`: clashes, which a person settles."""
        rest = forms.rest(self.form, self.answers, self.context, why, reason)
        for name, raw in rest.items():
            if AnswerKey.of(name).question not in but:
                self._set(name, raw)
                self._changed(name, soon=0)
        self._page_may_change()

    def interruption_seen(self, kind: str) -> None:
        """This one was read. A card that closes late does not take the next with it."""
        if self.interruption and self.interruption.kind == kind:
            self.interruption = None
            self._tell(INTERRUPTION)
            self._interrupt()

    # --- faults ---

    def fault(self, name: str) -> str:
        return self.faults.get(name, "") if name in self.faults_shown else ""

    def faults_on(self, page: str) -> list[tuple[str, str, str]]:
        """Name, question and fault of each answer on the page that is not right, and from now on they are shown."""
        wrong = [
            (name, question.text, fault)
            for name, fault in self.faults.items()
            if (question := question_of(self.form, name)) and question.page == page
        ]
        for name, _, _ in wrong:
            self.faults_shown.add(name)
            self._tell(name)
        return wrong

    # --- listening ---

    def on(self, name: str, listener: Listener) -> Listener:
        """Calls the listener when this answer changes ("": when the page has other questions or notes)."""
        return self._listeners.on(name, listener)

    # --- keeping ---

    async def keep(self) -> None:
        """Everything typed so far is on the phone's disk when this returns."""
        self._saving.stop()
        async with self._lock:
            if not self._unsaved:
                return
            self._unsaved, given = False, replace(self.draft, answers=self.answers)
            try:
                kept = await asyncio.to_thread(self.keeper.keep, given)
            except BaseException:
                self._unsaved = True
                raise
            if kept.answers != given.answers:
                self._go_on_from(kept, given)
                self._tell("")
            self.draft = kept

    async def put_away(self, context: Context | None = None, *, again: bool = False) -> None:
        """Seal what was changed. `again`: the form stays open, and what is typed meanwhile is not lost."""
        self._saving.stop()
        async with self._lock:
            sealed = replace(self.draft, answers=self.answers)
            await asyncio.to_thread(self.keeper.seal, sealed)
            self._unsaved = False
            if again:
                draft = await asyncio.to_thread(self.keeper.edit, sealed.incident_id, sealed.kind, sealed.record_id)
                self._go_on_from(draft, sealed)
                self._unsaved = self.answers != draft.answers
        if again:
            self.context = context or self.context
            self._tell("")
            self._save_in(0)

    def reread(self, context: Context) -> None:
        """Other records changed. What follows from that is no answer just given, and interrupts nobody."""
        self.context = context
        self.interrupted |= {interruption.kind for interruption in self.interruptions()}
        self._page_may_change()

    # --- inside ---

    def _go_on_from(self, draft: "Draft", given: "Draft") -> None:
        """Take up this draft, with what was answered since `given`: another window may have answered too."""
        since = forms.patch(given.answers, self.answers)
        self.draft, self.answers = draft, {**draft.answers, **since}
        for name in forms.patch(given.answers, draft.answers):
            if name not in since:
                self.typed.pop(name, None)
                self._check(name, self.answers.get(name))
                self._tell(name)

    def _set(self, name: str, value: Any) -> None:
        self.answers = {**self.answers, name: value}

    def _check(self, name: str, raw: Any) -> Checked:
        if question_of(self.form, name) is None:
            return Checked(raw)
        checked = forms.check(self.form, name, raw)
        if checked.problem:
            self.faults[name] = checked.problem
        else:
            self.faults.pop(name, None)
            self.faults_shown.discard(name)
        return checked

    def _changed(self, name: str, soon: float) -> None:
        self._unsaved = True
        self._tell(name)
        base = AnswerKey.of(name).question
        if base != name:
            self._tell(base)
        self._save_in(soon)

    def _interrupt(self) -> None:
        new = [interruption for interruption in self.interruptions() if interruption.kind not in self.interrupted]
        if new and self.interruption is None:
            self.interruption = new[0]
            self.interrupted.add(new[0].kind)
            self._tell(INTERRUPTION)

    def _page_may_change(self) -> None:
        self._interrupt()
        self._tell(MISSING)
        asked = ((question.name, self.required(question)) for question in self.shown(self.page))
        now = (*asked, *self.notes(), *self.suggestions(self.page).items())
        if now != self._on_page:
            self._on_page = now
            self._tell("")

    def _tell(self, name: str) -> None:
        self._listeners.tell(name)

    def _save_in(self, seconds: float) -> None:
        if self._unsaved:
            self._saving.within(seconds)

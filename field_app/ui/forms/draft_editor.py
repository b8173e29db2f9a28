"""The draft in hand: what was typed and tapped on one form, kept as one goes.

Nothing here draws. A `DraftEditor` tells the question that changed, or the whole page when other questions come or go, and
keeps the draft: at once after a choice and on leaving a field, at most `SAVE_AFTER` seconds after a key. `put_away`
seals it, so that what was changed becomes a change; a pad still on the screen goes on from there.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4

from field_app.ui.kit.debounce import Later
from sync.domain import forms
from sync.domain.forms import (
    AnswerKey,
    Checked,
    Context,
    Form,
    Note,
    Question,
    Unavailable,
    of_question,
    question_of,
    questions,
    read,
    why_unavailable,
)
from sync.domain.records.interruptions import Interruption, interruptions

SAVE_AFTER = 1.5
INTERRUPTION, MISSING = "!", "?"  # what listens for these is told, and no page drawn anew
Reader = Callable[[str], Any]


class Keeper(Protocol):
    """What a pad needs of the session."""

    def edit(self, incident_id: str, kind: str, record_id: str | None = None) -> Any: ...
    def keep(self, draft: Any) -> None: ...
    def seal(self, draft: Any) -> None: ...


class DraftEditor:
    def __init__(
        self,
        keeper: Keeper,
        form: type[Form],
        draft: Any,
        context: Context,
        spawn: Callable[[Coroutine[Any, Any, Any]], Any],
    ):
        self.keeper, self.form, self.spawn = keeper, form, spawn
        self.draft, self.context = draft, context
        self.answers: dict[str, Any] = dict(draft.answers)
        self.typed: dict[str, str] = {}  # a field's text where it is not simply its answer
        self.faults: dict[str, str] = {}  # what is wrong with an answer, shown or not
        self.told: set[str] = set()  # names whose fault is shown
        self._put_by: dict[str, Any] = {}
        self._read: tuple[Any, Any] = (None, None)  # answers, and what they were read as
        self.page = ""
        self.noted: dict[str, str] = {}  # the page on which each note was first read
        self.carried: dict[str, Any] = {}  # answers of an earlier record that may be taken over
        self._asked: tuple[Any, ...] = ()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._lock = asyncio.Lock()
        self._later = Later(lambda: spawn(self.keep()))
        self._unsaved = False
        for name, raw in self.answers.items():
            self._judge(name, raw)
        self.interruption: Interruption | None = None  # what an answer just given brought about
        self.interrupted = {each.kind for each in self._interruptions()}  # on this record: each once

    # --- answering (on the event loop, never waiting) ---

    def give(self, name: str, raw: Any) -> None:
        """A choice, or None to clear one. What "could not get it" replaces can be taken back."""
        before = self.answers.get(name)
        if why_unavailable(raw) and before is not None and not why_unavailable(before):
            self._put_by[name] = before
        self.typed.pop(name, None)
        self._set(name, self._judge(name, raw).value)
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
        self._set(name, self._judge(name, text if raw is None else raw).value)
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
        held = self.answers.get(name)
        made = {**(held if isinstance(held, dict) else {}), part: value}
        self._set(name, self._judge(name, made).value)
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
            made = self.suggestion(name)
            if questions(self.form)[name].group:
                for item in made or ():
                    self.add(name, item)
            elif made is not None:
                self.give(name, made)

    def give_rest(self, why: Unavailable, reason: str = "", but: Collection[str] = ()) -> None:
        """All that is still missing could not be got, for this reason. `but`: clashes, which a person settles."""
        made = forms.rest(self.form, self._answers_now(), self.context, why, reason)
        for name, raw in made.items():
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

    # --- reading ---

    def shown(self, page: str | None) -> list[Question]:
        return forms.shown(self.form, self.answers, self.context, page, self._model)

    def pages_asked(self) -> tuple[str, ...]:
        """The pages on which something is asked, as things are now."""
        return tuple(dict.fromkeys(question.page for question in self.shown(None)))

    def required(self, question: Question) -> bool:
        """Whether this answer stands between the record and its signature, as things are now."""
        if not callable(question.required):
            return question.required
        return question.required(self._model, self.context)

    def notes(self) -> list[Note]:
        return list(self.form.notes(self._model, self.context))

    def missing(self) -> list[str]:
        """The questions that stand between this record and a signature."""
        return [lack.name for lack in forms.missing(self.form, self.answers, self.context, self._model)]

    def suggestion(self, name: str) -> Any:
        """An answer made from what is recorded, for a question that has none; for one of several items, those."""
        if self.answers.get(name) is not None:
            return None
        made = forms.suggestion(self.form, name, self.answers, self.context, self._model)
        carried = None if questions(self.form)[name].group else self.carried.get(name)
        return carried if made is None else made

    def suggestions(self, page: str | None) -> dict[str, Any]:
        """What the record suggests on this page, by question."""
        asked = [each.name for each in self.shown(page) if each.suggest or each.name in self.carried]
        return {name: made for name in asked if (made := self.suggestion(name)) is not None}

    def text(self, name: str, say: Callable[[Any], str]) -> str:
        raw = self.answers.get(name)
        return self.typed[name] if name in self.typed else "" if raw is None or why_unavailable(raw) else say(raw)

    def fault(self, name: str) -> str:
        return self.faults.get(name, "") if name in self.told else ""

    def faults_on(self, page: str) -> list[tuple[str, str, str]]:
        """Name, question and fault of each answer on the page that is not right, and from now on they are shown."""
        wrong = [
            (name, question.text, fault)
            for name, fault in self.faults.items()
            if (question := question_of(self.form, name)) and question.page == page
        ]
        for name, _, _ in wrong:
            self.told.add(name)
            self._tell(name)
        return wrong

    def items(self, name: str) -> list[str]:
        """The keys of a group's items, in the order they were added."""
        return [
            key
            for key, raw in of_question(self.answers, name).items()
            if AnswerKey.of(key).item and raw is not None and why_unavailable(raw) is None
        ]

    # --- listening ---

    def on(self, name: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls the listener when this answer changes ("": when the page has other questions or notes)."""
        self._listeners.setdefault(name, []).append(listener)
        return lambda: self._listeners[name].remove(listener)

    # --- keeping ---

    @property
    def changed(self) -> bool:
        return bool(forms.patch(self.draft.base, self._answers_now()))

    async def keep(self) -> None:
        """Everything typed so far is on the phone's disk when this returns."""
        self._later.stop()
        async with self._lock:
            if self._unsaved:
                self._unsaved = False
                try:
                    await asyncio.to_thread(self.keeper.keep, replace(self.draft, answers=self._answers_now()))
                except BaseException:
                    self._unsaved = True
                    raise

    async def put_away(self, context: Context | None = None, *, again: bool = False) -> None:
        """Seal what was changed. `again`: the form stays open, and what is typed meanwhile is not lost."""
        self._later.stop()
        async with self._lock:
            sealed, since = replace(self.draft, answers=self._answers_now()), {}
            await asyncio.to_thread(self.keeper.seal, sealed)
            self._unsaved = False
            if again:
                draft = await asyncio.to_thread(self.keeper.edit, sealed.incident_id, sealed.kind, sealed.record_id)
                since = forms.patch(sealed.answers, self._answers_now())
                self.draft, self.answers = draft, {**draft.answers, **since}
                self._unsaved = bool(since)
        if again:
            self.context = context or self.context
            self._tell("")
            if since:
                self._save_in(0)

    def reread(self, context: Context) -> None:
        """Other records changed. What follows from that is no answer just given, and interrupts nobody."""
        self.context = context
        self.interrupted |= {each.kind for each in self._interruptions()}
        self._page_may_change()

    # --- inside ---

    @property
    def _model(self) -> Any:
        """The answers, read: once after each change, and not for every question anew."""
        if self._read[0] is not self.answers:
            self._read = (self.answers, read(self.form, self.answers).form)
        return self._read[1]

    def _answers_now(self) -> dict[str, Any]:
        return {name: raw for name, raw in self.answers.items() if raw is not None or name in self.draft.base}

    def _set(self, name: str, value: Any) -> None:
        self.answers = {**self.answers, name: value}

    def _judge(self, name: str, raw: Any) -> Checked:
        if question_of(self.form, name) is None:
            return Checked(raw)
        checked = forms.check(self.form, name, raw)
        if checked.problem:
            self.faults[name] = checked.problem
        else:
            self.faults.pop(name, None)
            self.told.discard(name)
        return checked

    def _changed(self, name: str, soon: float) -> None:
        self._unsaved = True
        self._tell(name)
        base = AnswerKey.of(name).question
        if base != name:
            self._tell(base)
        self._save_in(soon)

    def _interruptions(self) -> tuple[Interruption, ...]:
        return interruptions(self.form.kind, self._model, self.context)

    def _interrupt(self) -> None:
        new = [each for each in self._interruptions() if each.kind not in self.interrupted]
        if new and self.interruption is None:
            self.interruption = new[0]
            self.interrupted.add(new[0].kind)
            self._tell(INTERRUPTION)

    def _page_may_change(self) -> None:
        self._interrupt()
        self._tell(MISSING)
        asked = ((question.name, self.required(question)) for question in self.shown(self.page))
        now = (*asked, *self.notes(), *self.suggestions(self.page).items())
        if now != self._asked:
            self._asked = now
            self._tell("")

    def _tell(self, name: str) -> None:
        for listener in tuple(self._listeners.get(name, ())):
            listener()

    def _save_in(self, seconds: float) -> None:
        if self._unsaved:
            self._later.within(seconds)

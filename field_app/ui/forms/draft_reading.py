"""The answers of one form in hand, and what follows from them: what is asked, what is missing, what is suggested."""

from collections.abc import Callable
from typing import Any

from sync.domain import forms
from sync.domain.forms import AnswerKey, Context, Form, Note, Question, of_question, questions, read, why_unavailable
from sync.domain.records.interruptions import Interruption, interruptions


class DraftReading:
    def __init__(self, form: type[Form], answers: dict[str, Any], context: Context):
        self.form, self.answers, self.context = form, answers, context
        self.typed: dict[str, str] = {}  # a field's text where it is not simply its answer
        self.carried: dict[str, Any] = {}  # answers of an earlier record that may be taken over
        self._read: tuple[dict[str, Any] | None, Form | None] = (None, None)  # answers, and what they were read as

    @property
    def model(self) -> Form:
        """The answers, read: once after each change, and not for every question anew."""
        answers, model = self._read
        if model is None or answers is not self.answers:
            model = read(self.form, self.answers).form
            self._read = (self.answers, model)
        return model

    def shown(self, page: str | None) -> list[Question]:
        """The questions of a page that are asked, as things are now; None: of all pages."""
        return forms.shown(self.form, self.answers, self.context, page, self.model)

    def pages_asked(self) -> tuple[str, ...]:
        """The pages on which something is asked, as things are now."""
        return tuple(dict.fromkeys(question.page for question in self.shown(None)))

    def required(self, question: Question) -> bool:
        """Whether this answer stands between the record and its signature, as things are now."""
        if not callable(question.required):
            return question.required
        return question.required(self.model, self.context)

    def notes(self) -> list[Note]:
        return list(self.form.notes(self.model, self.context))

    def missing(self) -> list[str]:
        """The questions that stand between this record and a signature."""
        return [lack.name for lack in forms.missing(self.form, self.answers, self.context, self.model)]

    def interruptions(self) -> tuple[Interruption, ...]:
        return interruptions(self.form.kind, self.model, self.context)

    def suggestion(self, name: str) -> Any:
        """The answer that the record suggests to an unanswered question; for a question of several items, a list."""
        if self.answers.get(name) is not None:
            return None
        suggested = forms.suggestion(self.form, name, self.answers, self.context, self.model)
        carried = None if questions(self.form)[name].group else self.carried.get(name)
        return carried if suggested is None else suggested

    def suggestions(self, page: str | None) -> dict[str, Any]:
        """What the record suggests on this page, by question."""
        names = [question.name for question in self.shown(page) if question.suggest or question.name in self.carried]
        return {name: suggested for name in names if (suggested := self.suggestion(name)) is not None}

    def text(self, name: str, say: Callable[[Any], str]) -> str:
        """What stands in a field: the text that was typed, else the answer in the words of `say`."""
        raw = self.answers.get(name)
        return self.typed[name] if name in self.typed else "" if raw is None or why_unavailable(raw) else say(raw)

    def items(self, name: str) -> list[str]:
        """The keys of a group's items, in the order they were added."""
        return [
            key
            for key, raw in of_question(self.answers, name).items()
            if AnswerKey.of(key).item and raw is not None and why_unavailable(raw) is None
        ]

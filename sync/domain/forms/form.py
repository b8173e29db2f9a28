"""A form: a pydantic model whose fields carry their question.

One declaration gives storage, wire shape, checks, screen and document. Every answer may be empty, so a draft is always
valid; `missing` names what has to be answered before a signature. Answers are kept as plain JSON (`Answers`), as they
travel. `read` makes the typed model of the answers that this version understands; the others stay as they are.

    class Person(Form):
        kind, title, version = "person", "Person", 1
        identity: Identity | None = ask("How sure are you who this is?", required=True)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from sync.core.kinds import AnswerKey, Answers, Moment, Unavailable, of_question, unobtainable, why_unavailable
from sync.domain.forms.question import Context, Form, Question, adapter, questions

LONGEST = 20_000  # characters of one text: several such still fit one change (sync.protocol.messages.MAX_CHANGE_BYTES)
ONE_LINE = 500  # characters of an answer that is asked for in one line


def shown(
    form: type[Form], answers: Answers, context: Context, page: str | None = None, model: Form | None = None
) -> list[Question]:
    """The questions to draw on this page: those whose condition holds, and those that have an answer.

    `page`: None for every page. `model`: the answers as `read` gives them, if that was done already.
    """
    model = read(form, answers).form if model is None else model
    return [
        question
        for question in questions(form).values()
        if (page is None or question.page == page)
        and not question.hidden
        and (question.when is None or _has(answers, question) or question.when(model, context))
    ]


@dataclass(frozen=True)
class Missing:
    """A question that stands between a record and its signature."""

    kind: str
    name: str
    text: str
    page: str


def missing(form: type[Form], answers: Answers, context: Context, model: Form | None = None) -> list[Missing]:
    """The questions that have to be answered, or marked as unobtainable, before signing. They never block recording."""
    model = read(form, answers).form if model is None else model
    return [
        Missing(form.kind, question.name, question.text, question.page)
        for question in shown(form, answers, context, model=model)
        if not _has(answers, question)
        and (question.required(model, context) if callable(question.required) else question.required)
    ]


def rest(form: type[Form], answers: Answers, context: Context, why: "Unavailable", reason: str = "") -> dict[str, Any]:
    """The answers that mark all that is missing as unobtainable for one reason, so that a record can be finished."""
    marks: dict[str, Any] = {}
    known = questions(form)
    while lacking := missing(form, {**answers, **marks}, context):
        marks |= {known[lack.name].unavailable_key: unobtainable(why, reason) for lack in lacking}
    return marks


def suggestion(form: type[Form], name: str, answers: Answers, context: Context, model: Form | None = None) -> Any:
    """An answer to an empty question that follows from the record, as plain JSON; None when there is none.

    For a group: a list of its items.
    """
    question = questions(form)[name]
    if question.suggest is None or _has(answers, question):
        return None
    offered = question.suggest(read(form, answers).form if model is None else model, context)
    if offered in (None, "", ()):
        return None
    writes = adapter(form, name)
    if question.group:
        return [writes.dump_python(item, mode="json", exclude_defaults=True) for item in offered]
    return writes.dump_python(offered, mode="json", exclude_none=True)


@dataclass(frozen=True)
class ReadAnswers:
    """Answers as this version understands them. `unread`: the keys of those it cannot read, or does not know."""

    form: Any
    unavailable: Mapping[str, Unavailable]
    unread: tuple[str, ...]


def read(form: type[Form], answers: Answers) -> ReadAnswers:
    """The typed model of the answers that can be read. The answers themselves keep everything."""
    values, unavailable, unread = _sorted_out(form, answers)
    return ReadAnswers(form.model_construct(**values), unavailable, tuple(unread))


def unread(form: type[Form], answers: Answers) -> list[str]:
    """The keys of the answers that this version cannot read, or does not know. Quicker than `read`."""
    return _sorted_out(form, answers)[2]


def _sorted_out(form: type[Form], answers: Answers) -> tuple[dict[str, Any], dict[str, Unavailable], list[str]]:
    """The values by question, why an answer could not be got by key, and the keys of those that cannot be read."""
    values: dict[str, Any] = {}
    unavailable: dict[str, Unavailable] = {}
    unread: list[str] = []
    known = questions(form)
    for name, raw in answers.items():
        if raw is None:
            continue
        base, item = AnswerKey.of(name)
        question = known.get(base)
        if type(raw) is not str and (why := why_unavailable(raw)) is not None:
            unavailable[name] = why
        elif question is None or question.group != bool(item):
            unread.append(name)
        else:
            try:
                value = adapter(form, base).validate_python(raw)
            except ValidationError:
                unread.append(name)
                continue
            if question.group:
                values.setdefault(base, {})[item] = value
            else:
                values[base] = value
    return values, unavailable, unread


@dataclass(frozen=True)
class Checked:
    """One answer, checked: the JSON value to keep, and what is wrong with it, if anything."""

    value: Any
    problem: str = ""


def check(form: type[Form], name: str, raw: Any) -> Checked:
    """What was typed or tapped for one question, as it is kept. What cannot be read is kept too, with what is wrong."""
    base = AnswerKey.of(name).question
    question = questions(form)[base]
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return Checked(None)
    if why_unavailable(raw):
        return Checked(raw)
    if isinstance(raw, str):
        raw = raw.strip()
        most = LONGEST if question.long else ONE_LINE
        if len(raw) > most:
            return Checked(raw, f"This is {len(raw):,} characters long. Shorten it to {most:,}; nothing is cut.")
    try:
        reads = adapter(form, base)
        value = reads.validate_python(raw)
    except ValidationError:
        return Checked(raw, _WORDS.get(question.answer, "This cannot be read. Check it."))
    if question.check and (wrong := question.check(value)):
        return Checked(raw, wrong)
    tidied = question.tidy(value) if question.tidy else value
    return Checked(reads.dump_python(tidied, mode="json", exclude_none=True))


def patch(before: Answers, after: Answers) -> dict[str, Any]:
    """The answers to set to go from one state to the other; None clears an answer."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def merge(before: Answers, theirs: Answers, mine: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """What two writers made of the same answers (three-way merge), and apart from it what clashes.

    `mine` gives what differs from `before`; an answer that it does not name was not touched, None clears one. Where
    both gave different values, theirs is in the first and mine in the second.
    """
    given = {name: raw for name, raw in mine.items() if raw != before.get(name)}
    clashing = {name: raw for name, raw in given.items() if theirs.get(name) not in (before.get(name), raw)}
    return {**theirs, **{name: raw for name, raw in given.items() if name not in clashing}}, clashing


def _has(answers: Answers, question: Question) -> bool:
    if question.group:
        return any(raw is not None for raw in of_question(answers, question.name).values())
    return answers.get(question.name) is not None


_WORDS = {
    int: "Enter a whole number.",
    Decimal: "Enter a number, for example 36.8.",
    date: "Enter a date: day, month, year.",
    Moment: "Enter a date and a time.",
}

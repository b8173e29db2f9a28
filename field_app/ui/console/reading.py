"""An opened incident as a reviewer reads it: sections, answers in words, what changed since the signature.

Pure: no screen, no clock, no network. The questions and their order are the forms' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console.who_signed import as_signed
from sync.core.times import moment
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical import timeline
from sync.domain.forms import (
    Context,
    Form,
    Question,
    Source,
    in_words,
    missing,
    of_question,
    question_of,
    questions,
    read,
    shown,
    why_unavailable,
)
from sync.domain.records.fold import Record

NO_ANSWER = "No answer"


@dataclass(frozen=True)
class Option:
    """One of the values of a clash: what was said, by whom, when."""

    text: str
    value: Any
    who: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """One line of a section. `state`: "" (answered), missing, unavailable or clash. `late`: when a time that was not
    tapped as it happened was written down."""

    kind: str
    record_id: str
    name: str
    question: str
    text: str
    state: str = ""
    changed: bool = False
    was: str = ""
    who: str = ""
    at: datetime | None = None
    late: datetime | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Part:
    """The answers of one page of a form."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ReadingSection:
    """One record as it is read."""

    record_id: str
    kind: str
    title: str
    number: int  # of its kind, when there are several; else 0
    parts: tuple[Part, ...]
    retracted: str = ""  # why, when entered in error
    unread: tuple[Answer, ...] = ()

    @property
    def clashes(self) -> int:
        return sum(answer.state == "clash" for part in self.parts for answer in part.answers)

    @property
    def missing(self) -> int:
        return sum(answer.state == "missing" for part in self.parts for answer in part.answers)


def sections(opened: OpenedIncident, now: datetime) -> list[ReadingSection]:
    """Every record of the incident in the order of the task list; those entered in error at the end."""
    incident, before = opened.incident, as_signed(opened)
    context = incident.context(opened.packs, now)
    order = {kind: place for place, kind in enumerate(SECTIONS)}

    def place(record: Record) -> tuple[bool, int, str, str]:
        return record.retracted, order.get(record.kind, len(order)), record.first_at, record.record_id

    records = sorted(incident.records.values(), key=place)
    read = []
    for record in records:
        alike = [other.record_id for other in records if other.kind == record.kind]
        number = alike.index(record.record_id) + 1 if len(alike) > 1 else 0
        was = before.records.get(record.record_id) if before else None
        read.append(_section(RecordRead(opened, record, was, before is not None), number, context))
    return read


@dataclass(frozen=True)
class RecordRead:
    """A record beside what it `was` when it was signed, if that is known; None: it was not there."""

    opened: OpenedIncident
    record: Record
    was: Record | None
    compared: bool


def _section(read: RecordRead, number: int, context: Context) -> ReadingSection:
    record = read.record
    form = CATALOGUE.get(record.kind)
    reason = next((str(act.detail.get("reason", "")) for act in record.acts if act.op == "retract"), "")
    retracted = (reason or "no reason given") if record.retracted else ""
    unread = _unread(form, record)
    if form is None:
        title = f"{record.kind} (newer than this console)"
        parts = (Part("", unread),) if unread else ()
        return ReadingSection(record.record_id, record.kind, title, number, parts, retracted)
    lacking = {lack.name for lack in missing(form, record.values, context)} if not record.retracted else set()
    asked = {question.name for question in shown(form, record.values, context)}
    pages: dict[str, list[Answer]] = {}
    for name, question in questions(form).items():
        if rows := _rows(read, name, question, name in lacking, name in asked):
            pages.setdefault(question.page, []).extend(rows)
    parts = tuple(Part(page, tuple(rows)) for page, rows in pages.items())
    return ReadingSection(record.record_id, record.kind, form.title, number, parts, retracted, unread)


def _rows(read: RecordRead, name: str, question: Question, lacks: bool, asked: bool) -> list[Answer]:
    """The lines of one question: an answer, or one for each item of a group; or that there is none."""
    record = read.record
    if question.hidden:
        return []
    given = {**record.answers, **record.clashes}
    keys = sorted(of_question(given, name)) if question.group else [name] if name in given else []
    if keys:
        return [_answer(read, key, question) for key in keys]
    signed = next(iter(of_question(read.was.answers, name).values()), None) if read.compared and read.was else None
    if signed is not None:
        state, was = "missing" if lacks else "", _in_words(question, signed.value)
        return [Answer(record.kind, record.record_id, name, question.text, "Cleared", state, True, was)]
    if lacks and asked:
        return [Answer(record.kind, record.record_id, name, question.text, "Not answered", "missing")]
    return []


def _answer(read: RecordRead, key: str, question: Question) -> Answer:
    opened, record = read.opened, read.record
    if both := record.clashes.get(key):
        options = tuple(
            Option(_in_words(question, given.value), given.value, opened.name(given.author), moment(given.at))
            for given in both
        )
        text = "Two different answers" if len(both) == 2 else f"{len(both)} different answers"
        return Answer(record.kind, record.record_id, key, question.text, text, "clash", options=options)
    given = record.answers[key]
    old = read.was.answers.get(key) if read.was else None
    changed = read.compared and (old is None or old.value != given.value)
    return Answer(
        record.kind,
        record.record_id,
        key,
        question.text,
        in_words(question, given.value),
        "unavailable" if why_unavailable(given.value) else "",
        changed,
        _in_words(question, old.value) if changed and old else "",
        opened.name(given.author),
        moment(given.at),
        moment(given.at) if key in timeline.entered_late(record) or _typed(given.value) else None,
    )


def _typed(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("source") == Source.TYPED


def _unread(form: type[Form] | None, record: Record) -> tuple[Answer, ...]:
    """Answers that no form of this version has a question for, as they came."""
    return tuple(
        Answer(record.kind, record.record_id, name, name, str(given.value))
        for name, given in record.answers.items()
        if form is None or question_of(form, name) is None
    )


def _in_words(question: Question, value: object) -> str:
    return NO_ANSWER if value is None else in_words(question, value)


@dataclass(frozen=True)
class Point:
    """Something a reviewer looks at first. `grave`: a warning of the form's own."""

    text: str
    grave: bool = False
    source: str = ""


def points(opened: OpenedIncident, now: datetime) -> list[Point]:
    """What the forms say back of this incident, the grave ones first, each once."""
    incident = opened.incident
    context = incident.context(opened.packs, now)
    first: dict[str, Point] = {}
    for kind in SECTIONS:
        for record in incident.of(kind):
            form = CATALOGUE[kind]
            for note in form.notes(read(form, record.values).form, context):
                first.setdefault(note.text, Point(note.text, note.grave, note.source))
    return sorted(first.values(), key=lambda point: not point.grave)

"""An opened incident as a reviewer reads it: sections, answers in words, what changed since the signature.

Pure: no screen, no clock, no network. The questions and their order are the forms' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app.desk.desk_models import OpenedIncident, folded
from sync.core.canonical import digest
from sync.core.times import moment
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.clinical import timeline
from sync.domain.documents.handover_sheet import sheet_as_signed
from sync.domain.forms import (
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
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident
from sync.domain.records.standing import cosignature, document, signature

NO_ANSWER = "No answer"


@dataclass(frozen=True)
class Option:
    """One of the values of a clash: what was said, by whom, when."""

    said: str
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
    said: str
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


@dataclass(frozen=True)
class Signed:
    """The nurse's signature: whose, when, and whether it is over the record as it stands."""

    who: str
    at: datetime
    number: int | None
    current: bool


@dataclass(frozen=True)
class Cosigned:
    """What the officer did with the handover sheet."""

    officer: Mapping[str, str]
    at: datetime
    declined: bool
    reason: str = ""
    current: bool = True
    strokes: tuple[tuple[tuple[int, int], ...], ...] = ()

    @property
    def name(self) -> str:
        said = (self.officer.get(part, "") for part in ("name", "collar_number", "force"))
        return ", ".join(part for part in said if part) or "Officer not named"


# --- sections ---------------------------------------------------------------------------------------------------


def sections(opened: OpenedIncident, now: datetime) -> list[ReadingSection]:
    """Every record of the incident in the order of the task list; those entered in error at the end."""
    incident = opened.incident
    before = as_signed(opened)
    context = incident.context(opened.packs, now)
    order = {kind: place for place, kind in enumerate(SECTIONS)}
    known = sorted(
        incident.records.values(),
        key=lambda one: (one.retracted, order.get(one.kind, len(order)), one.first_at, one.record_id),
    )
    made = []
    for record in known:
        alike = [one.record_id for one in known if one.kind == record.kind]
        number = alike.index(record.record_id) + 1 if len(alike) > 1 else 0
        was = before.records.get(record.record_id) if before else None
        made.append(_section(opened, record, number, was, before is not None, context))
    return made


def _section(
    opened: OpenedIncident, record: Record, number: int, was: Record | None, compared: bool, context: Any
) -> ReadingSection:
    form = CATALOGUE.get(record.kind)
    reason = next((str(act.detail.get("reason", "")) for act in record.acts if act.op == "retract"), "")
    retracted = (reason or "no reason given") if record.retracted else ""
    if form is None:
        rows = tuple(
            Answer(record.kind, record.record_id, name, name, str(given.value))
            for name, given in record.answers.items()
        )
        return ReadingSection(
            record.record_id,
            record.kind,
            f"{record.kind} (newer than this console)",
            number,
            (Part("", rows),) if rows else (),
            retracted,
        )
    lacking = {lack.name for lack in missing(form, record.values, context)} if not record.retracted else set()
    asked = {question.name for question in shown(form, record.values, context)}
    pages: dict[str, list[Answer]] = {}
    for name, question in questions(form).items():
        if question.hidden:
            continue
        keys = _keys(record, name, question)
        for key in keys:
            pages.setdefault(question.page, []).append(_answer(opened, record, key, question, was, compared))
        gone = _gone(record, name, question, was) if compared and not keys else None
        if gone is not None:
            pages.setdefault(question.page, []).append(_emptied(record, name, question, gone, name in lacking))
        elif not keys and name in lacking and name in asked:
            pages.setdefault(question.page, []).append(
                Answer(record.kind, record.record_id, name, question.text, "Not answered", "missing")
            )
    parts = tuple(Part(page, tuple(rows)) for page, rows in pages.items())
    return ReadingSection(record.record_id, record.kind, form.title, number, parts, retracted, _unread(form, record))


def _keys(record: Record, name: str, question: Question) -> list[str]:
    """The answers to one question: its own, or one for each item of a group."""
    known = {**record.answers, **record.clashes}
    if not question.group:
        return [name] if name in known else []
    return sorted(of_question(known, name))


def _answer(
    opened: OpenedIncident, record: Record, key: str, question: Question, was: Record | None, compared: bool
) -> Answer:
    both = record.clashes.get(key)
    if both:
        options = tuple(
            Option(_said(question, one.value), one.value, opened.name(one.author), moment(one.at)) for one in both
        )
        said = "Two different answers" if len(both) == 2 else f"{len(both)} different answers"
        return Answer(record.kind, record.record_id, key, question.text, said, "clash", options=options)
    given = record.answers[key]
    old = was.answers.get(key) if was else None
    changed = compared and (old is None or old.value != given.value)
    return Answer(
        record.kind,
        record.record_id,
        key,
        question.text,
        in_words(question, given.value),
        "unavailable" if why_unavailable(given.value) else "",
        changed,
        _said(question, old.value) if changed and old else "",
        opened.name(given.author),
        moment(given.at),
        moment(given.at) if key in timeline.entered_late(record) or _typed(given.value) else None,
    )


def _typed(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("source") == Source.TYPED


def _gone(record: Record, name: str, question: Question, was: Record | None) -> Given | None:
    """What was signed and has been cleared since."""
    if was is None:
        return None
    return next(iter(of_question(was.answers, name).values()), None)


def _emptied(record: Record, name: str, question: Question, old: Given, lacks: bool) -> Answer:
    return Answer(
        record.kind,
        record.record_id,
        name,
        question.text,
        "Cleared",
        "missing" if lacks else "",
        True,
        _said(question, old.value),
    )


def _unread(form: type[Form], record: Record) -> tuple[Answer, ...]:
    """Answers of a newer version, as they came."""
    return tuple(
        Answer(record.kind, record.record_id, name, name, str(given.value))
        for name, given in record.answers.items()
        if question_of(form, name) is None
    )


def _said(question: Question, value: Any) -> str:
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
    found: dict[str, Point] = {}
    for kind in SECTIONS:
        for record in incident.of(kind):
            form = CATALOGUE[kind]
            for note in form.notes(read(form, record.values).form, context):
                found.setdefault(note.text, Point(note.text, note.grave, note.source))
    return sorted(found.values(), key=lambda one: not one.grave)


# --- signatures -------------------------------------------------------------------------------------------------


def signed(opened: OpenedIncident) -> Signed | None:
    act = signature(opened.incident)
    if act is None:
        return None
    current = act.detail.get("digest") == digest(document(opened.incident))
    return Signed(opened.name(act.author), moment(act.at), _number(opened, act.change_id), current)


def cosigned(opened: OpenedIncident) -> Cosigned | None:
    act = cosignature(opened.incident)
    if act is None:
        return None
    officer = act.detail.get("officer")
    officer = {part: str(said) for part, said in officer.items()} if isinstance(officer, Mapping) else {}
    if act.op == "decline":
        return Cosigned(officer, moment(act.at), True, str(act.detail.get("reason", "")))
    current = sheet_as_signed(opened.incident, act)
    return Cosigned(officer, moment(act.at), False, "", current, _strokes(act.detail.get("strokes")))


def _strokes(raw: Any) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The drawn lines, as points; whatever is not a point is left out."""
    lines = []
    for stroke in raw if isinstance(raw, list) else ():
        points = [
            (one[0], one[1])
            for one in (stroke if isinstance(stroke, list) else ())
            if isinstance(one, list) and len(one) >= 2 and all(type(part) is int for part in one[:2])
        ]
        if points:
            lines.append(tuple(points))
    return tuple(lines)


def as_signed(opened: OpenedIncident) -> Incident | None:
    """The incident as it stood when it was signed; None when the log does not show exactly that."""
    act = signature(opened.incident)
    number = _number(opened, act.change_id) if act else None
    if act is None or number is None:
        return None
    before = folded(opened.incident.incident_id, (entry for entry in opened.log if entry.seq <= number))
    return before if digest(document(before)) == act.detail.get("digest") else None


def _number(opened: OpenedIncident, change_id: str) -> int | None:
    return next((entry.seq for entry in opened.log if entry.change.change_id == change_id), None)

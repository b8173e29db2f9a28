"""Builders for the rules: moments, forms, changes, records, incidents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from pydantic import BaseModel

from sync.core.times import LONDON, instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Choice, Context, Event, Form, Moment, Question, missing, questions, read
from sync.domain.records.fold import Record, fold
from sync.domain.records.incident import Incident
from tests.steps.builders import BOOK, LAW

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
INCIDENT = "00000000-0000-0000-0000-000000000001"
_numbers = count(1)


def at(text: str) -> datetime:
    """A time in England: "2026-10-24 18:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def filled(form: type[Form], **answers: Any) -> Any:
    """The typed form of these plain answers; every one of them must be readable."""
    made = read(form, answers)
    assert not made.unread, made.unread
    return made.form


def context(*forms: Form, now: datetime | None = NOW, police_present: bool = False) -> Context:
    kinds: dict[str, tuple[Form, ...]] = {}
    for form in forms:
        kinds[form.kind] = (*kinds.get(form.kind, ()), form)
    return Context(kinds, now, police_present, rules=LAW, directory=BOOK)


def said(form: Any, about: Context) -> str:
    """The form's notes as one text."""
    return "\n".join(note.text for note in type(form).notes(form, about))


def grave(form: Any, about: Context) -> list[str]:
    return [note.text for note in type(form).notes(form, about) if note.grave]


@dataclass(frozen=True)
class Move:
    """A change, as the fold needs it."""

    patch: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    op: str = "set"
    kind: str = "incident"
    record_id: str = INCIDENT
    incident_id: str = INCIDENT
    change_id: str = field(default_factory=lambda: f"{next(_numbers):064x}")
    form_version: int = 1
    author: str = "nurse-1"
    role: str = "nurse"
    recorded_at: str = "2026-11-22T19:00:00.000Z"


@dataclass
class Case:
    """An incident under way: each `add` is one change on the record's heads."""

    moves: dict[str, list[Move]] = field(default_factory=dict)

    def add(self, kind: str, patch: Mapping[str, Any], op: str = "set", record: str = "", **about: Any) -> Move:
        name = INCIDENT if kind == "incident" else record or kind
        known = self.moves.setdefault(name, [])
        parents = about.pop("parents", fold(known).heads if known else ())
        move = Move(patch, parents, op, kind, name, **about)
        known.append(move)
        return move

    def record(self, name: str = INCIDENT) -> Record:
        return fold(self.moves[name])

    @property
    def incident(self) -> Incident:
        return Incident(INCIDENT, {name: fold(moves) for name, moves in self.moves.items()})


def answer(kind: str, question: Question) -> Any:
    """A plain answer of the question's type; text names the question it answers."""
    single = _plain(f"{kind}.{question.name}", question.answer)
    return [single] if question.many else single


def _plain(name: str, answer_type: Any) -> Any:
    if answer_type is Moment:
        return "2026-11-22T19:00:00.000Z"
    if answer_type is Event:
        return {"at": "2026-11-22T19:00:00.000Z", "source": "tapped"}
    if issubclass(answer_type, Choice):
        return next(iter(answer_type)).value
    if issubclass(answer_type, BaseModel):
        first = next(name for name, info in answer_type.model_fields.items() if info.annotation is str)
        return {first: f"said {name}"}
    return {str: f"said {name}", int: 3, Decimal: "36.8", date: "1990-02-01"}[answer_type]


def everything(form: type[Form]) -> dict[str, Any]:
    """An answer to every question of the form."""
    return {
        f"{name}.1" if question.group else name: answer(form.kind, question)
        for name, question in questions(form).items()
    }


FORMS = tuple(CATALOGUE.values())


def event(text: str, source: str = "tapped") -> dict[str, str]:
    """A time of the ribbon, as it travels: a time in England."""
    return {"at": instant(at(text)), "source": source}


def lacking(form: type[Form], about: Any = None, **answers: Any) -> set[str]:
    """The names of what stands between these answers and a signature."""
    return {lack.name for lack in missing(form, answers, about or context())}


TRIAGE = {
    "contact_mode": "control_room_triage", "police_present": "no", "rcrp_relevant": "yes", "rcrp_call_type": "welfare",
    "rcrp_threshold": ["not_met"], "rcrp_rationale": "At home, talking, no act and no threat heard.",
    "rcrp_decision": "redirect",
    "rcrp_decided_by": "Sam Hill, coordinator", "rcrp_decided_at": "2026-11-22T19:05:00.000Z",
    "rcrp_agency_type": "crisis_team", "rcrp_caller_told": "yes", "rcrp_caller_told_at": "2026-11-22T19:06:00.000Z",
}  # fmt: skip

"""Answers to whatever a form still asks for, by type, so that an incident is complete with any later question too.

An answer is the one the form itself suggests, or words for a question of that name, or something its type allows; when
the form takes none of these, it is said not to have been asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from types import NoneType
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel

from demo.synthetic.words import CODES, LONG, SHORT, TEXTS
from sync.core.times import instant
from sync.domain.catalogue import CATALOGUE
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import (
    AnswerKey,
    Choice,
    Context,
    Event,
    Form,
    Moment,
    Question,
    Unavailable,
    check,
    missing,
    questions,
    read,
    suggestion,
    unobtainable,
)
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident
from sync.domain.records.tasks import tasks

Answers = dict[str, Any]
ROUNDS = 12  # an answer may bring more questions; no form asks that often
NOTHING = ("none", "no", "5", "none_present", "not_met")  # the codes for "there is nothing of this"
SET_BY_THE_APP = {"shift", "rule_pack"}
NEVER = ("died", "lapsed", "absconded", "awol")  # not by chance


@dataclass(frozen=True, repr=False)
class Completion:
    """One change. `beside`: made on another phone, without knowledge of the step before it."""

    kind: str
    record_id: str
    at: datetime
    answers: Answers = field(repr=False)
    op: str = "set"
    beside: bool = False


@dataclass(frozen=True)
class Teller:
    """Makes up answers. `slots`: the values of the placeholders in the texts."""

    rng: Random
    slots: dict[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """The words for a question of this name, perhaps for this outcome alone; "" when there are none."""
        parts = TEXTS.get(f"{name}:{self.slots['outcome']}") or TEXTS.get(name, ())
        text = ""
        for alternatives in parts:
            words = self.rng.choice(alternatives).format(**self.slots)
            begins = not text or text[-1] in ".?!"
            text += f"{' ' * bool(text)}{words[:1].upper() + words[1:] if begins else words}"
        return text

    def answer(self, form: type[Form], name: str, answers: Answers, context: Context, at: datetime) -> tuple[str, Any]:
        """An answer to a question that nobody has answered, with its key. `at`: when it is recorded."""
        question = questions(form)[name]
        key = str(AnswerKey(name, "1" if question.group else ""))
        for raw in self._tries(form, question, answers, context, at):
            checked = check(form, key, raw)
            if checked.value is not None and not checked.problem:
                return key, checked.value
        return question.unavailable_key, unobtainable(Unavailable.NOT_ASKED)

    def _tries(
        self, form: type[Form], question: Question, answers: Answers, context: Context, at: datetime
    ) -> Iterator[Any]:
        if not question.group:
            yield suggestion(form, question.name, answers, context)
        yield self.text(question.name)
        yield from self.rng.sample(known := CODES.get(f"{form.kind}.{question.name}", ()), len(known))
        for _ in range(6):
            value = self._plain(question.answer, at, question.long)
            yield [value] if question.many else value

    def _plain(self, kind: Any, at: datetime, long: bool = False) -> Any:
        """Something of this type."""
        if kind == Moment:
            return instant(at)
        if kind is Event:
            return {"at": instant(at), "source": "typed"}
        if kind is str:
            return self.rng.choice(LONG if long else SHORT)
        if issubclass(kind, Choice):
            codes = [code.value for code in kind if code.value not in NEVER]
            nothing = [code for code in codes if code in NOTHING]
            return nothing[0] if nothing and self.rng.random() < 0.95 else self.rng.choice(codes)
        if issubclass(kind, BaseModel):
            parts = {name: _of(info.annotation) for name, info in kind.model_fields.items()}
            return {name: self._part(name, part, at) for name, part in parts.items() if part is not None}
        return {int: self.rng.randint(1, 12), Decimal: "36.8", date: at.date().isoformat()}.get(kind)

    def _part(self, name: str, kind: Any, at: datetime) -> Any:
        if kind is str and name in ("name", "role"):
            return self.slots["colleague"] if name == "name" else "On duty"
        return self._plain(kind, at)


def _of(annotation: Any) -> Any:
    """The type of a part of an item, without None; None for a type that is left empty."""
    kind = next((part for part in get_args(annotation) if part is not NoneType), annotation)
    known = kind == Moment or (isinstance(kind, type) and (kind in (str, int, date) or issubclass(kind, Choice)))
    return kind if known else None


def readable(kind: str, answers: Answers) -> Answers:
    """The answers that the form asks for and takes, and of hidden questions those that the app answers by itself."""
    form = CATALOGUE[kind]
    open_to_all = {name for name, question in questions(form).items() if not question.hidden}
    names = open_to_all | (SET_BY_THE_APP & questions(form).keys())
    checked = {key: check(form, key, raw) for key, raw in answers.items() if AnswerKey.of(key).question in names}
    return {key: answer.value for key, answer in checked.items() if answer.value is not None and not answer.problem}


def folded(incident_id: str, steps: Iterable[Completion], author: str = "") -> Incident:
    """The incident these steps make when each knows all before it."""
    records: dict[str, Record] = {}
    for step in steps:
        at = instant(step.at)
        known = records.get(step.record_id) or Record(
            step.record_id, incident_id, step.kind, CATALOGUE[step.kind].version, first_at=at
        )
        given = {name: Given(value, "", author, at) for name, value in step.answers.items()}
        records[step.record_id] = replace(known, answers={**known.answers, **given}, last_at=at)
    return Incident(incident_id, records)


def completed(
    incident_id: str, steps: list[Completion], packs: PackSet, now: datetime, teller: Teller
) -> list[Completion]:
    """The steps, with the missing answers added to the last step of each record, and with the records that are due."""
    for _ in range(ROUNDS):
        incident = folded(incident_id, steps)
        context, added = incident.context(packs, now), False
        for task in tasks(incident, packs, now):
            form = CATALOGUE[task.kind]
            if task.missing and not task.records:
                steps.append(Completion(task.kind, _uuid(teller.rng), steps[-1].at, {}))
            for record in task.records:
                answers = dict(record.values)
                last = max(place for place, step in enumerate(steps) if step.record_id == record.record_id)
                for lack in missing(form, answers, context):
                    key, value = teller.answer(form, lack.name, answers, context, steps[last].at)
                    answers[key] = value
                    steps[last] = replace(steps[last], answers={**steps[last].answers, key: value})
            added = added or bool(task.missing)
        if not added and not _pruned(incident, context, steps):
            return steps
    return steps


def _pruned(incident: Incident, context: Context, steps: list[Completion]) -> bool:
    """Take out the answers to questions whose condition does not hold. Returns whether there were any."""
    pruned = False
    for place, step in enumerate(steps):
        form = CATALOGUE[step.kind]
        model = read(form, incident.records[step.record_id].values).form
        known = questions(form)
        rules = {name: rule for name in step.answers if (rule := known[AnswerKey.of(name).question].when)}
        if idle := {name for name, rule in rules.items() if not rule(model, context)}:
            steps[place] = replace(step, answers={name: raw for name, raw in step.answers.items() if name not in idle})
            pruned = True
    return pruned


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))

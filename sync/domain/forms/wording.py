"""An answer in words, as a reader sees it: of any kind, even one that this version cannot read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from sync.core.kinds import Event, Moment, Source, why_unavailable
from sync.core.times import day_and_clock, day_in_words, moment
from sync.domain.forms.question import Question, answer_type


def in_words(question: Question, raw: Any) -> str:
    """The answer in words. One that this version cannot read is shown as it came."""
    if (why := why_unavailable(raw)) is not None:
        return f"{why.label}: {raw['reason']}" if raw.get("reason") else why.label
    if isinstance(raw, list):
        return ", ".join(_label(question, item) for item in raw) if raw else "None"
    if isinstance(raw, Mapping):
        if question.answer is Event and (when := _day_and_clock(raw.get("at"))):
            return when + (" (entered later)" if raw.get("source") == Source.TYPED else "")
        return ", ".join(_parts(question, raw))
    if question.answer is Moment and (when := _day_and_clock(raw)):
        return when
    if question.answer is date and (day := _day(raw)):
        return day
    return f"{_label(question, raw)}{' ' + question.unit if question.unit else ''}"


def _parts(question: Question, item: Mapping[str, Any]) -> list[str]:
    """The parts of an item of a group in words, in the order of its model, whatever the order on the wire."""
    model = question.answer
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return [str(item[name]) for name in sorted(item) if item[name]]
    kinds = {name: answer_type(info.annotation)[0] for name, info in model.model_fields.items()}
    return [in_words(Question("", answer=kind), item[name]) for name, kind in kinds.items() if item.get(name)]


def _day_and_clock(raw: Any) -> str:
    try:
        return day_and_clock(moment(raw)) if isinstance(raw, str) else ""
    except (ValueError, OverflowError):
        return ""


def _day(raw: Any) -> str:
    try:
        day = date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return ""
    return day_in_words(day) if day else ""


def _label(question: Question, code: Any) -> str:
    known = {choice.value: choice.label for choice in question.choices}
    if isinstance(code, str) and known:
        return known.get(code, f"{code} (recorded in a newer version)")
    return str(code)

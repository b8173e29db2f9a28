"""Answers: their keys, and their kinds: a moment, a choice from a known list, an event, why there is no answer."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

from sync.core.times import instant

Moment = Annotated[AwareDatetime, PlainSerializer(instant)]  # an instant: aware, written in UTC
Answers = Mapping[str, Any]
T = TypeVar("T")
KEYS_KNOWN = 4096  # keys whose parts are cached; the forms have some 500 questions


class AnswerKey(NamedTuple):
    """The key of an answer: its question, and in a group the item. Written "power", "officers.1a2b"."""

    question: str
    item: str = ""

    @staticmethod
    @lru_cache(KEYS_KNOWN)
    def of(text: str) -> "AnswerKey":
        """The key as it is written, taken apart at its first dot."""
        question, _, item = text.partition(".")
        return AnswerKey(question, item)

    def __str__(self) -> str:
        return f"{self.question}.{self.item}" if self.item else self.question


def of_question(answers: Mapping[str, T], question: str) -> dict[str, T]:
    """The answers to this question, by key in their order: its own, or one for each item of a group."""
    return {key: value for key, value in answers.items() if AnswerKey.of(key).question == question}


class Choice(StrEnum):
    """A known list: each value is its national or local code, with the words shown for it."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        choice = str.__new__(cls, code)
        choice._value_ = code
        choice.label = label
        return choice


class YesNo(Choice):
    """A clinical negative is never a bare tick: yes, no and not known are three answers."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class Source(Choice):
    """Where a time comes from: a tap as it happened, typed later, or read from the police CAD log (domain 2.2)."""

    TAPPED = "tapped", "Tapped"
    TYPED = "typed", "Entered later"
    CAD = "cad", "From CAD"


class Event(BaseModel):
    """A time on the incident's ribbon. When and by whom it was entered stands in its change."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    at: Moment
    source: Source = Source.TAPPED


class Unavailable(Choice):
    """Why a required answer could not be got. Any required question takes one of these instead (domain 3)."""

    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Asked – declined"
    NOT_KNOWN = "not_known", "Not known"
    UNABLE = "unable", "Unable to assess"


def why_unavailable(raw: Any) -> Unavailable | None:
    """The reason, when an answer says that it could not be got; None for any other answer."""
    code = raw.get("unavailable") if isinstance(raw, Mapping) else None
    return Unavailable(code) if isinstance(code, str) and code in list(Unavailable) else None


def unobtainable(why: Unavailable, reason: str = "") -> dict[str, str]:
    """The answer that says an answer could not be got."""
    return {"unavailable": why.value, **({"reason": reason} if reason else {})}

"""A form is a pydantic model whose fields carry their question.

One declaration gives storage, wire shape, checks, screen and document. Every answer may be empty, so a draft is
always valid; `missing` says what stands between it and a signature. Answers live as plain JSON (`Answers`), the way
they travel; `read` gives the typed model of what this version understands and keeps what it does not.

    class Person(Form):
        kind, title, version = "person", "Person", 1
        identity: Identity | None = ask("How sure are you who this is?", required=True)
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, TypeAdapter, ValidationError

from sync.domain.rules import Rules, latest
from sync.domain.times import day_and_clock, instant, moment

Moment = Annotated[AwareDatetime, PlainSerializer(instant)]  # an instant: aware, written in UTC
LONGEST = 20_000  # characters of one text: several such still fit one change (sync.wire.MAX_CHANGE)
ONE_LINE = 500  # characters of an answer that is asked for in one line
Answers = Mapping[str, Any]
Rule = Callable[[Any, "Context"], bool]


class Choice(StrEnum):
    """A known list: each value is its national or local code, with the words shown for it."""

    label: str

    def __new__(cls, code: str, label: str) -> Self:
        made = str.__new__(cls, code)
        made._value_ = code
        made.label = label
        return made


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


@dataclass(frozen=True)
class Context:
    """What a rule may look at besides its own form: the incident's other records, by kind, the time, its rule pack."""

    forms: Mapping[str, "tuple[Form, ...]"] = field(default_factory=dict)
    now: datetime | None = None
    police_present: bool = False
    rules: Rules = field(default_factory=latest)

    def every(self, form: "type[F]") -> "tuple[F, ...]":
        """The incident's records of this form, oldest first."""
        return tuple(found for found in self.forms.get(form.kind, ()) if isinstance(found, form))

    def one(self, form: "type[F]") -> "F | None":
        return next(iter(self.every(form)), None)


class Form(BaseModel):
    """Base of every form. Answers are typed and may all be empty."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    repeats: ClassVar[bool] = False  # several of this kind in one incident

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.model_fields_set)} answers)"

    __str__ = __repr__

    @classmethod
    def expected(cls, context: Context) -> bool:
        """Whether this section is on the task list as things are. Any other is one tap away."""
        return True

    @classmethod
    def due(cls, context: Context) -> str:
        """Why what is recorded asks for this section before signing, in words; "" when it does not."""
        return ""

    @classmethod
    def notes(cls, form: Any, context: Context) -> "Iterable[Note]":
        """Quiet notes and warnings that follow from the answers. They never block."""
        return ()


F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Note:
    """One line the form says back. `grave`: shown as a warning card."""

    text: str
    grave: bool = False
    source: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked, and how its answer behaves. Standing in a field, it also words the JSON schema."""

    text: str
    page: str = ""
    required: bool | Rule = False
    when: Rule | None = None  # asked only when this holds
    hint: str = ""
    long: bool = False  # several lines of text
    unit: str = ""
    hidden: bool = False  # set by the app, never drawn
    police: bool = False  # stands on the police copy of the handover sheet
    check: Callable[[Any], str | None] | None = None  # what is wrong with a value, in words, or None
    tidy: Callable[[Any], Any] | None = None  # the one spelling a right value is kept in
    phrases: tuple[str, ...] = ()  # inserted, never replacing
    suggest: Callable[[Any, "Context"], Any] | None = None  # an answer made from what is recorded, or a group's items
    directory: str = ""  # filled from the service directory: the question whose answer says which kind of service
    name: str = ""
    answer: Any = str  # the type of one answer, without None
    many: bool = False  # several choices
    group: bool = False  # several items, each an answer of its own: "name.item"

    def __call__(self, schema: dict[str, Any]) -> None:
        schema["title"] = self.text
        if self.hint:
            schema["description"] = self.hint

    @property
    def choices(self) -> "tuple[Choice, ...]":
        if isinstance(self.answer, type) and issubclass(self.answer, Choice):
            return tuple(self.answer.__members__.values())
        return ()


def ask(text: str, **about: Any) -> Any:
    """A field that carries its question; the keywords are those of `Question`."""
    return Field(default=None, json_schema_extra=Question(text, **about))


def group(text: str, **about: Any) -> Any:
    """A field of several items (officers, dependants), each kept under a key of its own so that they merge."""
    return Field(default_factory=dict, json_schema_extra=Question(text, group=True, **about))


@cache
def questions(form: type[Form]) -> dict[str, Question]:
    """The form's questions by name, in order, with their types filled in."""
    found = {}
    page = ""
    for name, info in form.model_fields.items():
        question = info.json_schema_extra
        assert isinstance(question, Question), f"{form.__name__}.{name} has no question"
        answer, many = _answer_type(info.annotation)
        page = question.page or page
        changed = {"name": name, "answer": answer, "many": many, "page": page or form.title}
        found[name] = Question(**{**{f: getattr(question, f) for f in Question.__dataclass_fields__}, **changed})
    return found


@cache
def pages(form: type[Form]) -> tuple[str, ...]:
    """The form's pages, in order: about a dozen questions each."""
    return tuple(dict.fromkeys(question.page for question in questions(form).values()))


def shown(
    form: type[Form], answers: Answers, context: Context, page: str | None = None, model: Any = None
) -> list[Question]:
    """The questions to draw now: those of the page whose condition holds, or which have an answer all the same.

    `model`: these answers, when they have been read already.
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


def missing(form: type[Form], answers: Answers, context: Context, model: Any = None) -> list[Missing]:
    """What is still to be answered, or said to be unobtainable, before signing. Never a reason not to record."""
    model = read(form, answers).form if model is None else model
    return [
        Missing(form.kind, question.name, question.text, question.page)
        for question in shown(form, answers, context, model=model)
        if not _has(answers, question)
        and (question.required(model, context) if callable(question.required) else question.required)
    ]


def rest(form: type[Form], answers: Answers, context: Context, why: "Unavailable", reason: str = "") -> dict[str, Any]:
    """What is still missing, each answer said to be unobtainable for this one reason: so a record can be finished."""
    made: dict[str, Any] = {}
    while lacking := missing(form, {**answers, **made}, context):
        known = questions(form)
        made |= {
            f"{lack.name}.unavailable" if known[lack.name].group else lack.name: unobtainable(why, reason)
            for lack in lacking
        }
    return made


def suggestion(form: type[Form], name: str, answers: Answers, context: Context, model: Any = None) -> Any:
    """An answer made from what is already recorded, as plain JSON, for an empty question; None when there is none.

    For a question of several items: a list of them.
    """
    question = questions(form)[name]
    if question.suggest is None or _has(answers, question):
        return None
    made = question.suggest(read(form, answers).form if model is None else model, context)
    if made in (None, "", ()):
        return None
    adapter = _adapter(form, name)
    if question.group:
        return [adapter.dump_python(item, mode="json", exclude_defaults=True) for item in made]
    return adapter.dump_python(made, mode="json", exclude_none=True)


@dataclass(frozen=True)
class Read:
    """Answers as this version understands them; `unread` names those recorded in a newer version or unreadable."""

    form: Any
    unavailable: Mapping[str, Unavailable]
    unread: tuple[str, ...]


def read(form: type[Form], answers: Answers) -> Read:
    """The typed model of what can be read. Nothing is dropped from the answers themselves."""
    values: dict[str, Any] = {}
    unavailable: dict[str, Unavailable] = {}
    unread: list[str] = []
    known = questions(form)
    for name, raw in answers.items():
        base, _, item = name.partition(".")
        question = known.get(base)
        if raw is None:
            continue
        if (why := why_unavailable(raw)) is not None:
            unavailable[name] = why
        elif question is None or question.group != bool(item):
            unread.append(name)
        else:
            try:
                value = _adapter(form, base).validate_python(raw)
            except ValidationError:
                unread.append(name)
                continue
            if question.group:
                values.setdefault(base, {})[item] = value
            else:
                values[base] = value
    return Read(form.model_construct(**values), unavailable, tuple(unread))


def why_unavailable(raw: Any) -> Unavailable | None:
    """The reason, when an answer is one of the four "could not get it" answers."""
    code = raw.get("unavailable") if isinstance(raw, Mapping) else None
    return Unavailable(code) if isinstance(code, str) and code in list(Unavailable) else None


def unobtainable(why: Unavailable, reason: str = "") -> dict[str, str]:
    """The answer that says an answer could not be got."""
    return {"unavailable": why.value, **({"reason": reason} if reason else {})}


@dataclass(frozen=True)
class Checked:
    """One answer, checked: the JSON value to keep, and what is wrong with it, if anything."""

    value: Any
    problem: str = ""


def check(form: type[Form], name: str, raw: Any) -> Checked:
    """Read what was typed or tapped for one question. What cannot be read comes back with words, and is not lost."""
    base = name.partition(".")[0]
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
        adapter = _adapter(form, base)
        value = adapter.validate_python(raw)
    except ValidationError:
        return Checked(raw, _WORDS.get(question.answer, "This cannot be read. Check it."))
    if question.check and (wrong := question.check(value)):
        return Checked(raw, wrong)
    kept = question.tidy(value) if question.tidy else value
    return Checked(adapter.dump_python(kept, mode="json", exclude_none=True))


def patch(before: Answers, after: Answers) -> dict[str, Any]:
    """What has to be set to go from one state of the answers to the other; null clears."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def in_words(question: Question, raw: Any) -> str:
    """An answer as a reader sees it. What this version cannot read is shown as it came."""
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
    """The parts of an item of a group, in the order of its model and never in that of the wire."""
    model = question.answer
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return [str(item[name]) for name in sorted(item) if item[name]]
    kinds = {name: _answer_type(info.annotation)[0] for name, info in model.model_fields.items()}
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
    return f"{day.day} {day:%b %Y}" if day else ""


def _label(question: Question, code: Any) -> str:
    known = {choice.value: choice.label for choice in question.choices}
    if isinstance(code, str) and known:
        return known.get(code, f"{code} (recorded in a newer version)")
    return str(code)


def _has(answers: Answers, question: Question) -> bool:
    if question.group:
        return any(name.partition(".")[0] == question.name and raw is not None for name, raw in answers.items())
    return answers.get(question.name) is not None


@cache
def _adapter(form: type[Form], name: str) -> TypeAdapter[Any]:
    question = questions(form)[name]
    return TypeAdapter(tuple[question.answer, ...] if question.many else question.answer)


def _answer_type(annotation: Any) -> tuple[Any, bool]:
    """The type of one answer and whether there are many: `X | None`, `tuple[X, ...] | None`, `dict[str, X]`."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0], True
    if get_origin(annotation) is dict:
        return get_args(annotation)[1], False
    return annotation, False


_WORDS = {
    int: "Enter a whole number.",
    Decimal: "Enter a number, for example 36.8.",
    date: "Enter a date: day, month, year.",
    Moment: "Enter a date and a time.",
}

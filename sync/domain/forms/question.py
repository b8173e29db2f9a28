"""A question, the form it stands in, the item of a group, and the context that a rule reads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sync.core.kinds import AnswerKey, Choice
from sync.domain.content.directory import Book
from sync.domain.content.rules import Rules

Rule = Callable[[Any, "Context"], bool]


@dataclass(frozen=True)
class Context:
    """What a rule reads besides its own form: the incident's records by kind, the time, its law, the services."""

    forms: Mapping[str, "tuple[Form, ...]"] = field(default_factory=dict)
    now: datetime | None = None
    police_present: bool = False
    rules: Rules = field(kw_only=True)
    directory: Book = field(kw_only=True, repr=False)

    def every(self, form: "type[F]") -> "tuple[F, ...]":
        """The incident's records of this form, oldest first."""
        return tuple(record for record in self.forms.get(form.kind, ()) if isinstance(record, form))

    def one(self, form: "type[F]") -> "F | None":
        """The oldest of them; None when there is none."""
        return next(iter(self.every(form)), None)

    def law(self, code: str) -> "list[Note]":
        """The provision of this code in the incident's rule pack, as a note; none when the pack does not have it."""
        return [Note(rule.words, source=rule.source) for rule in self.rules.provisions if rule.code == code]


class Form(BaseModel):
    """Base of every form. Answers are typed and may all be empty."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int] = 1
    repeats: ClassVar[bool] = False  # several of this kind in one incident

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.model_fields_set)} answers)"

    __str__ = __repr__

    @classmethod
    def expected(cls, context: Context) -> bool:
        """Whether this section is on the task list. One that is not can still be begun, with one tap."""
        return True

    @classmethod
    def due(cls, context: Context) -> str:
        """Why this section has to be begun before signing, in words; "" when it need not be."""
        return ""

    @classmethod
    def notes(cls, form: Any, context: Context) -> "Iterable[Note]":
        """Quiet notes and warnings that follow from the answers. They never block."""
        return ()


class Item(BaseModel):
    """Base of one item of a group. Any part may be empty; parts of a newer version are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)


F = TypeVar("F", bound=Form)


@dataclass(frozen=True)
class Note:
    """A line that follows from the answers. `grave`: shown as a warning card."""

    text: str
    grave: bool = False
    source: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked, and how its answer behaves. In a form's field it also titles the JSON schema."""

    text: str
    page: str = ""
    required: bool | Rule = False
    when: Rule | None = None  # asked only when this holds
    hint: str = ""
    rules_hint: Callable[[Rules], str] | None = None  # a hint whose words stand in the rule pack
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
        """Put the question's words into the JSON schema of its field."""
        schema["title"] = self.text
        if self.hint:
            schema["description"] = self.hint

    def hint_under(self, rules: Rules) -> str:
        """The hint as it is shown under these rules."""
        return self.rules_hint(rules) if self.rules_hint else self.hint

    @property
    def unavailable_key(self) -> str:
        """The key of the answer that says that this answer, or any item of this group, could not be got."""
        return str(AnswerKey(self.name, "unavailable")) if self.group else self.name

    @property
    def choices(self) -> "tuple[Choice, ...]":
        if isinstance(self.answer, type) and issubclass(self.answer, Choice):
            return tuple(self.answer.__members__.values())
        return ()


def ask(text: str, needed: Rule | None = None, **about: Any) -> Any:
    """A field that carries its question. `needed`: when it is asked and required; else as `Question` has it."""
    return Field(default=None, json_schema_extra=_question(text, needed, about))


def group(text: str, needed: Rule | None = None, **about: Any) -> Any:
    """A field of several items (officers, dependants), each kept under a key of its own so that they merge."""
    return Field(default_factory=dict, json_schema_extra=_question(text, needed, {**about, "group": True}))


def _question(text: str, needed: Rule | None, about: dict[str, Any]) -> Question:
    return Question(text, **({**about, "when": needed, "required": needed} if needed else about))


@cache
def questions(form: type[Form]) -> dict[str, Question]:
    """The form's questions by name, in order, with their types filled in."""
    by_name = {}
    page = ""
    for name, info in form.model_fields.items():
        question = info.json_schema_extra
        assert isinstance(question, Question), f"{form.__name__}.{name} has no question"
        answer, many = answer_type(info.annotation)
        page = question.page or page
        by_name[name] = replace(question, name=name, answer=answer, many=many, page=page or form.title)
    return by_name


def question_of(form: type[Form], key: str) -> Question | None:
    """The question of an answer with this key; None when this version of the form does not ask it."""
    return questions(form).get(AnswerKey.of(key).question)


@cache
def pages(form: type[Form]) -> tuple[str, ...]:
    """The form's pages, in order: about a dozen questions each."""
    return tuple(dict.fromkeys(question.page for question in questions(form).values()))


@cache
def adapter(form: type[Form], name: str) -> TypeAdapter[Any]:
    """Reads and writes an answer to this question, or an item of its group."""
    question = questions(form)[name]
    return TypeAdapter(tuple[question.answer, ...] if question.many else question.answer)


def answer_type(annotation: Any) -> tuple[Any, bool]:
    """The type of one answer and whether there are many: `X | None`, `tuple[X, ...] | None`, `dict[str, X]`."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0], True
    if get_origin(annotation) is dict:
        return get_args(annotation)[1], False
    return annotation, False

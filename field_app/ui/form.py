"""Draws any page of any form from its questions. Nothing here knows what a form is about.

One component per question: a choice draws its own question anew and nothing else; other questions come and go only
when the pad says that the page has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import uuid4

import flet as ft
from pydantic import BaseModel

from field_app.ui import theme as t
from field_app.ui.answers import as_text, draw_answer
from field_app.ui.choices import Asked, choice_buttons
from field_app.ui.fields import text_field
from field_app.ui.pad import Pad
from field_app.ui.parts import (
    callout,
    card,
    flat_link,
    hint,
    icon_button,
    link,
    marked,
    part,
    problem,
    row,
    secondary,
    stack,
    use_held,
    use_value,
    words,
)
from sync.domain.fold import Given
from sync.domain.forms import Note, Question, Unavailable, in_words, questions, unobtainable, why_unavailable
from sync.domain.times import day_and_clock, moment

Resolve = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Around:
    """What the incident says about this record's answers: clashes, a supervisor's comments, what was newer."""

    clashes: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def use_pad(pad: Pad, name: str) -> None:
    """Draws the component again when this answer changes."""
    _, again = use_value(0)
    use_held(lambda: pad.on(name, lambda: again(lambda count: count + 1)), [id(pad), name])


@part
def form_page(pad: Pad, page: str, around: Around, resolve: Resolve, now: Callable[[], datetime]) -> ft.Control:
    """The page's notes and questions."""
    use_pad(pad, "")
    return page_view(pad, page, around, resolve, now)


def page_view(pad: Pad, page: str, around: Around, resolve: Resolve, now: Callable[[], datetime]) -> ft.Control:
    clashed = [name for name in around.clashes if _page_of(pad, name) == page]
    asked = list(pad.shown(page))
    names = {question.name for question in asked}
    rows: list[ft.Control] = [note_view(note) for note in pad.notes()]
    for question in asked:
        here = [name for name in clashed if name.partition(".")[0] == question.name]
        rows.append(
            question_row(
                pad, question.name, pad.required(question), around.comments.get(question.name, ()),
                tuple((name, around.clashes[name]) for name in here), resolve, now, key=question.name,
            )
        )  # fmt: skip
    for name in clashed:
        if name.partition(".")[0] not in names:
            rows.append(clash_view(questions(pad.form)[name.partition(".")[0]], name, around.clashes[name], resolve))
    unread = unread_view(pad, page)
    return stack([*rows, unread], 16)


def _page_of(pad: Pad, name: str) -> str:
    question = questions(pad.form).get(name.partition(".")[0])
    return question.page if question else ""


def note_view(note: Note) -> ft.Control:
    return callout(note.text, note.source, grave=note.grave)


def unread_view(pad: Pad, page: str) -> ft.Control | None:
    """Answers this version has no question for stand at the end of the first page, as they are."""
    known = questions(pad.form)
    strange = [name for name, raw in pad.answers.items() if name.partition(".")[0] not in known and raw is not None]
    if not strange or page != next(iter(known.values())).page:
        return None
    lines = [words(f"{name}: {pad.answers[name]}", 14, color=t.ON_WARN) for name in strange]
    return callout("Recorded in a newer version of the app, and kept:", under=lines, name="newer-answers")


# --- One question -------------------------------------------------------------------------------------------------


@part
def question_row(
    pad: Pad, name: str, required: bool, comments: Sequence[str], clashes: Sequence[tuple[str, tuple[Given, ...]]], resolve: Resolve,
    now: Callable[[], datetime],
) -> ft.Control:  # fmt: skip
    """A question with its hint, its widget, what is wrong, and what others said about it."""
    use_pad(pad, name)
    away, set_away = use_value(False)
    question = questions(pad.form)[name]
    above: list[Any] = [title_view(question, required)]
    above += [callout("Your supervisor asks", comment, name=f"comment-{name}") for comment in comments]
    if clashes and not question.group:
        return anchored(name, card([*above, *(clash_view(question, key, both, resolve) for key, both in clashes)]))
    body: list[Any] = [clash_view(question, key, both, resolve) for key, both in clashes]
    if question.group:
        body += group_view(pad, question, required, now, away, set_away)
    else:
        body += single_view(pad, question, required, now, away, set_away)
    fault = pad.fault(name)
    open_ = not pad.items(name) if question.group else pad.answers.get(name) is None or bool(question.choices)
    tail = required and open_
    pad_ = ft.Padding.only(left=16, right=16, top=16, bottom=4 if tail else 16)
    return anchored(
        name, card([*above, problem(fault), *body], edge=t.ALERT if fault else t.LINE, spacing=10, pad=pad_)
    )


def anchored(name: str, content: ft.Control) -> ft.Control:
    """A place to scroll to. It stands beside the fields: a field below a scroll key loses its focus when it moves."""
    return stack([ft.Container(height=0, key=ft.ScrollKey(name)), content], 0)


def title_view(question: Question, required: bool) -> ft.Control:
    shown = ft.Text(
        spans=[ft.TextSpan(question.text, ft.TextStyle(size=17, weight=ft.FontWeight.W_600, color=t.TEXT))]
        + ([] if required else [ft.TextSpan("  optional", ft.TextStyle(size=14, color=t.QUIET))]),
        semantics_label=question.text if required else f"{question.text} (optional)",
    )
    return stack([shown, hint(question.hint) if question.hint else None], 2)


def single_view(
    pad: Pad, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: Any
) -> list[Any]:
    raw = pad.answers.get(question.name)
    why = why_unavailable(raw)
    asked = Asked(
        question, question.name, None if why else raw, lambda: pad.text(question.name, lambda held: as_text(question, held)),
        pad.fault(question.name), lambda value: pad.give(question.name, value),
        lambda text, reader=None: pad.type(question.name, text, reader), lambda: pad.leave_field(question.name), now,
    )  # fmt: skip
    if why or away:
        return unavailable_view(pad, question.name, question, why, set_away)
    return [draw_answer(asked), tail_link(pad, question, raw, set_away) if required else None]


def tail_link(pad: Pad, question: Question, raw: Any, set_away: Any) -> ft.Control | None:
    """ "Couldn't get it" under an open question; under a choice that was made "Clear", so that nothing moves."""
    if raw is None:
        return could_not_link(question.name, set_away)
    if question.choices:
        return row([flat_link(f"clear-{question.name}", "Clear", lambda _: pad.give(question.name, None))])
    return None


def could_not_link(name: str, set_away: Any) -> ft.Control:
    return row([flat_link(f"unavailable-{name}", "Couldn’t get it", lambda _: set_away(True))])


def unavailable_view(pad: Pad, name: str, question: Question, why: Unavailable | None, set_away: Any) -> list[Any]:
    """The four answers that say why there is none; "unable" asks for the reason."""
    key = f"{name}.unavailable" if question.group else name
    raw = pad.answers.get(key)
    reason = raw.get("reason", "") if isinstance(raw, dict) else ""

    def choose(code: Any) -> None:
        pad.give(key, unobtainable(Unavailable(code), reason if code == Unavailable.UNABLE else ""))
        set_away(True)

    def back(_: Any) -> None:
        pad.take_back(key)
        set_away(False)

    picked = Question("Why is there no answer?", answer=Unavailable)
    asked = Asked(picked, f"{name}-unavailable", why.value if why else None, str, "", choose, _ignore, _nothing, _never)
    unable = text_field(
        f"answer-{name}-reason", f"{question.text}: why it could not be assessed", reason,
        lambda text: _give_reason(pad, key, text), hint_text="Why?", hint_style=ft.TextStyle(color=t.QUIET),
        multiline=True, min_lines=1, max_lines=4,
    ) if why == Unavailable.UNABLE else None  # fmt: skip
    return [
        choice_buttons(asked, tuple(Unavailable)), unable,
        row([flat_link(f"answer-{name}-back", "Give an answer instead", back)]),
    ]  # fmt: skip


def _give_reason(pad: Pad, key: str, text: str) -> None:
    pad.item(key, "reason", text, typing=True)


def _ignore(*_: Any) -> None:
    return None


def _nothing() -> None:
    return None


def _never() -> datetime:
    raise LookupError("these choices have no clock")


# --- A clash ------------------------------------------------------------------------------------------------------


def clash_view(question: Question, name: str, both: Sequence[Given], resolve: Resolve) -> ft.Control:
    """Both values with who gave them and when. A person chooses; nothing is lost by choosing."""
    cards = [
        card(
            [
                words(in_words(question, given.value) if given.value is not None else "No answer", 18, bold=True),
                hint(f"{given.author}, {day_and_clock(moment(given.at))}"),
                secondary(f"use-{name}-{number}", "Use this", lambda _, value=given.value: resolve(name, value)),
            ], pad=12,
        )
        for number, given in enumerate(both)
    ]  # fmt: skip
    return marked(f"clash-{name}", stack([callout("Two answers were given. Which one stands?"), *cards]))


# --- A group of items ---------------------------------------------------------------------------------------------


@cache
def item_questions(model: type[BaseModel]) -> tuple[Question, ...]:
    """The parts of an item, as questions: a field's title is its question."""
    found = []
    for name, info in model.model_fields.items():
        answer, many = _plain(info.annotation)
        found.append(Question(info.title or name.replace("_", " ").capitalize(), name=name, answer=answer, many=many))
    return tuple(found)


def _plain(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(kind for kind in get_args(annotation) if kind is not NoneType)
    return (get_args(annotation)[0], True) if get_origin(annotation) is tuple else (annotation, False)


def group_view(
    pad: Pad, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: Any
) -> list[Any]:
    items = pad.items(question.name)
    why = why_unavailable(pad.answers.get(f"{question.name}.unavailable"))
    if not items and (why or away):
        return unavailable_view(pad, question.name, question, why, set_away)

    def add(_: Any) -> None:
        pad.give(f"{question.name}.unavailable", None)
        pad.item(f"{question.name}.{uuid4().hex[:12]}", item_questions(question.answer)[0].name, "")

    offer = not items and required
    return [
        *(item_row(pad, name, question, number, now, key=name) for number, name in enumerate(items, start=1)),
        secondary(f"add-{question.name}", "Add another" if items else "Add", add, ft.Icons.ADD),
        could_not_link(question.name, set_away) if offer else None,
    ]  # fmt: skip


@part
def item_row(pad: Pad, name: str, question: Question, number: int, now: Callable[[], datetime]) -> ft.Control:
    """One item: a line to read, or its parts to fill in. Each key is kept as it is typed, as anywhere."""
    use_pad(pad, name)
    held = pad.answers.get(name)
    parts = item_questions(question.answer)
    editing, set_editing = use_value(lambda: isinstance(held, dict) and not any(held.get(each.name) for each in parts))
    if not isinstance(held, dict):
        return callout("This item was recorded in a newer version of the app. It is kept.")
    ident = f"{question.name}-{number}"
    said = ", ".join(in_words(each, held[each.name]) for each in parts if held.get(each.name)) or "Nothing entered yet"
    if not editing:
        edit = icon_button(f"edit-{ident}", ft.Icons.EDIT_OUTLINED, f"Change {said}", lambda _: set_editing(True))
        remove = icon_button(
            f"remove-{ident}", ft.Icons.DELETE_OUTLINE, f"Remove {said}", lambda _: pad.give(name, None), t.ALERT
        )
        return ft.Container(
            row([words(said, 16, expand=True), edit, remove], 0), border=ft.Border.all(1, t.LINE), border_radius=8,
            padding=ft.Padding.only(left=12, top=4, bottom=4, right=4),
        )  # fmt: skip
    fields = [item_part(pad, name, ident, each, held.get(each.name), now) for each in parts]
    done = secondary(f"done-{ident}", "Done", lambda _: _item_done(pad, name, parts, set_editing))
    box = stack(
        [
            *fields,
            row([done, link(f"remove-{ident}", "Remove", lambda _: pad.give(name, None), color=t.ALERT)], wrap=True),
        ],
        12,
    )
    return ft.Container(box, border=ft.Border.all(1.5, t.EDGE), border_radius=8, padding=12)


def item_part(pad: Pad, name: str, ident: str, each: Question, raw: Any, now: Callable[[], datetime]) -> ft.Control:
    asked = Asked(
        each, f"{ident}-{each.name}", raw, lambda: _part_text(pad, name, each.name), "",
        lambda value: pad.item(name, each.name, value),
        lambda text, reader=None: pad.item(name, each.name, text, typing=True), _nothing, now,
    )  # fmt: skip
    return stack([words(each.text, 16, bold=True), draw_answer(asked)], 6)


def _part_text(pad: Pad, name: str, part_name: str) -> str:
    held = pad.answers.get(name)
    text = held.get(part_name) if isinstance(held, dict) else ""
    return text if isinstance(text, str) else ""


def _item_done(pad: Pad, name: str, parts: Sequence[Question], set_editing: Any) -> None:
    held = pad.answers.get(name) or {}
    if not any(held.get(each.name) for each in parts):
        pad.give(name, None)
        return
    set_editing(False)

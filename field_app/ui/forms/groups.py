"""A question of several items, each an answer of its own: a line to read, or its parts to fill in."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import flet as ft
from pydantic import BaseModel

from field_app.ui.forms.answers import draw_answer
from field_app.ui.forms.choices import AskedQuestion
from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.forms.unavailable import could_not_link, nothing, unavailable_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import callout, icon_button, link, part, row, secondary, stack, use_pad, use_value, words
from sync.domain.forms import Question, in_words, why_unavailable


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
    pad: DraftEditor, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: Any
) -> list[Any]:
    items = pad.items(question.name)
    why = why_unavailable(pad.answers.get(question.unavailable_key))
    if not items and (why or away):
        return unavailable_view(pad, question.name, question, why, set_away)

    def add(_: Any) -> None:
        pad.add(question.name, {item_questions(question.answer)[0].name: ""})

    offer = not items and required
    return [
        *(item_row(pad, name, question, number, now, key=name) for number, name in enumerate(items, start=1)),
        secondary(f"add-{question.name}", "Add another" if items else "Add", add, ft.Icons.ADD),
        could_not_link(question.name, set_away) if offer else None,
    ]


@part
def item_row(pad: DraftEditor, name: str, question: Question, number: int, now: Callable[[], datetime]) -> ft.Control:
    """One item: a line to read, or its parts to fill in. Each key is kept as it is typed, as anywhere."""
    use_pad(pad, name)
    held = pad.answers.get(name)
    parts = item_questions(question.answer)
    editing, set_editing = use_value(lambda: isinstance(held, dict) and not any(held.get(each.name) for each in parts))
    if not isinstance(held, dict):
        return callout("This item was recorded in a newer version of the app. It is kept.")
    ident = f"{question.name}-{number}"
    given = [in_words(each, held[each.name]) for each in parts if held.get(each.name)] or ["Nothing entered yet"]
    said = ", ".join(given)
    if not editing:
        edit = icon_button(f"edit-{ident}", ft.Icons.EDIT_OUTLINED, f"Change {said}", lambda _: set_editing(True))
        remove = icon_button(
            f"remove-{ident}", ft.Icons.DELETE_OUTLINE, f"Remove {said}", lambda _: pad.give(name, None), t.ALERT
        )
        return ft.Container(
            row([item_words(given), edit, remove], 0),
            border=ft.Border.all(1, t.LINE),
            border_radius=8,
            padding=ft.Padding.only(left=12, top=6, bottom=6, right=4),
        )
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


def item_words(given: Sequence[str]) -> ft.Control:
    """An item to read: what it is, and under it the rest."""
    first, *rest = given
    return stack([words(first, 16, bold=True), words(", ".join(rest), 16) if rest else None], 0, expand=True)


def item_part(
    pad: DraftEditor, name: str, ident: str, each: Question, raw: Any, now: Callable[[], datetime]
) -> ft.Control:
    asked = AskedQuestion(
        each,
        f"{ident}-{each.name}",
        raw,
        lambda: _part_text(pad, name, each.name),
        "",
        lambda value: pad.item(name, each.name, value),
        lambda text, reader=None: pad.item(name, each.name, text, typing=True),
        nothing,
        now,
    )
    return stack([words(each.text, 16, bold=True), draw_answer(asked)], 6)


def _part_text(pad: DraftEditor, name: str, part_name: str) -> str:
    held = pad.answers.get(name)
    text = held.get(part_name) if isinstance(held, dict) else ""
    return text if isinstance(text, str) else ""


def _item_done(pad: DraftEditor, name: str, parts: Sequence[Question], set_editing: Any) -> None:
    held = pad.answers.get(name) or {}
    if not any(held.get(each.name) for each in parts):
        pad.give(name, None)
        return
    set_editing(False)

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
from field_app.ui.forms.draft_editor import DraftEditor, Reader
from field_app.ui.forms.unavailable import SetAway, could_not_link, nothing, unavailable_view
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import icon_button, link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_draft_editor, use_value
from field_app.ui.kit.widgets import Handler, callout, row, stack, words
from sync.domain.forms import Question, in_words, why_unavailable


@cache
def item_questions(model: type[BaseModel]) -> tuple[Question, ...]:
    """The parts of an item, as questions: a field's title is its question."""
    parts = []
    for name, info in model.model_fields.items():
        answer, many = _plain(info.annotation)
        parts.append(Question(info.title or name.replace("_", " ").capitalize(), name=name, answer=answer, many=many))
    return tuple(parts)


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The type of a part without its "or none", and whether it is a list of several."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(kind for kind in get_args(annotation) if kind is not NoneType)
    return (get_args(annotation)[0], True) if get_origin(annotation) is tuple else (annotation, False)


def group_view(
    editor: DraftEditor, question: Question, required: bool, now: Callable[[], datetime], away: bool, set_away: SetAway
) -> list[ft.Control | None]:
    items = editor.items(question.name)
    why = why_unavailable(editor.answers.get(question.unavailable_key))
    if not items and (why or away):
        return unavailable_view(editor, question.name, question, why, set_away)

    def add(_: ft.Event[ft.OutlinedButton]) -> None:
        editor.add(question.name, {item_questions(question.answer)[0].name: ""})

    offer = not items and required
    return [
        *(item_row(editor, name, question, number, now, key=name) for number, name in enumerate(items, start=1)),
        secondary(f"add-{question.name}", "Add another" if items else "Add", add, ft.Icons.ADD),
        could_not_link(question.name, set_away) if offer else None,
    ]


@part
def item_row(
    editor: DraftEditor, name: str, question: Question, number: int, now: Callable[[], datetime]
) -> ft.Control:
    """One item: a line to read, or its parts to fill in. Each key is kept as it is typed, as anywhere."""
    use_draft_editor(editor, name)
    item = editor.answers.get(name)
    parts = item_questions(question.answer)
    editing, set_editing = use_value(
        lambda: isinstance(item, dict) and not any(item.get(asked.name) for asked in parts)
    )
    if not isinstance(item, dict):
        return callout("This item was recorded in a newer version of the app. It is kept.")
    ident = f"{question.name}-{number}"
    if not editing:
        given = [in_words(asked, item[asked.name]) for asked in parts if item.get(asked.name)] or [
            "Nothing entered yet"
        ]
        return read_item(ident, given, lambda _: set_editing(True), lambda _: editor.give(name, None))

    def done(_: ft.Event[ft.OutlinedButton]) -> None:
        now_given = editor.answers.get(name) or {}
        if not any(now_given.get(asked.name) for asked in parts):
            editor.give(name, None)
            return
        set_editing(False)

    fields = [item_part(editor, name, ident, asked, item.get(asked.name), now) for asked in parts]
    remove = link(f"remove-{ident}", "Remove", lambda _: editor.give(name, None), color=t.ALERT)
    buttons = row([secondary(f"done-{ident}", "Done", done), remove], wrap=True)
    box = stack([*fields, buttons], 12)
    return ft.Container(box, border=ft.Border.all(1.5, t.EDGE), border_radius=8, padding=12)


def read_item(ident: str, given: Sequence[str], edit: Handler, remove: Handler) -> ft.Control:
    """An item to read: what it is, and under it the rest."""
    text = ", ".join(given)
    first, *others = given
    lines = stack([words(first, 16, bold=True), words(", ".join(others), 16) if others else None], 0, expand=True)
    pencil = icon_button(f"edit-{ident}", ft.Icons.EDIT_OUTLINED, f"Change {text}", edit)
    bin_ = icon_button(f"remove-{ident}", ft.Icons.DELETE_OUTLINE, f"Remove {text}", remove, t.ALERT)
    padding = ft.Padding.only(left=12, top=6, bottom=6, right=4)
    return ft.Container(
        row([lines, pencil, bin_], 0), border=ft.Border.all(1, t.LINE), border_radius=8, padding=padding
    )


def item_part(
    editor: DraftEditor, name: str, ident: str, question: Question, raw: Any, now: Callable[[], datetime]
) -> ft.Control:
    """One part of an item, drawn as a question is."""

    def text() -> str:
        item = editor.answers.get(name)
        part_now = item.get(question.name) if isinstance(item, dict) else ""
        return part_now if isinstance(part_now, str) else ""

    def type_text(text: str, reader: Reader | None = None) -> None:
        editor.item(name, question.name, text, typing=True)

    def give(value: Any) -> None:
        editor.item(name, question.name, value)

    asked = AskedQuestion(question, f"{ident}-{question.name}", raw, text, "", give, type_text, nothing, now)
    return stack([words(question.text, 16, bold=True), draw_answer(asked)], 6)

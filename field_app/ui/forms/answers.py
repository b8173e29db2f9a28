"""One widget per kind of answer. `KINDS` chooses by the answer's type; a new kind is one function and one entry.

Each takes an `AskedQuestion` and gives back controls. Text is always controlled, and is read and checked by the draft
editor; nothing here decides what an answer means. Identifiers: "answer-NAME" for a field, "answer-NAME-CODE" for a
choice.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import flet as ft

from field_app.ui.forms.choices import AskedQuestion, draw_choice
from field_app.ui.forms.date_time_fields import day_answer, day_of, time_answer
from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import callout, named, row, stack, words
from sync.domain.forms import Event, Moment, Question

Draw = Callable[[AskedQuestion], ft.Control]


def draw_text(asked: AskedQuestion) -> ft.Control:
    """Text wraps, so that all that was written is seen. Only a long answer takes lines of its own."""
    long = asked.question.long
    field = text_field(
        asked.ident,
        asked.question.text,
        asked.text(),
        asked.type,
        wrong=bool(asked.fault),
        on_blur=lambda _: asked.leave(),
        multiline=long,
        min_lines=3 if long else 1,
        max_lines=12 if long else 4,
        capitalization=ft.TextCapitalization.SENTENCES if long else ft.TextCapitalization.NONE,
    )
    return stack([field, phrase_row(asked)])


def phrase_row(asked: AskedQuestion) -> ft.Control | None:
    """Phrases are added to what is there; nothing is replaced."""
    if not asked.question.phrases:
        return None

    chips = [phrase_chip(asked, number, phrase) for number, phrase in enumerate(asked.question.phrases)]
    return row(chips, wrap=True, run_spacing=t.GAP)


def phrase_chip(asked: AskedQuestion, number: int, phrase: str) -> ft.Control:
    def insert(_: ft.Event[ft.Container]) -> None:
        before = asked.text().rstrip()
        asked.type(f"{before}{'' if not before else chr(10) if asked.question.long else ', '}{phrase}")
        asked.leave()

    text = words(phrase, 16, color=t.LINK, expand=True, expand_loose=True)
    box = ft.Container(
        row([ft.Icon(ft.Icons.ADD, size=18, color=t.LINK), text], 6, tight=True),
        padding=ft.Padding.symmetric(horizontal=12, vertical=13),
        border_radius=24,
        ink=True,
        on_click=once(f"{asked.ident}-phrase-{number}", insert),
        border=ft.Border.all(1, t.LINE),
        bgcolor=t.SURFACE,
    )
    return named(f"{asked.ident}-phrase-{number}", box, button=True, hint_text="Adds this phrase")


def draw_number(asked: AskedQuestion) -> ft.Control:
    field = text_field(
        asked.ident,
        asked.question.text,
        asked.text(),
        asked.type,
        wrong=bool(asked.fault),
        on_blur=lambda _: asked.leave(),
        keyboard_type=ft.KeyboardType.NUMBER,
        width=160,
    )
    return row([field, words(asked.question.unit, 16, color=t.QUIET, expand=True) if asked.question.unit else None], 12)


KINDS: dict[object, Draw] = {
    str: draw_text,
    int: draw_number,
    Decimal: draw_number,
    date: day_answer,
    Moment: time_answer,
    Event: time_answer,
}


def draw_answer(asked: AskedQuestion) -> ft.Control:
    """The widget for this kind of answer."""
    if asked.question.choices:
        return draw_choice(asked)
    draw = KINDS.get(asked.question.answer)
    if draw is None:
        return callout("This kind of answer cannot be shown in this version of the app. It is kept.")
    return draw(asked)


def as_text(question: Question, raw: Any) -> str:
    """An answer as it stands in its field."""
    if question.answer is date and (day := day_of(raw)):
        return f"{day:%d %m %Y}"
    return raw if isinstance(raw, str) else str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else ""

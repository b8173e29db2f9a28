"""Answers from a known list: radios, boxes to tick, and a list that folds away when it is long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import flet as ft

from field_app.ui.forms.draft_editor import Reader
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_value
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import Handler, callout, hint, named, row, stack, words
from sync.domain.forms import Choice, Question

MANY = 10  # more choices than these fold away
RADIOS = (ft.Icons.CHECK_CIRCLE, ft.Icons.CIRCLE_OUTLINED)  # chosen, and not
BOXES = (ft.Icons.CHECK_BOX, ft.Icons.CHECK_BOX_OUTLINE_BLANK)
CHIP = 30  # letters of a choice that stands beside others; longer ones have a line each


class TypeText(Protocol):
    """Takes the text after a key, and what reads an answer from it."""

    def __call__(self, text: str, reader: Reader | None = None) -> None: ...


@dataclass(frozen=True)
class AskedQuestion:
    """What a widget knows of its question, and how it answers."""

    question: Question
    name: str  # the answer's name; an item's part is "officers.1a2b.name"
    value: Any
    text: Callable[[], str]  # what stands in the field now
    fault: str
    give: Callable[[Any], None]
    type: TypeText
    leave: Callable[[], None]
    now: Callable[[], datetime]

    @property
    def ident(self) -> str:
        return f"answer-{self.name}"


def draw_choice(asked: AskedQuestion) -> ft.Control:
    """Radios, or boxes to tick where several may be chosen; sizes of 48 dp and more."""
    choices = asked.question.choices
    if len(choices) > MANY and not asked.question.many:
        return folded(asked)
    return stack([choice_buttons(asked, choices), newer(asked)])


def choice_buttons(
    asked: AskedQuestion, choices: tuple[Choice, ...], after: Callable[[], None] | None = None
) -> ft.Control:
    longest = max(len(choice.label) for choice in choices)
    if longest <= CHIP:
        return row([option(asked, choice, after) for choice in choices], wrap=True, run_spacing=t.GAP)
    return stack([option(asked, choice, after, wide=True) for choice in choices])


def codes_of(asked: AskedQuestion) -> list[Any]:
    """The codes that are chosen."""
    if isinstance(asked.value, list | tuple):
        return list(asked.value)
    return [] if asked.value is None else [asked.value]


def pick(asked: AskedQuestion, choice: Choice) -> Any:
    """The answer after a tap. Tapped again, a choice goes: a slip must have a way back. Boxes keep the list's order."""
    if not asked.question.many:
        return None if asked.value == choice.value else choice.value
    before = codes_of(asked) if isinstance(asked.value, list | tuple) else []
    after = [code for code in before if code != choice.value] if choice.value in before else [*before, choice.value]
    order = [known.value for known in asked.question.choices]
    return sorted(after, key=lambda code: order.index(code) if code in order else len(order)) or None


def option(asked: AskedQuestion, choice: Choice, after: Callable[[], None] | None, *, wide: bool = False) -> ft.Control:
    on = choice.value in codes_of(asked)

    def tapped(_: ft.Event[ft.Container]) -> None:
        asked.give(pick(asked, choice))
        if after:
            after()

    icons = BOXES if asked.question.many else RADIOS
    text = words(choice.label, 16, bold=on, color=t.ON_CHOSEN if on else t.TEXT, expand=True, expand_loose=not wide)
    icon = ft.Icon(icons[0] if on else icons[1], size=20, color=t.LINK if on else t.EDGE)
    line = row([icon, text], t.GAP, tight=not wide, alignment=ft.MainAxisAlignment.START)
    return choice_box(
        f"{asked.ident}-{choice.value}", line, on, tapped, ft.Padding.symmetric(horizontal=12, vertical=13)
    )


def choice_box(name: str, content: ft.Control, on: bool, on_click: Handler, pad: ft.PaddingValue) -> ft.Control:
    box = ft.Container(
        content,
        padding=pad,
        border_radius=10,
        ink=True,
        on_click=once(name, on_click),
        bgcolor=t.CHOSEN if on else t.SURFACE,
        border=ft.Border.all(2 if on else 1.5, t.LINK if on else t.EDGE),
    )
    return named(name, box, checked=on)


def radio(name: str, text: str, on: bool, tapped: Callable[[], object], under: str = "") -> ft.Control:
    """One of a few, outside a form."""
    icon = ft.Icon(RADIOS[0] if on else RADIOS[1], size=22, color=t.LINK if on else t.EDGE)
    label = words(text, 17, bold=on, color=t.ON_CHOSEN if on else t.TEXT)
    line = row([icon, stack([label, hint(under) if under else None], 2, expand=True)], 12)
    return choice_box(name, line, on, lambda _: tapped(), 14)


def newer(asked: AskedQuestion) -> ft.Control | None:
    """Choices recorded in a newer version of the app are shown as such, and kept."""
    known = {choice.value for choice in asked.question.choices}
    unknown = [str(code) for code in codes_of(asked) if code not in known]
    return callout(f"Recorded in a newer version of the app: {', '.join(unknown)}. It is kept.") if unknown else None


@part
def folded(asked: AskedQuestion) -> ft.Control:
    """A long list: the answer and "Change"; the list opens in place and closes on a choice."""
    opened, set_opened = use_value(False)
    label = next((choice.label for choice in asked.question.choices if choice.value == asked.value), "")
    if not opened:
        shown = words(label or "Choose", 17, color=t.TEXT if label else t.LINK, expand=True)
        box = ft.Container(
            row([shown, ft.Icon(ft.Icons.EXPAND_MORE, color=t.LINK)]),
            padding=14,
            border_radius=8,
            bgcolor=t.SURFACE,
            border=ft.Border.all(1.5, t.EDGE),
            ink=True,
            on_click=once(asked.ident, lambda _: set_opened(True)),
        )
        opener = named(asked.ident, box, button=True, expanded=False, hint_text=asked.question.text)
        return stack([opener, newer(asked) if not label else None])
    options = [option(asked, choice, lambda: set_opened(False), wide=True) for choice in asked.question.choices]
    close = link(f"{asked.ident}-close", "Close the list", lambda _: set_opened(False), ft.Icons.EXPAND_LESS)
    return stack([*options, close])

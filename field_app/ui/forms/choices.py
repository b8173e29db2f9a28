"""Answers from a known list: radios, boxes to tick, and a list that folds away when it is long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import callout, hint, link, named, part, row, stack, use_value, words
from sync.domain.forms import Choice, Question

MANY = 10  # more choices than these fold away
CHIP = 30  # letters of a choice that stands beside others; longer ones have a line each


@dataclass(frozen=True)
class AskedQuestion:
    """What a widget knows of its question, and how it answers."""

    question: Question
    name: str  # the answer's name; an item's part is "officers.1a2b.name"
    value: Any
    text: Callable[[], str]  # what stands in the field now
    fault: str
    give: Callable[[Any], None]
    type: Callable[..., None]  # (text, reader)
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


def chosen(asked: AskedQuestion, code: str) -> bool:
    return code in asked.value if isinstance(asked.value, list | tuple) else asked.value == code


def pick(asked: AskedQuestion, choice: Choice) -> Any:
    """The answer after a tap. Tapped again, a choice goes: a slip must have a way back. Boxes keep the list's order."""
    if not asked.question.many:
        return None if asked.value == choice.value else choice.value
    held = list(asked.value) if isinstance(asked.value, list | tuple) else []
    now = [code for code in held if code != choice.value] if choice.value in held else [*held, choice.value]
    order = [known.value for known in asked.question.choices]
    return sorted(now, key=lambda code: order.index(code) if code in order else len(order)) or None


def option(asked: AskedQuestion, choice: Choice, after: Callable[[], None] | None, *, wide: bool = False) -> ft.Control:
    on = chosen(asked, choice.value)

    def tapped(_: Any) -> None:
        asked.give(pick(asked, choice))
        if after:
            after()

    many = asked.question.many
    icons = (
        (ft.Icons.CHECK_BOX, ft.Icons.CHECK_BOX_OUTLINE_BLANK)
        if many
        else (ft.Icons.CHECK_CIRCLE, ft.Icons.CIRCLE_OUTLINED)
    )
    text = words(choice.label, 16, bold=on, color=t.ON_CHOSEN if on else t.TEXT, expand=True, expand_loose=not wide)
    icon = ft.Icon(icons[0] if on else icons[1], size=20, color=t.LINK if on else t.EDGE)
    box = ft.Container(
        row([icon, text], t.GAP, tight=not wide, alignment=ft.MainAxisAlignment.START),
        padding=ft.Padding.symmetric(horizontal=12, vertical=13),
        border_radius=10,
        ink=True,
        on_click=tapped,
        bgcolor=t.CHOSEN if on else t.SURFACE,
        border=ft.Border.all(2 if on else 1.5, t.LINK if on else t.EDGE),
    )
    return named(f"{asked.ident}-{choice.value}", box, checked=on)


def radio(name: str, text: str, on: bool, tapped: Any, under: str = "") -> ft.Control:
    """One of a few, outside a form."""
    icon = ft.Icons.CHECK_CIRCLE if on else ft.Icons.CIRCLE_OUTLINED
    inside = row(
        [
            ft.Icon(icon, size=22, color=t.LINK if on else t.EDGE),
            stack(
                [words(text, 17, bold=on, color=t.ON_CHOSEN if on else t.TEXT), hint(under) if under else None],
                2,
                expand=True,
            ),
        ],
        12,
    )
    box = ft.Container(
        inside,
        padding=14,
        border_radius=10,
        ink=True,
        on_click=lambda _: tapped(),
        bgcolor=t.CHOSEN if on else t.SURFACE,
        border=ft.Border.all(2 if on else 1.5, t.LINK if on else t.EDGE),
    )
    return named(name, box, checked=on)


def newer(asked: AskedQuestion) -> ft.Control | None:
    """Choices recorded in a newer version of the app are shown as such, and kept."""
    held = asked.value if isinstance(asked.value, list | tuple) else [asked.value] if asked.value is not None else []
    known = {choice.value for choice in asked.question.choices}
    unknown = [str(code) for code in held if code not in known]
    return callout(f"Recorded in a newer version of the app: {', '.join(unknown)}. It is kept.") if unknown else None


@part
def folded(asked: AskedQuestion) -> ft.Control:
    """A long list: the answer and "Change"; the list opens in place and closes on a choice."""
    opened, set_opened = use_value(False)
    label = next((choice.label for choice in asked.question.choices if choice.value == asked.value), "")
    if not opened:
        shown = ft.Container(
            row(
                [
                    words(label or "Choose", 17, color=t.TEXT if label else t.LINK, expand=True),
                    ft.Icon(ft.Icons.EXPAND_MORE, color=t.LINK),
                ]
            ),
            padding=14,
            border_radius=8,
            bgcolor=t.SURFACE,
            border=ft.Border.all(1.5, t.EDGE),
            ink=True,
            on_click=lambda _: set_opened(True),
        )
        name = named(asked.ident, shown, button=True, expanded=False, hint_text=asked.question.text)
        return stack([name, newer(asked) if not label else None])
    options = [option(asked, choice, lambda: set_opened(False), wide=True) for choice in asked.question.choices]
    return stack(
        [*options, link(f"{asked.ident}-close", "Close the list", lambda _: set_opened(False), ft.Icons.EXPAND_LESS)]
    )

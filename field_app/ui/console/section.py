"""One section of a record, drawn: every answer in words, clashes side by side, the history of the section."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import flet as ft

from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import icon_button, small_link
from field_app.ui.console.history import HistoryStep, history
from field_app.ui.console.reading import Answer, Option, ReadingSection
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_value
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import clock, day_and_clock

QUESTION = 232  # width of the questions' column


@dataclass(frozen=True)
class ReaderActions:
    """What a reader can do with the record, and what stands on it. The callbacks outlive a drawing."""

    pin: Callable[[Answer, str], None] | None = None
    settle: Callable[[Answer, Option], object] | None = None
    marks: tuple[tuple[str, str, str], ...] = ()  # record, answer, what an earlier return said
    tight: bool = False  # no room for a question beside its answer

    def mark(self, answer: Answer) -> str:
        """What an earlier return said about this answer; "" when nothing."""
        where = (answer.record_id, answer.name)
        return next((text for record, name, text in self.marks if (record, name) == where), "")


def marks_of(pinned: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((record, name, text) for (record, name), text in pinned.items() if text))


@part
def section_view(
    opened: OpenedIncident, section: ReadingSection, around: ReaderActions, pins: frozenset[str]
) -> ft.Control:
    unfolded, set_unfolded = use_value(False)
    body = [history_view(history(opened, section.record_id), around.tight)] if unfolded else []
    body += [_note(f"Left out of the record: {section.retracted}")] if section.retracted else []
    for page in section.parts:
        body += [_page_title(page.title)] if len(section.parts) > 1 else []
        body += [answer_row(answer, around, answer.name in pins) for answer in page.answers]
    if section.unread:
        body.append(_page_title("Recorded in a newer version of the app"))
        body += [answer_row(answer, around, answer.name in pins) for answer in section.unread]
    if not body:
        body.append(_note("Nothing is recorded here yet."))
    count = len(opened.history(section.record_id))
    text = "Hide history" if unfolded else f"History ({count})"
    name = f"history-{section.record_id}"
    flip = small_link(name, text, lambda _: set_unfolded(not unfolded), ft.Icons.HISTORY)
    panel = w.panel(stack([section_head(section, flip), *body], 0), opacity=0.7 if section.retracted else 1)
    return marked("section-" + section.record_id, panel)


def section_head(section: ReadingSection, flip: ft.Control) -> ft.Control:
    title = w.title(f"{section.title} {section.number}" if section.number else section.title, 15, 2)
    chips = [
        w.clash_chip(section.clashes),
        w.chip(f"{section.missing} not answered", t.QUIET, w.FAINT) if section.missing else None,
        w.chip("Entered in error", t.ON_WRONG, t.WRONG, ft.Icons.BLOCK) if section.retracted else None,
    ]
    line = row([ft.Container(title, expand=True), *chips, flip], 8)
    padding = ft.Padding.only(left=14, right=6, top=6, bottom=6)
    return ft.Container(line, padding=padding, bgcolor=w.FAINT, border=t.line_below())


def _note(text: str) -> ft.Control:
    return ft.Container(w.quiet(text), padding=14)


def _page_title(text: str) -> ft.Control:
    return ft.Container(words(text, 12, bold=True, color=t.LINK), padding=ft.Padding.only(left=14, top=10, bottom=2))


# --- answers ------------------------------------------------------------------------------------------------------


def answer_row(answer: Answer, around: ReaderActions, is_pinned: bool) -> ft.Control:
    """A question and its answer. A click pins a comment to it."""
    if answer.state == "clash":
        return clash_row(answer, around, is_pinned)
    pin, name = around.pin, f"answer-{answer.kind}-{answer.name}"
    lines = stack(_answer_lines(answer, around), 2, expand=True)
    if around.tight:
        beside: list[ft.Control] = [stack([w.quiet(answer.question), lines], 1, expand=True)]
    else:
        beside = [ft.Container(w.quiet(answer.question), width=QUESTION), lines]
    box = ft.Container(
        row([*beside, _comment_mark(is_pinned) if pin else None], 12, top=True),
        padding=ft.Padding.only(left=14, right=12, top=6, bottom=6),
        ink=pin is not None,
        bgcolor=t.CHOSEN if is_pinned else t.WARN if answer.changed else None,
        on_click=once(name, (lambda _: pin(answer, "")) if pin else None),
    )
    return named(name, box, button=True, hint_text="Comment on it") if pin else marked(name, box)


def _answer_lines(answer: Answer, around: ReaderActions) -> list[ft.Control]:
    """The answer; under it, that it changed, was entered later, or was asked about in an earlier return."""
    ink = t.QUIET if answer.state in ("missing", "unavailable") else t.TEXT
    lines: list[ft.Control] = [words(answer.text, 14, color=ink, italic=answer.state == "missing", selectable=False)]
    if answer.changed:
        was = f"was: {answer.was}" if answer.was else "added"
        who = f" · {answer.who} {clock(answer.at)}" if answer.at else ""
        lines.append(w.quiet(f"Changed since signed ({was}){who}", size=12, color=t.ON_WARN))
    if answer.late:
        lines.append(w.quiet(f"Entered later: written down {day_and_clock(answer.late)}", size=12))
    if mark := around.mark(answer):
        lines.append(_earlier(mark))
    return lines


def _comment_mark(is_pinned: bool) -> ft.Control:
    icon, colour = (ft.Icons.COMMENT, t.LINK) if is_pinned else (ft.Icons.ADD_COMMENT_OUTLINED, t.LINE)
    return ft.Container(ft.Icon(icon, size=16, color=colour), width=20, alignment=ft.Alignment.TOP_RIGHT)


def _earlier(mark: str) -> ft.Control:
    sign = ft.Icon(ft.Icons.REPLY, size=14, color=t.QUIET)
    return row([sign, w.quiet(f"Asked in the last return: {mark}", size=12, expand=True)], 4, top=True)


def clash_row(answer: Answer, around: ReaderActions, is_pinned: bool) -> ft.Control:
    """Two answers side by side, and a person to choose."""
    pin, name = around.pin, f"{answer.kind}-{answer.name}"
    comment = None
    if pin:
        icon = ft.Icons.COMMENT if is_pinned else ft.Icons.ADD_COMMENT_OUTLINED
        comment = icon_button(f"answer-{name}", icon, f"Comment on: {answer.question}", lambda _: pin(answer, ""))
    head = row(
        [
            ft.Icon(ft.Icons.CALL_SPLIT, size=16, color=t.ON_WARN),
            words(answer.question, 13, bold=True, color=t.ON_WARN),
            ft.Container(w.quiet(answer.text, size=12, color=t.ON_WARN), expand=True),
            comment,
        ],
        8,
    )
    options = [_option(answer, number, option, around) for number, option in enumerate(answer.options, 1)]
    both = w.abreast(options, 1 if around.tight else len(options), 10)
    mark = around.mark(answer)
    inside = stack([head, both, _earlier(mark) if mark else None], 6)
    padding = ft.Padding.only(left=14, right=12, top=6, bottom=10)
    return marked(f"clash-{name}", ft.Container(inside, bgcolor=t.WARN, padding=padding))


def _option(answer: Answer, number: int, option: Option, around: ReaderActions) -> ft.Control:
    settle, use = around.settle, None
    if settle:
        name, says = f"use-{answer.kind}-{answer.name}-{number}", f"Use this: {option.text}"
        use = small_link(name, "Use this", lambda _: settle(answer, option), says=says)
    who = w.quiet(f"{option.who}, {day_and_clock(option.at)}", size=12)
    return ft.Container(
        stack([words(option.text, 14), row([ft.Container(who, expand=True), use], 4)], 4),
        expand=True,
        bgcolor=t.SURFACE,
        border=ft.Border.all(1, t.WARN_EDGE),
        border_radius=6,
        padding=ft.Padding.only(left=12, right=6, top=8, bottom=4),
    )


# --- history ------------------------------------------------------------------------------------------------------


def history_view(steps: list[HistoryStep], tight: bool) -> ft.Control:
    """The record's changes, the newest first: what, who, when, and the number under which the centre has it."""
    lines = stack([_step(step, tight) for step in steps], 0)
    return ft.Container(lines, bgcolor=t.PAGE, padding=ft.Padding.symmetric(vertical=6), border=t.line_below())


def _step(step: HistoryStep, tight: bool) -> ft.Control:
    came = clock(step.received_at) if step.received_at.date() == step.at.date() else day_and_clock(step.received_at)
    when, who = w.quiet(day_and_clock(step.at), size=12), w.quiet(f"{step.who}, {step.role}", size=12)
    about = step.about[:1].upper() + step.about[1:]
    what = stack(
        [
            words(step.text, 13),
            row([w.chip(step.mark, t.ON_WRONG, t.WRONG)]) if step.mark else None,
            w.quiet(about, size=12, color=t.ON_WARN) if about else None,
            w.quiet(f"Received {came}, no. {step.number}", size=12),
        ],
        1,
        expand=True,
    )
    if tight:
        line: ft.Control = stack([row([when, who], 10, wrap=True), row([what])], 0)
    else:
        line = row([ft.Container(stack([when, who], 1), width=190), what], 8, top=True)
    return ft.Container(line, padding=ft.Padding.symmetric(horizontal=14, vertical=5))

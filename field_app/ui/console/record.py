"""One record, whole: who signed, every answer in words, clashes side by side, and the history of each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.desk.desk_models import OpenedIncident
from field_app.ui.console import widgets as p
from field_app.ui.console.header_facts import Fact, about
from field_app.ui.console.history import HistoryStep, history
from field_app.ui.console.reading import Answer, Option, Point, ReadingSection, cosigned, points, sections, signed
from field_app.ui.console.signatures import signatures
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import clock, day_and_clock
from sync.domain.records.incident import label
from sync.domain.records.standing import standing

ASKED = 232  # width of the questions' column


@dataclass(frozen=True)
class ReaderActions:
    """What a reader can do with the record, and what stands on it. The callbacks outlive a drawing."""

    pin: Callable[[Answer, str], Any] | None = None
    settle: Callable[[Answer, Option], Any] | None = None
    marks: tuple[tuple[str, str, str], ...] = ()  # record, answer, what an earlier return said
    tight: bool = False  # no room for a question beside its answer

    def told(self, answer: Answer) -> str:
        return next(
            (said for record, name, said in self.marks if (record, name) == (answer.record_id, answer.name)), ""
        )


@part
def record_view(
    opened: OpenedIncident, now: datetime, around: ReaderActions, pins: frozenset[tuple[str, str]]
) -> ft.Control:
    """The record in its column. Drawn anew only when it, or what is pinned to it, changes."""
    read, first = ft.use_memo(lambda: (sections(opened, now), points(opened, now)), [id(opened)])
    parts = [
        section_view(
            opened,
            section,
            around,
            frozenset(name for record, name in pins if record == section.record_id),
            key=section.record_id,
        )
        for section in read
    ]
    shown = [
        record_head(opened, read, about(opened, now)),
        signatures(signed(opened), cosigned(opened), around.tight),
        *([points_view(first)] if first else []),
        *parts,
        ft.Container(height=8),
    ]
    return ft.Column(
        shown,
        spacing=14,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        key="record-" + opened.incident.incident_id,
    )


def record_head(opened: OpenedIncident, read: list[ReadingSection], facts: list[Fact]) -> ft.Control:
    incident = opened.incident
    record = incident.records.get(incident.incident_id)
    values = record.values if record else {}
    told = [values.get("cad_ref"), values.get("location"), f"opened {day_and_clock(incident.opened_at)}"]
    clashes = sum(section.clashes for section in read)
    lacking = sum(section.missing for section in read)
    chips = row(
        [
            p.standing_chip(standing(incident)),
            p.clash_chip(clashes),
            p.chip(f"{lacking} not answered", t.QUIET, p.FAINT, ft.Icons.HELP_OUTLINE) if lacking else None,
        ],
        6,
        wrap=True,
        run_spacing=4,
    )
    said = " · ".join(str(fact) for fact in told if isinstance(fact, str) and fact)
    return stack([p.title(label(incident)), chips, p.quiet(said), *(_fact(one) for one in facts)], 4)


def _fact(one: Fact) -> ft.Control:
    """One line on where it stands; what waits for somebody has its own sign."""
    if not one.grave:
        return marked(one.name, p.quiet(one.said, size=12))
    inside = row(
        [
            ft.Icon(ft.Icons.ERROR_OUTLINE, size=16, color=t.ALERT),
            words(one.said, 13, bold=True, color=t.ALERT, expand=True),
        ],
        6,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return marked(one.name, inside)


def points_view(found: list[Point]) -> ft.Control:
    """What to look at first: warnings of the forms, in their own words, with their source."""
    lines = [
        row(
            [
                ft.Icon(
                    ft.Icons.ERROR_OUTLINE if one.grave else ft.Icons.ARROW_RIGHT,
                    size=16,
                    color=t.ALERT if one.grave else t.QUIET,
                ),
                stack(
                    [
                        words(one.text, 13, bold=one.grave, color=t.ALERT if one.grave else t.TEXT),
                        p.quiet(one.source, size=12) if one.source else None,
                    ],
                    0,
                    expand=True,
                ),
            ],
            6,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for one in found
    ]
    head = words("Worth a look", 12, bold=True, color=t.QUIET)
    return marked("points", p.panel(stack([head, *lines], 4), pad=ft.Padding.symmetric(horizontal=14, vertical=10)))


# --- sections -----------------------------------------------------------------------------------------------------


@part
def section_view(
    opened: OpenedIncident, section: ReadingSection, around: ReaderActions, pins: frozenset[str]
) -> ft.Control:
    steps, show = ft.use_state(False)
    count = len(opened.history(section.record_id))
    said = f"{section.title} {section.number}" if section.number else section.title
    flip = p.small_link(
        f"history-{section.record_id}",
        "Hide history" if steps else f"History ({count})",
        lambda _: show(not steps),
        ft.Icons.HISTORY,
    )
    chips = [
        p.clash_chip(section.clashes),
        p.chip(f"{section.missing} not answered", t.QUIET, p.FAINT) if section.missing else None,
        p.chip("Entered in error", t.ON_WRONG, t.WRONG, ft.Icons.BLOCK) if section.retracted else None,
    ]
    head = ft.Container(
        row([ft.Container(p.title(said, 15, 2), expand=True), *chips, flip], 8),
        padding=ft.Padding.only(left=14, right=6, top=6, bottom=6),
        bgcolor=p.FAINT,
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )
    body: list[ft.Control] = [history_view(history(opened, section.record_id), around.tight)] if steps else []
    if section.retracted:
        body.append(ft.Container(p.quiet(f"Left out of the record: {section.retracted}"), padding=14))
    for one in section.parts:
        if len(section.parts) > 1:
            body.append(_page_title(one.title))
        body += [answer_row(answer, around, answer.name in pins) for answer in one.answers]
    if section.unread:
        body.append(_page_title("Recorded in a newer version of the app"))
        body += [answer_row(answer, around, answer.name in pins) for answer in section.unread]
    if not body:
        body.append(ft.Container(p.quiet("Nothing is recorded here yet."), padding=14))
    return marked(
        "section-" + section.record_id, p.panel(stack([head, *body], 0), opacity=0.7 if section.retracted else 1)
    )


def _page_title(said: str) -> ft.Control:
    return ft.Container(words(said, 12, bold=True, color=t.LINK), padding=ft.Padding.only(left=14, top=10, bottom=2))


def answer_row(answer: Answer, around: ReaderActions, is_pinned: bool) -> ft.Control:
    """A question and its answer. A click pins a comment to it."""
    if answer.state == "clash":
        return clash_row(answer, around, is_pinned)
    pin = around.pin
    ink = t.QUIET if answer.state in ("missing", "unavailable") else t.TEXT
    lines: list[Any] = [words(answer.said, 14, color=ink, italic=answer.state == "missing", selectable=False)]
    if answer.changed:
        was = f"was: {answer.was}" if answer.was else "added"
        who = f" · {answer.who} {clock(answer.at)}" if answer.at else ""
        lines.append(p.quiet(f"Changed since signed ({was}){who}", size=12, color=t.ON_WARN))
    if answer.late:
        lines.append(p.quiet(f"Entered later: written down {day_and_clock(answer.late)}", size=12))
    if told := around.told(answer):
        lines.append(_earlier(told))
    mark = (
        ft.Container(
            ft.Icon(
                ft.Icons.COMMENT if is_pinned else ft.Icons.ADD_COMMENT_OUTLINED,
                size=16,
                color=t.LINK if is_pinned else t.LINE,
            ),
            width=20,
            alignment=ft.Alignment.TOP_RIGHT,
        )
        if pin
        else None
    )
    box = ft.Container(
        row(
            [*_beside(answer.question, stack(lines, 2, expand=True), around.tight), mark],
            12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        padding=ft.Padding.only(left=14, right=12, top=6, bottom=6),
        ink=pin is not None,
        bgcolor=t.CHOSEN if is_pinned else t.WARN if answer.changed else None,
        on_click=(lambda _: pin(answer, "")) if pin else None,
    )
    name = f"answer-{answer.kind}-{answer.name}"
    if pin is None:
        return marked(name, box)
    return named(name, box, button=True, hint_text="Comment on it")


def _beside(question: str, said: ft.Control, tight: bool) -> list[ft.Control]:
    if tight:
        return [stack([p.quiet(question), said], 1, expand=True)]
    return [ft.Container(p.quiet(question), width=ASKED), said]


def _earlier(told: str) -> ft.Control:
    return row(
        [
            ft.Icon(ft.Icons.REPLY, size=14, color=t.QUIET),
            p.quiet(f"Asked in the last return: {told}", size=12, expand=True),
        ],
        4,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def clash_row(answer: Answer, around: ReaderActions, is_pinned: bool) -> ft.Control:
    """Two answers side by side, and a person to choose."""
    pin = around.pin
    options = [_option(answer, number, option, around) for number, option in enumerate(answer.options, 1)]
    comment = (
        p.icon_button(
            f"answer-{answer.kind}-{answer.name}",
            ft.Icons.COMMENT if is_pinned else ft.Icons.ADD_COMMENT_OUTLINED,
            f"Comment on: {answer.question}",
            lambda _: pin(answer, "") if pin else None,
        )
        if pin
        else None
    )
    head = row(
        [
            ft.Icon(ft.Icons.CALL_SPLIT, size=16, color=t.ON_WARN),
            words(answer.question, 13, bold=True, color=t.ON_WARN),
            ft.Container(p.quiet(answer.said, size=12, color=t.ON_WARN), expand=True),
            comment,
        ],
        8,
    )
    told = around.told(answer)
    inside = stack(
        [head, p.abreast(options, 1 if around.tight else len(options), 10), _earlier(told) if told else None], 6
    )
    return marked(
        f"clash-{answer.kind}-{answer.name}",
        ft.Container(inside, bgcolor=t.WARN, padding=ft.Padding.only(left=14, right=12, top=6, bottom=10)),
    )


def _option(answer: Answer, number: int, option: Option, around: ReaderActions) -> ft.Control:
    settle = around.settle
    use = (
        p.small_link(
            f"use-{answer.kind}-{answer.name}-{number}",
            "Use this",
            lambda _: settle(answer, option) if settle else None,
            says=f"Use this: {option.said}",
        )
        if settle
        else None
    )
    who = p.quiet(f"{option.who}, {day_and_clock(option.at)}", size=12)
    return ft.Container(
        stack([words(option.said, 14), row([ft.Container(who, expand=True), use], 4)], 4),
        expand=True,
        bgcolor=t.SURFACE,
        border=ft.Border.all(1, t.WARN_EDGE),
        border_radius=6,
        padding=ft.Padding.only(left=12, right=6, top=8, bottom=4),
    )


def history_view(steps: list[HistoryStep], tight: bool) -> ft.Control:
    """The record's changes, the newest first: what, who, when, and the number under which the centre has it."""
    return ft.Container(
        stack([_step(step, tight) for step in steps], 0),
        bgcolor=t.PAGE,
        padding=ft.Padding.symmetric(vertical=6),
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )


def _step(step: HistoryStep, tight: bool) -> ft.Control:
    mark = p.chip(step.mark, t.ON_WRONG, t.WRONG) if step.mark else None
    came = clock(step.received_at) if step.received_at.date() == step.at.date() else day_and_clock(step.received_at)
    when, who = p.quiet(day_and_clock(step.at), size=12), p.quiet(f"{step.who}, {step.role}", size=12)
    what = stack(
        [
            words(step.text, 13),
            row([mark]) if mark else None,
            p.quiet(step.about[:1].upper() + step.about[1:], size=12, color=t.ON_WARN) if step.about else None,
            p.quiet(f"Received {came}, no. {step.number}", size=12),
        ],
        1,
        expand=True,
    )
    made = (
        stack([row([when, who], 10, wrap=True), row([what])], 0)
        if tight
        else row(
            [ft.Container(stack([when, who], 1), width=190), what], 8, vertical_alignment=ft.CrossAxisAlignment.START
        )
    )
    return ft.Container(made, padding=ft.Padding.symmetric(horizontal=14, vertical=5))


def marks_of(pinned: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((record, name, said) for (record, name), said in pinned.items() if said))

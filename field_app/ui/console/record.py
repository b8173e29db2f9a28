"""One record, whole: who signed, every answer in words, clashes side by side, and the history of each part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft
import flet.canvas as cv

from field_app.desk import Opened
from field_app.ui import theme as t
from field_app.ui.console import pieces as p
from field_app.ui.console.reading import (
    Answer,
    Cosigned,
    Option,
    Point,
    Section,
    Signed,
    Step,
    cosigned,
    history,
    points,
    sections,
    signed,
)
from field_app.ui.parts import marked, named, part, row, stack, words
from sync.domain.incident import label, standing
from sync.domain.times import clock, day_and_clock

ASKED = 232  # width of the questions' column
GLASS = (150, 60)  # the drawn signature, as shown


@dataclass(frozen=True)
class Around:
    """What a reader can do with the record, and what stands on it. The callbacks outlive a drawing."""

    pin: Callable[[Answer, str], Any] | None = None
    settle: Callable[[Answer, Option], Any] | None = None
    marks: tuple[tuple[str, str, str], ...] = ()  # record, answer, what an earlier return said

    def told(self, answer: Answer) -> str:
        return next(
            (said for record, name, said in self.marks if (record, name) == (answer.record_id, answer.name)), ""
        )


@part
def record_view(opened: Opened, now: datetime, around: Around, pins: frozenset[tuple[str, str]]) -> ft.Control:
    """The record in its column. Drawn anew only when it, or what is pinned to it, changes."""
    made = ft.use_memo(
        lambda: (sections(opened, now), signed(opened), cosigned(opened), points(opened, now)), [id(opened)]
    )
    read, by_nurse, by_officer, first = made
    top = record_head(opened, read)
    parts = [
        section_view(
            opened, section, around, frozenset(name for record, name in pins if record == section.record_id),
            key=section.record_id,
        )
        for section in read
    ]  # fmt: skip
    return ft.Column(
        [top, signatures(by_nurse, by_officer), *([points_view(first)] if first else []), *parts, ft.Container(height=8)], spacing=14, scroll=ft.ScrollMode.AUTO, expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH, key="record-" + opened.incident.incident_id,
    )  # fmt: skip


def record_head(opened: Opened, read: list[Section]) -> ft.Control:
    incident = opened.incident
    record = incident.records.get(incident.incident_id)
    values = record.values if record else {}
    facts = [values.get("cad_ref"), values.get("location"), f"opened {day_and_clock(incident.opened_at)}"]
    clashes = sum(section.clashes for section in read)
    lacking = sum(section.missing for section in read)
    chips = row(
        [
            p.standing_chip(standing(incident)), p.clash_chip(clashes),
            p.chip(f"{lacking} not answered", t.QUIET, p.FAINT, ft.Icons.HELP_OUTLINE) if lacking else None,
        ], 6, wrap=True,
    )  # fmt: skip
    said = " · ".join(str(fact) for fact in facts if isinstance(fact, str) and fact)
    return stack([row([ft.Container(p.title(label(incident)), expand=True), chips], 12), p.quiet(said)], 3)


def points_view(found: list[Point]) -> ft.Control:
    """What to look at first: warnings of the forms, in their own words, with their source."""
    lines = [
        row(
            [ft.Icon(ft.Icons.ERROR_OUTLINE if one.grave else ft.Icons.ARROW_RIGHT, size=16, color=t.ALERT if one.grave else t.QUIET),
             stack([words(one.text, 13, bold=one.grave, color=t.ALERT if one.grave else t.TEXT),
                    p.quiet(one.source, size=12) if one.source else None], 0, expand=True)], 6, vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for one in found
    ]  # fmt: skip
    head = words("Worth a look", 12, bold=True, color=t.QUIET)
    return marked("points", p.panel(stack([head, *lines], 4), pad=ft.Padding.symmetric(horizontal=14, vertical=10)))


# --- signatures ---------------------------------------------------------------------------------------------------


def signatures(by_nurse: Signed | None, by_officer: Cosigned | None) -> ft.Control:
    return ft.Row(
        [_nurse(by_nurse), _officer(by_officer)],
        spacing=12,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        intrinsic_height=True,
    )


def _box(name: str, head: str, inside: list[Any]) -> ft.Control:
    made = p.panel(
        stack([words(head, 12, bold=True, color=t.QUIET), *inside], 4),
        pad=ft.Padding.symmetric(horizontal=14, vertical=10),
    )
    return marked(name, made, expand=True)


def _nurse(one: Signed | None) -> ft.Control:
    if one is None:
        return _box("signature", "Nurse", [p.strong("Not signed yet"), p.quiet("The nurse is still writing.")])
    number = f", received no. {one.number}" if one.number else ""
    state = (
        p.chip("Nothing changed since", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE) if one.current
        else p.chip("Changed since it was signed", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    )  # fmt: skip
    return _box(
        "signature", "Nurse’s signature", [p.strong(one.who), p.quiet(f"{day_and_clock(one.at)}{number}"), row([state])]
    )


def _officer(one: Cosigned | None) -> ft.Control:
    if one is None:
        return _box(
            "cosignature", "Officer’s signature", [p.strong("None"), p.quiet("No officer signed the handover sheet.")]
        )
    if one.declined:
        said = [
            p.strong("Did not sign"),
            p.quiet(f"{one.name}, {day_and_clock(one.at)}"),
            p.text(f"“{one.reason}”" if one.reason else ""),
        ]
        return _box("cosignature", "Officer’s signature", said)
    state = (
        p.chip("Sheet as signed", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE) if one.current
        else p.chip("Sheet changed since", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    )  # fmt: skip
    name, _, rest = one.name.partition(", ")
    who = stack(
        [p.strong(name), p.quiet(rest) if rest else None, p.quiet(day_and_clock(one.at)), row([state])], 3, expand=True
    )
    return _box("cosignature", "Officer’s signature on the handover sheet", [row([who, drawn(one.strokes)], 10)])


def drawn(strokes: tuple[tuple[tuple[int, int], ...], ...]) -> ft.Control | None:
    """The signature as it was drawn, made to fit."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return None
    (left, top), (right, bottom) = map(min, zip(*points, strict=True)), map(max, zip(*points, strict=True))
    wide, high = GLASS[0] - 16, GLASS[1] - 16
    scale = min(wide / max(right - left, 1), high / max(bottom - top, 1), 1.0)
    over = (GLASS[0] - (right - left) * scale) / 2 - left * scale, (GLASS[1] - (bottom - top) * scale) / 2 - top * scale

    def place(point: tuple[int, int]) -> tuple[float, float]:
        return round(point[0] * scale + over[0], 1), round(point[1] * scale + over[1], 1)

    elements: list[Any] = []
    for stroke in strokes:
        elements.append(cv.Path.MoveTo(*place(stroke[0])))
        elements += [cv.Path.LineTo(*place(point)) for point in stroke[1:]]
        if len(stroke) == 1:
            x, y = place(stroke[0])
            elements.append(cv.Path.LineTo(x + 1, y))
    paint = ft.Paint(
        stroke_width=1.8,
        style=ft.PaintingStyle.STROKE,
        color=t.TEXT,
        stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
    )
    glass = ft.Container(
        cv.Canvas([cv.Path(elements, paint=paint)], width=GLASS[0], height=GLASS[1]), width=GLASS[0], height=GLASS[1],
        border=ft.Border.all(1, t.LINE), border_radius=6, bgcolor=t.PAGE,
    )  # fmt: skip
    return ft.Semantics(identifier="strokes", label="The officer’s signature, as drawn", image=True, content=glass)


# --- sections -----------------------------------------------------------------------------------------------------


@part
def section_view(opened: Opened, section: Section, around: Around, pins: frozenset[str]) -> ft.Control:
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
        row([ft.Container(p.title(said, 15, 2), expand=True), *chips, flip], 8), padding=ft.Padding.only(left=14, right=6, top=6, bottom=6),
        bgcolor=p.FAINT, border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )  # fmt: skip
    body: list[ft.Control] = [history_view(history(opened, section.record_id))] if steps else []
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


def answer_row(answer: Answer, around: Around, is_pinned: bool) -> ft.Control:
    """A question and its answer. A click pins a comment to it."""
    if answer.state == "clash":
        return clash_row(answer, around, is_pinned)
    pin = around.pin
    asked = ft.Container(p.quiet(answer.question), width=ASKED)
    ink = t.QUIET if answer.state in ("missing", "unavailable") else t.TEXT
    lines: list[Any] = [words(answer.said, 14, color=ink, italic=answer.state == "missing", selectable=False)]
    if answer.changed:
        was = f"was: {answer.was}" if answer.was else "added"
        who = f" · {answer.who} {clock(answer.at)}" if answer.at else ""
        lines.append(p.quiet(f"Changed since signed ({was}){who}", size=12, color=t.ON_WARN))
    if told := around.told(answer):
        lines.append(_earlier(told))
    mark = ft.Container(
        ft.Icon(ft.Icons.COMMENT if is_pinned else ft.Icons.ADD_COMMENT_OUTLINED, size=16, color=t.LINK if is_pinned else t.LINE),
        width=20, alignment=ft.Alignment.TOP_RIGHT,
    ) if pin else None  # fmt: skip
    box = ft.Container(
        row([asked, stack(lines, 2, expand=True), mark], 12, vertical_alignment=ft.CrossAxisAlignment.START),
        padding=ft.Padding.only(left=14, right=12, top=6, bottom=6), ink=pin is not None,
        bgcolor=t.CHOSEN if is_pinned else t.WARN if answer.changed else None,
        on_click=(lambda _: pin(answer, "")) if pin else None,
    )  # fmt: skip
    name = f"answer-{answer.kind}-{answer.name}"
    if pin is None:
        return marked(name, box)
    return named(name, box, button=True, hint_text="Comment on it")


def _earlier(told: str) -> ft.Control:
    return row(
        [ft.Icon(ft.Icons.REPLY, size=14, color=t.QUIET), p.quiet(f"Asked in the last return: {told}", size=12, expand=True)], 4,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip


def clash_row(answer: Answer, around: Around, is_pinned: bool) -> ft.Control:
    """Two answers side by side, and a person to choose."""
    pin = around.pin
    options = [_option(answer, number, option, around) for number, option in enumerate(answer.options, 1)]
    comment = p.icon_button(
        f"answer-{answer.kind}-{answer.name}", ft.Icons.COMMENT if is_pinned else ft.Icons.ADD_COMMENT_OUTLINED,
        f"Comment on: {answer.question}", lambda _: pin(answer, "") if pin else None,
    ) if pin else None  # fmt: skip
    head = row(
        [ft.Icon(ft.Icons.CALL_SPLIT, size=16, color=t.ON_WARN), words(answer.question, 13, bold=True, color=t.ON_WARN),
         ft.Container(p.quiet(answer.said, size=12, color=t.ON_WARN), expand=True), comment], 8,
    )  # fmt: skip
    told = around.told(answer)
    inside = stack([head, ft.Row(options, spacing=10, vertical_alignment=ft.CrossAxisAlignment.STRETCH, intrinsic_height=True),
                    _earlier(told) if told else None], 6)  # fmt: skip
    return marked(
        f"clash-{answer.kind}-{answer.name}",
        ft.Container(inside, bgcolor=t.WARN, padding=ft.Padding.only(left=14, right=12, top=6, bottom=10)),
    )


def _option(answer: Answer, number: int, option: Option, around: Around) -> ft.Control:
    settle = around.settle
    use = (
        p.small_link(
            f"use-{answer.kind}-{answer.name}-{number}",
            "Use this",
            lambda _: settle(answer, option) if settle else None,
        )
        if settle
        else None
    )
    who = p.quiet(f"{option.who}, {day_and_clock(option.at)}", size=12)
    return ft.Container(
        stack([words(option.said, 14), row([ft.Container(who, expand=True), use], 4)], 4), expand=True, bgcolor=t.SURFACE,
        border=ft.Border.all(1, t.WARN_EDGE), border_radius=6, padding=ft.Padding.only(left=12, right=6, top=8, bottom=4),
    )  # fmt: skip


def history_view(steps: list[Step]) -> ft.Control:
    """The record's changes, the newest first: what, who, when, and the number under which the centre has it."""
    return ft.Container(
        stack([_step(step) for step in steps], 0), bgcolor=t.PAGE, padding=ft.Padding.symmetric(vertical=6),
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )  # fmt: skip


def _step(step: Step) -> ft.Control:
    mark = p.chip(step.mark, t.ON_WRONG, t.WRONG) if step.mark else None
    return ft.Container(
        row(
            [
                ft.Container(p.quiet(day_and_clock(step.at), size=12), width=118),
                ft.Container(p.quiet(f"{step.who}, {step.role}", size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS), width=158),
                words(step.text, 13, expand=True), mark,
                p.quiet(f"no. {step.number}, {clock(step.received_at)}", size=12),
            ], 8, vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        padding=ft.Padding.symmetric(horizontal=14, vertical=3),
    )  # fmt: skip


def marks_of(pinned: Mapping[tuple[str, str], str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted((record, name, said) for (record, name), said in pinned.items() if said))

"""Who signed a record, as it is drawn: the nurse, and the officer with the lines drawn on glass."""

from typing import Any

import flet as ft
import flet.canvas as cv

from field_app.ui.console import widgets as p
from field_app.ui.console.reading import Cosigned, Signed
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import marked, row, stack, words
from sync.core.times import day_and_clock

GLASS = (150, 60)  # the drawn signature, as shown


def signatures(by_nurse: Signed | None, by_officer: Cosigned | None, tight: bool) -> ft.Control:
    """Beside each other, or under one another."""
    return p.abreast([_nurse(by_nurse), _officer(by_officer)], 1 if tight else 2)


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
        p.chip("Nothing changed since", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE)
        if one.current
        else p.chip("Changed since it was signed", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    )
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
        p.chip("Sheet as signed", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE)
        if one.current
        else p.chip("Sheet changed since", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    )
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
        cv.Canvas([cv.Path(elements, paint=paint)], width=GLASS[0], height=GLASS[1]),
        width=GLASS[0],
        height=GLASS[1],
        border=ft.Border.all(1, t.LINE),
        border_radius=6,
        bgcolor=t.PAGE,
    )
    return ft.Semantics(identifier="strokes", label="The officer’s signature, as drawn", image=True, content=glass)

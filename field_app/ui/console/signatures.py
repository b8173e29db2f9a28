"""Who signed a record, as it is drawn: the nurse, and the officer with the lines drawn on glass."""

import flet as ft
import flet.canvas as cv

from field_app.ui.console import widgets as w
from field_app.ui.console.who_signed import Cosigned, Signed, Strokes
from field_app.ui.kit import theme as t
from field_app.ui.kit.signature_pad import stroke_paint, stroke_path
from field_app.ui.kit.widgets import Controls, marked, row, stack, words
from sync.core.times import day_and_clock

GLASS = (150, 60)  # the drawn signature, as shown


def signatures(by_nurse: Signed | None, by_officer: Cosigned | None, tight: bool) -> ft.Control:
    """Beside each other, or under one another."""
    return w.abreast([_nurse(by_nurse), _officer(by_officer)], 1 if tight else 2)


def _box(name: str, head: str, inside: Controls) -> ft.Control:
    padding = ft.Padding.symmetric(horizontal=14, vertical=10)
    box = w.panel(stack([words(head, 12, bold=True, color=t.QUIET), *inside], 4), pad=padding)
    return marked(name, box, expand=True)


def _nurse(signed: Signed | None) -> ft.Control:
    if signed is None:
        return _box("signature", "Nurse", [w.strong("Not signed yet"), w.quiet("The nurse is still writing.")])
    number = f", received no. {signed.number}" if signed.number else ""
    when = w.quiet(f"{day_and_clock(signed.at)}{number}")
    state = _state(signed.current, "Nothing changed since", "Changed since it was signed")
    return _box("signature", "Nurse’s signature", [w.strong(signed.who), when, row([state])])


def _state(current: bool, same: str, changed: str) -> ft.Control:
    """Whether a signature is over what stands there now."""
    if current:
        return w.chip(same, t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE)
    return w.chip(changed, t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)


def _officer(act: Cosigned | None) -> ft.Control:
    if act is None:
        nobody = [w.strong("None"), w.quiet("No officer signed the handover sheet.")]
        return _box("cosignature", "Officer’s signature", nobody)
    if act.declined:
        who, why = w.quiet(f"{act.name}, {day_and_clock(act.at)}"), w.text(f"“{act.reason}”" if act.reason else "")
        return _box("cosignature", "Officer’s signature", [w.strong("Did not sign"), who, why])
    name, _, rest = act.name.partition(", ")
    state = row([_state(act.current, "Sheet as signed", "Sheet changed since")])
    lines = [w.strong(name), w.quiet(rest) if rest else None, w.quiet(day_and_clock(act.at)), state]
    inside = row([stack(lines, 3, expand=True), drawn(act.strokes)], 10)
    return _box("cosignature", "Officer’s signature on the handover sheet", [inside])


def drawn(strokes: Strokes) -> ft.Control | None:
    """The signature as it was drawn, made to fit."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return None
    (left, top), (right, bottom) = map(min, zip(*points, strict=True)), map(max, zip(*points, strict=True))
    width, height = GLASS
    scale = min((width - 16) / max(right - left, 1), (height - 16) / max(bottom - top, 1), 1.0)
    across = (width - (right - left) * scale) / 2 - left * scale
    down = (height - (bottom - top) * scale) / 2 - top * scale

    def place(point: tuple[int, int]) -> tuple[float, float]:
        return round(point[0] * scale + across, 1), round(point[1] * scale + down, 1)

    lines = [element for stroke in strokes for element in stroke_path([place(point) for point in stroke])]
    glass = ft.Container(
        cv.Canvas([cv.Path(lines, paint=stroke_paint(1.8))], width=width, height=height),
        width=width,
        height=height,
        border=ft.Border.all(1, t.LINE),
        border_radius=6,
        bgcolor=t.PAGE,
    )
    return ft.Semantics(identifier="strokes", label="The officer’s signature, as drawn", image=True, content=glass)

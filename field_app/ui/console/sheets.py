"""An officer's handover sheets: those they co-signed, to read, and nothing else."""

from collections.abc import Callable

import flet as ft

from field_app.desk.desk_models import CosignedSheet
from field_app.ui.console import widgets as w
from field_app.ui.console.layout import Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.review import list_head, list_pane, list_row, under_faces
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_value
from field_app.ui.kit.widgets import marked, row, side_by_side, stack, words
from sync.core.times import day_and_clock
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT

LIST, QUESTION = 320, 260


@part
def sheets(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    polled = use_polled(console, "sheets", desk.sheets, every=4 * console.every)
    chosen, set_chosen = use_value("")
    face, turn = use_value("queue")

    def choose(incident_id: str) -> None:
        set_chosen(incident_id)
        turn("record")

    return sheets_view(polled, layout, chosen, choose, face, turn)


def sheets_view(
    polled: Polled[list[CosignedSheet]],
    layout: Layout,
    chosen: str,
    choose: Callable[[str], None],
    face: str,
    turn: Callable[[str], None],
) -> ft.Control:
    cosigned = polled.value or []
    front = next((sheet for sheet in cosigned if sheet.incident_id == chosen), cosigned[0] if cosigned else None)
    rows = [_row(sheet, sheet is front, choose) for sheet in cosigned]
    head, busy = list_head("Handovers", "The sheets you signed"), polled.busy and polled.value is None
    left = list_pane(head, trouble_view(polled), busy, rows, None, LIST if layout.panes > 1 else None)
    if front:
        right = sheet_view(front, layout)
    else:
        right = ft.Container(expand=True) if polled.value is None else _no_sheet()
    if layout.panes > 1:
        return side_by_side([left, right])
    return under_faces({"queue": "Handovers", "record": "Sheet"}, face, turn, left if face == "queue" else right)


def _no_sheet() -> ft.Control:
    what = "You have not signed a handover sheet"
    why = "After you sign one on a nurse’s phone, it can be read here once the phone has sent it."
    return w.empty("sheets-empty", ft.Icons.ASSIGNMENT_OUTLINED, what, why)


def _row(sheet: CosignedSheet, on: bool, choose: Callable[[str], None]) -> ft.Control:
    lines = w.two_lines(sheet.label, f"Signed {day_and_clock(sheet.cosigned_at)}")
    return list_row("sheet-", sheet.incident_id, lines, on, choose)


def sheet_view(sheet: CosignedSheet, layout: Layout) -> ft.Control:
    if sheet.unchanged:
        state = w.chip("As you signed it", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE)
    else:
        state = w.chip("Changed since you signed it", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    padding = ft.Padding.symmetric(horizontal=18, vertical=8)
    lines = [
        ft.Container(_line_of(question, answer, layout.panes == 1), padding=padding, border=t.line_above())
        for question, answer in sheet.lines
    ]
    head = row([ft.Container(w.title(f"Handover sheet {sheet.label}"), expand=True), state], 12)
    signed = w.quiet(f"Signed by you {day_and_clock(sheet.cosigned_at)}: “{OFFICER_STATEMENT}”")
    top = ft.Container(stack([head, signed], 4), padding=18)
    wide = layout.width - layout.nav_rail - (LIST if layout.panes > 1 else 0) - 2 * layout.side
    page = w.panel(stack([top, *lines], 0), width=min(860, wide))
    column = ft.Column(
        [page, ft.Container(height=20)],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.START,
    )
    around = ft.Padding.only(left=layout.side, right=layout.side, top=20)
    return marked("sheet", ft.Container(column, padding=around, expand=True), expand=True)


def _line_of(question: str, answer: str, tight: bool) -> ft.Control:
    """A question and its answer, or the heading over those that follow."""
    if not answer:
        return ft.Container(w.strong(question), padding=ft.Padding.only(top=8))
    left, right = w.quiet(question, size=14), words(answer, 14, selectable=True)
    if tight:
        return stack([left, right], 1)
    return row([ft.Container(left, width=QUESTION), ft.Container(right, expand=True)], 16, top=True)

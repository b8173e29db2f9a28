"""An officer's handover sheets: those they co-signed, to read, and nothing else."""

from typing import Any

import flet as ft

from field_app.desk.desk_models import CosignedSheet
from field_app.ui.console import widgets as p
from field_app.ui.console.layout import Room
from field_app.ui.console.polling import Polled, use_asked
from field_app.ui.console.review import under_faces
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import day_and_clock
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT

LIST, ASKED = 320, 260


@part
def sheets(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    asked = use_asked(console, "sheets", desk.sheets, every=4 * console.every)
    chosen, set_chosen = ft.use_state("")
    face, turn = ft.use_state("queue")

    def choose(incident_id: str) -> None:
        set_chosen(incident_id)
        turn("record")

    return sheets_view(asked, room, chosen, choose, face, turn)


def sheets_view(
    asked: Polled[list[CosignedSheet]], room: Room, chosen: str, choose: Any, face: str, turn: Any
) -> ft.Control:
    found = asked.value or []
    here = next((one for one in found if one.incident_id == chosen), found[0] if found else None)
    rows = [_line(one, one is here, choose) for one in found]
    error = p.trouble(asked.error, asked.again)
    head = ft.Container(
        stack([p.title("Handovers"), p.quiet("The sheets you signed")], 2),
        padding=ft.Padding.only(left=20, right=16, top=20, bottom=12),
    )
    left = ft.Container(
        ft.Column(
            [
                head,
                *([ft.Container(error, padding=12)] if error else []),
                p.busy_line(asked.busy and asked.value is None),
                ft.ListView(rows, expand=True, padding=0),
            ],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=LIST if room.panes > 1 else None,
        bgcolor=t.SURFACE,
        border=ft.Border.only(right=ft.BorderSide(1, t.LINE)),
    )
    if here:
        right: ft.Control = sheet_view(here, room)
    elif asked.value is None:
        right = ft.Container(expand=True)
    else:
        right = p.empty(
            "sheets-empty",
            ft.Icons.ASSIGNMENT_OUTLINED,
            "You have not signed a handover sheet",
            "After you sign one on a nurse’s phone, it can be read here once the phone has sent it.",
        )
    if room.panes > 1:
        return ft.Row([left, right], spacing=0, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
    return under_faces(
        {"queue": "Handovers", "record": "CosignedSheet"}, face, turn, left if face == "queue" else right
    )


def _line(one: CosignedSheet, here: bool, choose: Any) -> ft.Control:
    edge = ft.BorderSide(4, t.LINK if here else ft.Colors.TRANSPARENT)
    box = ft.Container(
        p.two_lines(one.label, f"Signed {day_and_clock(one.cosigned_at)}"),
        ink=True,
        bgcolor=t.CHOSEN if here else None,
        padding=ft.Padding.only(left=16, right=14, top=10, bottom=10),
        border=ft.Border.only(left=edge, bottom=ft.BorderSide(1, t.LINE)),
        on_click=lambda _: choose(one.incident_id),
    )
    return named("sheet-" + one.incident_id, box, button=True, selected=here, key=one.incident_id)


def sheet_view(one: CosignedSheet, room: Room) -> ft.Control:
    state = (
        p.chip("As you signed it", t.ON_DONE, t.DONE, ft.Icons.CHECK_CIRCLE_OUTLINE)
        if one.unchanged
        else p.chip("Changed since you signed it", t.ON_WARN, t.WARN, ft.Icons.EDIT_NOTE)
    )
    lines = [
        ft.Container(
            _line_of(asked, said, room.panes == 1),
            padding=ft.Padding.symmetric(horizontal=18, vertical=8),
            border=ft.Border.only(top=ft.BorderSide(1, t.LINE)),
        )
        for asked, said in one.lines
    ]
    top = ft.Container(
        stack(
            [
                row([ft.Container(p.title(f"Handover sheet {one.label}"), expand=True), state], 12),
                p.quiet(f"Signed by you {day_and_clock(one.cosigned_at)}: “{OFFICER_STATEMENT}”"),
            ],
            4,
        ),
        padding=18,
    )
    wide = room.width - room.rail - (LIST if room.panes > 1 else 0) - 2 * room.side
    page = p.panel(stack([top, *lines], 0), width=min(860, wide))
    return marked(
        "sheet",
        ft.Container(
            ft.Column(
                [page, ft.Container(height=20)],
                scroll=ft.ScrollMode.AUTO,
                expand=True,
                horizontal_alignment=ft.CrossAxisAlignment.START,
            ),
            padding=ft.Padding.only(left=room.side, right=room.side, top=20),
            expand=True,
        ),
        expand=True,
    )


def _line_of(asked: str, said: str, tight: bool) -> ft.Control:
    """A question and its answer, or the heading over those that follow."""
    if not said:
        return ft.Container(p.strong(asked), padding=ft.Padding.only(top=8))
    question, answer = p.quiet(asked, size=14), words(said, 14, selectable=True)
    if tight:
        return stack([question, answer], 1)
    return row(
        [ft.Container(question, width=ASKED), ft.Container(answer, expand=True)],
        16,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )

"""What was sealed after leaving: read, and accepted. It counts from then on; until then it counts nowhere."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from field_app.desk.desk_models import LateWork, OpenedIncident
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button
from field_app.ui.console.decision import Deciding, not_sent
from field_app.ui.console.history import history_of
from field_app.ui.console.layout import DECISION, QUEUE, Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.record import record_view
from field_app.ui.console.review import list_head, list_pane, list_row, under_faces
from field_app.ui.console.section import ReaderActions, history_view
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_redraw
from field_app.ui.kit.widgets import filling, marked, side_by_side, stack
from sync.core.times import day_and_clock

WHY = (
    "It was sealed after its author had left, or had got another role or team, or on a phone that was shut out; or it "
    "did not count before the centre was restored. The centre has it, and it does not count: nobody else sees it."
)
THEN = "Accepted, it is part of the record for everybody, in its author’s name. What is not accepted is kept here."


@part
def late_work(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    polled = use_polled(console, "late-work", desk.late_work, every=console.every)
    redraw = use_redraw()
    waits = polled.value or []
    first = waits[0] if waits else None
    front = next((line for line in waits if line.incident_id == console.record), first)

    def turn(face: str) -> None:
        console.face = face
        redraw()

    def choose(incident_id: str) -> None:
        console.record = incident_id
        turn("record")

    def accepted(_: str) -> None:
        """It leaves the list, and the next one comes in front."""
        choose("")

    if front:
        bench = reader(console, layout, front.incident_id, front.seq, accepted, key="late-" + front.incident_id)
    else:
        bench = ft.Container(expand=True) if polled.value is None else _nothing()
    rows = [_row(line, line is front, choose) for line in waits]
    head = list_head("Sealed after leaving", _waiting(len(waits)))
    busy = polled.busy and polled.value is None
    if layout.panes > 1:
        return side_by_side([list_pane(head, trouble_view(polled), busy, rows, None, QUEUE), bench])
    shown = list_pane(head, trouble_view(polled), busy, rows, None, None) if console.face == "queue" else bench
    return under_faces({"queue": f"List ({len(waits)})", "record": "Record"}, console.face, turn, shown)


def _waiting(count: int) -> str:
    if not count:
        return "Nothing is waiting"
    return f"{count} {'record' if count == 1 else 'records'} to decide on, the longest received first"


def _nothing() -> ft.Control:
    what = "Nothing was sealed after leaving"
    why = "What somebody sealed before leaving counts by itself. What comes later waits here for you."
    return w.empty("late-empty", ft.Icons.DONE_ALL, what, why)


def _row(line: LateWork, on: bool, choose: Callable[[str], None]) -> ft.Control:
    by = ", ".join(line.authors)
    under = f"{_changes(line.changes)}, received {day_and_clock(line.received_at)}"
    inside = stack([w.strong(line.label, **w.ONE_LINE), w.quiet(by, **w.ONE_LINE), w.quiet(under, size=12)], 2)
    return list_row("late-work-", line.incident_id, inside, on, choose)


def _changes(count: int) -> str:
    return f"{count} change{'' if count == 1 else 's'}"


@part
def reader(console: Console, layout: Layout, incident_id: str, seq: int, accepted: Callable[[str], None]) -> ft.Control:
    """One incident as it would be, and what of it waits to be accepted."""
    desk = console.desk
    deciding = ft.use_memo(lambda: Deciding(console, incident_id), [incident_id])
    name = "incident-" + incident_id
    polled = use_polled(console, name, lambda: desk.incident(incident_id, seq), (incident_id, seq))
    deciding.redraw, deciding.opened, deciding.done = use_redraw(), polled.value, accepted
    at = ft.use_memo(console.clock, [id(polled.value)])
    would_be = ft.use_memo(lambda: polled.value and polled.value.if_accepted(), [id(polled.value)])
    return reader_view(deciding, layout, polled, would_be, at)


def reader_view(
    deciding: Deciding, layout: Layout, polled: Polled[OpenedIncident], would_be: OpenedIncident | None, at: datetime
) -> ft.Control:
    trouble = trouble_view(polled)
    if would_be is None:
        return filling([trouble or w.busy_line(polled.busy)])
    around = ReaderActions(tight=layout.tight)
    record = ft.Container(
        filling([trouble, record_view(would_be, at, around, frozenset(), key="record")], 12),
        expand=True,
        padding=ft.Padding.only(left=24 if layout.panes > 1 else 14, right=12, top=20),
    )
    if layout.panes > 1:
        return side_by_side([record, accept_panel(deciding, DECISION)])
    return filling([accept_panel(deciding, None), record])


def accept_panel(deciding: Deciding, width: float | None) -> ft.Control:
    """Whose it is, when it was recorded and received, what it says; and the button."""
    opened, waits, busy = deciding.opened, deciding.waits, deciding.busy
    steps = history_of(opened, reversed(opened.undecided)) if opened else []
    accept = None if waits or busy or not steps else deciding.accept
    words = "Accepting …" if busy == "accept" else f"Accept {_changes(len(steps))}"
    inside = [
        w.title("Sealed after leaving", 15, 2),
        w.quiet(WHY),
        not_sent(deciding) if waits and not busy else None,
        w.banner("decision-error", *deciding.error, grave=not busy) if deciding.error and (busy or not waits) else None,
        button("accept", words, accept, kind="go", icon=ft.Icons.CHECK),
        w.quiet(THEN, size=12),
        history_view(steps, tight=True),
    ]
    box = ft.Container(
        ft.Column(
            [control for control in inside if control is not None],
            spacing=12,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width,
        height=None if width else 320,
        bgcolor=t.SURFACE,
        padding=16,
        border=ft.Border.only(left=ft.BorderSide(1, t.LINE)) if width else t.line_below(),
    )
    return marked("late-decision", box)

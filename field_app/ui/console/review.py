"""Review: the queue on the left, the record in the middle, the decision on the right. Keys: j k a r."""

from datetime import datetime
from typing import Any

import flet as ft

from field_app.desk.desk_models import DeskLine, DeskPage, OpenedIncident
from field_app.ui.console import widgets as p
from field_app.ui.console.decision import Deciding, decision_panel
from field_app.ui.console.layout import QUEUE, Room
from field_app.ui.console.polling import Polled, use_asked
from field_app.ui.console.record import record_view
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_held
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import clock, local

MOST = 100


@part
def review(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    queue = use_asked(console, "review", lambda: desk.incidents("review", limit=MOST), every=console.every)
    _, redraw = ft.use_state(0)
    lines = waiting_lines(console, queue.value)
    here = next((one for one in lines if one.incident_id == console.chosen), lines[0] if lines else None)

    def turn(face: str) -> None:
        console.face = face
        redraw(lambda count: count + 1)

    def choose(incident_id: str) -> None:
        console.chosen = incident_id
        turn("record")

    def move(step: int) -> None:
        if here:
            place = lines.index(here) + step
            choose(lines[min(max(place, 0), len(lines) - 1)].incident_id)

    def left(incident_id: str) -> None:
        """The one decided on leaves; the next one comes in front."""
        after = neighbour(lines, incident_id)
        choose(after.incident_id if after else "")

    bench = (
        workbench(
            console, room, console.face, turn, here.incident_id, here.seq, move, left, key="bench-" + here.incident_id
        )
        if here
        else _nothing(console, queue)
    )
    if room.panes == 3:
        return _side_by_side([queue_view(console, queue, lines, here, choose, width=QUEUE), bench])
    reviews = console.may("change.review")
    said = {
        "queue": f"Queue ({len(lines)})",
        "record": "Record",
        **({"decision": "Decision"} if reviews and room.panes == 1 else {}),
    }
    front = queue_view(console, queue, lines, here, choose) if console.face == "queue" else bench
    return under_faces(said, console.face, turn, front)


def _side_by_side(panes: list[ft.Control]) -> ft.Control:
    return ft.Row(panes, spacing=0, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def under_faces(said: dict[str, str], here: str, turn: Any, front: ft.Control) -> ft.Control:
    """One face in front, and the names of all over it."""
    names = ft.Container(
        ft.Row([_face(name, text, name == here, turn) for name, text in said.items()], spacing=0),
        bgcolor=t.SURFACE,
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )
    return ft.Column(
        [names, ft.Container(front, expand=True)],
        spacing=0,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _face(name: str, said: str, here: bool, turn: Any) -> ft.Control:
    style = ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=0),
        padding=ft.Padding.symmetric(horizontal=18, vertical=12),
        side={
            ft.ControlState.FOCUSED: ft.BorderSide(2, t.LINK),
            ft.ControlState.DEFAULT: ft.BorderSide(0, ft.Colors.TRANSPARENT),
        },
    )
    made = ft.TextButton(
        content=words(said, 14, bold=True, color=t.LINK if here else t.QUIET),
        style=style,
        on_click=lambda _: turn(name),
    )
    under = ft.BorderSide(3, t.LINK if here else ft.Colors.TRANSPARENT)
    return ft.Container(named("face-" + name, made, selected=here), border=ft.Border.only(bottom=under))


def waiting_lines(console: Console, page: DeskPage | None) -> list[DeskLine]:
    """The queue without what was decided here since the centre was last asked."""
    lines = page.lines if page else ()
    return [one for one in lines if one.seq > console.decided.get(one.incident_id, 0)]


def neighbour(lines: list[DeskLine], incident_id: str) -> DeskLine | None:
    """The one after it, or before it at the end."""
    place = next((place for place, one in enumerate(lines) if one.incident_id == incident_id), None)
    others = [one for one in lines if one.incident_id != incident_id]
    return others[min(place or 0, len(others) - 1)] if others else None


# --- the queue ----------------------------------------------------------------------------------------------------


def queue_view(
    console: Console,
    queue: Polled[DeskPage],
    lines: list[DeskLine],
    here: DeskLine | None,
    choose: Any,
    *,
    width: float | None = None,
) -> ft.Control:
    now, waits = console.clock(), console.desk.waiting()
    total = queue.value.total if queue.value else 0
    shown = max(total - ((len(queue.value.lines) if queue.value else 0) - len(lines)), 0)
    head = ft.Container(
        stack(
            [p.title("Review", 20), p.quiet(f"{shown} waiting, the oldest first" if lines else "Nothing is waiting")], 2
        ),
        padding=ft.Padding.only(left=20, right=16, top=20, bottom=12),
    )
    rows = [queue_row(one, now, one is here, one.incident_id in waits, choose) for one in lines]
    listed = ft.ListView(rows, spacing=0, expand=True, padding=0)
    keys = ft.Container(
        row(
            [*(_key(key, said) for key, said in (("J", "next"), ("K", "back"), ("A", "approve"), ("R", "return")))], 10
        ),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        border=ft.Border.only(top=ft.BorderSide(1, t.LINE)),
    )
    error = p.trouble(queue.error, queue.again)
    return ft.Container(
        ft.Column(
            [
                head,
                *([ft.Container(error, padding=12)] if error else []),
                p.busy_line(queue.busy and queue.value is None),
                listed,
                *([keys] if width else []),
            ],
            spacing=0,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width,
        bgcolor=t.SURFACE,
        border=ft.Border.only(right=ft.BorderSide(1, t.LINE)),
    )


def _key(key: str, said: str) -> ft.Control:
    cap = ft.Container(
        words(key, 11, bold=True, color=t.QUIET),
        border=ft.Border.all(1, t.LINE),
        border_radius=4,
        padding=ft.Padding.symmetric(horizontal=5, vertical=1),
    )
    return row([cap, p.quiet(said, size=12)], 4, tight=True)


def queue_row(one: DeskLine, now: datetime, here: bool, waits: bool, choose: Any) -> ft.Control:
    signed = one.signed_at or one.received_at
    same_day = local(signed).date() == local(now).date()
    when = clock(signed) if same_day else f"{local(signed).day} {local(signed):%b}"
    about = " · ".join(part for part in (one.car, one.author_name) if part)
    inside = stack(
        [
            row(
                [
                    p.strong(one.label, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True),
                    p.quiet(when, size=12),
                ],
                8,
            ),
            p.quiet(about or "No car", size=13, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
            row(
                [
                    p.clash_chip(one.clashes),
                    p.chip("Not sent yet", t.ON_WRONG, t.WRONG) if waits else None,
                    p.quiet(one.cad_ref, size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=True)
                    if one.cad_ref
                    else None,
                ],
                6,
            ),
        ],
        2,
    )
    edge = ft.BorderSide(4, t.LINK if here else ft.Colors.TRANSPARENT)
    box = ft.Container(
        inside,
        padding=ft.Padding.only(left=16, right=14, top=10, bottom=10),
        ink=True,
        bgcolor=t.CHOSEN if here else None,
        border=ft.Border.only(left=edge, bottom=ft.BorderSide(1, t.LINE)),
        on_click=lambda _: choose(one.incident_id),
    )
    return named("queue-" + one.incident_id, box, button=True, selected=here, key=one.incident_id)


def _nothing(console: Console, queue: Polled[DeskPage]) -> ft.Control:
    if queue.value is None:
        return ft.Container(expand=True)
    go = p.button("open-records", "Open records", lambda _: console.go("records"), icon=ft.Icons.MANAGE_SEARCH)
    return p.empty(
        "nothing-to-review",
        ft.Icons.DONE_ALL,
        "Everything is reviewed",
        "A record comes here when its nurse has signed it. Those returned come back when they are signed again.",
        go,
    )


# --- the record and the decision ----------------------------------------------------------------------------------


@part
def workbench(
    console: Console, room: Room, face: str, turn: Any, incident_id: str, seq: int, move: Any, left: Any
) -> ft.Control:
    """One incident, read whole and decided on. Used by the review and by the records."""
    desk = console.desk
    deciding = ft.use_memo(lambda: Deciding(console, incident_id), [incident_id])
    asked = use_asked(console, "incident-" + incident_id, lambda: desk.incident(incident_id, seq), (incident_id, seq))
    _, again = ft.use_state(0)
    at = ft.use_memo(console.clock, [id(asked.value)])
    deciding.opened = asked.value
    deciding.redraw = lambda: again(lambda count: count + 1)
    deciding.done = left
    deciding.turn = turn if room.panes == 1 else lambda _: None

    def keys() -> Any:
        def press(key: str) -> None:
            act = {"a": deciding.approve, "r": deciding.send_back}.get(key)
            if act and deciding.reviews:
                console.spawn(act())
            elif key in ("j", "k"):
                move(1 if key == "j" else -1)

        console.on_key, console.key_owner = press, deciding

    def leave() -> None:
        if console.key_owner is deciding:
            console.on_key = console.key_owner = None

    ft.use_effect(keys)
    use_held(lambda: leave, [incident_id])
    return workbench_view(deciding, room, face, asked, at)


def workbench_view(
    deciding: Deciding, room: Room, face: str, asked: Polled[OpenedIncident], at: datetime
) -> ft.Control:
    opened = asked.value
    error = p.trouble(asked.error, asked.again)
    if opened is None:
        middle: list[ft.Control] = [error] if error else [p.busy_line(asked.busy)]
    else:
        pins = frozenset(deciding.comments)
        middle = [*([error] if error else []), record_view(opened, at, deciding.around(opened), pins, key="record")]
    record = ft.Container(
        ft.Column(middle, spacing=12, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        expand=True,
        padding=ft.Padding.only(left=24 if room.panes > 1 else 14, right=12, top=20 if room.panes > 1 else 12),
    )
    if room.panes > 1 or not deciding.reviews:
        panes: list[ft.Control] = [record, decision_panel(deciding)] if deciding.reviews else [record]
    else:
        panes = [decision_panel(deciding, None) if face == "decision" else record]
    return marked("record-" + deciding.incident_id, _side_by_side(panes), expand=True)

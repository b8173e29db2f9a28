"""Review: the queue on the left, the record in the middle, the decision on the right. Keys: j k a r."""

from collections.abc import Callable
from datetime import datetime

import flet as ft

from field_app.desk.desk_models import DeskLine, DeskPage, OpenedIncident
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button
from field_app.ui.console.decision import Deciding, decision_panel
from field_app.ui.console.layout import QUEUE, Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.record import record_view
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_held, use_redraw
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import filling, marked, named, row, side_by_side, stack, words
from sync.core.times import clock, local


@part
def review(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    queue = use_polled(console, "review", lambda: desk.whole("review"), every=console.every)
    redraw = use_redraw()
    lines = waiting_lines(console, queue.value)
    first = lines[0] if lines else None
    front = next((line for line in lines if line.incident_id == console.chosen), first)

    def turn(face: str) -> None:
        console.face = face
        redraw()

    def choose(incident_id: str) -> None:
        console.chosen = incident_id
        turn("record")

    def move(step: int) -> None:
        if front:
            place = lines.index(front) + step
            choose(lines[min(max(place, 0), len(lines) - 1)].incident_id)

    def decided(incident_id: str) -> None:
        """The one decided on leaves; the next one comes in front."""
        after = neighbour(lines, incident_id)
        choose(after.incident_id if after else "")

    if front:
        incident_id, key = front.incident_id, "bench-" + front.incident_id
        bench = workbench(console, layout, console.face, turn, incident_id, front.seq, move, decided, key=key)
    else:
        bench = _nothing(console, queue)
    if layout.panes == 3:
        return side_by_side([queue_view(console, queue, lines, front, choose, width=QUEUE), bench])
    faces = {"queue": f"Queue ({len(lines)})", "record": "Record"}
    if console.may("change.review") and layout.panes == 1:
        faces["decision"] = "Decision"
    shown = queue_view(console, queue, lines, front, choose) if console.face == "queue" else bench
    return under_faces(faces, console.face, turn, shown)


def under_faces(faces: dict[str, str], front: str, turn: Callable[[str], None], shown: ft.Control) -> ft.Control:
    """The face in front, and over it the names of all faces to choose from."""
    names = ft.Row([_face(name, text, name == front, turn) for name, text in faces.items()], spacing=0)
    return filling([ft.Container(names, bgcolor=t.SURFACE, border=t.line_below()), ft.Container(shown, expand=True)])


def _face(name: str, text: str, on: bool, turn: Callable[[str], None]) -> ft.Control:
    style = ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=0),
        padding=ft.Padding.symmetric(horizontal=18, vertical=12),
        side={
            ft.ControlState.FOCUSED: ft.BorderSide(2, t.LINK),
            ft.ControlState.DEFAULT: ft.BorderSide(0, ft.Colors.TRANSPARENT),
        },
    )
    label = words(text, 14, bold=True, color=t.LINK if on else t.QUIET)
    target = ft.TextButton(content=label, style=style, on_click=once(f"face-{name}", lambda _: turn(name)))
    under = ft.BorderSide(3, t.LINK if on else ft.Colors.TRANSPARENT)
    return ft.Container(named("face-" + name, target, selected=on), border=ft.Border.only(bottom=under))


def waiting_lines(console: Console, page: DeskPage | None) -> list[DeskLine]:
    """The queue without what was decided here since the centre was last asked."""
    lines = page.lines if page else ()
    return [line for line in lines if line.seq > console.decided.get(line.incident_id, 0)]


def neighbour(lines: list[DeskLine], incident_id: str) -> DeskLine | None:
    """The one after it, or before it at the end."""
    place = next((place for place, line in enumerate(lines) if line.incident_id == incident_id), None)
    others = [line for line in lines if line.incident_id != incident_id]
    return others[min(place or 0, len(others) - 1)] if others else None


# --- the queue ----------------------------------------------------------------------------------------------------


def queue_view(
    console: Console,
    queue: Polled[DeskPage],
    lines: list[DeskLine],
    front: DeskLine | None,
    choose: Callable[[str], None],
    *,
    width: float | None = None,
) -> ft.Control:
    now, waits = console.clock(), console.desk.waiting()
    total, polled = (queue.value.total, len(queue.value.lines)) if queue.value else (0, 0)
    count = max(total - (polled - len(lines)), 0)
    under = f"{count} waiting, the oldest first" if lines else "Nothing is waiting"
    rows = [queue_row(line, now, line is front, line.incident_id in waits, choose) for line in lines]
    head, keys = list_head("Review", under), _keys() if width else None
    return list_pane(head, trouble_view(queue), queue.busy and queue.value is None, rows, keys, width)


def list_head(title: str, under: str) -> ft.Control:
    padding = ft.Padding.only(left=20, right=16, top=20, bottom=12)
    return ft.Container(stack([w.title(title), w.quiet(under)], 2), padding=padding)


def list_pane(
    head: ft.Control,
    error: ft.Control | None,
    busy: bool,
    rows: list[ft.Control],
    foot: ft.Control | None,
    width: float | None,
) -> ft.Control:
    """A pane with a list that scrolls."""
    trouble = ft.Container(error, padding=12) if error else None
    listed = ft.ListView(rows, spacing=0, expand=True, padding=0)
    return ft.Container(
        filling([head, trouble, w.busy_line(busy), listed, foot]),
        width=width,
        bgcolor=t.SURFACE,
        border=ft.Border.only(right=ft.BorderSide(1, t.LINE)),
    )


def _keys() -> ft.Control:
    """What the keys do."""
    keys = {"J": "next", "K": "back", "A": "approve", "R": "return"}
    inside = row([_key(key, text) for key, text in keys.items()], 10)
    return ft.Container(inside, padding=ft.Padding.symmetric(horizontal=16, vertical=10), border=t.line_above())


def _key(key: str, text: str) -> ft.Control:
    cap = ft.Container(
        words(key, 11, bold=True, color=t.QUIET),
        border=ft.Border.all(1, t.LINE),
        border_radius=4,
        padding=ft.Padding.symmetric(horizontal=5, vertical=1),
    )
    return row([cap, w.quiet(text, size=12)], 4, tight=True)


def queue_row(line: DeskLine, now: datetime, on: bool, waits: bool, choose: Callable[[str], None]) -> ft.Control:
    signed = line.signed_at or line.received_at
    same_day = local(signed).date() == local(now).date()
    when = clock(signed) if same_day else f"{local(signed).day} {local(signed):%b}"
    about = " · ".join(text for text in (line.car, line.author_name) if text)
    marks = [
        w.clash_chip(line.clashes),
        w.chip("Not sent yet", t.ON_WRONG, t.WRONG) if waits else None,
        w.quiet(line.cad_ref, size=12, **w.ONE_LINE, expand=True) if line.cad_ref else None,
    ]
    head = row([w.strong(line.label, **w.ONE_LINE, expand=True), w.quiet(when, size=12)], 8)
    inside = stack([head, w.quiet(about or "No car", size=13, **w.ONE_LINE), row(marks, 6)], 2)
    return list_row("queue-", line.incident_id, inside, on, choose)


def list_row(kind: str, row_id: str, inside: ft.Control, on: bool, choose: Callable[[str], None]) -> ft.Control:
    """A row of a list pane; the one in front is marked at its edge."""
    edge = ft.BorderSide(4, t.LINK if on else ft.Colors.TRANSPARENT)
    box = ft.Container(
        inside,
        padding=ft.Padding.only(left=16, right=14, top=10, bottom=10),
        ink=True,
        bgcolor=t.CHOSEN if on else None,
        border=ft.Border.only(left=edge, bottom=ft.BorderSide(1, t.LINE)),
        on_click=once(kind + row_id, lambda _: choose(row_id)),
    )
    return named(kind + row_id, box, button=True, selected=on, key=row_id)


def _nothing(console: Console, queue: Polled[DeskPage]) -> ft.Control:
    if queue.value is None:
        return ft.Container(expand=True)
    go = button("open-records", "Open records", lambda _: console.go("records"), icon=ft.Icons.MANAGE_SEARCH)
    what = "Everything is reviewed"
    why = "A record comes here when its nurse has signed it. Those returned come back when they are signed again."
    return w.empty("nothing-to-review", ft.Icons.DONE_ALL, what, why, go)


# --- the record and the decision ----------------------------------------------------------------------------------


@part
def workbench(
    console: Console,
    layout: Layout,
    face: str,
    turn: Callable[[str], None],
    incident_id: str,
    seq: int,
    move: Callable[[int], None],
    decided: Callable[[str], None],
) -> ft.Control:
    """One incident, read whole and decided on. Used by the review and by the records."""
    desk = console.desk
    deciding = ft.use_memo(lambda: Deciding(console, incident_id), [incident_id])
    name = "incident-" + incident_id
    polled = use_polled(console, name, lambda: desk.incident(incident_id, seq), (incident_id, seq))
    deciding.redraw = use_redraw()
    at = ft.use_memo(console.clock, [id(polled.value)])
    deciding.opened = polled.value
    deciding.done = decided
    deciding.turn = turn if layout.panes == 1 else lambda _: None
    use_keys(console, deciding, move)
    return workbench_view(deciding, layout, face, polled, at)


def use_keys(console: Console, deciding: Deciding, move: Callable[[int], None]) -> None:
    """A approves, R returns, J and K move, while this incident is in front."""

    def keys() -> None:
        def press(key: str) -> None:
            act = {"a": once("approve", deciding.approve), "r": once("return", deciding.send_back)}.get(key)
            if act and deciding.reviews:
                console.spawn(act(None))
            elif key in ("j", "k"):
                move(1 if key == "j" else -1)

        console.on_key, console.key_owner = press, deciding

    def leave() -> None:
        if console.key_owner is deciding:
            console.on_key = console.key_owner = None

    ft.use_effect(keys)
    use_held(lambda: leave, [deciding.incident_id])


def workbench_view(
    deciding: Deciding, layout: Layout, face: str, polled: Polled[OpenedIncident], at: datetime
) -> ft.Control:
    opened, trouble, pins = polled.value, trouble_view(polled), frozenset(deciding.comments)
    if opened is None:
        middle = [trouble or w.busy_line(polled.busy)]
    else:
        middle = [trouble, record_view(opened, at, deciding.around(opened), pins, key="record")]
    several = layout.panes > 1
    padding = ft.Padding.only(left=24 if several else 14, right=12, top=20 if several else 12)
    record = ft.Container(filling(middle, 12), expand=True, padding=padding)
    if not deciding.reviews:
        panes = [record]
    elif several:
        panes = [record, decision_panel(deciding)]
    else:
        panes = [decision_panel(deciding, None) if face == "decision" else record]
    return marked("record-" + deciding.incident_id, side_by_side(panes), expand=True)

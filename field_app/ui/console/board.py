"""Live board: what is going on now. Asked anew every 15 seconds; only what differs is drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from field_app.desk.desk import Desk
from field_app.desk.desk_models import DeskLine, HandedOnLine, LateWork, LiveFacts, PhoneStatus
from field_app.ui.console import tables
from field_app.ui.console import widgets as w
from field_app.ui.console.attention import SIDE, attention
from field_app.ui.console.buttons import button
from field_app.ui.console.layout import Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.pressing import Handler, once
from field_app.ui.kit.widgets import named, row, side_by_side, stack, words
from sync.core.roles import may
from sync.core.times import clock, day_and_clock, local, span
from sync.domain.clinical import waiting
from sync.domain.content.pack_set import PackSet
from sync.domain.records.clocks import Running, not_started, ticking

QUIET_TOO_LONG = timedelta(minutes=30)  # nothing received of an open incident


@dataclass(frozen=True)
class Open:
    """One open incident with the clocks that run on it."""

    line: DeskLine
    clocks: tuple[Running, ...]

    def clock(self, name: str) -> Running | None:
        return next((running for running in self.clocks if running.name == name), None)

    @property
    def handed_on(self) -> HandedOnLine | None:
        return self.line.live.handed_on if self.line.live else None


@dataclass(frozen=True)
class Board:
    """What the board shows, as the centre had it `at` this time."""

    at: datetime
    open: tuple[Open, ...]
    total: int
    to_review: int
    phones: tuple[PhoneStatus, ...]  # those with unsent work
    overdue: tuple[DeskLine, ...] = ()  # with a referral that somebody should have acknowledged by now
    overdue_total: int = 0  # such incidents, those that are not listed here too
    late_work: tuple[LateWork, ...] = ()  # sealed after leaving, for a supervisor to accept


def read_board(desk: Desk, now: datetime) -> Board:
    """The open incidents, the most pressing first; what is overdue; and the phones with unsent work."""
    page = desk.whole("open")
    incidents = [Open(line, tuple(clocks(line, desk.packs, now))) for line in page.lines]
    sees_phones = desk.who is not None and may(desk.who.role, "devices.list")
    phones = [phone for phone in desk.phones() if phone.unsent] if sees_phones else []
    to_review = desk.incidents("review", limit=1).total
    overdue = desk.whole("overdue")
    incidents.sort(key=_pressing)
    late = tuple(desk.late_work()) if desk.who is not None and may(desk.who.role, "change.accept") else ()
    return Board(now, tuple(incidents), page.total, to_review, tuple(phones), overdue.lines, overdue.total, late)


def _pressing(incident: Open) -> tuple[bool, float]:
    """Sorts what is grave to the front, then what began last."""
    return not any(running.grave for running in incident.clocks), -incident.line.opened_at.timestamp()


def clocks(line: DeskLine, packs: PackSet, now: datetime) -> list[Running]:
    """The clocks of an incident as the phone shows them, from what the list says of it."""
    live = line.live or LiveFacts()
    law = packs.rule_pack(live.rule_pack, local(line.opened_at).date()).rules
    running = ticking([line.s136_ends_at] if line.s136_ends_at else [], line.times, now, law, live.stays)
    return [*running, *([not_started(live.s136_used_at)] if live.s136_used_at else [])]


COLS = (
    Col("Incident"),
    Col("Car and nurse", 116),
    Col("Opened", 72),
    Col("Officers waiting", 116),
    Col("Section 136", 146),
    Col("Handover", 92),
    Col("Last received", 92),
)


@part
def board(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    polled = use_polled(console, "board", lambda: read_board(desk, console.clock()), every=console.every)
    return board_view(console, layout, polled)


def board_view(console: Console, layout: Layout, polled: Polled[Board]) -> ft.Control:
    board, trouble = polled.value, trouble_view(polled)
    if board is None:
        under = "" if polled.error else "Asking the centre …"
        return w.screen(layout, "Live board", under, [trouble or w.busy_line(polled.busy)])
    under = f"As the centre has it at {clock(board.at)}. Refreshes by itself."
    refresh = button("refresh", "Refresh", lambda _: polled.again(), icon=ft.Icons.REFRESH)
    beside, fills = attention(console, board), layout.panes == 3 and not layout.flows
    if fills:
        shown = [_open_and_beside(console, layout, board, beside)]
    else:
        lists = [ft.Container(control, expand=True) for control in beside]
        shown = [
            w.abreast(lists, min(layout.panes, len(lists))) if lists else None,
            _open(console, board, layout.inside, False),
        ]
    inside = [trouble, _tiles(console, layout, board), *shown]
    return w.screen(layout, "Live board", under, inside, [refresh], fills=fills)


def _open_and_beside(console: Console, layout: Layout, board: Board, beside: list[ft.Control]) -> ft.Control:
    wide = layout.inside - (SIDE + 16 if beside else 0)
    side = ft.Column(beside, width=SIDE, spacing=12, scroll=ft.ScrollMode.AUTO)
    return side_by_side([ft.Container(_open(console, board, wide, True), expand=True), *([side] if beside else [])], 16)


def _open(console: Console, board: Board, wide: float, fills: bool) -> ft.Control:
    if board.open:
        return w.panel(_table(console, board, wide, fills), expand=fills)
    what, next_step = (
        "No incident is open",
        "When a nurse starts one, it appears here as soon as the phone has sent it.",
    )
    nothing = w.empty("board-empty", ft.Icons.NIGHTS_STAY_OUTLINED, what, next_step, fills=fills)
    return w.panel(nothing, expand=fills)


def _tiles(console: Console, layout: Layout, board: Board) -> ft.Control:
    waits = [incident for incident in board.open if incident.clock("Officers waiting")]
    s136 = [running for incident in board.open if (running := incident.clock("Section 136"))]
    detained = [running for running in s136 if not running.figure.startswith("used")]
    stopped = sum(bool(incident.line.live and incident.line.live.s136_used_at) for incident in board.open)
    grave = sum(running.grave for running in detained)
    clashes = sum(bool(incident.line.clashes) for incident in board.open)
    clashing = f"with a clash: {clashes}" if clashes else "no clashes"
    unsent = sum(phone.unsent for phone in board.phones)
    waiting_for = f"longest {_longest(board)}" if waits else "nobody waits"
    to_review = _tile("Waiting for review", str(board.to_review), "open the queue", go=lambda _: console.go("review"))
    tiles = [
        _tile("Open incidents", str(board.total), clashing, clashes > 0),
        _tile("Officers waiting", str(len(waits)), waiting_for),
        _tile("Section 136 running", str(len(detained)), _time_left(grave, stopped), grave > 0),
        _tile("Not yet sent", str(unsent), _on_phones(len(board.phones)), bool(board.phones)),
        to_review,
    ]
    return w.abreast(tiles, 3 if layout.panes == 1 else 5)


def _time_left(grave: int, stopped: int) -> str:
    text = f"{grave} with little time left" if grave else "none near its end"
    return f"{text}, {stopped} not started" if stopped else text


def _on_phones(count: int) -> str:
    return f"on {count} phone{'' if count == 1 else 's'}" if count else "nothing known to be missing"


def _tile(head: str, figure: str, under: str, warn: bool = False, go: Handler | None = None) -> ft.Control:
    """A figure between its name and a remark. `go`: where a click on it leads; only the queue's has one."""
    ink = t.ALERT if warn else t.LINK if go else t.QUIET
    sign = ft.Icon(ft.Icons.ERROR_OUTLINE, size=14, color=t.ALERT) if warn else None
    inside = stack(
        [
            words(head, 13, bold=True, color=t.QUIET),
            ft.Text(figure, size=28, weight=ft.FontWeight.W_700, color=t.TEXT),
            row([sign, words(under, 12, bold=warn, expand=True, color=ink)], 4),
        ],
        1,
    )
    padding = ft.Padding.symmetric(horizontal=16, vertical=12)
    box = w.panel(inside, pad=padding, on_click=once("tile-review", go), ink=go is not None)
    return ft.Container(named("tile-review", box, button=True) if go else box, expand=True)


def _longest(board: Board) -> str:
    lines = [incident.line for incident in board.open if incident.clock("Officers waiting")]
    waits = [waiting.wait(line.live.stays, board.at) for line in lines if line.live]
    longest = max((wait.longest for wait in waits if wait), default=None)
    return span(longest) if longest else ""


def _table(console: Console, board: Board, wide: float, fills: bool) -> ft.Control:
    more = board.total - len(board.open)
    end = w.quiet(f"{more} more open. Find them under Records.") if more > 0 else None
    rows = [_row(console, incident, board.at) for incident in board.open]
    return tables.table(COLS, rows, wide, fills=fills, foot=ft.Container(end, padding=16) if end else None)


def _row(console: Console, incident: Open, now: datetime) -> ft.Control:
    line = incident.line
    reference = w.quiet(line.cad_ref or "No CAD reference yet", **w.ONE_LINE)
    handed_on = w.chip("Handed on", t.ON_WARN, t.WARN, ft.Icons.MOVE_UP) if incident.handed_on else None
    marks = row([reference, w.clash_chip(line.clashes), handed_on], 8)
    silent = now - line.received_at > QUIET_TOO_LONG
    since = w.quiet(w.ago(line.received_at, now), size=12, color=t.ALERT if silent else t.QUIET)
    received = w.text(clock(line.received_at), size=14, color=t.ALERT if silent else t.TEXT)
    cells = [
        stack([w.strong(line.label, **w.ONE_LINE), marks], 1),
        w.two_lines(line.car or "No car", _holder(line), bold=False),
        stack([w.text(clock(line.opened_at)), w.quiet(_day(line.opened_at, now), size=12)], 1),
        _clock(incident.clock("Officers waiting")),
        _clock(incident.clock("Section 136")),
        _clock(incident.clock("Handover")),
        stack([received, since], 1),
    ]

    def open_it(_: ft.Event) -> None:
        console.go("record", line.incident_id)

    return tables.table_row("open-" + line.incident_id, cells, COLS, open_it, key=line.incident_id, height=60)


def _holder(line: DeskLine) -> str:
    """Who has it: whoever accepted it last, else whoever opened it."""
    return (line.live.holder if line.live else "") or line.author_name


def _day(at: datetime, now: datetime) -> str:
    days = (local(now).date() - local(at).date()).days
    return {0: "today", 1: "yesterday"}.get(days) or day_and_clock(at).rsplit(" ", 1)[0]


def _clock(running: Running | None) -> ft.Control:
    if running is None:
        return w.quiet("–")
    name, text, colour = running.name, running.text, t.ALERT if running.grave else t.TEXT
    sign = ft.Icon(ft.Icons.TIMER_OUTLINED, size=16, color=colour)
    figure = row([sign, words(running.figure, 14, bold=True, color=colour)], 5, tight=True)
    under = {"Handover": "offered", "Officers waiting": text or "since they came"}.get(name, text)
    under = "24 hours not started" if running.figure.startswith("used") else under
    return stack([figure, w.quiet(_short(under), size=12, **w.ONE_LINE)], 1)


def _short(text: str) -> str:
    """ "Ends 23 Nov 2026 14:05" -> "ends 23 Nov 14:05"."""
    short = " ".join(word for word in text.split() if not (len(word) == 4 and word.startswith("20")))
    return short[:1].lower() + short[1:]

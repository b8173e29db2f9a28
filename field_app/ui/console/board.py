"""Live board: what is going on now. Asked anew every 15 seconds; only what differs is drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from field_app.desk.desk import Desk
from field_app.desk.desk_models import DeskLine, HandedOnLine, LiveFacts, PhoneStatus
from field_app.ui.console import tables
from field_app.ui.console import widgets as p
from field_app.ui.console.attention import SIDE, attention
from field_app.ui.console.layout import Room
from field_app.ui.console.polling import Polled, use_asked
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.widgets import row, stack, words
from sync.core.roles import may
from sync.core.times import clock, day_and_clock, local, span
from sync.domain.clinical import waiting
from sync.domain.content.pack_set import PackSet
from sync.domain.records.clocks import Running, not_started, ticking

MOST = 100
QUIET_TOO_LONG = timedelta(minutes=30)  # nothing received of an open incident


@dataclass(frozen=True)
class Open:
    """One open incident with the clocks that run on it."""

    line: DeskLine
    clocks: tuple[Running, ...]

    def clock(self, name: str) -> Running | None:
        return next((one for one in self.clocks if one.name == name), None)

    @property
    def handed_on(self) -> HandedOnLine | None:
        return self.line.live.handed_on if self.line.live else None


@dataclass(frozen=True)
class Board:
    at: datetime
    open: tuple[Open, ...]
    total: int
    to_review: int
    phones: tuple[PhoneStatus, ...]  # those with unsent work
    overdue: tuple[DeskLine, ...] = ()  # with a referral that somebody should have acknowledged by now
    overdue_total: int = 0  # such incidents, those that are not listed here too


def read_board(desk: Desk, now: datetime) -> Board:
    """The open incidents, the most pressing first, what is overdue, and the phones that hold what the centre has not got."""
    page = desk.incidents("open", limit=MOST)
    found = [Open(line, tuple(clocks(line, desk.packs, now))) for line in page.lines]
    sees_phones = desk.who is not None and may(desk.who.role, "devices.list")
    phones = [phone for phone in desk.phones() if phone.unsent] if sees_phones else []
    to_review = desk.incidents("review", limit=1).total
    overdue = desk.incidents("overdue", limit=MOST)
    found.sort(key=lambda one: (not any(clock.grave for clock in one.clocks), -one.line.opened_at.timestamp()))
    return Board(now, tuple(found), page.total, to_review, tuple(phones), overdue.lines, overdue.total)


def clocks(line: DeskLine, packs: PackSet, now: datetime) -> list[Running]:
    """The clocks of an incident as the phone shows them, from what the list says of it."""
    live = line.live or LiveFacts()
    law = packs.rule_pack(live.rule_pack, local(line.opened_at).date()).rules
    found = ticking([line.s136_ends_at] if line.s136_ends_at else [], line.times, now, law, live.stays)
    return [*found, *([not_started(live.s136_used_at)] if live.s136_used_at else [])]


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
def board(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    asked = use_asked(console, "board", lambda: read_board(desk, console.clock()), every=console.every)
    return board_view(console, room, asked)


def board_view(console: Console, room: Room, asked: Polled[Board]) -> ft.Control:
    now, trouble = asked.value, p.trouble(asked.error, asked.again)
    if now is None:
        under = "" if asked.error else "Asking the centre …"
        return p.screen(room, "Live board", under, [trouble] if trouble else [p.busy_line(asked.busy)])
    under = f"As the centre has it at {clock(now.at)}. Refreshes by itself."
    refresh = p.button("refresh", "Refresh", lambda _: asked.again(), icon=ft.Icons.REFRESH)
    beside, fills = attention(console, now), room.panes == 3 and not room.flows
    if fills:
        shown = [_open_and_beside(console, room, now, beside)]
    else:
        lists = [ft.Container(one, expand=True) for one in beside]
        shown = [
            p.abreast(lists, min(room.panes, len(lists))) if lists else None,
            _open(console, now, room.inside, False),
        ]
    inside = [one for one in (trouble, _tiles(console, room, now), *shown) if one]
    return p.screen(room, "Live board", under, inside, [refresh], fills=fills)


def _open_and_beside(console: Console, room: Room, now: Board, beside: list[ft.Control]) -> ft.Control:
    wide = room.inside - (SIDE + 16 if beside else 0)
    side = ft.Column(beside, width=SIDE, spacing=12, scroll=ft.ScrollMode.AUTO)
    panes = [ft.Container(_open(console, now, wide, True), expand=True), *([side] if beside else [])]
    return ft.Row(panes, spacing=16, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def _open(console: Console, now: Board, wide: float, fills: bool) -> ft.Control:
    table = (
        _table(console, now, wide, fills)
        if now.open
        else p.empty(
            "board-empty",
            ft.Icons.NIGHTS_STAY_OUTLINED,
            "No incident is open",
            "When a nurse starts one, it appears here as soon as the phone has sent it.",
            fills=fills,
        )
    )
    return p.panel(table, expand=fills)


def _tiles(console: Console, room: Room, now: Board) -> ft.Control:
    waits = [one for line in now.open if (one := line.clock("Officers waiting"))]
    running = [one for line in now.open if (one := line.clock("Section 136"))]
    stopped = sum(bool(line.line.live and line.line.live.s136_used_at) for line in now.open)
    held = [one for one in running if not one.figure.startswith("used")]
    grave = sum(one.grave for one in held)
    clashes = sum(bool(line.line.clashes) for line in now.open)
    unsent = sum(phone.unsent for phone in now.phones)
    made = [
        _tile(
            "Open incidents", str(now.total), "with a clash: " + str(clashes) if clashes else "no clashes", clashes > 0
        ),
        _tile("Officers waiting", str(len(waits)), f"longest {_longest(now)}" if waits else "nobody waits", False),
        _tile("Section 136 running", str(len(held)), _held_said(grave, stopped), grave > 0),
        _tile("Not yet sent", str(unsent), _phones_said(len(now.phones)), bool(now.phones)),
        _tile(
            "Waiting for review",
            str(now.to_review),
            "open the queue",
            False,
            lambda _: console.go("review"),
            "tile-review",
        ),
    ]
    return p.abreast(made, 3 if room.panes == 1 else 5)


def _held_said(grave: int, stopped: int) -> str:
    said = f"{grave} with little time left" if grave else "none near its end"
    return f"{said}, {stopped} not started" if stopped else said


def _phones_said(count: int) -> str:
    return f"on {count} phone{'' if count == 1 else 's'}" if count else "nothing known to be missing"


def _tile(said: str, figure: str, under: str, warn: bool, on_click: object = None, name: str = "") -> ft.Control:
    inside = stack(
        [
            words(said, 13, bold=True, color=t.QUIET),
            ft.Text(figure, size=28, weight=ft.FontWeight.W_700, color=t.TEXT),
            row(
                [
                    ft.Icon(ft.Icons.ERROR_OUTLINE, size=14, color=t.ALERT) if warn else None,
                    words(
                        under,
                        12,
                        bold=warn,
                        expand=True,
                        color=t.ALERT if warn else t.QUIET if on_click is None else t.LINK,
                    ),
                ],
                4,
            ),
        ],
        1,
    )
    box = p.panel(
        inside, pad=ft.Padding.symmetric(horizontal=16, vertical=12), on_click=on_click, ink=on_click is not None
    )
    return ft.Container(p.named(name, box, button=True) if name else box, expand=True)


def _longest(now: Board) -> str:
    waits = [
        waiting.wait(one.line.live.stays, now.at) for one in now.open if one.line.live and one.clock("Officers waiting")
    ]
    longest = max((wait.longest for wait in waits if wait), default=None)
    return span(longest) if longest else ""


def _table(console: Console, now: Board, wide: float, fills: bool) -> ft.Control:
    more = now.total - len(now.open)
    end = p.quiet(f"{more} more open. Find them under Records.") if more > 0 else None
    rows = [_row(console, one, now.at) for one in now.open]
    return tables.table(COLS, rows, wide, fills=fills, foot=ft.Container(end, padding=16) if end else None)


def _row(console: Console, one: Open, now: datetime) -> ft.Control:
    line = one.line
    lower = line.cad_ref or "No CAD reference yet"
    about = stack(
        [
            p.strong(line.label, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
            row(
                [
                    p.quiet(lower, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
                    p.clash_chip(line.clashes),
                    p.chip("Handed on", t.ON_WARN, t.WARN, ft.Icons.MOVE_UP) if one.handed_on else None,
                ],
                8,
            ),
        ],
        1,
    )
    silent = now - line.received_at > QUIET_TOO_LONG
    received = stack(
        [
            p.text(clock(line.received_at), size=14, color=t.ALERT if silent else t.TEXT),
            p.quiet(p.ago(line.received_at, now), size=12, color=t.ALERT if silent else t.QUIET),
        ],
        1,
    )
    opened = stack([p.text(clock(line.opened_at)), p.quiet(_day(line.opened_at, now), size=12)], 1)
    cells = [
        about,
        p.two_lines(line.car or "No car", _holder(line), bold=False),
        opened,
        _clock(one.clock("Officers waiting")),
        _clock(one.clock("Section 136")),
        _clock(one.clock("Handover")),
        received,
    ]
    open_it = lambda _: console.go("record", line.incident_id)  # noqa: E731
    return tables.table_row("open-" + line.incident_id, cells, COLS, open_it, key=line.incident_id, height=60)


def _holder(line: DeskLine) -> str:
    """Who has it: whoever accepted it last, else whoever opened it."""
    return (line.live.holder if line.live else "") or line.author_name


def _day(at: datetime, now: datetime) -> str:
    days = (local(now).date() - local(at).date()).days
    return {0: "today", 1: "yesterday"}.get(days) or day_and_clock(at).rsplit(" ", 1)[0]


def _clock(one: Running | None) -> ft.Control:
    if one is None:
        return p.quiet("–")
    colour = t.ALERT if one.grave else t.TEXT
    figure = row(
        [ft.Icon(ft.Icons.TIMER_OUTLINED, size=16, color=colour), words(one.figure, 14, bold=True, color=colour)],
        5,
        tight=True,
    )
    under = {"Handover": "offered", "Officers waiting": one.text or "since they came"}.get(one.name, one.text)
    under = "24 hours not started" if one.figure.startswith("used") else under
    return stack([figure, p.quiet(_short(under), size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS)], 1)


def _short(said: str) -> str:
    """ "Ends 23 Nov 2026 14:05" -> "ends 23 Nov 14:05"."""
    parts = said.split()
    kept = [part for part in parts if not (len(part) == 4 and part.startswith("20"))]
    return " ".join(kept)[:1].lower() + " ".join(kept)[1:]

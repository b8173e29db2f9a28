"""Live board: what is going on now. Asked anew every 15 seconds; only what differs is drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import flet as ft

from field_app.desk import Desk, Line, Phone
from field_app.ui import theme as t
from field_app.ui.clocks import Running, ticking, waiting_since
from field_app.ui.console import pieces as p
from field_app.ui.console.state import Asked, Console, use_asked
from field_app.ui.parts import marked, part, row, stack, words
from sync.domain.times import clock, day_and_clock, local, span

MOST = 100
QUIET_TOO_LONG = timedelta(minutes=30)  # nothing received of an open incident


@dataclass(frozen=True)
class Open:
    """One open incident with the clocks that run on it."""

    line: Line
    clocks: tuple[Running, ...]

    def clock(self, name: str) -> Running | None:
        return next((one for one in self.clocks if one.name == name), None)


@dataclass(frozen=True)
class Board:
    at: datetime
    open: tuple[Open, ...]
    total: int
    to_review: int
    phones: tuple[Phone, ...]  # those with unsent work


def read_board(desk: Desk, now: datetime) -> Board:
    """The open incidents, the most pressing first, and the phones that hold what the centre has not got."""
    page = desk.incidents("open", limit=MOST)
    found = [Open(line, tuple(clocks(line, now))) for line in page.lines]
    supervises = desk.who is not None and desk.who.role == "supervisor"
    phones = [phone for phone in desk.phones() if phone.unsent] if supervises else []
    to_review = desk.incidents("review", limit=1).total
    found.sort(key=lambda one: (not any(clock.grave for clock in one.clocks), -one.line.opened_at.timestamp()))
    return Board(now, tuple(found), page.total, to_review, tuple(phones))


def clocks(line: Line, now: datetime) -> list[Running]:
    """The clocks of an incident, from what the list says of it."""
    return ticking([line.s136_ends_at] if line.s136_ends_at else [], line.times, now)


COLS = (
    p.Col("Incident"), p.Col("Car and nurse", 116), p.Col("Opened", 72), p.Col("Officers waiting", 116), p.Col("Section 136", 146),
    p.Col("Handover", 92), p.Col("Last received", 92),
)  # fmt: skip


@part
def board(console: Console) -> ft.Control:
    desk = console.desk
    asked = use_asked(console, "board", lambda: read_board(desk, console.clock()), every=console.every)
    return board_view(console, asked)


def board_view(console: Console, asked: Asked[Board]) -> ft.Control:
    now = asked.value
    if now is None:
        inside: list[ft.Control | None] = [p.trouble(asked.error, asked.again), p.busy_line(asked.busy)]
        return p.screen("Live board", "" if asked.error else "Asking the centre …", [one for one in inside if one])
    under = f"As the centre has it at {clock(now.at)}. Refreshes by itself."
    table = _table(console, now) if now.open else p.empty(
        "board-empty", ft.Icons.NIGHTS_STAY_OUTLINED, "No incident is open",
        "When a nurse starts one, it appears here as soon as the phone has sent it.",
    )  # fmt: skip
    side = _phones(now) if now.phones else None
    body = ft.Row([p.panel(table, expand=True), *([side] if side else [])], spacing=16, expand=True,
                  vertical_alignment=ft.CrossAxisAlignment.STRETCH)  # fmt: skip
    refresh = p.button("refresh", "Refresh", lambda _: asked.again(), icon=ft.Icons.REFRESH)
    return p.screen(
        "Live board", under, [one for one in (p.trouble(asked.error, asked.again), _tiles(console, now), body) if one],
        [refresh],
    )  # fmt: skip


def _tiles(console: Console, now: Board) -> ft.Control:
    waits = [one for line in now.open if (one := line.clock("Officers waiting"))]
    held = [one for line in now.open if (one := line.clock("Section 136"))]
    grave = sum(one.grave for one in held)
    clashes = sum(bool(line.line.clashes) for line in now.open)
    unsent = sum(phone.unsent for phone in now.phones)
    made = [
        _tile("Open incidents", str(now.total), "with a clash: " + str(clashes) if clashes else "no clashes", clashes > 0),
        _tile("Officers waiting", str(len(waits)), f"longest {_longest(now)}" if waits else "nobody waits", False),
        _tile("Section 136 running", str(len(held)), f"{grave} with little time left" if grave else "none near its end", grave > 0),
        _tile("Not yet sent", str(unsent), _phones_said(len(now.phones)), bool(now.phones)),
        _tile("Waiting for review", str(now.to_review), "open the queue", False, lambda _: console.go("review"), "tile-review"),
    ]  # fmt: skip
    return ft.Row(made, spacing=12)


def _phones_said(count: int) -> str:
    return f"on {count} phone{'' if count == 1 else 's'}" if count else "nothing known to be missing"


def _tile(said: str, figure: str, under: str, warn: bool, on_click: object = None, name: str = "") -> ft.Control:
    inside = stack(
        [
            words(said, 13, bold=True, color=t.QUIET),
            ft.Text(figure, size=28, weight=ft.FontWeight.W_700, color=t.TEXT),
            row([ft.Icon(ft.Icons.ERROR_OUTLINE, size=14, color=t.ALERT) if warn else None,
                 words(under, 12, bold=warn, color=t.ALERT if warn else t.QUIET if on_click is None else t.LINK)], 4),
        ],
        1,
    )  # fmt: skip
    box = p.panel(
        inside, pad=ft.Padding.symmetric(horizontal=16, vertical=12), on_click=on_click, ink=on_click is not None
    )
    return ft.Container(p.named(name, box, button=True) if name else box, expand=True)


def _longest(now: Board) -> str:
    came = [at for one in now.open if one.clock("Officers waiting") and (at := waiting_since(one.line.times))]
    return span(now.at - min(came)) if came else ""


def _table(console: Console, now: Board) -> ft.Control:
    rows = [_row(console, one, now.at) for one in now.open]
    more = now.total - len(now.open)
    end = p.quiet(f"{more} more open. Find them under Records.") if more > 0 else None
    return ft.Column(
        [p.table_head(COLS), ft.Column([*rows, *([ft.Container(end, padding=16)] if end else [])], spacing=0,
                                       scroll=ft.ScrollMode.AUTO, expand=True)],
        spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip


def _row(console: Console, one: Open, now: datetime) -> ft.Control:
    line = one.line
    lower = line.cad_ref or "No CAD reference yet"
    about = stack(
        [
            p.strong(line.label, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS),
            row([p.quiet(lower, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS), p.clash_chip(line.clashes)], 8),
        ],
        1,
    )
    silent = now - line.received_at > QUIET_TOO_LONG
    received = stack(
        [p.text(clock(line.received_at), size=14, color=t.ALERT if silent else t.TEXT),
         p.quiet(p.ago(line.received_at, now), size=12, color=t.ALERT if silent else t.QUIET)], 1,
    )  # fmt: skip
    opened = stack([p.text(clock(line.opened_at)), p.quiet(_day(line.opened_at, now), size=12)], 1)
    cells = [
        about, p.two_lines(line.car or "No car", line.author_name, bold=False), opened,
        _clock(one.clock("Officers waiting")), _clock(one.clock("Section 136")), _clock(one.clock("Handover")), received,
    ]  # fmt: skip
    open_it = lambda _: console.go("record", line.incident_id)  # noqa: E731
    return p.table_row("open-" + line.incident_id, cells, COLS, open_it, key=line.incident_id, height=60)


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
    under = {"Handover": "offered", "Officers waiting": "since they came"}.get(one.name, one.text)
    return stack([figure, p.quiet(_short(under), size=12, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS)], 1)


def _short(said: str) -> str:
    """ "Ends 23 Nov 2026 14:05" -> "ends 23 Nov 14:05"."""
    parts = said.split()
    kept = [part for part in parts if not (len(part) == 4 and part.startswith("20"))]
    return " ".join(kept)[:1].lower() + " ".join(kept)[1:]


def _phones(now: Board) -> ft.Control:
    """Phones that hold work the centre has not got."""
    rows: list[ft.Control] = [
        ft.Container(
            row(
                [
                    ft.Icon(ft.Icons.PHONELINK_RING_OUTLINED, size=20, color=t.QUIET),
                    stack([p.strong(phone.name, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS), p.quiet(_seen(phone, now.at), size=12)], 1,
                          expand=True),
                    p.chip(f"{phone.unsent} not sent", t.ON_WARN, t.WARN),
                ], 10,
            ),
            padding=ft.Padding.symmetric(horizontal=16, vertical=10), border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
        )
        for phone in now.phones
    ]  # fmt: skip
    head = ft.Container(
        words("Phones with unsent work", 12, bold=True, color=t.QUIET), height=36, bgcolor=p.FAINT, alignment=ft.Alignment.CENTER_LEFT,
        padding=ft.Padding.symmetric(horizontal=16), border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )  # fmt: skip
    note = ft.Container(
        p.quiet("It is kept on the phone and sent when there is a signal.", size=12),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
    )
    listed = stack([head, ft.Column(rows, spacing=0, scroll=ft.ScrollMode.AUTO), note], 0)
    return ft.Column(
        [marked("unsent-phones", p.panel(listed, width=272))], width=272, alignment=ft.MainAxisAlignment.START
    )


def _seen(phone: Phone, now: datetime) -> str:
    return f"last heard {p.ago(phone.last_seen_at, now)}" if phone.last_seen_at else "never heard from"

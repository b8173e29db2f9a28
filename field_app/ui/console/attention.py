"""The lists beside the live board: handed on, overdue acknowledgements, phones with unsent work, work to accept."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import flet as ft

from field_app.desk.desk_models import DeskLine, Late, LateWork, PhoneStatus
from field_app.ui.console import widgets as w
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import clock, span

if TYPE_CHECKING:
    from field_app.ui.console.board import Board

SIDE = 288


def attention(console: Console, board: "Board") -> list[ft.Control]:
    """What waits for somebody; a list that would be empty is not there."""
    now = board.at
    handed = [_handed(console, incident.line, now) for incident in board.open if incident.handed_on]
    late = [_late(console, line, referral, now) for line in board.overdue if line.live for referral in line.live.late]
    phones = [_phone(phone, now) for phone in board.phones]
    overdue_note = _overdue_note(board.overdue_total - len(board.overdue))
    handed_note = "It stays with whoever handed it on until somebody accepts it."
    phones_note = "It is sent once the phone has a signal and Alongside is open on it."
    accepting = [_late_work(console, line, now) for line in board.late_work]
    accepting_note = "It counts once you have accepted it."
    lists = [
        ("handed-on", "Handed on, not accepted", handed, handed_note),
        ("overdue", "Overdue acknowledgements", late, overdue_note),
        ("unsent-phones", "Phones with unsent work", phones, phones_note),
        ("late-work", "Sealed after leaving", accepting, accepting_note),
    ]
    return [_list(name, head, rows, note) for name, head, rows, note in lists if rows]


def _overdue_note(more: int) -> str:
    """`more`: incidents that are not listed."""
    note = "Nobody at the other end has said they have it."
    return f"{note} {more} more {'incident waits' if more == 1 else 'incidents wait'} for one." if more > 0 else note


def _list(name: str, head: str, rows: list[ft.Control], note: str) -> ft.Control:
    over = ft.Container(
        words(head, 12, bold=True, color=t.QUIET),
        bgcolor=w.FAINT,
        padding=ft.Padding.symmetric(horizontal=16, vertical=9),
        border=t.line_below(),
    )
    under = ft.Container(w.quiet(note, size=12), padding=ft.Padding.symmetric(horizontal=16, vertical=10))
    return marked(name, w.panel(stack([over, *rows, under], 0)))


def _row(icon: ft.IconData, head: str, under: str, chip: ft.Control) -> ft.Container:
    lines = stack([w.strong(head), w.quiet(under, size=12), row([chip])], 2, expand=True)
    return ft.Container(
        row([ft.Icon(icon, size=20, color=t.QUIET), lines], 10, top=True),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        border=t.line_below(),
    )


def _opens(console: Console, name: str, incident_id: str, box: ft.Container, screen: str = "record") -> ft.Control:
    """A row that opens the record."""
    ident = f"{name}-{incident_id}"
    box.ink, box.on_click = True, once(ident, lambda _: console.go(screen, incident_id))
    return named(ident, box, button=True)


def _handed(console: Console, line: DeskLine, now: datetime) -> ft.Control:
    offer = line.live.handed_on if line.live else None
    assert offer
    under = f"{offer.to}. By {offer.by} at {clock(offer.at)}"
    chip = w.chip(f"for {_since(offer.at, now)}", t.ON_WARN, t.WARN, ft.Icons.TIMER_OUTLINED)
    return _opens(console, "handed", line.incident_id, _row(ft.Icons.MOVE_UP, line.label, under, chip))


def _late(console: Console, line: DeskLine, referral: Late, now: datetime) -> ft.Control:
    under = f"{referral.to or 'Referral'}{'' if referral.sent else ', not sent yet'}"
    chip = w.chip(f"due {_since(referral.due_at, now)} ago", t.ON_WRONG, t.WRONG, ft.Icons.ERROR_OUTLINE)
    return _opens(console, "late", line.incident_id, _row(ft.Icons.OUTBOX_OUTLINED, line.label, under, chip))


def _since(then: datetime, now: datetime) -> str:
    return span(max(now - then, timedelta()))


def _late_work(console: Console, line: LateWork, now: datetime) -> ft.Control:
    chip = w.chip(f"received {w.ago(line.received_at, now)}", t.ON_WARN, t.WARN)
    box = _row(ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, line.label, ", ".join(line.authors), chip)
    return _opens(console, "accept", line.incident_id, box, "late-work")


def _phone(phone: PhoneStatus, now: datetime) -> ft.Control:
    heard = f"last heard {w.ago(phone.last_seen_at, now)}" if phone.last_seen_at else "never heard from"
    chip = w.chip(f"{phone.unsent} not sent", t.ON_WARN, t.WARN)
    return _row(ft.Icons.PHONELINK_RING_OUTLINED, phone.name, heard, chip)

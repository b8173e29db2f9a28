"""The lists beside the live board: handed on and not accepted, overdue acknowledgements, phones with unsent work."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import flet as ft

from field_app.desk.desk_models import DeskLine, Late, PhoneStatus
from field_app.ui.console import widgets as p
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import marked, named, row, stack, words
from sync.core.times import clock, span

if TYPE_CHECKING:
    from field_app.ui.console.board import Board

SIDE = 288


def attention(console: Console, now: "Board") -> list[ft.Control]:
    """What waits for somebody; a list that would be empty is not there."""
    handed = [_handed(console, one.line, now.at) for one in now.open if one.handed_on]
    late = [_late(console, line, one, now.at) for line in now.overdue if line.live for one in line.live.late]
    made = [
        (
            "handed-on",
            "Handed on, not accepted",
            handed,
            "It stays with whoever handed it on until somebody accepts it.",
        ),
        ("overdue", "Overdue acknowledgements", late, _overdue_note(now.overdue_total - len(now.overdue))),
        (
            "unsent-phones",
            "Phones with unsent work",
            [_phone(one, now.at) for one in now.phones],
            "It is sent once the phone has a signal and Alongside is open on it.",
        ),
    ]
    return [_listed(name, head, rows, note) for name, head, rows, note in made if rows]


def _overdue_note(more: int) -> str:
    """`more`: incidents that are not listed."""
    said = "Nobody at the other end has said they have it."
    return f"{said} {more} more {'incident waits' if more == 1 else 'incidents wait'} for one." if more > 0 else said


def _listed(name: str, head: str, rows: list[ft.Control], note: str) -> ft.Control:
    over = ft.Container(
        words(head, 12, bold=True, color=t.QUIET),
        bgcolor=p.FAINT,
        padding=ft.Padding.symmetric(horizontal=16, vertical=9),
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )
    under = ft.Container(p.quiet(note, size=12), padding=ft.Padding.symmetric(horizontal=16, vertical=10))
    return marked(name, p.panel(stack([over, *rows, under], 0)))


def _row(icon: Any, head: str, under: str, chip: ft.Control | None = None) -> ft.Container:
    said = stack([p.strong(head), p.quiet(under, size=12), row([chip]) if chip else None], 2, expand=True)
    return ft.Container(
        row([ft.Icon(icon, size=20, color=t.QUIET), said], 10, vertical_alignment=ft.CrossAxisAlignment.START),
        padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        border=ft.Border.only(bottom=ft.BorderSide(1, t.LINE)),
    )


def _opens(console: Console, name: str, line: DeskLine, made: ft.Container) -> ft.Control:
    """A row that opens the record."""
    made.ink, made.on_click = True, lambda _: console.go("record", line.incident_id)
    return named(f"{name}-{line.incident_id}", made, button=True)


def _handed(console: Console, line: DeskLine, now: datetime) -> ft.Control:
    offer = line.live.handed_on if line.live else None
    assert offer
    said = f"{offer.to}. By {offer.by} at {clock(offer.at)}"
    chip = p.chip(f"for {span(max(now - offer.at, now - now))}", t.ON_WARN, t.WARN, ft.Icons.TIMER_OUTLINED)
    return _opens(console, "handed", line, _row(ft.Icons.MOVE_UP, line.label, said, chip))


def _late(console: Console, line: DeskLine, late: Late, now: datetime) -> ft.Control:
    said = f"{late.to or 'Referral'}{'' if late.sent else ', not sent yet'}"
    chip = p.chip(f"due {span(max(now - late.due_at, now - now))} ago", t.ON_WRONG, t.WRONG, ft.Icons.ERROR_OUTLINE)
    return _opens(console, "late", line, _row(ft.Icons.OUTBOX_OUTLINED, line.label, said, chip))


def _phone(phone: PhoneStatus, now: datetime) -> ft.Control:
    seen = f"last heard {p.ago(phone.last_seen_at, now)}" if phone.last_seen_at else "never heard from"
    chip = p.chip(f"{phone.unsent} not sent", t.ON_WARN, t.WARN)
    return _row(ft.Icons.PHONELINK_RING_OUTLINED, phone.name, seen, chip)

"""Phones: when each was last heard from, and what it holds that the centre has not got."""

from datetime import datetime

import flet as ft

from field_app.listed import Phone
from field_app.ui import theme as t
from field_app.ui.console import pieces as p
from field_app.ui.console import tables
from field_app.ui.console.asked import Asked, use_asked
from field_app.ui.console.history import clock_wrong
from field_app.ui.console.room import Room
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.parts import part, row
from sync.domain.times import day_and_clock, span

COLS = (
    Col("Phone"), Col("Team", 220), Col("Last heard from", 190), Col("Received", 110), Col("Not sent yet", 240),
    Col("Clock", 130), Col("Version", 80),
)  # fmt: skip


@part
def phones(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    asked = use_asked(console, "phones", desk.phones, every=console.every)
    return phones_view(room, asked, console.clock())


def phones_view(room: Room, asked: Asked[list[Phone]], now: datetime) -> ft.Control:
    found = sorted(asked.value or [], key=lambda one: (-one.unsent, one.name))
    if asked.value is None:
        table: ft.Control = p.busy_line(asked.busy)
    elif not found:
        table = p.empty(
            "phones-empty", ft.Icons.PHONELINK_SETUP_OUTLINED, "No phone of your team has signed in yet",
            "A phone is listed here once a nurse has signed in on it with a connection.", fills=not room.flows,
        )  # fmt: skip
    else:
        table = tables.table(COLS, [_row(one, now) for one in found], room.inside, fills=not room.flows)
    unsent = sum(bool(one.unsent) for one in found)
    under = f"{len(found)} in your team, {unsent} with unsent work" if asked.value is not None else ""
    inside = [
        p.trouble(asked.error, asked.again),
        p.panel(table, expand=not room.flows) if asked.value is not None or asked.busy else None,
    ]
    refresh = p.button("refresh", "Refresh", lambda _: asked.again(), icon=ft.Icons.REFRESH)
    return p.screen(room, "Phones", under, [one for one in inside if one], [refresh])


def _row(one: Phone, now: datetime) -> ft.Control:
    heard = (
        p.two_lines(p.ago(one.last_seen_at, now), day_and_clock(one.last_seen_at), bold=False)
        if one.last_seen_at
        else p.quiet("Never")
    )
    about = row(
        [
            p.two_lines(one.name, one.device_id[:8]),
            p.chip("Not allowed any more", t.ON_WRONG, t.WRONG) if one.revoked else None,
        ],
        8,
    )
    if one.unsent:
        since = f"for {span(now - one.unsent_since)}" if one.unsent_since else ""
        left = row(
            [
                p.chip(
                    f"{one.unsent} change{'' if one.unsent == 1 else 's'}",
                    t.ON_WARN,
                    t.WARN,
                    ft.Icons.CLOUD_UPLOAD_OUTLINED,
                ),
                p.quiet(since),
            ],
            8,
        )
    else:
        left = row([ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=16, color=t.GO), p.quiet("Everything received")], 6)
    cells = [
        about, p.one_line(one.team_name, size=13), heard, p.one_line(str(one.stored), size=13), left, _clock(one.clock_offset_ms),
        p.quiet(one.app_version or "–"),
    ]  # fmt: skip
    return tables.table_row("phone-" + one.device_id, cells, COLS, key=one.device_id)


def _clock(offset_ms: int | None) -> ft.Control:
    if offset_ms is None:
        return p.quiet("–")
    said = clock_wrong(offset_ms)
    return p.chip(said, t.ON_WARN, t.WARN, ft.Icons.SCHEDULE) if said else p.quiet("Right")

"""Phones: when each was last heard from, what it holds that the centre has not got; and clearing one that is lost."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import flet as ft

from field_app.desk.desk_models import PhoneStatus
from field_app.ui.console import tables
from field_app.ui.console import widgets as p
from field_app.ui.console.history import clock_wrong
from field_app.ui.console.layout import Room
from field_app.ui.console.polling import Polled, use_asked
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_value
from field_app.ui.kit.widgets import marked, row, stack
from sync.core.times import clock, day_and_clock, local, span

COLS = (
    Col("Phone"),
    Col("Team", 180),
    Col("Last heard from", 140),
    Col("Received", 70),
    Col("Not sent yet", 190),
    Col("Clock", 100),
    Col("Version", 60),
    Col("Clear", 170),
)
DONE = (
    "Everything recorded on it is sent to the centre, with what was begun and not finished.",
    "All records and keys of the nurse who uses it are erased from it. Another nurse’s on the same phone stay.",
)
KNOW = (
    "If the phone never has a connection again, nothing happens. What has not been received then stays unknown.",
    "What the centre refused to take cannot be sent, and is erased with the rest.",
)


@part
def phones(console: Console, room: Room) -> ft.Control:
    desk = console.desk
    asked = use_asked(console, "phones", desk.phones, every=console.every)
    chosen, choose = use_value(None)

    async def clear(one: PhoneStatus) -> None:
        choose(None)
        await asyncio.to_thread(desk.clear, one.device_id)
        console.say("Ordered. It is carried out when the phone next reaches the centre.")
        asked.again()

    ft.use_dialog(clear_dialog(chosen, lambda: console.spawn(clear(chosen)), lambda: choose(None)) if chosen else None)
    return phones_view(room, asked, console.clock(), choose)


def clear_dialog(one: PhoneStatus, clear: Callable[[], object], leave: Callable[[], object]) -> ft.AlertDialog:
    """What clearing this phone does, in plain words; one press orders it."""
    many = f"{one.unsent} change{'' if one.unsent == 1 else 's'}"
    if one.last_seen_at is None:
        left, when = "Nothing is known of what it holds", "It has not been heard from since its nurse signed in."
    else:
        left = f"It holds {many} not received" if one.unsent else "All that it has told of was received"
        when = f"As it said on {day_and_clock(one.last_seen_at)}."
    steps = [
        row([p.strong(f"{at}."), p.text(said, expand=True)], 8, vertical_alignment=ft.CrossAxisAlignment.START)
        for at, said in enumerate(DONE, 1)
    ]
    inside = stack(
        [
            p.quiet(f"{one.name} · {one.device_id[:8]} · {one.team_name}"),
            p.banner("clear-unsent", left, when),
            p.text("When it next has a connection:"),
            *steps,
            *map(p.quiet, KNOW),
        ],
        12,
    )
    return ft.AlertDialog(
        modal=True,
        scrollable=True,
        bgcolor=t.SURFACE,
        semantics_label="Clear this phone?",
        title=p.strong("Clear this phone?", size=20),
        content=ft.Container(marked("clear-phone", inside), width=520),
        actions=[
            p.button("clear-cancel", "Leave it as it is", lambda _: leave()),
            p.button("clear-confirm", "Clear this phone", lambda _: clear(), kind="alert"),
        ],
        on_dismiss=lambda _: leave(),
    )


def phones_view(
    room: Room, asked: Polled[list[PhoneStatus]], now: datetime, choose: Callable[[PhoneStatus], object]
) -> ft.Control:
    found = sorted(asked.value or [], key=lambda one: (-one.unsent, one.name))
    if asked.value is None:
        table: ft.Control = p.busy_line(asked.busy)
    elif not found:
        table = p.empty(
            "phones-empty",
            ft.Icons.PHONELINK_SETUP_OUTLINED,
            "No phone of your team has signed in yet",
            "A phone is listed here once a nurse has signed in on it with a connection.",
            fills=not room.flows,
        )
    else:
        table = tables.table(COLS, [_row(one, now, choose) for one in found], room.inside, fills=not room.flows)
    unsent = sum(bool(one.unsent) for one in found)
    unheard = sum(one.last_seen_at is None for one in found)
    never = f", {unheard} never heard from" if unheard else ""
    under = f"{len(found)} in your team, {unsent} with unsent work{never}" if asked.value is not None else ""
    inside = [
        p.trouble(asked.error, asked.again),
        p.panel(table, expand=not room.flows) if asked.value is not None or asked.busy else None,
    ]
    refresh = p.button("refresh", "Refresh", lambda _: asked.again(), icon=ft.Icons.REFRESH)
    return p.screen(room, "Phones", under, [one for one in inside if one], [refresh])


def _row(one: PhoneStatus, now: datetime, choose: Callable[[PhoneStatus], object]) -> ft.Control:
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
    team = p.text(one.team_name, size=13, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)
    cells = [
        about,
        team,
        heard,
        p.one_line(str(one.stored), size=13),
        _left(one, now),
        _clock(one.clock_offset_ms),
        p.quiet(one.app_version or "–"),
        _cleared(one, now, choose),
    ]
    return tables.table_row("phone-" + one.device_id, cells, COLS, key=one.device_id)


def _left(one: PhoneStatus, now: datetime) -> ft.Control:
    """What it has said that it holds and has not sent: nothing is claimed of what it has not told of."""
    if one.unsent:
        many = f"{one.unsent} change{'' if one.unsent == 1 else 's'}"
        since = f"for {span(now - one.unsent_since)}" if one.unsent_since else ""
        return row([p.chip(many, t.ON_WARN, t.WARN, ft.Icons.CLOUD_UPLOAD_OUTLINED), p.quiet(since)], 8)
    if one.last_seen_at is None:
        return row([ft.Icon(ft.Icons.HELP_OUTLINE, size=16, color=t.QUIET), p.quiet("Not known")], 6)
    return row([ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=16, color=t.GO), p.quiet("None when last heard")], 6)


def _cleared(one: PhoneStatus, now: datetime, choose: Callable[[PhoneStatus], object]) -> ft.Control:
    """How far clearing it has got, or the way to it."""
    if one.wiped_at:
        return p.chip(f"Cleared {_at(one.wiped_at, now)}", t.ON_DONE, t.DONE, ft.Icons.PHONELINK_ERASE)
    if one.wipe_commanded_at:
        said = f"Clearing ordered {_at(one.wipe_commanded_at, now)}"
        return p.chip(said, t.ON_WARN, t.WARN, ft.Icons.HOURGLASS_TOP)
    return p.small_link(
        "clear-" + one.device_id,
        "Clear this phone…",
        lambda _: choose(one),
        ft.Icons.PHONELINK_ERASE,
        says=f"Clear this phone: {one.name}, {one.device_id[:8]}",
    )


def _at(when: datetime, now: datetime) -> str:
    """The time; the day when that is not today."""
    then = local(when)
    return clock(when) if then.date() == local(now).date() else f"{then.day} {then:%b %Y}"


def _clock(offset_ms: int | None) -> ft.Control:
    if offset_ms is None:
        return p.quiet("–")
    said = clock_wrong(offset_ms)
    return p.chip(said, t.ON_WARN, t.WARN, ft.Icons.SCHEDULE) if said else p.quiet("Right")

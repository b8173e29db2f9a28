"""Phones: when each was last heard from, what it holds that the centre has not got; and clearing one that is lost."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import flet as ft

from field_app.desk.desk_models import PhoneStatus
from field_app.ui.console import tables
from field_app.ui.console import widgets as w
from field_app.ui.console.buttons import button, small_link
from field_app.ui.console.history import clock_wrong
from field_app.ui.console.layout import Layout
from field_app.ui.console.polling import Polled, trouble_view, use_polled
from field_app.ui.console.state import Console
from field_app.ui.console.tables import Col
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_optional
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

TWICE = "Exists twice"
COPIED = (
    "Its data was copied to another phone, or put back as it was before: some of its changes have the same numbers. "
    "All of them are kept, and counted. Ask the nurse which phone is used, and set the other one up anew."
)

Choose = Callable[[PhoneStatus], object]  # a phone to be cleared


@part
def phones(console: Console, layout: Layout) -> ft.Control:
    desk = console.desk
    polled = use_polled(console, "phones", desk.phones, every=console.every)
    chosen, choose = use_optional(PhoneStatus)

    async def clear(phone: PhoneStatus) -> None:
        choose(None)
        await asyncio.to_thread(desk.clear, phone.device_id)
        console.say("Ordered. It is carried out when the phone next reaches the centre.")
        polled.again()

    ft.use_dialog(clear_dialog(chosen, lambda: console.spawn(clear(chosen)), lambda: choose(None)) if chosen else None)
    return phones_view(layout, polled, console.clock(), choose)


def clear_dialog(phone: PhoneStatus, clear: Callable[[], object], leave: Callable[[], object]) -> ft.AlertDialog:
    """What clearing this phone does, in plain words; one press orders it."""
    if phone.last_seen_at is None:
        left, when = "Nothing is known of what it holds", "It has not been heard from since its nurse signed in."
    else:
        left = f"It holds {_changes(phone)} not received" if phone.unsent else "All that it has told of was received"
        when = f"As it said on {day_and_clock(phone.last_seen_at)}."
    steps = [row([w.strong(f"{at}."), w.text(step, expand=True)], 8, top=True) for at, step in enumerate(DONE, 1)]
    inside = stack(
        [
            w.quiet(f"{phone.name} · {phone.device_id[:8]} · {phone.team_name}"),
            w.banner("clear-unsent", left, when),
            w.text("When it next has a connection:"),
            *steps,
            *map(w.quiet, KNOW),
        ],
        12,
    )
    return ft.AlertDialog(
        modal=True,
        scrollable=True,
        bgcolor=t.SURFACE,
        semantics_label="Clear this phone?",
        title=w.strong("Clear this phone?", size=20),
        content=ft.Container(marked("clear-phone", inside), width=520),
        actions=[
            button("clear-cancel", "Leave it as it is", lambda _: leave()),
            button("clear-confirm", "Clear this phone", lambda _: clear(), kind="alert"),
        ],
        on_dismiss=lambda _: leave(),
    )


def phones_view(layout: Layout, polled: Polled[list[PhoneStatus]], now: datetime, choose: Choose) -> ft.Control:
    phones = sorted(polled.value or [], key=lambda phone: (-phone.unsent, phone.name))
    fills = not layout.flows
    if polled.value is None:
        table, under = w.busy_line(polled.busy), ""
    else:
        table = _table(layout, phones, now, choose) if phones else _no_phones(fills)
        unheard = sum(phone.last_seen_at is None for phone in phones)
        never = f", {unheard} never heard from" if unheard else ""
        under = f"{len(phones)} in your team, {sum(bool(phone.unsent) for phone in phones)} with unsent work{never}"
    shown = w.panel(table, expand=fills) if polled.value is not None or polled.busy else None
    refresh = button("refresh", "Refresh", lambda _: polled.again(), icon=ft.Icons.REFRESH)
    return w.screen(layout, "Phones", under, [trouble_view(polled), _twice(phones), shown], [refresh])


def _twice(phones: list[PhoneStatus]) -> ft.Control | None:
    """What it means that a phone exists twice, and what to do; None when none does."""
    copied = [f"{phone.name}, {phone.device_id[:8]}" for phone in phones if phone.numbers_twice]
    return w.banner("phones-twice", f"{TWICE}: {'; '.join(copied)}", COPIED) if copied else None


def _no_phones(fills: bool) -> ft.Control:
    what = "No phone of your team has signed in yet"
    next_step = "A phone is listed here once a nurse has signed in on it with a connection."
    return w.empty("phones-empty", ft.Icons.PHONELINK_SETUP_OUTLINED, what, next_step, fills=fills)


def _table(layout: Layout, phones: list[PhoneStatus], now: datetime, choose: Choose) -> ft.Control:
    rows = [_row(phone, now, choose) for phone in phones]
    return tables.table(COLS, rows, layout.inside, fills=not layout.flows)


def _row(phone: PhoneStatus, now: datetime, choose: Choose) -> ft.Control:
    heard = w.quiet("Never")
    if phone.last_seen_at:
        heard = w.two_lines(w.ago(phone.last_seen_at, now), day_and_clock(phone.last_seen_at), bold=False)
    revoked = w.chip("Not allowed any more", t.ON_WRONG, t.WRONG) if phone.revoked else None
    twice = w.chip(TWICE, t.ON_WARN, t.WARN) if phone.numbers_twice else None
    cells = [
        row([w.two_lines(phone.name, phone.device_id[:8]), revoked, twice], 8),
        w.text(phone.team_name, size=13, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS),
        heard,
        w.one_line(str(phone.stored), size=13),
        _left(phone, now),
        _clock(phone.clock_offset_ms),
        w.quiet(phone.app_version or "–"),
        _cleared(phone, now, choose),
    ]
    return tables.table_row("phone-" + phone.device_id, cells, COLS, key=phone.device_id)


def _changes(phone: PhoneStatus) -> str:
    return f"{phone.unsent} change{'' if phone.unsent == 1 else 's'}"


def _left(phone: PhoneStatus, now: datetime) -> ft.Control:
    """What the phone last said it has not sent yet. Of a phone that was never heard from, nothing is known."""
    if phone.unsent:
        since = f"for {span(now - phone.unsent_since)}" if phone.unsent_since else ""
        return row([w.chip(_changes(phone), t.ON_WARN, t.WARN, ft.Icons.CLOUD_UPLOAD_OUTLINED), w.quiet(since)], 8)
    if phone.last_seen_at is None:
        return row([ft.Icon(ft.Icons.HELP_OUTLINE, size=16, color=t.QUIET), w.quiet("Not known")], 6)
    return row([ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=16, color=t.GO), w.quiet("None when last heard")], 6)


def _cleared(phone: PhoneStatus, now: datetime, choose: Choose) -> ft.Control:
    """How far clearing it has got, or the way to it."""
    if phone.wiped_at:
        return w.chip(f"Cleared {_at(phone.wiped_at, now)}", t.ON_DONE, t.DONE, ft.Icons.PHONELINK_ERASE)
    if phone.wipe_commanded_at:
        text = f"Clearing ordered {_at(phone.wipe_commanded_at, now)}"
        return w.chip(text, t.ON_WARN, t.WARN, ft.Icons.HOURGLASS_TOP)
    return small_link(
        "clear-" + phone.device_id,
        "Clear this phone…",
        lambda _: choose(phone),
        ft.Icons.PHONELINK_ERASE,
        says=f"Clear this phone: {phone.name}, {phone.device_id[:8]}",
    )


def _at(when: datetime, now: datetime) -> str:
    """The time; the day when that is not today."""
    then = local(when)
    return clock(when) if then.date() == local(now).date() else f"{then.day} {then:%b %Y}"


def _clock(offset_ms: int | None) -> ft.Control:
    if offset_ms is None:
        return w.quiet("–")
    wrong = clock_wrong(offset_ms)
    return w.chip(wrong, t.ON_WARN, t.WARN, ft.Icons.SCHEDULE) if wrong else w.quiet("Right")

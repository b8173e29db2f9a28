"""Days and times: typed in one go, tapped as "Now", or picked from the calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

import flet as ft

from field_app.ui.forms.choices import AskedQuestion, choice_box
from field_app.ui.forms.input_parsing import answer_time, read_day, read_time, say_day, say_time, time_of
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import icon_button, link, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import echo, text_field
from field_app.ui.kit.hooks import Typed, use_value
from field_app.ui.kit.widgets import Handler, row, stack, words
from sync.core.times import clock, local
from sync.domain.forms import Source


def _day_reader(now: datetime) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        day = read_day(text, local(now).date())
        return day.isoformat() if day else None

    return read


@part
def day_answer(asked: AskedQuestion) -> ft.Control:
    """A date typed in one go, with the calendar beside it; what was understood is said in words."""
    typed = ft.use_memo(lambda: Typed(day=asked.text()), [])
    typed.texts["day"] = asked.text()
    open_calendar = use_calendar(day_of(asked.value), lambda day: asked.give(day.isoformat()))

    def type_day(text: str) -> None:
        asked.type(text, read)
        typed.put("day", text)

    def understood() -> ft.Control | None:
        typed_day = day_of(read(typed["day"]))
        return words(say_day(typed_day), 16, bold=True) if typed_day else None

    read = _day_reader(asked.now())
    field = text_field(
        asked.ident,
        asked.question.text,
        asked.text(),
        type_day,
        wrong=bool(asked.fault),
        on_blur=lambda _: asked.leave(),
        keyboard_type=ft.KeyboardType.DATETIME,
        expand=True,
        hint_text="dd mm yyyy",
        hint_style=ft.TextStyle(color=t.QUIET),
    )
    label = f"Calendar: {asked.question.text}"
    pick = icon_button(f"{asked.ident}-calendar", ft.Icons.CALENDAR_MONTH, label, lambda _: open_calendar())
    return stack([row([field, pick]), echo(typed, understood)])


def use_calendar(day: date | None, picked: Callable[[date], object]) -> Callable[[], None]:
    """The calendar, opened by what is returned. It gives the day that was picked, and closes."""
    picking, set_picking = use_value(False)

    def take(chosen: date) -> None:
        picked(chosen)
        set_picking(False)

    ft.use_dialog(calendar(day, take, lambda: set_picking(False)) if picking else None)
    return lambda: set_picking(True)


def day_of(raw: object) -> date | None:
    """The day in an answer; None when there is none to read."""
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def picked_day(value: datetime) -> date:
    return (value + timedelta(hours=12)).date()


def calendar(day: date | None, picked: Callable[[date], None], closed: Callable[[], None]) -> ft.DatePicker:
    """The date picker speaks UTC: noon is sent and half a day added, for the same day everywhere (flet 0.5)."""
    return ft.DatePicker(
        value=datetime.combine(day, time(12), UTC) if day else None,
        first_date=datetime(1900, 1, 1, 12, tzinfo=UTC),
        last_date=datetime(2100, 12, 31, 12, tzinfo=UTC),
        on_change=lambda event: picked(picked_day(cast("datetime", event.control.value))),
        on_dismiss=lambda _: closed(),
    )


@part
def time_answer(asked: AskedQuestion) -> ft.Control:
    """ "Now", or a clock time typed in four digits; the day is the last that fits unless another is chosen."""
    editing, set_editing = use_value(False)
    when = time_of(asked.question, asked.value)
    if editing:

        def take(typed_time: datetime | None) -> None:
            asked.give(answer_time(asked.question, typed_time) if typed_time else None)

        return time_fields(asked.ident, asked.question.text, when, asked.now, take, lambda: set_editing(False))
    open_link = link(
        f"{asked.ident}-edit", "Change" if when else "Enter a time", lambda _: set_editing(True), ft.Icons.EDIT_OUTLINED
    )
    if when:
        return row([words(say_when(asked, when), 18, bold=True), open_link], wrap=True)

    def stamp(_: ft.Event[ft.OutlinedButton]) -> None:
        asked.give(answer_time(asked.question, asked.now(), Source.TAPPED.value))

    now = secondary(f"{asked.ident}-now", "Now", stamp, ft.Icons.SCHEDULE)
    unread = isinstance(asked.value, str)
    kept = words(f"“{asked.value}” is kept as it was typed.", 14, color=t.QUIET) if unread else None
    return stack([row([now, open_link], wrap=True), kept])


def say_when(asked: AskedQuestion, when: datetime) -> str:
    later = isinstance(asked.value, dict) and asked.value.get("source") == Source.TYPED
    return say_time(when, asked.now()) + (" (entered later)" if later else "")


@part
def time_fields(
    name: str,
    label: str,
    when: datetime | None,
    now: Callable[[], datetime],
    done: Callable[[datetime | None], object],
    close: Callable[[], None],
) -> ft.Control:
    """A clock time and its day. Nothing is taken until "Use this time": a half-typed time is not a time."""
    typed = ft.use_memo(lambda: Typed(time=clock(when) if when else ""), [])
    day, set_day = use_value(local(when).date() if when else None)
    wrong, set_wrong = use_value("")
    open_calendar = use_calendar(day, set_day)

    def read() -> datetime | None:
        return read_time(typed["time"], now(), day)

    def use(_: ft.Event) -> object:
        if typed_time := read():
            close()
            return done(typed_time)
        set_wrong("Enter a time in four digits, for example 2214.")
        return None

    def clear(_: ft.Event) -> None:
        done(None)
        close()

    def understood() -> ft.Control | None:
        typed_time = read()
        return words(say_time(typed_time, now()), 16, bold=True) if typed_time else None

    def chips() -> ft.Control:
        typed_time = read()
        chosen = local(typed_time).date() if typed_time else day
        return day_chips(name, chosen, local(now()).date(), set_day, lambda _: open_calendar())

    entry = row([time_field(name, label, typed, wrong, use), ft.Container(echo(typed, understood), expand=True)], 12)
    error = words(wrong, 16, bold=True, color=t.ALERT) if wrong else None
    return stack([entry, error, echo(typed, chips), ways_on(name, use, close, clear if when else None)], 12)


def ways_on(name: str, use: Handler, close: Callable[[], None], clear: Handler | None) -> ft.Control:
    buttons = [
        secondary(f"{name}-use", "Use this time", use),
        link(f"{name}-cancel", "Cancel", lambda _: close()),
        link(f"{name}-clear", "Clear", clear) if clear else None,
    ]
    return row(buttons, wrap=True)


def time_field(name: str, label: str, typed: Typed, wrong: str, use: Handler) -> ft.Control:
    return text_field(
        name,
        f"{label}: time",
        typed["time"],
        typed.into("time"),
        wrong=bool(wrong),
        width=128,
        keyboard_type=ft.KeyboardType.DATETIME,
        hint_text="hh:mm",
        hint_style=ft.TextStyle(color=t.QUIET),
        on_submit=use,
        presses=f"{name}-use",
    )


def day_chips(
    name: str, chosen: date | None, today: date, set_day: Callable[[date], None], other: Handler
) -> ft.Control:
    """Today or yesterday in one tap; any other day from the calendar."""
    days = {"Yesterday": today - timedelta(days=1), "Today": today}
    chips = [day_chip(name, text, chosen == day, lambda _, day=day: set_day(day)) for text, day in days.items()]
    more = link(f"{name}-other-day", "Other day", other, ft.Icons.CALENDAR_MONTH)
    return row([*chips, more], wrap=True, run_spacing=t.GAP)


def day_chip(name: str, text: str, on: bool, on_click: Handler) -> ft.Control:
    label = words(text, 16, bold=on, color=t.ON_CHOSEN if on else t.TEXT)
    return choice_box(f"{name}-{text.lower()}", label, on, on_click, ft.Padding.symmetric(horizontal=14, vertical=13))

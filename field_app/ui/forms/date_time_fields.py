"""Days and times: typed in one go, tapped as "Now", or picked from the calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import flet as ft

from field_app.ui.forms.choices import AskedQuestion
from field_app.ui.forms.input_parsing import answer_time, read_day, read_time, say_day, say_time, time_of
from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.widgets import (
    Typed,
    echo,
    icon_button,
    link,
    named,
    part,
    row,
    secondary,
    stack,
    use_value,
    words,
)
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
    picking, set_picking = use_value(False)
    typed = ft.use_memo(lambda: Typed(day=asked.text()), [])
    typed.texts["day"] = asked.text()
    day = day_of(asked.value)

    def picked(chosen: date) -> None:
        asked.give(chosen.isoformat())
        set_picking(False)

    def type_day(text: str) -> None:
        asked.type(text, read)
        typed.put("day", text)

    def understood() -> ft.Control | None:
        found = day_of(read(typed["day"]))
        return words(say_day(found), 16, bold=True) if found else None

    read = _day_reader(asked.now())
    ft.use_dialog(calendar(day, picked, lambda: set_picking(False)) if picking else None)
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
    pick_button = icon_button(
        f"{asked.ident}-calendar",
        ft.Icons.CALENDAR_MONTH,
        f"Calendar: {asked.question.text}",
        lambda _: set_picking(True),
    )
    return stack([row([field, pick_button]), echo(typed, understood)])


def day_of(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def picked_day(value: Any) -> date:
    return (value + timedelta(hours=12)).date()


def calendar(day: date | None, picked: Callable[[date], None], closed: Callable[[], None]) -> ft.DatePicker:
    """The date picker speaks UTC: noon is sent and half a day added, so that it is the same day everywhere (flet 0.5)."""
    return ft.DatePicker(
        value=datetime.combine(day, time(12), UTC) if day else None,
        first_date=datetime(1900, 1, 1, 12, tzinfo=UTC),
        last_date=datetime(2100, 12, 31, 12, tzinfo=UTC),
        on_change=lambda e: picked(picked_day(e.control.value)),
        on_dismiss=lambda _: closed(),
    )


@part
def time_answer(asked: AskedQuestion) -> ft.Control:
    """ "Now", or a clock time typed in four digits; the day is the last that fits unless another is chosen."""
    editing, set_editing = use_value(False)
    when = time_of(asked.question, asked.value)
    fields = (
        time_fields(
            asked.ident,
            asked.question.text,
            when,
            asked.now,
            lambda found: asked.give(answer_time(asked.question, found)),
            lambda: set_editing(False),
        )
        if editing
        else None
    )
    if fields is not None:
        return fields
    open_link = link(
        f"{asked.ident}-edit", "Change" if when else "Enter a time", lambda _: set_editing(True), ft.Icons.EDIT_OUTLINED
    )
    if when:
        return row([words(say_when(asked, when), 18, bold=True), open_link], wrap=True)
    tapped = Source.TAPPED.value
    stamp = secondary(
        f"{asked.ident}-now",
        "Now",
        lambda _: asked.give(answer_time(asked.question, asked.now(), tapped)),
        ft.Icons.SCHEDULE,
    )
    kept = (
        words(f"“{asked.value}” is kept as it was typed.", 14, color=t.QUIET) if isinstance(asked.value, str) else None
    )
    return stack([row([stamp, open_link], wrap=True), kept])


def say_when(asked: AskedQuestion, when: datetime) -> str:
    later = isinstance(asked.value, dict) and asked.value.get("source") == Source.TYPED
    return say_time(when, asked.now()) + (" (entered later)" if later else "")


@part
def time_fields(
    name: str,
    label: str,
    when: datetime | None,
    now: Callable[[], datetime],
    done: Callable[[datetime | None], None],
    close: Callable[[], None],
) -> ft.Control:
    """A clock time and its day. Nothing is taken until "Use this time": a half-typed time is not a time."""
    typed = ft.use_memo(lambda: Typed(time=clock(when) if when else ""), [])
    day, set_day = use_value(local(when).date() if when else None)
    picking, set_picking = use_value(False)
    wrong, set_wrong = use_value("")

    def picked(chosen: date) -> None:
        set_day(chosen)
        set_picking(False)

    def use(_: Any) -> Any:
        found = read_time(typed["time"], now(), day)
        if found is None:
            set_wrong("Enter a time in four digits, for example 2214.")
            return None
        close()
        return done(found)

    def clear(_: Any) -> None:
        done(None)
        close()

    def say_found() -> ft.Control | None:
        found = read_time(typed["time"], now(), day)
        return words(say_time(found, now()), 16, bold=True) if found else None

    def chips() -> ft.Control:
        found = read_time(typed["time"], now(), day)
        chosen_day, today = (local(found).date() if found else day), local(now()).date()
        days = [("Yesterday", today - timedelta(days=1)), ("Today", today)]
        shown = [_day_chip(name, text, chosen_day == each, lambda _, each=each: set_day(each)) for text, each in days]
        return row(
            [*shown, link(f"{name}-other-day", "Other day", lambda _: set_picking(True), ft.Icons.CALENDAR_MONTH)],
            wrap=True,
            run_spacing=t.GAP,
        )

    ft.use_dialog(calendar(day, picked, lambda: set_picking(False)) if picking else None)
    field = text_field(
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
    )
    return stack(
        [
            row([field, ft.Container(echo(typed, say_found), expand=True)], 12),
            words(wrong, 16, bold=True, color=t.ALERT) if wrong else None,
            echo(typed, chips),
            row(
                [
                    secondary(f"{name}-use", "Use this time", use),
                    link(f"{name}-cancel", "Cancel", lambda _: close()),
                    link(f"{name}-clear", "Clear", clear) if when else None,
                ],
                wrap=True,
            ),
        ],
        12,
    )


def _day_chip(name: str, text: str, on: bool, tapped: Callable[[Any], None]) -> ft.Control:
    box = ft.Container(
        words(text, 16, bold=on, color=t.ON_CHOSEN if on else t.TEXT),
        padding=ft.Padding.symmetric(horizontal=14, vertical=13),
        border_radius=10,
        bgcolor=t.CHOSEN if on else t.SURFACE,
        border=ft.Border.all(2 if on else 1.5, t.LINK if on else t.EDGE),
        ink=True,
        on_click=tapped,
    )
    return named(f"{name}-{text.lower()}", box, checked=on)

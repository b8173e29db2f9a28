"""Start a shift on a named car, or join one of the team. The hours come from the pattern of the day; any can be typed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import flet as ft

from field_app.ui.forms.choices import radio
from field_app.ui.forms.input_parsing import read_clock, say_day
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.widgets import (
    Typed,
    callout,
    card,
    heading,
    hint,
    ident,
    part,
    primary,
    row,
    stack,
    tappable,
    use_reading,
    use_value,
    words,
)
from field_app.ui.phone.home import hours
from field_app.ui.phone.state import Ui
from sync.core.times import LONDON, clock
from sync.domain.catalogue import CATALOGUE
from sync.domain.clinical.shifts import CARS, PATTERNS, ShiftPattern, planned, shift_day
from sync.domain.forms import in_words, questions
from sync.domain.records.fold import Record


@dataclass(frozen=True)
class Plan:
    """What is being set up."""

    car: str
    day: date
    start: str
    end: str


def plan_for(now: datetime) -> Plan:
    day = shift_day(now)
    start, end = planned(day) or (now, now + timedelta(hours=8))
    return Plan(CARS[0], day, clock(start), clock(end))


def times(plan: Plan) -> tuple[datetime, datetime] | None:
    """The planned hours. An end that is not after the start is on the next day."""
    start, end = read_clock(plan.start), read_clock(plan.end)
    if start is None or end is None:
        return None
    last = plan.day if end > start else plan.day + timedelta(days=1)
    first = datetime(plan.day.year, plan.day.month, plan.day.day, *start, tzinfo=LONDON)
    return first, datetime(last.year, last.month, last.day, *end, tzinfo=LONDON)


@part
def shift_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.session
    assert session is not None
    plan, set_plan = use_value(lambda: plan_for(ui.now()))
    typed = ft.use_memo(lambda: Typed(officer="", start=plan.start, end=plan.end), [])
    wrong, set_wrong = use_value(False)
    open_shifts = use_reading(session.shifts, session.store.on_change, front=at.front)

    def change(**what: Any) -> None:
        typed.texts.update({key: text for key, text in what.items() if key in typed.texts})
        set_plan(lambda now: replace(now, **what))
        set_wrong(False)

    async def start(_: Any) -> None:
        when = times(replace(plan, start=typed["start"], end=typed["end"]))
        set_wrong(when is None)
        if when and await ui.do(session.start_shift, plan.car, typed["officer"].strip(), plan.day, *when):
            ui.go("/")

    async def join(shift: Record) -> None:
        if await ui.do(session.join_shift, shift.record_id):
            ui.go("/")

    inside = body([*join_view(open_shifts, join), *plan_view(plan, typed, change, wrong)])
    button = primary("start-shift", "Start shift", start)
    return frame(ui, at, "Shift", inside, back=lambda _: ui.go("/"), bottom=thumb([button]))


def join_view(shifts: list[Record], join: Any) -> list[Any]:
    def one(shift: Record) -> ft.Control:
        values = shift.values
        day = in_words(questions(CATALOGUE["shift"])["day"], values["day"]) if values.get("day") else ""
        told = [day, hours(shift), values.get("crew_nurse"), values.get("crew_officer")]
        inside = stack(
            [
                words(f"Join {values.get('car', 'the car')}", 18, bold=True),
                hint(" · ".join(str(each) for each in told if each)),
            ],
            2,
        )

        async def tapped(_: Any) -> None:
            await join(shift)

        return tappable(f"join-{shift.record_id}", inside, tapped)

    return [heading("Join a shift of your team", 20, 2), *(one(shift) for shift in shifts)] if shifts else []


def plan_view(plan: Plan, typed: Typed, change: Any, wrong: bool) -> list[Any]:
    def preset(number: int, pattern: ShiftPattern) -> ft.Control:
        start, end = f"{pattern.start:%H:%M}", f"{pattern.end:%H:%M}"
        usual = plan.day.weekday() in pattern.days
        over = " the next morning" if pattern.end <= pattern.start else ""
        return radio(
            f"pattern-{number}",
            f"{start} to {end}{over}",
            (typed["start"], typed["end"]) == (start, end),
            lambda: change(start=start, end=end),
            "Usual on this day" if usual else "",
        )

    def time_field(name: str, label: str, key: str) -> ft.Control:
        field = text_field(
            name, label, typed[key], typed.into(key), keyboard_type=ft.KeyboardType.DATETIME, wrong=wrong
        )
        return stack([words(label, 16, bold=True), field], 6, expand=1)

    officer = text_field(
        "crew-officer",
        "Officer with you",
        typed["officer"],
        typed.into("officer"),
        capitalization=ft.TextCapitalization.WORDS,
    )
    return [
        heading("Start a shift"),
        hint(f"The shift of {plan.day:%A} {say_day(plan.day)}"),
        card(
            [
                words("Which car?", 17, bold=True),
                *(radio(f"car-{ident(car)}", car, plan.car == car, lambda car=car: change(car=car)) for car in CARS),
            ]
        ),
        card(
            [
                words("Hours", 17, bold=True),
                *(preset(number, pattern) for number, pattern in enumerate(PATTERNS, start=1)),
                row([time_field("shift-from", "From", "start"), time_field("shift-to", "To", "end")], 12),
                callout("Enter both times in four digits, for example 1500.", grave=True) if wrong else None,
            ]
        ),
        card([words("Officer with you", 17, bold=True), hint("Name and collar number, if there is one"), officer]),
    ]

"""Start a shift on a named car, or join one of the team.

The hours come from the pattern of the day; any can be typed.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import flet as ft

from field_app.ui.forms.choices import radio
from field_app.ui.forms.input_parsing import read_clock, say_day
from field_app.ui.kit.buttons import primary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field, under_words
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.hooks import Typed, use_reading, use_value
from field_app.ui.kit.widgets import callout, card, heading, hint, ident, row, stack, tappable, words
from field_app.ui.phone.home import hours
from field_app.ui.phone.state import Ui, use_typed
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
    session = ui.signed_in()
    shift_id = ft.use_memo(lambda: str(uuid4()), [])  # one shift for each time that the screen is opened
    usual, _ = use_value(lambda: plan_for(ui.now()))
    typed = use_typed(ui, "shift", lambda: Typed(officer="", car=usual.car, start=usual.start, end=usual.end))
    plan, set_plan = use_value(lambda: replace(usual, **{key: typed[key] for key in ("car", "start", "end")}))
    wrong, set_wrong = use_value(False)
    open_shifts = use_reading(session.shifts, session.store.on_change, front=at.front)

    def change(**fields: str) -> None:
        typed.texts.update({key: text for key, text in fields.items() if key in typed.texts})
        set_plan(lambda before: replace(before, **fields))
        set_wrong(False)

    async def start(_: ft.Event) -> None:
        when = times(replace(plan, start=typed["start"], end=typed["end"]))
        set_wrong(when is None)
        officer = typed["officer"].strip()
        if when and await ui.do(session.start_shift, plan.car, officer, plan.day, *when, shift_id):
            ui.go("/")

    async def join(shift: Record) -> None:
        if await ui.do(session.join_shift, shift.record_id):
            ui.go("/")

    inside = body([*join_view(open_shifts, join), *plan_view(plan, typed, change, wrong)])
    button = primary("start-shift", "Start shift", start)
    return frame(ui, at, "Shift", inside, back=lambda _: ui.go("/"), bottom=thumb([button]))


def join_view(shifts: list[Record], join: Callable[[Record], Awaitable[None]]) -> list[ft.Control]:
    def shift_card(shift: Record) -> ft.Control:
        values = shift.values
        day = in_words(questions(CATALOGUE["shift"])["day"], values["day"]) if values.get("day") else ""
        facts = [day, hours(shift), values.get("crew_nurse"), values.get("crew_officer")]
        title = words(f"Join {values.get('car', 'the car')}", 18, bold=True)
        inside = stack([title, hint(" · ".join(str(fact) for fact in facts if fact))], 2)

        async def tapped(_: ft.Event) -> None:
            await join(shift)

        return tappable(f"join-{shift.record_id}", inside, tapped)

    return [heading("Join a shift of your team", 20, 2), *map(shift_card, shifts)] if shifts else []


def plan_view(plan: Plan, typed: Typed, change: Callable[..., None], wrong: bool) -> list[ft.Control]:
    cars = [radio(f"car-{ident(car)}", car, plan.car == car, lambda car=car: change(car=car)) for car in CARS]
    label, letters = "Officer with you", ft.TextCapitalization.WORDS
    officer = text_field("crew-officer", label, typed["officer"], typed.into("officer"), capitalization=letters)
    under = hint("Name and collar number, if there is one")
    return [
        heading("Start a shift"),
        hint(f"The shift of {plan.day:%A} {say_day(plan.day)}"),
        card([words("Which car?", 17, bold=True), *cars]),
        hours_card(plan, typed, change, wrong),
        card([words(label, 17, bold=True), under, officer]),
    ]


def hours_card(plan: Plan, typed: Typed, change: Callable[..., None], wrong: bool) -> ft.Control:
    """The usual patterns of hours, or any other; `change`: takes start and end."""

    def preset(number: int, pattern: ShiftPattern) -> ft.Control:
        start, end = f"{pattern.start:%H:%M}", f"{pattern.end:%H:%M}"
        over = " the next morning" if pattern.end <= pattern.start else ""
        usual = "Usual on this day" if plan.day.weekday() in pattern.days else ""
        on = (typed["start"], typed["end"]) == (start, end)
        text = f"{start} to {end}{over}"
        return radio(f"pattern-{number}", text, on, lambda: change(start=start, end=end), usual)

    def time_field(name: str, label: str, key: str) -> ft.Control:
        keys = ft.KeyboardType.DATETIME
        field = text_field(name, label, typed[key], typed.into(key), keyboard_type=keys, wrong=wrong)
        return under_words(label, field, expand=1)

    return card(
        [
            words("Hours", 17, bold=True),
            *(preset(number, pattern) for number, pattern in enumerate(PATTERNS, start=1)),
            row([time_field("shift-from", "From", "start"), time_field("shift-to", "To", "end")], 12),
            callout("Enter both times in four digits, for example 1500.", grave=True) if wrong else None,
        ]
    )

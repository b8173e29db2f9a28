"""The time ribbon of an incident, and its next step as the one large button."""

from collections.abc import Sequence
from datetime import datetime

import flet as ft

from field_app.ui.forms.date_time_fields import time_fields
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link, primary, square
from field_app.ui.kit.frame import thumb
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import callout, card, heading, named, row, stack, words
from field_app.ui.phone.shown import Does
from sync.core.times import clock
from sync.domain.catalogue import CATALOGUE
from sync.domain.forms import Note, Source, questions
from sync.domain.records.incident import Incident


def following(incident: Incident, offered: tuple[str, ...]) -> str | None:
    """The ribbon's next step: the first after the last that has a time, or None at its end."""
    done = [place for place, name in enumerate(offered) if name in incident.times]
    after = done[-1] + 1 if done else 0
    return offered[after] if after < len(offered) else None


def ribbon_view(incident: Incident, offered: tuple[str, ...], notes: Sequence[Note], does: Does) -> ft.Control:
    """The times of the steps that this incident goes through, and quiet questions about times that look wrong."""
    pairs = [offered[place : place + 2] for place in range(0, len(offered), 2)]
    rows = [row([step_view(incident, name, does) for name in pair], 4, top=True) for pair in pairs]
    entering = entering_view(incident, does) if does.typing else None
    every = row([link("all-times", "All times", lambda _: does.go(f"{does.path}/times"))], wrap=True)
    asks = [callout(note.text, note.source) for note in notes]
    return card([heading("Times", 18, 2), stack(rows, 2), entering, *asks, every], spacing=4)


def step_view(incident: Incident, name: str, does: Does) -> ft.Control:
    """A step and its time. A tap types or corrects the time."""
    record, at = incident.records.get(incident.incident_id), incident.times.get(name)
    typed = at is not None and record is not None and record.values[name].get("source") == Source.TYPED
    icon = ft.Icons.CHECK_CIRCLE if at else ft.Icons.RADIO_BUTTON_UNCHECKED
    time = f"{clock(at)}{' typed' if typed else ''}" if at else "No time yet"
    lines = [words(text_of(name), 15, bold=bool(at)), words(time, 15, color=t.TEXT if at else t.QUIET)]
    box = ft.Container(
        row([ft.Icon(icon, size=20, color=t.GO if at else t.EDGE), stack(lines, 0, expand=True)], t.GAP, top=True),
        padding=ft.Padding.symmetric(horizontal=4, vertical=6),
        ink=not does.closed,
        border_radius=8,
        on_click=once(f"time-{name}", None if does.closed else lambda _: does.type_time(name)),
        bgcolor=t.CHOSEN if does.typing == name else None,
    )
    about = {} if does.closed else {"button": True, "hint_text": "Enters or corrects the time"}
    return named(f"time-{name}", box, expand=1, **about)


def text_of(name: str) -> str:
    """The words of a step's question."""
    return questions(CATALOGUE["incident"])[name].text


def entering_view(incident: Incident, does: Does) -> ft.Control:
    """The fields for the time of a step. Cleared, a time stays: it is cleared in its section, among the others."""
    name = does.typing

    def take(when: datetime | None) -> object:
        return does.stamp(name, when) if when else None

    fields = time_fields(
        f"enter-{name}", text_of(name), incident.times.get(name), does.now, take, lambda: does.type_time(""), key=name
    )
    title = words(f"{text_of(name)}: when?", 16, bold=True)
    return ft.Container(stack([title, fields]), padding=ft.Padding.only(top=8))


def next_step(incident: Incident, offered: tuple[str, ...], does: Does) -> ft.Control | None:
    """One large button: a tap stamps now, a long press or the link types a time."""
    name = following(incident, offered)
    if name is None:
        path = f"{does.path}/sign"
        return thumb([primary("sign", "Check and sign", lambda _: does.go(path), ft.Icons.DRAW_OUTLINED)])

    def type_time(_: ft.Event) -> None:
        does.type_time(name)

    text = text_of(name)
    icon, expand = ft.Icons.SCHEDULE, {"expand": True}
    button = primary("next-step", text, lambda _: does.stamp(name, None), icon, type_time, **expand)
    typed = square("enter-time", ft.Icons.MORE_TIME, f"Enter a time for {text}", type_time)
    return thumb([row([button, typed], 12)])

"""The time ribbon of an incident, and its next step as the one large button."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.date_time_fields import time_fields
from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import thumb
from field_app.ui.kit.widgets import callout, card, heading, link, named, primary, row, square, stack, words
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


def ribbon_view(
    incident: Incident,
    offered: tuple[str, ...],
    notes: Sequence[Note],
    does: Does,
    typing: str,
    closed: bool,
    clock_now: Any,
) -> ft.Control:
    """The times of the steps that this incident goes through, and quiet questions about times that look wrong."""
    asked = questions(CATALOGUE["incident"])
    record = incident.records.get(incident.incident_id)
    values = record.values if record else {}

    def step(name: str) -> ft.Control:
        at = incident.times.get(name)
        later = bool(at) and values[name].get("source") == Source.TYPED
        icon = ft.Icons.CHECK_CIRCLE if at else ft.Icons.RADIO_BUTTON_UNCHECKED
        said = f"{clock(at)}{' typed' if later else ''}" if at else "No time yet"
        told = stack(
            [words(asked[name].text, 15, bold=bool(at)), words(said, 15, color=t.TEXT if at else t.QUIET)],
            0,
            expand=True,
        )
        box = ft.Container(
            row(
                [ft.Icon(icon, size=20, color=t.GO if at else t.EDGE), told],
                t.GAP,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            padding=ft.Padding.symmetric(horizontal=4, vertical=6),
            ink=not closed,
            border_radius=8,
            on_click=None if closed else lambda _: does.type_time(name),
            bgcolor=t.CHOSEN if typing == name else None,
        )
        about = {} if closed else {"button": True, "hint_text": "Enters or corrects the time"}
        return named(f"time-{name}", box, expand=1, **about)

    pairs = [offered[place : place + 2] for place in range(0, len(offered), 2)]
    rows: list[Any] = [
        row([step(name) for name in pair], 4, vertical_alignment=ft.CrossAxisAlignment.START) for pair in pairs
    ]
    entering = (
        ft.Container(
            stack(
                [
                    words(f"{asked[typing].text}: when?", 16, bold=True),
                    time_fields(
                        f"enter-{typing}",
                        asked[typing].text,
                        incident.times.get(typing),
                        clock_now,
                        stamper(does, typing),
                        lambda: does.type_time(""),
                        key=typing,
                    ),
                ]
            ),
            padding=ft.Padding.only(top=8),
        )
        if typing
        else None
    )
    every = row([link("all-times", "All times", lambda _: does.go(f"{does.path}/times"))], wrap=True)
    asks = [callout(note.text, note.source) for note in notes]
    return card([heading("Times", 18, 2), stack(rows, 2), entering, *asks, every], spacing=4)


def stamper(does: Does, name: str) -> Any:
    """Takes a typed time. A time that is cleared is cleared in the section, where it stands among the others."""

    def take(when: datetime | None) -> Any:
        return does.stamp(name, when) if when else None

    return take


def next_step(incident: Incident, offered: tuple[str, ...], does: Does) -> ft.Control | None:
    """One large button: a tap stamps now, a long press or the link types a time."""
    name = following(incident, offered)
    if name is None:
        return thumb(
            [primary("sign", "Check and sign", lambda _: does.go(f"{does.path}/sign"), ft.Icons.DRAW_OUTLINED)]
        )

    text = questions(CATALOGUE["incident"])[name].text
    button = primary(
        "next-step",
        text,
        lambda _: does.stamp(name),
        ft.Icons.SCHEDULE,
        on_long_press=lambda _: does.type_time(name),
        expand=True,
    )
    typed = square("enter-time", ft.Icons.MORE_TIME, f"Enter a time for {text}", lambda _: does.type_time(name))
    return thumb([row([button, typed], 12)])

"""The rail: where one can go, what waits there, who is signed in."""

from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.ui import theme as t
from field_app.ui.console.state import Console, use_asked
from field_app.ui.parts import named, part, stack, words
from sync.errors import Problem

WIDTH = 92
ON, DIM = ft.Colors.WHITE, "#c3d3e6"
GROUND, HERE = t.BAR, ft.Colors.with_opacity(0.16, ft.Colors.WHITE)


@dataclass(frozen=True)
class Place:
    screen: str
    said: str
    icon: Any
    icon_here: Any


DESK = (
    Place("board", "Live board", ft.Icons.SENSORS_OUTLINED, ft.Icons.SENSORS),
    Place("review", "Review", ft.Icons.FACT_CHECK_OUTLINED, ft.Icons.FACT_CHECK),
    Place("records", "Records", ft.Icons.MANAGE_SEARCH_OUTLINED, ft.Icons.MANAGE_SEARCH),
    Place("phones", "Phones", ft.Icons.PHONELINK_RING_OUTLINED, ft.Icons.PHONELINK_RING),
)
OFFICER = (Place("sheets", "Handovers", ft.Icons.ASSIGNMENT_OUTLINED, ft.Icons.ASSIGNMENT),)
WITHOUT_PHONES = DESK[:3]


def places(role: str) -> tuple[Place, ...]:
    """Where this role can go."""
    return {"officer": OFFICER, "supervisor": DESK}.get(role, WITHOUT_PHONES)


@part
def rail(console: Console, screen: str, dark: bool) -> ft.Control:
    who = console.who
    desk = console.desk

    def ask() -> int:
        before = desk.waiting()
        try:
            if before and desk.send_waiting():
                for incident_id in before:
                    console.comments.pop(incident_id, None)
                console.say("What was waiting has been received by the centre.")
        except Problem as refused:
            console.tell(refused)
        return desk.incidents("review", limit=1).total if who and who.role != "officer" else 0

    waiting = use_asked(console, "to-review", ask, [who and who.practitioner_id], every=console.every)
    return rail_view(console, screen, dark, waiting.value or 0)


def rail_view(console: Console, screen: str, dark: bool, to_review: int) -> ft.Control:
    who = console.who
    going = [
        _place(place, place.screen == screen, to_review if place.screen == "review" else 0, lambda _, to=place.screen: console.go(to))
        for place in (places(who.role) if who else ())
    ]  # fmt: skip
    mark = stack(
        [
            ft.Container(ft.Image("/icon.png", width=36, height=36), border_radius=9, clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
                         width=36, height=36),
        ], 4, )  # fmt: skip
    theme = _small(
        "theme", ft.Icons.LIGHT_MODE_OUTLINED if dark else ft.Icons.DARK_MODE_OUTLINED, "Light theme" if dark else "Night theme",
        lambda _: console.switch_night(),
    )  # fmt: skip
    out = _small("sign-out", ft.Icons.LOGOUT, "Sign out", lambda _: console.spawn(console.sign_out()))
    return ft.Container(
        ft.Column(
            [
                ft.Container(mark, alignment=ft.Alignment.CENTER, padding=ft.Padding.only(top=16, bottom=14)),
                *going,
                ft.Container(expand=True),
                _person(console),
                theme,
                out,
                ft.Container(height=8),
            ],
            spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=WIDTH, bgcolor=GROUND,
    )  # fmt: skip


def _place(place: Place, here: bool, count: int, on_click: Any) -> ft.Control:
    colour = ON if here else DIM
    icon = ft.Icon(place.icon_here if here else place.icon, size=24, color=colour)
    badge = ft.Container(
        words(str(count) if count < 100 else "99+", 11, bold=True, color="#212b32", semantics_label=f"{count} waiting"), bgcolor="#ffb81c", border_radius=9,
        padding=ft.Padding.symmetric(horizontal=6, vertical=1), right=8, top=-2,
    )  # fmt: skip
    stacked = ft.Stack(
        [ft.Container(icon, alignment=ft.Alignment.CENTER, height=28), *([badge] if count else [])], height=28
    )
    box = ft.Container(
        stack([stacked, words(place.said, 12, bold=here, color=colour, text_align=ft.TextAlign.CENTER)], 2),
        padding=ft.Padding.symmetric(vertical=8), margin=ft.Margin.symmetric(horizontal=8), border_radius=10, ink=True,
        bgcolor=HERE if here else None, on_click=on_click,
    )  # fmt: skip
    return named("go-" + place.screen, box, button=True, selected=here)


def _person(console: Console) -> ft.Control:
    who = console.who
    if who is None:
        return ft.Container()
    initials = "".join(part[0] for part in who.name.split()[:2]).upper()
    face = ft.Container(
        words(initials, 13, bold=True, color=ON), width=36, height=36, border_radius=18, alignment=ft.Alignment.CENTER,
        bgcolor=HERE, tooltip=f"{who.name}, {who.role}{', ' + who.team_name if who.team_name else ''}",
    )  # fmt: skip
    said = words(who.name.split()[0], 12, color=DIM, text_align=ft.TextAlign.CENTER)
    inside = stack([ft.Container(face, alignment=ft.Alignment.CENTER), said], 4)
    return named("who", ft.Container(inside, padding=ft.Padding.only(bottom=8)))


def _small(name: str, icon: Any, label: str, on_click: Any) -> ft.Control:
    box = ft.Container(
        stack([ft.Container(ft.Icon(icon, size=20, color=DIM), alignment=ft.Alignment.CENTER),
               words(label, 11, color=DIM, text_align=ft.TextAlign.CENTER)], 1),
        padding=ft.Padding.symmetric(vertical=6), margin=ft.Margin.symmetric(horizontal=8), border_radius=8, ink=True,
        on_click=on_click,
    )  # fmt: skip
    return named(name, box, button=True)

"""The navigation rail: where one can go, what waits there, who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass

import flet as ft

from field_app.ui.console.layout import LOW, Layout
from field_app.ui.console.polling import use_polled
from field_app.ui.console.state import Console
from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.pressing import once
from field_app.ui.kit.widgets import Handler, named, stack, words
from sync.core.errors import Problem
from sync.core.roles import Action, may

ON, DIM, RING = ft.Colors.WHITE, "#c3d3e6", "#ffeb3b"  # the ring of the focus is the yellow of the NHS design system
GROUND, HERE = t.BAR, ft.Colors.with_opacity(0.16, ft.Colors.WHITE)


@dataclass(frozen=True)
class NavPlace:
    """A screen of the desk. `needs`: what a role has to be allowed to go there."""

    screen: str
    label: str
    needs: Action
    icon: ft.IconData
    icon_here: ft.IconData


PLACES = (
    NavPlace("board", "Live board", "incidents.list", ft.Icons.SENSORS_OUTLINED, ft.Icons.SENSORS),
    NavPlace("review", "Review", "incidents.list", ft.Icons.FACT_CHECK_OUTLINED, ft.Icons.FACT_CHECK),
    NavPlace("records", "Records", "incidents.list", ft.Icons.MANAGE_SEARCH_OUTLINED, ft.Icons.MANAGE_SEARCH),
    NavPlace("phones", "Phones", "devices.list", ft.Icons.PHONELINK_RING_OUTLINED, ft.Icons.PHONELINK_RING),
    NavPlace(
        "late-work", "To accept", "change.accept", ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, ft.Icons.MARK_EMAIL_UNREAD
    ),
    NavPlace("sheets", "Handovers", "handovers.read", ft.Icons.ASSIGNMENT_OUTLINED, ft.Icons.ASSIGNMENT),
)


RARE = "late-work"  # shown only while something waits there


def places(role: str) -> tuple[NavPlace, ...]:
    """Where this role can go."""
    return tuple(place for place in PLACES if may(role, place.needs))


@part
def nav_rail(console: Console, layout: Layout, screen: str, dark: bool) -> ft.Control:
    who = console.who
    desk = console.desk

    def ask() -> dict[str, int]:
        before = desk.waiting()
        try:
            if before and desk.send_waiting():
                for incident_id in before:
                    console.comments.pop(incident_id, None)
                console.say("What was waiting has been received by the centre.")
        except Problem as refused:
            console.tell(refused)
        counts = {}
        if who and may(who.role, "incidents.list"):
            counts["review"] = desk.incidents("review", limit=1).total
        if who and may(who.role, "change.accept"):
            counts[RARE] = desk.late_work_count()
        return {screen: count for screen, count in counts.items() if count}

    waiting = use_polled(console, "to-review", ask, [who and who.practitioner_id], every=console.every)
    return nav_rail_view(console, layout, screen, dark, waiting.value or {})


def nav_rail_view(console: Console, layout: Layout, screen: str, dark: bool, waiting: Mapping[str, int]) -> ft.Control:
    """`waiting`: how many wait on a screen."""
    who = console.who
    going = [
        _place(place, place.screen == screen, waiting.get(place.screen, 0), lambda _, to=place.screen: console.go(to))
        for place in (places(who.role) if who else ())
        if place.screen in (screen, *waiting) or place.screen != RARE
    ]
    mark = ft.Container(
        ft.Image("/icon.png", width=36, height=36, border_radius=9),
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.only(top=16, bottom=14),
    )
    icon, theme = (
        (ft.Icons.LIGHT_MODE_OUTLINED, "Light theme") if dark else (ft.Icons.DARK_MODE_OUTLINED, "Night theme")
    )
    low = layout.height < LOW  # everything scrolls, and the picture is left out
    inside = [
        ft.Container(height=8) if low else mark,
        *going,
        *([] if low else [ft.Container(expand=True)]),
        _person(console),
        _small("theme", icon, theme, lambda _: console.switch_night()),
        _small("sign-out", ft.Icons.LOGOUT, "Sign out", lambda _: console.spawn(console.sign_out())),
        ft.Container(height=8),
    ]
    column = ft.Column(
        inside,
        spacing=4,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        scroll=ft.ScrollMode.AUTO if low else None,
    )
    return ft.Container(column, width=layout.nav_rail, bgcolor=GROUND)


def _press(name: str, inside: ft.Control, on_click: Handler, on: bool = False) -> ft.Control:
    """A target of the rail, with a ring round it when a keyboard has brought one there."""
    style = ft.ButtonStyle(
        padding=ft.Padding.symmetric(vertical=8),
        shape=ft.RoundedRectangleBorder(radius=10),
        bgcolor=HERE if on else ft.Colors.TRANSPARENT,
        overlay_color=ft.Colors.with_opacity(0.1, ft.Colors.WHITE),
        side={
            ft.ControlState.FOCUSED: ft.BorderSide(3, RING),
            ft.ControlState.DEFAULT: ft.BorderSide(3, ft.Colors.TRANSPARENT),
        },
    )
    target = ft.TextButton(content=inside, on_click=once(name, on_click), style=style)
    return ft.Container(named(name, target, selected=on), padding=ft.Padding.symmetric(horizontal=6))


def _place(place: NavPlace, on: bool, count: int, on_click: Handler) -> ft.Control:
    colour = ON if on else DIM
    icon = ft.Container(
        ft.Icon(place.icon_here if on else place.icon, size=24, color=colour), alignment=ft.Alignment.CENTER, height=28
    )
    with_badge = ft.Stack([icon, *([_badge(count)] if count else [])], height=28)
    label = words(place.label, 12, bold=on, color=colour, text_align=ft.TextAlign.CENTER)
    return _press("go-" + place.screen, stack([with_badge, label], 2), on_click, on)


def _badge(count: int) -> ft.Control:
    """How many wait there."""
    text = str(count) if count < 100 else "99+"
    return ft.Container(
        words(text, 11, bold=True, color="#212b32", semantics_label=f"{count} waiting"),
        bgcolor="#ffb81c",
        border_radius=9,
        padding=ft.Padding.symmetric(horizontal=6, vertical=1),
        right=4,
        top=-2,
    )


def _person(console: Console) -> ft.Control:
    who = console.who
    if who is None:
        return ft.Container()
    initials = "".join(part[0] for part in who.name.split()[:2]).upper()
    face = ft.Container(
        words(initials, 13, bold=True, color=ON),
        width=36,
        height=36,
        border_radius=18,
        alignment=ft.Alignment.CENTER,
        bgcolor=HERE,
        tooltip=f"{who.name}, {who.role}{', ' + who.team_name if who.team_name else ''}",
    )
    name = words(who.name.split()[0], 12, color=DIM, text_align=ft.TextAlign.CENTER)
    inside = stack([ft.Container(face, alignment=ft.Alignment.CENTER), name], 4)
    return named("who", ft.Container(inside, padding=ft.Padding.only(bottom=8)))


def _small(name: str, icon: ft.IconData, label: str, on_click: Handler) -> ft.Control:
    text = words(label, 11, color=DIM, text_align=ft.TextAlign.CENTER)
    sign = ft.Container(ft.Icon(icon, size=20, color=DIM), alignment=ft.Alignment.CENTER)
    return _press(name, stack([sign, text], 1), on_click)

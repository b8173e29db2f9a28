"""Shift home: the shift, what came back, the open incidents with their running clocks, and one large New incident."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import At, body, frame, thumb, use_now
from field_app.ui.kit.widgets import (
    card,
    heading,
    hint,
    icon_button,
    link,
    part,
    primary,
    row,
    secondary,
    stack,
    tag,
    tappable,
    use_drawn,
    use_reading,
    use_value,
    words,
)
from field_app.ui.phone.guidance import news_view
from field_app.ui.phone.state import Ui
from sync.core.times import clock, day_and_clock, moment
from sync.domain.content.pack_set import PackSet
from sync.domain.records.clocks import Running, running
from sync.domain.records.fold import Record
from sync.domain.records.handing_on import Offer, offered_to, waiting
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import open_comments, signature, standing

EARLIER = 20  # closed incidents shown


@dataclass(frozen=True)
class Home:
    shift: Record | None
    incidents: tuple[Incident, ...]
    standings: tuple[str, ...]
    me: str = ""
    name_of: Callable[[str], str] = str
    new_guidance: str = ""


@part
def home_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.session
    assert session is not None

    def read() -> Home:
        found = session.store.incidents()
        return Home(
            session.shift(),
            tuple(found),
            tuple(standing(incident) for incident in found),
            session.who.practitioner_id,
            session.name,
            session.new_guidance(),
        )

    home = use_reading(read, session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    busy, set_busy = use_value(False)

    async def new(_: Any) -> None:
        if busy:
            return
        set_busy(True)
        try:
            incident_id = await asyncio.to_thread(session.new_incident)
        finally:
            set_busy(False)
        ui.go(f"/incident/{incident_id}")

    async def end(_: Any) -> None:
        await ui.do(session.end_shift)

    async def accept(incident_id: str, offered: str) -> None:
        await ui.do(session.accept, incident_id, offered)

    button = primary("new-incident", "New incident", new, ft.Icons.ADD)
    inside = use_drawn(at.front, lambda: body(home_view(home, session.packs, now, ui.go, end, accept)))
    return frame(
        ui,
        at,
        session.who.name,
        inside,
        bottom=thumb([button]),
        under=session.who.team_name,
        actions=[
            icon_button("lock", ft.Icons.LOCK_OUTLINE, "Lock the phone", lambda _: ui.spawn(ui.leave()), t.ON_BAR)
        ],
    )


def home_view(home: Home, packs: PackSet, now: datetime, go: Any, end: Any, accept: Any = None) -> list[Any]:
    both = list(zip(home.incidents, home.standings, strict=True))
    handed = [(incident, offer) for incident, _ in both if (offer := offered_to(incident, home.me))]
    returned = [incident for incident, state in both if state == "returned" and mine(incident, home.me)]
    above = {incident.incident_id for incident in (*returned, *(incident for incident, _ in handed))}
    others = [(incident, state) for incident, state in both if incident.incident_id not in above]
    still = [
        one for one in others if one[0].open or one[1] in ("in-progress", "changed", "returned") or waiting(one[0])
    ]
    earlier = [one for one in others if one not in still][:EARLIER]
    return [
        part_view(
            "Handed to you",
            [handed_view(incident, packs, offer, home.name_of, now, go, accept) for incident, offer in handed],
        ),
        shift_view(home.shift, go, end),
        links_view(home, go),
        part_view("Sent back to you", [returned_view(incident, go) for incident in returned]),
        part_view("Open incidents", [incident_view(incident, packs, state, now, go) for incident, state in still]),
        empty_view() if not both else None,
        part_view("Earlier", [incident_view(incident, packs, state, now, go) for incident, state in earlier]),
    ]


def handed_view(
    incident: Incident, packs: PackSet, offer: Offer, name_of: Any, now: datetime, go: Any, accept: Any
) -> ft.Control:
    """What a colleague handed on, with its clocks: theirs until it is accepted."""
    told = f"From {name_of(offer.author)}, {day_and_clock(offer.at)}, to: {offer.words}"

    async def tapped(_: Any) -> None:
        await accept(incident.incident_id, offer.change_id)

    look = link(f"handed-{incident.incident_id}", "Read it first", lambda _: go(f"/incident/{incident.incident_id}"))
    taken = secondary(f"accept-{incident.incident_id}", "Accept", tapped, ft.Icons.HOW_TO_REG)
    said = words(f"“{offer.note}”", 16) if offer.note else None
    clocks = running(incident, packs, now) if incident.open else []
    return card(
        [
            words(label(incident), 18, bold=True),
            hint(told),
            said,
            clock_row(clocks) if clocks else None,
            row([taken, look], wrap=True),
        ],
        edge=t.WARN_EDGE,
    )


def links_view(home: Home, go: Any) -> ft.Control:
    """What can be looked up, with or without signal."""
    links = [
        link("guidance", "Guidance", lambda _: go("/guidance"), ft.Icons.MENU_BOOK_OUTLINED),
        link("services", "Services", lambda _: go("/services"), ft.Icons.PLACE_OUTLINED),
        link("rules", "Law on this phone", lambda _: go("/rules"), ft.Icons.GAVEL_OUTLINED),
    ]
    return stack([news_view(home.new_guidance, go), row(links, 4, wrap=True, run_spacing=0)], 0)


def mine(incident: Incident, me: str) -> bool:
    """Whether this nurse signed it, so that what came back comes back to them."""
    signed = signature(incident)
    return signed is None or signed.author == me


def part_view(title: str, cards: Sequence[ft.Control]) -> ft.Control | None:
    return stack([heading(title, 18, 2), *cards], 10) if cards else None


def empty_view() -> ft.Control:
    return stack(
        [
            ft.Container(height=24),
            ft.Icon(ft.Icons.ASSIGNMENT_OUTLINED, size=40, color=t.QUIET),
            words("No incidents yet", 18, bold=True, text_align=ft.TextAlign.CENTER),
            words(
                "New incident starts one. It works without any signal.",
                16,
                color=t.QUIET,
                text_align=ft.TextAlign.CENTER,
            ),
        ]
    )


def shift_view(shift: Record | None, go: Any, end: Any) -> ft.Control:
    if shift is None:
        return card(
            [
                words("You are not on a shift", 18, bold=True),
                hint("Incidents can be recorded all the same."),
                row(
                    [
                        secondary(
                            "start-shift",
                            "Start or join a shift",
                            lambda _: go("/shift"),
                            ft.Icons.DIRECTIONS_CAR_OUTLINED,
                        )
                    ],
                    wrap=True,
                ),
            ]
        )
    told = [hours(shift), shift.values.get("crew_officer")]
    return card(
        [
            row(
                [
                    ft.Icon(ft.Icons.DIRECTIONS_CAR, color=t.LINK, size=28),
                    stack(
                        [
                            words(str(shift.values.get("car", "")), 18, bold=True),
                            words(" · ".join(each for each in told if each), 16, color=t.QUIET),
                        ],
                        2,
                        expand=True,
                    ),
                ],
                12,
            ),
            row([link("end-shift", "End shift", end)], alignment=ft.MainAxisAlignment.END),
        ]
    )


def hours(shift: Record) -> str:
    start, end = shift.values.get("planned_start"), shift.values.get("planned_end")
    return f"{clock(moment(start))}–{clock(moment(end))}" if isinstance(start, str) and isinstance(end, str) else ""


def returned_view(incident: Incident, go: Any) -> ft.Control:
    comments = [str(each.get("comment", "")) for each in open_comments(incident)]
    inside = stack(
        [
            row(
                [words(label(incident), 18, bold=True, expand=True), tag("returned")],
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            *(words(f"“{comment}”", 16) for comment in comments),
        ]
    )
    return tappable(
        f"returned-{incident.incident_id}", inside, lambda _: go(f"/incident/{incident.incident_id}"), edge=t.WARN_EDGE
    )


def incident_view(incident: Incident, packs: PackSet, state: str, now: datetime, go: Any) -> ft.Control:
    record = incident.records.get(incident.incident_id)
    ref = record.values.get("cad_ref") if record else None
    under = " · ".join(str(each) for each in (day_and_clock(incident.opened_at), ref) if each)
    clocks = running(incident, packs, now) if incident.open else []
    title = row(
        [words(label(incident), 18, bold=True, expand=True), tag(state) if state != "in-progress" else None],
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    offer = waiting(incident)
    stands = words(f"Waiting for acceptance. {offer.words}", 15, bold=True, color=t.TEXT) if offer else None
    inside = stack([title, hint(under), stands, *([clock_row(clocks)] if clocks else [])], 6)
    return tappable(f"incident-{incident.incident_id}", inside, lambda _: go(f"/incident/{incident.incident_id}"))


def clock_row(clocks: Sequence[Running]) -> ft.Control:
    return row([clock_view(each) for each in clocks], wrap=True, run_spacing=t.GAP)


def clock_view(each: Running) -> ft.Control:
    ground, ink = (t.WARN, t.ON_WARN) if each.grave else (ft.Colors.SURFACE_CONTAINER_HIGHEST, t.TEXT)
    icon = ft.Icons.WARNING_ROUNDED if each.grave else ft.Icons.TIMER_OUTLINED
    line = row(
        [
            ft.Icon(icon, size=18, color=ink),
            words(f"{each.name} {each.figure}", 15, bold=True, color=ink, expand=True, expand_loose=True),
        ],
        6,
        tight=True,
    )
    return ft.Container(
        line,
        bgcolor=ground,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=10, vertical=6),
        tooltip=each.text or None,
    )

"""Shift home: the shift, what came back, the open incidents with their running clocks, and one large New incident."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import flet as ft

from field_app.phone.session import Session
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import icon_button, link, primary, secondary, show_more
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.frame import At, body, frame, thumb, use_now
from field_app.ui.kit.hooks import use_drawn, use_reading, use_value
from field_app.ui.kit.widgets import Handler, card, heading, hint, row, stack, tag, tappable, words
from field_app.ui.phone.guidance import news_view
from field_app.ui.phone.shown import Go, NameOf
from field_app.ui.phone.state import Ui
from sync.core.times import clock, day_and_clock, moment
from sync.domain.content.pack_set import PackSet
from sync.domain.records.clocks import Running, running
from sync.domain.records.fold import Record
from sync.domain.records.handing_on import Offer, is_finished, offered_to, waiting
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import open_comments, signature, standing

EARLIER = 20  # incidents with nothing left to do: so many at first, and with each tap for more
Accept = Callable[[str, str], Awaitable[None]]  # an incident, by the change that handed it on


@dataclass(frozen=True)
class Home:
    """What the screen shows of this phone. `incidents` and `standings`: the same incidents, in one order."""

    shift: Record | None
    incidents: tuple[Incident, ...]
    standings: tuple[str, ...]
    me: str = ""
    name_of: NameOf = str
    new_guidance: str = ""
    more: int = 0  # earlier incidents that are not among these


@dataclass(frozen=True)
class HomeDoes:
    """What can be done from this screen, besides going elsewhere."""

    end_shift: Handler
    accept: Accept
    show_more: Callable[[], object]  # of the earlier incidents


@part
def home_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.signed_in()
    most, set_most = use_value(EARLIER)
    home = use_reading(lambda: read_home(session, most), session.store.on_change, front=at.front, about=most)
    now = use_now(ui, front=at.front)
    begin = use_new_incident(ui, session, at.front)

    async def end(_: ft.Event[ft.TextButton]) -> None:
        await ui.do(session.end_shift)

    async def accept(incident_id: str, offered: str) -> None:
        await ui.do(session.accept, incident_id, offered)

    does = HomeDoes(end, accept, lambda: set_most(most + EARLIER))
    button = primary("new-incident", "New incident", begin, ft.Icons.ADD)
    lock = icon_button("lock", ft.Icons.LOCK_OUTLINE, "Lock the phone", lambda _: ui.spawn(ui.leave()), t.ON_BAR)
    inside = use_drawn(at.front, lambda: body(home_view(home, session.packs, now, ui.go, does)))
    who = session.who
    return frame(ui, at, who.name, inside, bottom=thumb([button]), under=who.team_name, actions=[lock])


def read_home(session: Session, most: int) -> Home:
    """`most`: so many of the incidents in which nothing is left to do."""
    incidents = session.store.incidents(most)
    return Home(
        session.shift(),
        tuple(incidents),
        tuple(standing(incident) for incident in incidents),
        session.who.practitioner_id,
        session.name,
        session.new_guidance(),
        session.store.finished() - most,
    )


def use_new_incident(ui: Ui, session: Session, front: bool) -> Handler:
    """Begins an incident and opens it: one for each time that the screen comes to the front."""
    incident_id = ft.use_memo(lambda: str(uuid4()), [front])

    async def begin(_: ft.Event[ft.FilledButton]) -> None:
        if await ui.do(session.new_incident, incident_id):
            ui.go(f"/incident/{incident_id}")

    return begin


def home_view(home: Home, packs: PackSet, now: datetime, go: Go, does: HomeDoes) -> list[ft.Control | None]:
    both = list(zip(home.incidents, home.standings, strict=True))
    handed = [(incident, offer) for incident, _ in both if (offer := offered_to(incident, home.me))]
    returned = [incident for incident, state in both if state == "returned" and mine(incident, home.me)]
    above = {incident.incident_id for incident in (*returned, *(incident for incident, _ in handed))}
    others = [(incident, state) for incident, state in both if incident.incident_id not in above]
    still = [(incident, state) for incident, state in others if not is_finished(incident, state)]
    earlier = [(incident, state) for incident, state in others if is_finished(incident, state)]
    handed_views = [handed_view(incident, packs, offer, home.name_of, now, go, does) for incident, offer in handed]
    return [
        part_view("Handed to you", handed_views),
        shift_view(home.shift, go, does.end_shift),
        links_view(home, go),
        part_view("Sent back to you", [returned_view(incident, go) for incident in returned]),
        part_view("Open incidents", [incident_view(incident, packs, state, now, go) for incident, state in still]),
        empty_view() if not both else None,
        part_view("Earlier", [incident_view(incident, packs, state, now, go) for incident, state in earlier]),
        show_more("more-incidents", home.more, EARLIER, does.show_more),
    ]


def handed_view(
    incident: Incident, packs: PackSet, offer: Offer, name_of: NameOf, now: datetime, go: Go, does: HomeDoes
) -> ft.Control:
    """What a colleague handed on, with its clocks: theirs until it is accepted."""
    origin = f"From {name_of(offer.author)}, {day_and_clock(offer.at)}, to: {offer.words}"

    async def tapped(_: ft.Event[ft.OutlinedButton]) -> None:
        await does.accept(incident.incident_id, offer.change_id)

    look = link(f"handed-{incident.incident_id}", "Read it first", lambda _: go(f"/incident/{incident.incident_id}"))
    take = secondary(f"accept-{incident.incident_id}", "Accept", tapped, ft.Icons.HOW_TO_REG)
    note = words(f"“{offer.note}”", 16) if offer.note else None
    clocks = running(incident, packs, now) if incident.open else []
    inside = [
        words(label(incident), 18, bold=True),
        hint(origin),
        note,
        clock_row(clocks) if clocks else None,
        row([take, look], wrap=True),
    ]
    return card(inside, edge=t.WARN_EDGE)


def links_view(home: Home, go: Go) -> ft.Control:
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
    centre = ft.TextAlign.CENTER
    return stack(
        [
            ft.Container(height=24),
            ft.Icon(ft.Icons.ASSIGNMENT_OUTLINED, size=40, color=t.QUIET),
            words("No incidents yet", 18, bold=True, text_align=centre),
            words("New incident starts one. It works without any signal.", 16, color=t.QUIET, text_align=centre),
        ]
    )


def shift_view(shift: Record | None, go: Go, end: Handler) -> ft.Control:
    if shift is None:
        icon = ft.Icons.DIRECTIONS_CAR_OUTLINED
        start = secondary("start-shift", "Start or join a shift", lambda _: go("/shift"), icon)
        why = hint("Incidents can be recorded all the same.")
        return card([words("You are not on a shift", 18, bold=True), why, row([start], wrap=True)])
    facts = [hours(shift), shift.values.get("crew_officer")]
    car = words(str(shift.values.get("car", "")), 18, bold=True)
    under = words(" · ".join(fact for fact in facts if fact), 16, color=t.QUIET)
    icon = ft.Icon(ft.Icons.DIRECTIONS_CAR, color=t.LINK, size=28)
    return card(
        [
            row([icon, stack([car, under], 2, expand=True)], 12),
            row([link("end-shift", "End shift", end)], alignment=ft.MainAxisAlignment.END),
        ]
    )


def hours(shift: Record) -> str:
    start, end = shift.values.get("planned_start"), shift.values.get("planned_end")
    return f"{clock(moment(start))}–{clock(moment(end))}" if isinstance(start, str) and isinstance(end, str) else ""


def returned_view(incident: Incident, go: Go) -> ft.Control:
    comments = [str(comment.get("comment", "")) for comment in open_comments(incident)]
    title = row([words(label(incident), 18, bold=True, expand=True), tag("returned")], top=True)
    inside = stack([title, *(words(f"“{comment}”", 16) for comment in comments)])
    path = f"/incident/{incident.incident_id}"
    return tappable(f"returned-{incident.incident_id}", inside, lambda _: go(path), edge=t.WARN_EDGE)


def incident_view(incident: Incident, packs: PackSet, state: str, now: datetime, go: Go) -> ft.Control:
    record = incident.records.get(incident.incident_id)
    ref = record.values.get("cad_ref") if record else None
    under = " · ".join(str(fact) for fact in (day_and_clock(incident.opened_at), ref) if fact)
    clocks = running(incident, packs, now) if incident.open else []
    standing_tag = tag(state) if state != "in-progress" else None
    title = row([words(label(incident), 18, bold=True, expand=True), standing_tag], top=True)
    offer = waiting(incident)
    stands = words(f"Waiting for acceptance. {offer.words}", 15, bold=True, color=t.TEXT) if offer else None
    inside = stack([title, hint(under), stands, clock_row(clocks) if clocks else None], 6)
    return tappable(f"incident-{incident.incident_id}", inside, lambda _: go(f"/incident/{incident.incident_id}"))


def clock_row(clocks: Sequence[Running]) -> ft.Control:
    return row([clock_view(running_clock) for running_clock in clocks], wrap=True, run_spacing=t.GAP)


def clock_view(running_clock: Running) -> ft.Control:
    grave = running_clock.grave
    ground, ink = (t.WARN, t.ON_WARN) if grave else (ft.Colors.SURFACE_CONTAINER_HIGHEST, t.TEXT)
    icon = ft.Icon(ft.Icons.WARNING_ROUNDED if grave else ft.Icons.TIMER_OUTLINED, size=18, color=ink)
    text = f"{running_clock.name} {running_clock.figure}"
    return ft.Container(
        row([icon, words(text, 15, bold=True, color=ink, expand=True, expand_loose=True)], 6, tight=True),
        bgcolor=ground,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=10, vertical=6),
        tooltip=running_clock.text or None,
    )

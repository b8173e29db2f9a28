"""Which address shows which screens: the stack of views from home to the one in front.

    /                                shift home
    /shift                           start or join a shift
    /records                         records and receipts
    /guidance                        guidance: search, list
    /guidance/G7                     one page of it
    /rules                           which law is on this phone
    /services                        the service directory
    /incident/ID                     task list and time ribbon
    /incident/ID/sign                check and sign
    /incident/ID/times               all its times
    /incident/ID/hand-on             hand it to the next shift or a crisis team
    /incident/ID/KIND[/RECORD|/new]  a section

Nobody signed in: the sign-in screen, whatever the address. The phone in an officer's hand: the handover sheet, whatever
the address. The back gesture pops the view in front.
"""

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.error_boundary import log_fault, part
from field_app.ui.kit.frame import At, frame
from field_app.ui.kit.hooks import use_reading, use_redraw, use_redraw_unseen
from field_app.ui.kit.widgets import callout, side_by_side, words
from field_app.ui.phone.check import check_screen
from field_app.ui.phone.directory import directory_screen
from field_app.ui.phone.guidance import back_of, guidance_page, guidance_screen, rules_screen
from field_app.ui.phone.hand_on import hand_on_screen
from field_app.ui.phone.home import home_screen
from field_app.ui.phone.incident import incident_screen, opened
from field_app.ui.phone.officer import officer_screen
from field_app.ui.phone.records import records_screen
from field_app.ui.phone.section import section_screen
from field_app.ui.phone.shift import shift_screen
from field_app.ui.phone.sign_in import sign_in_screen
from field_app.ui.phone.state import Ui
from field_app.ui.phone.times import times_screen
from sync.domain.catalogue import SECTIONS
from sync.domain.records.incident import label

LEFT_PANE = 400
Stacked = list[tuple[str, Callable[[At], ft.Control]]]
PLAIN: dict[str, Callable[[Ui, At], ft.Control]] = {
    "shift": shift_screen,
    "guidance": guidance_screen,
    "rules": rules_screen,
    "services": directory_screen,
    "records": records_screen,
}
OF_AN_INCIDENT: dict[str, Callable[[Ui, At, str], ft.Control]] = {
    "sign": check_screen,
    "times": times_screen,
    "hand-on": hand_on_screen,
}


@ft.component
def App(ui: Ui) -> list[ft.View]:  # noqa: N802
    """The views of the address the page is at."""
    ui.redraw, ui.redraw_unseen = use_redraw(), use_redraw_unseen()
    try:
        return views(ui, (ui.page.route or "/").partition("?")[0])
    except Exception as fault:  # noqa: BLE001 - the last boundary: something to go on from is better than nothing
        log_fault("choosing a screen", fault)
        advice = "What you typed is kept. Start the app again."
        return [view("/", callout("This screen could not be shown", advice, grave=True))]


def above(route: str) -> str:
    """Where back leads."""
    if back := back_of(route):
        return back
    parts = [part for part in route.split("/") if part]
    if len(parts) == 2 and parts[0] == "guidance":
        return "/guidance"
    if len(parts) > 2 and parts[0] == "incident":
        return "/".join(["", *parts[:2]])
    return "/"


def view(route: str, content: ft.Control, *, can_pop: bool = True) -> ft.View:
    return ft.View(
        route=route,
        controls=[content],
        padding=0,
        spacing=0,
        bgcolor=t.PAGE,
        can_pop=can_pop,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def views(ui: Ui, route: str) -> list[ft.View]:
    dark, wide = ui.dark, ui.wide
    if ui.session is None:
        return [view("/sign-in", sign_in_screen(ui, At(True, dark, wide)))]
    if ui.handed:
        return [view("/officer", officer_screen(ui, ui.handed), can_pop=False)]
    stacked = stack_of(ui, route, wide)
    front, under = At(True, dark, wide), At(False, dark, wide)
    last = len(stacked) - 1
    home = view("/", home_screen(ui, At(not stacked, dark, wide)))
    above_home = [view(path, draw(front if place == last else under)) for place, (path, draw) in enumerate(stacked)]
    return [home, *above_home]


def stack_of(ui: Ui, route: str, wide: bool) -> Stacked:
    """The screens above home: each its address and what draws it."""
    match [part for part in route.split("/") if part]:
        case [name] if name in PLAIN:
            return [(route, lambda at: PLAIN[name](ui, at))]
        case ["guidance", page_id]:
            pages = lambda at: guidance_screen(ui, at)  # noqa: E731
            return [("/guidance", pages), (route, lambda at: guidance_page(ui, at, page_id))]
        case ["incident", incident_id]:
            if wide:
                return [(route, lambda at: beside(ui, at, incident_id, "", "", ""))]
            return [(route, lambda at: incident_screen(ui, at, incident_id))]
        case ["incident", incident_id, kind, *record] if kind in SECTIONS and len(record) <= 1:
            record_id = record[0] if record else ""
            if wide:
                return [(above(route), lambda at: beside(ui, at, incident_id, record_id or kind, kind, record_id))]
            section = lambda at: section_screen(ui, at, incident_id, kind, record_id, key=route)  # noqa: E731
            return [(above(route), lambda at: incident_screen(ui, at, incident_id)), (route, section)]
        case ["incident", incident_id, name] if name in OF_AN_INCIDENT:
            screen = lambda at: OF_AN_INCIDENT[name](ui, at, incident_id)  # noqa: E731
            return [(above(route), lambda at: incident_screen(ui, at, incident_id)), (route, screen)]
    return []


@part
def beside(ui: Ui, at: At, incident_id: str, chosen: str, kind: str, record_id: str) -> ft.Control:
    """Two panes under one bar: the task list, and the section chosen in it."""
    store = ui.signed_in().store
    incident = use_reading(lambda: store.incident(incident_id), store.on_change, front=at.front)
    pane = replace(at, pane=True)
    if kind:
        right = section_screen(ui, pane, incident_id, kind, record_id, key=f"{kind}/{record_id}")
    else:
        choose = words("Choose a section from the list.", 18, color=t.QUIET)
        right = ft.Container(choose, alignment=ft.Alignment.CENTER, expand=True)
    border = ft.Border.only(right=ft.BorderSide(1, t.LINE))
    left = ft.Container(incident_screen(ui, pane, incident_id, chosen), width=LEFT_PANE, border=border)
    panes = side_by_side([left, ft.Container(right, expand=True)])
    title, under = (label(incident), opened(incident)) if incident else ("Incident", "")
    return frame(ui, at, title, panes, back=lambda _: ui.go("/"), under=under)

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

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.frame import At, frame
from field_app.ui.kit.widgets import callout, log_fault, part, use_reading, use_value, words
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


@ft.component
def App(ui: Ui) -> list[ft.View]:  # noqa: N802
    """The views of the address the page is at."""
    _, again = use_value(0)
    ui.redraw = lambda: again(lambda count: count + 1)
    try:
        return views(ui, (ui.page.route or "/").partition("?")[0])
    except Exception as fault:  # noqa: BLE001 - the last boundary: something to go on from is better than nothing
        log_fault("choosing a screen", fault)
        return [
            view(
                "/",
                callout("This screen could not be shown", "What you typed is kept. Start the app again.", grave=True),
            )
        ]


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
    stacked = stack_of(ui, route, At(True, dark, wide))
    under = At(False, dark, wide)
    home = home_screen(ui, At(not stacked, dark, wide))
    found = [view("/", home)]
    for place, (path, draw) in enumerate(stacked):
        found.append(view(path, draw(At(True, dark, wide) if place + 1 == len(stacked) else under)))
    return found


def stack_of(ui: Ui, route: str, at: At) -> list[tuple[str, Any]]:
    """The screens above home: each its address and what draws it."""
    match [part for part in route.split("/") if part]:
        case ["shift"]:
            return [(route, lambda at: shift_screen(ui, at))]
        case ["guidance"]:
            return [(route, lambda at: guidance_screen(ui, at))]
        case ["guidance", page_id]:
            return [
                ("/guidance", lambda at: guidance_screen(ui, at)),
                (route, lambda at: guidance_page(ui, at, page_id)),
            ]
        case ["rules"]:
            return [(route, lambda at: rules_screen(ui, at))]
        case ["services"]:
            return [(route, lambda at: directory_screen(ui, at))]
        case ["records"]:
            return [(route, lambda at: records_screen(ui, at))]
        case ["incident", incident_id]:
            return [
                (
                    route,
                    lambda at: (
                        beside(ui, at, incident_id, "", "", "") if at.wide else incident_screen(ui, at, incident_id)
                    ),
                )
            ]
        case ["incident", incident_id, "sign"]:
            return [
                (above(route), lambda at: incident_screen(ui, at, incident_id)),
                (route, lambda at: check_screen(ui, at, incident_id)),
            ]
        case ["incident", incident_id, "times" | "hand-on" as what]:
            draw = times_screen if what == "times" else hand_on_screen
            return [
                (above(route), lambda at: incident_screen(ui, at, incident_id)),
                (route, lambda at: draw(ui, at, incident_id)),
            ]
        case ["incident", incident_id, kind, *record] if kind in SECTIONS and len(record) <= 1:
            record_id = record[0] if record else ""
            if at.wide:
                return [(above(route), lambda at: beside(ui, at, incident_id, record_id or kind, kind, record_id))]
            return [
                (above(route), lambda at: incident_screen(ui, at, incident_id)),
                (route, lambda at: section_screen(ui, at, incident_id, kind, record_id, key=route)),
            ]
    return []


@part
def beside(ui: Ui, at: At, incident_id: str, chosen: str, kind: str, record_id: str) -> ft.Control:
    """Two panes under one bar: the task list, and the section chosen in it."""
    store = ui.session.store if ui.session else None
    assert store is not None
    incident = use_reading(lambda: store.incident(incident_id), store.on_change, front=at.front)
    pane = replace(at, pane=True)
    right = (
        section_screen(ui, pane, incident_id, kind, record_id, key=f"{kind}/{record_id}")
        if kind
        else ft.Container(
            words("Choose a section from the list.", 18, color=t.QUIET), alignment=ft.Alignment.CENTER, expand=True
        )
    )
    left = ft.Container(
        incident_screen(ui, pane, incident_id, chosen),
        width=LEFT_PANE,
        border=ft.Border.only(right=ft.BorderSide(1, t.LINE)),
    )
    panes = ft.Row(
        [left, ft.Container(right, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    title = label(incident) if incident else "Incident"
    return frame(ui, at, title, panes, back=lambda _: ui.go("/"), under=opened(incident) if incident else "")

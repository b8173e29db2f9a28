"""The service directory on this phone: search, open now or not, and the whole entry. It works without any signal.

May be opened with `?back=/incident/…`: back then leads there.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import flet as ft

from field_app.ui.forms.services import Standing, matching, short_view, standings, whole_view
from field_app.ui.kit.buttons import flat_link, show_more
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import echo, text_field, under_words
from field_app.ui.kit.frame import At, body, frame, use_now
from field_app.ui.kit.hooks import Typed, use_reading, use_value
from field_app.ui.kit.widgets import callout, named, row, stack, tappable, words
from field_app.ui.phone.guidance import back_of
from field_app.ui.phone.state import Ui
from sync.core.times import local
from sync.domain.content.directory import Directory, Service, ServiceState, ServiceStatus

SHOWN = 40  # services drawn at first, and with each tap for more


@part
def directory_screen(ui: Ui, at: At) -> ft.Control:
    session = ui.signed_in()
    packs = use_reading(lambda: session.packs, session.store.on_change, front=at.front)
    now = use_now(ui, front=at.front)
    today = local(now).date()
    services, stale_days = packs.directory_on(today), packs.rules_on(today).rules.directory_stale_days
    typed = ft.use_memo(lambda: Typed(query=""), [])
    only_open, set_only_open = use_value(False)
    opened, set_opened = use_value("")
    most, set_most = use_value(SHOWN)
    listed = ft.use_memo(lambda: standings(services.book, now, stale_days), [services.manifest.pack_id, now])

    def hits() -> ft.Control:
        found = matching(listed, typed["query"])
        chosen = [hit for hit in found if not only_open or hit[1].state == ServiceState.OPEN]
        more = show_more("more-services", len(chosen) - most, SHOWN, lambda: set_most(most + SHOWN))
        return hits_view(chosen[:most], opened, set_opened, now, more)

    field = text_field("services-search", "Search the services", typed["query"], typed.into("query"))
    inside = body(
        [
            state_view(services, now),
            under_words("Search: name, place or what is needed", field),
            open_switch(only_open, set_only_open),
            echo(typed, hits),
        ]
    )
    back = back_of(ui.page.route or "") or "/"
    title = f"Version {services.manifest.version}"
    return frame(ui, at, "Services", inside, back=lambda _: ui.go(back), under=title)


def state_view(services: Directory, now: datetime) -> ft.Control | None:
    """What is not as it should be with the directory as a whole."""
    state = services.manifest.state(local(now).date())
    notes = []
    if state != "In force":
        text = f"This directory: {state[0].lower()}{state[1:]}"
        notes.append(callout(text, "Ring before you rely on it.", grave=True))
    if any(service.demonstration for service in services.book.services):
        notes.append(callout("Demonstration: these services and their numbers are invented."))
    return stack(notes, 8) if notes else None


def open_switch(on: bool, switch: Callable[[bool], None]) -> ft.Control:
    control = ft.Switch(value=on, on_change=lambda event: switch(event.control.value))
    return named(
        "open-only", row([words("Only what is open now", 16, expand=True), control]), label="Only what is open now"
    )


def hits_view(
    hits: Sequence[Standing],
    opened: str,
    set_opened: Callable[[str], None],
    now: datetime,
    more: ft.Control | None = None,
) -> ft.Control:
    if not hits:
        return words("No service found. Try another word, or fewer words.", 16)
    cards = [service_view(service, status, service.service_id == opened, set_opened, now) for service, status in hits]
    return stack([*cards, more], 10)


def service_view(
    service: Service, status: ServiceStatus, opened: bool, set_opened: Callable[[str], None], now: datetime
) -> ft.Control:
    name = f"service-{service.service_id}"
    head = tappable(
        name, short_view(service, status), lambda _: set_opened("" if opened else service.service_id), expanded=opened
    )
    if not opened:
        return head
    close = flat_link(f"{name}-close", "Close", lambda _: set_opened(""))
    inside = ft.Container(
        stack([whole_view(service, now), row([close])], 10), padding=ft.Padding.only(left=16, right=16, bottom=8)
    )
    return stack([head, inside], 10)

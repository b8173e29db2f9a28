"""Services of the directory as they are drawn: a line with where it stands, the whole entry, and the picker of a form.

Identifiers: "service-ID" a service, "pick-ID" one offered under a question, "all-services" shows the others too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import flet as ft

from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.widgets import callout, hint, link, marked, part, row, stack, tappable, use_pad, use_value, words
from sync.core.times import local
from sync.domain.catalogue.referral import Destination
from sync.domain.content import directory
from sync.domain.content.directory import Book, Service, ServiceState, ServiceStatus
from sync.domain.forms import Question

FEW = 3  # services offered before the others are asked for
KIND_NAMES = {kind.value: kind.label for kind in Destination}
LOOKS = {
    ServiceState.OPEN: (ft.Icons.CHECK_CIRCLE, t.GO),
    ServiceState.CLOSED: (ft.Icons.NIGHTLIGHT_ROUND, t.QUIET),
    ServiceState.STALE: (ft.Icons.HELP, t.ALERT),
    ServiceState.GONE: (ft.Icons.BLOCK, t.ALERT),
}


Standing = tuple[Service, ServiceStatus]


def standings(book: Book, now: datetime, stale_days: int, kind: str = "") -> list[Standing]:
    """The services of this kind, or all, with where each stands now: what is open first."""
    return directory.ranked(directory.search(book.services, "", kind), now, book.days_off, stale_days)


def matching(found: Sequence[Standing], text: str) -> list[Standing]:
    """Those that the text looks for."""
    hits = {each.service_id for each in directory.search([service for service, _ in found], text, "", KIND_NAMES)}
    return [pair for pair in found if pair[0].service_id in hits]


def status_line(status: ServiceStatus) -> ft.Control:
    """Never colour alone: the icon and the words say it too."""
    icon, ink = LOOKS[status.state]
    told = words(status.words, 16, bold=status.state != ServiceState.CLOSED, color=ink, expand=True)
    return row([ft.Icon(icon, color=ink, size=20), told], 6, vertical_alignment=ft.CrossAxisAlignment.START)


def short_view(service: Service, status: ServiceStatus) -> ft.Control:
    """A service in a list."""
    facts = f"{directory.ages(service)} · takes referrals from {directory.referrers(service)}"
    return stack([words(service.name, 17, bold=True), status_line(status), hint(facts)], 4)


def whole_view(service: Service, now: datetime) -> ft.Control:
    """Everything the directory says of a service."""
    kinds = ", ".join(KIND_NAMES.get(code, code) for code in service.kinds)
    lines = [
        ("Phone", service.phone),
        ("Where", ", ".join(part_ for part_ in (service.address, service.area) if part_)),
        ("What it is", kinds),
        ("Hours", "\n".join(directory.hours_in_words(service, local(now).date()))),
        ("Ages", directory.ages(service)),
        ("Who may refer", directory.referrers(service)),
        ("Police referral", "Yes" if service.takes(directory.Referrer.POLICE) else "No"),
        ("Walk in", "Yes" if service.walk_in else "No"),
        ("Good to know", " ".join(part_ for part_ in (service.note, service.instead) if part_)),
        ("Last verified", directory.day_in_words(service.verified)),
    ]
    told = [
        stack([hint(name), words(said, 18 if name == "Phone" else 16, bold=name == "Phone", selectable=True)], 0)
        for name, said in lines
        if said
    ]
    invented = (
        hint("Demonstration entry: invented, with a number that cannot be rung.") if service.demonstration else None
    )
    return stack([*told, invented], 10)


# --- under a question ---------------------------------------------------------------------------------------------


@part
def services_view(pad: DraftEditor, question: Question, now: Callable[[], datetime]) -> ft.Control:
    """Services of the kind that another answer names, to be tapped instead of typed; then what was chosen."""
    use_pad(pad, question.name)
    use_pad(pad, question.directory)
    every, set_every = use_value(False)
    at, book, stale_days = now(), pad.context.directory, pad.context.rules.directory_stale_days
    typed, kind = _text(pad, question.name), _text(pad, question.directory)
    service = book.service(pad.answers.get(f"{question.name}_id"))
    if service and service.name in typed:
        status = directory.status(service, at, book.days_off, stale_days)
        return marked("service-chosen", callout(service.name, status.words, good=status.state == ServiceState.OPEN))
    listed = standings(book, at, stale_days, kind) if kind else []
    if not listed:
        return ft.Container(width=0, height=0)
    offered = matching(listed, typed) or listed
    shown = offered if every else offered[:FEW]
    more = len(offered) - len(shown)
    return stack(
        [
            hint("From the directory. Tap one, or type another."),
            *(_offer(pad, question, each, status) for each, status in shown),
            row([link("all-services", f"Show {more} more", lambda _: set_every(True), ft.Icons.EXPAND_MORE)])
            if more
            else None,
        ]
    )


def _text(pad: DraftEditor, name: str) -> str:
    held = pad.answers.get(name)
    return held if isinstance(held, str) else ""


def _offer(pad: DraftEditor, question: Question, service: Service, status: ServiceStatus) -> ft.Control:
    def pick(_: Any) -> None:
        pad.give(f"{question.name}_id", service.service_id)
        pad.give(question.name, f"{service.name}, {service.phone}")

    return tappable(f"pick-{service.service_id}", short_view(service, status), pick, pad=12)

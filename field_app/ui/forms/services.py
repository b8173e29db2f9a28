"""Services of the directory as they are drawn: a line with where it stands, the whole entry, and the picker of a form.

Identifiers: "service-ID" a service, "pick-ID" one offered under a question, "all-services" shows the others too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import flet as ft

from field_app.ui.forms.draft_editor import DraftEditor
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.hooks import use_draft_editor, use_value
from field_app.ui.kit.widgets import callout, hint, marked, row, stack, tappable, words
from sync.core.times import local
from sync.domain.catalogue.referral import Destination
from sync.domain.content import directory
from sync.domain.content.directory import Book, Service, ServiceState, ServiceStatus
from sync.domain.forms import Question

FEW = 3  # services offered before the others are asked for
KIND_NAMES = {kind.value: kind.label for kind in Destination}
LOOKS: dict[ServiceState, tuple[ft.IconData, ft.ColorValue]] = {
    ServiceState.OPEN: (ft.Icons.CHECK_CIRCLE, t.GO),
    ServiceState.CLOSED: (ft.Icons.NIGHTLIGHT_ROUND, t.QUIET),
    ServiceState.STALE: (ft.Icons.HELP, t.ALERT),
    ServiceState.GONE: (ft.Icons.BLOCK, t.ALERT),
}


Standing = tuple[Service, ServiceStatus]


def standings(book: Book, now: datetime, stale_days: int, kind: str = "") -> list[Standing]:
    """The services of this kind, or all, with where each stands now: what is open first."""
    return directory.ranked(directory.search(book.services, "", kind), now, book.days_off, stale_days)


def matching(known: Sequence[Standing], text: str) -> list[Standing]:
    """Those that the text looks for."""
    hits = {hit.service_id for hit in directory.search([service for service, _ in known], text, "", KIND_NAMES)}
    return [(service, status) for service, status in known if service.service_id in hits]


def status_line(status: ServiceStatus) -> ft.Control:
    """Never colour alone: the icon and the words say it too."""
    icon, ink = LOOKS[status.state]
    text = words(status.words, 16, bold=status.state != ServiceState.CLOSED, color=ink, expand=True)
    return row([ft.Icon(icon, color=ink, size=20), text], 6, top=True)


def short_view(service: Service, status: ServiceStatus) -> ft.Control:
    """A service in a list."""
    facts = f"{directory.ages(service)} · takes referrals from {directory.referrers(service)}"
    return stack([words(service.name, 17, bold=True), status_line(status), hint(facts)], 4)


def whole_view(service: Service, now: datetime) -> ft.Control:
    """Everything the directory says of a service."""
    kinds = ", ".join(KIND_NAMES.get(code, code) for code in service.kinds)
    lines = [
        ("Phone", service.phone),
        ("Where", ", ".join(text for text in (service.address, service.area) if text)),
        ("What it is", kinds),
        ("Hours", "\n".join(directory.hours_in_words(service, local(now).date()))),
        ("Ages", directory.ages(service)),
        ("Who may refer", directory.referrers(service)),
        ("Police referral", "Yes" if service.takes(directory.Referrer.POLICE) else "No"),
        ("Walk in", "Yes" if service.walk_in else "No"),
        ("Good to know", " ".join(text for text in (service.note, service.instead) if text)),
        ("Last verified", directory.day_in_words(service.verified)),
    ]
    facts = [
        stack([hint(name), words(fact, 18 if name == "Phone" else 16, bold=name == "Phone", selectable=True)], 0)
        for name, fact in lines
        if fact
    ]
    invented = hint("Demonstration entry: invented, with a number that cannot be rung.")
    return stack([*facts, invented if service.demonstration else None], 10)


# --- under a question ---------------------------------------------------------------------------------------------


@part
def services_view(editor: DraftEditor, question: Question, now: Callable[[], datetime]) -> ft.Control:
    """Services of the kind that another answer names, to be tapped instead of typed; then what was chosen."""
    use_draft_editor(editor, question.name)
    use_draft_editor(editor, question.directory)
    every, set_every = use_value(False)
    at, book, stale_days = now(), editor.context.directory, editor.context.rules.directory_stale_days
    typed, kind = _text(editor, question.name), _text(editor, question.directory)
    service = book.service(editor.answers.get(f"{question.name}_id"))
    if service and service.name in typed:
        status = directory.status(service, at, book.days_off, stale_days)
        return marked("service-chosen", callout(service.name, status.words, good=status.state == ServiceState.OPEN))
    listed = standings(book, at, stale_days, kind) if kind else []
    if not listed:
        return ft.Container(width=0, height=0)
    offered = matching(listed, typed) or listed
    shown = offered if every else offered[:FEW]
    more = len(offered) - len(shown)
    others = link("all-services", f"Show {more} more", lambda _: set_every(True), ft.Icons.EXPAND_MORE)
    return stack(
        [
            hint("From the directory. Tap one, or type another."),
            *(_offer(editor, question, service, status) for service, status in shown),
            row([others]) if more else None,
        ]
    )


def _text(editor: DraftEditor, name: str) -> str:
    raw = editor.answers.get(name)
    return raw if isinstance(raw, str) else ""


def _offer(editor: DraftEditor, question: Question, service: Service, status: ServiceStatus) -> ft.Control:
    def pick(_: ft.Event[ft.Container]) -> None:
        editor.give(f"{question.name}_id", service.service_id)
        editor.give(question.name, f"{service.name}, {service.phone}")

    return tappable(f"pick-{service.service_id}", short_view(service, status), pick, pad=12)

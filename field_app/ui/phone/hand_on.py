"""Hand an open incident to the next shift, a colleague or a crisis team; record who of a crisis team accepted it."""

from collections.abc import Callable

import flet as ft

from field_app.ui.forms.choices import radio
from field_app.ui.forms.input_parsing import read_time
from field_app.ui.kit.buttons import primary, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field, under_words
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.hooks import Typed, use_optional, use_reading, use_value
from field_app.ui.kit.widgets import Handler, callout, card, heading, hint, words
from field_app.ui.phone.state import Ui, use_typed
from sync.core.times import clock, day_and_clock
from sync.domain.records.handing_on import Offer, To, waiting
from sync.domain.records.incident import label

WHOM = {To.SHIFT: "Which car or shift?", To.TEAM: "Who?", To.CRISIS_TEAM: "Which team?"}


@part
def hand_on_screen(ui: Ui, at: At, incident_id: str) -> ft.Control:
    session = ui.signed_in()
    incident = use_reading(lambda: session.store.incident(incident_id), session.store.on_change, front=at.front)
    to, set_to = use_optional(To)
    wrong, set_wrong = use_value("")
    begun = lambda: Typed(to="", note="", by="", role="", at=clock(ui.now()))  # noqa: E731
    typed = use_typed(ui, f"hand on {incident_id}", begun)
    path = f"/incident/{incident_id}"

    def back(_: ft.Event) -> None:
        ui.go(path)

    if incident is None:
        return frame(ui, at, "Hand on", body([callout("This incident is not on this phone")]), back=back)
    offer = waiting(incident)

    async def send(_: ft.Event) -> None:
        set_wrong("" if to else "Choose who it goes to.")
        if to and await ui.do(session.hand_on, incident_id, to.value, typed["to"].strip(), typed["note"].strip()):
            ui.go(path)

    async def record(_: ft.Event) -> None:
        when, name = read_time(typed["at"], ui.now(), None), typed["by"].strip()
        set_wrong("" if name and when else "Enter the name of who accepted it, and when in four digits.")
        if offer and name and when:
            role = typed["role"].strip() or "not known"
            if await ui.do(session.accept, incident_id, offer.change_id, name, role, when):
                ui.go(path)

    error = callout(wrong, grave=True, name="hand-on-error") if wrong else None
    acceptance = acceptance_view(offer, typed, record) if offer and offer.outside else None
    inside = body([error, acceptance, *offer_view(to, set_to, typed)])
    bottom = thumb([primary("hand-on-send", "Hand it on", send, ft.Icons.SEND_OUTLINED)])
    return frame(ui, at, "Hand on", inside, back=back, bottom=bottom, under=label(incident))


def offer_view(to: To | None, set_to: Callable[[To], None], typed: Typed) -> list[ft.Control]:
    whom, need = WHOM[to] if to else "To whom?", "What do they need to know?"
    note = text_field("hand-on-note", need, typed["note"], typed.into("note"), multiline=True, min_lines=2, max_lines=8)
    return [
        heading("Hand this incident on", 20, 2),
        hint("It stays yours until somebody accepts it."),
        card([radio(f"hand-on-{kind.value}", kind.label, to == kind, lambda kind=kind: set_to(kind)) for kind in To]),
        labelled(whom, text_field("hand-on-to", whom, typed["to"], typed.into("to"), max_lines=3)),
        labelled(need, note),
    ]


def labelled(text: str, field: ft.Control) -> ft.Control:
    return card([words(text, 17, bold=True), field])


def acceptance_view(offer: Offer, typed: Typed, record: Handler) -> ft.Control:
    """A team outside says by word of mouth that it takes over: its name for the record."""
    who, role, when = "Name of who accepted it", "Their role", "When it was accepted"
    clock_keys = ft.KeyboardType.DATETIME
    at = text_field("accepted-at", when, typed["at"], typed.into("at"), keyboard_type=clock_keys, width=128)
    return card(
        [
            heading("Has it been accepted?", 20, 2),
            hint(f"{offer.words}, handed on {day_and_clock(offer.at)}"),
            under_words(who, text_field("accepted-by", who, typed["by"], typed.into("by"))),
            under_words(role, text_field("accepted-role", role, typed["role"], typed.into("role"))),
            under_words("When?", at),
            secondary("accepted", "It was accepted", record),
        ],
        spacing=12,
    )

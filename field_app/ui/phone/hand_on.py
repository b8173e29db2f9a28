"""Hand an open incident to the next shift, a colleague or a crisis team; record who of a crisis team accepted it."""

from typing import Any

import flet as ft

from field_app.ui.forms.choices import radio
from field_app.ui.forms.input_parsing import read_time
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.frame import At, body, frame, thumb
from field_app.ui.kit.widgets import (
    Typed,
    callout,
    card,
    heading,
    hint,
    part,
    primary,
    secondary,
    stack,
    use_reading,
    use_value,
    words,
)
from field_app.ui.phone.state import Ui
from sync.core.times import clock, day_and_clock
from sync.domain.records.handing_on import Offer, To, waiting
from sync.domain.records.incident import label

WHOM = {To.SHIFT: "Which car or shift?", To.TEAM: "Who?", To.CRISIS_TEAM: "Which team?"}


@part
def hand_on_screen(ui: Ui, at: At, incident_id: str) -> ft.Control:
    session = ui.session
    assert session is not None
    incident = use_reading(lambda: session.store.incident(incident_id), session.store.on_change, front=at.front)
    to, set_to = use_value(None)
    wrong, set_wrong = use_value("")
    typed = ft.use_memo(lambda: Typed(to="", note="", by="", role="", at=clock(ui.now())), [])
    path = f"/incident/{incident_id}"
    back = lambda _: ui.go(path)  # noqa: E731
    if incident is None:
        return frame(ui, at, "Hand on", body([callout("This incident is not on this phone")]), back=back)
    offer = waiting(incident)

    async def send(_: Any) -> None:
        set_wrong("" if to else "Choose who it goes to.")
        if to and await ui.do(session.hand_on, incident_id, to.value, typed["to"].strip(), typed["note"].strip()):
            ui.go(path)

    async def record(_: Any) -> None:
        when, name = read_time(typed["at"], ui.now(), None), typed["by"].strip()
        set_wrong("" if name and when else "Enter the name of who accepted it, and when in four digits.")
        if offer and name and when:
            said = (incident_id, offer.change_id, name, typed["role"].strip() or "not known", when)
            if await ui.do(session.accept, *said):
                ui.go(path)

    told = callout(wrong, grave=True, name="hand-on-error") if wrong else None
    outside = offer if offer and offer.outside else None
    inside = body([told, acceptance_view(outside, typed, record) if outside else None, *offer_view(to, set_to, typed)])
    bottom = thumb([primary("hand-on-send", "Hand it on", send, ft.Icons.SEND_OUTLINED)])
    return frame(ui, at, "Hand on", inside, back=back, bottom=bottom, under=label(incident))


def offer_view(to: To | None, set_to: Any, typed: Typed) -> list[Any]:
    whom = WHOM[to] if to else "To whom?"
    return [
        heading("Hand this incident on", 20, 2),
        hint("It stays yours until somebody accepts it."),
        card([radio(f"hand-on-{each.value}", each.label, to == each, lambda each=each: set_to(each)) for each in To]),
        labelled(whom, text_field("hand-on-to", whom, typed["to"], typed.into("to"), max_lines=3)),
        labelled(
            "What do they need to know?",
            text_field(
                "hand-on-note",
                "What do they need to know?",
                typed["note"],
                typed.into("note"),
                multiline=True,
                min_lines=2,
                max_lines=8,
            ),
        ),
    ]


def labelled(text: str, field: ft.Control) -> ft.Control:
    return card([words(text, 17, bold=True), field])


def acceptance_view(offer: Offer, typed: Typed, record: Any) -> ft.Control:
    """A team outside says by word of mouth that it takes over: its name for the record."""
    return card(
        [
            heading("Has it been accepted?", 20, 2),
            hint(f"{offer.words}, handed on {day_and_clock(offer.at)}"),
            stack(
                [
                    words("Name of who accepted it", 16, bold=True),
                    text_field("accepted-by", "Name of who accepted it", typed["by"], typed.into("by")),
                ],
                6,
            ),
            stack(
                [
                    words("Their role", 16, bold=True),
                    text_field("accepted-role", "Their role", typed["role"], typed.into("role")),
                ],
                6,
            ),
            stack(
                [
                    words("When?", 16, bold=True),
                    text_field(
                        "accepted-at",
                        "When it was accepted",
                        typed["at"],
                        typed.into("at"),
                        keyboard_type=ft.KeyboardType.DATETIME,
                        width=128,
                    ),
                ],
                6,
            ),
            secondary("accepted", "It was accepted", record),
        ],
        spacing=12,
    )

"""Officer's turn: the handover sheet and nothing else, in large type; a signature on glass, or a reason for none.

The phone stays in this screen until the nurse's PIN: no strip, no way to anything else.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.fields import text_field
from field_app.ui.kit.frame import bar, body
from field_app.ui.kit.signature_pad import Ink, signature_pad
from field_app.ui.kit.widgets import (
    Typed,
    callout,
    card,
    heading,
    hint,
    link,
    part,
    primary,
    row,
    secondary,
    stack,
    use_value,
    words,
)
from field_app.ui.phone.sign_in import pin_field
from field_app.ui.phone.state import Ui, say_error
from sync.core.errors import AlongsideError
from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.contact.codes import Officer as ContactOfficer
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, handover_sheet, sheet_digest
from sync.domain.forms import questions, read
from sync.domain.records.incident import Incident


@dataclass(frozen=True)
class OfficerNamed:
    force: str = ""
    collar_number: str = ""
    name: str = ""


@dataclass(frozen=True)
class SheetShown:
    """The sheet as it is shown, headings among its lines, its digest, and the officers already named on it."""

    lines: tuple[tuple[str, str], ...]
    digest: str
    officers: tuple[OfficerNamed, ...]


def sheet_of(incident: Incident) -> SheetShown:
    return SheetShown(tuple(handover_sheet(incident)), sheet_digest(incident), tuple(officers_on(incident)))


def officers_on(incident: Incident) -> list[OfficerNamed]:
    """Officers the sheet already names, so that nobody types a name twice."""
    found = []
    for kind, form in CATALOGUE.items():
        groups = [name for name, question in questions(form).items() if question.answer is ContactOfficer]
        for record in incident.of(kind):
            model = read(form, record.values).form
            for name in groups:
                items = (getattr(model, name, None) or {}).values()
                found += [
                    OfficerNamed(*(str(getattr(item, part_, "")) for part_ in ("force", "collar_number", "name")))
                    for item in items
                ]
    return [each for each in dict.fromkeys(found) if each != OfficerNamed()]


@part
def officer_screen(ui: Ui, incident_id: str) -> ft.Control:
    session = ui.session
    assert session is not None
    sheet, set_sheet = use_value(lambda: fetch(ui, incident_id))
    typed = ft.use_memo(lambda: Typed(reason="", **asdict(first_officer(sheet))), [])
    _, again = use_value(0)
    ink = ft.use_memo(Ink, [])
    stage, set_stage = use_value("read")  # read, decline, done
    wrong, set_wrong = use_value(("", ""))

    async def send(work: Callable[..., None], *args: Any) -> None:
        try:
            await asyncio.to_thread(work, *args)
            set_wrong(("", ""))
            set_stage("done")
        except AlongsideError as error:
            set_wrong(say_error(error))
            set_sheet(fetch(ui, incident_id))

    async def sign(_: Any) -> None:
        officer = officer_in(typed)
        lack = lacking(officer) or ("" if ink.drawn else "Sign with your finger in the box.")
        set_wrong((lack, ""))
        if not lack and sheet:
            await send(session.cosign, incident_id, sheet.digest, asdict(officer), ink.strokes)

    async def decline(_: Any) -> None:
        reason = typed["reason"].strip()
        lack = "" if reason else "Say why you do not sign."
        set_wrong((lack, ""))
        if not lack:
            await send(session.decline, incident_id, asdict(officer_in(typed)), reason)

    def turn(to: str) -> None:
        set_stage(to)
        set_wrong(("", ""))

    def pick(officer: OfficerNamed) -> None:
        typed.texts.update(asdict(officer))
        again(lambda count: count + 1)

    fields = officer_fields(typed, sheet.officers if sheet else (), pick)
    problem = callout(*wrong, grave=True, name="officer-error") if wrong[0] else None
    inside: list[Any] = {
        "read": [
            *sheet_view(sheet),
            fields,
            statement_view(ink),
            problem,
            primary("officer-sign", "Sign", sign),
            decline_link(turn),
        ],
        "decline": [
            *decline_view(typed),
            fields,
            problem,
            secondary("officer-decline", "Record this", decline),
            link("officer-return", "Back to the sheet", lambda _: turn("read")),
        ],
        "done": [heading("Thank you"), words("It is recorded. Please give the phone back to the nurse.", 20)],
    }[stage]
    end = hand_back(ui, incident_id, opened=stage == "done", key="hand-back")
    top = bar("Handover sheet", training=ui.phone.training)
    return ft.Column(
        [top, body([*inside, end])], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def fetch(ui: Ui, incident_id: str) -> SheetShown | None:
    incident = ui.session.store.incident(incident_id) if ui.session else None
    return sheet_of(incident) if incident else None


def first_officer(sheet: SheetShown | None) -> OfficerNamed:
    return sheet.officers[0] if sheet and len(sheet.officers) == 1 else OfficerNamed()


def officer_in(typed: Typed) -> OfficerNamed:
    return OfficerNamed(typed["force"].strip(), typed["collar_number"].strip(), typed["name"].strip())


def lacking(officer: OfficerNamed) -> str:
    if not officer.force.strip():
        return "Enter your force."
    if not officer.collar_number.strip():
        return "Enter your collar number."
    return "" if officer.name.strip() else "Enter your name."


def sheet_view(sheet: SheetShown | None) -> list[ft.Control]:
    lines = sheet.lines if sheet else ()
    told = [line_view(*line, first=number == 0) for number, line in enumerate(lines)]
    nothing = [words("Nothing on this sheet is filled in yet.", 20)]
    return [
        hint("For the officer: please read this. It is what your copy will say."),
        ft.Semantics(identifier="sheet", content=card(told or nothing, spacing=16)),
    ]


def line_view(question: str, answer: str, *, first: bool = False) -> ft.Control:
    """A question and its answer, or the heading over those that follow."""
    if not answer:
        line = None if first else ft.Border.only(top=ft.BorderSide(1, t.LINE))
        return ft.Container(heading(question, 22, 2), padding=ft.Padding.only(top=0 if first else 14), border=line)
    return stack([words(question, 17, color=t.QUIET), words(answer, 21)], 2)


def officer_fields(typed: Typed, known: tuple[OfficerNamed, ...], pick: Any) -> ft.Control:
    def field(name: str, label: str, key: str) -> ft.Control:
        made = text_field(name, label, typed[key], typed.into(key), capitalization=ft.TextCapitalization.WORDS)
        return stack([words(label, 17, bold=True), made], 6)

    picks = [
        secondary(
            f"officer-pick-{number}",
            " ".join(each for each in (one.name, one.collar_number) if each) or one.force,
            lambda _, one=one: pick(one),
        )
        for number, one in enumerate(known, start=1)
    ]
    return card(
        [
            words("You are", 20, bold=True),
            row(picks, wrap=True, run_spacing=t.GAP) if len(picks) > 1 else None,
            field("officer-force", "Force", "force"),
            field("officer-collar", "Collar number", "collar_number"),
            field("officer-name", "Name", "name"),
        ],
        spacing=14,
    )


def statement_view(ink: Ink) -> ft.Control:
    return card([words(OFFICER_STATEMENT, 20), signature_pad(ink)], spacing=14)


def decline_link(turn: Any) -> ft.Control:
    return row([link("officer-no", "I do not sign", lambda _: turn("decline"))], alignment=ft.MainAxisAlignment.CENTER)


def decline_view(typed: Typed) -> list[ft.Control]:
    field = text_field(
        "officer-reason",
        "Why do you not sign?",
        typed["reason"],
        typed.into("reason"),
        multiline=True,
        min_lines=3,
        max_lines=8,
        capitalization=ft.TextCapitalization.SENTENCES,
    )
    return [heading("Why do you not sign?"), hint("Your words go on the record. The handover goes on."), field]


@part
def hand_back(ui: Ui, incident_id: str, opened: bool) -> ft.Control:
    """Only the nurse's PIN leads out."""
    asked, set_asked = use_value(False)
    typed = ft.use_memo(lambda: Typed(pin=""), [])
    wrong, set_wrong = use_value(("", ""))

    async def unlock(_: Any) -> None:
        try:
            session = await asyncio.to_thread(ui.phone.unlock, ui.username, typed["pin"])
            ui.enter(session, ui.username)
        except AlongsideError as error:
            typed.texts["pin"] = ""
            set_wrong(say_error(error))

    if not (opened or asked):
        return row(
            [
                link(
                    "nurse-back",
                    "For the nurse: take the phone back",
                    lambda _: set_asked(True),
                    ft.Icons.LOCK_OUTLINE,
                    t.QUIET,
                )
            ],
            alignment=ft.MainAxisAlignment.CENTER,
        )
    return named_card(
        [
            words("For the nurse", 18, bold=True),
            callout(*wrong, grave=True) if wrong[0] else None,
            pin_field("pin", "PIN", typed["pin"], typed.into("pin"), unlock),
            secondary("take-back", "Unlock", unlock, ft.Icons.LOCK_OPEN),
        ]
    )


def named_card(controls: list[Any]) -> ft.Control:
    return ft.Semantics(identifier="nurse", content=card(controls, spacing=12))

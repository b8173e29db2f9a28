"""Officer's turn: the handover sheet and nothing else, in large type; a signature on glass, or a reason for none.

The phone stays in this screen until the nurse's PIN: no strip, no way to anything else.
"""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import ParamSpec

import flet as ft

from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import link, primary, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.fields import text_field, under_words
from field_app.ui.kit.frame import bar, body
from field_app.ui.kit.hooks import Typed, use_redraw, use_value
from field_app.ui.kit.signature_pad import Ink, signature_pad
from field_app.ui.kit.widgets import Handler, callout, card, filling, heading, hint, marked, row, stack, words
from field_app.ui.phone.sign_in import pin_field
from field_app.ui.phone.state import Ui, use_typed
from field_app.ui.phone.troubles import NO_TROUBLE, Trouble, say_error
from sync.core.errors import AlongsideError
from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.contact.codes import Officer as ContactOfficer
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, handover_sheet, sheet_digest
from sync.domain.forms import questions, read
from sync.domain.records.incident import Incident

P = ParamSpec("P")
OFFICER_KEYS = ("force", "collar_number", "name")


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
    officers = []
    for kind, form in CATALOGUE.items():
        groups = [name for name, question in questions(form).items() if question.answer is ContactOfficer]
        for record in incident.of(kind):
            model = read(form, record.values).form
            for name in groups:
                items = (getattr(model, name, None) or {}).values()
                officers += [OfficerNamed(*(str(getattr(item, key, "")) for key in OFFICER_KEYS)) for item in items]
    return [officer for officer in dict.fromkeys(officers) if officer != OfficerNamed()]


@dataclass(frozen=True)
class Turn:
    """What an officer does: what is typed and drawn, how far it is, and the ways on."""

    typed: Typed
    ink: Ink
    stage: str  # read, decline, done
    wrong: Trouble
    sign: Handler
    decline: Handler
    turn: Callable[[str], None]  # to another stage
    pick: Callable[[OfficerNamed], None]


@part
def officer_screen(ui: Ui, incident_id: str) -> ft.Control:
    sheet, set_sheet = use_value(lambda: fetch(ui, incident_id))
    turn = use_turn(ui, incident_id, sheet, lambda: set_sheet(fetch(ui, incident_id)))
    end = hand_back(ui, incident_id, opened=turn.stage == "done", key="hand-back")
    top = bar("Handover sheet", training=ui.phone.training)
    return filling([top, body([*turn_view(turn, sheet), end])])


def use_turn(ui: Ui, incident_id: str, sheet: SheetShown | None, refresh: Callable[[], None]) -> Turn:
    """The officer's turn. A signature that is refused is given again under the sheet as it is by then."""
    session = ui.signed_in()
    typed = use_typed(ui, f"officer {incident_id}", lambda: Typed(reason="", **asdict(first_officer(sheet))))
    redraw = use_redraw()
    ink = use_typed(ui, f"ink {incident_id}", Ink)
    stage, set_stage = use_value("read")
    wrong, set_wrong = use_value(NO_TROUBLE)

    async def send(work: Callable[P, None], *args: P.args, **named_args: P.kwargs) -> None:
        try:
            await asyncio.to_thread(work, *args, **named_args)
            set_wrong(NO_TROUBLE)
            set_stage("done")
        except AlongsideError as error:
            set_wrong(say_error(error))
            refresh()

    async def sign(_: ft.Event) -> None:
        officer = officer_in(typed)
        lack = lacking(officer) or ("" if ink.drawn else "Sign with your finger in the box.")
        set_wrong((lack, ""))
        if not lack and sheet:
            await send(session.cosign, incident_id, sheet.digest, asdict(officer), ink.strokes)

    async def decline(_: ft.Event) -> None:
        reason = typed["reason"].strip()
        set_wrong(("" if reason else "Say why you do not sign.", ""))
        if reason:
            await send(session.decline, incident_id, asdict(officer_in(typed)), reason)

    def turn(to: str) -> None:
        set_stage(to)
        set_wrong(NO_TROUBLE)

    def pick(officer: OfficerNamed) -> None:
        typed.texts.update(asdict(officer))
        redraw()

    return Turn(typed, ink, stage, wrong, sign, decline, turn, pick)


def turn_view(turn: Turn, sheet: SheetShown | None) -> list[ft.Control | None]:
    fields = officer_fields(turn, sheet.officers if sheet else ())
    problem = callout(*turn.wrong, grave=True, name="officer-error") if turn.wrong[0] else None
    if turn.stage == "read":
        sign = primary("officer-sign", "Sign", turn.sign)
        return [*sheet_view(sheet), fields, statement_view(turn.ink), problem, sign, decline_link(turn)]
    if turn.stage == "decline":
        record = secondary("officer-decline", "Record this", turn.decline)
        back = link("officer-return", "Back to the sheet", lambda _: turn.turn("read"))
        return [*decline_view(turn.typed), fields, problem, record, back]
    return [heading("Thank you"), words("It is recorded. Please give the phone back to the nurse.", 20)]


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
    shown = [line_view(*line, first=number == 0) for number, line in enumerate(lines)]
    nothing = [words("Nothing on this sheet is filled in yet.", 20)]
    return [
        hint("For the officer: please read this. It is what your copy will say."),
        marked("sheet", card(shown or nothing, spacing=16)),
    ]


def line_view(question: str, answer: str, *, first: bool = False) -> ft.Control:
    """A question and its answer, or the heading over those that follow."""
    if not answer:
        line = None if first else t.line_above()
        return ft.Container(heading(question, 22, 2), padding=ft.Padding.only(top=0 if first else 14), border=line)
    return stack([words(question, 17, color=t.QUIET), words(answer, 21)], 2)


def officer_fields(turn: Turn, known: tuple[OfficerNamed, ...]) -> ft.Control:
    typed = turn.typed

    def field(name: str, label: str, key: str) -> ft.Control:
        big_letters = ft.TextCapitalization.WORDS
        return under_words(label, text_field(name, label, typed[key], typed.into(key), capitalization=big_letters), 17)

    def pick(number: int, officer: OfficerNamed) -> ft.Control:
        text = " ".join(word for word in (officer.name, officer.collar_number) if word) or officer.force
        return secondary(f"officer-pick-{number}", text, lambda _: turn.pick(officer))

    picks = [pick(number, officer) for number, officer in enumerate(known, start=1)]
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


def decline_link(turn: Turn) -> ft.Control:
    no = link("officer-no", "I do not sign", lambda _: turn.turn("decline"))
    return row([no], alignment=ft.MainAxisAlignment.CENTER)


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
    asking, set_asking = use_value(False)
    typed = ft.use_memo(lambda: Typed(pin=""), [])
    wrong, set_wrong = use_value(NO_TROUBLE)

    async def unlock(_: ft.Event) -> None:
        try:
            session = await asyncio.to_thread(ui.phone.unlock, ui.username, typed["pin"])
            ui.enter(session, ui.username)
        except AlongsideError as error:
            typed.texts["pin"] = ""
            set_wrong(say_error(error))

    if not (opened or asking):
        text = "For the nurse: take the phone back"
        back = link("nurse-back", text, lambda _: set_asking(True), ft.Icons.LOCK_OUTLINE, t.QUIET)
        return row([back], alignment=ft.MainAxisAlignment.CENTER)
    inside = [
        words("For the nurse", 18, bold=True),
        callout(*wrong, grave=True) if wrong[0] else None,
        pin_field("pin", "PIN", typed["pin"], typed.into("pin"), unlock, "take-back"),
        secondary("take-back", "Unlock", unlock, ft.Icons.LOCK_OPEN),
    ]
    return marked("nurse", card(inside, spacing=12))

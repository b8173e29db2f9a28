"""Check and sign: everything on one page in words, what is missing as links, the PIN.

Afterwards it can only be read.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import flet as ft

from field_app.phone.session import Session
from field_app.ui.kit import theme as t
from field_app.ui.kit.buttons import flat_link, primary, secondary
from field_app.ui.kit.error_boundary import part
from field_app.ui.kit.frame import At, Scroller, body, frame, scroll, thumb
from field_app.ui.kit.hooks import Typed, use_reading, use_value
from field_app.ui.kit.widgets import Handler, callout, card, heading, hint, marked, row, stack, tag, words
from field_app.ui.phone.incident import FINISHED
from field_app.ui.phone.shown import NameOf
from field_app.ui.phone.sign_in import pin_field
from field_app.ui.phone.state import Ui
from field_app.ui.phone.troubles import NO_TROUBLE, Trouble, say_error
from sync.core.canonical import digest
from sync.core.errors import AlongsideError
from sync.core.times import day_and_clock, moment
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import Missing, Question, in_words, of_question, pages, question_of, questions
from sync.domain.records.fold import Given, Record
from sync.domain.records.incident import Incident, label
from sync.domain.records.standing import NURSE_STATEMENT, document, open_comments, signature, standing
from sync.domain.records.tasks import tasks


@dataclass(frozen=True)
class DocumentShown:
    """The document shown and its digest: what is signed is exactly what was read."""

    incident: Incident | None
    digest: str = ""
    standing: str = ""


@dataclass(frozen=True)
class Signing:
    """What is being typed to sign, what is wrong with it (and what to do), and how it is signed."""

    typed: Typed
    wrong: Trouble
    busy: bool
    sign: Handler


@part
def check_screen(ui: Ui, at: At, incident_id: str) -> ft.Control:
    session = ui.signed_in()
    shown = use_reading(lambda: read_document(session, incident_id), session.store.on_change, front=at.front)
    scroller: Scroller = ft.use_ref()
    signing = use_signing(ui, incident_id, shown.digest, scroller)
    path = f"/incident/{incident_id}"

    def back(_: ft.Event) -> None:
        ui.go(path)

    def jump(kind: str, record_id: str, name: str) -> None:
        ui.aim = name
        ui.go(f"{path}/{kind}/{record_id}" if record_id else f"{path}/{kind}")

    def amend(_: ft.Event) -> None:
        ui.amending.add(incident_id)
        ui.go(path)

    if shown.incident is None:
        return frame(ui, at, "Check and sign", body([]), back=back)
    lacks = lacking(shown.incident, session.packs, ui.now())
    under = label(shown.incident)
    if shown.standing in FINISHED and incident_id not in ui.amending:
        inside = body([signed_view(shown, session.name, amend), *document_view(shown.incident)], ref=scroller)
        return frame(ui, at, "Record", inside, back=back, under=under)
    above = [asked_view(shown.incident), missing_view(lacks, jump)]
    inside = body([*above, *document_view(shown.incident), sign_view(signing, bool(lacks))], ref=scroller)
    bottom = None if lacks else sign_bar(signing)
    return frame(ui, at, "Check and sign", inside, back=back, bottom=bottom, under=under)


def read_document(session: Session, incident_id: str) -> DocumentShown:
    incident = session.store.incident(incident_id)
    return DocumentShown(incident, digest(document(incident)), standing(incident)) if incident else DocumentShown(None)


def use_signing(ui: Ui, incident_id: str, shown_digest: str, scroller: Scroller) -> Signing:
    session = ui.signed_in()
    typed = ft.use_memo(lambda: Typed(pin=""), [])
    wrong, set_wrong = use_value(NO_TROUBLE)
    busy, set_busy = use_value(False)

    async def sign(_: ft.Event) -> None:
        if not typed["pin"] or busy:
            set_wrong(("Enter your PIN to sign.", "") if not busy else wrong)
            await to_the_end(scroller)
            return
        set_busy(True)
        try:
            await asyncio.to_thread(session.sign, incident_id, shown_digest, typed["pin"])
            ui.amending.discard(incident_id)
            set_wrong(NO_TROUBLE)
            await scroll(scroller, offset=0)
        except AlongsideError as error:
            set_wrong(say_error(error))
            await to_the_end(scroller)
        finally:
            typed.texts["pin"] = ""
            set_busy(False)

    return Signing(typed, wrong, busy, sign)


async def to_the_end(scroller: Scroller) -> None:
    await asyncio.sleep(0.1)  # what went wrong is drawn first
    await scroll(scroller, offset=-1)


Lack = tuple[Missing, str]  # what is missing, and in which record


def lacking(incident: Incident, packs: PackSet, now: datetime) -> list[Lack]:
    """What stands between the incident and its signature: clashes and missing answers."""
    lacks = []
    for task in tasks(incident, packs, now):
        for record in task.records:
            lacks += [
                (Missing(task.kind, name, clash_text(record, name), ""), record.record_id) for name in record.clashes
            ]
        single = task.records[0].record_id if len(task.records) == 1 else ""
        lacks += [(lack, single or whose(task.records, lack.name)) for lack in task.missing]
    return lacks


def clash_text(record: Record, name: str) -> str:
    question = question_of(CATALOGUE[record.kind], name)
    return f"{question.text if question else name} – two answers"


def whose(records: tuple[Record, ...], name: str) -> str:
    """The first record of several in which this answer is missing; "" where the section was not begun."""
    return next((record.record_id for record in records if record.values.get(name) is None), "")


def missing_view(lacks: list[Lack], jump: Callable[[str, str, str], None]) -> ft.Control:
    if not lacks:
        return callout("Everything needed is answered", "Read it through, then sign with your PIN.", good=True)
    cards = []
    for kind in SECTIONS:
        of_kind = [(lack, record) for lack, record in lacks if lack.kind == kind]
        links = [
            flat_link(
                f"missing-{kind}-{lack.name or 'section'}",
                lack.text,
                lambda _, lack=lack, record=record: jump(lack.kind, record, lack.name),
            )
            for lack, record in of_kind
        ]
        if links:
            cards.append(card([words(CATALOGUE[kind].title, 16, bold=True), *links], spacing=0))
    count = len(lacks)
    title = f"{count} {'question needs' if count == 1 else 'questions need'} an answer before you can sign"
    return marked("missing", stack([callout(title, "Answer each, or say why you could not get it."), *cards]))


def asked_view(incident: Incident) -> ft.Control | None:
    """What the supervisor asked for, once more before signing: the app does not judge whether it was done."""
    comments = [words(f"“{comment.get('comment', '')}”", 16, color=t.ON_WARN) for comment in open_comments(incident)]
    return callout("Your supervisor asked", under=comments, name="asked") if comments else None


def signed_view(shown: DocumentShown, name_of: NameOf, amend: Handler) -> ft.Control:
    assert shown.incident is not None
    signed = signature(shown.incident)
    at = day_and_clock(moment(signed.at)) if signed else ""
    who = name_of(signed.author) if signed else ""
    return card(
        [
            row([tag(shown.standing)], wrap=True),
            words(f"{who} signed this {at}", 18, bold=True),
            hint(f"Digest {shown.digest[:12]}"),
            row([secondary("amend", "Amend", amend, ft.Icons.EDIT_OUTLINED)], wrap=True),
        ],
        spacing=6,
    )


def document_view(incident: Incident) -> list[ft.Control]:
    """Every answer of every record, in words, in the order of the task list."""
    cards = []
    for kind in SECTIONS:
        records = incident.of(kind)
        for number, record in enumerate(records, start=1):
            title = CATALOGUE[kind].title + (f" {number}" if len(records) > 1 else "")
            cards.append(card([heading(title, 20, 2), *record_lines(record)], spacing=12))
    return cards


def record_lines(record: Record) -> list[ft.Control]:
    form = CATALOGUE[record.kind]
    lines: list[ft.Control] = []
    for page in pages(form):
        of_page = [
            line_view(question.text, in_words(question, raw))
            for name, question in questions(form).items()
            if question.page == page and not question.hidden
            for raw in of_question(record.values, name).values()
            if raw is not None
        ] + [
            line_view(question.text, " / ".join(clashing(question, both)), clash=True)
            for key, both in record.clashes.items()
            if (question := question_of(form, key)) and question.page == page
        ]
        if of_page:
            lines += [words(page, 14, bold=True, color=t.QUIET)] if len(pages(form)) > 1 else []
            lines += of_page
    strange = [key for key in (*record.values, *record.clashes) if question_of(form, key) is None]
    lines += [line_view(f"{key} (recorded in a newer version)", str(record.values.get(key, ""))) for key in strange]
    return lines or [hint("Nothing answered yet")]


def clashing(question: Question, both: Iterable[Given]) -> list[str]:
    return [in_words(question, given.value) if given.value is not None else "no answer" for given in both]


def line_view(question: str, answer: str, *, clash: bool = False) -> ft.Control:
    text = f"Two answers, not yet settled: {answer}" if clash else answer
    return stack([hint(question), words(text, 17, color=t.ALERT if clash else t.TEXT, bold=clash)], 1)


def sign_view(signing: Signing, lacks: bool) -> ft.Control:
    if lacks:
        return hint("When nothing is missing you can sign here with your PIN.")
    typed, wrong = signing.typed, signing.wrong
    return card(
        [
            words("Your signature", 18, bold=True),
            words(f"“{NURSE_STATEMENT}”", 17),
            callout(*wrong, grave=True, name="sign-error") if wrong[0] else None,
            pin_field("pin", "PIN", typed["pin"], typed.into("pin"), signing.sign, "sign"),
        ],
        spacing=12,
    )


def sign_bar(signing: Signing) -> ft.Control:
    text, on_click = ("One moment …", None) if signing.busy else ("Sign", signing.sign)
    return thumb([primary("sign", text, on_click, ft.Icons.DRAW_OUTLINED)])

"""Handing over to those who take over: what is said (SBAR), what goes with the person, and who stays.

What is said is offered from the record, see `summary`. Sources, read 22 Nov 2026: SBAR, and that the police
copy holds only what is needed: NHS information governance, Sharing information with the police, 20 May 2025. One hour
from offered to accepted: Right Care Right Person, phase 4, as reported 13 Nov 2024; the minutes and who to raise it
with stand in the rule pack. Staff are agreed together as support needed, not as a level of the person: NICE NG225
(Sept 2022). Unconfirmed: the hour as national wording (RCPsych wrote 1 hour in 2011 and 30 minutes in 2013), and when
police may leave a person detained under section 135 or 136, on which lawyers differ; so the app states facts and
agreement and never that a duty has ended. The 45 minutes at which it reminds are this project's own, 22 Nov 2026.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from pydantic import Field

from sync.core.times import span
from sync.domain.catalogue.contact.form import ContactForm, Delay
from sync.domain.catalogue.detention.codes import TIMED
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.handover import summary as summary
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.forms import Choice, Context, Form, Item, Moment, Note, YesNo, ask, group

CAUTION = (
    "Lawyers differ on when police may leave somebody detained under section 135 or 136. Record what was agreed. "
    "(unconfirmed)"
)


class LegalBasis(Choice):
    S136 = "s136", "Section 136"
    S135 = "s135", "Section 135"
    MCA = "mca", "Mental Capacity Act"
    VOLUNTARY = "voluntary", "By agreement"
    ARRESTED = "arrested", "Arrested"


class Support(Choice):
    """How many people need to stay, agreed together. Never a level of the person."""

    NHS = "nhs_alone", "NHS staff alone"
    ONE = "nhs_1_officer", "NHS staff and 1 officer"
    TWO = "nhs_2_officers", "NHS staff and 2 officers"
    POLICE = "police_lead", "Police lead"


class Copy(Choice):
    PAPER = "paper", "Paper"
    PRINTED = "printed", "Printed"
    EMAIL = "secure_email", "Secure email"
    NONE = "none", "None"


class Timer(Choice):
    """How long handover has been waited for, as a colour with its word."""

    GREEN = "green", "In time"
    AMBER = "amber", "Soon an hour"
    RED = "red", "An hour or more"


class HandoverRefusal(Item):
    """Somebody who did not accept."""

    name: str = Field("", title="Name")
    role: str = Field("", title="Role")
    at: Moment | None = Field(None, title="When")
    reason: str = Field("", title="Reason")


class Escalation(Item):
    """Somebody with whom the delay was raised."""

    name: str = Field("", title="Name")
    role: str = Field("", title="Role")
    at: Moment | None = Field(None, title="When")
    answer: str = Field("", title="What they said")


def waited(context: Context) -> timedelta | None:
    """The time from handover offered to accepted, or until now; None before it is offered."""
    incident = context.one(IncidentForm)
    if incident is None or incident.handover_offered is None:
        return None
    until = incident.handover_accepted.at if incident.handover_accepted else context.now
    return until - incident.handover_offered.at if until else None


def timer(context: Context) -> Timer | None:
    """The colour of the wait by the minutes of the rule pack; None before handover is offered."""
    wait = waited(context)
    if wait is None:
        return None
    return Timer.RED if wait >= context.rules.too_long else Timer.AMBER if wait >= context.rules.remind else Timer.GREEN


def _too_long(form: "HandoverForm", context: Context) -> bool:
    return (waited(context) or timedelta(0)) > context.rules.too_long


def _was_refused(form: "HandoverForm", context: Context) -> bool:
    return form.refused == YesNo.YES


def _timed(form: "HandoverForm", context: Context) -> bool:
    return bool(summary.clock_shown(context))


def _awaited(form: "HandoverForm", context: Context) -> tuple[Delay, ...]:
    """What officers waited for, as the contacts have it."""
    return tuple(dict.fromkeys(why for contact in context.every(ContactForm) for why in contact.delay_reasons or ()))


def _basis(form: "HandoverForm", context: Context) -> LegalBasis | None:
    code = summary.legal_basis(context)
    return LegalBasis(code) if code else None


def _from(part: Callable[[Context], str | None]) -> Callable[["HandoverForm", Context], Any]:
    """An offer of this part of the summary."""
    return lambda form, context: part(context)


class HandoverForm(Form):
    kind, title = "handover", "Handover"

    situation: str | None = ask(
        "Situation",
        page="What is said",
        required=True,
        long=True,
        police=True,
        hint="Goes on the officer's copy: facts only",
        suggest=_from(summary.situation),
    )
    background: str | None = ask("Background", required=True, long=True, suggest=_from(summary.background))
    assessment: str | None = ask("Assessment", required=True, long=True, suggest=_from(summary.assessment))
    recommendation: str | None = ask(
        "Recommendation",
        required=True,
        long=True,
        police=True,
        hint="Goes on the officer's copy: what is to be done",
        suggest=_from(summary.recommendation),
    )
    legal_basis_now: LegalBasis | None = ask(
        "On what basis are they here now?", required=True, police=True, suggest=_basis
    )
    clock_shown: str | None = ask("The time allowed", needed=_timed, police=True, suggest=_from(summary.clock_shown))
    physical_summary: str | None = ask(
        "Physical health",
        required=True,
        long=True,
        hint="Red flags, NEWS2 with its time, treatment",
        suggest=_from(summary.physical_summary),
    )
    communication_needs: str | None = ask(
        "How to talk with them",
        required=True,
        long=True,
        police=True,
        phrases=("No needs known. ",),
        hint="Language, interpreter, what helps",
        suggest=_from(summary.needs),
    )

    support_needed: Support | None = ask(
        "Support needed",
        page="Who takes over",
        required=True,
        police=True,
        hint="Agreed together: how many people stay",
    )
    support_reason: str | None = ask("Why, and agreed with whom?", required=True, long=True, police=True)
    support_review_at: Moment | None = ask("Support needed: looked at again at", police=True)
    receiving_unit: str | None = ask("Receiving unit", required=True, police=True, suggest=_from(summary.unit))
    refused: YesNo | None = ask("Did anybody refuse to take over?", required=True, police=True)
    refusals: dict[str, HandoverRefusal] = group("Who refused, and why?", needed=_was_refused, police=True)
    receiving_clinician: str | None = ask("Who accepted?", required=True, police=True, hint="Full name")
    receiving_clinician_role: str | None = ask("Their role", required=True, police=True)
    receiving_registration: str | None = ask("Their registration number", police=True)
    delay_reason: tuple[Delay, ...] | None = ask("Why the wait?", needed=_too_long, police=True, suggest=_awaited)
    raised_with: dict[str, Escalation] = group(
        "Who was it raised with?", needed=_too_long, police=True, rules_hint=lambda rules: rules.escalation
    )
    copy_given: Copy | None = ask("Copy given", required=True, police=True)

    property_removed: str | None = ask(
        "Property taken, and who holds it",
        page="What goes with them",
        required=True,
        long=True,
        police=True,
        phrases=("None. ",),
        suggest=_from(summary.property_found),
    )
    medicines_removed: str | None = ask(
        "Medicines taken, and who holds them", required=True, long=True, police=True, phrases=("None. ",)
    )
    weapons_removed: str | None = ask(
        "Weapons taken, and who holds them", required=True, long=True, police=True, phrases=("None. ",)
    )
    people_informed: str | None = ask(
        "Who was told?",
        required=True,
        long=True,
        hint="Family, carer, children's other parent",
        suggest=_from(summary.people_told),
    )
    home_secured: str | None = ask(
        "Children, other dependants, pets and home",
        required=True,
        long=True,
        police=True,
        hint="Who has them? Is it locked?",
        suggest=_from(summary.dependants),
    )

    @classmethod
    def expected(cls, context: Context) -> bool:
        """When somebody may have to take over: officers are there, the scene was left, or a power was used."""
        incident = context.one(IncidentForm)
        moved = incident is not None and (incident.departed_scene or incident.handover_offered)
        return context.police_present or bool(moved) or summary.used(context) is not None

    @classmethod
    def due(cls, context: Context) -> str:
        incident = context.one(IncidentForm)
        if incident and incident.handover_offered:
            return "Handover was offered. Record who took over."
        detained = any(detention.power in TIMED for detention in context.every(DetentionForm))
        return "A section 135 or 136 power was used. Record who took over." if detained else ""

    @classmethod
    def notes(cls, form: "HandoverForm", context: Context) -> Iterable[Note]:
        wait = waited(context)
        if wait is not None and wait >= context.rules.remind:
            words = f"{span(wait)} since handover was offered."
            if wait > context.rules.too_long:
                limit = span(context.rules.too_long).removesuffix(" 00 min")
                words = f"More than {limit}: {words} Say why, and raise it: {context.rules.escalation}."
            yield Note(words, source="Right Care Right Person, phase 4 (unconfirmed)")
        if form.refused == YesNo.YES:
            yield Note(f"Handover was refused: raise it. {context.rules.escalation}.")
        if summary.used(context):
            yield Note(CAUTION)

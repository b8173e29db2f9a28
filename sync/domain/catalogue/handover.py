"""Handing over to those who take over: what is said (SBAR), what goes with the person, and who stays.

Sources, read 22 Nov 2026: SBAR, and that the police copy holds only what is needed: NHS information governance,
Sharing information with the police, 20 May 2025. One hour from offered to accepted: Right Care Right Person, phase 4,
as reported 13 Nov 2024. Staff are agreed together as support needed, not as a level of the person: NICE NG225 (Sept
2022). Unconfirmed: the hour as national wording (RCPsych wrote 1 hour in 2011 and 30 minutes in 2013), and when police
may leave a person detained under section 135 or 136, on which lawyers differ; so the app states facts and agreement
and never that a duty has ended. The 45 minutes at which it reminds are this project's own, 22 Nov 2026.
"""

from collections.abc import Iterable
from datetime import timedelta

from sync.domain.catalogue.contact import Delay
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.forms import Choice, Context, Form, Moment, Note, ask
from sync.domain.times import span

REMIND, TOO_LONG = timedelta(minutes=45), timedelta(minutes=60)
ESCALATION = "Unit manager → site or bed manager; sergeant → inspector → on-call directors"


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


def waited(context: Context) -> timedelta | None:
    """From handover offered to accepted, or until now; None before it is offered."""
    incident = context.one(IncidentForm)
    if incident is None or incident.handover_offered is None:
        return None
    until = incident.handover_accepted.at if incident.handover_accepted else context.now
    return until - incident.handover_offered.at if until else None


def _waits(form: "HandoverForm", context: Context) -> bool:
    return (waited(context) or timedelta(0)) >= REMIND


def _too_long(form: "HandoverForm", context: Context) -> bool:
    return (waited(context) or timedelta(0)) > TOO_LONG


class HandoverForm(Form):
    kind, title = "handover", "Handover"

    situation: str | None = ask(
        "Situation", page="What is said", required=True, long=True, police=True,
        hint="Goes on the officer's copy: facts only",
    )  # fmt: skip
    background: str | None = ask("Background", required=True, long=True)
    assessment: str | None = ask("Assessment", required=True, long=True)
    recommendation: str | None = ask(
        "Recommendation", required=True, long=True, police=True, hint="Goes on the officer's copy: what is to be done"
    )
    legal_basis_now: LegalBasis | None = ask("On what basis are they here now?", required=True, police=True)

    support_needed: Support | None = ask(
        "Support needed", page="Who takes over", required=True, police=True,
        hint="Agreed together: how many people stay",
    )  # fmt: skip
    support_reason: str | None = ask("Why, and agreed with whom?", required=True, long=True, police=True)
    support_review_at: Moment | None = ask("Looked at again at", police=True)
    receiving_unit: str | None = ask("Receiving unit", required=True, police=True)
    receiving_clinician: str | None = ask(
        "Who accepted?", required=True, police=True, hint="Full name. If refused: who, and why"
    )
    receiving_clinician_role: str | None = ask(
        "Their role", required=True, police=True, hint="With registration number"
    )
    delay_reason: tuple[Delay, ...] | None = ask("Why the wait?", when=_waits, required=_too_long, police=True)
    escalations: str | None = ask("Who was it raised with?", when=_waits, long=True, police=True, hint=ESCALATION)
    copy_given: Copy | None = ask("Copy given", required=True, police=True)

    property_removed: str | None = ask(
        "Property taken, and who holds it", page="What goes with them", required=True, long=True, police=True,
        phrases=("None. ",),
    )  # fmt: skip
    medicines_removed: str | None = ask(
        "Medicines taken, and who holds them", required=True, long=True, police=True, phrases=("None. ",)
    )
    weapons_removed: str | None = ask(
        "Weapons taken, and who holds them", required=True, long=True, police=True, phrases=("None. ",)
    )
    people_informed: str | None = ask(
        "Who was told?", required=True, long=True, hint="Family, carer, children's other parent"
    )
    home_secured: str | None = ask(
        "Children, other dependants, pets and home", required=True, long=True, police=True,
        hint="Who has them? Is it locked?",
    )  # fmt: skip

    @classmethod
    def notes(cls, form: "HandoverForm", context: Context) -> Iterable[Note]:
        wait = waited(context)
        if wait is not None and wait >= REMIND:
            over = f"{span(wait)} since handover was offered"
            words = f"More than 1 hour: {over}. Say why, and raise it." if wait > TOO_LONG else f"{over}."
            yield Note(words, source="Right Care Right Person, phase 4")

"""The letter to the person's GP: why they were seen, what was found, the safety plan, what the GP is asked to do.

Sources: contents, and that there is a letter unless the person declines it or has no GP: project specification 3(g),
22 Nov 2026; implied consent for direct care, and that the person is told: NHS information governance, 20 May 2025.
Unconfirmed, for a named person to check: the headings (after the PRSB headings for letters), and that the person gets a
copy unless it does harm or would be seen by somebody it should not be seen by.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sync.core.times import day_and_clock
from sync.domain.catalogue.assessment.form import AssessmentForm, red_flags
from sync.domain.catalogue.assessment.safety import plan_in_words
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.person.codes import Basis, Identity
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.referral import Method, ReferralForm, gp_of, unregistered
from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask


class LetterDecision(Choice):
    SEND = "send", "Send a letter"
    DECLINED = "declined", "The person declines"
    UNREGISTERED = "unregistered", "Not registered with a GP"
    NOT_KNOWN = "gp_not_known", "GP not known"


def _newest(context: Context) -> AssessmentForm | None:
    assessments = context.every(AssessmentForm)
    return assessments[-1] if assessments else None


def _sent(form: "LetterForm", context: Context) -> bool:
    return form.wanted == LetterDecision.SEND


def _declined(form: "LetterForm", context: Context) -> bool:
    return form.wanted == LetterDecision.DECLINED


def _no_copy(form: "LetterForm", context: Context) -> bool:
    return _sent(form, context) and form.person_copy == YesNo.NO


def _practice(form: "LetterForm", context: Context) -> str | None:
    return gp_of(context.one(PersonForm))


def _unregistered(context: Context) -> bool:
    person = context.one(PersonForm)
    return person is not None and unregistered(person)


def _unless_unregistered(form: "LetterForm", context: Context) -> LetterDecision | None:
    return LetterDecision.UNREGISTERED if _unregistered(context) else None


def _answer(name: str) -> Callable[["LetterForm", Context], Any]:
    """An offer of this answer of the newest assessment."""
    return lambda form, context: getattr(_newest(context), name, None)


def _plan(form: "LetterForm", context: Context) -> str | None:
    assessment = _newest(context)
    return plan_in_words(assessment) if assessment else None


def _findings(form: "LetterForm", context: Context) -> str:
    """Impression, physical emergencies and what was done, powers used, medicines."""
    assessment, person = _newest(context), context.one(PersonForm)
    lines = []
    if assessment:
        lines += [f"Impression: {assessment.impression}"] if assessment.impression else []
        lines += [f"Formulation: {assessment.safety_formulation}"] if assessment.safety_formulation else []
        flags = ", ".join(red_flags(assessment))
        lines += [f"Physical health: {flags}. {assessment.red_flag_action or ''}".strip()] if flags else []
    for detention in context.every(DetentionForm):
        if detention.power and detention.used_at:
            lines.append(f"{detention.power.label}, {day_and_clock(detention.used_at)}.")
    if person:
        lines += [f"Medicines: {person.medicines}"] if person.medicines else []
        lines += [f"Allergies: {person.allergies}"] if person.allergies else []
    return "\n".join(lines)


def _arranged(form: "LetterForm", context: Context) -> str:
    """The referrals made, each with its urgency and the answer."""
    lines = []
    for referral in context.every(ReferralForm):
        if referral.destination and referral.service:
            urgency = f", {referral.urgency.label.lower()}" if referral.urgency else ""
            reply = f": {referral.outcome.label.lower()}" if referral.outcome else ""
            lines.append(f"{referral.destination.label}, {referral.service}{urgency}{reply}.")
    return "\n".join(lines)


class LetterForm(Form):
    kind, title = "gp_letter", "GP letter"

    wanted: LetterDecision | None = ask(
        "Is a letter sent to the GP?", page="The letter", required=True, suggest=_unless_unregistered
    )
    declined_reason: str | None = ask(
        "What did the person say?", when=_declined, long=True, hint="Told why it helps? Is it shared on another basis?"
    )
    gp_practice: str | None = ask("Which practice?", needed=_sent, suggest=_practice)
    reason_seen: str | None = ask("Reason seen", needed=_sent, long=True, suggest=_answer("presenting_situation"))
    findings: str | None = ask("What was found", needed=_sent, long=True, suggest=_findings)
    safety_plan: str | None = ask("Safety plan", needed=_sent, long=True, suggest=_plan)
    arranged: str | None = ask(
        "What is arranged", when=_sent, long=True, suggest=_arranged, hint="Referrals, and who calls"
    )
    gp_action: str | None = ask(
        "What the GP is asked to do",
        needed=_sent,
        long=True,
        suggest=_answer("plan"),
        phrases=("For information: nothing is asked. ", "Please see within ", "Please review medicines. "),
    )

    info_basis: Basis | None = ask("Basis for sharing", page="Who gets it", needed=_sent)
    person_copy: YesNo | None = ask("Does the person get a copy?", needed=_sent)
    no_copy_reason: str | None = ask("Why not?", needed=_no_copy, long=True)
    copies_to: str | None = ask("Who else gets it?", when=_sent, hint="Team or person, with their agreement")
    sent_at: Moment | None = ask("Sent at", when=_sent)
    method: Method | None = ask("How?", when=_sent, required=lambda form, _: form.sent_at is not None)

    @classmethod
    def expected(cls, context: Context) -> bool:
        return bool(context.every(AssessmentForm))

    @classmethod
    def due(cls, context: Context) -> str:
        """Once there is a plan, for a person whose name is known and who may have a GP."""
        person, assessment = context.one(PersonForm), _newest(context)
        named = person is not None and person.identity_status in (Identity.VERIFIED, Identity.STATED)
        planned = assessment is not None and bool(assessment.plan)
        return "A letter to the GP, or why there is none" if named and planned and not _unregistered(context) else ""

    @classmethod
    def notes(cls, form: "LetterForm", context: Context) -> Iterable[Note]:
        if form.wanted == LetterDecision.UNREGISTERED:
            yield Note("Not registered: tell the person how to register, and who to ring until then.")
        if _sent(form, context) and not form.sent_at:
            yield Note("Not sent yet.")

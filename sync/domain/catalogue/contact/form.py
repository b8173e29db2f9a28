"""One contact: with the person, or advice to an officer or the control room. An incident may hold several.

Sources: contact modes, see `sync.domain.clinical.modes`; project specification 2.4 (G1), 3(a) and 5.3, 22 Nov 2026:
what the officer means to do is asked before advice is given, so that powers considered and not used can be counted;
officers wait from arrival to release, see `sync.domain.clinical.waiting`. Right Care Right Person: National
Partnership Agreement, gov.uk, 17 Apr 2024 (crime; real and immediate risk to life or of serious harm), College of
Policing guidance for force control rooms, read 22 Nov 2026; the caller is told when nobody is sent: IOPC
recommendation, Feb 2023. It is a decision on sending police; section 136 is the officer's own decision at the scene and
has its own form.

A decision is never written over: what is decided anew, on new information, is another contact of its own
(`rcrp_history`). The officers of an advice contact are those who asked.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.core.times import clock, span
from sync.domain.catalogue.contact import conditions
from sync.domain.catalogue.contact import officers as crew
from sync.domain.catalogue.contact.codes import Agency as Agency
from sync.domain.catalogue.contact.codes import CallType, Delay, Intention, Limb, RcrpDecision
from sync.domain.catalogue.contact.codes import Officer as Officer
from sync.domain.catalogue.contact.officers import officer_stays as officer_stays
from sync.domain.catalogue.contact.officers import wait as wait
from sync.domain.catalogue.incident import IncidentForm, Nature
from sync.domain.clinical import waiting
from sync.domain.clinical.modes import Mode as Mode
from sync.domain.forms import Context, Form, Moment, Note, Rule, YesNo, ask, group

_LAST = datetime.max.replace(tzinfo=UTC)
ENOUGH = 20  # characters: a reason shorter than this is asked about


def _ask(text: str, needed: Rule | None = None, **about: Any) -> Any:
    """A question of which no answer is required when the incident is not about mental health."""
    if needed:
        about |= {"when": needed, "required": needed}
    if "required" in about:
        about["required"] = conditions.if_mental_health(about["required"])
    return ask(text, **about)


class ContactForm(Form):
    kind, title = "contact", "Contact"
    repeats = True

    contact_mode: Mode | None = _ask("How was the contact?", page="Contact", required=conditions.always)
    person_present: YesNo | None = ask("Was the person there?")
    started_at: Moment | None = ask("With the person from", when=conditions.with_person)
    ended_at: Moment | None = ask("With the person until", when=conditions.with_person)
    call_started_at: Moment | None = ask("Call began", when=conditions.call)
    call_ended_at: Moment | None = ask("Call ended", when=conditions.call)
    police_present: YesNo | None = _ask("Are police there, or asking?", required=conditions.always)
    officers: dict[str, Officer] = group(
        "Officers",
        when=conditions.officers,
        required=conditions.if_mental_health(conditions.officers_unnamed),
        police=True,
        suggest=crew.suggested,
        hint="Who came or who asks. Times only where they differ from the incident's",
    )
    delay_reasons: tuple[Delay, ...] | None = _ask(
        "What are officers waiting for?", when=conditions.officers, required=conditions.delayed
    )

    officer_intended_action: Intention | None = _ask(
        "What would the officer do without your advice?",
        page="Advice",
        when=conditions.advisable,
        required=conditions.intention_unknown,
        hint="Ask before you advise",
    )
    intention_before_advice: YesNo | None = ask("Was this asked before you advised?", when=conditions.intended)
    requested_at: Moment | None = ask(
        "Advice asked for at",
        when=conditions.advice,
        suggest=conditions.request,
        hint="Only if this is a later request",
    )
    officer_question: str | None = ask("What did the officer ask?", when=conditions.advisable, long=True)
    advice_given: str | None = _ask("Advice given", when=conditions.advisable, required=conditions.advice, long=True)
    advice_rationale: str | None = _ask(
        "Why this advice?", when=conditions.advised, required=conditions.why_advised, long=True
    )
    advice_given_at: Moment | None = _ask(
        "When?", when=conditions.advised, required=conditions.when_advised, suggest=conditions.tapped_advice
    )
    advice_accepted: YesNo | None = _ask("Did the officer take the advice?", needed=conditions.advised)
    advice_not_accepted_reason: str | None = _ask("Why not?", needed=conditions.not_taken, long=True)

    rcrp_relevant: YesNo | None = _ask(
        "Does Right Care Right Person apply to this call?",
        page="Right Care Right Person",
        needed=conditions.control_room,
        hint="It is about sending police, not about using a power",
    )
    rcrp_call_type: CallType | None = _ask("What is the call about?", needed=conditions.relevant)
    rcrp_threshold: tuple[Limb, ...] | None = _ask(
        "Is the threshold for police met?", needed=conditions.relevant, check=conditions.only_none_of_these
    )
    rcrp_rationale: str | None = _ask(
        "What is this based on?",
        needed=conditions.relevant,
        long=True,
        hint="What was seen, heard or read, and by whom",
    )
    rcrp_decision: RcrpDecision | None = _ask("Decision", needed=conditions.relevant)
    rcrp_decided_by: str | None = _ask("Who decided?", needed=conditions.relevant, hint="Name and role")
    rcrp_decided_at: Moment | None = _ask("When was it decided?", needed=conditions.relevant)

    rcrp_agency_type: Agency | None = _ask(
        "Which agency?", page="Who takes it on", when=conditions.nobody_sent, required=conditions.redirected
    )
    rcrp_agency: str | None = ask("Which team or service?", when=conditions.nobody_sent)
    rcrp_accepted_by: str | None = _ask(
        "Who accepted it?", needed=conditions.to_accept, hint="Name and role. Open until somebody accepts"
    )
    rcrp_accepted_at: Moment | None = _ask("When was it accepted?", needed=conditions.to_accept)
    rcrp_caller_told: YesNo | None = _ask(
        "Was the caller told whether police will come?", needed=conditions.nobody_sent
    )
    rcrp_caller_told_at: Moment | None = _ask("When were they told?", needed=conditions.caller_told)
    rcrp_disputed: YesNo | None = ask("Do the agencies disagree?", when=conditions.relevant)
    rcrp_escalated_to: str | None = _ask("Who was it raised with?", needed=conditions.disputed, hint="Name and role")
    rcrp_escalation_decided_by: str | None = ask("Who decided it?", when=conditions.disputed)
    rcrp_escalation_outcome: str | None = _ask("What came of it?", needed=conditions.disputed, long=True)

    @classmethod
    def due(cls, context: Context) -> str:
        incident = context.one(IncidentForm)
        about_mh = incident is not None and incident.nature in (Nature.PRIMARY, Nature.SECONDARY, Nature.UNCLEAR)
        return "At least one contact: how it was made" if about_mh else ""

    @classmethod
    def notes(cls, form: "ContactForm", context: Context) -> Iterable[Note]:
        if form.advice_given and form.officer_intended_action is None and conditions.intention_unknown(form, context):
            yield Note("Ask the officer what they would have done, before you advise.")
        if (taken := time_to_advice(form, context)) is not None:
            yield Note(f"Advice {span(taken)} after it was asked for.")
        yield from _order(form)
        if (waited := wait(context)) and waiting.reason_due(waited, context.rules) and not form.delay_reasons:
            yield Note(f"Officers: {span(waited.longest)}. Say what they wait or waited for.")
        yield from _rcrp_notes(form, context)


# --- what follows from it -----------------------------------------------------------------------------------------


def _order(form: ContactForm) -> Iterable[Note]:
    for officer in form.officers.values():
        if officer.arrived and officer.released and officer.released < officer.arrived:
            yield Note(f"{officer.name or 'An officer'} is released before they arrived: check.")
    pairs = ((form.started_at, form.ended_at), (form.call_started_at, form.call_ended_at))
    if any(began and ended and ended < began for began, ended in pairs):
        yield Note("The contact ends before it begins: check.")


def _rcrp_notes(form: ContactForm, context: Context) -> Iterable[Note]:
    if form.rcrp_rationale and len(form.rcrp_rationale.strip()) < ENOUGH:
        yield Note("Say a little more on what this is based on: what was seen, heard or read?")
    if open_redirect(form):
        yield Note("Nobody has accepted this yet, by name and time. It stays open.")
    if conditions.nobody_sent(form, context) and form.rcrp_caller_told == YesNo.NO:
        yield Note("Tell the caller that nobody is being sent.", source="IOPC recommendation, Feb 2023")
    if form.rcrp_decision is None:
        return
    yield Note("New information? Add another contact: this decision stays as it was.")
    decided = rcrp_history(context)
    if len(decided) > 1:
        yield Note("Decided so far: " + "; ".join(map(decision_line, decided)) + ".")


def decision_line(form: ContactForm) -> str:
    """A decision in one line: "20:10 Do not deploy (Sam Hill, coordinator)"."""
    at = clock(form.rcrp_decided_at) if form.rcrp_decided_at else "no time"
    by = f" ({form.rcrp_decided_by})" if form.rcrp_decided_by else ""
    return f"{at} {form.rcrp_decision.label if form.rcrp_decision else ''}{by}"


def rcrp_history(context: Context) -> tuple[ContactForm, ...]:
    """The contacts with a decision, first to last; those without a time at the end, in the order recorded."""
    decided = [contact for contact in context.every(ContactForm) if contact.rcrp_decision is not None]
    return tuple(sorted(decided, key=lambda contact: contact.rcrp_decided_at or _LAST))


def open_redirect(form: ContactForm) -> bool:
    """Whether the incident was passed to an agency that has not accepted it by name and time."""
    passed = form.rcrp_decision == RcrpDecision.REDIRECT and form.rcrp_agency_type != Agency.NONE
    return passed and not (form.rcrp_accepted_by and form.rcrp_accepted_at)


def time_to_advice(form: ContactForm, context: Context) -> timedelta | None:
    """From the request to the advice; None while either time is unknown."""
    requested = form.requested_at or conditions.request(form, context)
    given = form.advice_given_at or (
        conditions.tapped_advice(form, context) if conditions.advice(form, context) else None
    )
    return given - requested if requested and given else None

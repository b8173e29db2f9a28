"""A referral. It is open until somebody at the receiving service has acknowledged it.

Sources, read 22 Nov 2026: team types, NHS Data Dictionary (SERVICE OR TEAM TYPE, Mental Health Services Data Set v6.0);
urgency: MHSDS clinical response priority (1, 4, 2, 3), NHS England UEC mental health guidance; its response times stand
in the rule pack (UK Mental Health Triage Scale 2015: within 4 hours, within 24 hours); basis for sharing: NHS
information governance, 20 May 2025, DHSC consensus statement, 26 Aug 2021, and SHARE (Zero Suicide Alliance). Which
referrals need an acknowledgement before signing, and that a closed service is warned of and never barred, are this
project's own (project specification 3(g), DOR-1, 22 Nov 2026). Unconfirmed: that emergency counts as due at once (pack
provision `referral_times`); codes for places that have no team type are this project's own.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sync.core.times import day_and_clock
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.person.age import age
from sync.domain.catalogue.person.codes import Basis
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.content import directory
from sync.domain.content.rules import Rules
from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask


class Destination(Choice):
    CRISIS_TEAM = "A02", "Crisis and home treatment team"
    SINGLE_POINT = "A18", "Single point of access"
    CRISIS_LINE = "A19", "24-hour crisis line"
    HBPOS = "A20", "Health-based place of safety"
    CRISIS_CAFE = "A21", "Crisis café"
    DECISION_UNIT = "A23", "Decision unit"
    CRISIS_HOUSE = "A25", "Crisis house"
    LIAISON = "A11", "Liaison team in hospital"
    COMMUNITY = "A06", "Community mental health team"
    EARLY_INTERVENTION = "A14", "Early intervention in psychosis"
    CAMHS = "camhs", "CAMHS"
    PERINATAL = "C02", "Perinatal team"
    SUBSTANCES = "D01", "Drug and alcohol service"
    LIAISON_DIVERSION = "D02", "Liaison and diversion"
    LEARNING_DISABILITY = "E01", "Learning disability team"
    ED = "ed", "Emergency department"
    GP = "gp", "GP"
    SOCIAL_CARE = "social_care", "Social care"
    AMHP = "amhp", "AMHP service"
    SAFEGUARDING = "safeguarding", "Safeguarding"
    HOUSING = "housing", "Housing"
    DOMESTIC_ABUSE = "domestic_abuse", "Domestic abuse service"
    RETREAT = "retreat", "Retreat or community front room"
    VOLUNTARY = "voluntary", "Voluntary service"
    OTHER = "other", "Other"


class Urgency(Choice):
    EMERGENCY = "1", "Emergency: now"
    VERY_URGENT = "4", "Very urgent: within 4 hours"
    URGENT = "2", "Urgent: within 24 hours"
    ROUTINE = "3", "Routine"


class Method(Choice):
    PHONE = "phone", "Phone, and in writing"
    EMAIL = "secure_email", "Secure email"
    PORTAL = "portal", "Portal"
    PAPER = "paper", "Paper"


class ReferralReply(Choice):
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Not accepted"
    REDIRECTED = "redirected", "Sent on elsewhere"


def target_at(form: "ReferralForm", rules: Rules) -> datetime | None:
    """When the answer is due: the urgency's hours after the decision, or after sending when no decision is recorded.

    None when no answer is due, or when the day is beyond the calendar.
    """
    decided_at = form.decided_at or form.sent_at
    hours = rules.referral_hours.get(form.urgency.value) if form.urgency else None
    if decided_at is None or hours is None:
        return None
    try:
        return (decided_at + timedelta(hours=hours)).astimezone(UTC)
    except OverflowError:
        return None


def needs_acknowledgement(form: "ReferralForm") -> bool:
    """Whether signing waits for the acknowledgement: for emergency, very urgent and safeguarding referrals."""
    return form.urgency in (Urgency.EMERGENCY, Urgency.VERY_URGENT) or form.destination == Destination.SAFEGUARDING


def acknowledged(form: "ReferralForm") -> bool:
    return form.acknowledged_at is not None


def awaited_by(form: "ReferralForm", rules: Rules) -> datetime | None:
    """When the missing acknowledgement is due; None when it has come, or has no time by which it is due."""
    return None if acknowledged(form) else target_at(form, rules)


def overdue(form: "ReferralForm", rules: Rules, now: datetime) -> bool:
    """Whether the time by which somebody should have acknowledged it has passed."""
    due = awaited_by(form, rules)
    return due is not None and now > due


def chosen(form: "ReferralForm", book: directory.Book) -> directory.Service | None:
    """The service chosen from the directory; None once the answer no longer contains its name."""
    service = book.service(form.service_id) if form.service_id else None
    return service if service and form.service and service.name in form.service else None


def _to_be_acknowledged(form: "ReferralForm", context: Context) -> bool:
    return needs_acknowledgement(form)


def _answered(form: "ReferralForm", context: Context) -> bool:
    return needs_acknowledgement(form) or acknowledged(form)


def _not_accepted(form: "ReferralForm", context: Context) -> bool:
    return form.outcome in (ReferralReply.REJECTED, ReferralReply.REDIRECTED)


def _without_agreement(form: "ReferralForm", context: Context) -> bool:
    return form.person_aware in (YesNo.NO, YesNo.NOT_KNOWN)


def _their_gp(form: "ReferralForm", context: Context) -> str | None:
    return gp_of(context.one(PersonForm)) if form.destination == Destination.GP else None


def gp_of(person: PersonForm | None) -> str | None:
    """The GP and the practice, in words; None when not known or not registered."""
    if person is None or unregistered(person):
        return None
    return ", ".join(part for part in (person.gp_name, person.gp_practice) if part) or None


def unregistered(person: PersonForm) -> bool:
    return (person.gp_practice or "").casefold().startswith("not registered")


def _from_assessment(form: "ReferralForm", context: Context) -> str:
    """Situation, impression and plan of the newest assessment, a line each."""
    parts = (("Seen for", "presenting_situation"), ("Impression", "impression"), ("Plan", "plan"))
    newest = context.every(AssessmentForm)[-1:]
    answers = [(heading, getattr(assessment, name)) for assessment in newest for heading, name in parts]
    return "\n".join(f"{heading}: {answer}" for heading, answer in answers if answer)


class ReferralForm(Form):
    kind, title = "referral", "Referral"
    repeats = True

    destination: Destination | None = ask("Refer to", required=True)
    service: str | None = ask(
        "Which service or team?",
        required=True,
        hint="Name, and how to reach it",
        directory="destination",
        suggest=_their_gp,
    )
    service_id: str | None = ask("Service in the directory", hidden=True)
    urgency: Urgency | None = ask("How soon?", required=True)
    decided_at: Moment | None = ask("Decided at")
    reason: str | None = ask("Reason, and what you ask for", required=True, long=True, suggest=_from_assessment)
    person_aware: YesNo | None = ask("Does the person know and agree?", required=True)
    info_basis: Basis | None = ask("Basis for sharing", required=True)
    shared_without: str | None = ask(
        "Why is it shared without their agreement?",
        needed=_without_agreement,
        long=True,
        hint="Say if they know, and what they want",
        phrases=("They know. ", "They do not know, because ", "To prevent serious harm: ", "Family was heard: "),
    )
    info_withheld: str | None = ask("What was left out, and why?", long=True)

    sent_at: Moment | None = ask("Sent at", page="Sent and answered", required=True)
    method: Method | None = ask("How?", required=True)
    info_shared: str | None = ask(
        "What was sent?", long=True, phrases=("Assessment. ", "Safety plan. ", "Contact details. ", "Spoken summary. ")
    )
    acknowledged_by: str | None = ask(
        "Who has it?", required=_to_be_acknowledged, hint="Name and role of who acknowledged it"
    )
    acknowledged_at: Moment | None = ask("When did they say so?", required=_to_be_acknowledged)
    outcome: ReferralReply | None = ask("Their answer", required=_answered)
    outcome_reason: str | None = ask("Why, or where to?", needed=_not_accepted, long=True)
    followup_call_at: Moment | None = ask("Call the person back at", hint="To hear whether it worked")
    followup_call: str | None = ask(
        "What did they say?", when=lambda form, _: form.followup_call_at is not None, long=True
    )

    @classmethod
    def notes(cls, form: "ReferralForm", context: Context) -> Iterable[Note]:
        yield from _directory_notes(form, context)
        due = target_at(form, context.rules)
        if due and not acknowledged(form):
            yield Note(f"Answer due by {day_and_clock(due)}.{_unsure(context.rules)}")
        if context.now and overdue(form, context.rules, context.now):
            yield Note("Overdue: nobody has acknowledged this." if form.sent_at else "Overdue: this has not been sent.")
        elif form.sent_at and not acknowledged(form):
            yield Note("Not yet acknowledged: it stays open.")
        if form.outcome == ReferralReply.REJECTED:
            yield Note("Not accepted: who helps the person now? Make another referral, or change the plan.")
        if _without_agreement(form, context):
            agree = form.info_basis == Basis.CONSENT
            ask_again = "The basis is consent, and there is no agreement: check the basis. " if agree else ""
            yield Note(
                f"{ask_again}Share only what is needed, and record why.", source="SHARE; consensus statement, 2021"
            )


def _unsure(rules: Rules) -> str:
    unconfirmed = {provision.code for provision in rules.provisions if not provision.confirmed}
    return " (Times unconfirmed: check local policy.)" if "referral_times" in unconfirmed else ""


def _directory_notes(form: ReferralForm, context: Context) -> Iterable[Note]:
    """What the directory warns of for the service chosen, until the referral is acknowledged."""
    service, when = chosen(form, context.directory), form.sent_at or context.now
    if service is None or when is None or acknowledged(form):
        return
    if form.destination and form.destination.value not in service.kinds:
        listed = ", ".join(kind.label for kind in Destination if kind.value in service.kinds)
        yield Note(f"The directory lists {service.name} as: {listed}.", source="Service directory")
    person = context.one(PersonForm)
    years = age(person, when) if person else None
    before = "When this was sent: " if form.sent_at else ""
    days_off, stale_days = context.directory.days_off, context.rules.directory_stale_days
    for words in directory.warnings(service, when, days_off, stale_days, years):
        yield Note(before + words, grave=True, source="Service directory")

"""A referral. It is open until somebody at the other end has acknowledged it.

Sources, read 22 Nov 2026: team types, NHS Data Dictionary (SERVICE OR TEAM TYPE, Mental Health Services Data Set v6.0);
urgency: MHSDS clinical response priority (1, 4, 2, 3), NHS England UEC mental health guidance, with the response times
of the UK Mental Health Triage Scale 2015 (within 4 hours, within 24 hours); basis for sharing: NHS information
governance, 20 May 2025, and DHSC consensus statement, 26 Aug 2021. Which referrals need an acknowledgement before
signing is this project's own, 22 Nov 2026. Unconfirmed: that emergency counts as due at once; codes for places that
have no team type are this project's own.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask
from sync.domain.times import day_and_clock


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


WITHIN = {Urgency.EMERGENCY: timedelta(0), Urgency.VERY_URGENT: timedelta(hours=4), Urgency.URGENT: timedelta(hours=24)}


class Method(Choice):
    PHONE = "phone", "Phone, and in writing"
    EMAIL = "secure_email", "Secure email"
    PORTAL = "portal", "Portal"
    PAPER = "paper", "Paper"


class Basis(Choice):
    """Why it may be shared. One for each disclosure."""

    CONSENT = "consent", "Consent"
    DIRECT_CARE = "direct_care", "Implied, for direct care"
    BEST_INTERESTS = "best_interests", "Best interests: lacks capacity for this"
    VITAL = "vital_interests", "Vital interests or serious harm"
    SAFEGUARDING = "safeguarding", "Safeguarding duty"
    PUBLIC = "public_interest", "Public interest"
    LEGAL = "legal", "Court or law"


class Reply(Choice):
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Not accepted"
    REDIRECTED = "redirected", "Sent on elsewhere"


def target_at(form: "ReferralForm") -> datetime | None:
    """When the answer is due: the urgency's time from the decision, or from sending if that is all there is."""
    decided_at = form.decided_at or form.sent_at
    within = WITHIN.get(form.urgency) if form.urgency else None
    return decided_at + within if decided_at and within is not None else None


def needs_acknowledgement(form: "ReferralForm") -> bool:
    """Emergency, very urgent and safeguarding referrals are not done until somebody has said they have them."""
    return form.urgency in (Urgency.EMERGENCY, Urgency.VERY_URGENT) or form.destination == Destination.SAFEGUARDING


def _acknowledged(form: "ReferralForm", context: Context) -> bool:
    return needs_acknowledgement(form)


def _not_accepted(form: "ReferralForm", context: Context) -> bool:
    return form.outcome in (Reply.REJECTED, Reply.REDIRECTED)


class ReferralForm(Form):
    kind, title = "referral", "Referral"
    repeats = True

    destination: Destination | None = ask("Refer to", required=True)
    service: str | None = ask("Which service or team?", required=True, hint="Name, and how to reach it")
    urgency: Urgency | None = ask("How soon?", required=True)
    decided_at: Moment | None = ask("Decided at")
    reason: str | None = ask("Reason, and what you ask for", required=True, long=True)
    person_aware: YesNo | None = ask("Does the person know and agree?", required=True)
    info_basis: Basis | None = ask("Basis for sharing", required=True)
    info_withheld: str | None = ask("What was left out, and why?", long=True)

    sent_at: Moment | None = ask("Sent at", page="Sent and answered", required=True)
    method: Method | None = ask("How?", required=True)
    acknowledged_by: str | None = ask(
        "Who has it?", required=_acknowledged, hint="Name and role of who acknowledged it"
    )
    acknowledged_at: Moment | None = ask("When did they say so?", required=_acknowledged)
    outcome: Reply | None = ask("Their answer")
    outcome_reason: str | None = ask("Why, or where to?", when=_not_accepted, required=_not_accepted, long=True)

    @classmethod
    def notes(cls, form: "ReferralForm", context: Context) -> Iterable[Note]:
        due = target_at(form)
        if due:
            yield Note(f"Answer due by {day_and_clock(due)}.")
        if form.sent_at and not form.acknowledged_at:
            late = due is not None and context.now is not None and context.now > due
            yield Note("Overdue: nobody has acknowledged this." if late else "Not yet acknowledged: it stays open.")

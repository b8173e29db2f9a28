"""Liaison and diversion: identified, screened, assessed, referred, followed up; and a summary for police or court.

Sources, read 22 Nov 2026: stages, custody and voluntary attendance, vulnerabilities, support to the first appointment:
NHS England, Liaison and Diversion service specification 2019 and its questions and answers; that what is told to police
or court is told by consent: the same. Offence considered and diverted yes or no: project specification 1B (STF-7),
22 Nov 2026.

Unconfirmed, for a named person to check: that an appropriate adult is needed for everyone under 18 and for vulnerable
adults (PACE Code C); that liaison and diversion does not decide fitness to be detained or interviewed; the list of what
came of a diversion. The codes are this project's own.
"""

from collections.abc import Iterable

from pydantic import Field

from sync.core.times import day_and_clock
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.person.age import under_18
from sync.domain.catalogue.person.codes import none_alone
from sync.domain.catalogue.referral import Destination, ReferralForm
from sync.domain.clinical.modes import CUSTODY, LIAISON_DIVERSION
from sync.domain.forms import Choice, Context, Form, Item, Moment, Note, YesNo, ask, group


class DiversionRoute(Choice):
    CUSTODY = "custody", "Police custody"
    VOLUNTARY = "voluntary_attendance", "Voluntary attendance"
    COURT = "court", "Court"
    INSTEAD = "instead_of_arrest", "Street or home, instead of arrest"


class DiversionConsent(Choice):
    GIVEN = "given", "Given"
    DECLINED = "declined", "Declined"
    LACKS = "lacks_capacity", "Lacks capacity for this decision"


class Vulnerability(Choice):
    MENTAL_HEALTH = "mental_health", "Mental health problem"
    SELF_HARM = "self_harm", "Self-harm or thoughts of suicide"
    NEURODIVERSE = "ld_autism_adhd", "Learning disability, autism or ADHD"
    SPEECH = "speech_language", "Speech and language"
    SUBSTANCES = "substances", "Alcohol or drugs"
    TRAUMA = "trauma_abuse", "Trauma or domestic abuse"
    HOUSING = "housing", "Housing"
    DEBT = "debt", "Debt or money"
    YOUNG = "young_person", "Young person"
    WOMAN = "woman_in_custody", "Woman in custody"
    CHARGE = "charge_related", "To do with the charge, for example a serious or sexual offence"
    NONE = "none", "None found"


class JusticeOutcome(Choice):
    NO_ACTION = "no_further_action", "No further action, and health care"
    COMMUNITY = "community_resolution", "Community resolution"
    CAUTION = "conditional_caution", "Caution with conditions"
    HOSPITAL = "hospital", "Hospital"
    SENTENCE = "community_sentence", "Community sentence with treatment"
    OTHER = "other", "Other"


class Accompanied(Choice):
    """Its words are read without the question, in a line with the other parts of the item."""

    YES = "yes", "Accompanied"
    NO = "no", "Not accompanied"
    NOT_KNOWN = "not_known", "Not known if accompanied"


class Attended(Choice):
    YES = "yes", "Attended"
    NO = "no", "Did not attend"
    NOT_KNOWN = "not_known", "Not known if attended"


class FollowUp(Item):
    """One contact after the episode."""

    at: Moment | None = Field(None, title="Appointment")
    service: str = Field("", title="With whom")
    accompanied: Accompanied | None = Field(None, title="Did somebody go with them?")
    attended: Attended | None = Field(None, title="Did they attend?")
    outcome: str = Field("", title="What came of it")


STAGES = ("Identified", "Screened", "Assessed", "Referred", "Followed up")


def stages(form: "DiversionForm", context: Context) -> tuple[str, ...]:
    """The stages that are recorded, in order."""
    referred = bool(form.referred_to) or bool(_referrals(context))
    followed = any(
        followup.attended in (Attended.YES, Attended.NO) or followup.outcome for followup in form.followups.values()
    )
    reached = (form.identified_at, form.screened_at, form.assessed_at, referred, followed)
    return tuple(stage for stage, recorded in zip(STAGES, reached, strict=True) if recorded)


def _referrals(context: Context) -> tuple[ReferralForm, ...]:
    """The incident's referrals, but for one to liaison and diversion itself."""
    return tuple(
        referral
        for referral in context.every(ReferralForm)
        if referral.destination and referral.destination != Destination.LIAISON_DIVERSION
    )


def _route(form: "DiversionForm", context: Context) -> DiversionRoute | None:
    modes = [
        contact.contact_mode for contact in context.every(ContactForm) if contact.contact_mode in LIAISON_DIVERSION
    ]
    return (DiversionRoute.CUSTODY if modes[0] in CUSTODY else DiversionRoute.VOLUNTARY) if modes else None


def _custody(form: "DiversionForm", context: Context) -> bool:
    return form.route == DiversionRoute.CUSTODY


def _charged(form: "DiversionForm", context: Context) -> bool:
    return form.route is not None


def _diverted(form: "DiversionForm", context: Context) -> bool:
    return form.diverted == YesNo.YES


def _without_consent(form: "DiversionForm", context: Context) -> bool:
    return form.consent in (DiversionConsent.DECLINED, DiversionConsent.LACKS)


def _goes_on(form: "DiversionForm", context: Context) -> bool:
    return form.consent != DiversionConsent.DECLINED


def _adult_needed(form: "DiversionForm", context: Context) -> bool:
    return form.appropriate_adult == YesNo.YES


def _may_be_told(form: "DiversionForm", context: Context) -> bool:
    return form.justice_consent == YesNo.YES


def _summarised(form: "DiversionForm", context: Context) -> bool:
    return bool(form.justice_summary)


def _referred_on(form: "DiversionForm", context: Context) -> str:
    """The referrals made, a line each."""
    lines = []
    for referral in _referrals(context):
        destination = referral.destination.label if referral.destination else ""
        sent = f", sent {day_and_clock(referral.sent_at)}" if referral.sent_at else ""
        lines.append(f"{destination}: {referral.service or 'service not named'}{sent}")
    return "\n".join(lines)


class DiversionForm(Form):
    kind, title = "diversion", "Liaison and diversion"
    repeats = True

    route: DiversionRoute | None = ask("Where were they met?", page="Identified", required=True, suggest=_route)
    identified_by: str | None = ask("Who noticed a need?", required=True, hint="Name and role, or your own screening")
    identified_at: Moment | None = ask("When?", required=True)
    custody_ref: str | None = ask("Custody record number", needed=_custody)
    offence_considered: str | None = ask(
        "What offence is it about?", required=_charged, hint="As alleged: arrested for, or considered for"
    )
    fitness: str | None = ask(
        "Fit to be detained or interviewed?",
        when=_custody,
        long=True,
        hint="Custody healthcare decides: what they said, who and when",
    )
    diverted: YesNo | None = ask(
        "Were they diverted?", required=_charged, hint="Police, prosecution or court decide. “Not known” until they do"
    )
    diversion_outcome: JusticeOutcome | None = ask("To what?", needed=_diverted)
    diverted_by: str | None = ask("Who decided?", when=_diverted, hint="Name, role, force or court")

    consent: DiversionConsent | None = ask("Consent to be seen", page="Consent and screening", required=True)
    consent_detail: str | None = ask("What did they say, and what was done?", needed=_without_consent, long=True)
    screened_at: Moment | None = ask("Screened at", required=_goes_on)
    screening: str | None = ask("What did the screening find?", required=_goes_on, long=True)
    vulnerabilities: tuple[Vulnerability, ...] | None = ask("Vulnerabilities", required=True, check=none_alone)
    appropriate_adult: YesNo | None = ask(
        "Is an appropriate adult needed?", required=True, hint="The custody sergeant arranges it (unconfirmed)"
    )
    appropriate_adult_who: str | None = ask(
        "Who is it?", needed=_adult_needed, hint="Name, relation or service, when they came"
    )
    assessed_at: Moment | None = ask("Assessed at", required=_goes_on)
    assessment: str | None = ask(
        "What did the assessment find?", required=_goes_on, long=True, hint="Short: the whole stands in the assessment"
    )

    referred_to: str | None = ask(
        "Referred on to",
        page="Referred, and who is told",
        required=_goes_on,
        long=True,
        suggest=_referred_on,
        phrases=("Nobody: no need found. ",),
        hint="Each with its date",
    )
    justice_consent: YesNo | None = ask(
        "Does the person agree that police or court are told?", required=True, hint="Apart from consent to be seen"
    )
    justice_summary: str | None = ask(
        "Summary for police or court",
        needed=_may_be_told,
        long=True,
        hint="Only what they need to decide. Never the record",
        phrases=("Needs: ", "Support in place: ", "Helps in interview or court: "),
    )
    justice_agreed: YesNo | None = ask("Has the person read or heard this summary?", needed=_summarised)
    justice_given_to: str | None = ask("Given to whom?", needed=_summarised, hint="Name, role, force or court")
    justice_given_at: Moment | None = ask("When?", needed=_summarised)

    followups: dict[str, FollowUp] = group("Appointments and calls afterwards", page="Followed up")
    closed_at: Moment | None = ask("Episode ended at")
    closing: str | None = ask("How did it end?", when=lambda form, context: form.closed_at is not None, long=True)

    @classmethod
    def expected(cls, context: Context) -> bool:
        return _route(cls.model_construct(), context) is not None

    @classmethod
    def notes(cls, form: "DiversionForm", context: Context) -> Iterable[Note]:
        if reached := stages(form, context):
            yield Note(f"{' → '.join(reached)}.")
        if form.screened_at and form.assessed_at and form.assessed_at < form.screened_at:
            yield Note("The assessment is before the screening. Check the times.")
        if under_18(context) and form.appropriate_adult != YesNo.YES:
            yield Note("Under 18, or may be: an appropriate adult is needed. (Unconfirmed: check local policy.)")
        if form.justice_summary and form.justice_consent != YesNo.YES:
            yield Note("There is a summary and no agreement to give it. Do not give it on consent.", grave=True)

"""One contact: with the person, or advice to an officer or the control room. An incident may hold several.

Sources: contact modes after the five published schemes, project specification 2.3, 22 Nov 2026; advice to an officer
is indirect activity and not a care contact: Mental Health Services Data Set v6.0, MHS204 and MHS201, read 22 Nov 2026.
Right Care Right Person: National Partnership Agreement, gov.uk, 17 Apr 2024 (crime; real and immediate risk to life or
of serious harm), College of Policing guidance for force control rooms, read 22 Nov 2026; the caller is told when nobody
is sent: IOPC recommendation, Feb 2023. What the officer means to do is asked before advice is given, so that powers
considered and not used can be counted: project specification 5.3, 22 Nov 2026.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from sync.domain.forms import Choice, Context, Form, Moment, Note, YesNo, ask, group


class Mode(Choice):
    FACE_TO_FACE = "face_to_face", "Face to face"
    PHONE = "phone_with_person", "Phone, with the person"
    VIDEO = "video_with_person", "Video, with the person"
    PHONE_ADVICE = "phone_advice_to_officer", "Phone advice to an officer"
    RADIO_ADVICE = "radio_advice_to_officer", "Radio advice to an officer"
    CONTROL_ROOM = "control_room_triage", "Control room triage"
    CUSTODY = "custody_ld_face_to_face", "Liaison and diversion: custody, face to face"
    CUSTODY_REMOTE = "custody_ld_remote", "Liaison and diversion: custody, remote"
    VOLUNTARY = "voluntary_attender_ld", "Liaison and diversion: voluntary attendance"
    THIRD_PARTY = "third_party_contact", "Family or professional"


ADVICE = frozenset({Mode.PHONE_ADVICE, Mode.RADIO_ADVICE})
WITHOUT_PERSON = ADVICE | {Mode.CONTROL_ROOM, Mode.THIRD_PARTY}


class Intention(Choice):
    S136 = "s136", "Use section 136"
    ARREST = "arrest", "Arrest"
    ED = "take_to_ed", "Take to ED"
    LEAVE = "leave", "Leave"
    OTHER = "other", "Something else"
    UNSURE = "unsure", "Not sure yet"


class Delay(Choice):
    """Why officers had to wait."""

    HBPOS_FULL = "no_bed_in_hbpos", "No space in the health-based place of safety"
    NO_STAFF = "no_staff", "No staff to take over"
    ED_QUEUE = "ed_queue", "ED queue"
    AMBULANCE = "ambulance", "Ambulance"
    AMHP = "amhp", "AMHP"
    DOCTOR = "doctor", "Doctor"
    BED = "bed", "Bed"
    BEHAVIOUR = "search_or_violence", "Search or violence"
    OTHER = "other", "Other"


class Limb(Choice):
    CRIME = "crime", "A crime has happened or is happening"
    LIFE = "life", "Real and immediate risk to life"
    SERIOUS_HARM = "serious_harm", "Real and immediate risk of serious harm"
    NOT_MET = "not_met", "None of these"


class RcrpDecision(Choice):
    DEPLOY = "deploy", "Deploy"
    NOT_DEPLOY = "not_deploy", "Do not deploy"
    REDIRECT = "redirect", "Pass to another agency"
    ADVICE = "advice_only", "Advice only"


class Officer(BaseModel):
    """One officer. Any part may be empty; parts of a newer version are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    name: str = Field("", title="Name")
    rank: str = Field("", title="Rank")
    collar_number: str = Field("", title="Collar number")
    force: str = Field("", title="Force")


def _with_person(form: "ContactForm", context: Context) -> bool:
    return form.person_present == YesNo.YES or (
        form.contact_mode is not None and form.contact_mode not in WITHOUT_PERSON
    )


def _officers(form: "ContactForm", context: Context) -> bool:
    return form.police_present == YesNo.YES or context.police_present or form.contact_mode in ADVICE


def _advice(form: "ContactForm", context: Context) -> bool:
    return form.contact_mode in ADVICE


def _advised(form: "ContactForm", context: Context) -> bool:
    return bool(form.advice_given)


def _not_taken(form: "ContactForm", context: Context) -> bool:
    return form.advice_accepted == YesNo.NO


def _rcrp(form: "ContactForm", context: Context) -> bool:
    return form.contact_mode == Mode.CONTROL_ROOM


def _redirected(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_decision == RcrpDecision.REDIRECT


def _nobody_sent(form: "ContactForm", context: Context) -> bool:
    return form.rcrp_decision in (RcrpDecision.NOT_DEPLOY, RcrpDecision.REDIRECT, RcrpDecision.ADVICE)


def _only_none_of_these(limbs: tuple[Limb, ...]) -> str | None:
    alone = Limb.NOT_MET not in limbs or len(limbs) == 1
    return None if alone else "Choose “None of these” alone, or the reasons that apply."


class ContactForm(Form):
    kind, title = "contact", "Contact"
    repeats = True

    contact_mode: Mode | None = ask("How was the contact?", page="Contact", required=True)
    person_present: YesNo | None = ask("Was the person there?")
    started_at: Moment | None = ask("With the person from", when=_with_person)
    ended_at: Moment | None = ask("With the person until", when=_with_person)
    police_present: YesNo | None = ask("Are police there, or asking?", required=True)
    officers: dict[str, Officer] = group("Officers", when=_officers, required=_officers, police=True)
    delay_reasons: tuple[Delay, ...] | None = ask("What are officers waiting for?", when=_officers)

    officer_intended_action: Intention | None = ask(
        "What would the officer do without your advice?", page="Advice", when=_officers, required=_officers,
        hint="Ask before you advise",
    )  # fmt: skip
    officer_question: str | None = ask("What did the officer ask?", when=_officers, long=True)
    advice_given: str | None = ask("Advice given, and why", when=_officers, required=_advice, long=True)
    advice_given_at: Moment | None = ask("When?", when=_advised)
    advice_accepted: YesNo | None = ask("Did the officer take the advice?", when=_advised, required=_advised)
    advice_not_accepted_reason: str | None = ask("Why not?", when=_not_taken, required=_not_taken, long=True)

    rcrp_threshold: tuple[Limb, ...] | None = ask(
        "Is the threshold for police met?", page="Right Care Right Person", when=_rcrp, required=_rcrp,
        check=_only_none_of_these,
    )  # fmt: skip
    rcrp_rationale: str | None = ask("What is this based on?", when=_rcrp, required=_rcrp, long=True)
    rcrp_decision: RcrpDecision | None = ask("Decision", when=_rcrp, required=_rcrp)
    rcrp_agency: str | None = ask("Passed to which agency?", when=_redirected, required=_redirected)
    rcrp_accepted_by: str | None = ask(
        "Who accepted it?", when=_redirected, required=_redirected, hint="Name and role. Open until somebody accepts"
    )
    rcrp_accepted_at: Moment | None = ask("When was it accepted?", when=_redirected)
    rcrp_caller_told: YesNo | None = ask("Was the caller told?", when=_nobody_sent, required=_nobody_sent)

    @classmethod
    def notes(cls, form: "ContactForm", context: Context) -> Iterable[Note]:
        if form.advice_given and form.officer_intended_action is None and _officers(form, context):
            yield Note("Ask the officer what they would have done, before you advise.")
        if _redirected(form, context) and not form.rcrp_accepted_by:
            yield Note("Nobody has accepted this yet. It stays open.")
        if _nobody_sent(form, context) and form.rcrp_caller_told == YesNo.NO:
            yield Note("Tell the caller that nobody is being sent.", source="IOPC recommendation, Feb 2023")

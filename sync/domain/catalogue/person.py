"""Who the person is, as far as it is known. Every answer may stay unknown.

Sources, read 22 Nov 2026: NHS Data Dictionary: ETHNIC CATEGORY CODE 2001 (16+1 categories, self-defined; Z not stated
and 99 not known are two answers), PERSON STATED GENDER CODE, NHS NUMBER; Mental Health Services Data Set v6.0 (autism
and learning disability status, indicators); Accessible Information Standard, NHS England (needs at the top of the
record); NHS service manual, commit of 20 Aug 2026 (no title is asked). A person whose age is only estimated and may be
under 18 is treated as under 18 until it is known: project specification, 22 Nov 2026.

Unconfirmed, for a named person to check: the margin of an estimated age (ESTIMATE_MARGIN); that a person born on 29
February comes of age on 1 March; the words of the gender codes; that sections 18 and 138 and not 136 apply to a person
absent without leave.
"""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from sync.domain import nhs_number
from sync.domain.forms import Choice, Context, Form, Note, YesNo, ask, group
from sync.domain.times import local

ADULT, OLDEST = 18, 120
ESTIMATE_MARGIN = 5  # years by which an estimated age may be too high. Unconfirmed


class Identity(Choice):
    VERIFIED = "verified", "Verified"
    STATED = "stated", "Stated, not verified"
    PARTLY = "partly_known", "Partly known"
    UNKNOWN = "unknown", "Unknown"


class Sex(Choice):
    FEMALE = "2", "Female"
    MALE = "1", "Male"
    INDETERMINATE = "9", "Cannot be classed as female or male"
    NOT_KNOWN = "X", "Not known"


class EthnicCategory(Choice):
    WHITE_BRITISH = "A", "White: British"
    WHITE_IRISH = "B", "White: Irish"
    WHITE_OTHER = "C", "White: any other White background"
    MIXED_CARIBBEAN = "D", "Mixed: White and Black Caribbean"
    MIXED_AFRICAN = "E", "Mixed: White and Black African"
    MIXED_ASIAN = "F", "Mixed: White and Asian"
    MIXED_OTHER = "G", "Mixed: any other mixed background"
    INDIAN = "H", "Asian or Asian British: Indian"
    PAKISTANI = "J", "Asian or Asian British: Pakistani"
    BANGLADESHI = "K", "Asian or Asian British: Bangladeshi"
    ASIAN_OTHER = "L", "Asian or Asian British: any other Asian background"
    CARIBBEAN = "M", "Black or Black British: Caribbean"
    AFRICAN = "N", "Black or Black British: African"
    BLACK_OTHER = "P", "Black or Black British: any other Black background"
    CHINESE = "R", "Other ethnic groups: Chinese"
    OTHER = "S", "Other ethnic groups: any other"
    NOT_STATED = "Z", "Not stated: asked, and declined"
    NOT_KNOWN = "99", "Not known"


class EthnicitySource(Choice):
    """Never an observation: the category is the person's own."""

    PERSON = "person", "The person said so"
    FAMILY = "family", "Family or carer said so"
    RECORD = "record", "NHS record"


class Need(Choice):
    HEARING = "hearing", "Hearing"
    VISION = "vision", "Vision"
    SPEECH = "speech", "Speech"
    LEARNING = "learning_disability", "Learning disability"
    AUTISM = "autism", "Autism"
    READING = "literacy", "Reading and writing"
    SENSORY = "sensory", "Light, noise or touch"
    NONE = "none", "None"


class Status(Choice):
    """Autism or learning disability."""

    CONFIRMED = "1", "Confirmed"
    SUSPECTED_ON = "2", "Suspected, on a pathway"
    SUSPECTED_OFF = "3", "Suspected, not on a pathway"
    SUSPECTED = "4", "Suspected, pathway not known"
    NO = "5", "No"
    UNKNOWN = "U", "Asked, not known"
    NOT_RECORDED = "X", "Not recorded"
    DECLINED = "Z", "Declined"


class Known(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"
    OFFLINE = "offline", "Could not check: offline"


class MhaStatus(Choice):
    NONE = "none", "None known"
    DETAINED = "detained", "Detained in hospital, or on leave from it"
    CTO = "cto", "Community treatment order"
    S117 = "s117", "Section 117 aftercare"
    AWOL = "awol", "Absent without leave"


class Presence(Choice):
    YES = "yes", "Yes"
    NONE = "none_present", "None"
    NOT_KNOWN = "not_known", "None known"


class DependantKind(Choice):
    CHILD = "child", "Child"
    ADULT = "adult", "Adult"
    PET = "pet", "Pet"


class Dependant(BaseModel):
    """Who relies on the person. Any part may be empty; parts of a newer version are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    kind: DependantKind | None = Field(None, title="Child, adult or pet")
    name: str = Field("", title="Name")
    born: str = Field("", title="Age or date of birth")
    where: str = Field("", title="Where now")
    cared_for_by: str = Field("", title="Who cares for them now")


def _unknown(form: "PersonForm", context: Context) -> bool:
    return form.identity_status in (Identity.UNKNOWN, Identity.PARTLY)


def _nameless(form: "PersonForm", context: Context) -> bool:
    return form.identity_status == Identity.UNKNOWN


def _named(form: "PersonForm", context: Context) -> bool:
    return form.identity_status in (Identity.VERIFIED, Identity.STATED)


def _no_birth_date(form: "PersonForm", context: Context) -> bool:
    return form.date_of_birth is None


def _perhaps_a_child(form: "PersonForm", context: Context) -> bool:
    return context.now is not None and bool(may_be_under_18(form, context.now))


def _interpreter(form: "PersonForm", context: Context) -> bool:
    return form.interpreter_needed == YesNo.YES


def _dependants(form: "PersonForm", context: Context) -> bool:
    return form.dependants_present == Presence.YES


def _birth_date(born: date) -> str | None:
    """The clock is not read here: a date after today is a note, not a fault of the answer."""
    return None if born.year >= 1900 else "Check the year of birth."


def _age(years: int) -> str | None:
    return None if 0 <= years <= OLDEST else f"Enter an age from 0 to {OLDEST}."


def _postcode(text: str) -> str:
    """Capitals, with one space before the last three characters."""
    plain = "".join(text.split()).upper()
    return f"{plain[:-3]} {plain[-3:]}" if 5 <= len(plain) <= 7 else text


class PersonForm(Form):
    kind, title = "person", "Person"

    identity_status: Identity | None = ask("How sure are you who this is?", page="Identity", required=True)
    given_name: str | None = ask("First name", required=_named, police=True)
    family_name: str | None = ask("Last name", required=_named, police=True)
    preferred_name: str | None = ask("Likes to be called")
    unknown_person_descriptor: str | None = ask(
        "Describe the person", when=_unknown, required=_nameless, long=True, police=True,
        hint="Apparent age and sex, height, clothing, marks",
    )  # fmt: skip
    date_of_birth: date | None = ask("Date of birth", check=_birth_date, police=True)
    approx_age: int | None = ask(
        "About how old?", when=_no_birth_date, required=_no_birth_date, check=_age, unit="years", police=True,
        hint="If the date of birth is not known",
    )  # fmt: skip
    nhs_number: str | None = ask(
        "NHS number", check=nhs_number.problem, tidy=nhs_number.normalise, hint="10 digits, for example 999 000 0018"
    )
    sex: Sex | None = ask("Sex", hint="Ask only if care depends on it")
    address: str | None = ask("Address", long=True, hint="Or “no fixed address”")
    postcode: str | None = ask("Postcode", tidy=_postcode)
    phone: str | None = ask("Phone")
    safe_to_contact: YesNo | None = ask("Is it safe to ring or text this number?", hint="Think of domestic abuse")

    ethnic_category: EthnicCategory | None = ask(
        "What is your ethnic group?", page="About the person", required=True, hint="The person's own answer"
    )
    ethnicity_source: EthnicitySource | None = ask("Who gave this answer?")
    language: str | None = ask(
        "Preferred language", required=True, phrases=("English", "British Sign Language"), hint="Signed languages too"
    )
    interpreter_needed: YesNo | None = ask("Is an interpreter needed?", required=True)
    interpreter_used: str | None = ask("Interpreter used", when=_interpreter, hint="Avoid using family")
    communication_needs: tuple[Need, ...] | None = ask("Communication needs", required=True)
    what_helps: str | None = ask("What helps", long=True, hint="In the person's words")
    autism_status: Status | None = ask("Autism")
    learning_disability_status: Status | None = ask("Learning disability")
    parental_responsibility: str | None = ask(
        "Who has parental responsibility?", when=_perhaps_a_child, required=_perhaps_a_child, long=True
    )
    looked_after: YesNo | None = ask(
        "Is this a looked-after child?", when=_perhaps_a_child, required=_perhaps_a_child,
    )  # fmt: skip
    ex_armed_forces: YesNo | None = ask("Served in the armed forces?")

    gp_practice: str | None = ask("GP practice", page="Health and contacts", hint="Or “not registered”")
    known_to_services: Known | None = ask("Known to mental health services?", required=True)
    services_detail: str | None = ask("Which team, who, and what plan?", long=True)
    mha_status: tuple[MhaStatus, ...] | None = ask("Under the Mental Health Act now?", required=True)
    allergies: str | None = ask("Allergies", required=True, long=True, phrases=("None known",))
    medicines: str | None = ask("Medicines", required=True, long=True, phrases=("None known",))
    pregnant: YesNo | None = ask("Pregnant?", required=True)
    birth_last_year: YesNo | None = ask("Given birth in the last 12 months?")
    next_of_kin: str | None = ask("Next of kin or carer", required=True, long=True, hint="Name, relation, phone")
    family_contact_agreed: YesNo | None = ask("Does the person agree to us contacting them?")
    family_view: str | None = ask("What family or carers say", long=True)
    dependants_present: Presence | None = ask(
        "Does anyone rely on this person?", required=True, hint="Children, adults, pets"
    )
    dependants: dict[str, Dependant] = group("Who relies on them?", when=_dependants, required=_dependants)

    @classmethod
    def notes(cls, form: "PersonForm", context: Context) -> Iterable[Note]:
        if context.now is not None:
            if form.date_of_birth and form.date_of_birth > local(context.now).date():
                yield Note("The date of birth is after today. Check it.")
            elif may_be_under_18(form, context.now):
                sure = form.date_of_birth is not None
                yield Note(
                    "Under 18: the rules for children apply." if sure
                    else "May be under 18: the rules for children apply until the age is known."
                )  # fmt: skip
        if form.nhs_number and nhs_number.may_be_chi(form.nhs_number):
            yield Note("This may be a Scottish CHI number and not an NHS number. Check it.")
        if form.mha_status and MhaStatus.AWOL in form.mha_status:
            yield Note(
                "Absent without leave: ask about section 18 or 138, and not 136. (Unconfirmed: check local policy.)"
            )
        if any(dependant.kind == DependantKind.CHILD for dependant in form.dependants.values()):
            yield Note("A child relies on this person: where is the child now, and is a safeguarding referral needed?")


def age(form: PersonForm, now: datetime) -> int | None:
    """Whole years: from the date of birth, else as estimated."""
    born = form.date_of_birth
    if born is None:
        return form.approx_age
    today = local(now).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def may_be_under_18(form: PersonForm, now: datetime) -> bool | None:
    """Under 18 by the date of birth, or perhaps so by an estimate; None when nothing is known of the age."""
    years = age(form, now)
    if years is None:
        return None
    return years < (ADULT if form.date_of_birth else ADULT + ESTIMATE_MARGIN)

"""Who the person is, as far as it is known. Every answer may stay unknown.

Sources, read 22 Nov 2026: NHS Data Dictionary: ETHNIC CATEGORY CODE 2001, NHS NUMBER and its status indicator (what is
entered in the field is 02, present and not traced); Mental Health Services Data Set v6.0 (indicators); Accessible
Information Standard, NHS England (needs at the top of the record); NHS service manual, commit of 20 Aug 2026 (no title
is asked). MHA 1983 s26, MHA 2025 s24 (nearest relative, nominated person): the rule pack says which.

Unconfirmed, for a named person to check: that sections 18 and 138 and not 136 apply to a person absent without leave;
that pregnancy and the 12 months after a birth need perinatal advice.
"""

from collections.abc import Iterable
from datetime import date

from sync.core.times import local
from sync.domain.catalogue.incident import is_mental_health
from sync.domain.catalogue.person import conditions
from sync.domain.catalogue.person.age import may_be_under_18
from sync.domain.catalogue.person.codes import (
    Accommodation,
    Alert,
    Basis,
    Dependant,
    DependantKind,
    EthnicCategory,
    EthnicitySource,
    GenderIdentity,
    Identity,
    KnownToServices,
    MhaStatus,
    Need,
    NeurodivergenceStatus,
    NhsNumberStatus,
    NoNhsNumber,
    Presence,
    SameAtBirth,
    Sex,
    age_in_years,
    birth_date,
    none_alone,
    postcode_spelling,
)
from sync.domain.clinical import nhs_number
from sync.domain.clinical.events import modes
from sync.domain.clinical.modes import WITH_PERSON
from sync.domain.forms import Context, Form, Note, YesNo, ask, group


class PersonForm(Form):
    kind, title = "person", "Person"

    identity_status: Identity | None = ask("How sure are you who this is?", page="Identity", required=True)
    same_person_as: str | None = ask("Same person as in", hidden=True)  # an earlier incident, said by a person
    given_name: str | None = ask("First name", required=conditions.named, police=True)
    family_name: str | None = ask("Last name", required=conditions.named, police=True)
    preferred_name: str | None = ask("Likes to be called")
    aliases: str | None = ask("Other names used")
    unknown_person_descriptor: str | None = ask(
        "Describe the person",
        when=conditions.unknown,
        required=conditions.nameless,
        long=True,
        police=True,
        hint="Apparent age and sex, height, clothing, marks",
    )
    date_of_birth: date | None = ask("Date of birth", check=birth_date, police=True)
    approx_age: int | None = ask(
        "About how old?",
        needed=conditions.without_birth_date,
        check=age_in_years,
        unit="years",
        police=True,
        hint="If the date of birth is not known",
    )
    sex: Sex | None = ask("Sex", hint="Ask only if care depends on it")
    nhs_number: str | None = ask(
        "NHS number", check=nhs_number.problem, tidy=nhs_number.normalise, hint="10 digits, for example 999 000 0018"
    )
    nhs_number_unavailable: NoNhsNumber | None = ask(
        "Why is there no NHS number?",
        needed=conditions.without_number,
        suggest=lambda form, context: NoNhsNumber.NOT_KNOWN if conditions.unknown(form, context) else None,
    )

    no_fixed_abode: YesNo | None = ask("Without a fixed address?", page="Where they live", required=conditions.named)
    address: str | None = ask("Address", required=conditions.housed, long=True)
    postcode: str | None = ask("Postcode", tidy=postcode_spelling)
    accommodation_type: Accommodation | None = ask("What kind of home?", hint="(This list is unconfirmed)")
    phone: str | None = ask("Phone")
    safe_to_contact: YesNo | None = ask(
        "Is it safe to ring or text this number?", required=conditions.phoned, hint="Think of domestic abuse"
    )
    gp_practice: str | None = ask("GP practice", required=conditions.named, phrases=("Not registered",))
    gp_ods: str | None = ask("Practice code (ODS)", tidy=lambda text: text.upper(), hint="Letter and five digits")
    gp_name: str | None = ask("GP’s name")

    ethnic_category: EthnicCategory | None = ask(
        "What is your ethnic group?",
        page="About the person",
        required=True,
        hint="The person's own answer, never what an officer saw",
    )
    ethnicity_source: EthnicitySource | None = ask("Who gave this answer?", needed=conditions.ethnicity_given)
    language: str | None = ask(
        "Preferred language", required=True, phrases=("English", "British Sign Language"), hint="Signed languages too"
    )
    interpreter_needed: YesNo | None = ask("Is an interpreter needed?", required=True)
    interpreter_used: str | None = ask("Interpreter used", needed=conditions.interpreted, hint="Avoid using family")
    communication_needs: tuple[Need, ...] | None = ask("Communication needs", required=True, check=none_alone)
    what_helps: str | None = ask("What helps", long=True, hint="In their words. The handover may give it to officers")
    autism_status: NeurodivergenceStatus | None = ask("Autism")
    learning_disability_status: NeurodivergenceStatus | None = ask("Learning disability")
    gender_identity: GenderIdentity | None = ask("Gender", hint="Ask only with a reason. (Wording unconfirmed)")
    gender_same_at_birth: SameAtBirth | None = ask("Is it the gender recorded at birth?")
    pronouns: str | None = ask("Pronouns", phrases=("she/her", "he/him", "they/them"))

    next_of_kin: str | None = ask(
        "Next of kin or carer", page="Family and others", required=True, long=True, hint="Name, relation, phone"
    )
    carer_informed: YesNo | None = ask("Have they been told?", required=True)
    family_contact_agreed: YesNo | None = ask(
        "Does the person agree to us contacting them?", required=conditions.family_told
    )
    family_contact_basis: Basis | None = ask(
        "They were told without agreement: on what basis?", needed=conditions.told_without_consent
    )
    family_view: str | None = ask("What family or carers say", required=conditions.family_told, long=True)
    nearest_relative: str | None = ask("Nearest relative (or nominated person)", hint="Name, relation, phone")
    dependants_present: Presence | None = ask(
        "Does anyone rely on this person?", required=True, hint="Children, adults, pets"
    )
    dependants: dict[str, Dependant] = group("Who relies on them?", needed=conditions.has_dependants)
    parental_responsibility: str | None = ask(
        "Who has parental responsibility?", needed=conditions.perhaps_a_child, long=True
    )
    looked_after: YesNo | None = ask("Is this a looked-after child?", needed=conditions.perhaps_a_child)
    child_protection_plan: YesNo | None = ask("Is there a child protection plan?", needed=conditions.perhaps_a_child)
    school: str | None = ask("School or college", needed=conditions.perhaps_a_child)

    known_to_services: KnownToServices | None = ask(
        "Known to mental health services?", page="Health and services", required=True
    )
    services_detail: str | None = ask("Which team, who, and what plan?", long=True)
    care_coordinator: str | None = ask(
        "Care coordinator", needed=conditions.known_to_services, hint="Name, team, phone"
    )
    crisis_plan_seen: KnownToServices | None = ask(
        "Have you seen their crisis plan?", needed=conditions.known_to_services
    )
    advance_decision: KnownToServices | None = ask("Is there an advance decision or statement?", required=True)
    mha_status: tuple[MhaStatus, ...] | None = ask("Under the Mental Health Act now?", required=True, check=none_alone)
    allergies: str | None = ask("Allergies", required=True, long=True, phrases=("None known",))
    medicines: str | None = ask("Medicines", required=True, long=True, phrases=("None known",))
    pregnant: YesNo | None = ask("Pregnant?", required=True)
    birth_last_year: YesNo | None = ask("Given birth in the last 12 months?")
    ex_armed_forces: YesNo | None = ask("Served in the armed forces?")

    clinical_alerts: dict[str, Alert] = group(
        "Clinical alerts", page="Alerts", hint="For health staff. Each with an end and an owner"
    )
    police_alerts: dict[str, Alert] = group(
        "Alerts for officers",
        police=True,
        hint="What they must know to keep the person safe. On their copy. Each with an end and an owner",
    )

    @classmethod
    def expected(cls, context: Context) -> bool:
        return is_mental_health(context)

    @classmethod
    def due(cls, context: Context) -> str:
        """A contact with the person asks for their record; advice to an officer does not."""
        met = is_mental_health(context) and bool(modes(context) & WITH_PERSON)
        return "There was a contact with the person. Record who they are, or that it is not known." if met else ""

    @classmethod
    def notes(cls, form: "PersonForm", context: Context) -> Iterable[Note]:
        yield from _age_notes(form, context)
        if form.nhs_number and nhs_number.may_be_chi(form.nhs_number):
            yield Note("This may be a Scottish CHI number and not an NHS number. Check it.")
        if form.mha_status and MhaStatus.AWOL in form.mha_status:
            yield Note(
                "Absent without leave: ask about section 18 or 138, and not 136. (Unconfirmed: check local policy.)"
            )
        if YesNo.YES in (form.pregnant, form.birth_last_year):
            yield Note(
                "Pregnant, or a birth in the last 12 months: ask the perinatal team, and where the baby is. "
                "(Unconfirmed: check local policy.)"
            )
        if any(dependant.kind == DependantKind.CHILD for dependant in form.dependants.values()):
            yield Note("A child relies on this person: where is the child now, and is a safeguarding referral needed?")
        if form.nearest_relative:
            relative = context.rules.provision("relative")
            yield Note(f"{context.rules.relative}: {relative.words}", source=relative.source)
        yield from _alert_notes(form, context)


def _age_notes(form: PersonForm, context: Context) -> Iterable[Note]:
    if context.now is None:
        return
    if form.date_of_birth and form.date_of_birth > local(context.now).date():
        yield Note("The date of birth is after today. Check it.")
    elif may_be_under_18(form, context.now, context.rules):
        years = context.rules.adult_age
        yield Note(
            f"Under {years}: the rules for children apply."
            if form.date_of_birth
            else f"May be under {years}: the rules for children apply until the age is known."
        )


def _alert_notes(form: PersonForm, context: Context) -> Iterable[Note]:
    alerts = [*form.clinical_alerts.values(), *form.police_alerts.values()]
    if not all(alert.expires and alert.owner for alert in alerts):
        yield Note("An alert needs a day on which it ends, and somebody who answers for it.")
    today = local(context.now).date() if context.now else date.min
    if any(alert.expires and alert.expires < today for alert in alerts):
        yield Note("An alert has ended. Remove it, or have its owner renew it.")


def nhs_number_status(form: PersonForm) -> NhsNumberStatus:
    """The national code. A number that was typed is present and not traced; here none is ever verified."""
    if form.nhs_number:
        return NhsNumberStatus.NOT_TRACED
    if form.nhs_number_unavailable in (None, NoNhsNumber.NOT_KNOWN):
        return NhsNumberStatus.TRACE_REQUIRED
    return NhsNumberStatus.NO_TRACE

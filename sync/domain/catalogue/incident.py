"""The incident itself: where and what it is, the safety of the scene, its time ribbon, and how it ended.

Sources: project specification 2.2, 2.4 (G2) and 3(a), 22 Nov 2026, events as in `sync.domain.clinical.timeline`;
Activity Location Type codes, NHS Data Dictionary (read 22 Nov 2026); incident nature after the NPCC definition of a
mental-health incident; outcomes after Horspool et al., BJPsych Bulletin, and the published schemes (7.1). Height and
water are asked as the kind of place, not again under safety. An incident that is not about mental health needs two
answers only.
Unconfirmed: districts and force, see `sync.domain.clinical.forces`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sync.domain.clinical import timeline
from sync.domain.clinical.events import BY_EVENT, counts
from sync.domain.clinical.forces import District, PoliceForce
from sync.domain.clinical.timeline import FACE_TO_FACE as RIBBON
from sync.domain.forms import Choice, Context, Event, Form, Note, Rule, YesNo, ask


class Nature(Choice):
    PRIMARY = "mh_primary", "Mental health – main reason"
    SECONDARY = "mh_secondary", "Mental health – part of it"
    NOT_MH = "not_mh", "Not mental health"
    UNCLEAR = "unclear", "Unclear"


class SourceOfContact(Choice):
    C999 = "999", "999"
    C101 = "101", "101"
    OFFICER = "officer", "Officers came across it"
    AMBULANCE = "ambulance", "Ambulance"
    FAMILY = "family", "Family or friend"
    PERSON = "person", "The person themselves"
    PROFESSIONAL = "professional", "Health professional"
    CUSTODY = "custody", "Custody"
    OTHER = "other", "Other"


class LocationType(Choice):
    HOME = "A01", "Person's home"
    CARER_HOME = "A02", "Carer's home"
    OTHER_PATIENT = "A04", "Other place to do with the person"
    ED = "E04", "Emergency department"
    CARE_HOME = "G01", "Care home without nursing"
    NURSING_HOME = "G02", "Care home with nursing"
    CHILDRENS_HOME = "G03", "Children's home"
    SCHOOL = "L01", "School"
    COLLEGE = "L02", "College"
    UNIVERSITY = "L03", "University"
    POLICE_STATION = "M03", "Police station or custody"
    STREET = "N01", "Street or public open space"
    PUBLIC_BUILDING = "N02", "Other public building"
    VOLUNTARY = "N03", "Voluntary agency"
    OTHER = "X01", "Other"


class HighRiskPlace(Choice):
    BRIDGE = "bridge", "Bridge"
    RAILWAY = "railway", "Railway"
    WATER = "water", "Water"
    HEIGHT = "height", "Height"
    ROAD = "road", "Road"
    NONE = "none", "None of these"


class SceneDanger(Choice):
    WEAPONS = "weapons", "Weapons"
    VIOLENCE = "violence", "Violence or threats"
    ADDRESS = "address_marker", "Police marker on the address"
    DOGS = "dogs", "Dogs"
    OTHER = "other", "Something else"
    NONE = "none", "None found"


class IncidentOutcome(Choice):
    """How the incident ended, for the person. What is detained, referred or handed over has its own form."""

    HOME = "home_with_plan", "Advice, or home with a plan"
    CRISIS_TEAM = "crisis_team", "Crisis team"
    COMMUNITY = "community_team", "Community mental health team"
    GP = "gp_other", "GP or another service"
    CAFE = "crisis_cafe", "Retreat or crisis café"
    ED_VOLUNTARY = "ed_voluntary", "ED, by agreement"
    AMBULANCE = "ambulance", "Ambulance took over"
    HOSPITAL = "hospital", "Mental health hospital, by agreement"
    S136 = "s136", "Section 136"
    S135 = "s135", "Section 135 warrant"
    DETAINED = "detained", "Detained in hospital under section 2, 3 or 4"
    DIVERSION = "liaison_diversion", "Liaison and diversion"
    CUSTODY = "custody", "Arrest or custody"
    SAFEGUARDING = "safeguarding", "Safeguarding or social care"
    NOT_FOUND = "not_found", "Person not found"
    NONE = "no_further_action", "No further action"


_AFTER_REFERRAL: Mapping[str, IncidentOutcome] = {
    "A02": IncidentOutcome.CRISIS_TEAM,
    "A06": IncidentOutcome.COMMUNITY,
    "A14": IncidentOutcome.COMMUNITY,
    "A21": IncidentOutcome.CAFE,
    "retreat": IncidentOutcome.CAFE,
    "D02": IncidentOutcome.DIVERSION,
    "gp": IncidentOutcome.GP,
    "safeguarding": IncidentOutcome.SAFEGUARDING,
    "social_care": IncidentOutcome.SAFEGUARDING,
}


def outcome_recorded(form: "IncidentForm", context: Context) -> tuple[IncidentOutcome, ...]:
    """The outcomes that follow from other sections: a power that was used, a referral."""
    recorded = set()
    for detention in context.forms.get("detention", ()):
        power = str(getattr(detention, "power", None) or "")
        recorded |= {outcome for outcome in (IncidentOutcome.S136, IncidentOutcome.S135) if power.startswith(outcome)}
    for referral in context.forms.get("referral", ()):
        recorded.add(_AFTER_REFERRAL.get(str(getattr(referral, "destination", None))))
    return tuple(outcome for outcome in IncidentOutcome if outcome in recorded)


def is_mental_health(context: Context) -> bool:
    """True until somebody has recorded that the incident is not about mental health."""
    return counts(context.one(IncidentForm), context)


def _with_police(form: "IncidentForm", context: Context) -> bool:
    return counts(form, context) and context.police_present


def _nowhere(form: "IncidentForm", context: Context) -> bool:
    """None of the other three ways to say where it is was used: one of the four is enough."""
    return counts(form, context) and not (form.postcode or form.what3words or form.grid_ref)


def _in_danger(form: "IncidentForm", context: Context) -> bool:
    return bool(set(form.scene_dangers or ()) - {SceneDanger.NONE})


def _at_scene(form: "IncidentForm", context: Context) -> bool:
    needed = BY_EVENT["dispatched"].needed
    return needed is not None and needed(form, context)


def _not_in_detention(name: str) -> Rule:
    """Asked unless a section 136 record already has this time."""
    return lambda _, context: not any(getattr(record, name, None) for record in context.forms.get("detention", ()))


def _none_alone(chosen: tuple[Choice, ...]) -> str | None:
    return None if len(chosen) == 1 or "none" not in chosen else "Choose none alone, or what there is."


_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}")
_WORDS = re.compile(r"(?:///)?[^\W\d_]+(?:[.][^\W\d_]+){2}")
_GRID = re.compile(r"[A-Z]{2}(?:\d\d){2,5}")


def _spaced(text: str) -> str:
    plain = "".join(text.split()).upper()
    return f"{plain[:-3]} {plain[-3:]}"


def _postcode(text: str) -> str | None:
    return None if _POSTCODE.fullmatch(_spaced(text)) else "Check the postcode, for example PE29 3AB."


def _what3words(text: str) -> str | None:
    wrong = "Enter three words with dots between, for example word.word.word."
    return None if _WORDS.fullmatch(text.lower()) else wrong


def _grid_ref(text: str) -> str | None:
    plain = "".join(text.split()).upper()
    return None if _GRID.fullmatch(plain) else "Enter two letters and an even number of digits, for example TL 240 718."


def _event(name: str, **about: Any) -> Any:
    """A time of the ribbon: its words and when it is wanted stand in the ribbon's table."""
    return ask(BY_EVENT[name].label, required=BY_EVENT[name].needed or False, **about)


class IncidentForm(Form):
    kind, title = "incident", "Incident"

    shift: str | None = ask("Shift", page="What and where", hidden=True)
    rule_pack: str | None = ask("Rule pack", hidden=True)
    crew_nurse: str | None = ask("Nurse of the car", hidden=True)  # these two: who the shift says is in the car
    crew_officer: str | None = ask("Officer of the car", hidden=True)
    nature: Nature | None = ask("Is this a mental-health incident?", required=True)
    source_of_contact: SourceOfContact | None = ask("Who raised it?", required=counts)
    cad_ref: str | None = ask(
        "CAD or STORM reference", hint="Force log number and date", police=True, required=_with_police
    )
    location: str | None = ask(
        "Where is it?", hint="Address or landmark. One of the four is enough", required=_nowhere, police=True
    )
    postcode: str | None = ask("Postcode", check=_postcode, tidy=_spaced)
    what3words: str | None = ask("what3words", check=_what3words)
    grid_ref: str | None = ask("Grid reference", check=_grid_ref)
    location_type: LocationType | None = ask("What kind of place?", required=counts, police=True)
    dwelling: YesNo | None = ask(
        "Is it a house, flat or room where anyone lives, or its yard, garden or garage?",
        required=counts,
        hint="Section 136 cannot be exercised there (MHA 1983 s136(1A))",
    )
    high_risk_place: tuple[HighRiskPlace, ...] | None = ask("Is it a place of particular danger?", check=_none_alone)

    scene_dangers: tuple[SceneDanger, ...] | None = ask(
        "Is anything there dangerous?", page="Safety and police", required=_at_scene, check=_none_alone
    )
    scene_told: str | None = ask("Who was told of the danger?", needed=_in_danger)
    officer_safety_note: str | None = ask("For officers' safety: facts only", long=True, police=True)
    force: PoliceForce | None = ask("Police force", hidden=len(PoliceForce) == 1)
    district: District | None = ask("District", required=counts)
    crime_ref: str | None = ask("Crime reference")
    niche_ref: str | None = ask("Niche reference")

    call_received: Event | None = _event("call_received", page="Times", police=True)
    dispatched: Event | None = _event("dispatched")
    first_officer_arrived: Event | None = _event("first_officer_arrived", police=True)
    mh_requested: Event | None = _event("mh_requested")
    arrived: Event | None = _event("arrived", hint="You, at the scene")
    mh_engaged: Event | None = _event("mh_engaged", hint="Answered the phone, or with the person")
    advice_given: Event | None = _event("advice_given", hint="To an officer")

    ambulance_requested: Event | None = _event(
        "ambulance_requested", page="Leaving and handover", when=_not_in_detention("ambulance_requested_at")
    )
    ambulance_arrived: Event | None = _event("ambulance_arrived", when=_not_in_detention("ambulance_arrived_at"))
    ambulance_declined: Event | None = _event("ambulance_declined", when=_not_in_detention("ambulance_declined_at"))
    departed_scene: Event | None = _event("departed_scene")
    handover_offered: Event | None = _event("handover_offered", police=True)
    handover_accepted: Event | None = _event("handover_accepted", police=True)
    officers_released: Event | None = _event("officers_released", police=True, hint="All of them")
    cleared: Event | None = _event("cleared", hint="The car is available again")

    incident_outcome: tuple[IncidentOutcome, ...] | None = ask(
        "How did it end?", page="Outcome", required=counts, suggest=outcome_recorded, hint="All that apply"
    )

    @classmethod
    def notes(cls, form: "IncidentForm", context: Context) -> Iterable[Note]:
        if _in_danger(form, context) and not form.scene_told:
            yield Note("Say who was told of the danger.")
        yield from timeline.queries(_with(form, context))


def force_of(form: IncidentForm) -> PoliceForce | None:
    """The police force: the one recorded, or the only one configured."""
    return form.force or (next(iter(PoliceForce)) if len(PoliceForce) == 1 else None)


def _with(form: IncidentForm, context: Context) -> Context:
    """The context with this form's answers, which may be newer than those recorded."""
    return replace(context, forms={**context.forms, form.kind: (form,)})


__all__ = ["RIBBON", "IncidentForm"]

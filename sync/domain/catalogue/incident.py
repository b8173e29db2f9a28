"""The incident itself: where and what it is, and its time ribbon (domain 2.2, 3(a)).

Sources: Activity Location Type codes, NHS Data Dictionary (read 22 Nov 2026); incident nature after the NPCC
definition of a mental-health incident; event codes T0-T20, project specification, 22 Nov 2026.
"""

from sync.domain.forms import Choice, Event, Form, YesNo, ask


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


class IncidentForm(Form):
    kind, title = "incident", "Incident"

    shift: str | None = ask("Shift", page="What and where", hidden=True)
    rule_pack: str | None = ask("Rule pack", hidden=True)
    nature: Nature | None = ask("Is this a mental-health incident?", required=True)
    source_of_contact: SourceOfContact | None = ask("Who raised it?", required=True)
    cad_ref: str | None = ask(
        "CAD or STORM reference", hint="Force log number and date", police=True,
        required=lambda form, context: context.police_present,
    )  # fmt: skip
    location: str | None = ask("Where is it?", hint="Address, postcode or landmark", required=True, police=True)
    location_type: LocationType | None = ask("What kind of place?", required=True, police=True)
    dwelling: YesNo | None = ask(
        "Is it a house, flat or room where anyone lives, or its yard, garden or garage?", required=True,
        hint="Section 136 cannot be exercised there (MHA 1983 s136(1A))",
    )  # fmt: skip
    high_risk_place: tuple[HighRiskPlace, ...] | None = ask("Is it a place of particular danger?")
    officer_safety_note: str | None = ask("For officers' safety: facts only", long=True, police=True)

    call_received: Event | None = ask("Call received", page="Times", police=True)
    dispatched: Event | None = ask("Dispatched")
    first_officer_arrived: Event | None = ask("First officer arrived", police=True)
    mh_requested: Event | None = ask("Mental-health input asked for")
    arrived: Event | None = ask("Arrived", hint="You, at the scene")
    mh_engaged: Event | None = ask("Engaged", hint="Answered the phone, or with the person", required=True)
    departed_scene: Event | None = ask("Left the scene")
    handover_offered: Event | None = ask("Handover offered", police=True)
    handover_accepted: Event | None = ask("Handover accepted", police=True)
    officers_released: Event | None = ask(
        "Officers released", police=True, required=lambda form, context: context.police_present
    )
    cleared: Event | None = ask("Cleared", hint="The car is available again", required=True)


RIBBON = ("arrived", "mh_engaged", "handover_offered", "handover_accepted", "officers_released", "cleared")

"""The lists of the section 136 record.

Sources, read 22 Nov 2026: powers, MHA 1983 ss135 and 136; places of safety: `sync.domain.clinical.places_of_safety`;
extent of a search, MHA 1983 s136C; ambulance and transport, Home Office Annual Data Requirement (2018 wording, as
reported); outcomes and what is audited, Jenkins et al., BJPsych Bulletin 2017;41; legal status, Mental Health Services
Data Set v6.0, MENTAL HEALTH ACT LEGAL STATUS CLASSIFICATION CODE.
Unconfirmed: occupational therapist and paramedic among those consulted (SI 2017/1036 reg 8); kinds of force; reasons
for a police vehicle; steps for a person under 18; emergency routes in a dwelling; what people are told of their rights.
All other codes are this project's own.
"""

from pydantic import Field

from sync.domain.clinical.places_of_safety import Occupancy as Occupancy
from sync.domain.clinical.places_of_safety import PlaceAgreement as PlaceAgreement
from sync.domain.clinical.places_of_safety import PlaceOfSafety as PlaceOfSafety
from sync.domain.clinical.places_of_safety import StationCondition as StationCondition
from sync.domain.forms import Choice, Item, Moment


class Power(Choice):
    REMOVE = "s136_1_a", "Section 136(1)(a): removed to a place of safety"
    KEEP = "s136_1_b", "Section 136(1)(b): kept at, or moved from, a place of safety"
    WARRANT = "s135_1", "Section 135(1): warrant, to a place of safety"
    RETURN = "s135_2", "Section 135(2): warrant, to take or retake a patient"
    NONE = "none", "None: considered and not used"


S136 = frozenset({Power.REMOVE, Power.KEEP})
TIMED = S136 | {Power.WARRANT, Power.RETURN}


class NotUsed(Choice):
    VOLUNTARY = "voluntary_plan", "A plan was agreed"
    ED = "ed_voluntary", "Went to ED by agreement"
    PHYSICAL = "physical", "Ambulance or physical health"
    FAMILY = "family", "Family"
    CAPACITY = "capacity", "Mental Capacity Act"
    NOT_MET = "not_met", "Grounds not met"
    DWELLING = "dwelling", "In a dwelling"
    OTHER = "other", "Other"


class Consulted(Choice):
    DOCTOR = "doctor", "Registered medical practitioner"
    NURSE = "nurse", "Registered nurse"
    AMHP = "amhp", "AMHP"
    THERAPIST = "occupational_therapist", "Occupational therapist"
    PARAMEDIC = "paramedic", "Paramedic"


class PlaceReason(Choice):
    NEAREST = "nearest", "Nearest"
    CLINICAL = "clinical_need", "Medical need"
    FULL = "hbpos_full", "Health-based place of safety full"
    CLOSED = "hbpos_closed", "Health-based place of safety closed"
    REFUSED = "hbpos_refused", "Health-based place of safety refused"
    AGE = "age", "Age"
    WISH = "wish", "The person's wish"
    BEHAVIOUR = "behaviour", "Behaviour"
    OTHER = "other", "Other"


HBPOS_UNAVAILABLE = frozenset({PlaceReason.FULL, PlaceReason.CLOSED, PlaceReason.REFUSED})


class Ambulance(Choice):
    ATTENDED = "attended", "Attended"
    NOT_IN_30 = "not_in_30", "Not available within 30 minutes"
    DIVERTED = "diverted", "Diverted to another call"
    CREW_DECLINED = "crew_declined", "Crew declined"
    NOT_REQUESTED = "not_requested", "Not asked for"


class Transport(Choice):
    AMBULANCE = "ambulance", "Ambulance"
    HEALTH = "other_health", "Other health vehicle"
    POLICE = "police", "Police vehicle"
    OTHER = "other", "Other"
    NONE = "none", "On foot, or already there"


class VehicleReason(Choice):
    NO_AMBULANCE = "no_ambulance", "No ambulance in time"
    CREW_DECLINED = "crew_declined", "Ambulance crew declined"
    BEHAVIOUR = "behaviour", "Behaviour: an ambulance was not safe"
    URGENT = "urgent", "Could not wait"
    OTHER = "other", "Other"


class Force(Choice):
    NONE = "none", "None"
    HOLD = "hold", "Hold"
    HANDCUFFS_FRONT = "handcuffs_front", "Handcuffs, front"
    HANDCUFFS_BACK = "handcuffs_back", "Handcuffs, back"
    LIMB = "limb_restraints", "Limb restraints"
    PRONE = "prone", "Prone"
    SPIT_GUARD = "spit_guard", "Spit guard"
    IRRITANT = "irritant", "Irritant spray"
    CED = "ced", "Conducted energy device"
    BATON = "baton", "Baton"
    DOG = "dog", "Dog"
    NHS = "nhs_restraint", "Restraint by NHS staff"


class LessRestrictive(Choice):
    """Other ways to meet the need, to be thought of before a power."""

    HOME = "home", "Care at home, with family or friends"
    CRISIS_TEAM = "crisis_team", "Crisis team"
    CARE_PLAN = "care_plan", "The plan they already have"
    COMMUNITY = "community", "Retreat, crisis café or Community Front Room"
    ED = "ed_voluntary", "ED, by agreement"
    ADMISSION = "informal", "Hospital, by agreement"
    OTHER = "other", "Something else"


class HomeRoute(Choice):
    """What is done in a dwelling, where section 136 cannot be used."""

    ASSESSMENT = "amhp_assessment", "AMHP asked for a Mental Health Act assessment"
    WARRANT = "s135_1", "Section 135(1) warrant, through the AMHP"
    AGREED = "agreed", "A plan by agreement"
    CRIME = "criminal_law", "Criminal law"
    PACE = "s17_pace", "Section 17 PACE: entry to save life (unconfirmed)"
    BREACH = "breach_of_peace", "Breach of the peace (unconfirmed)"
    MCA = "mca_life_saving", "Mental Capacity Act, life-saving care only (unconfirmed)"


class Rank(Choice):
    SERGEANT = "sergeant", "Below inspector"
    INSPECTOR = "inspector", "Inspector"
    CHIEF_INSPECTOR = "chief_inspector", "Chief inspector"
    SUPERINTENDENT = "superintendent", "Superintendent or above"


class Extent(Choice):
    """How far a search under section 136C may go."""

    OUTER_COAT = "outer_coat", "Outer coat"
    JACKET = "jacket", "Jacket"
    GLOVES = "gloves", "Gloves"
    MOUTH = "mouth", "Mouth"
    FURTHER = "further", "Further than these"


class Right(Choice):
    """What a person is told."""

    DETAINED = "detained", "That they are detained"
    WHY = "why", "Why"
    POWER = "power", "Under which power"
    HOW_LONG = "how_long", "For how long"
    NEXT = "next", "What happens next"
    INFORMED = "someone_informed", "That someone can be told"


class ExtensionReason(Choice):
    """Only a reason in the rule pack's list lengthens the time. The others are here so that they can be recorded."""

    CONDITION = "condition", "The person's condition: an assessment is not practicable in time"
    BED = "bed", "No bed"
    AMHP = "amhp", "No AMHP"
    DOCTOR = "doctor", "No doctor"
    OTHER = "other", "Something else"


class DetentionOutcome(Choice):
    DISCHARGED = "discharged", "Discharged, no follow-up"
    FOLLOW_UP = "follow_up", "Discharged, with follow-up"
    INFORMAL = "informal", "Informal admission"
    S2 = "s2", "Section 2"
    S3 = "s3", "Section 3"
    S4 = "s4", "Section 4"
    RECALL = "recall", "Guardianship, or recall from a community treatment order"
    TRANSFERRED = "acute", "Transferred to ED or an acute hospital"
    PRISON = "prison", "Returned to prison or custody"
    ARRESTED = "arrested", "Arrested"
    ABSCONDED = "absconded", "Absconded"
    LAPSED = "lapsed", "The time ran out"
    DIED = "died", "Died"


ADMITTED = frozenset(
    {DetentionOutcome.INFORMAL, DetentionOutcome.S2, DetentionOutcome.S3, DetentionOutcome.S4, DetentionOutcome.RECALL}
)
DETAINED = ADMITTED - {DetentionOutcome.INFORMAL}
RELEASED = frozenset({DetentionOutcome.DISCHARGED, DetentionOutcome.FOLLOW_UP})


class LegalStatus(Choice):
    """After the place of safety: Mental Health Services Data Set v6.0."""

    INFORMAL = "01", "Informal"
    S2 = "02", "Section 2"
    S3 = "03", "Section 3"
    S4 = "04", "Section 4"
    S135 = "19", "Section 135"
    S136 = "20", "Section 136"


STATUS_AFTER = {
    DetentionOutcome.INFORMAL: LegalStatus.INFORMAL,
    DetentionOutcome.S2: LegalStatus.S2,
    DetentionOutcome.S3: LegalStatus.S3,
    DetentionOutcome.S4: LegalStatus.S4,
}


class EndReason(Choice):
    RELEASED = "released", "Assessed, and free to go"
    NO_DISORDER = "no_disorder", "A doctor found no mental disorder"
    ADMITTED = "admitted", "Admitted"
    LAPSED = "lapsed", "The time ran out"
    ABSCONDED = "absconded", "Absconded"
    CUSTODY = "custody", "Arrested, or returned to custody"
    DIED = "died", "Died"
    OTHER = "other", "Other"


ENDED_BY = {
    **dict.fromkeys(RELEASED, EndReason.RELEASED),
    **dict.fromkeys(ADMITTED, EndReason.ADMITTED),
    **dict.fromkeys((DetentionOutcome.PRISON, DetentionOutcome.ARRESTED), EndReason.CUSTODY),
    DetentionOutcome.ABSCONDED: EndReason.ABSCONDED,
    DetentionOutcome.LAPSED: EndReason.LAPSED,
    DetentionOutcome.DIED: EndReason.DIED,
}


class RecentContact(Choice):
    NONE = "none", "None"
    COMMUNITY = "community", "Community team"
    CRISIS = "crisis_team", "Crisis team"
    WARD = "inpatient", "Hospital ward"
    LIAISON = "ed_liaison", "ED or liaison team"
    GP = "gp", "GP"
    OTHER = "other", "Other"
    NOT_KNOWN = "not_known", "Not known"


class CountedBy(Choice):
    """What a statistic counts: police count uses of the power, health services count assessments."""

    POLICE = "police_use", "Use of the power by police"
    ASSESSMENT = "assessment", "Assessment at a place of safety"


# --- items of a group -----------------------------------------------------------------------------------------------


class Refused(Item):
    """A place of safety that did not take the person."""

    unit: str = Field("", title="Unit")
    name: str = Field("", title="Who said so")
    at: Moment | None = Field(None, title="When")
    reason: str = Field("", title="Reason")


class Transfer(Item):
    """A move to another place of safety: MHA 1983 ss135(3A), 136(3). It does not restart the time."""

    left_place: str = Field("", title="From")
    to_type: PlaceOfSafety | None = Field(None, title="To what kind of place")
    to_place: str = Field("", title="To")
    authorised_by: str = Field("", title="Authorised by: name and role")
    left: Moment | None = Field(None, title="Left")
    arrived: Moment | None = Field(None, title="Arrived")


class Check(Item):
    """A check by a healthcare professional at a police station."""

    at: Moment | None = Field(None, title="When")
    by: str = Field("", title="By whom")
    found: str = Field("", title="What was found")

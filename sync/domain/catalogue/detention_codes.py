"""The lists of the section 136 record.

Sources, read 22 Nov 2026: powers, MHA 1983 ss135 and 136; places of safety and consents, MHA 1983 s135(6), (7) and the
Policing and Crime Act 2017 s81; police station conditions, SI 2017/1036 regs 2 and 4; ambulance and transport, Home
Office Annual Data Requirement (2018 wording, as reported); outcomes, Jenkins et al., BJPsych Bulletin 2017;41.
Unconfirmed: occupational therapist and paramedic among those consulted (SI 2017/1036 reg 8); kinds of force; reasons
for a police vehicle; steps for a person under 18. The codes are this project's own.
"""

from sync.domain.forms import Choice


class Power(Choice):
    REMOVE = "s136_1_a", "Section 136(1)(a): removed to a place of safety"
    KEEP = "s136_1_b", "Section 136(1)(b): kept at, or moved from, a place of safety"
    WARRANT = "s135_1", "Section 135(1): warrant"
    RETURN = "s135_2", "Section 135(2): warrant"
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


class PlaceOfSafety(Choice):
    HBPOS = "hbpos", "Health-based place of safety"
    ED = "ed", "Emergency department"
    HOSPITAL = "other_hospital", "Other hospital"
    INDEPENDENT = "independent", "Independent hospital or care home"
    RESIDENTIAL = "la_residential", "Local authority residential accommodation"
    PRIVATE_HOME = "private_home", "Private home, with consent"
    OTHER = "other", "Other suitable place"
    POLICE_STATION = "police_station", "Police station"


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


class Consent(Choice):
    """For a private home or another suitable place: MHA 1983 s135(7)."""

    PERSON = "person", "The person"
    OCCUPIER = "occupier", "An occupier"
    MANAGER = "manager", "The manager of the place"


class StationCondition(Choice):
    """SI 2017/1036 regs 2 and 4: all are needed for an adult at a police station."""

    IMMINENT = "imminent", "Behaviour poses an imminent risk of serious injury or death"
    NO_OTHER = "no_other_place", "No other place of safety in the police area can be expected to detain them"
    HCP = "hcp_present", "A healthcare professional is present and available, so far as practicable"
    INSPECTOR = "inspector", "An officer of at least the rank of inspector authorised it"
    CONSULTED = "consulted", "A health professional was consulted, if practicable"
    CHECKS = "checks", "A healthcare professional checks at least every 30 minutes"


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


class ChildStep(Choice):
    SUITABLE = "suitable", "Place suits their age"
    CAMHS = "camhs", "CAMHS told"
    PARENT = "parent", "Parent, or who has parental responsibility, told"
    COUNCIL = "council", "Local authority told, if looked after"
    PAEDIATRIC = "paediatric", "Paediatric team involved"


class ExtensionReason(Choice):
    CONDITION = "condition", "The person's condition: an assessment is not practicable in time"
    OTHER = "other", "Something else"


class Outcome(Choice):
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

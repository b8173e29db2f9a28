"""The lists of the assessment.

Sources, read 22 Nov 2026: physical emergencies, RCEM Acute Behavioural Disturbance (June 2024); head injury, NICE NG232
(May 2023); themes and primary reason after the Mental Health Services Data Set v6.0 reasons for referral, of whose
codes 01 to 31 only three are known here: the trust codes the rest; response times, UK Mental Health Triage Scale 2015,
whose own words are not used. Unconfirmed: that scale (a licence is needed; times D to G), means, harms from others,
dangers to staff, and the seven headings of the safety plan (after Stanley and Brown). Other codes are this project's
own.
"""

from sync.domain.forms import Choice


class Theme(Choice):
    SUICIDAL = "suicidal_thoughts", "Suicidal thoughts"
    ATTEMPT = "suicide_attempt", "Suicide attempt"
    SELF_HARM = "self_harm", "Self-harm"
    PSYCHOSIS = "psychosis", "Psychosis"
    MANIA = "mania", "Mania"
    ANXIETY = "anxiety", "Anxiety or panic"
    LOW_MOOD = "low_mood", "Low mood"
    CONFUSION = "confusion", "Confusion"
    INTOXICATION = "intoxication", "Alcohol or drugs"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    OVERDOSE = "overdose", "Overdose"
    ABD = "abd", "Acute behavioural disturbance"
    EATING = "eating_disorder", "Eating disorder"
    PERINATAL = "perinatal", "Pregnancy or new baby"
    AUTISM_LD = "autism_ld", "Autism or learning disability: distress"
    DEMENTIA = "dementia", "Dementia"
    LOSS = "loss", "Bereavement or relationship"
    HOUSING = "housing_debt", "Housing or debt"
    TRAUMA = "trauma_abuse", "Trauma or abuse"
    THREAT = "threat_to_others", "Threat to others"
    WELFARE = "welfare", "Concern for welfare"
    OTHER = "other", "Other"


class PrimaryReason(Choice):
    """MHSDS primary reason for referral: the three codes that are known. Any other the trust codes."""

    CRISIS = "18", "In crisis"
    SELF_HARM = "15", "Self harm behaviours"
    FIRST_EPISODE = "01", "First episode of psychosis"
    OTHER = "other", "Another reason, to be coded by the trust"


class SeenWithin(Choice):
    """How soon somebody is to be seen. The times are those of the rule pack; nothing is said about the person."""

    A = "A", "At once: emergency services"
    B = "B", "Within 4 hours"
    C = "C", "Within 24 hours"
    D = "D", "Within 72 hours"
    E = "E", "Within 4 weeks"
    F = "F", "By another service"
    G = "G", "No visit: advice or information"


class HeadInjury(Choice):
    GCS = "gcs_below_15", "GCS below 15"
    UNCONSCIOUS = "loss_of_consciousness", "Any loss of consciousness"
    FOCAL = "focal_deficit", "Weakness, numbness, speech, sight or balance"
    FRACTURE = "fracture", "Suspected fracture, or penetrating"
    AMNESIA = "amnesia", "Loss of memory"
    HEADACHE = "headache", "Headache that lasts"
    VOMITING = "vomiting", "Vomiting"
    SEIZURE = "seizure", "Seizure"
    SURGERY = "brain_surgery", "Brain surgery before"
    HIGH_ENERGY = "high_energy", "Great force"
    BLEEDING = "bleeding_disorder", "Bleeding disorder"
    ANTICOAGULANT = "anticoagulant", "Anticoagulant"
    INTOXICATED = "intoxicated", "Alcohol or drugs"
    SAFEGUARDING = "safeguarding", "Safeguarding concern"
    CONCERN = "concern", "Continuing concern"
    NONE = "none", "None of these"


class SubstanceTaken(Choice):
    NONE = "none", "None"
    SUSPECTED = "suspected", "Suspected"
    CONFIRMED = "confirmed", "Confirmed"
    NOT_KNOWN = "not_known", "Not known"


class Means(Choice):
    MEDICINES = "medicines", "Medicines"
    LIGATURE = "ligature", "Ligature"
    FIREARM = "firearm", "Firearm, or shotgun certificate"
    RAILWAY = "railway", "Railway"
    HEIGHT = "height", "Bridge or height"
    WATER = "water", "Water"
    BLADE = "blade", "Blade"
    OTHER = "other", "Other"
    NONE = "none", "None found"


class SubstanceRoute(Choice):
    MOUTH = "mouth", "By mouth"
    SMOKED = "smoked", "Smoked or inhaled"
    NOSE = "nose", "Nose"
    INJECTED = "injected", "Injected"
    OTHER = "other", "Other"
    NOT_KNOWN = "not_known", "Not known"


class PlanMade(Choice):
    """How it came to a safety plan, or why there is none."""

    TOGETHER = "together", "Made with the person"
    DECLINED = "declined", "Offered, and declined"
    CONVEYED = "conveyed", "Not now: taken to hospital at once"


class CopyGiven(Choice):
    PAPER = "paper", "Paper"
    TEXT = "text", "Text message"
    EMAIL = "email", "Email"
    NONE = "none", "None"


class Dash(Choice):
    """The DASH questions are the police's. Their reference is kept here, and never their result."""

    DONE = "done", "Done by an officer"
    NOT_DONE = "not_done", "Not done"
    NOT_KNOWN = "not_known", "Not known"


class Danger(Choice):
    """Dangers to those who respond, as facts. The officer reads this list."""

    WEAPON_SEEN = "weapon_seen", "Weapon seen"
    WEAPON_CARRIED = "weapon_carried", "Weapon carried"
    ASSAULT = "assault", "Assault"
    SPITTING = "spitting", "Spitting"
    BITING = "biting", "Biting"
    INFECTION = "infection", "Infection"
    DOGS = "dogs", "Dogs"
    FIREARMS = "firearms", "Firearms"
    FLIGHT = "flight", "May run or leave"
    CLIMBING = "climbing", "May climb"
    NONE = "none", "None known"


class HeldBy(Choice):
    POLICE = "police", "Police"
    AMBULANCE = "ambulance", "Ambulance"
    HEALTH = "health", "Health staff"
    OTHER = "other", "Others"


class HarmFromOthers(Choice):
    DOMESTIC = "domestic_abuse", "Domestic abuse"
    EXPLOITATION = "exploitation", "Exploitation"
    CUCKOOING = "cuckooing", "Home taken over by others"
    TRAFFICKING = "trafficking", "Trafficking or modern slavery"
    MARRIAGE = "forced_marriage", "Forced marriage"
    HONOUR = "hba", "“Honour”-based abuse"
    FGM = "fgm", "Female genital mutilation"
    HATE = "hate", "Hate crime"
    NEGLECT = "neglect", "Neglect"
    SELF_NEGLECT = "self_neglect", "Self-neglect"
    NONE = "none", "None disclosed"


RED_FLAGS = {
    "abd": "acute behavioural disturbance",
    "consciousness_reduced": "reduced consciousness",
    "breathing_difficulty": "breathing difficulty",
    "chest_pain": "chest pain",
    "seizure": "seizure",
    "head_injury": "head injury",
    "overdose": "overdose or poisoning",
    "asphyxia": "hanging, ligature or near-drowning",
    "bleeding": "bleeding or wounds",
    "sepsis": "fever or sepsis",
    "diabetes": "diabetes or low blood sugar",
    "burns": "burns",
    "hypothermia": "hypothermia",
    "pregnancy_problem": "pregnancy problem",
    "delirium": "delirium",
}
SUICIDAL = frozenset({Theme.SUICIDAL, Theme.ATTEMPT, Theme.SELF_HARM, Theme.OVERDOSE})
SELF_HARM = frozenset({Theme.ATTEMPT, Theme.SELF_HARM})

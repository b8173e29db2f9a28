"""The lists of the assessment.

Sources, read 22 Nov 2026: physical emergencies, RCEM Acute Behavioural Disturbance (June 2024); head injury, NICE NG232
(May 2023); themes after the Mental Health Services Data Set v6.0 reasons for referral. Unconfirmed: means, harms from
others, and the seven headings of the safety plan (after Stanley and Brown). The codes are this project's own.
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


class Taken(Choice):
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
SAFETY_PLAN = (
    "Warning signs: ", "What I can do: ", "People and places that take my mind off it: ", "People I can ask: ",
    "Professionals and lines (111 mental health option, 999, Samaritans 116 123): ", "Making the place safe: ",
    "Reasons for living: ",
)  # fmt: skip

"""Answers that several of the stories share: an ordinary assessment, a handover, a contact. All of it is made up."""

from typing import Any

Answers = dict[str, Any]

OFFICER = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": "Cambridgeshire"}
NO_RED_FLAGS = (
    "abd", "consciousness_reduced", "breathing_difficulty", "chest_pain", "seizure", "head_injury", "overdose", "asphyxia",
    "bleeding", "sepsis", "diabetes", "burns", "hypothermia", "pregnancy_problem", "delirium", "withdrawal",
)  # fmt: skip


def person(given: str, family: str, born: str, number: str, **other: Any) -> Answers:
    return {
        "identity_status": "stated", "given_name": given, "family_name": family, "date_of_birth": born,
        "nhs_number": number, "ethnic_category": "A", "ethnicity_source": "person", "language": "English",
        "interpreter_needed": "no", "communication_needs": ["none"], "known_to_services": "no", "mha_status": ["none"],
        "allergies": "None known", "medicines": "None known", "pregnant": "no", "next_of_kin": "Sister, number on file",
        "dependants_present": "none_present", **other,
    }  # fmt: skip


def contact(started_at: str, ended_at: str, **other: Any) -> Answers:
    return {
        "contact_mode": "face_to_face", "person_present": "yes", "started_at": started_at, "ended_at": ended_at,
        "police_present": "yes", "officers.2417": OFFICER, "officer_intended_action": "s136", **other,
    }  # fmt: skip


def assessment(
    situation: str, themes: list[str], formulation: str, impression: str, plan: str, **other: Any
) -> Answers:
    return {
        "setting": "In the open, then sitting in the car", "others_present": "PC Hart, at a distance", "seen_alone": "yes",
        "presenting_situation": situation, "presenting_themes": themes,
        "mse_appearance": "Dressed for the weather. Tearful at first, calmer later. Eye contact kept.",
        "mse_speech": "Quiet. Normal rate.", "mse_mood": "Says: “worn out”.", "mse_affect": "Reactive. Anxious.",
        "mse_thought_form": "Easy to follow.", "mse_thought_content": "No delusions heard. Preoccupied with the last week.",
        "mse_perception": "No hallucinations reported or seen.", "mse_cognition": "Knows time, place and person.",
        "mse_insight": "Wants help with sleep and with what to do next.", "mse_rapport": "Took time. Easy later.",
        **dict.fromkeys(NO_RED_FLAGS, "no"), "alcohol": "none", "drugs": "none",
        "strengths": "Close to a sister; walks every morning; wants to be at a niece's birthday.",
        "safety_formulation": formulation,
        "safety_plan": "Warning signs: not sleeping. What I can do: walk, ring my sister. People I can ask: sister, "
        "neighbour. Lines: 111 option 2, 999, Samaritans 116 123. Making the place safe: spare tablets handed to the "
        "sister. Reasons for living: my niece. A copy was sent by text.",
        "harm_to_others": "None found.", "harm_from_others": ["none"], "safeguarding_adult": "no",
        "safeguarding_child": "no", "impression": impression, "plan": plan, **other,
    }  # fmt: skip


def handover(situation: str, recommendation: str, unit: str, clinician: str, role: str, **other: Any) -> Answers:
    return {
        "situation": situation, "background": "No contact with services before today, as far as the record shows.",
        "assessment": "Assessed on scene, see the assessment. No physical red flag.", "recommendation": recommendation,
        "legal_basis_now": "voluntary", "support_needed": "nhs_alone",
        "support_reason": "Calm and willing. Agreed with the shift lead and PC Hart.", "receiving_unit": unit,
        "receiving_clinician": clinician, "receiving_clinician_role": role, "copy_given": "secure_email",
        "property_removed": "None.", "medicines_removed": "None.", "weapons_removed": "None.",
        "people_informed": "Sister told by phone, with agreement.", "home_secured": "No dependants. Home locked; keys with the person.",
        **other,
    }  # fmt: skip

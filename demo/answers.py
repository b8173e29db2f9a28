"""Answers that several of the stories share: an ordinary assessment, a handover, a contact. All of it is made up."""

from typing import Any

Answers = dict[str, Any]

OFFICER = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": "Cambridgeshire"}
NO_RED_FLAGS = (
    "abd",
    "consciousness_reduced",
    "breathing_difficulty",
    "chest_pain",
    "seizure",
    "head_injury",
    "overdose",
    "asphyxia",
    "bleeding",
    "sepsis",
    "diabetes",
    "burns",
    "hypothermia",
    "pregnancy_problem",
    "delirium",
    "withdrawal",
)


def person(given: str, family: str, born: str, number: str, **other: Any) -> Answers:
    return {
        "identity_status": "stated",
        "given_name": given,
        "family_name": family,
        "date_of_birth": born,
        "nhs_number": number,
        "ethnic_category": "A",
        "ethnicity_source": "person",
        "language": "English",
        "interpreter_needed": "no",
        "communication_needs": ["none"],
        "known_to_services": "no",
        "mha_status": ["none"],
        "allergies": "None known",
        "medicines": "None known",
        "pregnant": "no",
        "next_of_kin": "Sister, number on file",
        "no_fixed_abode": "no",
        "address": "Flat 2, 31 Willow Yard, Huntingdon",
        "gp_practice": "Larkmead Surgery",
        "carer_informed": "yes",
        "family_contact_agreed": "yes",
        "family_view": "Worried, glad to be rung, will help.",
        "advance_decision": "offline",
        "dependants_present": "none_present",
        **other,
    }


def contact(started_at: str, ended_at: str, **other: Any) -> Answers:
    return {
        "contact_mode": "face_to_face",
        "person_present": "yes",
        "started_at": started_at,
        "ended_at": ended_at,
        "police_present": "yes",
        "officers.2417": OFFICER,
        "officer_intended_action": "s136",
        **other,
    }


def assessment(
    situation: str, themes: list[str], formulation: str, impression: str, plan: str, **other: Any
) -> Answers:
    return {
        "setting": "In the open, then sitting in the car",
        "others_present": "PC Hart, at a distance",
        "seen_alone": "yes",
        "presenting_situation": situation,
        "presenting_themes": themes,
        "mse_appearance": "Dressed for the weather. Tearful at first, calmer later. Eye contact kept.",
        "mse_speech": "Quiet. Normal rate.",
        "mse_mood": "Says: “worn out”.",
        "mse_affect": "Reactive. Anxious.",
        "mse_thought_form": "Easy to follow.",
        "mse_thought_content": "No delusions heard. Preoccupied with the last week.",
        "mse_perception": "No hallucinations reported or seen.",
        "mse_cognition": "Knows time, place and person.",
        "mse_insight": "Wants help with sleep and with what to do next.",
        "mse_rapport": "Took time. Easy later.",
        **dict.fromkeys(NO_RED_FLAGS, "no"),
        "alcohol": "none",
        "drugs": "none",
        "strengths": "Close to a sister; walks every morning; wants to be at a niece's birthday.",
        "safety_formulation": formulation,
        "mhsds_primary_reason": "18" if "suicidal_thoughts" in themes else "other",
        "plan_made": "together",
        "plan_warning_signs": "Not sleeping.",
        "plan_own_steps": "Walk, ring my sister.",
        "plan_distraction": "Music, the café by the bridge.",
        "plan_people": "Sister, neighbour.",
        "plan_professionals": "111, mental health option; 999; Samaritans 116 123.",
        "plan_safe_place": "Spare tablets handed to the sister.",
        "plan_reasons": "My niece.",
        "plan_copy": ["text"],
        "harm_to_others": "None found.",
        "named_person_threatened": "no",
        "danger_kinds": ["none"],
        "restraint_used": "no",
        "harm_from_others": ["none"],
        "safeguarding_adult": "no",
        "safeguarding_child": "no",
        "impression": impression,
        "plan": plan,
        **other,
    }


def handover(situation: str, recommendation: str, unit: str, clinician: str, role: str, **other: Any) -> Answers:
    return {
        "situation": situation,
        "background": "No contact with services before today, as far as the record shows.",
        "assessment": "Assessed on scene, see the assessment. No physical red flag.",
        "recommendation": recommendation,
        "physical_summary": "No red flags. Observations not needed.",
        "communication_needs": "No needs known.",
        "refused": "no",
        "legal_basis_now": "voluntary",
        "support_needed": "nhs_alone",
        "support_reason": "Calm and willing. Agreed with the shift lead and PC Hart.",
        "receiving_unit": unit,
        "receiving_clinician": clinician,
        "receiving_clinician_role": role,
        "copy_given": "secure_email",
        "property_removed": "None.",
        "medicines_removed": "None.",
        "weapons_removed": "None.",
        "people_informed": "Sister told by phone, with agreement.",
        "home_secured": "No dependants. Home locked; keys with the person.",
        **other,
    }

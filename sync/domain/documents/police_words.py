"""Questions in other words on the officer's sheet, where the form's own need the questions around them to be clear.

A sergeant reads the sheet without the form, so each line has to be clear by itself. The record keeps the form's words.
Source: project specification, 22 Nov 2026, X-3 (the sheet an officer signs); the words are this project's own.
"""

from collections.abc import Mapping

POLICE_WORDS: Mapping[str, Mapping[str, str]] = {
    "incident": {"location_type": "Kind of place", "officer_safety_note": "For officers’ safety"},
    "contact": {"officers": "Officer"},
    "person": {
        "unknown_person_descriptor": "Description",
        "approx_age": "Age, about",
        "police_alerts": "Alert for officers",
    },
    "assessment": {"responder_danger": "More about the dangers"},
    "detention": {
        "power": "Power",
        "used_at": "When the power was used",
        "detaining_officer": "Officer who used the power",
        "place_used": "Kind of place where the power was used",
        "dwelling": "Is that a house, flat or room where anyone lives, or its yard, garden, garage or outhouse?",
        "needs_care_now": "Were they in immediate need of care or control?",
        "consultation_practicable": "Was it practicable to consult before the power was used?",
        "consultation_reason": "Why it was not practicable to consult",
        "consulted_role": "Who was consulted",
        "consulted_name": "Name of who was consulted",
        "consulted_at": "When they were consulted",
        "pos_name": "Name of the place of safety",
        "pos_reason": "Why this place of safety",
        "refusals": "Place that refused",
        "transfers": "Move to another place of safety",
        "station_conditions": "Conditions met for the police station",
        "station_authorised_rank": "Rank of who authorised the police station",
        "transport_mode": "How they got to the place of safety",
        "search_danger": "Grounds to believe that they were a danger to themselves or others?",
        "search_item": "Grounds to believe that they hid an item that could injure?",
        "search_extent": "How far the search went",
        "search_found": "What the search found",
        "search_kept_by": "Who keeps what was found",
        "force_by": "Force used by",
        "force_minutes": "How long force was used, in all",
        "prone_started_at": "Held prone from",
        "prone_ended_at": "Held prone until",
        "force_injuries": "Injuries when force was used",
        "body_worn_video_ref": "Body-worn video reference",
    },
    "handover": {
        "legal_basis_now": "Basis on which they are here now",
        "support_reason": "Why this support, and agreed with whom",
        "refusals": "Who refused to take over, and why",
        "receiving_clinician": "Who accepted",
        "receiving_clinician_role": "Role of who accepted",
        "receiving_registration": "Registration number of who accepted",
        "delay_reason": "Why handover had to wait",
        "raised_with": "Raised with",
    },
}

"""From what happened to what is recorded of it: the answers that follow from the facts, form by form."""

from datetime import timedelta
from random import Random
from typing import Any

from demo.synthetic.complete import Answers
from demo.synthetic.facts import Detained, Facts
from demo.synthetic.times import ADVICE, POLICE, Times
from demo.synthetic.words import DANGER, TOWNS, WHERE
from sync.core.times import instant, local
from sync.domain.catalogue.assessment.codes import RED_FLAGS
from sync.domain.catalogue.detention.codes import StationCondition
from sync.domain.content.pack_set import PackSet
from sync.domain.forms import Unavailable, unobtainable

WITH_PERSON = (
    "face_to_face",
    "phone_with_person",
    "custody_ld_face_to_face",
    "custody_ld_remote",
    "voluntary_attender_ld",
)
TYPES = {
    "street": "N01",
    "danger": "N01",
    "public_building": "N02",
    "outside_home": "N01",
    "home": "A01",
    "hospital": "E04",
    "rural": "N01",
    "unclear": "X01",
    "custody": "M03",
}
THEMES = {
    "gesture": "suicidal_thoughts",
    "intent": "self_harm",
    "agitated": "anxiety",
    "stressor": "housing_debt",
    "substances": "intoxication",
    "personality": "trauma_abuse",
    "learning_disability": "autism_ld",
}
OUTCOMES = {
    "gp": "gp_other",
    "cafe": "crisis_cafe",
    "ed": "ed_voluntary",
    "arrest": "custody",
    "nothing": "no_further_action",
    "custody": "liaison_diversion",
}
REFERRALS = {
    "crisis_team": ("A02", "4"),
    "gp": ("gp", "3"),
    "cafe": ("A21", "2"),
    "ed": ("ed", "1"),
    "custody": ("D02", "3"),
    "home_with_plan": ("A06", "3"),
}
NOT_KNOWN = unobtainable(Unavailable.NOT_KNOWN)


def incident(facts: Facts, packs: PackSet, rng: Random, slots: dict[str, Any], shift: str | None) -> Answers:
    danger = rng.choice(list(DANGER))
    return {
        "shift": shift,
        "rule_pack": packs.rules_on(local(facts.when).date()).manifest.pack_id,
        "nature": "mh_primary" if rng.random() < 0.85 else "mh_secondary",
        "source_of_contact": facts.alerted_by,
        "cad_ref": f"CP-{facts.when:%d%m}-{rng.randint(100, 999)}",
        "location": WHERE[facts.location].format(**slots, danger=DANGER[danger]),
        "location_type": TYPES[facts.location],
        "dwelling": {"home": "yes", "unclear": "not_known"}.get(facts.location, "no"),
        "high_risk_place": [danger if facts.location == "danger" else "none"],
        "scene_dangers": ["none"],
        "district": TOWNS[slots["town"]],
    }


def outcome(facts: Facts) -> list[str]:
    admitted = facts.detained and facts.detained.outcome in ("s2", "s3")
    return [OUTCOMES.get(facts.outcome, facts.outcome), *(["detained"] if admitted else [])]


def contact(facts: Facts, rng: Random, slots: dict[str, Any], at: Times) -> Answers:
    answers: Answers = {"contact_mode": facts.mode, "police_present": "yes" if facts.mode in POLICE else "no"}
    if facts.mode in WITH_PERSON:
        answers |= {"person_present": "yes", "started_at": instant(at["mh_engaged"]), "ended_at": instant(at["ended"])}
    if facts.mode in POLICE:
        collar = slots["collar"]
        answers |= {
            f"officers.{collar}": {
                "name": slots["officer_name"],
                "rank": "PC",
                "collar_number": collar,
                "force": "Cambridgeshire",
                "arrived": instant(at["first_officer_arrived"]),
                "released": instant(at["officers_released"]),
            },
            "officer_intended_action": facts.intended,
            "delay_reasons": ["no_staff"] if facts.detained and facts.detained.wait > 60 else None,
        }
    if facts.mode in ADVICE:
        taken = "no" if facts.detained or rng.random() < 0.1 else "yes"
        answers |= {"advice_given_at": instant(at["ended"]), "advice_accepted": taken}
    if facts.mode == "control_room_triage":
        met = rng.random() < 0.3
        answers |= {
            "rcrp_relevant": "yes",
            "rcrp_call_type": rng.choice(("welfare", "welfare", "walk_out", "medical")),
            "rcrp_agency_type": "crisis_team",
            "rcrp_decided_at": instant(at["ended"]),
            "rcrp_accepted_at": instant(at["ended"]),
            "rcrp_caller_told_at": instant(at["ended"]),
            "rcrp_threshold": [rng.choice(("life", "serious_harm")) if met else "not_met"],
            "rcrp_caller_told": "yes",
            "rcrp_decision": "deploy" if met else rng.choice(("advice_only", "redirect", "not_deploy")),
        }
    return answers


def person(facts: Facts, rng: Random) -> Answers:
    who = facts.person
    if facts.unknown:
        named: Answers = {"identity_status": "unknown", "approx_age": max(facts.age, 1), "ethnic_category": "99"}
    else:
        named = {
            "identity_status": "verified" if who.nhs_number else "stated",
            "given_name": who.given,
            "family_name": who.family,
            "date_of_birth": who.born.isoformat(),
            "nhs_number": who.nhs_number,
            "ethnic_category": facts.ethnicity,
            "ethnicity_source": "person" if facts.ethnicity not in ("Z", "99") else None,
        }
    if facts.seen_lately:
        named["services_detail"] = "Seen by their team in the last two weeks; worker told today."
    return {
        **named,
        "sex": "1" if who.male else "2",
        "language": "English",
        "interpreter_needed": "no",
        "pregnant": "no",
        "communication_needs": ["learning_disability" if "learning_disability" in who.traits else "none"],
        "mha_status": ["none"],
        "learning_disability_status": "1" if "learning_disability" in who.traits else "5",
        "known_to_services": who.known,
        "no_fixed_abode": "yes" if rng.random() < 0.06 else "no",
        "carer_informed": "yes",
        "crisis_plan_seen": "yes" if rng.random() < 0.4 else "no",
        "looked_after": "yes" if rng.random() < 0.15 else "no",
        "dependants_present": "none_present" if rng.random() < 0.8 else "yes",
        "dependants.1": {"kind": "pet", "name": "A dog", "where": "At home", "cared_for_by": "A neighbour"},
    }


def assessment(facts: Facts, rng: Random) -> Answers:
    themes = list(dict.fromkeys(THEMES.get(theme, theme) for theme in facts.themes)) or ["welfare"]
    flags = dict.fromkeys(RED_FLAGS, "no")
    flags["overdose"] = "yes" if "suicide_attempt" in themes and rng.random() < 0.5 else "no"
    flags["bleeding"] = "yes" if "self_harm" in facts.themes else "no"
    taken = "confirmed" if "substances" in facts.themes else "none"
    measured: Answers = {}
    if facts.detained or "yes" in flags.values():
        measured = {
            "respiration_rate": rng.randint(12, 21),
            "spo2": rng.randint(95, 99),
            "oxygen": "air",
            "consciousness": "A",
            "systolic_bp": rng.randint(108, 150),
            "pulse": rng.randint(62, 112),
            "temperature": str(rng.randint(362, 376) / 10),
        }
    return {
        **flags,
        **measured,
        "presenting_themes": themes,
        "seen_alone": "yes",
        "alcohol": taken,
        "drugs": "none",
        "plan_made": rng.choice(("together", "together", "together", "declined")),
        "plan_copy": [rng.choice(("text", "paper"))],
        "means": [rng.choice(("none", "medicines", "blade"))],
        "harm_from_others": ["none"],
        "safeguarding_adult": "no",
        "safeguarding_child": "yes" if facts.age < 18 else "no",
    }


def detention(facts: Facts, rng: Random, slots: dict[str, Any], at: Times) -> Answers:
    if facts.detained is None:
        reason = "ed_voluntary" if facts.outcome == "ed" else "voluntary_plan"
        return {"power": "none", "considered_not_used_reason": reason}
    informed_at = instant(at["place"] + timedelta(minutes=rng.randint(3, 55)))
    return {
        **_power(facts, rng, slots, at),
        **_place_of_safety(facts.detained, slots, at),
        "amhp_informed_at": informed_at,
        "doctor_informed_at": informed_at,
        "searched": "yes" if rng.random() < 0.3 else "no",
        "use_of_force": ["hold" if rng.random() < 0.3 else "none"],
        "body_worn_video": "yes",
        "rights_given": "yes",
        "rights_told": ["detained", "why", "power", "how_long"],
        "rights_understood": "yes",
        "options_considered": [rng.choice(("home", "crisis_team", "ed_voluntary")), "care_plan"],
        "force_minutes": 1,
        "search_danger": "yes",
        "search_item": "yes",
    }


def _power(facts: Facts, rng: Random, slots: dict[str, Any], at: Times) -> Answers:
    """The use of the power: by whom, where, and who was consulted."""
    return {
        "power": "s136_1_a",
        "used_at": instant(at["used"]),
        "detaining_officer": slots["officer"],
        "place_used": TYPES[facts.location],
        "dwelling": "yes" if facts.location == "home" else "no",
        "appears_disordered": "yes",
        "needs_care_now": "yes",
        "necessary": "yes",
        "consultation_practicable": "yes" if rng.random() < 0.9 else "no",
        "consulted_role": "nurse",
        "consulted_name": slots["nurse"],
        "consulted_at": instant(at["mh_engaged"]),
    }


def _place_of_safety(detained: Detained, slots: dict[str, Any], at: Times) -> Answers:
    """The place of safety, and the way there."""
    return {
        "pos_type": detained.place or NOT_KNOWN,
        "pos_name": slots["place"],
        "pos_reason": "clinical_need" if detained.place == "ed" else "nearest",
        "station_conditions": [condition.value for condition in StationCondition],
        "ambulance": {"police": "not_in_30", "ambulance": "attended"}.get(detained.transport, "not_requested"),
        "transport_mode": detained.transport or NOT_KNOWN,
        "police_vehicle_reason": "no_ambulance",
        "arrival_first_pos_at": instant(at["place"]),
        "pos_informed_at": instant(at["departed_scene"]),
    }


def after_detention(facts: Facts, at: Times) -> Answers:
    """What is written down of a detention when it has ended."""
    assert facts.detained
    return {
        "assessment_started_at": instant(at["assessed"]),
        "assessment_completed_at": instant(at["finished"]),
        "outcome": facts.detained.outcome,
        "mental_disorder_found": "yes" if facts.detained.disorder else "no",
        "ended_at": instant(at["finished"]),
    }


def handover(facts: Facts) -> Answers:
    return {
        "legal_basis_now": "s136" if facts.detained else "arrested" if facts.outcome == "arrest" else "voluntary",
        "support_needed": "nhs_1_officer" if facts.detained else "nhs_alone",
        "copy_given": "secure_email",
        "delay_reason": ["no_staff"],
    }


def referral(facts: Facts, at: Times, rng: Random) -> Answers:
    destination, urgency = REFERRALS[facts.outcome]
    sent = at["ended"] + timedelta(minutes=rng.randint(1, 30))
    return {
        "destination": destination,
        "urgency": urgency,
        "decided_at": instant(at["ended"]),
        "sent_at": instant(sent),
        "method": "phone",
        "person_aware": "yes",
        "info_basis": "consent",
        "outcome": "accepted",
        "acknowledged_at": instant(sent + timedelta(minutes=rng.randint(2, 90))),
    }

"""Six incidents, each standing somewhere else. Everybody and everything in them is made up.

NHS numbers are from the range kept for tests (999). Times are minutes before now, so that clocks are running.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from demo.answers import assessment, contact, handover, person
from sync.core.times import instant

Answers = dict[str, Any]
At = Callable[[int], str]


@dataclass(frozen=True)
class StorySection:
    """One record of an incident, sealed some minutes ago."""

    kind: str
    ago: int
    answers: Answers = field(repr=False)


@dataclass(frozen=True)
class Story:
    """`cosigned`, `signed`, `judged`: how many minutes ago. `comments`: what the supervisor returned it with."""

    incident_id: str  # the same in every run, so that a second run finds it there
    nurse: str
    car: str
    sections: tuple[StorySection, ...]
    cosigned: int | None = None
    signed: int | None = None
    judged: int | None = None
    comments: tuple[tuple[str, str, str], ...] = ()  # kind, answer, comment
    clash: tuple[str, Answers, Answers] | None = None  # kind, the nurse's answer, the other nurse's


def stories(now: datetime) -> list[Story]:
    def at(ago: int) -> str:
        return instant(now - timedelta(minutes=ago))

    return [approved(at), returned(at), signed(at), advice(at), detained(at), clashing(at)]


def tapped(at: At, **ago: int) -> Answers:
    """Times of the ribbon."""
    return {name: {"at": at(minutes), "source": "tapped"} for name, minutes in ago.items()}


def approved(at: At) -> Story:
    """Yesterday evening, all done."""
    return Story(
        "a24f0be0-3d0e-4f39-9d0b-51c1f4a4b8e1",
        "tom.ellery",
        "Car 2",
        (
            StorySection(
                "incident",
                1500,
                {
                    "nature": "mh_primary",
                    "source_of_contact": "999",
                    "cad_ref": "CP-20418",
                    "location": "Riverside car park, St Ives",
                    "location_type": "N01",
                    "dwelling": "no",
                    "high_risk_place": ["water"],
                    "scene_dangers": ["none"],
                    "district": "huntingdonshire",
                    **tapped(
                        at,
                        call_received=1560,
                        dispatched=1552,
                        first_officer_arrived=1545,
                        mh_requested=1543,
                        arrived=1530,
                        mh_engaged=1525,
                    ),
                },
            ),
            StorySection(
                "person",
                1495,
                person("Owen", "Larkfield", "1987-03-14", "9992044179", next_of_kin="Partner, number on file"),
            ),
            StorySection("contact", 1440, contact(at(1525), at(1450), delay_reasons=["no_staff"])),
            StorySection(
                "assessment",
                1438,
                assessment(
                    "Lost his job on Monday and walked out to the river. Rang 999 himself and waited by the car.",
                    ["suicidal_thoughts", "low_mood", "housing_debt"],
                    "Makes it worse: being alone at night. Makes it better: his partner. Needs now: sleep and company tonight.",
                    "Acute distress after losing his work. Wants to live and to be helped.",
                    "Home with his partner. Crisis team rings at 10:00 tomorrow.",
                    suicidal_thinking="Thoughts: since Monday. Plan: none made. Past attempts: none. What changes it: talking.",
                    means=["water"],
                    means_action="Brought home by his partner, who stays with him.",
                ),
            ),
            StorySection(
                "referral",
                1436,
                {
                    "destination": "A02",
                    "service": "First Response Service, Huntingdon",
                    "urgency": "2",
                    "decided_at": at(1445),
                    "reason": "Call and review within 24 hours, support with sleep.",
                    "person_aware": "yes",
                    "info_basis": "consent",
                    "sent_at": at(1442),
                    "method": "phone",
                    "acknowledged_by": "Priya Nair, shift lead",
                    "acknowledged_at": at(1440),
                    "outcome": "accepted",
                },
            ),
            StorySection(
                "handover",
                1434,
                handover(
                    "Man of 39, came to the river in distress and asked for help himself.",
                    "Home with his partner. Nothing further asked of officers.",
                    "Crisis team, Huntingdon",
                    "Priya Nair",
                    "Nurse, 12C0045E",
                ),
            ),
            StorySection(
                "incident",
                1432,
                {
                    "incident_outcome": ["home_with_plan", "crisis_team"],
                    **tapped(at, handover_offered=1448, handover_accepted=1442, officers_released=1440, cleared=1433),
                },
            ),
        ),
        cosigned=1431,
        signed=1425,
        judged=600,
    )


def returned(at: At) -> Story:
    """The supervisor asks for something."""
    return Story(
        "5b8ad0b6-2a7a-4c0f-8f0e-3d7c7f1f9a02",
        "amina.yusuf",
        "Car 1",
        (
            StorySection(
                "incident",
                330,
                {
                    "nature": "mh_primary",
                    "source_of_contact": "family",
                    "cad_ref": "CP-20467",
                    "location": "14 Mill Lane, Ramsey",
                    "location_type": "A01",
                    "dwelling": "yes",
                    "high_risk_place": ["none"],
                    "scene_dangers": ["none"],
                    "district": "huntingdonshire",
                    **tapped(
                        at,
                        call_received=370,
                        dispatched=364,
                        first_officer_arrived=352,
                        mh_requested=350,
                        arrived=338,
                        mh_engaged=334,
                    ),
                },
            ),
            StorySection(
                "person",
                325,
                person(
                    "Sheila",
                    "Brandreth",
                    "1951-09-02",
                    "9996177408",
                    known_to_services="yes",
                    services_detail="Memory clinic, Huntingdon",
                    care_coordinator="Duty nurse of the clinic",
                    crisis_plan_seen="offline",
                    medicines="Blister pack, made up by the pharmacy",
                    next_of_kin="Daughter, in the house",
                ),
            ),
            StorySection(
                "contact",
                262,
                contact(at(334), at(270), officer_intended_action="take_to_ed", delay_reasons=["doctor"]),
            ),
            StorySection(
                "assessment",
                260,
                assessment(
                    "Up at night for three nights, believes somebody is in the loft. Her daughter rang for help.",
                    ["confusion", "dementia"],
                    "Makes it worse: the dark. Makes it better: her daughter's voice. Needs now: an infection ruled out.",
                    "New confusion on top of a slow change. A physical cause has to be ruled out.",
                    "Urgent review by the GP today. Daughter stays.",
                    setting="Her kitchen",
                    others_present="Daughter, PC Hart in the hall",
                ),
            ),
            StorySection(
                "handover",
                258,
                handover(
                    "Woman of 75 with new confusion at night, safe at home with her daughter.",
                    "GP today. Officers not needed.",
                    "Ramsey surgery, duty doctor",
                    "Dr Ellen Vane",
                    "GP, 6041177",
                    home_secured="Daughter stays. Loft hatch closed and shown to her.",
                ),
            ),
            StorySection(
                "incident",
                256,
                {
                    "incident_outcome": ["home_with_plan", "gp_other"],
                    **tapped(at, handover_offered=266, handover_accepted=262, officers_released=260, cleared=256),
                },
            ),
        ),
        cosigned=255,
        signed=250,
        judged=95,
        comments=(
            ("assessment", "delirium", "You write of new confusion: was delirium asked about? It says no here."),
            ("handover", "recommendation", "Please say when the GP was to see her."),
        ),
    )


def signed(at: At) -> Story:
    """Waiting for review."""
    return Story(
        "c7e3c1d4-9b51-4e0c-a1a5-6a4b7f0d2c33",
        "tom.ellery",
        "Car 2",
        (
            StorySection(
                "incident",
                240,
                {
                    "nature": "mh_primary",
                    "source_of_contact": "officer",
                    "cad_ref": "CP-20472",
                    "location": "Footbridge, Huntingdon station",
                    "location_type": "N01",
                    "dwelling": "no",
                    "high_risk_place": ["bridge", "railway"],
                    "scene_dangers": ["none"],
                    "district": "huntingdonshire",
                    **tapped(
                        at,
                        call_received=262,
                        first_officer_arrived=258,
                        mh_requested=256,
                        dispatched=254,
                        arrived=244,
                        mh_engaged=241,
                    ),
                },
            ),
            StorySection(
                "person",
                235,
                person(
                    "Jade",
                    "Pemberley",
                    "2001-11-27",
                    "9994710532",
                    preferred_name="Jay",
                    autism_status="1",
                    communication_needs=["autism", "sensory"],
                    what_helps="Low voices, time, no blue light",
                ),
            ),
            StorySection("contact", 165, contact(at(241), at(176), delay_reasons=["no_staff"])),
            StorySection(
                "assessment",
                162,
                assessment(
                    "On the footbridge after a break-up, found by officers on patrol. Came down after twenty minutes of talking.",
                    ["suicidal_thoughts", "loss", "autism_ld"],
                    "Makes it worse: noise and being touched. Makes it better: a plan with times. Needs now: a quiet place.",
                    "Crisis after a loss in an autistic young woman who can say what helps.",
                    "Crisis café now, crisis team tomorrow at 09:30, brother collects at 22:00.",
                    suicidal_thinking="Thoughts: today only. Plan: went to the bridge without one. Past attempts: none told.",
                    means=["height", "railway"],
                    means_action="Walked away from the station together; brother told, with agreement.",
                ),
            ),
            StorySection(
                "handover",
                158,
                handover(
                    "Woman of 25 came away from the footbridge of her own will.",
                    "Quiet place now. No restraint, no blue light.",
                    "Crisis café, Huntingdon",
                    "Marcus Bell",
                    "Support lead, no registration",
                ),
            ),
            StorySection(
                "incident",
                155,
                {
                    "incident_outcome": ["crisis_cafe", "crisis_team"],
                    **tapped(at, handover_offered=180, handover_accepted=170, officers_released=168, cleared=156),
                },
            ),
        ),
        cosigned=152,
        signed=148,
    )


def advice(at: At) -> Story:
    """A short one: advice by radio. Signed, and waiting for review too."""
    return Story(
        "e0915f7a-7c1d-4d55-b5b3-90d1f3a6c844",
        "amina.yusuf",
        "Car 1",
        (
            StorySection(
                "incident",
                210,
                {
                    "nature": "mh_secondary",
                    "source_of_contact": "officer",
                    "cad_ref": "CP-20475",
                    "location": "Market Hill, Ely",
                    "location_type": "N01",
                    "dwelling": "no",
                    "district": "east_cambridgeshire",
                    **tapped(at, call_received=230, first_officer_arrived=221, mh_requested=214, mh_engaged=212),
                },
            ),
            StorySection(
                "contact",
                204,
                {
                    "contact_mode": "radio_advice_to_officer",
                    "person_present": "no",
                    "police_present": "yes",
                    "officers.3102": {
                        "name": "Gwen Castell",
                        "rank": "PC",
                        "collar_number": "3102",
                        "force": "Cambridgeshire",
                    },
                    "officer_intended_action": "s136",
                    "officer_question": "Man shouting in the square, says he is followed.",
                    "advice_given": "Ring his care coordinator first. Number given.",
                    "intention_before_advice": "yes",
                    "advice_rationale": "Known to services, with a plan that says so.",
                    "advice_given_at": at(207),
                    "advice_accepted": "yes",
                },
            ),
            StorySection(
                "incident",
                200,
                {
                    "incident_outcome": ["home_with_plan"],
                    **tapped(at, advice_given=207, officers_released=203, cleared=201),
                },
            ),
        ),
        signed=198,
    )


def detained(at: At) -> Story:
    """Open: the section 136 clock runs, officers are waiting."""
    return Story(
        "1f6d2c90-5e3b-4b8d-9c77-0b2e8a5d7f15",
        "amina.yusuf",
        "Car 1",
        (
            StorySection(
                "incident",
                118,
                {
                    "nature": "mh_primary",
                    "source_of_contact": "999",
                    "cad_ref": "CP-20481",
                    "location": "Old Bridge, Huntingdon",
                    "location_type": "N01",
                    "dwelling": "no",
                    "high_risk_place": ["bridge", "water"],
                    "scene_dangers": ["none"],
                    "district": "huntingdonshire",
                    **tapped(
                        at,
                        call_received=140,
                        first_officer_arrived=131,
                        mh_requested=128,
                        dispatched=127,
                        arrived=121,
                        mh_engaged=119,
                    ),
                },
            ),
            StorySection(
                "person",
                110,
                {
                    "identity_status": "partly_known",
                    "given_name": "Callum",
                    "unknown_person_descriptor": "Man of about 30, slim, green parka, tattoo of a heron on the left wrist",
                    "approx_age": 30,
                    "language": "English",
                    "allergies": {"unavailable": "unable", "reason": "too distressed to say"},
                },
            ),
            StorySection("contact", 100, contact(at(119), at(102), delay_reasons=["no_staff"])),
            StorySection(
                "detention",
                96,
                {
                    "power": "s136_1_a",
                    "used_at": at(108),
                    "detaining_officer": "PC Dan Hart, 2417",
                    "place_used": "N01",
                    "dwelling": "no",
                    "appears_disordered": "yes",
                    "needs_care_now": "yes",
                    "necessary": "yes",
                    "grounds": "On the wrong side of the parapet, answering somebody not there, would not come back by himself.",
                    "consultation_practicable": "yes",
                    "consulted_role": "nurse",
                    "consulted_name": "Amina Yusuf",
                    "consulted_at": at(112),
                    "consulted_how": "In person",
                    "information_shared": "What was seen; no record found under the name given.",
                    "consultation_advice": "Needs a place of safety and an assessment; no less restrictive way at the water.",
                    "officer_decision": "Section 136(1)(a).",
                    "pos_type": "hbpos",
                    "pos_name": "Health-based place of safety, Fulbourn",
                    "pos_reason": "nearest",
                    "ambulance": "attended",
                    "transport_mode": "ambulance",
                    "arrival_first_pos_at": at(74),
                    "amhp_informed_at": at(66),
                    "doctor_informed_at": at(64),
                    "searched": "yes",
                    "search_danger": "yes",
                    "search_item": "yes",
                    "search_extent": ["outer_coat"],
                    "search_by": "PC Dan Hart, 2417",
                    "search_found": "Nothing. Had said that he had a blade.",
                    "use_of_force": ["hold"],
                    "force_by": "PC Dan Hart, 2417",
                    "force_minutes": 1,
                    "force_injuries": "None. Held by both arms at the parapet.",
                    "body_worn_video": "yes",
                    "rights_given": "yes",
                    "someone_informed": "He asked for nobody to be told.",
                },
            ),
            StorySection("incident", 58, tapped(at, departed_scene=92, handover_offered=58)),
        ),
    )


def clashing(at: At) -> Story:
    """Open: both nurses wrote down the same answer, each without signal."""
    return Story(
        "7d40b1a8-64f2-4a0e-8e2c-c52f9be0d626",
        "tom.ellery",
        "Car 2",
        (
            StorySection(
                "incident",
                55,
                {
                    "nature": "mh_primary",
                    "source_of_contact": "101",
                    "cad_ref": "CP-20486",
                    "location": "Hinchingbrooke Park, café",
                    "location_type": "N02",
                    "dwelling": "no",
                    "high_risk_place": ["none"],
                    "scene_dangers": ["none"],
                    "district": "huntingdonshire",
                    **tapped(
                        at,
                        call_received=75,
                        dispatched=70,
                        first_officer_arrived=66,
                        mh_requested=65,
                        arrived=57,
                        mh_engaged=56,
                    ),
                },
            ),
            StorySection(
                "person",
                50,
                person(
                    "Ifeoma",
                    "Castlemead",
                    "1994-06-18",
                    "9995602385",
                    ethnic_category="P",
                    family_contact_agreed="not_known",
                ),
            ),
            StorySection("contact", 44, contact(at(56), at(45), officer_intended_action="unsure")),
        ),
        clash=(
            "person",
            {"medicines": "Sertraline 50 mg, stopped two weeks ago"},
            {"medicines": "Sertraline 100 mg every morning"},
        ),
    )

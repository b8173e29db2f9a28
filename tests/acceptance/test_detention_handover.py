"""Section 136, places of safety, the clock and handover: acceptance lines, vignettes and mistakes not to be made."""

from typing import Any

import pytest

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.contact.form import ContactForm, Delay
from sync.domain.catalogue.detention.codes import ADMITTED, DETAINED, DetentionOutcome
from sync.domain.catalogue.detention.form import DetentionForm, clock_of, in_a_dwelling, station_for_a_child
from sync.domain.catalogue.handover.form import HandoverForm, Support, timer
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical.places_of_safety import PlaceOfSafety
from sync.domain.documents.handover_sheet import OFFICER_STATEMENT, handover_sheet, sheet_digest
from sync.domain.forms import check, in_words, missing, questions, shown, suggestion
from sync.domain.records.incident import Incident
from sync.domain.records.standing import document
from sync.domain.records.tasks import tasks
from tests.steps.builders import LAW, PACKS
from tests.steps.records import NOW, Case, at, context, event, everything, filled, grave, lacking, said, utc


def detained(**answers: Any) -> DetentionForm:
    return filled(DetentionForm, **answers)


def the(incident: Incident, kind: str) -> Any:
    return incident.context(PACKS, NOW).forms[kind][0]


def offered(incident: Incident, name: str, now=NOW) -> Any:
    record = incident.one("handover")
    return suggestion(HandoverForm, name, record.values if record else {}, incident.context(PACKS, now))


# --- acceptance lines -------------------------------------------------------------------------------------------


def test_stf_4_why_officers_waited_goes_from_the_contact_to_the_handover():
    case = Case()
    case.add(
        "incident", {"handover_offered": event("2026-11-20 20:00"), "handover_accepted": event("2026-11-20 21:01")}
    )
    case.add("contact", {"contact_mode": "face_to_face", "delay_reasons": ["no_staff", "bed"]})
    assert offered(case.incident, "delay_reason") == ["no_staff", "bed"]
    assert (
        questions(HandoverForm)["delay_reason"].choices
        == tuple(Delay)
        == questions(ContactForm)["delay_reasons"].choices
    )


@pytest.mark.parametrize(
    ("accepted", "asked"), [("2026-11-20 21:00", False), ("2026-11-20 21:01", True), ("2026-11-21 05:00", True)]
)
def test_stf_4_a_reason_is_asked_for_when_the_wait_is_longer_than_an_hour(accepted: str, asked: bool):
    case = Case()
    case.add("incident", {"handover_offered": event("2026-11-20 20:00"), "handover_accepted": event(accepted)})
    assert ("delay_reason" in lacking(HandoverForm, case.incident.context(PACKS, NOW))) is asked


def test_pil_3_the_outcomes_that_are_admissions_and_detentions_are_told_apart():
    assert {outcome.value for outcome in ADMITTED} == {"informal", "s2", "s3", "s4", "recall"}
    assert {outcome.value for outcome in DETAINED} == {"s2", "s3", "s4", "recall"}
    assert set(DetentionOutcome) >= ADMITTED > DETAINED
    ended = {"power": "s136_1_a", "ended_at": "2026-11-21T10:00:00.000Z"}
    assert {"outcome", "mental_disorder_found", "end_reason"} <= lacking(DetentionForm, **ended)
    assert "legal_status_after" in lacking(DetentionForm, power="s136_1_a", outcome="s2")
    assert "legal_status_after" not in lacking(DetentionForm, power="s136_1_a", outcome="discharged")


def test_pil_4_disorder_follow_up_and_the_time_before_can_be_counted():
    names = {question.name for question in shown(DetentionForm, {"power": "s136_1_a"}, context())}
    assert {"mental_disorder_found", "previous_s136", "recent_contact", "main_reason", "counted_by"} <= names
    assert "follow_up_offered" in lacking(DetentionForm, power="s136_1_a", outcome="discharged")
    assert "follow_up_offered" not in lacking(DetentionForm, power="s136_1_a", outcome="s2")
    asked = [
        question.name for question in shown(DetentionForm, {"power": "s136_1_a", "previous_s136": "yes"}, context())
    ]
    assert "previous_s136_on" in asked
    assert "previous_s136_on" not in names


ASSESSMENT_ONLY = ("assessment", "referral", "safeguarding", "gp_letter")


def test_x_3_the_officer_signs_the_handover_sheet_and_not_the_assessment():
    case = Case()
    for kind in CATALOGUE:
        if kind not in ("shift", "reading"):
            case.add(kind, everything(CATALOGUE[kind]))
    before, whole = sheet_digest(case.incident), document(case.incident)
    case.add("assessment", {"impression": "Something else", "plan": "Another plan", "mse_mood": "Better"})
    case.add(
        "detention", {"consultation_advice": "Other advice", "mental_disorder_found": "no", "doctor1_name": "Dr Hay"}
    )
    case.add("handover", {"assessment": "Other", "background": "Other", "physical_summary": "Other"})
    assert sheet_digest(case.incident) == before
    assert document(case.incident) != whole
    case.add("detention", {"force_injuries": "A grazed wrist"})
    assert sheet_digest(case.incident) != before
    assert "circumstances, use of force, search and property" in OFFICER_STATEMENT


def test_x_3_the_sheet_tells_what_the_officer_says_to_have_given():
    case = Case()
    told = {
        "detention": {
            "grounds": "CIRCUMSTANCES", "force_injuries": "INJURIES", "use_of_force": ["hold"], "search_found": "FOUND",
            "search_kept_by": "KEEPER", "refusals.1": {"unit": "UNIT", "reason": "FULL"},
        },
        "handover": {"situation": "SITUATION", "recommendation": "NEXT", "property_removed": "PROPERTY",
                     "communication_needs": "NEEDS", "clock_shown": "CLOCK"},
    }  # fmt: skip
    kept = {
        "detention": {"consultation_advice": "ADVICE", "information_shared": "SHARED", "outcome": "s2",
                      "doctor1_name": "DOCTOR",
                      "station_checks.1": {"by": "CHECKER", "found": "CHECKED"}},
        "handover": {"background": "BACKGROUND", "assessment": "ASSESSMENT", "physical_summary": "PHYSICAL",
                     "people_informed": "TOLD"},
    }  # fmt: skip
    for answers in (told, kept):
        for kind, given in answers.items():
            case.add(kind, given)
    text = "\n".join(line for _, line in handover_sheet(case.incident))
    there = ["CIRCUMSTANCES", "INJURIES", "Hold", "FOUND", "KEEPER", "UNIT", "FULL", "SITUATION", "NEXT", "PROPERTY",
             "NEEDS", "CLOCK"]  # fmt: skip
    assert [word for word in there if word not in text] == []
    apart = [
        "ADVICE",
        "SHARED",
        "Section 2",
        "DOCTOR",
        "CHECKER",
        "CHECKED",
        "BACKGROUND",
        "ASSESSMENT",
        "PHYSICAL",
        "TOLD",
    ]
    assert [word for word in apart if word in text] == []


# --- vignettes --------------------------------------------------------------------------------------------------


def bridge() -> Case:
    """V1: Friday 22:40, a woman of 24 talked down from a parapet; two places of safety full; to ED with her wounds."""
    case = Case()
    case.add("incident", {
        "nature": "mh_primary", "location": "Town Bridge", "location_type": "N01", "dwelling": "no",
        "call_received": event("2026-11-20 22:31"), "first_officer_arrived": event("2026-11-20 22:38"),
        "handover_offered": event("2026-11-20 23:55"), "handover_accepted": event("2026-11-21 02:50"),
    })  # fmt: skip
    case.add("person", {"given_name": "Amy", "family_name": "Example", "date_of_birth": "2002-03-01"})
    advice = {"advice_given": "Needs a place of safety", "advice_given_at": "2026-11-20T22:50:00.000Z"}
    contact = {"contact_mode": "face_to_face", "officer_intended_action": "s136", "delay_reasons": ["ed_queue"]}
    case.add("contact", {**contact, **advice})
    case.add("detention", {
        "power": "s136_1_a", "used_at": "2026-11-20T22:58:00.000Z", "place_used": "N01", "dwelling": "no",
        "appears_disordered": "yes", "needs_care_now": "yes", "necessary": "yes", "options_considered": ["crisis_team"],
        "consultation_practicable": "yes", "consulted_role": "nurse", "consulted_at": "2026-11-20T22:50:00.000Z",
        "pos_type": "ed", "pos_name": "ED, Riverside", "pos_reason": "clinical_need",
        "refusals.1": {"unit": "Suite A", "name": "Mo", "at": "2026-11-20T23:05:00.000Z", "reason": "Full"},
        "refusals.2": {"unit": "Suite B", "name": "Jo", "at": "2026-11-20T23:09:00.000Z", "reason": "Full"},
        "ambulance": "not_in_30", "ambulance_requested_at": "2026-11-20T22:59:00.000Z", "transport_mode": "police",
        "police_vehicle_reason": "no_ambulance", "arrival_first_pos_at": "2026-11-20T23:40:00.000Z",
    })  # fmt: skip
    case.add("handover", {"receiving_unit": "ED, Riverside"})
    return case


def test_v1_the_record_of_a_bridge_at_night():
    case = bridge()
    about, form = case.incident.context(PACKS, utc("2026-11-21 02:00")), the(case.incident, "detention")
    lacks = lacking(DetentionForm, about, **case.record("detention").values)
    assert not {"refusals", "pos_reason", "police_vehicle_reason", "options_considered", "dwelling"} & lacks
    assert grave(form, about) == []
    assert "after the power was used" not in said(form, about)
    running = clock_of(form, about.rules)
    assert running is not None
    assert running.ends_at == utc("2026-11-21 23:40")  # from the arrival at ED


def test_v1_medical_need_is_told_apart_from_no_place_and_each_refusal_is_kept():
    incident = bridge().incident
    form = the(incident, "detention")
    assert form.pos_reason.label == "Medical need"
    assert [refusal.unit for refusal in form.refusals.values()] == ["Suite A", "Suite B"]
    sheet = [line for _, line in handover_sheet(incident)]
    assert any("Suite A" in line and "Full" in line for line in sheet)
    assert any(line == "No ambulance in time" for line in sheet)


def test_v1_the_wait_for_ed_is_red_and_asks_why():
    incident = bridge().incident
    about = incident.context(PACKS, NOW)
    assert timer(about) == "red"
    offered_late = filled(CATALOGUE["incident"], handover_offered=event("2026-11-20 23:55"))
    assert timer(context(offered_late, now=at("2026-11-21 00:54"))) == "amber"
    assert {"delay_reason", "raised_with"} <= lacking(HandoverForm, about)
    assert offered(incident, "delay_reason") == ["ed_queue"]


def test_v1_nothing_is_typed_twice():
    incident = bridge().incident
    text = offered(incident, "situation")
    assert "Amy Example, 24 years old." in text
    assert "Town Bridge" in text
    assert "Ends 21 Nov 2026 23:40" in text
    assert "Medical care first." in offered(incident, "recommendation")
    assert offered(incident, "legal_basis_now") == "s136"


def test_v3_an_age_that_falls_mid_incident_changes_what_is_asked_and_warned():
    case = Case()
    case.add("incident", {"nature": "mh_primary"})
    case.add("person", {"date_of_birth": "2008-01-10", "looked_after": "yes"})  # said to be 18
    case.add("detention", {"power": "s136_1_a", "pos_type": "police_station"})
    steps = {"child_place", "child_camhs", "child_parent", "child_council", "child_paediatric"}
    record = case.record("detention")
    assert not station_for_a_child(the(case.incident, "detention"), case.incident.context(PACKS, NOW))
    assert not steps & lacking(DetentionForm, case.incident.context(PACKS, NOW), **record.values)
    case.add("person", {"date_of_birth": "2011-01-10"})  # found to be 15
    about, form = case.incident.context(PACKS, NOW), the(case.incident, "detention")
    assert station_for_a_child(form, about)
    assert "never a place of safety for anyone under 18" in grave(form, about)[0]
    assert "record it" in grave(form, about)[0]
    assert steps <= lacking(DetentionForm, about, **record.values)


def test_v3_an_age_that_is_only_guessed_is_treated_as_under_18():
    for years, child in ((18, True), (22, True), (23, False)):
        about = context(filled(PersonForm, approx_age=years))
        assert station_for_a_child(detained(power="s136_1_a", pos_type="police_station"), about) is child


def test_v4_in_his_mothers_flat_the_power_is_warned_of_and_the_routes_are_said():
    case = Case()
    case.add("incident", {"location_type": "A02", "dwelling": "yes"})
    case.add("detention", {"power": "s136_1_a", "used_at": "2026-11-22T15:00:00.000Z"})
    about, form = case.incident.context(PACKS, NOW), the(case.incident, "detention")
    assert in_a_dwelling(form, about)
    assert len(grave(form, about)) == 1
    text = said(form, about)
    assert "AMHP" in text
    assert "section 135(1) warrant" in text
    assert "Mental Capacity Act" in text
    assert {"home_route", "pos_type"} <= lacking(DetentionForm, about, **case.record("detention").values)
    assert check(DetentionForm, "dwelling", "yes").problem == ""
    assert ("Kind of place", "Carer's home") in handover_sheet(case.incident)


AT_18 = {"power": "s136_1_a", "used_at": "2026-10-24T16:10:00.000Z", "arrival_first_pos_at": "2026-10-24T17:00:00.000Z",
         "pos_type": "ed", "amhp_informed_at": "2026-10-24T17:20:00.000Z"}  # fmt: skip
MOVED = {
    "transfers.1": {
        "left_place": "ED",
        "to_type": "hbpos",
        "to_place": "Suite A",
        "arrived": "2026-10-24T23:00:00.000Z",
    }
}


def extended(reason: str, when: str, **other: Any) -> DetentionForm:
    return detained(
        **AT_18, **MOVED, extension_reason=reason, extension_authorised_at=when, extension_hours=12, **other
    )


def test_v12_24_hours_across_the_night_the_clocks_go_back():
    running = clock_of(detained(**AT_18, **MOVED), LAW)
    assert running is not None
    assert running.ends_at == utc("2026-10-25 17:00") == at("2026-10-25 17:00")
    text = said(detained(**AT_18, **MOVED), context(now=at("2026-10-25 16:00")))
    assert "Ends 25 Oct 2026 17:00: 1 h 00 min left." in text
    assert "23 of the 24 hours have gone." in text


def test_v12_a_doctor_extends_for_the_condition_and_not_for_the_bed():
    now = context(now=utc("2026-10-25 16:30"))
    condition, bed = extended("condition", "2026-10-25T15:00:00.000Z"), extended("bed", "2026-10-25T16:00:00.000Z")
    assert "Ends 26 Oct 2026 05:00, extended" in said(condition, now)
    assert "The extension does not count: “No bed”." in said(bed, now)
    assert "Ends 25 Oct 2026 17:00" in said(bed, now)


@pytest.mark.parametrize(("when", "counts"), [("2026-10-25T16:59:00.000Z", True), ("2026-10-25T17:00:00.000Z", False)])
def test_v12_an_extension_after_the_24_hours_is_too_late(when: str, counts: bool):
    text = said(extended("condition", when), context(now=utc("2026-10-25 17:30")))
    assert ("extended" in text.replace("extension", "")) is counts
    assert ("not authorised inside" in text) is not counts


@pytest.mark.parametrize(("now", "over"), [("2026-10-25 17:00", False), ("2026-10-25 17:01", True)])
def test_v12_running_out_is_said_and_recorded(now: str, over: bool):
    assert ("exceeded" in said(detained(**AT_18), context(now=utc(now)))) is over
    lapsed = detained(**AT_18, outcome="lapsed", ended_at="2026-10-25T17:01:00.000Z")
    assert "Report it as an incident" in said(lapsed, context(now=utc("2026-10-25 17:02")))


def test_v12_the_other_clock_change():
    running = clock_of(detained(power="s136_1_a", arrival_first_pos_at="2027-03-27T18:00:00.000Z"), LAW)
    assert running is not None
    assert running.ends_at == at("2027-03-28 19:00")


# --- mistakes not to be made (section 8) ------------------------------------------------------------------------


def test_mistake_2_the_decision_is_the_constables_and_the_nurse_is_consulted():
    asked = {question.name: question.text for question in questions(DetentionForm).values()}
    assert "constable" in asked["appears_disordered"]
    assert "officer decide" in asked["officer_decision"]
    assert "consultation_reason" in lacking(DetentionForm, power="s136_1_a", consultation_practicable="no")


def test_mistake_3_a_dwelling_is_the_test_and_not_a_public_place():
    words = " ".join(question.text + question.hint for question in questions(DetentionForm).values()).lower()
    assert "public place" not in words
    assert in_a_dwelling(detained(power="s136_1_a", dwelling="yes", place_used="N01"), context())


def test_mistake_4_nothing_but_the_first_arrival_or_the_decision_to_keep_starts_the_time():
    base = clock_of(detained(**AT_18), LAW)
    for other in (
        {"used_at": "2026-10-24T09:00:00.000Z"}, MOVED, {"amhp_informed_at": "2026-10-24T20:00:00.000Z"},
        {"assessment_started_at": "2026-10-24T20:00:00.000Z"}, {"healthcare_on_arrival": "2026-10-24T20:00:00.000Z"},
        {"kept_at": "2026-10-24T09:00:00.000Z"},  # removed, not kept
    ):  # fmt: skip
        assert clock_of(detained(**{**AT_18, **other}), LAW) == base


@pytest.mark.parametrize(("age", "pack", "warned"), [
    (15, "rules-2017.1", True), (40, "rules-2017.1", False), (15, "rules-2025.1", True), (40, "rules-2025.1", True),
])  # fmt: skip
def test_mistake_5_a_police_station_follows_the_age_and_the_rule_pack_of_the_incident(
    age: int, pack: str, warned: bool
):
    case = Case()
    case.add("incident", {"rule_pack": pack})
    case.add("person", {"approx_age": age})
    case.add("detention", {"power": "s136_1_a", "pos_type": "police_station"})
    assert bool(grave(the(case.incident, "detention"), case.incident.context(PACKS, NOW))) is warned
    assert check(DetentionForm, "pos_type", "police_station").problem == ""


def test_mistake_7_what_health_writes_stays_off_the_officers_copy():
    for kind in ASSESSMENT_ONLY:
        marked = {question.name for question in questions(CATALOGUE[kind]).values() if question.police}
        assert marked <= {"danger_kinds", "responder_danger"}, kind
    shared = {question.name for question in questions(HandoverForm).values() if question.police}
    assert not {"background", "assessment", "physical_summary", "people_informed"} & shared


def test_mistake_10_ed_is_a_place_of_safety_of_its_own():
    labels = [place.label for place in PlaceOfSafety]
    assert "Emergency department" in labels
    assert "Health-based place of safety" in labels
    assert (
        clock_of(detained(power="s136_1_a", pos_type="ed", arrival_first_pos_at="2026-10-24T17:00:00.000Z"), LAW)
        is not None
    )


# --- around the edges -------------------------------------------------------------------------------------------


def test_the_handover_is_missing_from_the_list_when_a_power_was_used():
    case = Case()
    case.add("incident", {"nature": "mh_primary"})
    case.add("detention", {"power": "s136_1_a"})
    handover = next(task for task in tasks(case.incident, PACKS, NOW) if task.kind == "handover")
    assert handover.expected
    assert [lack.text for lack in handover.missing] == ["A section 135 or 136 power was used. Record who took over."]


def test_support_is_words_and_review_and_never_a_level():
    assert {"support_needed", "support_reason"} <= {lack.name for lack in missing(HandoverForm, {}, context())}
    assert in_words(questions(HandoverForm)["support_needed"], Support.TWO.value) == "NHS staff and 2 officers"

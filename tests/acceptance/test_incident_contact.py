"""Incident, contacts, advice, Right Care Right Person, officers' time: one test or more for each acceptance line."""

from datetime import timedelta
from typing import Any

import pytest

from sync.client.memory_device import Device
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.catalogue.contact.form import (
    Agency,
    ContactForm,
    decision_line,
    officer_stays,
    open_redirect,
    rcrp_history,
    time_to_advice,
    wait,
)
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.clinical.events import modes
from sync.domain.clinical.modes import activity
from sync.domain.clinical.shifts import CARS, ShiftPattern
from sync.domain.clinical.timeline import in_hours, steps, times
from sync.domain.forms import AnswerKey, check, pages, questions, shown
from sync.domain.records.clocks import running
from sync.domain.records.tasks import tasks
from tests.steps.builders import PACKS
from tests.steps.records import INCIDENT, NOW, TRIAGE, Case, at, context, event, filled, lacking, said

ADVICE = {
    "contact_mode": "phone_advice_to_officer", "police_present": "yes",
    "officers.2417": {"name": "Dan Hart", "rank": "PC", "collar_number": "2417"},
    "officer_intended_action": "s136", "intention_before_advice": "yes", "officer_question": "He shouts at traffic.",
    "advice_given": "Ring his care coordinator", "advice_rationale": "His plan says so",
    "advice_given_at": "2026-11-22T19:25:00.000Z",
    "advice_accepted": "yes", "call_started_at": "2026-11-22T19:20:00.000Z",
    "call_ended_at": "2026-11-22T19:27:00.000Z",
}  # fmt: skip
ACCEPTED = {"rcrp_accepted_by": "Priya Nair, shift lead", "rcrp_accepted_at": "2026-11-22T19:27:00.000Z"}


def begun(**answers: Any) -> Case:
    case = Case()
    case.add("incident", {"nature": "mh_primary", **answers})
    return case


def unanswered(case: Case) -> set[tuple[str, str]]:
    return {(task.kind, lack.name) for task in tasks(case.incident, PACKS, NOW) for lack in task.missing}


# --- Cambridgeshire ---


def test_cam_2_in_hours_and_out_of_hours_of_an_incident():
    early, late = begun(mh_engaged=event("2026-11-22 14:59")), begun(mh_engaged=event("2026-11-22 15:00"))
    found = [in_hours(case.incident.times, case.incident.opened_at) for case in (early, late)]
    assert found == [False, True]


def test_cam_2_after_midnight_on_saturday_belongs_to_fridays_shift():
    hours = {when: in_hours({"mh_engaged": at(when)}, NOW) for when in ("2026-11-21 00:59", "2026-11-21 01:00")}
    assert list(hours.values()) == [True, False]


def test_cam_3_non_mh_is_logged_in_two_answers():
    case = Case()
    case.add("incident", {"nature": "not_mh"})
    assert steps(case.incident.context(PACKS, NOW)) == ("cleared",)
    case.add("incident", {"cleared": event("2026-11-22 19:30")})
    assert unanswered(case) == set()
    assert not case.incident.open


def test_cam_3_a_mental_health_incident_asks_for_more():
    assert len(unanswered(begun(cleared=event("2026-11-22 19:30")))) > 5


def test_cam_3_a_contact_of_a_non_mh_incident_asks_for_nothing():
    case = Case()
    case.add("incident", {"nature": "not_mh", "cleared": event("2026-11-22 19:30")})
    case.add("contact", {"police_present": "yes"})
    assert not {(kind, name) for kind, name in unanswered(case) if kind in ("incident", "contact")}


def test_cam_3_an_incident_that_becomes_mh_after_all_asks_again_and_keeps_its_history():
    case = Case()
    case.add("incident", {"nature": "not_mh", "cleared": event("2026-11-22 19:30")})
    case.add("incident", {"nature": "unclear"})
    assert ("incident", "source_of_contact") in unanswered(case)
    assert [move.patch["nature"] for move in case.moves[INCIDENT]] == ["not_mh", "unclear"]


def test_cam_6_what_the_officer_would_have_done_is_asked_before_advice_and_required():
    asked = list(questions(ContactForm))
    assert asked.index("officer_intended_action") < asked.index("advice_given") < asked.index("advice_given_at")
    for mode in ("phone_advice_to_officer", "radio_advice_to_officer", "face_to_face"):
        assert "officer_intended_action" in lacking(ContactForm, contact_mode=mode, police_present="yes")
    choices = {choice.value for choice in questions(ContactForm)["officer_intended_action"].choices}
    assert {"s136", "take_to_ed", "arrest", "leave", "other", "unsure"} == choices
    assert "before you advise" in said(filled(ContactForm, police_present="yes", advice_given="Stay"), context())


def test_cam_7_officer_time_is_number_times_arrival_to_release():
    case = begun(first_officer_arrived=event("2026-11-22 19:00"), officers_released=event("2026-11-22 20:00"))
    case.add("contact", {
        "officers.1": {"name": "Dan Hart", "collar_number": "2417"},
        "officers.2": {"name": "Gwen Castell", "collar_number": "3102", "arrived": "2026-11-22T19:30:00.000Z"},
    })  # fmt: skip
    about = case.incident.context(PACKS, at("2026-11-22 23:00"))
    stays = officer_stays(about.every(ContactForm), times(about))
    assert {stay.officer: stay.length(NOW) for stay in stays} == {
        "2417": timedelta(minutes=60), "3102": timedelta(minutes=30)
    }  # fmt: skip
    found = wait(about)
    assert found
    assert (found.officers, found.together // timedelta(minutes=1)) == (2, 90)


def test_cam_7_police_who_attended_are_released_before_signing():
    case = begun(first_officer_arrived=event("2026-11-22 19:00"))
    assert ("incident", "officers_released") in unanswered(case)


# --- Staffordshire ---


def test_stf_1_phone_advice_is_a_contact_of_its_own_with_all_its_parts():
    assert lacking(ContactForm, **ADVICE) == set()
    form = filled(ContactForm, **ADVICE)
    assert form.officers["2417"].collar_number == "2417"
    assert form.call_ended_at - form.call_started_at == timedelta(minutes=7)
    for part in ("officers.2417", "officer_intended_action", "advice_given", "advice_rationale", "advice_accepted"):
        without = {name: value for name, value in ADVICE.items() if name != part}
        if part == "advice_given":
            without = {name: value for name, value in without.items() if not name.startswith("advice_")}
        assert AnswerKey.of(part).question in lacking(ContactForm, **without), part


def test_stf_1_advice_is_indirect_activity_and_no_care_contact():
    assert activity(filled(ContactForm, **ADVICE).contact_mode) == "MHS204"


def test_stf_1_advice_that_is_not_taken_asks_why():
    assert lacking(ContactForm, **ADVICE | {"advice_accepted": "no"}) == {"advice_not_accepted_reason"}


def test_stf_2_advice_needs_no_person():
    case = begun()
    case.add("contact", ADVICE)
    assert not {lack for lack in unanswered(case) if lack[0] == "person"}
    case.add("person", {"identity_status": "unknown", "unknown_person_descriptor": "Man of about 30, green coat"})
    assert case.incident.context(PACKS, NOW).police_present  # and a person partly known is welcome


def test_stf_3_time_to_advice_runs_from_the_request_to_the_answer():
    first = filled(IncidentForm, mh_requested=event("2026-11-22 19:18"))
    form = filled(ContactForm, **ADVICE)
    assert time_to_advice(form, context(first)) == timedelta(minutes=7)
    assert "Advice 7 min after it was asked for." in said(form, context(first))
    assert time_to_advice(form, context()) is None


def test_stf_3_a_second_request_has_a_time_of_its_own():
    first = filled(IncidentForm, mh_requested=event("2026-11-22 18:00"), advice_given=event("2026-11-22 18:02"))
    again = filled(ContactForm, **ADVICE, requested_at="2026-11-22T19:21:00.000Z")
    assert time_to_advice(again, context(first)) == timedelta(minutes=4)


def test_stf_3_request_and_answer_are_both_asked_for():
    case = begun()
    case.add("contact", {name: value for name, value in ADVICE.items() if name != "advice_given_at"})
    assert {("incident", "mh_requested"), ("contact", "advice_given_at")} <= unanswered(case)
    case.add("incident", {"advice_given": event("2026-11-22 19:25")})  # tapped on the ribbon: not typed again
    assert ("contact", "advice_given_at") not in unanswered(case)


@pytest.mark.parametrize(
    ("hours", "words"), [(0.99, ""), (1, "1 hour"), (2, "2 hours"), (4, "4 hours"), (8.99, "4 hours"), (9, "9 hours")]
)
def test_stf_4_the_waiting_clock_says_which_mark_is_reached(hours: float, words: str):
    case = begun(first_officer_arrived=event("2026-11-22 10:00"))
    (clock,) = running(case.incident, PACKS, at("2026-11-22 10:00") + timedelta(hours=hours))
    assert clock.name == "Officers waiting"
    assert clock.text == (f"{words} reached" if words else "")
    assert clock.grave is bool(words)


def test_stf_4_the_clock_stops_when_officers_are_released():
    case = begun(first_officer_arrived=event("2026-11-22 10:00"), officers_released=event("2026-11-22 10:30"))
    assert running(case.incident, PACKS, at("2026-11-22 12:00")) == []


@pytest.mark.parametrize(("until", "asked"), [("11:00", False), ("11:01", True)])
def test_stf_4_more_than_an_hour_asks_why(until: str, asked: bool):
    case = begun(first_officer_arrived=event("2026-11-22 10:00"), officers_released=event(f"2026-11-22 {until}"))
    case.add("contact", {"contact_mode": "face_to_face"})
    assert (("contact", "delay_reasons") in unanswered(case)) is asked
    case.add("contact", {"delay_reasons": ["ed_queue"]})
    assert ("contact", "delay_reasons") not in unanswered(case)


def test_stf_7_an_offence_diversion_and_liaison_stand_in_a_form_of_their_own():
    names = set(questions(CATALOGUE["diversion"]))
    assert "diversion" in SECTIONS
    assert not {name for name in questions(ContactForm) if "offence" in name or "diver" in name}
    assert any("offence" in name or "arrested" in name for name in names)
    assert any("divert" in name for name in names)


# --- the pilots ---


def test_pil_1_car_and_control_room_stand_in_one_record_each_with_its_mode():
    case = begun()
    case.add("contact", {"contact_mode": "face_to_face"}, record="c1", recorded_at="2026-11-22T19:40:00.000Z")
    case.add("contact", TRIAGE, record="c2", recorded_at="2026-11-22T19:05:30.000Z")
    about = case.incident.context(PACKS, NOW)
    assert [contact.contact_mode for contact in about.every(ContactForm)] == ["control_room_triage", "face_to_face"]
    assert modes(about) == {"control_room_triage", "face_to_face"}
    assert ("contact", "contact_mode") in unanswered(with_contact_without_mode())


def with_contact_without_mode() -> Case:
    case = begun()
    case.add("contact", {"police_present": "no"})
    return case


def test_pil_1_a_mental_health_incident_without_any_contact_is_not_complete():
    assert ("contact", "") in unanswered(begun())


def test_pil_6_other_hours_and_crews_are_a_table():
    every_night = (ShiftPattern(frozenset(range(7)), at("2026-11-22 20:00").time(), at("2026-11-22 08:00").time()),)
    asked = {"mh_engaged": at("2026-11-24 03:00")}
    assert in_hours(asked, NOW, every_night)
    assert not in_hours(asked, NOW)
    assert isinstance(CARS, tuple)


# --- Hampshire ---


def test_ham_2_the_decision_says_limb_who_when_and_on_what():
    assert lacking(ContactForm, **TRIAGE, **ACCEPTED) == set()
    for part in (
        "rcrp_threshold",
        "rcrp_rationale",
        "rcrp_decision",
        "rcrp_decided_by",
        "rcrp_decided_at",
        "rcrp_call_type",
    ):
        without = {name: value for name, value in TRIAGE.items() if name != part}
        assert part in lacking(ContactForm, **without), part
    limbs = {choice.value for choice in questions(ContactForm)["rcrp_threshold"].choices}
    assert limbs == {"crime", "life", "serious_harm", "not_met"}
    assert check(ContactForm, "rcrp_threshold", ["life", "not_met"]).problem


def test_ham_3_a_redirect_is_open_until_it_is_accepted_by_name_and_time():
    assert open_redirect(filled(ContactForm, **TRIAGE))
    for part in ACCEPTED:
        half = {name: value for name, value in ACCEPTED.items() if name != part}
        assert open_redirect(filled(ContactForm, **TRIAGE, **half)), part
        assert lacking(ContactForm, **TRIAGE, **half) == {part}
        assert "stays open" in said(filled(ContactForm, **TRIAGE, **half), context())
    assert not open_redirect(filled(ContactForm, **TRIAGE, **ACCEPTED))


def test_ham_3_the_agencies_are_those_named():
    assert [agency.value for agency in Agency] == [
        "police", "ambulance", "crisis_team", "nhs_111", "amhp", "gp", "social_care", "fire", "voluntary", "none"
    ]  # fmt: skip


@pytest.mark.parametrize("decision", ["not_deploy", "redirect", "advice_only"])
def test_ham_4_when_nobody_is_sent_the_caller_is_told_and_when(decision: str):
    given = TRIAGE | ACCEPTED | {"rcrp_decision": decision}
    silent = {name: value for name, value in given.items() if not name.startswith("rcrp_caller")}
    assert lacking(ContactForm, **silent) == {"rcrp_caller_told"}
    assert lacking(ContactForm, **silent, rcrp_caller_told="yes") == {"rcrp_caller_told_at"}
    assert "Tell the caller" in said(filled(ContactForm, **silent, rcrp_caller_told="no"), context())


def test_ham_5_a_dispute_says_who_it_was_raised_with_and_what_came_of_it():
    given = TRIAGE | ACCEPTED | {"rcrp_disputed": "yes"}
    assert lacking(ContactForm, **given) == {"rcrp_escalated_to", "rcrp_escalation_outcome"}
    asked = {question.name for question in shown(ContactForm, given, context())}
    assert "rcrp_escalation_decided_by" in asked
    assert lacking(ContactForm, **TRIAGE, **ACCEPTED) == set()


def test_ham_6_a_second_decision_never_writes_over_the_first():
    case = begun()
    later = TRIAGE | {
        "rcrp_decision": "deploy",
        "rcrp_threshold": ["life"],
        "rcrp_decided_at": "2026-11-22T19:40:00.000Z",
    }
    case.add("contact", later, record="a", recorded_at="2026-11-22T19:41:00.000Z")
    case.add("contact", TRIAGE, record="b", recorded_at="2026-11-22T19:05:30.000Z")
    history = rcrp_history(case.incident.context(PACKS, NOW))
    assert [decision_line(one) for one in history] == [
        "19:05 Pass to another agency (Sam Hill, coordinator)", "19:40 Deploy (Sam Hill, coordinator)"
    ]  # fmt: skip
    text = said(history[-1], case.incident.context(PACKS, NOW))
    assert "Decided so far: 19:05 Pass to another agency" in text
    assert "Add another contact: this decision stays as it was" in text


def test_ham_8_right_care_right_person_and_section_136_stand_on_separate_panels():
    rcrp = {question.page for name, question in questions(ContactForm).items() if name.startswith("rcrp")}
    others = {question.page for name, question in questions(ContactForm).items() if not name.startswith("rcrp")}
    assert rcrp
    assert not rcrp & others
    assert not {name for name in questions(CATALOGUE["detention"]) if name.startswith("rcrp")}
    assert not set(pages(CATALOGUE["detention"])) & rcrp
    for name, question in questions(ContactForm).items():
        if name.startswith("rcrp"):
            assert "136" not in question.text + question.hint + "".join(choice.label for choice in question.choices)


# --- for all ---


def test_x_6_times_are_utc_inside_and_london_on_screen():
    kept = check(IncidentForm, "arrived", {"at": "2026-07-01T20:00:00+01:00", "source": "typed"}).value
    assert kept == {"at": "2026-07-01T19:00:00.000Z", "source": "typed"}
    assert check(ContactForm, "rcrp_decided_at", "2026-07-01T20:00:00+01:00").value == "2026-07-01T19:00:00.000Z"
    summer = filled(ContactForm, rcrp_decision="deploy", rcrp_decided_at="2026-07-01T19:00:00.000Z")
    assert decision_line(summer).startswith("20:00")


def test_x_6_each_time_travels_with_the_devices_offset():
    phone = Device("Phone", lambda: NOW, clock_offset_ms=-840_000)  # 14 minutes fast
    phone.practitioner = {"practitioner_id": "nurse-1", "role": "nurse"}
    change = phone.seal(INCIDENT, INCIDENT, "incident", {"arrived": event("2026-11-22 19:00")})
    assert change.clock_offset_ms == -840_000
    assert change.recorded_at == "2026-11-22T20:00:00.000Z"

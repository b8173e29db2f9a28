"""Handover: the hour, who takes over and who refused, and what is offered from the record."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sync.domain.catalogue.assessment.codes import RED_FLAGS
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.handover import summary as summary
from sync.domain.catalogue.handover.form import CAUTION, HandoverForm, Support, timer, waited
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Context, Form, questions, shown, suggestion
from tests.steps.records import context, filled, lacking, said, utc

NINE = "2026-11-22T21:00:00.000Z"
HELD = {
    "power": "s136_1_a", "used_at": "2026-11-22T18:00:00.000Z", "pos_name": "Suite A", "pos_type": "hbpos",
    "arrival_first_pos_at": "2026-11-22T19:00:00.000Z",
}  # fmt: skip


def ribbon(accepted: str | None) -> IncidentForm:
    answers = {"handover_offered": {"at": NINE}, "handover_accepted": {"at": accepted} if accepted else None}
    return filled(IncidentForm, **answers)


def held(**answers: Any) -> DetentionForm:
    return filled(DetentionForm, **HELD, **answers)


def offered(name: str, *forms: Form, **answers: Any) -> Any:
    return suggestion(HandoverForm, name, answers, context(*forms))


@pytest.mark.parametrize(
    ("accepted", "colour", "asked"),
    [
        ("2026-11-22T21:44:00.000Z", "green", False),
        ("2026-11-22T21:45:00.000Z", "amber", False),
        ("2026-11-22T21:59:00.000Z", "amber", False),
        ("2026-11-22T22:00:00.000Z", "red", False),
        ("2026-11-22T22:01:00.000Z", "red", True),
    ],
)
def test_a_wait_of_more_than_60_minutes_needs_a_reason_and_is_raised(accepted: str, colour: str, asked: bool):
    for about in (context(ribbon(accepted)), context(ribbon(None), now=utc(accepted[:16].replace("T", " ")))):
        names = [question.name for question in shown(HandoverForm, {}, about)]
        assert timer(about) == colour
        assert ({"delay_reason", "raised_with"} <= set(names)) is asked
        assert ({"delay_reason", "raised_with"} <= lacking(HandoverForm, about)) is asked
        assert ("Say why, and raise it" in said(filled(HandoverForm), about)) is asked
        assert ("since handover was offered" in said(filled(HandoverForm), about)) is (colour != "green")


def test_the_minutes_and_whom_to_tell_come_from_the_pack():
    about = context(ribbon("2026-11-22T21:31:00.000Z"))
    law = about.rules.model_copy(
        update={"handover_remind_minutes": 15, "handover_limit_minutes": 30, "escalation": "Ring the on-call director"}
    )
    assert timer(about) == "green"
    assert timer(replace(about, rules=law)) == "red"
    assert questions(HandoverForm)["raised_with"].hint_under(law) == law.escalation, (
        "no word of it stood still at import"
    )
    assert "delay_reason" in lacking(HandoverForm, replace(about, rules=law))
    assert "Ring the on-call director" in said(filled(HandoverForm), replace(about, rules=law))


def test_no_wait_before_it_is_offered():
    assert waited(context()) is None
    assert timer(context()) is None
    assert waited(context(filled(IncidentForm))) is None
    assert waited(context(ribbon(None), now=None)) is None
    assert waited(context(ribbon("2026-11-22T21:30:00.000Z"))) == timedelta(minutes=30)


def test_who_stays_is_a_number_of_people():
    assert [support.label for support in Support] == [
        "NHS staff alone", "NHS staff and 1 officer", "NHS staff and 2 officers", "Police lead"
    ]  # fmt: skip


def test_a_refusal_is_recorded_with_its_reason_and_raised():
    assert "refusals" in lacking(HandoverForm, refused="yes")
    assert "refusals" not in lacking(HandoverForm, refused="no")
    whole: dict[str, Any] = {"refusals.1": {"name": "Mo Lane", "role": "Shift lead", "reason": "No staff"}}
    assert "refusals" not in lacking(HandoverForm, refused="yes", **whole)
    assert "Handover was refused" in said(filled(HandoverForm, refused="yes"), context())
    assert "Handover was refused" not in said(filled(HandoverForm, refused="no"), context())


@pytest.mark.parametrize(
    ("about", "wanted", "due"),
    [
        (context(), False, False),
        (context(police_present=True), True, False),
        (context(filled(IncidentForm, departed_scene={"at": NINE})), True, False),
        (context(ribbon(None)), True, True),
        (context(held()), True, True),
        (context(held(ended_at=NINE)), False, True),
        (context(filled(DetentionForm, power="none")), False, False),
    ],
)
def test_when_a_handover_stands_on_the_list_and_when_it_is_due(about: Context, wanted: bool, due: bool):
    assert HandoverForm.expected(about) is wanted
    assert bool(HandoverForm.due(about)) is due


def test_the_power_and_its_time_are_offered():
    assert offered("legal_basis_now", held()) == "s136"
    assert offered("legal_basis_now", filled(DetentionForm, power="s135_1")) == "s135"
    assert offered("legal_basis_now") is None
    assert offered("legal_basis_now", held(ended_at=NINE)) is None
    assert offered("clock_shown", held()) == "Started 22 Nov 2026 19:00. Ends 23 Nov 2026 19:00."
    assert "clock_shown" in lacking(HandoverForm, context(held()))
    assert "clock_shown" not in lacking(HandoverForm, context())


def test_the_unit_is_where_they_are_now():
    assert offered("receiving_unit", held()) == "Suite A"
    assert offered("receiving_unit", held(**{"transfers.1": {"to_type": "ed", "to_place": "ED, City"}})) == "ED, City"


def test_why_officers_waited_is_offered_from_the_contacts():
    about = context(
        ribbon("2026-11-22T22:01:00.000Z"), filled(ContactForm, delay_reasons=["ed_queue", "doctor"]),
        filled(ContactForm, delay_reasons=["doctor"]),
    )  # fmt: skip
    assert suggestion(HandoverForm, "delay_reason", {}, about) == ["ed_queue", "doctor"]


CLINICAL = {
    "presenting_situation": "HEARD-VOICES", "impression": "PSYCHOSIS", "safety_formulation": "FORMULATION",
    "plan": "CLINICAL-PLAN", "psychiatric_history": "HISTORY", "mse_mood": "MOOD", "red_flag_action": "ACTION",
    "suicidal_thinking": "THOUGHTS", "self_harm_method": "HARM",
}  # fmt: skip


def test_what_is_offered_for_the_officers_copy_holds_nothing_of_the_assessment_or_the_health_record():
    person = filled(
        PersonForm, given_name="Ada", family_name="Example", medicines="MEDICINE", allergies="ALLERGY",
        services_detail="TEAM", known_to_services="yes", mha_status=["cto"], pregnant="yes",
    )  # fmt: skip
    seen = filled(AssessmentForm, overdose="yes", **CLINICAL)
    about = context(filled(IncidentForm, location="Bridge"), person, seen, held())
    police = [name for name, question in questions(HandoverForm).items() if question.police and question.suggest]
    text = str([suggestion(HandoverForm, name, {}, about) for name in police]).lower()
    assert {"situation", "recommendation", "clock_shown", "communication_needs"} <= set(police)
    assert "ada example" in text
    assert "bridge" in text
    secret = [*CLINICAL.values(), "medicine", "allergy", "team", "community treatment", "pregnant", "overdose"]
    assert [word for word in secret if word.lower() in text] == []


def test_what_health_staff_need_is_offered_from_the_person_and_the_assessment():
    person = filled(PersonForm, medicines="Sertraline", allergies="Penicillin", known_to_services="yes")
    seen = filled(AssessmentForm, presenting_situation="Came to the bridge", impression="Low mood after a loss")
    assert offered("background", person) == (
        "Known to mental health services: yes.\nMedicines: Sertraline\nAllergies: Penicillin"
    )
    assert offered("assessment", seen) == "Came to the bridge\nLow mood after a loss"
    assert offered("background") is None
    assert offered("assessment") is None


def test_the_situation_is_who_where_and_which_power():
    person = filled(PersonForm, given_name="Ada", family_name="Example", approx_age=30)
    text = offered("situation", filled(IncidentForm, location="Old Bridge"), person, held())
    assert text.splitlines() == [
        "Ada Example, about 30 years old.", "Found at: Old Bridge.",
        "Section 136(1)(a): removed to a place of safety, 22 Nov 2026 18:00.",
        "Started 22 Nov 2026 19:00. Ends 23 Nov 2026 19:00.", "First place of safety: Suite A, arrived 19:00.",
    ]  # fmt: skip
    assert offered("situation") is None


def test_what_is_to_be_done_says_who_assesses_by_when():
    text = offered("recommendation", held(amhp_informed_at="2026-11-22T19:10:00.000Z", pos_reason="clinical_need"))
    assert text.splitlines() == [
        "Assessment by a doctor and an AMHP, before 23 Nov 2026 19:00.", "AMHP told at 19:10.", "Medical care first."
    ]  # fmt: skip
    assert "The AMHP is still to be told." in offered("recommendation", held())
    assert "under 18" in offered("recommendation", held(), filled(PersonForm, approx_age=16))
    assert offered("recommendation") is None


def test_communication_needs_are_offered_from_the_person():
    person = filled(
        PersonForm, language="Polish", interpreter_needed="yes", communication_needs=["hearing"], what_helps="Slowly"
    )
    assert offered("communication_needs", person) == (
        "Language: Polish.\nInterpreter needed.\nNeeds: Hearing.\nWhat helps: Slowly"
    )
    plain = filled(PersonForm, language="English", interpreter_needed="no", communication_needs=["none"])
    assert offered("communication_needs", plain) is None


NO_FLAGS = dict.fromkeys(RED_FLAGS, "no")
SEEN = {
    "respiration_rate": 16, "spo2": 97, "oxygen": "air", "systolic_bp": 120, "pulse": 120, "consciousness": "A",
    "temperature": "37.0", "observed_at": NINE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (NO_FLAGS, "No red flags.\nNEWS2: no observations."),
        ({}, "Not every red flag was asked about.\nNEWS2: no observations."),
        ({**NO_FLAGS, "seizure": "not_known"}, "Not known of some red flags.\nNEWS2: no observations."),
        (
            {**NO_FLAGS, "bleeding": "yes", "red_flag_action": "Dressed by crew"},
            "Red flags: bleeding or wounds.\nDone: Dressed by crew\nNEWS2: no observations.",
        ),
        ({**NO_FLAGS, **SEEN}, "No red flags.\nNEWS2 2 at 22 Nov 2026 21:00."),
        (
            {**NO_FLAGS, "pulse": 120, "observed_at": NINE},
            "No red flags.\nNEWS2 incomplete at 22 Nov 2026 21:00: missing respiration rate, oxygen saturation, air or "
            "oxygen, systolic blood pressure, consciousness, temperature.",
        ),
    ],
)
def test_the_physical_summary_never_reads_what_was_not_asked_as_none(answers: dict, says: str):
    assert summary.physical_summary(context(filled(AssessmentForm, **answers))) == says


@pytest.mark.parametrize(("age", "shows"), [(15, False), (40, True)])
def test_the_physical_summary_shows_no_news2_for_a_child(age: int, shows: bool):
    text = summary.physical_summary(context(filled(PersonForm, approx_age=age), filled(AssessmentForm, **SEEN)))
    assert ("NEWS2 2 at" in text) is shows


def test_what_a_search_found_who_was_told_and_who_relies_on_them_are_offered():
    found = held(
        searched="yes", search_found="Folding knife", search_kept_by="PC Hart", someone_informed="Sister",
        someone_informed_at="2026-11-22T19:20:00.000Z",
    )  # fmt: skip
    child = {"kind": "child", "name": "Bo", "where": "At school", "cared_for_by": "Aunt"}
    person = filled(PersonForm, **{"dependants.1": child})
    assert offered("property_removed", found) == "Folding knife\nKept by: PC Hart."
    assert offered("people_informed", found) == "Told where they are: Sister (19:20)"
    sister = filled(PersonForm, next_of_kin="Sister", carer_informed="yes")
    assert offered("people_informed", sister) == "Family or carer told: Sister"
    assert offered("people_informed", found, sister) == "Told where they are: Sister (19:20)"
    assert offered("home_secured", person) == "Child: Bo; where: At school; with: Aunt."
    assert [offered(name) for name in ("property_removed", "people_informed", "home_secured")] == [None] * 3


def test_the_legal_caution_is_said_while_a_power_is_in_use():
    assert CAUTION in said(filled(HandoverForm), context(held()))
    assert "(unconfirmed)" in CAUTION
    assert CAUTION not in said(filled(HandoverForm), context())
    assert CAUTION not in said(filled(HandoverForm), context(held(ended_at=NINE)))

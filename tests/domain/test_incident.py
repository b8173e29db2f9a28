"""The records of one incident: the task list, its standing from signature to approval, and the officer's copy."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.core.canonical import digest
from sync.domain.catalogue import CATALOGUE, SECTIONS
from sync.domain.documents.handover_sheet import handover_sheet, sheet_as_signed, sheet_digest
from sync.domain.documents.police_words import POLICE_WORDS
from sync.domain.forms import in_words, of_question, questions
from sync.domain.records.fold import Act
from sync.domain.records.incident import Incident, gather, label
from sync.domain.records.standing import document, open_comments, signature, standing
from sync.domain.records.tasks import tasks
from tests.steps.builders import PACKS
from tests.steps.packs import later
from tests.steps.records import INCIDENT, NOW, Case, Move, everything

TEN = "2026-11-22T10:00:00.000Z"


def begun(**answers: Any) -> Case:
    case = Case()
    case.add("incident", {"nature": "mh_primary", **answers})
    return case


def sign(case: Case) -> Move:
    return case.add("incident", {"digest": digest(document(case.incident))}, "sign")


def review(case: Case) -> Move:
    signed = signature(case.incident)
    assert signed
    return case.add("incident", {"digest": signed.detail["digest"]}, "review", role="supervisor")


def send_back(case: Case) -> Move:
    comment = {"kind": "incident", "name": "location", "comment": "Where was it?"}
    return case.add("incident", {"comments": [comment]}, "return", role="supervisor")


def states(case: Case) -> dict[str, str]:
    return {task.kind: task.state for task in tasks(case.incident, PACKS, NOW)}


def test_the_task_list_in_order_and_nothing_begun_is_not_missing():
    case = begun()
    assert tuple(states(case)) == SECTIONS
    assert states(case)["incident"] == "in-progress"
    assert {state for kind, state in states(case).items() if kind != "incident"} == {"not-started"}


def test_a_section_is_done_when_nothing_is_missing():
    case = Case()
    case.add("incident", everything(CATALOGUE["incident"]))
    assert states(case)["incident"] == "done"
    case.add("contact", {"contact_mode": "face_to_face", "police_present": "no"})
    assert states(case)["contact"] == "in-progress"  # officers came: their part is asked
    assert "officers" in [lack.name for task in tasks(case.incident, PACKS, NOW) for lack in task.missing]


def test_a_clash_needs_attention_and_is_not_called_missing():
    case = begun()
    base = case.record().heads
    case.add("incident", {"location": "Bridge"}, parents=base)
    case.add("incident", {"location": "Station"}, parents=base)
    assert states(case)["incident"] == "needs-attention"
    assert "location" not in [lack.name for task in tasks(case.incident, PACKS, NOW) for lack in task.missing]
    assert [name for _, name in case.incident.clashes] == ["location"]
    assert any(
        "Two answers" in said and "Bridge" in said and "Station" in said for _, said in handover_sheet(case.incident)
    )


def test_a_record_entered_in_error_is_left_out():
    case = begun()
    case.add("contact", {"contact_mode": "face_to_face"})
    case.add("contact", {"reason": "wrong person"}, "retract")
    assert states(case)["contact"] == "not-started"
    assert [record["record"] for record in document(case.incident)["records"]] == [INCIDENT]


def test_standing_from_signature_to_approval():
    case = begun()
    assert standing(case.incident) == "in-progress"
    sign(case)
    assert standing(case.incident) == "signed"
    review(case)
    assert standing(case.incident) == "approved"


def test_standing_through_return_and_amendment():
    case = begun()
    sign(case)
    send_back(case)
    assert standing(case.incident) == "returned"
    assert [comment["name"] for comment in open_comments(case.incident)] == ["location"]
    assert states(case)["incident"] == "needs-attention"
    case.add("incident", {"location": "Bridge"})
    assert standing(case.incident) == "returned"
    sign(case)
    assert standing(case.incident) == "signed"
    assert open_comments(case.incident) == []
    review(case)
    assert standing(case.incident) == "approved"
    case.add("incident", {"location": "Station"})
    assert standing(case.incident) == "changed"


def test_any_change_of_any_record_after_signing_shows():
    case = begun()
    case.add("contact", {"contact_mode": "face_to_face"})
    sign(case)
    assert standing(case.incident) == "signed"
    case.add("contact", {"advice_given": "Stay with the person"})
    assert standing(case.incident) == "changed"


def test_a_review_of_what_was_signed_before_does_not_approve_what_is_signed_now():
    case = begun()
    sign(case)
    old = signature(case.incident)
    assert old
    case.add("incident", {"location": "Bridge"})
    sign(case)
    case.add("incident", {"digest": old.detail["digest"]}, "review", role="supervisor")
    assert standing(case.incident) == "signed"


def test_the_digest_covers_clashing_values():
    case = begun()
    base = case.record().heads
    case.add("incident", {"location": "Bridge"}, parents=base)
    one = digest(document(case.incident))
    case.add("incident", {"location": "Station"}, parents=base)
    assert digest(document(case.incident)) != one


def full() -> Case:
    case = Case()
    for kind in SECTIONS:
        case.add(kind, everything(CATALOGUE[kind]))
    return case


def test_the_officers_copy_holds_no_answer_that_is_not_marked_for_the_police():
    sheet = handover_sheet(full().incident)
    text = "\n".join(said for _, said in sheet)
    for kind in SECTIONS:
        for name, question in questions(CATALOGUE[kind]).items():
            if not question.police:
                assert f"said {kind}.{name}\n" not in text + "\n", f"{kind}.{name}"
            elif question.answer is str:
                assert f"said {kind}.{name}" in text, f"{kind}.{name}"


def for_police(incident: Incident) -> list[str]:
    """Every answer to a question that is marked for the police, in the order of the forms."""
    answers = []
    for kind in SECTIONS:
        for record in incident.of(kind):
            for name, question in questions(CATALOGUE[kind]).items():
                given = sorted(of_question(record.values, name).items()) if question.police else []
                answers += [in_words(question, raw) for _, raw in given]
    return answers


def test_the_sheet_holds_every_answer_that_is_marked_for_the_police_in_the_order_of_the_forms():
    incident = full().incident
    answers = [said for _, said in handover_sheet(incident) if said]
    assert answers == for_police(incident)
    assert len(answers) > 60


def test_a_heading_stands_over_every_page_that_says_something_and_over_no_other():
    case = begun(location="Bridge")
    case.add("detention", {"power": "s136_1_a", "pos_name": "Fulbourn suite"})
    assert [asked for asked, said in handover_sheet(case.incident) if not said] == [
        "Incident: What and where", "Section 136: Power and grounds", "Section 136: Place of safety",
    ]  # fmt: skip


def test_records_of_one_section_and_items_of_one_question_are_told_apart():
    case = begun()
    case.add("detention", {"power": "s136_1_a"}, record="one")
    case.add("detention", {"refusals.1": {"unit": "Fulbourn"}, "refusals.2": {"unit": "Ely"}}, record="two")
    sheet = handover_sheet(case.incident)
    assert sheet[-5:] == [
        ("Section 136 1: Power and grounds", ""),
        ("Power", in_words(questions(CATALOGUE["detention"])["power"], "s136_1_a")),
        ("Section 136 2: Place of safety", ""), ("Place that refused (1 of 2)", "Fulbourn"),
        ("Place that refused (2 of 2)", "Ely"),
    ]  # fmt: skip


def test_no_two_questions_on_the_sheet_are_worded_alike():
    lines = [asked for asked, said in handover_sheet(full().incident) if said]
    assert len(set(lines)) == len(lines)


def test_the_officers_words_are_of_questions_that_are_marked_for_the_police():
    for kind, worded in POLICE_WORDS.items():
        asked = questions(CATALOGUE[kind])
        assert [name for name in worded if not asked[name].police] == []


def test_a_co_signature_stands_until_an_answer_on_the_sheet_changes():
    case = full()
    signed = Act("cosign", "act", "amina", "nurse", TEN, {"digest": sheet_digest(case.incident)})
    assert sheet_as_signed(case.incident, signed)
    assert not sheet_as_signed(case.incident, replace(signed, detail={}))
    case.add("assessment", {"impression": "other"})
    assert sheet_as_signed(case.incident, signed)
    case.add("handover", {"situation": "other"})
    assert not sheet_as_signed(case.incident, signed)


POLICE_COPY = {
    "incident": """
        cad_ref location location_type officer_safety_note call_received first_officer_arrived handover_offered
        handover_accepted officers_released
    """,
    "contact": "officers",
    "person": "given_name family_name unknown_person_descriptor date_of_birth approx_age police_alerts",
    "assessment": "danger_kinds responder_danger",
    "capacity": "",
    "detention": """
        power used_at detaining_officer place_used dwelling appears_disordered needs_care_now necessary grounds
        consultation_practicable consultation_reason consulted_role consulted_name consulted_at pos_type
        pos_name pos_reason refusals transfers station_conditions station_authorised_by station_authorised_rank
        ambulance ambulance_requested_at ambulance_arrived_at ambulance_declined_at transport_mode
        police_vehicle_reason arrival_first_pos_at kept_at pos_informed_at amhp_informed_at searched
        search_danger search_item search_extent search_by search_found search_kept_by use_of_force force_by
        force_minutes prone_started_at prone_ended_at force_injuries force_checked force_form_ref
        body_worn_video body_worn_video_ref rights_given absconded_at returned_at ended_at
    """,
    "handover": """
        situation recommendation legal_basis_now clock_shown communication_needs support_needed support_reason
        support_review_at receiving_unit refused refusals receiving_clinician receiving_clinician_role
        receiving_registration delay_reason raised_with copy_given property_removed medicines_removed
        weapons_removed home_secured
    """,
    "referral": "",
    "police": "",
    "diversion": "",
    "gp_letter": "",
    "safeguarding": "",
}


@pytest.mark.parametrize("kind", SECTIONS)
def test_what_stands_on_the_officers_copy_is_an_explicit_list(kind: str):
    """A change here is a decision on what health shares with the police: ask the Caldicott Guardian."""
    marked = [name for name, question in questions(CATALOGUE[kind]).items() if question.police]
    assert marked == POLICE_COPY[kind].split()


def test_the_sheet_digest_follows_what_is_shown_and_nothing_else():
    case = full()
    shown = sheet_digest(case.incident)
    case.add("assessment", {"impression": "other"})
    assert sheet_digest(case.incident) == shown
    case.add("handover", {"situation": "other"})
    assert sheet_digest(case.incident) != shown


def test_the_sheet_says_the_same_in_whatever_order_an_items_parts_came():
    forwards, backwards = begun(), begun()
    item = {"name": "Sam Hill", "rank": "PC", "collar_number": "1234", "force": "Cambridgeshire"}
    forwards.add("contact", {"officers.1": item})
    backwards.add("contact", {"officers.1": dict(reversed(item.items()))})
    assert sheet_digest(forwards.incident) == sheet_digest(backwards.incident)


def test_the_ribbon_the_police_and_the_label():
    case = begun(location="Bridge")
    assert label(case.incident) == "Bridge"
    assert not case.incident.context(PACKS, NOW).police_present
    case.add("person", {"given_name": "Ada", "family_name": "Example"})
    assert label(case.incident) == "Ada Example"
    case.add("incident", {"first_officer_arrived": {"at": TEN, "source": "cad"}})
    assert case.incident.context(PACKS, NOW).police_present
    assert list(case.incident.times) == ["first_officer_arrived"]
    assert case.incident.open
    case.add("incident", {"cleared": {"at": TEN, "source": "tapped"}})
    assert not case.incident.open


def test_an_incident_is_read_with_the_services_of_the_day():
    packs = PACKS.with_pack(later("directory-2", "directory", effective_from=date(2026, 11, 23)))
    newest = packs.directory_on(date(2026, 11, 23)).book
    incident = begun().incident
    assert incident.context(packs, NOW).directory is packs.directory_on(date(2026, 11, 22)).book
    assert incident.context(packs, NOW + timedelta(days=1)).directory is newest
    assert incident.context(packs).directory is newest, "without a time the newest"


def test_records_are_gathered_by_incident():
    case = begun()
    other = Case()
    other.add("contact", {"contact_mode": "face_to_face"}, incident_id="other")
    found = gather([case.record(), other.record("contact")])
    assert set(found) == {INCIDENT, "other"}


def test_words_of_the_sheet_are_words_and_not_codes():
    case = begun()
    case.add("detention", {"power": "s136_1_a"})
    power = in_words(questions(CATALOGUE["detention"])["power"], "s136_1_a")
    assert ("Power", power) in handover_sheet(case.incident)

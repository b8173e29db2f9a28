"""Lines that go across the programs: hours on screen, who may do what, nothing written over, who was sent."""

import pytest

from field_app.phone.session import Session
from field_app.ui.phone.incident import opened
from sync.api.accounts.access import Caller, authorise
from sync.core.roles import MAY
from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.documents.handover_sheet import handover_sheet
from sync.domain.forms import questions
from sync.domain.records.fold import Record
from tests.steps.builders import land, segment
from tests.steps.records import TRIAGE, Case, event, everything, lacking
from tests.steps.ui.harness import PIN, phone, signed_in
from tests.steps.ui.incident import give

TEAM = "team:cambs"


@pytest.mark.parametrize(
    ("engaged", "said"), [("2026-11-22 14:59", "Out of hours"), ("2026-11-22 15:00", "In hours")]
)  # fmt: skip
def test_cam_2_the_incident_says_in_its_heading_whether_it_is_in_hours(engaged: str, said: str):
    case = Case()
    case.add("incident", {"nature": "mh_primary", "cad_ref": "CC-2240", "mh_engaged": event(engaged)})
    assert opened(case.incident).split(" · ")[1:] == [said, "CC-2240"]


@pytest.mark.parametrize(("decision", "nobody"), [("not_deploy", True), ("redirect", True), ("deploy", False)])
def test_ham_7_a_call_nobody_was_sent_to_is_recorded_apart_from_one_that_was_attended(decision: str, nobody: bool):
    silent = {name: value for name, value in TRIAGE.items() if not name.startswith("rcrp_caller")}
    assert ("rcrp_caller_told" in lacking(ContactForm, **silent | {"rcrp_decision": decision})) is nobody
    assert decision in {choice.value for choice in questions(ContactForm)["rcrp_decision"].choices}


@pytest.mark.parametrize("role", ["nurse", "liaison", "coordinator"])
def test_x_1_who_records_signs_and_never_reviews_the_own_work(role: str):
    who = Caller("p.one", "One", role, ("cambs",))
    assert authorise(who, "change.set", TEAM)
    assert authorise(who, "change.sign", TEAM)
    assert not any(authorise(who, action, TEAM) for action in ("change.review", "change.return", "devices.list"))
    assert not any(authorise(who, action, "team:dorset") for action in MAY), "another team's is none of theirs"


def test_x_1_a_supervisor_reviews_and_never_signs_in_a_nurses_place():
    who = Caller("p.two", "Two", "supervisor", ("cambs",))
    assert authorise(who, "change.review", TEAM)
    assert not any(authorise(who, f"change.{op}", TEAM) for op in ("sign", "cosign", "decline"))


def test_x_1_an_officer_sees_the_handover_sheet_and_none_of_the_clinical_record():
    officer = Caller("p.dan", "Dan Hart", "officer", ())
    assert {action for action in MAY if authorise(officer, action)} == {"handovers.read", "packs.read"}
    case = Case()
    for kind in ("incident", "person", "assessment", "detention", "handover", "referral"):
        case.add(kind, everything(CATALOGUE[kind]))
    shown = [text for text, _ in handover_sheet(case.incident)]
    clinical = [question.text for question in questions(CATALOGUE["assessment"]).values() if not question.police]
    assert shown
    assert len(clinical) > 50
    assert not [text for text in clinical if text in shown and text not in shared_words()]


def shared_words() -> set[str]:
    """The words of questions that stand on the officer's sheet by another form's right."""
    return {question.text for form in CATALOGUE.values() for question in questions(form).values() if question.police}


def test_x_2_two_answers_given_without_signal_are_both_kept_until_a_person_settles_it(tmp_path):
    first, second = phone(tmp_path / "one"), phone(tmp_path / "two")
    one, other = signed_in(first), signed_in(second, "bo")
    incident_id = one.new_incident()
    give(one, incident_id, "incident", location="12 Mill Road")
    land(other.store, segment(one.store.sync.pending(0)))
    before = len(one.store.sync.pending(0))
    give(one, incident_id, "incident", location="14 Mill Road")
    give(other, incident_id, "incident", location="41 Mill Road")
    for mine, theirs in ((one, other), (other, one)):
        land(mine.store, segment([*one.store.sync.pending(0)[:before], *theirs.store.sync.pending(0)[-1:]]))
    for session in (one, other):
        found = own_record(session, incident_id).clashes["location"]
        assert {given.value for given in found} == {"14 Mill Road", "41 Mill Road"}
    one.resolve(own_record(one, incident_id), "location", "14 Mill Road")
    settled = own_record(one, incident_id)
    assert (settled.values["location"], dict(settled.clashes)) == ("14 Mill Road", {})
    first.close()
    second.close()
    again = phone(tmp_path / "one")
    kept = own_record(again.unlock("amara", PIN), incident_id)
    assert (kept.values["location"], dict(kept.clashes)) == ("14 Mill Road", {}), "settled for good"
    again.close()


def own_record(session: Session, incident_id: str) -> Record:
    """The incident's own record, as this phone has it."""
    incident = session.store.incident(incident_id)
    assert incident
    return incident.records[incident_id]

"""Advice to officers, Right Care Right Person, the hour of handover, and referrals that stay open."""

from datetime import timedelta
from typing import Any

import pytest

from sync.domain.catalogue.contact import ContactForm, Mode
from sync.domain.catalogue.handover import HandoverForm, Support, waited
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.referral import ReferralForm, Urgency, target_at
from sync.domain.catalogue.shift import ShiftForm
from sync.domain.forms import Form, check, missing, shown
from tests.domain.conftest import context, filled, said, utc

NINE = "2026-11-22T21:00:00.000Z"


def lacking(form: type[Form], about=None, **answers: Any) -> set[str]:
    return {lack.name for lack in missing(form, answers, about or context())}


# --- contact ---


@pytest.mark.parametrize("mode", ["phone_advice_to_officer", "radio_advice_to_officer"])
def test_advice_to_an_officer_is_a_contact_of_its_own(mode: str):
    found = lacking(ContactForm, contact_mode=mode, police_present="no")
    assert {"officers", "officer_intended_action", "advice_given"} <= found
    assert "started_at" not in {question.name for question in shown(ContactForm, {"contact_mode": mode}, context())}


def test_the_officers_own_plan_is_asked_before_advice():
    names = [
        question.name for question in shown(ContactForm, {"police_present": "yes", "advice_given": "Stay"}, context())
    ]
    assert names.index("officer_intended_action") < names.index("advice_given") < names.index("advice_accepted")
    assert "before you advise" in said(filled(ContactForm, police_present="yes", advice_given="Stay"), context())
    assert said(
        filled(ContactForm, police_present="yes", advice_given="Stay", officer_intended_action="s136"), context()
    ) == ""  # fmt: skip


def test_advice_not_taken_asks_why():
    found = {"contact_mode": "phone_advice_to_officer", "advice_given": "Stay"}
    assert "advice_accepted" in lacking(ContactForm, **found)
    assert "advice_not_accepted_reason" in lacking(ContactForm, **found, advice_accepted="no")
    assert "advice_not_accepted_reason" not in lacking(ContactForm, **found, advice_accepted="yes")


def test_without_police_nothing_is_asked_about_them():
    assert lacking(ContactForm, contact_mode="face_to_face", police_present="no") == set()
    assert "officers" in lacking(
        ContactForm, context(police_present=True), contact_mode="face_to_face", police_present="no"
    )


@pytest.mark.parametrize("mode", Mode)
def test_right_care_right_person_only_in_the_control_room(mode: Mode):
    asked = {
        name for name in lacking(ContactForm, contact_mode=mode.value, police_present="no") if name.startswith("rcrp")
    }
    assert asked == ({"rcrp_threshold", "rcrp_rationale", "rcrp_decision"} if mode == Mode.CONTROL_ROOM else set())


@pytest.mark.parametrize(
    ("decision", "asked"),
    [
        ("deploy", set()),
        ("not_deploy", {"rcrp_caller_told"}),
        ("redirect", {"rcrp_caller_told", "rcrp_agency", "rcrp_accepted_by"}),
        ("advice_only", {"rcrp_caller_told"}),
    ],
)
def test_what_a_decision_asks_for(decision: str, asked: set[str]):
    given = {
        "contact_mode": "control_room_triage",
        "police_present": "no",
        "rcrp_threshold": ["not_met"],
        "rcrp_rationale": "r",
    }
    assert lacking(ContactForm, **given, rcrp_decision=decision) == asked


def test_none_of_these_stands_alone():
    assert check(ContactForm, "rcrp_threshold", ["not_met", "crime"]).problem
    assert not check(ContactForm, "rcrp_threshold", ["not_met"]).problem
    assert not check(ContactForm, "rcrp_threshold", ["life", "crime"]).problem


def test_a_redirected_call_is_open_until_somebody_accepts_and_the_caller_is_told():
    form = filled(ContactForm, contact_mode="control_room_triage", rcrp_decision="redirect", rcrp_caller_told="no")
    assert "stays open" in said(form, context())
    assert "Tell the caller" in said(form, context())


# --- handover ---


def offered(accepted: str | None) -> IncidentForm:
    answers = {"handover_offered": {"at": NINE}, "handover_accepted": {"at": accepted} if accepted else None}
    return filled(IncidentForm, **answers)


@pytest.mark.parametrize(
    ("accepted", "asked", "required"),
    [
        ("2026-11-22T21:44:00.000Z", False, False),
        ("2026-11-22T21:45:00.000Z", True, False),
        ("2026-11-22T22:00:00.000Z", True, False),
        ("2026-11-22T22:01:00.000Z", True, True),
    ],
)
def test_a_wait_of_more_than_60_minutes_needs_a_reason(accepted: str, asked: bool, required: bool):
    for about in (context(offered(accepted)), context(offered(None), now=utc(accepted[:16].replace("T", " ")))):
        assert ("delay_reason" in [question.name for question in shown(HandoverForm, {}, about)]) is asked
        assert ("delay_reason" in lacking(HandoverForm, about)) is required
        assert ("More than 1 hour" in said(filled(HandoverForm), about)) is required


def test_no_wait_before_it_is_offered():
    assert waited(context()) is None
    assert waited(context(filled(IncidentForm))) is None
    assert waited(context(offered(None), now=None)) is None
    assert waited(context(offered("2026-11-22T21:30:00.000Z"))) == timedelta(minutes=30)


def test_who_stays_is_a_number_of_people():
    assert [support.label for support in Support] == [
        "NHS staff alone", "NHS staff and 1 officer", "NHS staff and 2 officers", "Police lead"
    ]  # fmt: skip


# --- referral ---


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        (Urgency.EMERGENCY, "2026-11-22 21:00"),
        (Urgency.VERY_URGENT, "2026-11-23 01:00"),
        (Urgency.URGENT, "2026-11-23 21:00"),
        (Urgency.ROUTINE, None),
    ],
)
def test_when_an_answer_is_due(urgency: Urgency, due: str | None):
    for name in ("decided_at", "sent_at"):
        assert target_at(filled(ReferralForm, urgency=urgency.value, **{name: NINE})) == (utc(due) if due else None)
    assert target_at(filled(ReferralForm, urgency=urgency.value)) is None
    assert target_at(filled(ReferralForm, decided_at=NINE)) is None


@pytest.mark.parametrize(
    ("answers", "needed"),
    [
        ({"urgency": "1"}, True), ({"urgency": "4"}, True), ({"urgency": "2"}, False), ({"urgency": "3"}, False),
        ({"urgency": "3", "destination": "safeguarding"}, True), ({}, False),
    ],
)  # fmt: skip
def test_which_referrals_need_an_acknowledgement(answers: dict, needed: bool):
    assert ("acknowledged_by" in lacking(ReferralForm, **answers)) is needed


@pytest.mark.parametrize(("now", "late"), [("2026-11-23 01:00", False), ("2026-11-23 01:01", True)])
def test_a_referral_is_open_until_it_is_acknowledged(now: str, late: bool):
    sent = {"urgency": "4", "sent_at": NINE}
    text = said(filled(ReferralForm, **sent), context(now=utc(now)))
    assert "Answer due by 23 Nov 2026 01:00." in text
    assert ("Overdue" in text) is late
    assert ("stays open" in text) is not late
    done = said(filled(ReferralForm, **sent, acknowledged_at=NINE), context(now=utc(now)))
    assert "Overdue" not in done
    assert "open" not in done


# --- shift ---


def test_a_shift_needs_a_car_a_day_a_nurse_and_a_start():
    assert lacking(ShiftForm) == {"car", "day", "crew_nurse", "started_at"}
    form = filled(ShiftForm, started_at=NINE, ended_at="2026-11-22T20:59:00.000Z")
    assert "before the start" in said(form, context())

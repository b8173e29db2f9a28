"""How somebody stays safe: plan, self-harm, how soon to be seen, harm to and from others. Nothing is counted."""

from dataclasses import replace

import pytest

from sync.domain.catalogue.assessment.codes import PrimaryReason, SeenWithin
from sync.domain.catalogue.assessment.form import AssessmentForm, target_at
from sync.domain.catalogue.assessment.safety import PLAN, plan_in_words
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import missing, questions, read, suggestion
from tests.steps.builders import LAW, PACKS
from tests.steps.records import context, filled, said, utc

DONE = {"red_flag_action": "999 called", "red_flag_action_at": "2026-11-22T19:30:00.000Z"}


def assessed(**answers: object) -> AssessmentForm:
    return filled(AssessmentForm, **answers)


def lacking(about=None, **answers: object) -> set[str]:
    return {lack.name for lack in missing(AssessmentForm, answers, about or context())}


def test_a_safety_plan_of_seven_headings():
    asked = {name for name in questions(AssessmentForm) if name in PLAN}
    assert len(PLAN) == 7
    assert lacking(plan_made="together") >= asked | {"plan_copy"}
    assert "116 123" in " ".join(questions(AssessmentForm)["plan_professionals"].phrases)


@pytest.mark.parametrize("made", ["declined", "conveyed"])
def test_a_plan_may_be_declined_or_wait_for_hospital(made: str):
    assert "plan_made" in lacking()
    assert not lacking(plan_made=made) & {"plan_made", "plan_copy", *PLAN}


def test_a_plan_in_words_for_a_letter():
    made = assessed(plan_made="together", plan_warning_signs="No sleep", plan_reasons="My niece")
    assert plan_in_words(made) == "1. Warning signs: No sleep\n7. Reasons for living: My niece"
    assert plan_in_words(assessed()) == ""


SELF_HARM = (
    "self_harm_method", "self_harm_at", "self_harm_injury", "self_harm_intent", "self_harm_circumstances",
    "self_harm_precipitants", "self_harm_help",
)  # fmt: skip


@pytest.mark.parametrize(
    ("theme", "asked"),
    [("self_harm", True), ("suicide_attempt", True), ("suicidal_thoughts", False), ("welfare", False)],
)
def test_an_episode_of_self_harm_is_asked_about_when_there_was_one(theme: str, asked: bool):
    assert lacking(presenting_themes=[theme]) & set(SELF_HARM) == (set(SELF_HARM) if asked else set())


def test_what_was_said_of_an_overdose_is_not_typed_again():
    given = {
        "overdose_substance": "Paracetamol",
        "overdose_intent": "Says: “to sleep”",
        "overdose_at": DONE["red_flag_action_at"],
    }
    assert suggestion(AssessmentForm, "self_harm_method", given, context()) == "Paracetamol"
    assert suggestion(AssessmentForm, "self_harm_intent", given, context()) == "Says: “to sleep”"
    assert suggestion(AssessmentForm, "self_harm_at", given, context()) == DONE["red_flag_action_at"]
    assert (
        suggestion(AssessmentForm, "plan_safe_place", {"means_action": "Tablets taken away"}, context())
        == "Tablets taken away"
    )
    incident = filled(IncidentForm, location="12 Mill Road")
    assert suggestion(AssessmentForm, "setting", {}, context(incident)) == "12 Mill Road"


@pytest.mark.parametrize(
    ("themes", "known", "code"),
    [
        ([], None, None), (["self_harm", "psychosis"], "no", "15"), (["suicide_attempt"], None, "15"),
        (["suicidal_thoughts", "low_mood"], None, "18"), (["psychosis"], "no", "01"), (["psychosis"], "yes", "other"),
        (["psychosis"], "offline", "other"), (["psychosis"], None, "other"), (["dementia"], "no", "other"),
    ],
)  # fmt: skip
def test_the_national_reason_is_suggested_from_the_themes(themes: list, known: str | None, code: str | None):
    about = context(filled(PersonForm, known_to_services=known)) if known else context()
    assert suggestion(AssessmentForm, "mhsds_primary_reason", {"presenting_themes": themes}, about) == code


def test_only_the_three_reasons_that_are_known_have_a_code():
    assert [each.value for each in PrimaryReason] == ["18", "15", "01", "other"]
    assert "coded by the trust" in PrimaryReason.OTHER.label


@pytest.mark.parametrize("pack", PACKS.rules, ids=lambda pack: pack.manifest.pack_id)
def test_how_soon_is_said_in_the_times_of_the_rules(pack):
    hours = {
        "A": "At once",
        "B": "Within 4 hours",
        "C": "Within 24 hours",
        "D": "Within 72 hours",
        "E": "Within 4 weeks",
    }
    assert dict(pack.rules.triage_hours) == {"A": 0, "B": 4, "C": 24, "D": 72, "E": 4 * 7 * 24}
    assert all(SeenWithin(code).label.startswith(words) for code, words in hours.items())


@pytest.mark.parametrize(
    ("category", "target"),
    [("A", "2026-11-22 19:00"), ("B", "2026-11-22 23:00"), ("C", "2026-11-23 19:00"), ("D", "2026-11-25 19:00"),
     ("E", "2026-12-20 19:00"), ("F", None), ("G", None)],
)  # fmt: skip
def test_the_time_by_which_somebody_is_to_be_seen(category: str, target: str | None):
    form = assessed(ukmhts_category=category, ukmhts_decided_at="2026-11-22T19:00:00.000Z")
    assert target_at(form, LAW) == (utc(target) if target else None)
    assert ("To be seen by" in said(form, context())) is bool(target)
    assert target_at(assessed(ukmhts_category=category), LAW) is None


def test_how_soon_is_required_only_where_there_is_a_licence():
    assert "ukmhts_category" not in lacking()
    provisions = tuple(
        each.model_copy(update={"confirmed": True}) if each.code == "triage_licence" else each
        for each in LAW.provisions
    )
    licensed = replace(context(now=None), rules=LAW.model_copy(update={"provisions": provisions}))
    assert "ukmhts_category" in lacking(licensed)
    assert "licence needed" in questions(AssessmentForm)["ukmhts_category"].hint


def test_quiet_notes():
    assert "Tell the police" in said(assessed(means=["firearm"]), context())
    assert "Tell the police" in said(assessed(danger_kinds=["firearms"]), context())
    assert "is there a safeguarding concern" in said(assessed(harm_from_others=["neglect"]), context())
    assert "make the referral" in said(assessed(harm_from_others=["neglect"], safeguarding_adult="yes"), context())
    assert said(assessed(harm_from_others=["none"]), context()) == ""
    assert "threatened by name" in said(assessed(named_person_threatened="yes"), context())
    assert said(assessed(named_person_threatened="no"), context()) == ""


@pytest.mark.parametrize(("alone", "words"), [("yes", False), ("no", True), ("not_known", True), (None, True)])
def test_domestic_abuse_is_talked_about_alone(alone: str | None, words: bool):
    form = assessed(harm_from_others=["domestic_abuse"], **({"seen_alone": alone} if alone else {}))
    assert ("see the person alone" in said(form, context())) is words


def test_children_and_a_safe_number_are_not_typed_again():
    person = read(PersonForm, {
        "phone": "07700 900123", "safe_to_contact": "yes",
        "dependants.1": {"kind": "child", "name": "Ava", "born": "4", "where": "asleep upstairs"},
        "dependants.2": {"kind": "pet", "name": "Rex"},
    }).form  # fmt: skip
    assert suggestion(AssessmentForm, "da_children", {}, context(person)) == "Ava, 4, asleep upstairs"
    assert suggestion(AssessmentForm, "da_safe_contact", {}, context(person)) == "07700 900123"
    unsafe = filled(PersonForm, phone="07700 900123", safe_to_contact="no")
    assert suggestion(AssessmentForm, "da_safe_contact", {}, context(unsafe)) is None


def test_police_who_stay_are_thought_of():
    assert "speak freely" in said(assessed(seen_alone="no"), context(police_present=True))
    assert said(assessed(seen_alone="no"), context()) == ""
    assert said(assessed(seen_alone="yes"), context(police_present=True)) == ""


def test_a_safeguarding_concern_says_what_it_is():
    assert {"adult_concern", "adult_s42"} <= lacking(safeguarding_adult="yes")
    assert "child_concern" in lacking(safeguarding_child="yes")
    assert not {"adult_concern", "adult_s42", "child_concern"} & lacking(
        safeguarding_adult="no", safeguarding_child="not_known"
    )


def test_restraint_is_asked_here_only_when_no_detention_holds_it():
    parts = {"restraint_by", "restraint_position", "restraint_from", "restraint_until"}
    assert lacking(restraint_used="yes") >= parts
    assert not lacking(restraint_used="no") & parts
    detained = filled(DetentionForm, power="s136_1_a", used_at="2026-11-22T19:00:00.000Z")
    assert not lacking(context(detained), restraint_used="yes") & parts
    assert "with section 136" in said(assessed(restraint_used="yes"), context(detained))

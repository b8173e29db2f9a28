"""Capacity: one decision, in the order of the law, and no conclusion that is not carried by all three parts."""

from dataclasses import replace
from itertools import product

import pytest

from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.capacity import (
    ABILITIES,
    LEAST_EVIDENCE,
    CapacityForm,
    Functional,
    functional_result,
    may_conclude_lacking,
)
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import YesNo, missing, pages, questions, shown, suggestion
from tests.steps.builders import LAW
from tests.steps.records import context, filled, grave, said

ANSWERS = (None, "yes", "no", "not_known")
UNABLE = dict.fromkeys(ABILITIES, "yes") | {"retain": "no"}
PROVEN = {
    **UNABLE,
    "impairment_present": "yes",
    "impairment_what": "Alcohol",
    "causal_link": "Too drunk to keep it in mind",
}
EVIDENCE = "Asked three times, could not say what for"


def form(**answers: object) -> CapacityForm:
    return filled(CapacityForm, **{name: value for name, value in answers.items() if value is not None})


def lacking(about=None, **answers: object) -> set[str]:
    return {lack.name for lack in missing(CapacityForm, answers, about or context())}


@pytest.mark.parametrize("given", list(product(ANSWERS, repeat=4)))
def test_the_functional_result_of_every_combination(given: tuple[str | None, ...]):
    result = functional_result(form(**dict(zip(ABILITIES, given, strict=True))))
    expected = Functional.UNABLE if "no" in given else Functional.ABLE if set(given) == {"yes"} else Functional.OPEN
    assert result == expected


@pytest.mark.parametrize(
    ("able", "impairment", "link"), list(product(("yes", "no", None), ANSWERS, ("Too drunk to keep it in mind", None)))
)
def test_lacking_capacity_needs_all_three(able: str | None, impairment: str | None, link: str | None):
    answers = {**dict.fromkeys(ABILITIES, "yes"), "understand": able}
    made = form(**answers, impairment_present=impairment, causal_link=link)
    all_three = able == "no" and impairment == "yes" and link is not None
    assert may_conclude_lacking(made) is all_three
    concluded = form(**answers, impairment_present=impairment, causal_link=link, conclusion="lacks")
    assert ("also needs" in said(concluded, context())) is not all_three


def test_the_note_names_what_is_wanting_in_order_and_blocks_nothing():
    text = said(form(conclusion="lacks"), context())
    assert text.index("cannot make this decision") < text.index("an impairment") < text.index("because of the other")
    assert "have capacity in law" in text
    assert grave(form(conclusion="lacks"), context()) == []


def test_all_three_and_the_conclusion_that_they_have_it_is_asked_about():
    assert "Which is right?" in said(form(**PROVEN, conclusion="has"), context())
    assert "Which is right?" not in said(form(**PROVEN, conclusion="lacks"), context())


def test_what_can_be_decided_comes_before_any_impairment():
    names = list(questions(CapacityForm))
    assert (
        names.index("communicate")
        < names.index("impairment_present")
        < names.index("causal_link")
        < names.index("conclusion")
    )
    assert "impairment_present" not in {question.name for question in shown(CapacityForm, {}, context())}
    assert "impairment_present" in lacking(**UNABLE)
    assert "causal_link" in lacking(**UNABLE, impairment_present="yes")
    assert "causal_link" not in lacking(**UNABLE, impairment_present="no")
    assert "First ask whether they can decide" in said(form(impairment_present="yes"), context())
    assert "First ask" not in said(form(**PROVEN), context())


def test_without_an_impairment_they_have_capacity():
    assert "in law they have capacity" in said(form(**UNABLE, impairment_present="no"), context())


@pytest.mark.parametrize("name", ABILITIES)
def test_each_ability_is_asked_and_each_no_needs_evidence(name: str):
    assert name in lacking()
    assert f"{name}_evidence" in lacking(**{name: "no"})
    assert f"{name}_evidence" not in lacking(**{name: "yes"})
    assert f"{name}_evidence" not in lacking(**{name: "not_known"})


@pytest.mark.parametrize(
    ("said_so", "enough"),
    [(None, False), ("x" * (LEAST_EVIDENCE - 1), False), ("x" * LEAST_EVIDENCE, True), (" " * LEAST_EVIDENCE, False)],
)
def test_evidence_of_fewer_than_20_characters_is_asked_about(said_so: str | None, enough: bool):
    assert LEAST_EVIDENCE == 20
    made = form(understand="no", understand_evidence=said_so)
    assert ("how do you know?" in said(made, context())) is not enough
    assert "how do you know?" not in said(form(understand="yes", understand_evidence="x"), context())


def test_lacking_capacity_asks_for_best_interests():
    best = {
        "fluctuating", "can_it_wait", "wishes", "people_consulted", "authority_checked", "options", "least_restrictive",
        "best_interests_decision", "decision_maker", "restraint_used",
    }  # fmt: skip
    assert lacking(conclusion="lacks") >= best
    assert not lacking(conclusion="has") & best
    assert "authority_detail" in lacking(conclusion="lacks", authority_checked="yes")
    assert "authority_detail" not in lacking(conclusion="lacks", authority_checked="offline")


@pytest.mark.parametrize(("wait", "asked"), [("yes", True), ("no", False), ("not_known", False)])
def test_what_can_wait_is_asked_again(wait: str, asked: bool):
    assert ("reassess_at" in lacking(conclusion="lacks", can_it_wait=wait)) is asked


def test_restraint_has_its_three_parts_and_says_what_police_may_not_do():
    parts = {"restraint_belief", "restraint_necessary", "restraint_proportionate"}
    assert lacking(conclusion="lacks", restraint_used="yes") >= parts
    assert not lacking(conclusion="lacks", restraint_used="no") & parts
    text = said(form(**PROVEN, retain_evidence=EVIDENCE, conclusion="lacks", restraint_used="yes"), context())
    assert "Police cannot use sections 5 and 6" in text
    assert "no more than that harm calls for" in text


def test_restraint_recorded_in_the_assessment_is_offered():
    about = context(filled(AssessmentForm, restraint_used="yes"))
    assert suggestion(CapacityForm, "restraint_used", {}, about) == "yes"
    assert suggestion(CapacityForm, "restraint_used", {}, context()) is None


def test_an_unwise_decision_is_not_a_lack_of_capacity():
    banner = "A decision that seems unwise is not by itself a lack of capacity"
    assert banner in said(form(unwise_decision_note="Wants to go home alone"), context())
    assert banner in said(form(**UNABLE), context())
    assert banner not in said(form(), context())
    assert "(unconfirmed)" in said(form(unwise_decision_note="Wants to go home alone"), context())


@pytest.mark.parametrize("decision", ["Everything", "has capacity.", "in general"])
def test_capacity_is_about_one_decision(decision: str):
    assert "one decision at one time" in said(form(decision=decision), context())
    assert said(form(decision="Go to ED for wound care now"), context()) == ""
    assert CapacityForm.repeats


@pytest.mark.parametrize(
    ("person", "child"),
    [
        ({"date_of_birth": "2010-11-22"}, False), ({"date_of_birth": "2010-11-23"}, True), ({"approx_age": 15}, True),
        ({"approx_age": 16}, False), ({}, False),
    ],
)  # fmt: skip
def test_under_16_other_questions_are_asked(person: dict, child: bool):
    about = context(filled(PersonForm, **person))
    gillick = {"gillick_understands", "gillick_evidence", "parental_responsibility", "parents_view"}
    act = {*ABILITIES, "conclusion"}
    asked = lacking(about)
    assert asked & gillick == (gillick if child else set())
    assert asked & act == (set() if child else act)
    assert ("is for people of 16 and over" in said(form(), about)) is child


@pytest.mark.parametrize(("age", "note"), [(16, True), (20, True), (21, False)])
def test_somebody_who_may_be_under_16_is_asked_about_and_not_left_without_the_act(age: int, note: bool):
    about = context(filled(PersonForm, approx_age=age))
    assert ("May be under 16" in said(form(), about)) is note
    assert "understand" in lacking(about)


def test_the_age_comes_from_the_rules():
    later = LAW.model_copy(update={"capacity_age": 18})
    about = context(filled(PersonForm, date_of_birth="2009-11-22"))
    assert "understand" in lacking(about)
    assert "understand" not in lacking(replace(about, rules=later))


def test_an_adult_conclusion_for_somebody_who_turns_out_to_be_a_child_is_asked_about():
    child = context(filled(PersonForm, date_of_birth="2011-11-22"))
    assert "Check the age" in said(form(conclusion="has"), child)


def test_who_has_parental_responsibility_is_not_typed_again():
    about = context(filled(PersonForm, approx_age=12, parental_responsibility="Her aunt"))
    assert suggestion(CapacityForm, "parental_responsibility", {}, about) == "Her aunt"


def test_only_that_somebody_can_decide_is_ever_suggested():
    assert suggestion(CapacityForm, "conclusion", dict.fromkeys(ABILITIES, "yes"), context()) == "has"
    assert suggestion(CapacityForm, "conclusion", PROVEN, context()) is None
    assert suggestion(CapacityForm, "conclusion", {}, context()) is None


def test_the_section_is_expected_and_never_due():
    assert not CapacityForm.expected(context())
    assert CapacityForm.expected(context(filled(AssessmentForm)))
    assert CapacityForm.expected(context(filled(PersonForm, approx_age=16)))
    assert not CapacityForm.expected(context(filled(PersonForm, approx_age=15)))
    assert CapacityForm.due(context(filled(AssessmentForm), filled(ContactForm, contact_mode="face_to_face"))) == ""


def test_all_that_the_record_is_about_is_required():
    assert lacking() == {"decision", "assessed_at", "information_given", "how_supported", *ABILITIES, "conclusion"}
    assert len(pages(CapacityForm)) == 4
    assert questions(CapacityForm)["understand"].answer is YesNo

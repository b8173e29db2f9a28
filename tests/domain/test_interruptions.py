"""What interrupts a nurse: three things, each on both sides of its line, and nothing else."""

import pytest

from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.detention.codes import Power
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import read
from sync.domain.records.interruptions import KINDS, interruptions
from tests.steps.records import FORMS, context, everything, filled

CHILD = {"date_of_birth": "2009-01-01"}


def kinds(form, *others):
    return [each.kind for each in interruptions(form.kind, form, context(form, *others))]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, []),
        ({"chest_pain": "no"}, []),
        ({"chest_pain": "not_known"}, []),
        ({"chest_pain": "yes"}, ["red-flag"]),
        ({"chest_pain": "yes", "overdose": "yes"}, ["red-flag"]),
        ({"chest_pain": "yes", "red_flag_action": "999 called"}, ["red-flag"]),
        ({"chest_pain": "yes", "red_flag_action_at": "2026-11-22T20:14:00.000Z"}, ["red-flag"]),
        ({"chest_pain": "yes", "red_flag_action": "999 called", "red_flag_action_at": "2026-11-22T20:14:00.000Z"}, []),
        ({"seen_alone": "no"}, []),
    ],
)
def test_a_physical_red_flag_interrupts_until_what_was_done_and_when_is_recorded(answers, said):
    assert kinds(filled(AssessmentForm, **answers)) == said


@pytest.mark.parametrize(
    ("person", "place", "said"),
    [
        ({"date_of_birth": "2008-11-23"}, "police_station", ["child"]),  # 18 tomorrow
        ({"date_of_birth": "2008-11-22"}, "police_station", []),  # 18 today
        ({"approx_age": 22}, "police_station", ["child"]),  # an estimate, five years either way
        ({"approx_age": 23}, "police_station", []),
        ({}, "police_station", []),  # nothing known: a quiet note
        (CHILD, "hbpos", []),
        (CHILD, "ed", []),
    ],
)
def test_a_police_station_for_somebody_perhaps_under_18_interrupts(person, place, said):
    detention = filled(DetentionForm, power=Power.REMOVE.value, pos_type=place)
    assert kinds(detention, filled(PersonForm, **person)) == said
    assert kinds(filled(PersonForm, **person), detention) == said, "also when the age is what is given last"


@pytest.mark.parametrize(
    ("incident", "detention", "said"),
    [
        ({"dwelling": "yes"}, {}, []),  # nothing about section 136 was answered yet
        ({"dwelling": "yes"}, {"power": "S136"}, ["dwelling"]),
        ({"dwelling": "no"}, {"power": "S136"}, []),
        ({"dwelling": "not_known"}, {"power": "S136"}, []),
        ({"dwelling": "yes"}, {"power": "S136", "dwelling": "no"}, []),  # used on the pavement outside
        ({"dwelling": "no"}, {"power": "S136", "dwelling": "yes"}, ["dwelling"]),
        ({}, {"dwelling": "yes"}, ["dwelling"]),
        ({"dwelling": "yes"}, {"power": "WARRANT"}, []),
        ({"dwelling": "yes"}, {"power": "NONE"}, []),
    ],
)
def test_section_136_in_a_dwelling_interrupts(incident, detention, said):
    power = {"S136": Power.REMOVE, "WARRANT": Power.WARRANT, "NONE": Power.NONE}
    given = {name: power[value].value if name == "power" else value for name, value in detention.items()}
    assert kinds(filled(DetentionForm, **given), filled(IncidentForm, **incident)) == said


def test_saying_afterwards_that_the_incident_is_in_a_dwelling_interrupts_too():
    used = filled(DetentionForm, power=Power.REMOVE.value)
    assert kinds(filled(IncidentForm, dwelling="yes"), used) == ["dwelling"]
    assert kinds(filled(IncidentForm, dwelling="no"), used) == []
    assert kinds(filled(IncidentForm, dwelling="yes")) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_no_form_interrupts_with_anything_else(form):
    full = read(form, everything(form)).form
    others = [read(each, everything(each)).form for each in FORMS]
    found = interruptions(form.kind, full, context(full, *others))
    assert {each.kind for each in found} <= set(KINDS)
    assert len(KINDS) == 3
    for each in found:
        assert each.advice
        assert each.source
        assert each.settles in form.model_fields


def test_an_interruption_says_what_to_do_and_where_that_stands():
    (found,) = interruptions("assessment", filled(AssessmentForm, chest_pain="yes"), context())
    assert "999" in found.advice
    assert (found.settles, found.source) == ("red_flag_action", "NICE NG225; RCP NEWS2")


def test_when_only_the_time_is_missing_the_interruption_leads_to_the_time():
    (found,) = interruptions("assessment", filled(AssessmentForm, chest_pain="yes", red_flag_action="999"), context())
    assert (found.settles, found.settle) == ("red_flag_action_at", "Record when it was done")

"""Who may be the same person: three things that agree, a person who confirms, and nothing stale carried forward."""

import re

import pytest

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Unavailable, questions, unobtainable
from sync.domain.records.incident import label
from sync.domain.records.matching import CARRIED, NEVER_COPIED, carried, same_label, suggestions, unknown_label
from tests.steps.records import INCIDENT, Case, filled

HERE = {
    "given_name": "Zoë", "family_name": "O’Neill-Hart", "date_of_birth": "1990-02-01", "postcode": "PE1 1AA",
    "nhs_number": "9992044179", "phone": "07700 900123",
}  # fmt: skip


def person(**answers: object) -> PersonForm:
    return filled(PersonForm, **{name: value for name, value in answers.items() if value is not None})


def found(**earlier: object) -> list:
    return suggestions(person(**HERE), [("earlier", person(**earlier))])


NAMED = {"family_name": "O’Neill-Hart", "date_of_birth": "1990-02-01"}


@pytest.mark.parametrize(
    ("earlier", "suggested"),
    [
        ({}, False),
        (NAMED, False),
        ({**NAMED, "given_name": "Zoë"}, False),
        ({**NAMED, "postcode": "PE1 1AA"}, True),
        ({**NAMED, "nhs_number": "9992044179"}, True),
        ({**NAMED, "phone": "07700 900123"}, True),
        ({**NAMED, "postcode": "PE1 1AB"}, False),
        ({**NAMED, "phone": "07700 900124"}, False),
        ({"nhs_number": "9992044179"}, False),
        ({"nhs_number": "9992044179", "postcode": "PE1 1AA", "phone": "07700 900123"}, False),
        ({**NAMED, "date_of_birth": "1990-02-02", "nhs_number": "9992044179"}, False),
        ({**NAMED, "date_of_birth": None, "nhs_number": "9992044179"}, False),
        ({**NAMED, "family_name": "Hart", "nhs_number": "9992044179"}, False),
        ({**NAMED, "family_name": None, "nhs_number": "9992044179"}, False),
    ],
)
def test_last_name_and_birth_date_and_one_more(earlier: dict, suggested: bool):
    assert bool(found(**earlier)) is suggested


@pytest.mark.parametrize(
    "earlier",
    [
        {**NAMED, "family_name": "ONEILL HART", "postcode": "pe11aa"},
        {**NAMED, "family_name": "o'neill-hart", "phone": "+44 7700 900123"},
        {**NAMED, "family_name": "O’Néill–Hart", "phone": "0044(0)7700-900123"},
        {**NAMED, "nhs_number": "999 204 4179"},
    ],
)
def test_spelling_makes_no_difference(earlier: dict):
    assert found(**earlier)


def test_empty_answers_never_agree():
    assert not suggestions(
        person(**NAMED, phone="-", postcode=" "), [("earlier", person(**NAMED, phone="+", postcode=""))]
    )


def test_two_birth_dates_that_are_not_known_do_not_agree():
    nameless = {"family_name": "Hart", "nhs_number": "9992044179", "phone": "07700 900123"}
    assert not suggestions(person(**nameless), [("earlier", person(**nameless))])


def test_what_agrees_and_what_speaks_against_it_are_both_said():
    twin = found(**NAMED, given_name="Max", postcode="PE1 1AA", nhs_number="9990000018")[0]
    assert twin.agrees == ("last name", "date of birth", "postcode")
    assert twin.differs == ("first name", "NHS number")


def test_the_best_come_first():
    candidates = [
        ("twin", person(**NAMED, given_name="Max", postcode="PE1 1AA")),
        ("one", person(**NAMED, postcode="PE1 1AA")),
        ("two", person(**NAMED, postcode="PE1 1AA", phone="07700900123")),
    ]
    assert [match.key for match in suggestions(person(**HERE), candidates)] == ["two", "one", "twin"]


def test_only_who_somebody_is_and_what_seldom_changes_is_offered_again():
    earlier = {
        **HERE, "what_helps": "A quiet voice", "allergies": "None known", "mha_status": ["cto"], "pregnant": "no",
        "safe_to_contact": "yes", "language": unobtainable(Unavailable.NOT_KNOWN), "clinical_alerts.1": {"what": "x"},
    }  # fmt: skip
    assert carried(earlier) == {**HERE, "what_helps": "A quiet voice"}


@pytest.mark.parametrize(
    "name",
    ["identity_status", "safe_to_contact", "mha_status", "pregnant", "allergies", "medicines", "clinical_alerts",
     "police_alerts", "family_contact_agreed", "dependants", "known_to_services", "unknown_person_descriptor"],
)  # fmt: skip
def test_what_may_have_changed_is_asked_anew(name: str):
    assert f"person.{name}" in NEVER_COPIED
    assert name in questions(PersonForm)


def test_no_assessment_is_ever_copied():
    assert {"assessment", "capacity", "detention", "handover", "contact", "incident"} <= NEVER_COPIED
    assert set(CATALOGUE) - {"person"} <= NEVER_COPIED
    assert not {f"person.{name}" for name in CARRIED} & NEVER_COPIED
    assert set(questions(PersonForm)) >= CARRIED


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "Unknown person – "),
        ({"sex": "1", "approx_age": 30}, "Unknown male approx 30 – "),
        ({"sex": "2", "approx_age": 0}, "Unknown female approx 0 – "),
        ({"sex": "9", "approx_age": 40}, "Unknown person approx 40 – "),
        ({"sex": "1", "gender_identity": "2"}, "Unknown female – "),
        ({"sex": "1", "gender_identity": "3"}, "Unknown person – "),
        ({"sex": "1", "gender_identity": "Z"}, "Unknown male – "),
        ({"date_of_birth": "1990-02-01"}, "Unknown person born 1990 – "),
    ],
)
def test_what_stands_for_a_name(answers: dict, said: str):
    text = unknown_label(person(**answers), INCIDENT)
    assert re.fullmatch(re.escape(said) + r"[B-Z]{2}-\d{4}", text)
    assert text == unknown_label(person(**answers), INCIDENT)


def test_two_unknown_people_are_told_apart():
    labels = {unknown_label(person(sex="1", approx_age=30), f"incident-{number}") for number in range(200)}
    assert len(labels) == 200


def test_an_incident_is_headed_with_what_stands_for_the_name():
    case = Case()
    case.add("incident", {"location": "Bridge"})
    assert label(case.incident) == "Bridge"
    case.add("person", {"identity_status": "unknown", "sex": "1", "approx_age": 30})
    assert re.fullmatch(r"Unknown male approx 30 – [B-Z]{2}-\d{4}", label(case.incident))
    case.add("person", {"given_name": "Ada"})
    assert label(case.incident) == "Ada"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"given_name": "Zoë", "family_name": "Hart"}, {"given_name": "ZOE", "family_name": "hart "}, True),
        ({"given_name": "Zoë", "family_name": "Hart"}, {"given_name": "Max", "family_name": "Hart"}, False),
        ({"family_name": "Hart"}, {"given_name": "Zoë", "family_name": "Hart"}, False),
        ({}, {}, False),
    ],
)
def test_two_who_read_the_same_on_a_list(first: dict, second: dict, same: bool):
    assert same_label(person(**first), person(**second)) is same

"""The person: who may be a child, what is asked of whom."""

from dataclasses import replace
from datetime import datetime

import pytest

from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.age import age, may_be_under, may_be_under_18
from sync.domain.catalogue.person.codes import Basis, EthnicCategory, EthnicitySource, NhsNumberStatus
from sync.domain.catalogue.person.form import PersonForm, nhs_number_status
from sync.domain.clinical.modes import WITHOUT_PERSON, Mode
from sync.domain.forms import Unavailable, check, missing, questions, read, shown, suggestion, unobtainable
from tests.steps.builders import LAW, PACKS
from tests.steps.records import NOW, at, context, filled, said


@pytest.mark.parametrize(
    ("answers", "now", "child"),
    [
        ({}, NOW, None),
        ({"date_of_birth": "2008-11-22"}, NOW, False),  # 18 today
        ({"date_of_birth": "2008-11-23"}, NOW, True),
        ({"date_of_birth": "2008-07-02"}, at("2026-07-02 00:00"), False),  # the birthday begins in England
        ({"date_of_birth": "2008-07-02"}, at("2026-07-01 23:59"), True),
        ({"date_of_birth": "2008-02-29"}, at("2026-02-28 12:00"), True),
        ({"date_of_birth": "2008-02-29"}, at("2026-03-01 00:00"), False),
        ({"approx_age": 17}, NOW, True),
        ({"approx_age": 22}, NOW, True),  # an estimate may be too high
        ({"approx_age": 23}, NOW, False),
        ({"date_of_birth": "2000-01-01", "approx_age": 16}, NOW, False),  # the date of birth goes before the estimate
    ],
)
def test_may_be_under_18_on_both_sides(answers: dict, now: datetime, child: bool | None):
    assert may_be_under_18(filled(PersonForm, **answers), now, LAW) is child


def test_age_in_whole_years():
    assert age(filled(PersonForm, date_of_birth="2010-11-23"), NOW) == 15
    assert age(filled(PersonForm, date_of_birth="2010-11-22"), NOW) == 16
    assert age(filled(PersonForm, approx_age=40), NOW) == 40
    assert age(filled(PersonForm), NOW) is None


def test_a_possible_child_is_said_and_asked_about():
    assert "Under 18" in said(filled(PersonForm, date_of_birth="2010-01-01"), context())
    assert "May be under 18" in said(filled(PersonForm, approx_age=19), context())
    assert said(filled(PersonForm, approx_age=40), context()) == ""
    names = [question.name for question in shown(PersonForm, {"approx_age": 19}, context())]
    assert {"parental_responsibility", "looked_after"} <= set(names)
    assert "looked_after" not in [question.name for question in shown(PersonForm, {"approx_age": 40}, context())]


def lacking(**answers: object) -> set[str]:
    return {lack.name for lack in missing(PersonForm, answers, context())}


def test_a_date_of_birth_or_an_estimate():
    assert "approx_age" in lacking()
    assert "approx_age" not in lacking(date_of_birth="1990-01-01")
    assert "date_of_birth" not in lacking()


def test_an_unknown_person_needs_a_description_and_no_name():
    assert "unknown_person_descriptor" in lacking(identity_status="unknown")
    assert "given_name" not in lacking(identity_status="unknown")
    assert "given_name" in lacking(identity_status="stated")
    assert "unknown_person_descriptor" not in lacking(identity_status="partly_known")


def test_every_ethnic_category_and_none_of_them_observed():
    assert "".join(code for code in EthnicCategory if code != "99") == "ABCDEFGHJKLMNPRSZ"
    assert EthnicCategory.NOT_STATED != EthnicCategory.NOT_KNOWN
    assert not any("observ" in source.label.lower() or "officer" in source.label.lower() for source in EthnicitySource)


@pytest.mark.parametrize(("typed", "kept"), [("pe1 1aa", "PE1 1AA"), ("CB21TN", "CB2 1TN"), ("none", "none")])
def test_postcodes_keep_one_spelling(typed: str, kept: str):
    assert check(PersonForm, "postcode", typed).value == kept


@pytest.mark.parametrize(
    ("name", "raw", "fine"),
    [
        ("approx_age", "-1", False), ("approx_age", "0", True), ("approx_age", "120", True),
        ("approx_age", "121", False),
        ("date_of_birth", "1899-12-31", False), ("date_of_birth", "1900-01-01", True),
    ],
)  # fmt: skip
def test_ages_on_both_sides(name: str, raw: str, fine: bool):
    assert (check(PersonForm, name, raw).problem == "") is fine


def test_notes_for_what_needs_care():
    assert "after today" in said(filled(PersonForm, date_of_birth="2026-11-23"), context())
    assert "not 136" in said(filled(PersonForm, mha_status=["awol"]), context())
    child = read(PersonForm, {"dependants.1": {"kind": "child", "name": "A"}}).form
    assert "safeguarding" in said(child, context())
    assert "safeguarding" not in said(read(PersonForm, {"dependants.1": {"kind": "pet"}}).form, context())


@pytest.mark.parametrize(
    ("answers", "under"),
    [({"date_of_birth": "2010-11-23"}, True), ({"date_of_birth": "2010-11-22"}, False), ({"approx_age": 20}, True),
     ({"approx_age": 21}, False), ({}, None)],
)  # fmt: skip
def test_any_age_of_the_rules_is_looked_at_in_the_same_way(answers: dict, under: bool | None):
    assert may_be_under(filled(PersonForm, **answers), NOW, 16, LAW) is under


def test_the_ages_come_from_the_rules_the_incident_is_under():
    stricter = LAW.model_copy(update={"adult_age": 21, "estimate_margin_years": 0})
    person = filled(PersonForm, approx_age=20)
    assert may_be_under_18(person, NOW, stricter) is True
    assert may_be_under_18(person, NOW, stricter.model_copy(update={"adult_age": 20})) is False


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"nhs_number": "9992044179"}, "02"), ({"nhs_number": "9992044179", "identity_status": "verified"}, "02"),
        ({}, "03"), ({"nhs_number_unavailable": "not_known"}, "03"), ({"nhs_number_unavailable": "overseas"}, "07"),
        ({"nhs_number_unavailable": "withheld"}, "07"),
    ],
)  # fmt: skip
def test_the_number_s_status_is_derived_and_never_verified_here(answers: dict, status: str):
    assert nhs_number_status(filled(PersonForm, **answers)) == status
    assert "01" not in list(NhsNumberStatus)
    assert "nhs_number_status" not in PersonForm.model_fields


def test_without_a_number_the_reason_is_asked_and_offered_for_an_unknown_person():
    assert "nhs_number_unavailable" in lacking()
    assert "nhs_number_unavailable" not in lacking(nhs_number="9992044179")
    assert suggestion(PersonForm, "nhs_number_unavailable", {"identity_status": "unknown"}, context()) == "not_known"
    assert suggestion(PersonForm, "nhs_number_unavailable", {"identity_status": "stated"}, context()) is None


@pytest.mark.parametrize(("category", "asked"), [("A", True), ("Z", False), ("99", False)])
def test_who_gave_the_ethnic_group_is_asked_when_there_is_one(category: str, asked: bool):
    assert ("ethnicity_source" in lacking(ethnic_category=category)) is asked


@pytest.mark.parametrize("code", ["IC1", "IC3", "IC9", "W1", "B1", "0"])
def test_a_police_code_is_not_an_ethnic_category(code: str):
    assert check(PersonForm, "ethnic_category", code).problem


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"identity_status": "stated"}, {"address", "gp_practice", "no_fixed_abode"}),
        ({"identity_status": "stated", "no_fixed_abode": "no"}, {"address", "gp_practice"}),
        ({"identity_status": "stated", "no_fixed_abode": "yes"}, {"gp_practice"}),
        ({"identity_status": "unknown"}, set()), ({"identity_status": "partly_known"}, set()),
    ],
)  # fmt: skip
def test_home_and_gp_are_asked_of_a_person_who_is_known(answers: dict, asked: set):
    assert lacking(**answers) & {"address", "gp_practice", "no_fixed_abode"} == asked


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, {"carer_informed"}),
        ({"carer_informed": "no"}, set()),
        ({"carer_informed": "yes"}, {"family_contact_agreed", "family_view"}),
        ({"carer_informed": "yes", "family_contact_agreed": "yes"}, {"family_view"}),
        ({"carer_informed": "yes", "family_contact_agreed": "no"}, {"family_view", "family_contact_basis"}),
        ({"carer_informed": "yes", "family_contact_agreed": "not_known"}, {"family_view", "family_contact_basis"}),
    ],
)
def test_telling_family_without_agreement_needs_a_basis(answers: dict, asked: set):
    about = {"carer_informed", "family_contact_agreed", "family_view", "family_contact_basis"}
    assert lacking(**answers) & about == asked


def test_the_basis_for_sharing_is_one_list():
    from sync.domain.catalogue.referral import Basis as OfReferral

    assert [(each.value, each.label) for each in Basis] == [(each.value, each.label) for each in OfReferral]


@pytest.mark.parametrize("name", ["looked_after", "child_protection_plan", "school", "parental_responsibility"])
@pytest.mark.parametrize(("age", "asked"), [(22, True), (23, False)])
def test_what_is_asked_about_a_child(name: str, age: int, asked: bool):
    assert (name in lacking(approx_age=age)) is asked


def test_what_services_know_is_asked_and_may_be_out_of_reach():
    assert {"known_to_services", "advance_decision", "mha_status", "allergies", "medicines"} <= lacking()
    assert {"care_coordinator", "crisis_plan_seen"} <= lacking(known_to_services="yes")
    assert not {"care_coordinator", "crisis_plan_seen"} & lacking(known_to_services="offline")
    for name in ("known_to_services", "crisis_plan_seen", "advance_decision"):
        offline = [each.label for each in questions(PersonForm)[name].choices if each == "offline"]
        assert offline == ["Could not check: offline"]


def test_nil_known_is_said_in_words():
    for name in ("allergies", "medicines"):
        assert questions(PersonForm)[name].phrases == ("None known",)


def test_none_stands_alone():
    assert check(PersonForm, "communication_needs", ["none", "hearing"]).problem
    assert check(PersonForm, "mha_status", ["none", "cto"]).problem
    assert not check(PersonForm, "mha_status", ["s117", "cto"]).problem


@pytest.mark.parametrize(
    ("alert", "words"),
    [
        ({"what": "Needs an inhaler", "owner": "GP", "expires": "2026-11-22"}, ""),
        ({"what": "Needs an inhaler", "owner": "GP", "expires": "2026-11-21"}, "has ended"),
        ({"what": "Needs an inhaler", "owner": "GP"}, "needs a day"),
        ({"what": "Needs an inhaler", "expires": "2026-12-01"}, "needs a day"),
    ],
)
@pytest.mark.parametrize("whose", ["clinical_alerts", "police_alerts"])
def test_an_alert_has_an_end_and_an_owner(whose: str, alert: dict, words: str):
    notes = said(read(PersonForm, {f"{whose}.1": alert}).form, context())
    assert words in notes
    assert bool(notes) is bool(words)


def test_clinical_alerts_are_not_the_officers_to_read():
    assert questions(PersonForm)["police_alerts"].police
    assert not questions(PersonForm)["clinical_alerts"].police


@pytest.mark.parametrize("pack", PACKS.rules, ids=lambda pack: pack.manifest.pack_id)
def test_the_relative_is_called_as_the_rules_call_them(pack):
    about = context()
    named = replace(about, rules=pack.rules)
    assert pack.rules.relative in said(filled(PersonForm, nearest_relative="Ann Example, mother"), named)
    assert said(filled(PersonForm), named) == ""


@pytest.mark.parametrize("answers", [{"pregnant": "yes"}, {"birth_last_year": "yes"}])
def test_pregnancy_and_the_year_after_a_birth_are_thought_of(answers: dict):
    assert "perinatal" in said(filled(PersonForm, **answers), context())
    assert "perinatal" not in said(filled(PersonForm, pregnant="no", birth_last_year="not_known"), context())


@pytest.mark.parametrize("mode", Mode)
def test_a_person_is_due_after_a_contact_with_one_and_never_after_advice(mode: Mode):
    contact = filled(ContactForm, contact_mode=mode.value)
    assert bool(PersonForm.due(context(contact))) is (mode not in WITHOUT_PERSON)
    not_mh = filled(IncidentForm, nature="not_mh")
    assert PersonForm.due(context(contact, not_mh)) == ""


def test_nothing_is_due_before_a_contact():
    assert PersonForm.due(context()) == ""
    assert PersonForm.due(context(filled(IncidentForm, nature="mh_primary"))) == ""


def test_a_person_is_expected_unless_it_is_not_about_mental_health():
    assert PersonForm.expected(context())
    assert PersonForm.expected(context(filled(IncidentForm, nature="unclear")))
    assert not PersonForm.expected(context(filled(IncidentForm, nature="not_mh")))


def test_an_answer_that_could_not_be_got_is_enough_to_finish():
    nobody = unobtainable(Unavailable.NOT_KNOWN)
    assert "ethnic_category" not in lacking(ethnic_category=nobody)

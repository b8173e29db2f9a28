"""The person: who may be a child, what is asked of whom."""

from datetime import datetime

import pytest

from sync.domain.catalogue.person import EthnicCategory, EthnicitySource, PersonForm, age, may_be_under_18
from sync.domain.forms import check, missing, read, shown
from tests.domain.conftest import NOW, at, context, filled, said


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
    assert may_be_under_18(filled(PersonForm, **answers), now) is child


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
        ("approx_age", "-1", False), ("approx_age", "0", True), ("approx_age", "120", True), ("approx_age", "121", False),
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

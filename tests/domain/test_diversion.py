"""Liaison and diversion: stages, consent twice, a summary of its own for justice, what happens under 18."""

from typing import Any

import pytest

from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.diversion import STAGES, DiversionForm, stages
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.referral import ReferralForm
from sync.domain.clinical.modes import Mode
from sync.domain.forms import check, in_words, missing, questions, shown, suggestion
from tests.steps.records import context, filled, grave, said

NINE = "2026-11-22T21:00:00.000Z"
TEN = "2026-11-22T22:00:00.000Z"


def lacking(**answers: Any) -> set[str]:
    return {lack.name for lack in missing(DiversionForm, answers, context())}


def asked(**answers: Any) -> set[str]:
    return {question.name for question in shown(DiversionForm, answers, context())}


@pytest.mark.parametrize("mode", Mode)
def test_it_is_on_the_list_only_for_a_contact_of_liaison_and_diversion(mode: Mode):
    about = context(filled(ContactForm, contact_mode=mode.value))
    ours = mode in (Mode.CUSTODY, Mode.CUSTODY_REMOTE, Mode.VOLUNTARY)
    assert DiversionForm.expected(about) is ours
    route = suggestion(DiversionForm, "route", {}, about)
    assert route == ("voluntary_attendance" if mode == Mode.VOLUNTARY else "custody" if ours else None)


@pytest.mark.parametrize(("route", "custody"), [("custody", True), ("voluntary_attendance", False), ("court", False)])
def test_a_custody_number_is_asked_for_in_custody(route: str, custody: bool):
    assert ("custody_ref" in lacking(route=route)) is custody
    assert {"offence_considered", "diverted"} <= lacking(route=route)


@pytest.mark.parametrize(("diverted", "outcome"), [("yes", True), ("no", False), ("not_known", False)])
def test_what_a_diversion_led_to(diverted: str, outcome: bool):
    assert ("diversion_outcome" in lacking(diverted=diverted)) is outcome


@pytest.mark.parametrize(
    ("consent", "detail", "goes_on"),
    [("given", False, True), ("declined", True, False), ("lacks_capacity", True, True)],
)
def test_who_declines_is_not_assessed(consent: str, detail: bool, goes_on: bool):
    found = lacking(consent=consent)
    assert ("consent_detail" in found) is detail
    assert ({"screened_at", "screening", "assessed_at", "assessment", "referred_to"} <= found) is goes_on
    assert ("assessment" in found) is goes_on


@pytest.mark.parametrize(("consent", "summary"), [("yes", True), ("no", False), ("not_known", False), (None, False)])
def test_the_summary_for_justice_is_by_consent_of_its_own(consent: str | None, summary: bool):
    assert ("justice_summary" in asked(justice_consent=consent, consent="given")) is summary
    assert "justice_given_to" not in lacking(justice_consent=consent)
    assert {"justice_given_to", "justice_given_at", "justice_agreed"} <= lacking(
        justice_consent="yes", justice_summary="s"
    )


def test_a_summary_whose_consent_was_taken_back_is_warned_of_and_kept():
    form = filled(DiversionForm, justice_summary="s", justice_consent="no")
    assert "Do not give it" in grave(form, context())[0]
    assert "justice_summary" in asked(justice_summary="s", justice_consent="no")
    assert grave(filled(DiversionForm, justice_summary="s", justice_consent="yes"), context()) == []


@pytest.mark.parametrize(("years", "noted"), [(17, True), (22, True), (23, False), (40, False)])
def test_under_18_or_perhaps_an_appropriate_adult_is_asked_about(years: int, noted: bool):
    about = context(filled(PersonForm, approx_age=years))
    assert ("appropriate adult is needed" in said(filled(DiversionForm), about)) is noted
    assert "appropriate adult is needed" not in said(filled(DiversionForm, appropriate_adult="yes"), about)


def test_who_the_appropriate_adult_is():
    assert "appropriate_adult_who" in lacking(appropriate_adult="yes")
    assert "appropriate_adult_who" not in lacking(appropriate_adult="no")


def test_none_found_stands_alone():
    assert check(DiversionForm, "vulnerabilities", ["none", "debt"]).problem
    assert not check(DiversionForm, "vulnerabilities", ["housing", "debt"]).problem


def test_the_stages_follow_from_what_is_recorded():
    steps = [
        {"identified_at": NINE}, {"screened_at": NINE}, {"assessed_at": NINE}, {"referred_to": "CMHT"},
        {"followups.1": {"service": "CMHT", "attended": "yes"}},
    ]  # fmt: skip
    answers: dict[str, Any] = {}
    for number, step in enumerate(steps, start=1):
        answers |= step
        assert stages(filled(DiversionForm, **answers), context()) == STAGES[:number]
    assert (
        said(filled(DiversionForm, **answers), context())
        == "Identified → Screened → Assessed → Referred → Followed up."
    )
    planned = filled(DiversionForm, **{"followups.1": {"service": "CMHT", "at": TEN}})
    assert stages(planned, context()) == (), "an appointment is not yet a follow-up"
    unknown = filled(DiversionForm, **{"followups.1": {"attended": "not_known"}})
    assert stages(unknown, context()) == ()


def test_a_follow_up_reads_by_itself():
    item = {"service": "CMHT", "accompanied": "yes", "attended": "no", "outcome": "New date"}
    assert in_words(questions(DiversionForm)["followups"], item) == "CMHT, Accompanied, Did not attend, New date"


def test_a_referral_made_is_the_stage_and_is_not_typed_again():
    about = context(
        filled(ReferralForm, destination="D01", service="Bridgegate", sent_at=NINE),
        filled(ReferralForm, destination="D02", service="Liaison and diversion, northern custody"),
    )
    assert stages(filled(DiversionForm), about) == ("Referred",)
    assert suggestion(DiversionForm, "referred_to", {}, about) == (
        "Drug and alcohol service: Bridgegate, sent 22 Nov 2026 21:00"
    )


def test_an_assessment_before_the_screening_is_asked_about_and_kept():
    assert "Check the times" in said(filled(DiversionForm, screened_at=TEN, assessed_at=NINE), context())
    assert "Check the times" not in said(filled(DiversionForm, screened_at=NINE, assessed_at=TEN), context())

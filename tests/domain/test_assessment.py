"""The assessment: physical health first, NEWS2 as a note with its parts, nothing else added up."""

import pytest

from sync.domain.catalogue.assessment.codes import RED_FLAGS
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.capacity import CapacityForm
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical.modes import WITHOUT_PERSON, Mode
from sync.domain.forms import Unavailable, YesNo, check, missing, pages, questions, read, shown, unobtainable
from tests.steps.records import context, filled, grave, said

WELL = {
    "respiration_rate": 16, "spo2": 98, "oxygen": "air", "systolic_bp": 125, "pulse": 75, "consciousness": "A",
    "temperature": "36.8",
}  # fmt: skip
DONE = {"red_flag_action": "999 called", "red_flag_action_at": "2026-11-22T19:30:00.000Z"}


def assessed(**answers: object) -> AssessmentForm:
    return filled(AssessmentForm, **answers)


def lacking(about=None, **answers: object) -> set[str]:
    return {lack.name for lack in missing(AssessmentForm, answers, about or context())}


@pytest.mark.parametrize("flag", RED_FLAGS)
def test_each_red_flag_without_an_action_is_grave_and_asks_what_was_done(flag: str):
    assert questions(AssessmentForm)[flag].answer is YesNo
    assert flag in lacking()
    assert len(grave(assessed(**{flag: "yes"}), context())) == 1
    assert "999" in grave(assessed(**{flag: "yes"}), context())[0]
    assert "red_flag_action" in lacking(**{flag: "yes"})


@pytest.mark.parametrize("flag", RED_FLAGS)
@pytest.mark.parametrize("other", ["no", "not_known"])
def test_without_a_yes_nothing_is_grave(flag: str, other: str):
    assert grave(assessed(**{flag: other}), context()) == []
    assert "red_flag_action" not in lacking(**{flag: other})


def test_an_action_quiets_the_card_once_its_time_is_there_too():
    assert grave(assessed(overdose="yes", **DONE), context()) == []
    for name in DONE:
        half = {"overdose": "yes", **DONE, name: None}
        assert len(grave(assessed(**half), context())) == 1
        assert lacking(**half) & set(DONE) == {name}


def test_several_red_flags_are_one_card():
    assert grave(assessed(overdose="yes", burns="yes"), context()) == [
        "Physical emergency: overdose or poisoning, burns. Call 999 or go to ED now. Record what was done, and when."
    ]


OVERDOSE = {
    "overdose_substance", "overdose_quantity", "overdose_at", "overdose_alcohol", "overdose_vomited", "overdose_intent"
}  # fmt: skip


def test_an_overdose_is_asked_about_in_parts_and_always_goes_to_ed():
    assert lacking(overdose="yes") >= OVERDOSE
    assert not OVERDOSE & lacking(overdose="no")
    assert "even if the person seems well" in said(assessed(overdose="yes", **DONE), context())


def test_any_sign_after_a_head_injury_is_ed():
    assert "head_injury_detail" in lacking(head_injury="yes")
    assert "Go to ED" in said(assessed(head_injury="yes", head_injury_detail=["vomiting"], **DONE), context())
    assert "Go to ED" not in said(assessed(head_injury="yes", head_injury_detail=["none"], **DONE), context())


@pytest.mark.parametrize(
    ("taken", "asked"), [("confirmed", True), ("suspected", True), ("none", False), ("not_known", False)]
)
def test_alcohol_and_drugs_are_recorded_with_their_effect_and_exclude_nobody(taken: str, asked: bool):
    about = {"substances", "substance_last_use", "substance_effect", "dependence"}
    assert lacking(alcohol=taken) & about == (about if asked else set())
    assert ("substance_route" in lacking(drugs=taken)) is asked
    assert "substance_route" not in lacking(alcohol=taken)
    assert ("no reason to refuse" in said(assessed(drugs=taken), context())) is asked
    assert "withdrawal" in lacking(alcohol=taken)


def test_what_cannot_be_measured_is_said_and_gives_no_total():
    """Acute behavioural disturbance may be too dangerous to measure."""
    unable = {name: unobtainable(Unavailable.UNABLE, "Too dangerous to touch") for name in WELL}
    assert "pulse" in lacking(abd="yes")
    assert not lacking(abd="yes", **unable) & set(WELL)
    form = read(AssessmentForm, {"abd": "yes", **WELL, "pulse": unable["pulse"]}).form
    assert "NEWS2 incomplete. Missing: pulse." in said(form, context())


def test_news2_with_its_parts_and_its_source():
    notes = list(AssessmentForm.notes(assessed(**WELL), context()))
    assert notes[0].text.startswith("NEWS2 0: respiration rate 0, oxygen saturation 0, air or oxygen 0")
    assert "scale 1" in notes[0].text
    assert "Royal College of Physicians" in notes[0].source


def test_news2_incomplete_names_what_is_missing_and_gives_no_total():
    text = said(assessed(**{**WELL, "pulse": None}), context())
    assert "NEWS2 incomplete. Missing: pulse." in text
    assert "NEWS2 0" not in text


def test_no_observations_no_note():
    assert said(assessed(), context()) == ""


def test_the_trigger_is_in_field_wording_and_grave_only_while_nothing_was_done():
    ill = {**WELL, "pulse": 131, "respiration_rate": 25, "spo2": 95}
    assert any("999" in text for text in grave(assessed(**ill), context()))
    assert grave(assessed(**ill, **DONE), context()) == []
    assert "red_flag_action" in {question.name for question in shown(AssessmentForm, ill, context())}
    assert grave(assessed(**{**WELL, "pulse": 91}), context()) == []


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        ({"date_of_birth": "2010-11-23"}, False), ({"date_of_birth": "2010-11-22"}, True), ({"pregnant": "yes"}, False),
        ({"pregnant": "not_known", "approx_age": 30}, True), ({"approx_age": 20}, False), ({"approx_age": 21}, True),
    ],
)  # fmt: skip
def test_no_score_under_16_or_in_pregnancy(person: dict, shown: bool):
    text = said(assessed(**WELL), context(filled(PersonForm, **person)))
    assert ("NEWS2 0" in text) is shown
    assert ("not for" in text) is not shown


def test_an_unknown_age_is_said():
    assert "age is not recorded" in said(assessed(**WELL), context())


def test_scale_2_only_when_somebody_confirmed_it():
    low = {**WELL, "spo2": 90, "spo2_scale": "2"}
    assert "oxygen saturation 3" in said(assessed(**low), context())
    assert "Scale 1 is used until" in said(assessed(**low), context())
    confirmed = said(assessed(**low, spo2_scale_confirmed_by="Dr Example"), context())
    assert "oxygen saturation 0" in confirmed
    assert "scale 2" in confirmed


def test_observations_are_asked_for_with_a_red_flag_or_a_detention():
    assert "pulse" not in lacking()
    assert "pulse" in lacking(sepsis="yes")
    detained = filled(DetentionForm, power="s136_1_a", used_at="2026-11-22T19:00:00.000Z")
    assert "pulse" in lacking(context(detained))
    assert "pulse" not in lacking(context(filled(DetentionForm, power="none")))


@pytest.mark.parametrize(
    ("name", "raw", "fine"),
    [
        ("spo2", "0", False), ("spo2", "1", True), ("spo2", "100", True), ("spo2", "101", False),
        ("pulse", "0", True), ("pulse", "351", False), ("respiration_rate", "100", True),
        ("respiration_rate", "101", False),
        ("temperature", "9.9", False), ("temperature", "10.0", True), ("temperature", "46", True),
        ("temperature", "46.1", False),
        ("temperature", "36.85", False), ("temperature", "36.8", True), ("temperature", "4E1", False),
        ("head_injury_detail", ["none", "gcs_below_15"], False), ("head_injury_detail", ["none"], True),
    ],
)  # fmt: skip
def test_slips_of_the_finger_are_pointed_out_on_both_sides(name: str, raw: object, fine: bool):
    assert (check(AssessmentForm, name, raw).problem == "") is fine


def test_the_mental_state_examination_has_ten_headings_with_phrases_and_no_numbers():
    page = [question for question in questions(AssessmentForm).values() if question.page == "Mental state examination"]
    assert len(page) == 10
    assert all(question.long and question.phrases and question.required and question.answer is str for question in page)


def test_numbers_stand_only_among_the_observations():
    for question in questions(AssessmentForm).values():
        assert question.page == "NEWS2 observations" or question.answer is not int, question.name


def test_suicidal_thinking_is_asked_when_it_is_about_that():
    names = {question.name for question in shown(AssessmentForm, {}, context())}
    assert "suicidal_thinking" not in names
    assert {"suicidal_thinking", "means"} <= lacking(presenting_themes=["suicidal_thoughts"])
    assert "means_action" in lacking(presenting_themes=["suicidal_thoughts"], means=["medicines"])
    assert "means_action" not in lacking(presenting_themes=["suicidal_thoughts"], means=["none"])


def test_the_officer_reads_the_dangers_and_nothing_else():
    marked = [name for name, question in questions(AssessmentForm).items() if question.police]
    assert marked == ["danger_kinds", "responder_danger"]
    assert "danger_kinds" in lacking()


def test_the_pages_begin_with_physical_health():
    assert pages(AssessmentForm)[0] == "Physical health"
    assert pages(AssessmentForm).index("NEWS2 observations") < pages(AssessmentForm).index("Mental state examination")


@pytest.mark.parametrize("form", [AssessmentForm, PersonForm, CapacityForm])
def test_no_page_asks_more_than_12(form):
    for page in pages(form):
        asked = [each for each in questions(form).values() if each.page == page and not each.hidden]
        assert len(asked) <= 12, page


@pytest.mark.parametrize("mode", Mode)
def test_an_assessment_is_due_when_the_person_was_met_or_spoken_to(mode: Mode):
    contact = filled(ContactForm, contact_mode=mode.value)
    assert bool(AssessmentForm.due(context(contact))) is (mode in (Mode.FACE_TO_FACE, Mode.PHONE, Mode.VIDEO))
    assert AssessmentForm.expected(context(contact)) is (mode not in WITHOUT_PERSON)
    not_mh = context(contact, filled(IncidentForm, nature="not_mh"))
    assert AssessmentForm.due(not_mh) == ""
    assert not AssessmentForm.expected(not_mh)


def test_advice_first_and_then_a_visit_needs_an_assessment():
    both = context(
        filled(ContactForm, contact_mode="phone_advice_to_officer"), filled(ContactForm, contact_mode="face_to_face")
    )
    assert AssessmentForm.due(both)
    assert AssessmentForm.expected(both)
    assert AssessmentForm.expected(context())
    assert AssessmentForm.due(context()) == ""

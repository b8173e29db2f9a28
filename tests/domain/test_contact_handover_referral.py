"""Advice to officers, Right Care Right Person, and what the police say."""

import pytest

from sync.domain.catalogue.contact.form import ContactForm, open_redirect
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm, Nature
from sync.domain.catalogue.police import PoliceInformationForm
from sync.domain.catalogue.referral import ReferralForm
from sync.domain.catalogue.shift import ShiftForm
from sync.domain.clinical.modes import ADVICE, Mode, activity, consultation_mechanism
from sync.domain.forms import check, shown, suggestion
from tests.steps.records import context, filled, lacking, said, utc

NINE = "2026-11-22T21:00:00.000Z"


# --- contact ---

CONTROL = {"contact_mode": "control_room_triage", "police_present": "no", "rcrp_relevant": "yes"}
DECIDED = CONTROL | {
    "rcrp_call_type": "welfare", "rcrp_threshold": ["not_met"],
    "rcrp_rationale": "No crime; breathing, talking, at home.",
    "rcrp_decided_by": "Sam Hill, coordinator", "rcrp_decided_at": NINE,
}  # fmt: skip


@pytest.mark.parametrize("mode", sorted(ADVICE))
def test_advice_to_an_officer_is_a_contact_of_its_own(mode: str):
    found = lacking(ContactForm, contact_mode=mode, police_present="no")
    assert found == {"officers", "officer_intended_action", "advice_given"}
    asked = {question.name for question in shown(ContactForm, {"contact_mode": mode}, context())}
    assert "started_at" not in asked
    assert {"call_started_at", "call_ended_at", "officer_question"} <= asked


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
    assert {"advice_accepted", "advice_rationale", "advice_given_at"} <= lacking(ContactForm, **found)
    assert "advice_not_accepted_reason" in lacking(ContactForm, **found, advice_accepted="no")
    assert "advice_not_accepted_reason" not in lacking(ContactForm, **found, advice_accepted="yes")


def test_a_time_of_advice_that_was_tapped_is_not_typed_again():
    tapped = context(filled(IncidentForm, advice_given={"at": NINE}))
    found = {"contact_mode": "phone_advice_to_officer", "advice_given": "Stay"}
    assert "advice_given_at" not in lacking(ContactForm, tapped, **found)
    assert suggestion(ContactForm, "advice_given_at", found, tapped) == NINE


def test_without_police_nothing_is_asked_about_them():
    assert lacking(ContactForm, contact_mode="face_to_face", police_present="no") == set()
    assert "officers" in lacking(
        ContactForm, context(police_present=True), contact_mode="face_to_face", police_present="no"
    )


def test_officers_and_their_plan_are_asked_for_once_in_an_incident():
    named = filled(
        ContactForm, police_present="yes", officer_intended_action="s136", **{"officers.1": {"name": "Hill"}}
    )
    about = context(named, police_present=True)
    assert lacking(ContactForm, about, contact_mode="phone_with_person", police_present="no") == set()
    assert {"officers", "officer_intended_action"} <= lacking(
        ContactForm, about, contact_mode="radio_advice_to_officer"
    )


def test_an_officer_released_before_arriving_is_a_question():
    item = {"name": "Sam Hill", "arrived": NINE, "released": "2026-11-22T20:59:00.000Z"}
    assert "Sam Hill is released before they arrived" in said(filled(ContactForm, **{"officers.1": item}), context())
    assert (
        said(filled(ContactForm, **{"officers.1": item | {"released": NINE}}), context(now=utc("2026-11-22 21:30")))
        == ""
    )


def test_a_contact_that_ends_before_it_begins_is_a_question():
    for name in ("started_at", "call_started_at"):
        ends = name.replace("started", "ended")
        early = filled(ContactForm, **{name: NINE, ends: "2026-11-22T20:59:00.000Z"})
        assert "ends before it begins" in said(early, context())
        assert said(filled(ContactForm, **{name: NINE, ends: NINE}), context()) == ""


@pytest.mark.parametrize("mode", Mode)
def test_right_care_right_person_only_in_the_control_room(mode: Mode):
    asked = {
        name for name in lacking(ContactForm, contact_mode=mode.value, police_present="no") if name.startswith("rcrp")
    }
    everything_asked = {"rcrp_relevant", "rcrp_call_type", "rcrp_threshold", "rcrp_rationale", "rcrp_decision"}
    everything_asked |= {"rcrp_decided_by", "rcrp_decided_at"}
    assert asked == (everything_asked if mode == Mode.CONTROL_ROOM else set())


def test_where_right_care_right_person_does_not_apply_nothing_more_is_asked():
    assert lacking(ContactForm, **CONTROL | {"rcrp_relevant": "no"}) == set()


@pytest.mark.parametrize(
    ("decision", "asked"),
    [
        ("deploy", set()),
        ("not_deploy", {"rcrp_caller_told"}),
        ("redirect", {"rcrp_caller_told", "rcrp_agency_type", "rcrp_accepted_by", "rcrp_accepted_at"}),
        ("advice_only", {"rcrp_caller_told"}),
    ],
)
def test_what_a_decision_asks_for(decision: str, asked: set[str]):
    assert lacking(ContactForm, **DECIDED, rcrp_decision=decision) == asked


def test_passed_to_nobody_waits_for_nobody():
    given = DECIDED | {"rcrp_decision": "redirect", "rcrp_agency_type": "none"}
    assert lacking(ContactForm, **given) == {"rcrp_caller_told"}
    assert not open_redirect(filled(ContactForm, **given))


def test_none_of_these_stands_alone():
    assert check(ContactForm, "rcrp_threshold", ["not_met", "crime"]).problem
    assert not check(ContactForm, "rcrp_threshold", ["not_met"]).problem
    assert not check(ContactForm, "rcrp_threshold", ["life", "crime"]).problem


@pytest.mark.parametrize(("characters", "asked"), [(19, True), (20, False)])
def test_a_short_reason_is_asked_about_and_never_blocks(characters: int, asked: bool):
    form = filled(ContactForm, **DECIDED | {"rcrp_rationale": " " + "x" * characters + " "})
    assert ("Say a little more" in said(form, context())) is asked
    assert "rcrp_rationale" not in lacking(ContactForm, **DECIDED | {"rcrp_rationale": "x"})


def test_a_redirected_call_is_open_until_somebody_accepts_and_the_caller_is_told():
    form = filled(ContactForm, contact_mode="control_room_triage", rcrp_decision="redirect", rcrp_caller_told="no")
    assert "stays open" in said(form, context())
    assert "Tell the caller" in said(form, context())


@pytest.mark.parametrize(("mode", "table", "mechanism"), [
    ("face_to_face", "MHS201", "01"), ("phone_with_person", "MHS201", "02"), ("video_with_person", "MHS201", "11"),
    ("custody_ld_face_to_face", "MHS201", "01"), ("custody_ld_remote", "MHS201", "98"),
    ("voluntary_attender_ld", "MHS201", "01"),
    ("phone_advice_to_officer", "MHS204", None), ("radio_advice_to_officer", "MHS204", None),
    ("control_room_triage", "MHS204", None), ("third_party_contact", "MHS204", None),
])  # fmt: skip
def test_what_the_national_data_set_is_told_follows_from_the_mode(mode: str, table: str, mechanism: str | None):
    assert activity(Mode(mode)) == table
    assert consultation_mechanism(Mode(mode)) == mechanism


def test_a_contact_is_asked_for_unless_it_is_no_mental_health_incident():
    due = {nature: ContactForm.due(context(filled(IncidentForm, nature=nature))) for nature in Nature}
    assert [nature for nature, why in due.items() if not why] == [Nature.NOT_MH]
    assert ContactForm.due(context()) == ""


# --- the incident's own page ---


def test_one_of_four_ways_to_say_where_is_enough():
    assert "location" in lacking(IncidentForm, nature="mh_primary")
    for name, where in {"postcode": "PE29 3AB", "what3words": "one.two.three", "grid_ref": "TL 240 718"}.items():
        assert "location" not in lacking(IncidentForm, nature="mh_primary", **{name: where})


@pytest.mark.parametrize(
    ("name", "right", "kept", "wrong"),
    [
        ("postcode", "pe293ab", "PE29 3AB", "PE29"), ("postcode", "cb1 2ab", "CB1 2AB", "1CB 2AB"),
        ("what3words", "///one.two.three", "///one.two.three", "one two three"),
        ("grid_ref", "TL 240 718", "TL 240 718", "TL 24"),
        ("grid_ref", "tl2471", "tl2471", "T 2471"),
    ],
)  # fmt: skip
def test_places_are_read_as_they_are_written(name: str, right: str, kept: str, wrong: str):
    checked = check(IncidentForm, name, right)
    assert (checked.problem, checked.value) == ("", kept)
    assert check(IncidentForm, name, wrong).problem


def test_danger_at_the_scene_asks_who_was_told():
    assert "scene_told" in lacking(IncidentForm, scene_dangers=["weapons"])
    assert "scene_told" not in lacking(IncidentForm, scene_dangers=["none"])
    assert "Say who was told" in said(filled(IncidentForm, scene_dangers=["dogs"]), context())
    assert check(IncidentForm, "scene_dangers", ["none", "dogs"]).problem
    assert "scene_dangers" in lacking(IncidentForm, context(filled(ContactForm, contact_mode="face_to_face")))
    assert "scene_dangers" not in lacking(IncidentForm, context(filled(ContactForm, contact_mode="phone_with_person")))


def test_the_outcome_that_other_sections_tell_is_offered():
    about = context(filled(DetentionForm, power="s136_1_a"), filled(ReferralForm, destination="A02"))
    assert suggestion(IncidentForm, "incident_outcome", {}, about) == ["crisis_team", "s136"]
    assert suggestion(IncidentForm, "incident_outcome", {}, context()) is None


# --- what the police say ---


@pytest.mark.parametrize(("until", "words"), [
    (None, "until when"), ("2026-11-21", "has run out"), ("2026-11-22", ""),
])  # fmt: skip
def test_a_police_marker_holds_until_its_day(until: str | None, words: str):
    item = {"facts": "Knife, 2024", "source": "PNC", "expires_on": until}
    text = said(filled(PoliceInformationForm, **{"markers.1": item}), context(now=utc("2026-11-22 20:00")))
    assert words in text
    assert bool(text) is bool(words)


@pytest.mark.parametrize("police", [True, False])
def test_police_information_is_on_the_list_when_police_are_there(police: bool):
    assert PoliceInformationForm.expected(context(police_present=police)) is police
    assert lacking(PoliceInformationForm, context(police_present=police)) == set()


def test_a_video_reference_is_not_typed_twice():
    about = context(filled(DetentionForm, body_worn_video_ref="BWV-7"))
    assert suggestion(PoliceInformationForm, "body_worn_video_refs", {}, about) == "BWV-7"


# --- shift ---


def test_a_shift_needs_a_car_a_day_a_nurse_and_a_start():
    assert lacking(ShiftForm) == {"car", "day", "crew_nurse", "started_at"}
    form = filled(ShiftForm, started_at=NINE, ended_at="2026-11-22T20:59:00.000Z")
    assert "before the start" in said(form, context())

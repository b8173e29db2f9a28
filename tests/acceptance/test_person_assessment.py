"""The person, the assessment and capacity against the acceptance lines, the vignettes and the mistakes to avoid."""

import re

import pytest

from sync.domain.catalogue import CATALOGUE
from sync.domain.catalogue.assessment.form import AssessmentForm
from sync.domain.catalogue.capacity import ABILITIES, CapacityForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.clinical.news2 import score
from sync.domain.documents.handover_sheet import handover_sheet
from sync.domain.forms import Unavailable, check, missing, questions, read, rest, suggestion
from sync.domain.records.incident import label
from sync.domain.records.matching import NEVER_COPIED, carried
from sync.domain.records.tasks import tasks
from sync.pack_files import SHIPPED
from tests.steps.builders import PACKS
from tests.steps.observations import seen
from tests.steps.records import NOW, Case, context, filled, grave, said

FORMS = (PersonForm, AssessmentForm, CapacityForm)
CLEAR = dict.fromkeys(
    ("abd", "consciousness_reduced", "breathing_difficulty", "chest_pain", "seizure", "head_injury", "overdose",
     "asphyxia", "bleeding", "sepsis", "diabetes", "burns", "hypothermia", "pregnancy_problem", "delirium"),
    "no",
)  # fmt: skip


def case(mode: str, nature: str = "mh_primary") -> Case:
    made = Case()
    made.add("incident", {"nature": nature, "location": "12 Mill Road"})
    made.add("contact", {"contact_mode": mode, "police_present": "yes"})
    return made


def asked(made: Case, kind: str) -> set[str]:
    return {lack.name for task in tasks(made.incident, PACKS, NOW) if task.kind == kind for lack in task.missing}


def on_the_list(made: Case) -> set[str]:
    return {task.kind for task in tasks(made.incident, PACKS, NOW) if task.expected}


@pytest.mark.parametrize("mode", ["phone_advice_to_officer", "radio_advice_to_officer", "control_room_triage"])
def test_stf_2_advice_is_finished_without_a_person(mode: str):
    made = case(mode)
    assert not asked(made, "person")
    assert not asked(made, "assessment")
    assert "assessment" not in on_the_list(made)


def test_stf_2_a_person_who_is_unknown_can_be_finished_and_told_from_another():
    made = case("face_to_face")
    assert asked(made, "person") == {""}
    made.add("person", {"identity_status": "unknown", "sex": "1", "approx_age": 30})
    assert re.fullmatch(r"Unknown male approx 30 – [A-Z]{2}-\d{4}", label(made.incident))
    answers = made.record("person").values
    about = made.incident.context(PACKS, NOW)
    finished = rest(PersonForm, answers, about, Unavailable.NOT_KNOWN)
    assert missing(PersonForm, {**answers, **finished}, about) == []


def test_cam_3_what_is_not_about_mental_health_asks_for_no_person_and_no_assessment():
    made = case("face_to_face", nature="not_mh")
    assert not asked(made, "person")
    assert not asked(made, "assessment")
    assert not {"person", "assessment"} & on_the_list(made)


def test_cam_5_what_was_recorded_once_is_offered_and_not_typed_again():
    made = case("face_to_face")
    given = {"overdose_substance": "Paracetamol", "means_action": "Tablets taken away"}
    about = made.incident.context(PACKS, NOW)
    assert suggestion(AssessmentForm, "setting", given, about) == "12 Mill Road"
    assert suggestion(AssessmentForm, "self_harm_method", given, about) == "Paracetamol"
    assert suggestion(AssessmentForm, "plan_safe_place", given, about) == "Tablets taken away"


def test_pil_8_no_question_and_no_choice_labels_a_person_by_how_often_they_call():
    label_words = re.compile(
        r"high[\s_-]*intensity|frequent|persistent|repeat caller|sanction|\bSIM\b|personality", re.I
    )
    for form in CATALOGUE.values():
        for question in questions(form).values():
            words = [question.name, question.text, question.hint, *question.phrases]
            words += [word for choice in question.choices for word in (choice.value, choice.label)]
            assert not [word for word in words if label_words.search(word)], (form.kind, question.name)


def test_v3_a_girl_said_to_be_18_is_asked_about_as_a_child_before_and_after_her_age_is_known():
    made = case("face_to_face")
    child = {"parental_responsibility", "looked_after", "child_protection_plan", "school"}
    made.add("person", {"identity_status": "stated", "given_name": "Mia", "family_name": "Example", "approx_age": 18})
    assert asked(made, "person") >= child
    assert made.record("person").values["approx_age"] == 18
    about = made.incident.context(PACKS, NOW)
    assert "understand" in {lack.name for lack in missing(CapacityForm, {}, about)}
    made.add("person", {"date_of_birth": "2011-03-05", "looked_after": "yes"})
    about = made.incident.context(PACKS, NOW)
    assert asked(made, "person") >= child - {"looked_after"}
    assert "Under 18" in said(about.one(PersonForm), about)
    assert "gillick_understands" in {lack.name for lack in missing(CapacityForm, {}, about)}
    assert not {lack.name for lack in missing(CapacityForm, {}, about)} & set(ABILITIES)
    cut = filled(AssessmentForm, bleeding="yes", respiration_rate=26, pulse=132, presenting_themes=["self_harm"])
    assert "NEWS2 is not for people under 16" in said(cut, about)
    assert not re.search(r"NEWS2 (\d|incomplete)", said(cut, about))
    assert {"self_harm_method", "child_concern"} <= {
        lack.name
        for lack in missing(AssessmentForm, {"presenting_themes": ["self_harm"], "safeguarding_child": "yes"}, about)
    }


def test_v7_a_head_injury_by_a_partner_goes_to_ed_and_is_talked_about_alone():
    made = case("face_to_face")
    made.add("person", {
        "identity_status": "stated", "phone": "07700 900123", "safe_to_contact": "no", "dependants_present": "yes",
        "dependants.1": {"kind": "child", "name": "Ava", "born": "6", "where": "asleep upstairs"},
        "dependants.2": {"kind": "child", "name": "Ben", "born": "3", "where": "asleep upstairs"},
    })  # fmt: skip
    hurt = {
        **CLEAR, "head_injury": "yes", "head_injury_detail": ["loss_of_consciousness"], "others_present": "Her partner",
        "seen_alone": "no", "harm_from_others": ["domestic_abuse"],
    }  # fmt: skip
    made.add("assessment", hurt)
    about = made.incident.context(PACKS, NOW)
    form = about.one(AssessmentForm)
    assert "ED now" in grave(form, about)[0]
    text = said(form, about)
    assert "any loss of consciousness. Go to ED" in text
    assert "see the person alone" in text
    assert "is there a safeguarding concern" in text
    assert "A child relies on this person" in said(about.one(PersonForm), about)
    assert asked(made, "assessment") >= {
        "red_flag_action",
        "red_flag_action_at",
        "da_dash",
        "da_children",
        "da_safe_contact",
    }
    assert suggestion(AssessmentForm, "da_children", hurt, about) == "Ava, 6, asleep upstairs\nBen, 3, asleep upstairs"
    assert suggestion(AssessmentForm, "da_safe_contact", hurt, about) is None
    dash = [question for name, question in questions(AssessmentForm).items() if "dash" in name]
    assert not [question for question in dash if question.answer is int], "a reference, and never a result"


def test_v9_a_repeat_contact_starts_from_a_blank_assessment_and_a_care_plan_that_is_looked_for():
    earlier = {"given_name": "Sam", "family_name": "Example", "what_helps": "A quiet voice", "known_to_services": "yes"}
    assert carried(earlier) == {"given_name": "Sam", "family_name": "Example", "what_helps": "A quiet voice"}
    assert "assessment" in NEVER_COPIED
    about = context(filled(PersonForm, known_to_services="yes"))
    assert {"care_coordinator", "crisis_plan_seen"} <= {
        lack.name for lack in missing(PersonForm, {"known_to_services": "yes"}, about)
    }
    assert "safety_formulation" in {lack.name for lack in missing(AssessmentForm, {}, about)}


def test_mistake_1_nothing_about_suicide_is_counted_or_graded():
    """Numbers stand only among the observations; no question or choice grades a person."""
    graded = re.compile(r"\b(low|medium|moderate|high)\b(?! mood)", re.I)
    for form in FORMS:
        for question in questions(form).values():
            assert question.answer is not int or question.page in ("NEWS2 observations", "Identity"), question.name
            for choice in question.choices:
                assert not graded.search(choice.label.replace("low blood sugar", "")), choice.label
    assert "safety_formulation" in {lack.name for lack in missing(AssessmentForm, {}, context())}


def test_mistake_8_capacity_is_one_decision_and_is_not_a_tick():
    assert CapacityForm.repeats
    required = {lack.name for lack in missing(CapacityForm, {"conclusion": "lacks"}, context())}
    assert {"decision", "information_given", "how_supported", *ABILITIES} <= required
    assert not any("capacity" in name for form in (PersonForm, AssessmentForm) for name in questions(form))
    names = list(questions(CapacityForm))
    assert max(names.index(name) for name in ABILITIES) < names.index("impairment_present")
    assert "has capacity" not in said(filled(CapacityForm), context())


def test_mistake_9_physical_health_comes_first_and_missing_is_never_0():
    assert next(iter(questions(AssessmentForm).values())).page == "Physical health"
    assert asked_flags() == set(CLEAR)
    partly = filled(AssessmentForm, **CLEAR, respiration_rate=16, spo2=98)
    assert "NEWS2 incomplete" in said(partly, context())
    assert not re.search(r"NEWS2 \d", said(partly, context()))
    drunk = {lack.name for lack in missing(AssessmentForm, {"alcohol": "confirmed"}, context())}
    assert {"mse_mood", "plan_made", "substance_effect"} <= drunk, "alcohol excuses from no part of the assessment"


def asked_flags() -> set[str]:
    return {lack.name for lack in missing(AssessmentForm, {}, context())} & set(CLEAR)


@pytest.mark.parametrize(
    ("observations", "scale_2", "total"),
    [
        ("16/98/air/125/75/A/36.8", False, 0), ("21/93/air/120/95/A/37.5", False, 5),
        ("26/94/air/150/132/C/39.2", False, 12), ("20/96/air/111/90/A/38.0", False, 0),
        ("21/95/air/110/91/A/38.1", False, 6), ("18/93/air/120/80/A/36.5", True, 0),
        ("18/97/oxygen/120/80/A/36.5", True, 5), ("8/88/oxygen/90/40/U/35.0", False, 20),
        ("14/99/air/220/60/A/36.0", False, 4),
    ],
)  # fmt: skip
def test_mistake_9_news2_gives_the_agreed_totals(observations: str, scale_2: bool, total: int):
    assert score(seen(observations, scale_2)).total == total


def test_mistake_13_the_ethnic_group_is_the_persons_own_and_z_is_not_99():
    codes = {choice.value: choice.label for choice in questions(PersonForm)["ethnic_category"].choices}
    assert codes["Z"] != codes["99"]
    assert "officer" not in " ".join(
        choice.label.lower() for choice in questions(PersonForm)["ethnicity_source"].choices
    )
    assert all(check(PersonForm, "ethnic_category", code).problem for code in ("IC1", "IC2", "IC3", "IC4", "IC6"))
    made = case("face_to_face")
    made.add("person", {"ethnic_category": "M", "ethnicity_source": "person"})
    assert not any("Caribbean" in said for _, said in handover_sheet(made.incident))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("why", Unavailable)
def test_mistake_15_every_record_can_be_finished_whatever_could_not_be_got(form, why: Unavailable):
    finished = rest(form, {}, context(), why, "Would not speak")
    assert missing(form, finished, context()) == []
    assert read(form, finished).unread == ()


def test_mistake_15_the_scale_and_the_score_are_named_with_their_licence():
    well = filled(AssessmentForm, respiration_rate=16)
    assert any("Royal College of Physicians" in note.source for note in AssessmentForm.notes(well, context()))
    assert "licence needed" in questions(AssessmentForm)["ukmhts_category"].hint
    shipped = [(SHIPPED / pack / "rules.json").read_text(encoding="utf-8") for pack in ("rules-2017.1", "rules-2025.1")]
    assert all("triage_licence" in text for text in shipped)

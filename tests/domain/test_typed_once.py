"""Facts are typed once: the shift's crew, officers named before, the ambulance's times are offered again."""

import pytest

from sync.domain.catalogue.contact.codes import Officer
from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.contact.officers import in_text
from sync.domain.catalogue.detention.form import DetentionForm
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.letter import LetterForm
from sync.domain.catalogue.person.codes import Basis
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.catalogue.referral import ReferralForm
from sync.domain.forms import check, questions, shown, suggestion
from tests.steps.records import context, event, filled

FORCE = "Cambridgeshire Constabulary"
HART = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417", "force": FORCE}
CREW = filled(IncidentForm, crew_nurse="Amara Okafor", crew_officer="PC Dan Hart 2417")


@pytest.mark.parametrize(
    ("text", "rank", "name", "collar"),
    [
        ("PC Dan Hart 2417", "PC", "Dan Hart", "2417"),
        ("PC 4411 Reed", "PC", "Reed", "4411"),
        ("Dan Hart, PC, 2417", "PC", "Dan Hart", "2417"),
        ("pc dan hart 2417", "PC", "dan hart", "2417"),
        ("Sgt. Máire O’Neill CP102", "Sgt", "Máire O’Neill", "CP102"),
        ("Jean-Luc St. Clair", "", "Jean-Luc St. Clair", ""),
        ("2417", "", "", "2417"),
        ("PC 2417", "PC", "", "2417"),
        ("Hart", "", "Hart", ""),
    ],
)
def test_a_line_about_one_officer_is_read_into_its_parts(text: str, rank: str, name: str, collar: str):
    assert in_text(text, FORCE) == Officer(name=name, rank=rank, collar_number=collar, force=FORCE)


@pytest.mark.parametrize(
    "text",
    [
        "PC Dan Hart 2417 and PC Eve Low 3102",
        "Dan Hart and Eve Low",
        "Dan Hart / Eve Low",
        "PC Hart (BTP) 2417",
        "one two three four",
        "Hart 2417 3102",
    ],
)
def test_what_is_not_clearly_one_officer_becomes_the_name_whole(text: str):
    assert in_text(text, FORCE) == Officer(name=text)


def test_an_officer_in_one_line():
    assert Officer.model_validate(HART).label == "PC Dan Hart 2417"
    assert Officer(arrived=None).label == ""


def test_the_officer_of_the_car_is_offered_for_the_first_contact():
    assert suggestion(ContactForm, "officers", {}, context(CREW)) == [HART]
    assert suggestion(ContactForm, "officers", {"contact_mode": "face_to_face"}, context(CREW)) == [HART]
    assert suggestion(ContactForm, "officers", {}, context(filled(IncidentForm))) is None
    assert suggestion(ContactForm, "officers", {}, context()) is None


@pytest.mark.parametrize(
    ("mode", "offered"),
    [
        ("face_to_face", True),
        ("phone_with_person", True),
        ("phone_advice_to_officer", False),
        ("control_room_triage", False),
    ],
)
def test_who_asks_from_elsewhere_is_not_the_officer_of_the_car(mode: str, offered: bool):
    assert (suggestion(ContactForm, "officers", {"contact_mode": mode}, context(CREW)) is not None) is offered


@pytest.mark.parametrize(
    "held", [{"officers.a": {"name": "Eve Low"}}, {"officers.unavailable": {"unavailable": "declined"}}]
)
def test_where_an_officer_is_named_none_is_offered(held: dict):
    assert suggestion(ContactForm, "officers", held, context(CREW)) is None
    assert suggestion(ContactForm, "officers", dict.fromkeys(held), context(CREW)) == [HART]


def test_officers_named_in_an_earlier_contact_are_offered_once_each_and_without_their_times():
    low = {"name": "Eve Low", "collar_number": "3102", "arrived": "2026-11-22T19:00:00.000Z"}
    first = filled(ContactForm, **{"officers.a": low, "officers.b": HART})
    second = filled(ContactForm, **{"officers.c": {**low, "rank": "PC"}, "officers.d": {}})
    offered = suggestion(ContactForm, "officers", {}, context(CREW, first, second))
    assert offered == [{"name": "Eve Low", "collar_number": "3102"}, HART]
    assert all(check(ContactForm, "officers.1", each).problem == "" for each in offered)


@pytest.mark.parametrize(
    ("role", "offered"),
    [({}, "Amara Okafor"), ({"consulted_role": "nurse"}, "Amara Okafor"), ({"consulted_role": "amhp"}, None)],
)
def test_the_nurse_of_the_car_is_offered_as_who_was_consulted(role: dict, offered: str | None):
    assert suggestion(DetentionForm, "consulted_name", role, context(CREW)) == offered
    assert suggestion(DetentionForm, "consulted_name", role, context()) is None


def test_the_ambulances_times_are_offered_from_the_ribbon():
    names = ("requested", "arrived", "declined")
    times = {f"ambulance_{name}": event(f"2026-11-22 19:0{n}") for n, name in enumerate(names)}
    about = context(filled(IncidentForm, **times))
    for n, name in enumerate(names):
        offered = suggestion(DetentionForm, f"ambulance_{name}_at", {}, about)
        assert offered == f"2026-11-22T19:0{n}:00.000Z"
        assert suggestion(DetentionForm, f"ambulance_{name}_at", {}, context(filled(IncidentForm))) is None
    assert suggestion(DetentionForm, "ambulance", {}, about) == "attended"
    late = context(filled(IncidentForm, ambulance_requested=times["ambulance_requested"]))
    assert suggestion(DetentionForm, "ambulance", {}, late) is None


@pytest.mark.parametrize("name", ["ambulance_requested", "ambulance_arrived", "ambulance_declined"])
def test_an_ambulances_time_that_the_detention_has_is_not_asked_for_on_the_incident(name: str):
    def asked(*forms, **answers) -> bool:
        return name in {question.name for question in shown(IncidentForm, answers, context(*forms))}

    told = filled(DetentionForm, **{f"{name}_at": "2026-11-22T19:00:00.000Z"})
    assert asked()
    assert asked(filled(DetentionForm))
    assert not asked(told)
    assert asked(told, **{name: event("2026-11-22 19:00")}), "what has an answer stays in sight"


def test_the_crew_stands_on_no_screen_and_on_no_copy_for_the_police():
    for name in ("crew_nurse", "crew_officer"):
        question = questions(IncidentForm)[name]
        assert (question.hidden, question.police, question.required) == (True, False, False)


def test_there_is_one_list_of_bases_for_sharing():
    asked = {(PersonForm, "family_contact_basis"), (ReferralForm, "info_basis"), (LetterForm, "info_basis")}
    assert {questions(form)[name].answer for form, name in asked} == {Basis}

"""Section 136: what is asked, what is warned of, and that nothing is ever in the way of recording what happened."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync.domain.catalogue.contact.form import ContactForm
from sync.domain.catalogue.detention.codes import HomeRoute
from sync.domain.catalogue.detention.form import DetentionForm, clock_of, station_for_a_child
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person.form import PersonForm
from sync.domain.forms import Context, check, missing, shown, suggestion
from tests.steps.builders import LAW, PACKS
from tests.steps.records import NOW, Case, at, context, filled, grave, said, utc

COMING = PACKS.rule_pack("rules-2025.1", date(2026, 11, 22)).rules

REMOVED = {"power": "s136_1_a", "arrival_first_pos_at": "2026-10-24T17:00:00.000Z"}


def detained(**answers: Any) -> DetentionForm:
    return filled(DetentionForm, **answers)


def lacking(about=None, **answers: Any) -> set[str]:
    return {lack.name for lack in missing(DetentionForm, answers, about or context())}


@pytest.mark.parametrize(
    ("power", "here", "incident", "warned"),
    [
        ("s136_1_a", "yes", None, True),
        ("s136_1_b", "yes", None, True),
        (None, None, "yes", True),  # about to be recorded
        ("s136_1_a", None, "yes", True),
        ("s136_1_a", "no", "yes", False),  # what is said here goes before the incident's address
        ("s135_1", "yes", "yes", False),
        ("none", "yes", "yes", False),
        ("s136_1_a", "not_known", None, False),
        ("s136_1_a", None, None, False),
    ],
)
def test_a_dwelling_warns_and_never_blocks(power: str | None, here: str | None, incident: str | None, warned: bool):
    about = context(filled(IncidentForm, dwelling=incident))
    form = detained(power=power, dwelling=here)
    assert (len(grave(form, about)) == 1) is warned
    assert check(DetentionForm, "dwelling", "yes").problem == ""
    assert check(DetentionForm, "power", "s136_1_a").problem == ""


@pytest.mark.parametrize(
    ("person", "warned"),
    [
        ({"date_of_birth": "2008-11-23"}, True), ({"date_of_birth": "2008-11-22"}, False), ({"approx_age": 22}, True),
        ({"approx_age": 23}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_police_station_is_never_for_under_18(person: dict, warned: bool):
    form = detained(power="s136_1_a", pos_type="police_station")
    about = context(filled(PersonForm, **person))
    assert (len(grave(form, about)) == 1) is warned
    assert grave(detained(power="s136_1_a", pos_type="hbpos"), about) == []
    assert check(DetentionForm, "pos_type", "police_station").problem == ""


def test_an_unknown_age_at_a_police_station_is_said():
    assert "age is not recorded" in said(detained(power="s136_1_a", pos_type="police_station"), context())


def test_an_adult_at_a_police_station_needs_every_condition():
    some = detained(power="s136_1_a", pos_type="police_station", station_conditions=["imminent", "inspector"])
    assert "Not recorded as met" in said(some, context())
    assert "30 minutes" in said(some, context())
    assert "station_conditions" in lacking(power="s136_1_a", pos_type="police_station")


@pytest.mark.parametrize("ground", ["appears_disordered", "needs_care_now", "necessary"])
def test_all_three_grounds_are_needed_for_section_136(ground: str):
    assert ground in lacking(power="s136_1_a")
    assert ground not in lacking(power="s135_1")
    assert "All three grounds" in said(detained(power="s136_1_a", **{ground: "no"}), context())
    assert "All three grounds" not in said(detained(power="s136_1_a", **{ground: "yes"}), context())


def test_considered_and_not_used_asks_why_and_little_else():
    assert lacking(power="none") == {"considered_not_used_reason"}


def test_consulting_or_why_not():
    assert "consultation_reason" in lacking(power="s136_1_a", consultation_practicable="no")
    assert "consulted_role" not in lacking(power="s136_1_a", consultation_practicable="no")
    assert {"consulted_role", "consulted_at"} <= lacking(power="s136_1_a", consultation_practicable="yes")


@pytest.mark.parametrize(("minute", "late"), [("00", False), ("01", True)])
def test_a_consultation_after_the_event_is_said(minute: str, late: bool):
    form = detained(
        power="s136_1_a", used_at="2026-11-22T19:00:00.000Z", consulted_at=f"2026-11-22T19:{minute}:00.000Z"
    )
    assert ("after the power was used" in said(form, context())) is late


def test_the_clock_in_words_across_the_change_to_winter_time():
    text = said(detained(**REMOVED, amhp_informed_at="2026-10-24T17:30:00.000Z"), context(now=at("2026-10-24 19:00")))
    assert text == "Started 24 Oct 2026 18:00. Ends 25 Oct 2026 17:00: 23 h 00 min left."


@pytest.mark.parametrize(("now", "told"), [("2026-10-24 20:59", True), ("2026-10-24 21:00", False)])
def test_3_hours_without_an_amhp(now: str, told: bool):
    assert ("no AMHP told" in said(detained(**REMOVED), context(now=at(now)))) is not told


def test_the_hours_that_have_gone():
    assert "12 of the 24 hours" in said(detained(**REMOVED), context(now=utc("2026-10-25 05:00")))
    assert "of the 24 hours" not in said(detained(**REMOVED), context(now=utc("2026-10-25 04:59")))


@pytest.mark.parametrize(("ended", "over"), [("2026-10-25T17:00:00.000Z", False), ("2026-10-25T17:01:00.000Z", True)])
def test_ending_in_time_on_both_sides(ended: str, over: bool):
    text = said(detained(**REMOVED, ended_at=ended), context(now=utc("2026-10-26 10:00")))
    assert ("exceeded" in text) is over


def test_running_out_is_said_and_is_no_interruption():
    form = detained(**REMOVED)
    assert "exceeded" in said(form, context(now=utc("2026-10-25 17:01")))
    assert grave(form, context(now=utc("2026-10-25 17:01"))) == []


def test_removal_starts_on_arrival_and_keeping_with_the_decision():
    kept, arrival = "2026-11-22T10:00:00.000Z", "2026-11-22T12:00:00.000Z"
    for power, starts in (("s136_1_a", "12:00"), ("s136_1_b", "10:00"), ("s135_1", "10:00")):
        running = clock_of(detained(power=power, kept_at=kept, arrival_first_pos_at=arrival), LAW)
        assert running is not None
        assert running.starts_at == utc(f"2026-11-22 {starts}"), power
    assert clock_of(detained(power="none", arrival_first_pos_at=arrival), LAW) is None
    assert clock_of(detained(power="s136_1_a"), LAW) is None
    assert "arrival_first_pos_at" in lacking(power="s136_1_a")
    assert "arrival_first_pos_at" not in lacking(power="s136_1_b", kept_at=kept)


def test_an_extension_for_the_condition_alone():
    given = {**REMOVED, "extension_authorised_at": "2026-10-25T16:59:00.000Z", "extension_hours": 12}
    about = context(now=utc("2026-10-25 18:00"))
    assert "extended: 11 h 00 min left" in said(detained(**given, extension_reason="condition"), about)
    assert "does not count" in said(detained(**given, extension_reason="other"), about)
    running = clock_of(detained(**given, extension_reason="condition"), LAW)
    assert running is not None
    assert running.ends_at - running.starts_at == timedelta(hours=36)
    assert {"extension_reason", "extension_doctor"} <= lacking(**given)
    assert "extension_superintendent" in lacking(**given, pos_type="police_station")


@pytest.mark.parametrize(("hours", "fine"), [(1, True), (12, True), (13, False)])
def test_an_extension_longer_than_the_law_is_recorded_and_does_not_count(hours: int, fine: bool):
    given = {**REMOVED, "extension_authorised_at": "2026-10-25T16:59:00.000Z", "extension_reason": "condition"}
    assert check(DetentionForm, "extension_hours", str(hours)).problem == ""
    text = said(detained(**given, extension_hours=hours), context(now=utc("2026-10-25 16:59")))
    assert ("longer than the law allows" in text) is not fine
    assert check(DetentionForm, "extension_hours", "0").problem


@pytest.mark.parametrize(("reason", "word"), [("bed", "No bed"), ("amhp", "No AMHP"), ("doctor", "No doctor")])
def test_an_extension_for_a_shortage_is_refused_in_words(reason: str, word: str):
    given = {"extension_authorised_at": "2026-10-25T16:00:00.000Z", "extension_hours": 12, "extension_reason": reason}
    form = detained(**REMOVED, **given)
    text = said(form, context(now=utc("2026-10-25 16:30")))
    assert f"The extension does not count: “{word}”. Only the person's condition" in text
    running = clock_of(form, LAW)
    assert running is not None
    assert running.ends_at == utc("2026-10-25 17:00")


@pytest.mark.parametrize(
    ("answers", "asked", "counts"),
    [
        ({"pos_type": "police_station"}, True, False),
        ({"pos_type": "police_station", "extension_superintendent": "Supt Marsh"}, True, True),
        ({"pos_type": "hbpos"}, False, True),
        ({"pos_type": "police_station", "transfers.1": {"to_type": "hbpos"}}, False, True),
        ({"pos_type": "hbpos", "transfers.1": {"to_type": "police_station"}}, True, False),
    ],
)
def test_at_a_police_station_a_superintendent_approves_the_extension(answers: dict, asked: bool, counts: bool):
    given = {
        "extension_authorised_at": "2026-10-25T16:00:00.000Z",
        "extension_hours": 12,
        "extension_reason": "condition",
    }
    running = clock_of(detained(**REMOVED, **given, **answers), LAW)
    assert running is not None
    assert (running.refusal is None) is counts
    names = [question.name for question in shown(DetentionForm, {**REMOVED, **given, **answers}, context())]
    assert ("extension_superintendent" in names) is asked


def test_a_transfer_never_restarts_the_time():
    moved = {"left_place": "ED", "to_type": "hbpos", "to_place": "Suite", "arrived": "2026-10-25T02:00:00.000Z"}
    with_move, without = (
        clock_of(detained(**REMOVED, **{"transfers.1": moved}), LAW),
        clock_of(detained(**REMOVED), LAW),
    )
    assert with_move == without
    assert with_move is not None


def test_the_emergency_department_starts_the_time_as_any_place_does():
    running = clock_of(detained(**REMOVED, pos_type="ed"), LAW)
    assert running is not None
    assert running.starts_at == utc("2026-10-24 17:00")


def test_a_police_vehicle_and_refusals_ask_for_more():
    assert "police_vehicle_reason" in lacking(power="s136_1_a", transport_mode="police")
    assert "police_vehicle_reason" not in lacking(power="s136_1_a", transport_mode="ambulance")
    assert "refusals" in lacking(power="s136_1_a", pos_reason="hbpos_full")
    assert "refusals" not in lacking(power="s136_1_a", pos_reason="clinical_need")
    assert "refusals" not in lacking(
        power="s136_1_a", pos_reason="hbpos_full", **{"refusals.1": {"unit": "Suite A", "reason": "full"}}
    )


def test_force_asks_how_long_by_whom_and_with_what_harm():
    parts = {"force_by", "force_minutes", "force_injuries", "force_checked"}
    assert parts <= lacking(power="s136_1_a", use_of_force=["hold"])
    assert not parts & lacking(power="s136_1_a", use_of_force=["none"])
    assert {"prone_started_at", "prone_ended_at"} <= lacking(power="s136_1_a", use_of_force=["prone"])
    assert not {"prone_started_at", "prone_ended_at"} & lacking(power="s136_1_a", use_of_force=["hold"])


@pytest.mark.parametrize("name", ["pos_informed_at", "amhp_informed_at", "doctor_informed_at"])
def test_the_place_the_amhp_and_a_doctor_are_told(name: str):
    assert name in lacking(power="s136_1_a")
    assert name in lacking(power="s135_1")
    assert name not in lacking(power="none")


def test_how_long_they_were_prone_is_reckoned_and_not_asked():
    begun = {"power": "s136_1_a", "prone_started_at": "2026-11-22T19:00:00.000Z"}
    assert "no end recorded" in said(detained(**begun), context())
    assert "Prone for 3 min." in said(detained(**begun, prone_ended_at="2026-11-22T19:03:00.000Z"), context())


@pytest.mark.parametrize("limb", ["search_danger", "search_item"])
def test_a_search_needs_both_grounds(limb: str):
    begun = {"power": "s136_1_a", "searched": "yes"}
    assert limb in lacking(**begun)
    assert "needs both grounds" in said(detained(**begun, **{limb: "no"}), context())
    assert "needs both grounds" not in said(detained(**begun, **{limb: "yes"}), context())
    assert "goes no further" in said(detained(**begun, search_extent=["further"]), context())
    assert "goes no further" not in said(detained(**begun, search_extent=["mouth"]), context())


STEPS = {"child_place", "child_camhs", "child_parent", "child_paediatric"}


@pytest.mark.parametrize(("years", "asked"), [(17, True), (22, True), (23, False)])
def test_under_18_steps_are_asked_for_a_possible_child(years: int, asked: bool):
    about = context(filled(PersonForm, approx_age=years))
    assert (lacking(about, power="s136_1_a") >= STEPS) is asked
    assert ("(unconfirmed)" in said(detained(power="s136_1_a"), about)) is asked
    assert not STEPS & lacking(power="s136_1_a")


@pytest.mark.parametrize(("looked_after", "asked"), [("yes", True), ("not_known", True), (None, True), ("no", False)])
def test_the_local_authority_is_told_of_a_looked_after_child(looked_after: str | None, asked: bool):
    about = context(filled(PersonForm, approx_age=15, looked_after=looked_after))
    assert ("child_council" in lacking(about, power="s136_1_a")) is asked


@pytest.mark.parametrize("age", [{"approx_age": 15}, {"approx_age": 40}, {}])
def test_under_the_2025_pack_a_police_station_is_for_nobody(age: dict):
    about = replace(context(filled(PersonForm, **age)), rules=COMING)
    form = detained(power="s136_1_a", pos_type="police_station")
    assert len(grave(form, about)) == 1
    assert "If it has happened, record it" in grave(form, about)[0]
    assert "(unconfirmed)" in grave(form, about)[0]
    assert check(DetentionForm, "pos_type", "police_station").problem == ""


def test_a_record_begun_under_the_old_pack_keeps_its_rules():
    for pack, warned in (("rules-2017.1", False), ("rules-2025.1", True)):
        case = Case()
        case.add("incident", {"rule_pack": pack})
        case.add("person", {"approx_age": 40})
        about = case.incident.context(PACKS, NOW)
        assert bool(grave(detained(power="s136_1_a", pos_type="police_station"), about)) is warned


def test_a_child_moved_to_a_police_station_is_said_too():
    form = detained(power="s136_1_a", pos_type="hbpos", **{"transfers.1": {"to_type": "police_station"}})
    assert station_for_a_child(form, context(filled(PersonForm, approx_age=16)))
    assert not station_for_a_child(form, context(filled(PersonForm, approx_age=40)))
    assert not station_for_a_child(form, context())
    assert grave(form, context(filled(PersonForm, approx_age=16)))


@pytest.mark.parametrize(("now", "late"), [("2026-10-24 17:50", False), ("2026-10-24 17:51", True)])
def test_a_check_that_is_late_at_a_police_station_is_said(now: str, late: bool):
    checked = {"station_checks.1": {"at": "2026-10-24T17:20:00.000Z", "by": "Nurse, custody"}}
    form = detained(**REMOVED, pos_type="police_station", **checked)
    assert ("No check recorded for" in said(form, context(now=utc(now)))) is late
    over = detained(**REMOVED, pos_type="police_station", **checked, ended_at="2026-10-24T17:45:00.000Z")
    assert "No check recorded for" not in said(over, context(now=utc(now)))


def test_a_police_station_is_authorised_by_an_inspector_or_above():
    begun = {"power": "s136_1_a", "pos_type": "police_station"}
    assert {"station_authorised_by", "station_authorised_rank", "station_checks"} <= lacking(**begun)
    for rank, short in (("sergeant", True), ("inspector", False), ("superintendent", False)):
        text = said(detained(**begun, station_authorised_rank=rank), context())
        assert ("at least the rank of inspector authorises" in text) is short


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        ({"home_occupancy": "sole", "pos_consents": ["person"]}, ""),
        ({"home_occupancy": "joint", "pos_consents": ["person"]}, "An occupier"),
        ({"home_occupancy": "not_occupier", "pos_consents": ["occupier"]}, "The person"),
        ({"home_occupancy": "joint", "pos_consents": ["person", "occupier"]}, ""),
    ],
)
def test_a_private_home_needs_those_who_live_there_to_agree(given: dict, lacks: str):
    text = said(detained(power="s136_1_a", pos_type="private_home", **given), context())
    assert ("Not recorded as agreeing" in text) is bool(lacks)
    assert lacks in text


def test_those_who_may_be_consulted_stand_in_the_pack():
    fewer = replace(context(), rules=COMING.model_copy(update={"may_be_consulted": ("doctor", "nurse")}))
    assert "not among those" in said(detained(power="s136_1_a", consulted_role="amhp"), fewer)
    assert "not among those" not in said(detained(power="s136_1_a", consulted_role="nurse"), fewer)
    assert "(unconfirmed)" in said(detained(power="s136_1_a", consulted_role="paramedic"), context())
    assert "(unconfirmed)" not in said(detained(power="s136_1_a", consulted_role="nurse"), context())


def test_in_a_dwelling_the_routes_are_said_and_those_unconfirmed_are_marked():
    about = context(filled(IncidentForm, dwelling="yes"))
    text = said(detained(), about)
    assert "section 135(1) warrant" in text
    assert next(line for line in text.splitlines() if "section 17 PACE" in line).endswith("(unconfirmed)")
    assert "home_route" in lacking(about)
    assert "home_route" not in lacking(context(filled(IncidentForm, dwelling="no")))
    unsure = [route.label for route in HomeRoute if "(unconfirmed)" in route.label]
    assert len(unsure) == 3


def test_running_out_is_an_incident_and_absconding_has_a_limit():
    assert "Report it as an incident" in said(detained(power="s136_1_a", outcome="lapsed"), context())
    assert "Report it as an incident" not in said(detained(power="s136_1_a", outcome="s2"), context())
    text = said(detained(power="s136_1_a", outcome="absconded"), context())
    assert "Section 138" in text
    assert "(unconfirmed)" in text
    assert "absconded_at" in lacking(power="s136_1_a", outcome="absconded")


def offered(name: str, *forms, **answers: Any) -> Any:
    return suggestion(DetentionForm, name, answers, context(*forms))


def test_what_is_recorded_elsewhere_is_offered_and_not_typed_again():
    incident = filled(IncidentForm, location_type="N01", dwelling="no")
    hart = {"name": "Dan Hart", "rank": "PC", "collar_number": "2417"}
    contact = filled(
        ContactForm, contact_mode="radio_advice_to_officer", advice_given="Stay",
        advice_given_at="2026-11-22T18:00:00.000Z",
        **{"officers.1": hart},
    )  # fmt: skip
    person = filled(PersonForm, language="Polish", next_of_kin="Sister", carer_informed="yes")
    assert offered("place_used", incident) == "N01"
    assert offered("dwelling", incident) == "no"
    assert offered("detaining_officer", contact) == "PC Dan Hart, 2417"
    assert offered("consulted_role", contact) == "nurse"
    assert offered("consulted_at", contact) == "2026-11-22T18:00:00.000Z"
    assert offered("consulted_how", contact) == "Radio"
    assert offered("consultation_advice", contact) == "Stay"
    assert offered("rights_language", person) == "Polish"
    assert offered("someone_informed", person) == "Sister"
    assert offered("counted_by", used_at="2026-11-22T18:00:00.000Z") == "police_use"
    assert offered("someone_informed", filled(PersonForm, next_of_kin="Sister", carer_informed="no")) is None
    two = filled(ContactForm, **{"officers.1": hart, "officers.2": {"name": "Gwen Castell"}})
    assert [offered(name) for name in ("place_used", "dwelling", "consulted_role", "rights_language")] == [None] * 4
    assert offered("detaining_officer", two) is None


@pytest.mark.parametrize(
    ("outcome", "status", "reason", "follow_up"),
    [
        ("discharged", None, "released", "no"), ("follow_up", None, "released", "yes"),
        ("informal", "01", "admitted", None),
        ("s2", "02", "admitted", None), ("s3", "03", "admitted", None), ("s4", "04", "admitted", None),
        ("recall", None, "admitted", None), ("lapsed", None, "lapsed", None), ("arrested", None, "custody", None),
        ("acute", None, None, None), ("died", None, "died", None),
    ],
)  # fmt: skip
def test_what_follows_from_the_outcome_is_offered(outcome: str, status: Any, reason: Any, follow_up: Any):
    names = ("legal_status_after", "end_reason", "follow_up_offered")
    assert [offered(name, outcome=outcome) for name in names] == [status, reason, follow_up]


@pytest.mark.parametrize(
    ("about", "wanted"),
    [
        (context(), False),
        (context(police_present=True), True),
        (context(filled(ContactForm, officer_intended_action="s136")), True),
        (context(filled(ContactForm, officer_intended_action="leave")), False),
        (context(detained(power="none")), True),
    ],
)
def test_when_the_section_stands_on_the_task_list(about: Context, wanted: bool):
    assert DetentionForm.expected(about) is wanted
    assert DetentionForm.due(about) == ""

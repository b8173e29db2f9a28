"""Section 136: what is asked, what is warned of, and that nothing is ever in the way of recording what happened."""

from datetime import timedelta
from typing import Any

import pytest

from sync.domain.catalogue.detention import DetentionForm, clock_of
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.catalogue.person import PersonForm
from sync.domain.forms import check, missing, shown
from tests.domain.conftest import at, context, filled, grave, said, utc

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
        running = clock_of(detained(power=power, kept_at=kept, arrival_first_pos_at=arrival))
        assert running is not None
        assert running.starts_at == utc(f"2026-11-22 {starts}"), power
    assert clock_of(detained(power="none", arrival_first_pos_at=arrival)) is None
    assert clock_of(detained(power="s136_1_a")) is None
    assert "arrival_first_pos_at" in lacking(power="s136_1_a")
    assert "arrival_first_pos_at" not in lacking(power="s136_1_b", kept_at=kept)


def test_an_extension_for_the_condition_alone():
    given = {**REMOVED, "extension_authorised_at": "2026-10-25T16:59:00.000Z", "extension_hours": 12}
    about = context(now=utc("2026-10-25 18:00"))
    assert "extended: 11 h 00 min left" in said(detained(**given, extension_reason="condition"), about)
    assert "does not count" in said(detained(**given, extension_reason="other"), about)
    running = clock_of(detained(**given, extension_reason="condition"))
    assert running is not None
    assert running.ends_at - running.starts_at == timedelta(hours=36)
    assert {"extension_reason", "extension_doctor"} <= lacking(**given)
    assert "extension_superintendent" in lacking(**given, pos_type="police_station")


@pytest.mark.parametrize(("hours", "fine"), [("0", False), ("1", True), ("12", True), ("13", False)])
def test_hours_of_extension_on_both_sides(hours: str, fine: bool):
    assert (check(DetentionForm, "extension_hours", hours).problem == "") is fine


def test_a_police_vehicle_and_force_ask_for_more():
    assert "police_vehicle_reason" in lacking(power="s136_1_a", transport_mode="police")
    assert "police_vehicle_reason" not in lacking(power="s136_1_a", transport_mode="ambulance")
    assert "force_detail" in lacking(power="s136_1_a", use_of_force=["hold"])
    assert "force_detail" not in lacking(power="s136_1_a", use_of_force=["none"])
    assert "pos_refusals" in lacking(power="s136_1_a", pos_reason="hbpos_full")


def test_under_18_steps_are_asked_for_a_possible_child():
    about = context(filled(PersonForm, approx_age=19))
    assert "child_steps" in lacking(about, power="s136_1_a")
    assert "child_steps" not in [question.name for question in shown(DetentionForm, {"power": "s136_1_a"}, context())]

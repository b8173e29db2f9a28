"""Officers' waiting time: who came when, who left when, the marks, and when a reason is asked for."""

from datetime import date, datetime, timedelta

import pytest

from sync.domain.catalogue.contact.form import ContactForm, wait
from sync.domain.catalogue.incident import IncidentForm
from sync.domain.clinical.waiting import Present, Stay, mark_said, reason_due, since, stays
from sync.domain.clinical.waiting import wait as together
from sync.domain.records.clocks import running, ticking
from tests.steps.builders import LAW, PACKS
from tests.steps.packs import rules_with
from tests.steps.records import Case, at, context, event, filled, lacking, said

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TEN = at("2026-11-22 10:00")
MARKS = LAW.waiting_marks


def test_an_officer_without_times_has_those_of_the_ribbon():
    ribbon = {"first_officer_arrived": TEN, "officers_released": TEN + HOUR}
    assert stays([Present("2417")], ribbon) == (Stay("2417", TEN, TEN + HOUR),)
    own = Present("3102", TEN + 10 * MINUTE, TEN + 20 * MINUTE)
    assert stays([own], ribbon) == (Stay("3102", TEN + 10 * MINUTE, TEN + 20 * MINUTE),)


def test_an_officer_recorded_twice_counts_once_from_the_first_arrival_to_the_last_release():
    found = stays([Present("2417", TEN, TEN + HOUR), Present("2417", TEN + HOUR, TEN + 2 * HOUR)], {})
    assert found == (Stay("2417", TEN, TEN + 2 * HOUR),)


def test_the_cars_own_arrival_counts_when_no_other_is_known():
    assert since({"arrived": TEN}) == TEN
    assert since({"arrived": TEN, "first_officer_arrived": TEN - HOUR}) == TEN - HOUR
    assert since({}) is None
    assert stays([Present("2417")], {}) == ()


def test_time_is_added_over_officers_and_the_longest_runs_from_first_to_last():
    found = together([Stay("1", TEN, TEN + HOUR), Stay("2", TEN + 30 * MINUTE, TEN + 2 * HOUR)], TEN + 5 * HOUR)
    assert found
    assert (found.together, found.longest, found.officers, found.running) == (2.5 * HOUR, 2 * HOUR, 2, False)


def test_the_clock_runs_until_every_officer_is_released():
    found = together([Stay("1", TEN, TEN + HOUR), Stay("2", TEN)], TEN + 3 * HOUR)
    assert found
    assert found.running
    assert (found.together, found.longest) == (4 * HOUR, 3 * HOUR)
    assert together([], TEN) is None


def test_a_release_before_the_arrival_takes_no_time_away():
    found = together([Stay("1", TEN, TEN - HOUR), Stay("2", TEN, TEN + HOUR)], TEN + HOUR)
    assert found
    assert found.together == HOUR


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (59 * MINUTE, ""), (60 * MINUTE, "1 hour reached"), (119 * MINUTE, "1 hour reached"),
        (2 * HOUR, "2 hours reached"),
        (4 * HOUR - MINUTE, "2 hours reached"), (4 * HOUR, "4 hours reached"), (9 * HOUR - MINUTE, "4 hours reached"),
        (9 * HOUR, "9 hours reached"), (30 * HOUR, "9 hours reached"),
    ],
)  # fmt: skip
def test_the_mark_reached_in_words(length: timedelta, words: str):
    assert mark_said(length, MARKS) == words


@pytest.mark.parametrize(("minutes", "due"), [(60, False), (61, True)])
def test_a_reason_is_asked_for_after_60_minutes(minutes: int, due: bool):
    assert reason_due(together([Stay("1", TEN)], TEN + minutes * MINUTE), LAW) is due
    about = context(
        filled(IncidentForm, first_officer_arrived=event("2026-11-22 10:00")), police_present=True,
        now=TEN + minutes * MINUTE
    )  # fmt: skip
    assert ("delay_reasons" in lacking(ContactForm, about, contact_mode="face_to_face")) is due
    assert ("Say what they wait" in said(filled(ContactForm), about)) is due


def test_the_reason_is_asked_for_once_in_an_incident():
    told = filled(ContactForm, delay_reasons=["no_staff"])
    came = filled(IncidentForm, first_officer_arrived=event("2026-11-22 10:00"))
    assert "delay_reasons" not in lacking(
        ContactForm, context(came, told, now=TEN + 3 * HOUR), contact_mode="face_to_face"
    )


def test_the_wait_of_an_incident_comes_from_all_its_contacts():
    came = filled(IncidentForm, first_officer_arrived=event("2026-11-22 10:00"))
    first = filled(ContactForm, **{"officers.a": {"collar_number": "1"}, "officers.b": {"collar_number": "2"}})
    second = filled(
        ContactForm,
        **{"officers.c": {"collar_number": "2", "arrived": "2026-11-22T10:00:00Z", "released": "2026-11-22T11:00:00Z"}},
    )
    found = wait(context(came, first, second, now=TEN + 4 * HOUR))
    assert found
    assert (found.officers, found.together) == (2, 5 * HOUR)
    assert wait(context(came, now=None)) is None


def clock(case: Case, now: datetime):
    return next((one for one in running(case.incident, PACKS, now) if one.name == "Officers waiting"), None)


def test_the_running_clock_says_the_mark_in_words_and_stops_with_the_last_officer():
    case = Case()
    case.add("incident", {"first_officer_arrived": event("2026-11-22 10:00")})
    early, late = clock(case, TEN + 59 * MINUTE), clock(case, TEN + 2 * HOUR)
    assert early
    assert late
    assert (early.text, early.grave) == ("", False)
    assert (late.figure, late.text, late.grave) == ("2 h 00 min", "2 hours reached", True)
    case.add("contact", {"officers.1": {"collar_number": "1", "released": "2026-11-22T11:00:00.000Z"}})
    assert clock(case, TEN + 2 * HOUR) is None


def test_every_clock_of_an_incident_goes_by_the_rules_it_began_with():
    case, soon = Case(), TEN + 10 * MINUTE
    case.add("incident", {"rule_pack": "rules-9", "first_officer_arrived": event("2026-11-22 10:00")})
    case.add("incident", {"handover_offered": event("2026-11-22 10:00")})
    case.add("detention", {"power": "s136_1_a", "arrival_first_pos_at": "2026-11-22T10:00:00.000Z"})
    changed = {"permitted_hours": 20, "waiting_mark_hours": [0], "handover_remind_minutes": 10}
    assert [clock.grave for clock in running(case.incident, PACKS, soon)] == [False, False, False]
    packs = PACKS.with_pack(rules_with("rules-9", date(2026, 1, 1), **changed))
    assert [(clock.name, clock.figure, clock.grave) for clock in running(case.incident, packs, soon)] == [
        ("Section 136", "19 h 50 min left", False), ("Officers waiting", "10 min", True), ("Handover", "10 min", True),
    ]  # fmt: skip


def test_without_the_records_the_clock_goes_by_the_ribbon():
    assert [one.name for one in ticking([], {"first_officer_arrived": TEN}, TEN + HOUR, LAW)] == ["Officers waiting"]
    assert ticking([], {"first_officer_arrived": TEN, "officers_released": TEN + HOUR}, TEN + 2 * HOUR, LAW) == []


@pytest.mark.parametrize(
    ("modes", "ribbon", "runs"),
    [
        (["phone_advice_to_officer"], "arrived", False),
        (["radio_advice_to_officer"], "arrived", False),
        (["phone_advice_to_officer"], "first_officer_arrived", True),
        (["phone_advice_to_officer", "face_to_face"], "arrived", True),
        (["face_to_face"], "arrived", True),
        ([None], "arrived", True),
    ],
)
def test_nobody_waits_where_officers_only_ask_by_phone(modes: list, ribbon: str, runs: bool):
    case = Case()
    case.add("incident", {ribbon: event("2026-11-22 10:00")})
    for number, mode in enumerate(modes):
        officer = {"collar_number": "1", "arrived": "2026-11-22T10:00:00.000Z"}
        case.add("contact", {"contact_mode": mode, "officers.1": officer}, record=f"contact-{number}")
    assert bool(clock(case, TEN + HOUR)) is runs
    assert bool(wait(case.incident.context(PACKS, TEN + HOUR))) is runs


def test_who_asked_by_phone_does_not_wait_beside_those_who_are_there():
    case = Case()
    case.add("incident", {"arrived": event("2026-11-22 10:00")})
    case.add("contact", {"contact_mode": "phone_advice_to_officer", "officers.1": {"collar_number": "1"}}, record="a")
    case.add("contact", {"contact_mode": "face_to_face", "officers.2": {"collar_number": "2"}}, record="b")
    found = wait(case.incident.context(PACKS, TEN + HOUR))
    assert found
    assert (found.officers, found.together) == (1, HOUR)

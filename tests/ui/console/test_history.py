"""The head of a record and its history: who has it, which rules, its clocks, handing on, late entries, wrong clocks."""

from datetime import timedelta
from typing import Any

import pytest

from field_app.desk.desk import Desk
from field_app.desk.desk_models import OpenedIncident
from field_app.phone import signing_claims
from field_app.ui.console.board import read_board
from field_app.ui.console.header_facts import header_facts
from field_app.ui.console.history import clock_wrong, history
from field_app.ui.console.reading import sections
from sync.core.times import instant
from sync.domain.catalogue import SECTIONS
from tests.steps.ui.console import begin, clashing


def facts(desk: Desk, incident_id: str) -> dict[str, str]:
    return {fact.name: fact.text for fact in header_facts(desk.incident(incident_id), desk.clock())}


def first(opened: OpenedIncident) -> str:
    return history(opened, opened.incident.incident_id)[0].text


def hand_on(phone, incident_id: str) -> str:
    offer = signing_claims.offer("shift", "Car 2", "Bed manager to call back.", phone.running.clock())
    made = phone.device.seal(incident_id, incident_id, "incident", offer, op="transfer")
    phone.sync()
    return made.change_id


def test_handing_on_is_told_in_words_until_somebody_has_accepted(desk: Desk, phone, running) -> None:
    incident_id = begin(phone)
    offered = hand_on(phone, incident_id)
    told = facts(desk, incident_id)
    assert "The next shift: Car 2. Nobody has accepted it." in told["handed-on"]
    assert told["holder"].startswith("Amina Yusuf has this incident")
    assert "The next shift: Car 2 – Bed manager to call back." in first(desk.incident(incident_id))
    (one,) = read_board(desk, desk.clock()).open
    assert one.handed_on is not None
    assert (one.handed_on.to, one.handed_on.by) == ("The next shift: Car 2", "Amina Yusuf")
    tom = running.device("tom.ellery")
    tom.sync()
    accepted = signing_claims.acceptance(offered, "Tom Ellery", "nurse", running.clock())
    tom.device.seal(incident_id, incident_id, "incident", accepted, op="transfer")
    tom.sync()
    told = facts(desk, incident_id)
    assert "handed-on" not in told
    assert told["holder"].startswith("Tom Ellery has this incident since")
    assert first(desk.incident(incident_id)).startswith("Tom Ellery, nurse accepted what Amina Yusuf handed on")
    (one,) = read_board(desk, desk.clock()).open
    assert one.handed_on is None
    assert one.line.live is not None
    assert one.line.live.holder == "Tom Ellery"


def test_the_rules_an_incident_is_under_are_named(desk: Desk, phone) -> None:
    incident_id = begin(phone, rule_pack="rules-2017.1")
    phone.sync()
    said = facts(desk, incident_id)["rule-pack"]
    assert said == "Rules: Mental Health Act 1983 as amended in 2017, version 2017.1"
    other = begin(phone, rule_pack="rules-1999.1")
    phone.sync()
    assert "it began under rules-1999.1, which is not here" in facts(desk, other)["rule-pack"]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(59, "Officers waited 59 min"), (60, "(1 hour reached)"), (239, "(2 hours reached)"), (540, "(9 hours reached)")],
)
def test_stf_4_a_closed_wait_says_which_mark_it_reached(desk: Desk, phone, minutes: int, said: str) -> None:
    now = phone.running.clock()
    times = {"first_officer_arrived": now - timedelta(minutes=minutes), "officers_released": now}
    answers: dict[str, Any] = {name: {"at": instant(at), "source": "tapped"} for name, at in times.items()}
    incident_id = begin(phone, **answers)
    phone.sync()
    assert said in facts(desk, incident_id)["waited"]
    assert ("reached" in facts(desk, incident_id)["waited"]) == (minutes >= 60)


@pytest.mark.parametrize(
    ("offset", "said"), [(None, ""), (119_999, ""), (-119_999, ""), (-840_000, "14 min fast"), (180_000, "3 min slow")]
)
def test_a_clock_is_wrong_from_two_minutes_on(offset: int | None, said: str) -> None:
    assert clock_wrong(offset) == said


def test_the_history_says_when_a_phone_clock_was_wrong_and_what_was_entered_later(desk: Desk, phone) -> None:
    incident_id = begin(phone)
    phone.device.clock_offset_ms = -840_000
    late = {"at": instant(phone.running.clock() - timedelta(hours=2)), "source": "typed"}
    phone.record({"mh_engaged": late}, incident=incident_id, record_id=incident_id)
    phone.sync()
    opened = desk.incident(incident_id)
    steps = history(opened, incident_id)
    assert steps[0].about == "entered later, phone clock 14 min fast"
    assert steps[-1].about == ""
    shown = {
        one.name: one for section in sections(opened, desk.clock()) for part in section.parts for one in part.answers
    }
    assert shown["mh_engaged"].late == shown["mh_engaged"].at
    assert shown["arrived"].late is None


def test_a_phone_that_never_heard_the_centres_time_and_recorded_ahead_of_it_was_fast(desk: Desk, phone) -> None:
    phone.running.clock.forward(minutes=14)
    incident_id = begin(phone)
    phone.running.clock.forward(minutes=-14)
    phone.device.clock_offset_ms = None
    phone.sync()
    steps = history(desk.incident(incident_id), incident_id)
    assert steps[-1].about in ("phone clock at least 14 min fast", "phone clock at least 13 min fast")


def test_the_new_sections_stand_in_a_record_in_the_order_of_the_task_list(desk: Desk, phone) -> None:
    incident_id = begin(phone)
    new = ("capacity", "police", "diversion", "gp_letter", "safeguarding")
    for kind in new:
        phone.record({}, incident=incident_id, kind=kind)
    phone.sync()
    kinds = [section.kind for section in sections(desk.incident(incident_id), desk.clock())]
    assert kinds == [kind for kind in SECTIONS if kind in (*new, "incident", "person")]


@pytest.mark.parametrize("value", ["North side", "South steps"])
def test_a_settled_clash_says_which_answer_stands_and_which_does_not(desk: Desk, phone, running, value: str) -> None:
    incident_id = begin(phone)
    clashing(phone, running.device("tom.ellery"), incident_id)
    desk.resolve(desk.incident(incident_id).incident.records[incident_id], "location", value)
    (other,) = {"North side", "South steps"} - {value}
    assert first(desk.incident(incident_id)) == f"Settled: Where is it? {value}; not {other}"

"""Who has an open incident: handing on and acceptance, as acts."""

import pytest

from sync.core.canonical import digest
from sync.domain.records.handing_on import To, holder, offered_to, waiting
from sync.domain.records.standing import document
from tests.steps.records import Case

AT = "2026-11-22T23:00:00.000Z"


def offer(case, to_kind="shift", author="nurse-1", **detail):
    return case.add(
        "incident", {"to_kind": to_kind, "to": "Car 2", "note": "", "at": AT, **detail}, "transfer", author=author
    )


def accept(case, offered, author="nurse-2", by="Bo Lind", **about):
    detail = {"accepts": offered.change_id, "by": by, "role": "nurse", "at": "2026-11-22T23:10:00.000Z"}
    return case.add("incident", detail, "transfer", author=author, **about)


def opened():
    case = Case()
    case.add("incident", {"location": "12 Mill Road"})
    return case


def test_whoever_opened_an_incident_has_it():
    assert holder(opened().incident).practitioner == "nurse-1"
    assert waiting(opened().incident) is None


def test_an_incident_handed_on_stays_where_it_was_until_it_is_accepted():
    case = opened()
    made = offer(case)
    assert holder(case.incident).practitioner == "nurse-1"
    assert waiting(case.incident).words == "The next shift: Car 2"
    accept(case, made)
    assert (holder(case.incident).practitioner, holder(case.incident).name) == ("nurse-2", "Bo Lind, nurse")
    assert waiting(case.incident) is None


@pytest.mark.parametrize(
    ("to_kind", "me", "offered"),
    [
        ("shift", "nurse-2", True), ("team", "nurse-2", True), ("shift", "nurse-1", False),
        ("crisis_team", "nurse-2", False), ("newer_kind", "nurse-2", False),
    ],
)  # fmt: skip
def test_an_offer_is_for_the_others_of_the_team(to_kind, me, offered):
    case = opened()
    offer(case, to_kind)
    assert (offered_to(case.incident, me) is not None) is offered


def test_a_crisis_team_accepts_by_name_and_nobody_in_the_team_has_it_then():
    case = opened()
    accept(case, offer(case, "crisis_team", to="Crisis team north"), author="nurse-1", by="Kim Osei")
    held = holder(case.incident)
    assert (held.practitioner, held.name) == ("", "Kim Osei, nurse")
    assert held.since.minute == 10


def test_a_later_offer_replaces_an_earlier_one_and_can_be_handed_back():
    case = opened()
    offer(case, to="Car 1")
    second = offer(case, "team", to="Bo")
    assert waiting(case.incident).change_id == second.change_id
    accept(case, second)
    back = offer(case, author="nurse-2")
    assert waiting(case.incident).change_id == back.change_id
    assert holder(case.incident).practitioner == "nurse-2"
    accept(case, back, author="nurse-1")
    assert holder(case.incident).practitioner == "nurse-1"


def test_two_who_accept_at_once_are_settled_the_same_on_every_device():
    case = opened()
    made = offer(case)
    heads = case.record().heads
    accept(case, made, author="nurse-2", parents=heads, recorded_at="2026-11-22T23:11:00.000Z")
    accept(case, made, author="nurse-3", parents=heads, recorded_at="2026-11-22T23:12:00.000Z")
    assert holder(case.incident).practitioner == "nurse-3"


def test_the_car_may_be_clear_before_anybody_accepts():
    case = opened()
    offer(case)
    case.add("incident", {"cleared": {"at": AT, "source": "tapped"}})
    assert not case.incident.open
    assert offered_to(case.incident, "nurse-2") is not None


def test_handing_on_is_no_part_of_what_is_signed():
    case = opened()
    before = digest(document(case.incident))
    accept(case, offer(case))
    assert digest(document(case.incident)) == before


@pytest.mark.parametrize(
    "detail", [{}, {"to_kind": ["shift"]}, {"to_kind": "shift", "at": 3}, {"accepts": ["x"]}, {"accepts": "x"}]
)
def test_what_cannot_be_read_hides_nothing(detail):
    case = opened()
    case.add("incident", detail, "transfer")
    assert holder(case.incident).practitioner == "nurse-1"
    assert waiting(case.incident) is None or waiting(case.incident).to == To.SHIFT

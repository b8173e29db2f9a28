"""A list is cut only where nothing is left to do, and no device's clock has a say in its order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from field_app.phone.store.disk import Draft
from field_app.phone.store.listing import cut
from sync.core.canonical import digest
from sync.domain.records.standing import document
from sync.protocol.messages import Verdict, VerifiedRange
from tests.steps.builders import NOON, Device, Pocket, land, segment, uid

MANY = 30
CLEARED = {"cleared": {"at": "2026-11-22T13:00:00.000Z", "source": "tapped"}}


def finished(pocket: Pocket, number: int, **answers: Any) -> list:
    """An incident in which nothing is left to do, once the centre has it: cleared, and signed as it stands."""
    made = pocket.seal(number, {"location": f"Place {number}", **CLEARED, **answers})
    sealed = digest(document(pocket.store.incident(uid(number))))
    return [made, pocket.seal(number, {"digest": sealed}, op="sign")]


def receive(pocket: Pocket) -> None:
    """The centre has all that waits, and says so."""
    sync = pocket.store.sync
    while waiting := sync.pending(0):
        grown = sync.verified_range()
        land(pocket.store, segment(waiting, *((grown.head.chain, grown.head.seq + 1) if grown else ())))


def listed(pocket: Pocket, limit: int | None = 10) -> list[str]:
    return [incident.incident_id for incident in pocket.store.incidents(limit)]


def test_what_may_fall_off_is_cut_and_nothing_else():
    assert cut("aBcDeF", 2, str.islower) == [*"aBcDF"]
    assert cut("aBcDeF", 0, str.islower) == [*"BDF"]
    assert cut("aBcDeF", None, str.islower) == [*"aBcDeF"]


def test_of_incidents_with_nothing_left_to_do_the_last_that_came_are_listed(pocket):
    for number in range(1, MANY + 1):
        finished(pocket, number)
    receive(pocket)
    assert listed(pocket) == [uid(number) for number in range(MANY, MANY - 10, -1)]
    assert pocket.store.finished() == MANY
    assert len(listed(pocket, None)) == MANY, "all can be had"


@pytest.mark.parametrize("left", ["open", "not signed", "changed", "returned", "handed on"])
def test_what_is_left_to_do_does_not_fall_off(pocket, left):
    """However much came after, and is done."""
    if left == "open":
        pocket.seal(1, {"location": "Mill Road"})
    elif left == "not signed":
        pocket.seal(1, CLEARED)
    else:
        finished(pocket, 1)
        if left == "changed":
            pocket.seal(1, {"location": "Elsewhere"})
        elif left == "returned":
            pocket.seal(1, {"comments": []}, op="return")
        else:
            pocket.seal(1, {"to_kind": "team", "to": "Tom", "note": ""}, op="transfer")
    for number in range(2, MANY):
        finished(pocket, number)
    receive(pocket)
    assert uid(1) in listed(pocket)


def test_what_is_not_settled_stands_first_and_does_not_fall_off(pocket):
    refused, held = finished(pocket, 1)[1], finished(pocket, 2)[1]
    pocket.store.outbox.keep_verdict(Verdict(refused.device_seq, "refused", "bad_change", advice="Look again."))
    for number in range(3, MANY):
        finished(pocket, number)
    receive(pocket)
    pocket.store.outbox.keep_verdict(Verdict(held.device_seq, "quarantined", "bad_answer", advice="Look again."))
    finished(pocket, MANY)
    assert listed(pocket)[:3] == [uid(MANY), uid(2), uid(1)]


def test_what_is_being_filled_in_does_not_fall_off(pocket):
    for number in range(1, MANY):
        finished(pocket, number)
    receive(pocket)
    pocket.store.keep(Draft(uid(900), uid(1), "person", (), {}, {"given_name": "Ida"}))
    assert uid(1) in listed(pocket)
    pocket.store.drop(uid(900))
    assert uid(1) not in listed(pocket)


def test_an_incident_begun_under_a_clock_of_2010_is_the_first(pocket):
    for number in range(1, MANY):
        pocket.seal(number, {"location": f"Place {number}"})
    receive(pocket)
    pocket.clock._now = datetime(2010, 1, 1, 0, 5, tzinfo=UTC)
    pocket.seal(999, {"location": "Under the bridge"})
    assert listed(pocket)[0] == uid(999)
    receive(pocket)
    pocket.clock._now = NOON
    pocket.seal(MANY, {"location": "Mill Road"})
    assert listed(pocket)[:2] == [uid(MANY), uid(999)], "also once it has come to the centre"


def test_what_comes_of_earlier_records_does_not_stand_above_what_came_last(pocket):
    """A new phone gets the newest page of the log first, and then those before it."""
    team = [Device(1).change(number, {"location": "x"}) for number in (1, 2)]
    early = segment(team[:1])
    late = segment(team[1:], early.head.chain, 2)
    land(pocket.store, late)
    pocket.store.sync.apply(early, VerifiedRange(late.head, 1))
    assert listed(pocket) == [uid(2), uid(1)]


def test_a_refused_record_is_the_first_of_the_records_however_many_came_after(pocket):
    bad = pocket.seal(1, {"location": "Mill Road"})
    pocket.store.outbox.keep_verdict(Verdict(bad.device_seq, "refused", "bad_change", advice="Look at it again."))
    for number in range(2, MANY):
        pocket.seal(number, {"location": f"Place {number}"})
    receive(pocket)
    waits = pocket.seal(MANY, {"location": "Here"})
    records = pocket.store.deliveries(5)
    assert [record.record_id for record in records[:2]] == [uid(1), waits.record_id]
    assert [record.state for record in records] == ["refused", "waiting", *["received"] * 5]
    assert pocket.store.settled() == MANY - 2


def test_a_record_is_as_far_as_its_least_advanced_change_wherever_the_list_is_cut(pocket):
    first = pocket.seal(1, {"location": "Mill Road"})
    for number in range(2, MANY):
        pocket.seal(number, {"location": f"Place {number}"})
    receive(pocket)
    pocket.store.outbox.keep_verdict(Verdict(first.device_seq, "quarantined", "bad_answer", advice="Look again."))
    second = pocket.seal(1, {"location": "Mill Lane"})
    receive(pocket)
    assert second.record_id == uid(1)
    assert [record.state for record in pocket.store.deliveries(0)] == ["quarantined"]


def test_every_incident_can_be_gone_through_without_holding_them_all(pocket, monkeypatch):
    monkeypatch.setattr("field_app.phone.store.views.REMEMBERED", 3)
    for number in range(1, MANY):
        pocket.seal(number, {"location": f"Place {number}"})
    assert {incident.incident_id for incident in pocket.store.every_incident()} == {uid(n) for n in range(1, MANY)}
    assert len(pocket.store.views._seen) == 3
    assert len(listed(pocket)) == MANY - 1

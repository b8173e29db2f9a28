"""The line cut at every portion of one exchange, up and down: nothing is lost, nothing is doubled."""

import secrets

import pytest

from sync.domain.records.standing import standing
from tests.steps.builders import uid


def story(rig):
    """A first phone that has work of several batches, a second that has edited the same answer."""
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(first, 1, {"location": "Mill Road"})
    rig.sync(first)
    rig.sync(second)
    for number in range(6):
        rig.seal(first, 1, {"officer_safety_note": f"{number} " * 400})
    rig.seal(first, 2, {"given_name": "Marigold"}, incident_id=uid(1), kind="person")
    rig.seal(second, 1, {"officer_safety_note": "from the other phone"})
    return first, second


@pytest.mark.parametrize("up", range(0, 4200, 840))
def test_a_request_cut_anywhere_is_made_good(rig, up):
    first, _ = story(rig)
    report = rig.sync(first, up=up)
    assert report.code in ("not_reachable", "")
    rig.check()


@pytest.mark.parametrize("down", range(0, 1600, 400))
def test_an_answer_cut_anywhere_is_made_good(rig, down):
    first, second = story(rig)
    rig.sync(first)
    assert rig.sync(second, down=down).code in ("not_reachable", "cut_short", "untrusted", "")
    rig.check()


def test_two_phones_and_the_centre_show_the_same_clash_until_it_is_resolved(rig):
    first, second = story(rig)
    rig.check()
    records = [pocket.store.incident(uid(1)).records[uid(1)] for pocket in (first, second)]
    assert records[0] == records[1]
    assert {given.author for given in records[0].clashes["officer_safety_note"]} == {"amina.yusuf", "tom.ellery"}
    rig.seal(second, 1, {"officer_safety_note": "settled"}, op="resolve")
    rig.check()
    assert first.store.incident(uid(1)).records[uid(1)].values["officer_safety_note"] == "settled"
    assert standing(first.store.incident(uid(1))) == "in-progress"


def test_a_centre_killed_between_batches_has_kept_the_first(rig):
    first, _ = story(rig)
    for number in range(40):
        rig.seal(first, 1, {"officer_safety_note": f"{number} " * 2000})
    calls = iter(range(1000))

    def restart():
        if next(calls) == 12:
            rig.centre.restart()

    rig.sync(first, during=restart)
    rig.check()


def test_a_repeat_gets_the_same_receipt(rig):
    first, _ = story(rig)
    rig.sync(first, down=0)
    before = [(row.change_id, row.seq, row.received_ms) for row in rig.centre.log()]
    rig.clock.forward(hours=1)
    rig.check()
    after = [(row.change_id, row.seq, row.received_ms) for row in rig.centre.log()]
    assert after[: len(before)] == before


def test_a_line_that_always_breaks_at_the_same_place_still_gets_everything_through(rig):
    """One small batch proves who asks; its answer holds the receipts of all that got through before."""
    pocket = rig.phone()
    for number in range(30):
        rig.seal(pocket, 1, {"officer_safety_note": secrets.token_hex(4000), "cad_ref": str(number)})
    for _ in range(40):
        rig.sync(pocket, up=60_000)
    assert pocket.store.strip().waiting == 0
    rig.check()

"""Own changes that the centre spells out: what the folder lost, or a copy of it has made, lands beside what is here."""

from dataclasses import replace

import pytest

from sync.protocol.messages import NO_CHANGE, Change, LogSegment
from tests.steps.builders import Device, land, segment, uid, voided


@pytest.fixture
def elsewhere(pocket) -> Device:
    """What this very device has made somewhere else: an older state of it, or a copy."""
    device = Device(author=pocket.username)
    device.device_id = pocket.device_id
    return device


def spelled_out(changes: list[Change], first: int = 1) -> LogSegment:
    return segment(changes, before="7" * 64 if first > 1 else NO_CHANGE, first=first)


def waiting(pocket) -> list[int]:
    return [change.device_seq for change in pocket.store.sync.pending(0)]


def test_what_a_phone_has_lost_is_here_again_and_received_and_numbering_goes_on_above_it(pocket, elsewhere):
    made = [elsewhere.change(number, {"location": "Mill Road"}) for number in (1, 2, 3)]
    pocket.store.sync.settle(spelled_out(made))
    assert [incident.incident_id for incident in pocket.store.incidents()] == [uid(3), uid(2), uid(1)]
    assert pocket.store.strip().words() == "All received 12:00"
    following = pocket.seal(1, {"cad_ref": "412"})
    assert (following.device_seq, following.device_prev) == (4, made[2].change_id)
    assert (waiting(pocket), pocket.store.sync.hello().acked) == ([4], 3)
    pocket.restart()
    assert pocket.seal(1, {"cad_ref": "413"}).device_seq == 5


@pytest.mark.parametrize("is_pulled", [True, False])
def test_under_a_number_that_is_taken_both_changes_are_kept_and_the_one_here_still_waits(pocket, elsewhere, is_pulled):
    theirs = [elsewhere.change(1, {"location": "there"}), elsewhere.change(2, {"location": "there"})]
    mine = pocket.seal(1, {"location": "here"})
    log = spelled_out(theirs)
    land(pocket.store, log) if is_pulled else pocket.store.sync.settle(log)
    assert pocket.store.history(uid(1)) == [mine, theirs[0]]
    record = pocket.store.incident(uid(1)).records[uid(1)]
    assert {given.value for given in record.clashes["location"]} == {"here", "there"}
    assert waiting(pocket) == [1]
    assert [own.change_id for own in pocket.store.sync.own(1, 2)] == [mine.change_id, theirs[1].change_id]
    pocket.store.sync.settle(segment([mine], before="8" * 64, first=9))
    assert (waiting(pocket), pocket.store.sync.hello().acked) == ([], 2)


def test_a_change_of_a_copy_that_does_not_count_is_kept_and_not_shown(pocket, elsewhere):
    mine = pocket.seal(1, {"location": "here"})
    theirs = elsewhere.change(1, {"location": "there"})
    pocket.store.sync.settle(voided(spelled_out([theirs])))
    assert pocket.store.history(uid(1)) == [mine, theirs]
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "here"}
    pocket.store.sync.settle(spelled_out([theirs]))  # judged anew, after the centre was restored
    assert set(pocket.store.incident(uid(1)).records[uid(1)].clashes) == {"location"}


def test_a_batch_ends_where_the_next_change_was_made_on_top_of_another(pocket, elsewhere):
    """Else the signature over its last would not cover it."""
    first = pocket.seal(1, {"location": "here"})
    theirs = [elsewhere.change(1, {"location": "there"}), elsewhere.change(2, {"location": "there"})]
    pocket.store.sync.settle(spelled_out(theirs))
    third = pocket.seal(1, {"cad_ref": "412"})
    assert third.device_prev == theirs[1].change_id
    pocket.store.sync.offer_again([(2, 2)])
    sync = pocket.store.sync
    assert [sync.pending(after) for after in (0, 1, 2)] == [[first], [theirs[1], third], [third]]


def test_an_own_change_whose_bytes_are_gone_comes_back_under_its_number(pocket):
    made = [pocket.seal(number, {"location": "here"}) for number in (1, 2)]
    land(pocket.store, segment(made, own=pocket.device_id))
    assert pocket.store.sync.logged() == {change.change_id for change in made}
    pocket.db.execute("DELETE FROM change WHERE change_id = ?", (bytes.fromhex(made[0].change_id),))
    assert pocket.store.sync.logged() == {made[1].change_id}
    assert pocket.store.sync.compared({int(made[0].change_id[:2], 16)}, {made[0].change_id}) == 1
    assert pocket.store.sync.hello().want == (made[0].change_id,)
    pocket.store.sync.settle(spelled_out(made[:1], first=9))
    assert pocket.store.sync.logged() == {change.change_id for change in made}
    assert pocket.store.sync.hello().want == ()
    assert pocket.store.history(uid(1)) == [made[0]]


def test_what_is_here_already_is_not_written_once_more(pocket, elsewhere):
    made = [elsewhere.change(1, {"location": "Mill Road"})]
    pocket.store.sync.settle(spelled_out(made))
    before = pocket.db.execute("SELECT ct FROM change").fetchall()
    pocket.store.sync.settle(replace(spelled_out(made), before=NO_CHANGE))
    assert pocket.db.execute("SELECT ct FROM change").fetchall() == before
    assert pocket.db.execute("SELECT count(*) FROM segment").fetchone() == (1,)

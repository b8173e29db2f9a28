"""One transaction holds change, outbox row and view; only a receipt that names a change settles it."""

import sqlite3
from dataclasses import replace
from threading import Event, Thread

import pytest

from field_app.phone.store.disk import DiskFull, Draft, TooLong
from field_app.phone.store.envelope import Damaged
from sync.domain.records.fold import fold
from sync.domain.records.incident import gather
from sync.protocol.derived_ids import next_nonce, number_of
from sync.protocol.messages import Verdict
from tests.steps.builders import CANARIES, PIN, Device, Pocket, land, segment, uid


def test_what_is_sealed_is_there_after_a_restart(pocket):
    pocket.seal(1, {"location": "Mill Road"})
    pocket.seal(1, {"cad_ref": "412"})
    pocket.restart()
    incident = pocket.store.incident(uid(1))
    assert incident.records[uid(1)].values == {"location": "Mill Road", "cad_ref": "412"}
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [1, 2]


def test_the_view_is_the_fold_of_the_changes(pocket):
    pocket.seal(1, {"location": "Mill Road"})
    pocket.seal(2, {"given_name": "Marigold"}, incident=1, incident_id=uid(1), kind="person")
    pocket.restart()
    records = [fold(pocket.store.history(uid(n))) for n in (1, 2)]
    assert pocket.store.incident(uid(1)) == gather(records)[uid(1)]


def test_changes_of_a_device_form_a_chain(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    assert [change.device_prev for change in made[1:]] == [change.change_id for change in made[:-1]]


def test_nonces_of_an_incident_follow_from_each_other_until_the_app_is_started_again(pocket):
    first, elsewhere, second = (pocket.seal(number, {"location": "x"}) for number in (1, 2, 1))
    assert pocket.store.next_nonce(uid(1)) == next_nonce(second.nonce) != next_nonce(elsewhere.nonce)
    assert second.nonce == next_nonce(first.nonce)
    pocket.restart()
    assert pocket.seal(1, {"location": "y"}).nonce != next_nonce(second.nonce)


def test_an_id_for_a_record_is_given_once_whatever_became_of_it(pocket):
    """It is derived in an incident begun since the start, and else drawn: a copy of the folder draws others."""
    pocket.seal(1, {"location": "Mill Road"})

    def new():
        return number_of(pocket.store.new_record_id(uid(1)), uid(1), pocket.device_id)

    assert [new(), new()] == [1, 2]  # the first two are only looked at
    pocket.restart()
    pocket.seal(1, {"cad_ref": "412"})
    assert [new(), new()] == [0, 0]
    assert pocket.store.new_record_id(uid(1)) != pocket.store.new_record_id(uid(1))


def test_a_failed_transaction_leaves_nothing(pocket):
    pocket.seal(1, {"location": "Mill Road"})
    pocket.db.execute("CREATE TRIGGER fail BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        pocket.seal(1, {"location": "lost"})
    pocket.db.execute("DROP TRIGGER fail")
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "Mill Road"}
    pocket.restart()
    assert len(pocket.store.history(uid(1))) == 1
    assert pocket.seal(1, {"cad_ref": "1"}).device_seq == 2


def test_only_what_a_run_names_is_settled(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(3)]
    pocket.store.sync.settle(segment(made[:2]))
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [3]
    assert pocket.store.sync.hello().acked == 2
    assert pocket.store.strip().words() == "1 only on this phone"
    pocket.store.sync.settle(segment(made[2:], first=3))
    assert pocket.store.strip().words() == "All received 12:00"
    assert [one.words() for one in pocket.store.deliveries()] == ["Received 12:00, no. 3"]


def test_a_verdict_without_a_receipt_never_reads_as_received_and_is_sent_again(pocket):
    made = pocket.seal(1, {"location": "x"})
    pocket.store.sync.keep_verdict(Verdict(1, "quarantined", "answer_unreadable", "location", "Check it."))
    assert pocket.store.sync.pending(0) == [made]
    assert pocket.store.deliveries()[0].words() == "Only on this phone"
    pocket.store.sync.settle(segment([made]))
    assert pocket.store.deliveries()[0].words() == "Received 12:00, no. 1 – needs attention"
    assert pocket.store.strip().words() == "1 needs attention"


def test_what_is_refused_is_kept_and_named_and_does_not_stop_the_rest(pocket):
    pocket.seal(1, {"location": "x"})
    second = pocket.seal(2, {"location": "y"})
    pocket.store.sync.keep_verdict(Verdict(1, "refused", "signature_wrong"))
    assert pocket.store.sync.pending(0) == [second]
    assert pocket.store.deliveries()[0].words() == "Not received – kept on this phone"


def test_pulled_changes_and_the_head_land_together(pocket):
    mine = pocket.seal(1, {"location": "Mill Road"})
    other = Device(2)
    theirs = other.change(1, {"location": "Mill Lane"}, parents=())
    log = segment([mine, theirs])
    land(pocket.store, log)
    record = pocket.store.incident(uid(1)).records[uid(1)]
    assert {given.value for given in record.clashes["location"]} == {"Mill Road", "Mill Lane"}
    assert pocket.store.sync.verified_range().head.claim() == log.head.claim()
    assert pocket.store.sync.hello().acked == 1


def test_a_pulled_change_may_come_twice(pocket):
    other = Device(2)
    other.change(5, {"location": "Mill Lane"})
    land(pocket.store, segment(other.made))
    land(pocket.store, segment(other.made))
    assert len(pocket.store.history(uid(5))) == 1


def test_a_void_change_is_kept_but_not_folded(pocket):
    mine = pocket.seal(1, {"location": "Mill Road"})
    log = segment([mine])
    void = type(log)(log.before, tuple(type(e)(e.seq, e.received_ms, e.change, True) for e in log.entries), log.head)
    land(pocket.store, void)
    assert len(pocket.store.history(uid(1))) == 1
    pocket.restart()
    incident = pocket.store.incident(uid(1))
    assert incident is None or uid(1) not in incident.records


def test_a_draft_outlives_a_restart_and_goes_when_sealed(pocket):
    draft = Draft(uid(2), uid(1), "person", (), {}, {"given_name": "Marigold"})
    pocket.store.keep(draft)
    pocket.restart()
    assert pocket.store.drafts(uid(1)) == [draft]
    pocket.store.drop(uid(2))
    assert pocket.store.drafts() == []


def test_listeners_hear_after_the_commit_and_see_what_was_committed(pocket):
    heard = []
    stop = pocket.store.on_change(lambda: heard.append(pocket.store.incident(uid(1)).records[uid(1)].values))
    pocket.seal(1, {"location": "Mill Road"})
    stop()
    pocket.seal(1, {"location": "Mill Lane"})
    assert heard == [{"location": "Mill Road"}]


def test_nothing_clinical_lies_in_clear(pocket, tmp_path):
    name, family, number, note = CANARIES
    pocket.seal(1, {"location": note})
    person = {"given_name": name, "family_name": family, "nhs_number": number}
    pocket.seal(2, person, incident=1, incident_id=uid(1), kind="person")
    pocket.store.keep(Draft(uid(3), uid(1), "assessment", (), {}, {"impression": note}))
    theirs = Device(2)
    theirs.change(9, {"location": f"{name} {family}"})
    land(pocket.store, segment(theirs.made))
    found = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(found) > 10_000
    for canary in CANARIES:
        assert canary.encode() not in found
        assert canary.encode("utf-16-le") not in found


@pytest.mark.parametrize("column", ["ct", "wdek"])
def test_a_row_put_elsewhere_does_not_open(pocket, column):
    first, second = pocket.seal(1, {"location": "x"}), pocket.seal(2, {"location": "y"})
    ids = (bytes.fromhex(first.change_id), bytes.fromhex(second.change_id))
    pocket.db.execute(
        f"UPDATE change SET {column} = (SELECT {column} FROM change WHERE change_id = ?) WHERE change_id = ?", ids
    )
    with pytest.raises(Damaged):
        pocket.store.history(uid(2))


def test_a_view_that_does_not_open_is_folded_again(pocket):
    pocket.seal(1, {"location": "Mill Road"})
    pocket.db.execute("UPDATE incident SET ct = zeroblob(300)")
    pocket.restart()
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "Mill Road"}


def test_a_void_change_still_lies_between_others(pocket):
    """Else a change that was made on top of it would look like a second opinion."""
    first = pocket.seal(1, {"location": "x"})
    void = pocket.seal(1, {"digest": "d"}, op="sign")
    pocket.seal(1, {"location": "y"})
    log = segment([first, void])
    entries = (log.entries[0], replace(log.entries[1], void=True))
    land(pocket.store, replace(log, entries=entries))
    record = pocket.store.incident(uid(1)).records[uid(1)]
    assert record.values == {"location": "y"}
    assert (record.clashes, record.acts, record.waiting_for) == ({}, (), ())


def test_more_than_a_change_can_hold_is_refused_and_the_draft_stays(pocket):
    draft = Draft(uid(1), uid(1), "incident", (), {}, {"officer_safety_note": "x" * 300_000})
    pocket.store.keep(draft)
    with pytest.raises(TooLong):
        pocket.seal(1, draft.answers)
    assert pocket.store.drafts() == [draft]
    assert pocket.store.sync.pending(0) == []


def test_a_full_disk_is_said_so_and_costs_nothing_that_was_saved(pocket):
    pocket.seal(1, {"location": "x"})
    pages = pocket.db.execute("PRAGMA page_count").fetchone()[0]
    pocket.db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull):
        pocket.seal(2, {"officer_safety_note": "y" * 100_000})
    with pytest.raises(DiskFull):
        pocket.store.keep(Draft(uid(3), uid(1), "person", (), {}, {"address": "z" * 100_000}))
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "x"}
    pocket.db.execute("PRAGMA max_page_count = 1000000")
    pocket.seal(1, {"cad_ref": "after"})
    pocket.restart()
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "x", "cad_ref": "after"}


def test_what_was_refused_for_its_sender_is_offered_again_after_a_fresh_sign_in(pocket):
    stays, goes = pocket.seal(1, {"location": "x"}), pocket.seal(1, {"location": "y"})
    pocket.store.sync.keep_verdict(Verdict(stays.device_seq, "refused", "signature_wrong"))
    pocket.store.sync.keep_verdict(Verdict(goes.device_seq, "refused", "not_stored"))
    assert pocket.store.sync.pending(0) == []
    pocket.store.outbox.release()
    assert pocket.store.sync.pending(0) == [goes]


def test_what_the_centre_has_lost_is_offered_again(pocket):
    made = [pocket.seal(1, {"location": str(n)}) for n in range(4)]
    pocket.store.sync.settle(segment(made))
    pocket.store.sync.offer_again([(2, 3)])
    assert [change.device_seq for change in pocket.store.sync.pending(0)] == [2, 3]
    assert pocket.store.strip().words() == "1 only on this phone"


def test_in_another_team_the_pull_begins_anew(pocket):
    theirs = Device(2)
    land(pocket.store, segment([theirs.change(5, {"location": "x"})]))
    assert pocket.store.sync.hello().head
    pocket.vaults.save_profile(pocket.vault, {**pocket.vault.profile, "scope": "team:other"})
    assert pocket.store.sync.hello().head is None
    assert pocket.store.sync.verified_range() is None


def test_one_damaged_record_does_not_hide_the_others(pocket):
    pocket.seal(1, {"location": "x"})
    pocket.seal(2, {"location": "y"})
    pocket.db.execute("UPDATE incident SET ct = zeroblob(300) WHERE rowid = 1")
    pocket.db.execute("UPDATE change SET ct = zeroblob(300) WHERE rowid = 1")
    pocket.restart()
    assert [incident.incident_id for incident in pocket.store.incidents()] == [uid(2)]
    assert pocket.store.strip().words() == "1 needs attention · 2 only on this phone"


def test_what_needs_attention_comes_first_and_names_its_question(pocket):
    first = pocket.seal(1, {"location": "x"})
    second = pocket.seal(2, {"location": "y"})
    pocket.store.sync.settle(segment([first, second]))
    pocket.store.sync.keep_verdict(Verdict(1, "quarantined", "answer_unreadable", "location", "Look at it again."))
    attention, received = pocket.store.deliveries()
    assert (attention.record_id, received.state) == (uid(1), "received")
    assert attention.advice == "Where is it? – Look at it again."


def test_a_pin_is_tried_while_another_thread_writes(pocket: Pocket):
    """One connection serves all threads: what one begins, no other ends."""
    inside, go_on, tried = Event(), Event(), []

    def write() -> None:
        with pocket.disk.transaction():
            inside.set()
            go_on.wait(10)

    def unlock() -> None:
        tried.append(pocket.vaults.open(pocket.username, PIN).username)

    threads = [Thread(target=write), Thread(target=unlock)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    threads[1].join(0.5)
    assert not tried
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert tried == [pocket.username]
    assert not pocket.db.conn.in_transaction

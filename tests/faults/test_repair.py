"""What the centre lost comes back; what a phone lost comes back; what the two hold is compared."""

import pytest

from field_app.phone.store.vault import KEYS
from sync.api.accounts import device_commands
from sync.api.pull import log_pages
from sync.core.times import to_millis
from sync.protocol.anti_entropy import bucket_sums, differing_buckets, ids_in
from tests.steps.builders import uid


def now_ms(rig) -> int:
    return to_millis(rig.clock.now())


def two_phones(rig):
    first, second = rig.phone(), rig.phone("tom.ellery")
    rig.seal(first, 1, {"location": "Mill Road"})
    for pocket in (first, second, first):
        rig.sync(pocket)
    return first, second


def test_what_a_restored_centre_lost_comes_back_from_the_phones(rig):
    first, second = two_phones(rig)
    backup = rig.back_up()
    rig.seal(first, 1, {"cad_ref": "CC-22112026-0147"})
    rig.seal(second, 2, {"location": "Old Bridge"})
    for pocket in (first, second, first):
        rig.sync(pocket)
    assert len(rig.centre.log()) == 3
    rig.restore(backup)
    assert len(rig.centre.log()) == 1
    rig.check()
    assert {row.change_id for row in rig.centre.log()} == set(rig.sealed)
    assert first.store.strip().restored_at is not None


def test_what_a_phone_that_broke_had_recorded_comes_back_from_a_colleagues(rig):
    """The phone that made it is gone, the centre lost it; a colleague's phone has it under the centre's own hand."""
    first, second = two_phones(rig)
    backup = rig.back_up()
    lost = rig.seal(first, 1, {"cad_ref": "CC-22112026-0147"})
    for pocket in (first, second):
        rig.sync(pocket)
    rig.restore(backup)
    rig.phones.remove(first)
    first.db.conn.close()
    rig.check()
    row = next(row for row in rig.centre.log() if row.change_id == lost.change_id)
    assert (row.verdict, row.void, row.device_id) == ("accepted", False, first.device_id)
    assert second.store.incident(uid(1)).records[uid(1)].values["cad_ref"] == "CC-22112026-0147"


def test_a_centre_of_the_same_epoch_with_another_history_is_an_alarm_and_not_believed(rig):
    first, _second = two_phones(rig)
    first.db.execute("UPDATE pulled SET chain = ?", ("7" * 64,))
    first.db.conn.commit()
    assert rig.sync(first).code == "history_differs"


def test_a_change_whose_bytes_are_damaged_on_the_phone_comes_back(rig):
    first, second = two_phones(rig)
    rig.check()
    second.db.execute("UPDATE change SET ct = zeroblob(40)")
    second.db.execute("DELETE FROM incident")
    second.db.conn.commit()
    second.db.execute("INSERT INTO incident SELECT vault_id, incident_id, 1, '', 0, day, wdek, ct FROM change")
    second.db.conn.commit()
    rig.restart(second)
    assert second.store.incidents() == []
    assert second.store.strip().attention == 1
    rig.sync(second)
    assert second.store.incident(uid(1)).records[uid(1)].values == {"location": "Mill Road"}
    assert second.store.strip().attention == 0
    assert first.store.incident(uid(1)) == second.store.incident(uid(1))


def test_a_damaged_change_that_waits_is_named_and_does_not_stop_the_others(rig):
    pocket = rig.phone()
    broken = pocket.seal(1, {"location": "x"})
    pocket.db.execute("UPDATE change SET ct = zeroblob(40)")
    pocket.db.conn.commit()
    rig.seal(pocket, 2, {"location": "y"})
    rig.sync(pocket)
    assert [row.device_seq for row in rig.centre.log()] == [2]
    [named] = [one for one in pocket.store.deliveries() if one.state == "refused"]
    assert (named.record_id, named.last_error) == (broken.record_id, "damaged")


@pytest.mark.parametrize("gone", ["theirs", "at the centre"])
def test_the_state_check_finds_and_mends_what_is_missing_on_either_side(rig, gone):
    first, second = two_phones(rig)
    mine = rig.seal(second, 2, {"location": "Old Bridge"})
    for pocket in (second, first, second):
        rig.sync(pocket)
    verified = second.store.sync.verified_range()
    there = {row.change_id for row in rig.centre.log()}
    assert differing_buckets(bucket_sums(second.store.sync.logged()), bucket_sums(there)) == set()
    if gone == "theirs":
        second.db.execute("DELETE FROM entry WHERE seq = 1")
        second.db.execute("DELETE FROM change WHERE record_id = ?", (bytes.fromhex(uid(1).replace("-", "")),))
        second.db.execute("DELETE FROM incident WHERE incident_id = ?", (bytes.fromhex(uid(1).replace("-", "")),))
        second.db.conn.commit()
        rig.restart(second)
    else:
        there -= {mine.change_id}
    buckets = differing_buckets(bucket_sums(second.store.sync.logged()), bucket_sums(there))
    assert len(buckets) == 1
    assert second.store.sync.compared(buckets, set(ids_in(there, buckets))) == 1
    if gone == "theirs":
        rig.sync(second)
        assert second.store.incident(uid(1)).records[uid(1)].values == {"location": "Mill Road"}
        assert second.store.sync.verified_range() == verified
    else:
        assert [one.change_id for one in second.store.sync.pending(0)] == [mine.change_id]
    rig.check()


def test_a_new_phone_begins_with_the_newest_page_though_receipts_are_outstanding(rig, monkeypatch):
    monkeypatch.setattr(log_pages, "PAGE_ENTRIES", 2)
    first, fresh = rig.phone(), rig.phone("tom.ellery")
    rig.seal(fresh, 9, {"location": "Old Bridge"})
    rig.sync(fresh, down=0)
    for number in range(1, 8):
        rig.seal(first, number, {"location": "Mill Road"})
    rig.sync(first)
    report = rig.sync(fresh)
    assert (report.pulled, report.more) == (7, False)
    assert fresh.store.sync.verified_range().is_whole
    rig.check()


def test_a_wipe_is_obeyed_only_after_everything_has_been_received(rig):
    pocket, other = rig.phone(), rig.phone("tom.ellery")
    with rig.centre.db.write() as conn:
        order = device_commands.issue(conn, rig.centre.org, pocket.device_id, "wipe", "ruth.okoro", now_ms(rig))
    rig.seal(pocket, 1, {"location": "x"})
    rig.sync(pocket, up=0)
    assert rig.sync(pocket).more, "after the cut nothing is sent: what arrived is learned first"
    assert not pocket.store.commands.due("wipe")
    rig.sync(pocket)
    assert pocket.store.commands.due("wipe")
    rig.sync(other)
    assert not other.store.commands.due("wipe")
    pocket.store.commands.obeyed("wipe")
    rig.sync(pocket)
    with rig.centre.db.read() as conn:
        assert device_commands.due(conn, rig.centre.org, pocket.device_id) == []
    assert order


def test_an_order_that_the_centre_has_not_signed_is_none(rig):
    pocket = rig.phone()
    claim = {"device_id": pocket.device_id, "kind": "wipe", "command_id": "1"}
    pocket.store.sync.keep_commands(
        [{**claim, "signature": "x"}, {**claim, "signature": rig.centre.signer.sign("head", claim)}]
    )
    assert not pocket.store.commands.due("wipe")
    pocket.store.sync.keep_commands([{**claim, "signature": rig.centre.signer.sign("command", claim)}])
    assert pocket.store.commands.due("wipe")


def rows_of_vaults(pocket):
    """The tables in which something is, and how much."""
    tables = [row[0] for row in pocket.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    counts = {
        table: pocket.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in tables
        if not table.startswith(("_", "setting"))
    }
    return {table: count for table, count in counts.items() if count}


def test_an_erased_vault_leaves_nothing_of_its_own(rig):
    pocket, other = two_phones(rig)
    with pocket.disk.lock:
        pocket.vaults.erase(pocket.vault.vault_id)
    assert pocket.vaults.usernames() == []
    assert rows_of_vaults(pocket) == {}
    assert other.store.incident(uid(1))
    rig.phones.remove(pocket)
    pocket.db.conn.close()


def test_an_erasure_that_was_cut_short_is_finished_at_the_next_start(rig):
    pocket = rig.phone()
    pocket.store.sync.keep_commands([
        {**claim, "signature": rig.centre.signer.sign("command", claim)}
        for claim in [{"device_id": pocket.device_id, "kind": "wipe", "command_id": "1"}]
    ])  # fmt: skip
    pocket.vaults.erase_ordered()
    assert pocket.vaults.usernames() == ["amina.yusuf"]
    pocket.store.commands.obeyed("wipe")
    pocket.vaults.erase_ordered()
    assert pocket.vaults.usernames() == ["amina.yusuf"], "the desk would never hear of it"
    with pocket.disk.transaction():
        pocket.vaults._delete(pocket.vault.vault_id, KEYS)  # and here it is killed
    pocket.vaults.erase_ordered()
    assert rows_of_vaults(pocket) == {}
    rig.phones.remove(pocket)
    pocket.db.conn.close()

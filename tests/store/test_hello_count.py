"""The count of a device's hellos: never given twice, whatever is killed or full, and for next to no writing."""

import sqlite3

from field_app.phone.store.disk import VaultRows
from field_app.phone.store.hello_count import BLOCK, HelloCount


def statements(pocket, counts: HelloCount, times: int) -> list[str]:
    """What is written while this many counts are taken."""
    seen: list[str] = []
    pocket.db.conn.set_trace_callback(seen.append)
    for _ in range(times):
        counts.next()
    pocket.db.conn.set_trace_callback(None)
    return [statement for statement in seen if statement.startswith("UPDATE")]


def test_it_rises_by_one_and_is_written_once_in_a_block(pocket):
    counts = HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id))
    assert [counts.next() for _ in range(3)] == [1, 2, 3]
    assert len(statements(pocket, counts, 3 * BLOCK)) == 3


def test_after_a_kill_it_goes_on_above_all_that_was_given(pocket):
    given: list[int] = []
    for used in (1, BLOCK, BLOCK + 1, 0, 7):
        counts = HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id))
        given += [counts.next() for _ in range(used)]
        pocket.restart()
    assert given == sorted(set(given))


def test_it_goes_on_above_what_the_centre_has_heard_and_never_back(pocket):
    counts = HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id))
    counts.on_from(1000)
    assert counts.next() == 1001
    counts.on_from(5)
    assert counts.next() == 1002
    pocket.restart()
    assert HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id)).next() > 1002


def test_a_full_disk_stops_no_exchange(pocket, monkeypatch):
    counts = HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id))

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(pocket.db, "atomic", full)
        assert [counts.next() for _ in range(3)] == [1, 2, 3]
    assert counts.next() == 4
    assert HelloCount(VaultRows(pocket.disk, pocket.vault.vault_id)).next() > 4

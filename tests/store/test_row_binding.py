"""A row that was moved, or whose validity was turned, in the file does not open: counted, and asked for again."""

import pytest

from field_app.phone.store.disk import VaultRows
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.outbox import Outbox
from tests.steps.builders import Device, land, segment, uid, voided


def raw(number: int) -> bytes:
    return bytes.fromhex(uid(number).replace("-", ""))


@pytest.fixture
def theirs(pocket):
    """Two incidents that came from a colleague, each of its own record and a person's."""
    device = Device(2)
    for number, name in ((1, "Marigold"), (3, "Ida")):
        device.change(number, {"location": "Mill Road"})
        person = {"incident_id": uid(number), "kind": "person"}
        device.change(number + 1, {"given_name": name}, **person)
    land(pocket.store, segment(device.made))
    return device.made


def forget_views(pocket) -> None:
    """What brings a phone to fold everything again."""
    pocket.db.execute("UPDATE incident SET ct = zeroblob(300)")
    pocket.restart()


MOVED = [
    pytest.param("incident_id = :other", 1, id="to another incident"),
    pytest.param("record_id = :other, incident_id = :other", 1, id="to another incident's own record"),
    pytest.param("record_id = :neighbour", 1, id="to another record of its incident"),
    pytest.param("void = 1", 1, id="made void"),
]


@pytest.mark.parametrize(("turned", "place"), MOVED)
def test_a_row_turned_in_the_file_is_damaged_asked_for_and_comes_back(pocket, theirs, turned, place):
    before = {number: pocket.store.incident(uid(number)) for number in (1, 3)}
    turned_id = bytes.fromhex(theirs[place].change_id)
    pocket.db.execute(
        f"UPDATE change SET {turned} WHERE change_id = :id", {"id": turned_id, "other": raw(3), "neighbour": raw(1)}
    )
    forget_views(pocket)
    pocket.store.incidents()
    assert pocket.store.strip().attention == len(pocket.store.damaged) >= 1
    assert pocket.store.sync.hello().want == (turned_id.hex(),)
    pocket.store.sync.settle(segment(theirs[place : place + 1], before="7" * 64, first=2))
    assert pocket.store.strip().attention == 0
    assert pocket.store.sync.hello().want == ()
    assert {number: pocket.store.incident(uid(number)) for number in (1, 3)} == before
    forget_views(pocket)
    assert {number: pocket.store.incident(uid(number)) for number in (1, 3)} == before


def test_a_void_change_that_is_made_to_count_is_damaged(pocket):
    device = Device(2)
    device.change(1, {"location": "Mill Road"})
    land(pocket.store, voided(segment(device.made)))
    pocket.db.execute("UPDATE change SET void = 0")
    forget_views(pocket)
    with pytest.raises(Damaged):
        pocket.store.history(uid(1))


def test_an_incident_whose_rows_are_all_gone_is_damaged_and_not_empty(pocket, theirs):
    pocket.db.execute("UPDATE change SET incident_id = ? WHERE incident_id = ?", (raw(3), raw(1)))
    forget_views(pocket)
    assert pocket.store.incidents() == []
    assert pocket.store.damaged == {uid(1), uid(3)}


def test_an_incident_that_is_called_a_shift_in_the_file_is_folded_again(pocket):
    pocket.seal(1, {"location": "Mill Road"})
    pocket.db.execute("UPDATE incident SET apart = 'shift'")
    pocket.restart()
    assert pocket.store.incidents() == []
    assert pocket.store.shifts() == []
    assert [incident.incident_id for incident in pocket.store.incidents()] == [uid(1)]


def test_a_change_that_waits_goes_under_its_own_number_only(pocket):
    first, second = (pocket.seal(1, {"location": text}) for text in ("x", "y"))
    pocket.db.execute("UPDATE outbox SET change_id = ? WHERE device_seq = 1", (bytes.fromhex(second.change_id),))
    assert pocket.store.sync.pending(0) == [second]
    assert first not in pocket.store.sync.pending(0)
    assert [one.last_error for one in pocket.store.deliveries()] == ["damaged"]


def test_a_receipt_that_says_void_holds_after_a_restart_and_so_does_one_that_says_it_counts_again(pocket):
    mine = pocket.seal(1, {"location": "Mill Road"})
    log = segment([mine], own=pocket.device_id)
    for receipt, values in ((voided(log), None), (log, {"location": "Mill Road"})):
        pocket.store.sync.settle(receipt)
        for _ in range(2):
            incident = pocket.store.incident(uid(1))
            record = incident.records.get(uid(1)) if incident else None
            assert (record.values if record else None) == values
            assert pocket.store.history(uid(1)) == [mine]
            forget_views(pocket)


def test_a_void_told_to_a_locked_phone_is_kept_and_holds_once_the_vault_is_open(pocket):
    mine = pocket.seal(1, {"location": "Mill Road"})
    vault_id, device = pocket.vault.vault_id, pocket.vault.device
    pocket.db.conn.close()
    pocket.open()
    locked = Outbox(VaultRows(pocket.disk, vault_id), device)
    with pocket.disk.writing():
        locked.settle(voided(segment([mine], own=pocket.device_id)).entries)
    pocket.restart()
    incident = pocket.store.incident(uid(1))
    assert incident is None or uid(1) not in incident.records
    assert pocket.store.history(uid(1)) == [mine]
    assert pocket.store.strip().waiting == 0

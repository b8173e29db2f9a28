"""On a full disk one unlocks, reads and sends; what is recorded goes into a reserve; each failing write says so."""

from contextlib import suppress
from pathlib import Path

import pytest

from field_app.phone.store import full_disk
from field_app.phone.store.disk import Draft
from field_app.phone.store.pin import PinWait, PinWrong
from field_app.phone.store.schema import open_db
from sync.core.errors import DiskFull
from sync.protocol.messages import Verdict
from tests.steps.builders import PIN, Device, Pocket, land, segment, uid
from tests.steps.small_disk import RESERVE, fill, free, small_disk


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", "8m") as folder:
        yield folder


@pytest.fixture
def pocket(disk):
    """A phone's store on the small disk, with some incidents, its app closed."""
    made = Pocket(disk / "phone")
    for number in range(1, 11):
        made.seal(number, {"location": f"Place {number}"})
    made.store.keep(Draft(uid(900), uid(1), "person", (), {}, {"given_name": "Ida"}))
    made.db.conn.close()
    yield made
    with suppress(Exception):
        made.db.conn.close()


def without_room(pocket: Pocket, disk: Path) -> Path:
    """Not a byte is left, and the reserve is used up."""
    (disk / "phone" / RESERVE).unlink()
    photographs = fill(disk)
    assert free(disk) == 0
    return photographs


def seal_until_full(pocket: Pocket) -> int:
    """How many incidents there was room for."""
    for number in range(1000):
        try:
            pocket.seal(100 + number, {"location": f"Place {number}"})
        except DiskFull:
            return number
    raise AssertionError("the disk was not full")


# --- the reserve ----------------------------------------------------------------------------------------------------


def test_room_is_kept_back_from_the_start(pocket, disk):
    kept = disk / "phone" / RESERVE
    assert kept.stat().st_size == full_disk.SIZE
    assert kept.stat().st_blocks * 512 >= full_disk.SIZE, "really, and not a hole in a file"


def test_a_shift_can_be_recorded_into_the_reserve(pocket, disk):
    fill(disk)
    pocket.restart()
    assert pocket.store.strip().is_full
    for number in range(50):
        pocket.store.keep(Draft(uid(901), uid(1), "person", (), {}, {"given_name": f"Ida {number}"}))
        pocket.seal(100 + number, {"location": f"Place {number}"})
    pocket.restart()
    assert pocket.store.incident(uid(149)).one("incident").values == {"location": "Place 49"}
    assert len(pocket.store.incidents()) == 60


def test_what_there_is_no_room_for_says_so_and_leaves_what_was_there(pocket, disk):
    photographs = fill(disk)
    pocket.restart()
    sealed = seal_until_full(pocket)
    assert sealed >= 50
    assert len(pocket.store.incidents()) == 10 + sealed
    photographs.unlink()
    pocket.seal(999, {"location": "There is room again"})
    assert not pocket.store.strip().is_full
    assert (disk / "phone" / RESERVE).stat().st_size == full_disk.SIZE, "and it is kept back again"


def test_what_others_recorded_does_not_take_the_reserve(pocket, disk):
    photographs = fill(disk)
    pocket.restart()
    work = segment([Device(1).change(number, {"location": "x"}) for number in range(500, 520)])
    with pytest.raises(DiskFull):
        land(pocket.store, work)
    pocket.seal(999, {"location": "My own"})
    photographs.unlink()
    pocket.seal(998, {"location": "There is room again"})
    land(pocket.store, work)
    assert pocket.store.incident(uid(500))


def test_a_receipt_is_taken_on_a_full_disk(pocket, disk):
    fill(disk)
    pocket.restart()
    land(pocket.store, segment(pocket.store.sync.pending(0)))
    assert pocket.store.strip().waiting == 0


# --- not a byte -----------------------------------------------------------------------------------------------------


def test_without_a_byte_one_unlocks_and_reads(pocket, disk):
    without_room(pocket, disk)
    pocket.restart()
    assert len(pocket.store.incidents()) == 10
    assert pocket.store.incident(uid(3)).one("incident").values == {"location": "Place 3"}
    assert [draft.answers for draft in pocket.store.drafts()] == [{"given_name": "Ida"}]
    assert pocket.store.strip().waiting == 10
    assert len(pocket.store.sync.pending(0)) == 10, "and sends"
    assert pocket.store.sync.hello().device_seq == 10


def update_the_app(pocket: Pocket) -> None:
    """No view of before opens any more."""
    pocket.restart()
    pocket.db.execute("UPDATE incident SET ct = x'00'")
    pocket.db.conn.close()


def test_without_a_byte_what_has_to_be_folded_again_is_read(pocket, disk):
    update_the_app(pocket)
    without_room(pocket, disk)
    pocket.restart()
    assert len(pocket.store.incidents()) == 10
    assert pocket.store.incident(uid(3)).one("incident").values == {"location": "Place 3"}


def test_what_is_folded_again_to_be_read_does_not_take_the_reserve(pocket, disk):
    update_the_app(pocket)
    fill(disk)
    pocket.restart()
    assert len(pocket.store.incidents()) == 10
    assert pocket.db.execute("SELECT count(*) FROM incident WHERE ct = x'00'").fetchone()[0] == 10
    assert seal_until_full(pocket) > 50


def test_without_a_byte_one_unlocks_on_a_new_day_too(pocket, disk):
    pocket.clock.forward(days=2)
    photographs = without_room(pocket, disk)
    pocket.restart()
    photographs.unlink()
    pocket.seal(50, {"location": "Under the key of an earlier day"})
    pocket.restart()
    assert pocket.store.incident(uid(50))
    assert pocket.db.execute("SELECT count(*) FROM day_key").fetchone()[0] == 2


WRITES = [
    lambda pocket: pocket.seal(50, {"location": "x"}),
    lambda pocket: pocket.store.keep(Draft(uid(901), uid(1), "person", (), {}, {"given_name": "Ida"})),
    lambda pocket: pocket.store.drop(uid(900)),
    lambda pocket: pocket.store.put_away(),
    lambda pocket: pocket.vaults.save_profile(pocket.vault, {**pocket.vault.profile, "shift": "s"}),
    lambda pocket: pocket.vaults.create(uid(0xB7), "tom.ellery", "735192", dict(pocket.vault.profile), bytes(32)),
    lambda pocket: pocket.vaults.erase(pocket.vault.vault_id),
    lambda pocket: pocket.store.outbox.keep_verdict(Verdict(1, "refused", "bad_change")),
    lambda pocket: pocket.store.outbox.note_failure("not_reachable"),
    lambda pocket: land(pocket.store, segment(pocket.store.sync.pending(0))),
    lambda pocket: land(pocket.store, segment([Device(1).change(500, {"location": "x"})])),
]


@pytest.mark.parametrize("write", WRITES)
def test_without_a_byte_every_write_says_that_the_disk_is_full(pocket, disk, write):
    """In words: no fault of the database ever comes through; and nothing is half written."""
    photographs = without_room(pocket, disk)
    pocket.restart()
    with pytest.raises(DiskFull):
        write(pocket)
    assert len(pocket.store.incidents()) == 10
    photographs.unlink()
    pocket.restart()
    assert len(pocket.store.incidents()) == 10
    assert len(pocket.store.drafts()) == 1
    write(pocket)


def test_without_a_byte_what_is_heard_of_the_centre_holds_until_the_app_ends(pocket, disk):
    without_room(pocket, disk)
    pocket.restart()
    pocket.disk.heard_clock(9_000_000)
    pocket.disk.heard_version(True)
    assert pocket.store.strip().is_old
    assert pocket.store.strip().clock_offset_ms == 9_000_000


# --- the PIN ---------------------------------------------------------------------------------------------------------


def test_a_try_is_counted_durably_as_long_as_there_is_the_reserve(pocket, disk):
    fill(disk)
    pocket.open()
    for _ in range(2):
        with pytest.raises(PinWrong):
            pocket.vaults.open("amina.yusuf", "999111")
    pocket.db.conn.close()
    pocket.open()
    assert pocket.db.execute("SELECT wrong FROM vault").fetchone()[0] == 2


def test_where_a_try_cannot_be_counted_each_wrong_one_has_to_wait(pocket, disk):
    without_room(pocket, disk)
    pocket.open()
    with pytest.raises(PinWrong):
        pocket.vaults.open("amina.yusuf", "999111")
    with pytest.raises(PinWait):
        pocket.vaults.open("amina.yusuf", PIN)
    pocket.clock.forward(seconds=31)
    with pytest.raises(PinWrong):
        pocket.vaults.open("amina.yusuf", "999112")
    pocket.clock.forward(seconds=31)
    with pytest.raises(PinWait):
        pocket.vaults.open("amina.yusuf", PIN)
    pocket.clock.forward(seconds=31)
    assert pocket.vaults.open("amina.yusuf", PIN)
    assert pocket.vaults.open("amina.yusuf", PIN), "a right PIN clears the count"


def test_what_was_counted_before_the_disk_was_full_counts_on(pocket, disk):
    pocket.open()
    for _ in range(6):
        pocket.clock.forward(hours=1)
        with pytest.raises(PinWrong):
            pocket.vaults.open("amina.yusuf", "999111")
    pocket.db.conn.close()
    without_room(pocket, disk)
    pocket.open()
    pocket.clock.forward(hours=1)
    with pytest.raises(PinWrong):
        pocket.vaults.open("amina.yusuf", "999111")
    pocket.clock.forward(seconds=299)
    with pytest.raises(PinWait):
        pocket.vaults.open("amina.yusuf", PIN)


# --- the kind --------------------------------------------------------------------------------------------------------


def test_a_phone_is_not_set_up_where_there_is_no_room_and_says_so(disk):
    fill(disk)
    with pytest.raises(DiskFull):
        open_db(disk / "new" / "phone.db")

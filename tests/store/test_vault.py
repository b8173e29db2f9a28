"""A PIN opens only its nurse's vault, only on this device, and a try is counted before it is made."""

from datetime import timedelta

import pytest

from field_app.phone.store.disk import Disk
from field_app.phone.store.envelope import Damaged
from field_app.phone.store.locked_store import LockedStore
from field_app.phone.store.pin import PinLocked, PinWait, PinWeak, PinWrong, Tries, weak
from field_app.phone.store.schema import open_db
from field_app.phone.store.vault import Vaults
from tests.steps.builders import PIN, FakeClock, uid


def test_the_pin_opens_the_vault_and_brings_the_same_keys(pocket):
    again = pocket.vaults.open("amina.yusuf", PIN)
    assert again.user.public == pocket.vault.user.public
    assert again.device.public == pocket.vault.device.public
    assert again.profile == pocket.vault.profile


def wrong(pocket, times):
    for _ in range(times):
        with pytest.raises(PinWrong):
            pocket.vaults.open("amina.yusuf", "999111")


def restart_closed(pocket, boot_id=""):
    """A new start of the app: on a phone that was restarted too, where there is another `boot_id`."""
    pocket.db.conn.close()
    if boot_id:
        pocket.clock.boot_id, pocket.clock._ms = boot_id, 5_000
    pocket.open()


def refused(pocket):
    with pytest.raises(PinWait) as caught:
        pocket.vaults.open("amina.yusuf", PIN)
    return caught.value.advice


def test_a_wrong_pin_is_counted_and_waits_grow(pocket):
    wrong(pocket, 5)
    refused(pocket)
    pocket.clock.forward(seconds=31)
    wrong(pocket, 1)
    pocket.clock.forward(seconds=31)
    refused(pocket)
    pocket.clock.forward(seconds=31)
    assert pocket.vaults.open("amina.yusuf", PIN)
    assert pocket.vaults.open("amina.yusuf", PIN), "a right PIN clears the count"


@pytest.mark.parametrize("way", [1, -1])
def test_the_time_of_day_lengthens_no_wait_and_shortens_none(pocket, way):
    right = pocket.clock._now
    pocket.clock._now = right + way * timedelta(days=5 * 365)
    wrong(pocket, 5)
    pocket.clock._now = right
    assert "1 min" in refused(pocket)
    pocket.clock.forward(seconds=31)
    assert pocket.vaults.open("amina.yusuf", PIN)


def test_after_a_restart_of_the_phone_the_whole_wait_counts_from_its_start(pocket):
    for times in (5, 1, 1):
        wrong(pocket, times)
        pocket.clock.forward(minutes=1)
    restart_closed(pocket, "boot-2")
    assert "5 min" in refused(pocket)
    pocket.clock.forward(minutes=4)
    restart_closed(pocket)
    assert "5 min" in refused(pocket), "what was waited before another start of the app is not known"
    pocket.clock.forward(minutes=5)
    assert pocket.vaults.open("amina.yusuf", PIN)


def test_a_restart_of_the_app_alone_ends_no_wait_and_begins_none_anew(pocket):
    wrong(pocket, 5)
    restart_closed(pocket)
    refused(pocket)
    pocket.clock.forward(seconds=20)
    restart_closed(pocket)
    pocket.clock.forward(seconds=11)
    assert pocket.vaults.open("amina.yusuf", PIN)


def test_the_tenth_wrong_pin_is_the_last(pocket):
    said = []
    for _ in range(9):
        with pytest.raises(PinWrong) as caught:
            pocket.vaults.open("amina.yusuf", "999111")
        said.append("more wrong" in caught.value.advice)
        pocket.clock.forward(minutes=15)
    assert said == [False] * 6 + [True] * 3
    for pin in ("999111", PIN):
        with pytest.raises(PinLocked) as locked:
            pocket.vaults.open("amina.yusuf", pin)
    assert "password" in locked.value.advice
    restart_closed(pocket, "boot-2")
    pocket.clock.forward(days=1)
    with pytest.raises(PinLocked):
        pocket.vaults.open("amina.yusuf", PIN)


@pytest.mark.parametrize(
    "change", ["wrong = 0", "wrong = 4", "monotonic_ms = -900000000", "boot_id = 'x'", f"monotonic_ms = {2**62}"]
)
def test_a_count_that_was_written_by_somebody_else_is_the_worst_and_costs_no_work(pocket, change):
    mine = pocket.seal(1, {"location": "x"})
    wrong(pocket, 5)
    pocket.db.execute(f"UPDATE vault SET {change}")
    restart_closed(pocket)
    with pytest.raises(PinLocked):
        pocket.vaults.open("amina.yusuf", PIN)
    (vault,) = pocket.vaults.locked()
    assert [change.change_id for change in LockedStore(pocket.disk, vault).sync.pending(0)] == [mine.change_id]


def test_a_count_of_another_nurse_does_not_pass_for_ones_own(pocket):
    pocket.vaults.create(uid(0xB7), "tom.ellery", "735192", dict(pocket.vault.profile), bytes(range(32)))
    wrong(pocket, 5)
    columns = "wrong, boot_id, monotonic_ms, mac"
    pocket.db.execute(
        f"UPDATE vault SET ({columns}) = (SELECT {columns} FROM vault WHERE username = 'tom.ellery')"
        " WHERE username = 'amina.yusuf'"
    )
    with pytest.raises(PinLocked):
        pocket.vaults.open("amina.yusuf", PIN)


def test_a_try_is_counted_before_it_is_made(pocket, monkeypatch):
    monkeypatch.setattr(Vaults, "_kek", lambda *_: 1 / 0)  # as if the phone was killed while stretching the PIN
    with pytest.raises(ZeroDivisionError):
        pocket.vaults.open("amina.yusuf", "999111")
    assert pocket.db.execute("SELECT wrong FROM vault").fetchone()[0] == 1


def test_a_copied_database_does_not_open_on_another_device(pocket):
    stolen = Vaults(pocket.disk, b"t" * 32, pocket.clock, scrypt_n=2**10)
    pocket.db.execute("UPDATE vault SET mac = ?", (stolen._tries.mac(pocket.vault.vault_id, Tries()),))
    with pytest.raises(PinWrong):
        stolen.open("amina.yusuf", PIN)
    assert stolen.locked() == []


def test_the_stretching_cannot_be_weakened(pocket):
    pocket.db.execute("""UPDATE vault SET kdf = '{"kdf": "scrypt", "n": 2, "r": 8, "p": 1}'""")
    with pytest.raises(Damaged):
        pocket.vaults.open("amina.yusuf", PIN)


def test_one_nurse_cannot_open_what_another_recorded(pocket):
    pocket.seal(1, {"location": "x"})
    other = pocket.vaults.create(uid(0xB7), "tom.ellery", "735192", dict(pocket.vault.profile), bytes(range(32)))
    row = pocket.db.execute("SELECT change_id, record_id, incident_id, day, wdek, ct FROM change").fetchone()
    what, sealed = b"change" + b"".join(row[:3]) + b"\0", row[3:]
    assert pocket.vault.keys.open(what, *sealed)
    with pytest.raises(Damaged):
        other.keys.open(what, *sealed)


def test_a_day_later_the_day_before_still_opens(pocket):
    pocket.seal(1, {"location": "x"})
    pocket.clock.forward(days=1)
    pocket.restart()
    pocket.seal(1, {"cad_ref": "y"})
    pocket.restart()
    assert pocket.store.incident(uid(1)).records[uid(1)].values == {"location": "x", "cad_ref": "y"}
    assert pocket.db.execute("SELECT count(*) FROM day_key").fetchone()[0] == 2


EASY = """
    12345 111111 121212 123456 654321 890123 123123 204204 20262026 19852741 112233 114477 123321 121314 246810 102030
    202020 147258 159753 258025 963741 020390 200390 900302 311299 201990 519847 85203012
"""


@pytest.mark.parametrize("pin", EASY.split())
def test_easy_pins_are_refused(pocket, pin):
    assert weak(pin)
    with pytest.raises(PinWeak) as caught:
        pocket.vaults.create(uid(0xB7), "tom.ellery", pin, {}, bytes(32))
    assert "Let chance choose" in caught.value.advice


@pytest.mark.parametrize("pin", ["204816", "739164", "735192", "482913", "604117", "39174826"])
def test_good_pins_are_taken(pin):
    assert not weak(pin)


def test_about_a_tenth_of_all_pins_is_refused():
    pins = [f"{number:06}" for number in range(0, 10**6, 97)]
    assert 0.08 < sum(map(weak, pins)) / len(pins) < 0.15


@pytest.mark.parametrize(
    ("about", "pin"),
    [
        ({"collar_number": "7318"}, "473189"),
        ({"registration_number": "64A2719E"}, "642719"),
        ({"registration_number": "48A2764385E"}, "276438"),
    ],
)
def test_a_number_of_the_nurses_own_is_refused(pocket, about, pin):
    assert not weak(pin)
    with pytest.raises(PinWeak):
        pocket.vaults.create(uid(0xB7), "tom.ellery", pin, {"practitioner": about}, bytes(32))


def test_the_database_survives_being_opened_twice(tmp_path):
    for _ in range(2):
        db = open_db(tmp_path / "phone.db")
        Vaults(Disk(db, FakeClock()), b"s" * 32, FakeClock())
        assert db["change"].exists()
        db.conn.close()

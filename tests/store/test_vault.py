"""A PIN opens only its nurse's vault, only on this device, and a try is counted before it is made."""

import pytest

from field_app.phone.store.envelope import Damaged, pad, unpad
from field_app.phone.store.schema import open_db
from field_app.phone.store.vault import PinWait, PinWeak, PinWrong, Vaults, weak
from sync.core.times import to_millis
from tests.steps.builders import PIN, FakeClock, uid


def test_the_pin_opens_the_vault_and_brings_the_same_keys(pocket):
    again = pocket.vaults.open("amina.yusuf", PIN)
    assert again.user.public == pocket.vault.user.public
    assert again.device.public == pocket.vault.device.public
    assert again.profile == pocket.vault.profile


def test_a_wrong_pin_is_counted_and_waits_grow(pocket):
    for _ in range(5):
        with pytest.raises(PinWrong):
            pocket.vaults.open("amina.yusuf", "999111")
    with pytest.raises(PinWait):
        pocket.vaults.open("amina.yusuf", PIN)
    pocket.clock.forward(seconds=31)
    assert pocket.vaults.open("amina.yusuf", PIN)
    assert pocket.vaults.open("amina.yusuf", PIN), "a right PIN clears the count"


def test_a_try_is_counted_before_it_is_made(pocket, monkeypatch):
    monkeypatch.setattr(Vaults, "_kek", lambda *_: 1 / 0)  # as if the phone was killed while stretching the PIN
    with pytest.raises(ZeroDivisionError):
        pocket.vaults.open("amina.yusuf", "999111")
    assert pocket.db.execute("SELECT fails FROM vault").fetchone()[0] == 1


def test_a_copied_database_does_not_open_on_another_device(pocket):
    stolen = Vaults(pocket.db, b"t" * 32, lambda: to_millis(pocket.clock.now()), scrypt_n=2**10)
    with pytest.raises(PinWrong):
        stolen.open("amina.yusuf", PIN)


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


@pytest.mark.parametrize("pin", ["12345", "111111", "121212", "123456", "654321", "123123", "20262026"])
def test_easy_pins_are_refused(pocket, pin):
    assert weak(pin)
    with pytest.raises(PinWeak):
        pocket.vaults.create(uid(0xB7), "tom.ellery", pin, {}, bytes(32))


def test_good_pins_are_taken():
    assert not weak("204816")
    assert not weak("19852741")


@pytest.mark.parametrize(("size", "padded"), [(0, 256), (252, 256), (253, 512), (4092, 4096), (4093, 8192)])
def test_sizes_tell_little(size, padded):
    assert len(pad(b"x" * size)) == padded
    assert unpad(pad(b"x" * size)) == b"x" * size


def test_the_database_survives_being_opened_twice(tmp_path):
    for _ in range(2):
        db = open_db(tmp_path / "phone.db")
        Vaults(db, b"s" * 32, lambda: to_millis(FakeClock().now()))
        assert db["change"].exists()
        db.conn.close()

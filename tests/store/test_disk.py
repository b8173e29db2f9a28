"""The phone's clocks: a boot that cannot be read stops nothing, and a wrong time of day leaves nothing wrong behind."""

from datetime import timedelta

import pytest

from field_app.phone.store.disk import SystemClock


def test_each_start_in_one_boot_names_the_same_one(tmp_path):
    boot = tmp_path / "boot_id"
    boot.write_text("0b9e7a52-3c41-4d8e-8f27-5a6b7c8d9e0f\n")
    assert SystemClock(boot).boot_id == SystemClock(boot).boot_id == "0b9e7a52-3c41-4d8e-8f27-5a6b7c8d9e0f"


@pytest.mark.parametrize("unreadable", ["missing", "folder", "empty", "no text"])
def test_a_boot_that_cannot_be_read_stops_nothing(tmp_path, unreadable):
    boot = tmp_path / "boot_id"
    if unreadable == "folder":
        boot.mkdir()  # as a file that must not be read: opening it fails
    elif unreadable != "missing":
        boot.write_bytes({"empty": b"\n", "no text": b"\xff\xfe"}[unreadable])
    first, second = SystemClock(boot), SystemClock(boot)
    assert 0 < len(first.boot_id) <= 64
    assert first.boot_id != second.boot_id, "nobody knows whether it is the same boot"
    assert first.monotonic_ms() >= 0


def test_a_clock_that_is_put_right_without_a_signal_is_no_longer_called_wrong(pocket):
    right = pocket.clock._now
    pocket.clock._now = right + timedelta(minutes=14)
    pocket.disk.heard_clock(-14 * 60_000)
    pocket.clock.forward(hours=3)
    assert pocket.seal(1, {"location": "x"}).clock_offset_ms == -14 * 60_000
    pocket.clock._now -= timedelta(minutes=14)
    assert pocket.store.strip().clock_offset_ms == 0
    assert pocket.seal(1, {"cad_ref": "y"}).clock_offset_ms == 0
    pocket.disk.keep_clock()
    pocket.restart()
    assert pocket.store.strip().clock_offset_ms == 0


def test_a_clock_that_drifts_says_the_same_in_each_change(pocket):
    pocket.disk.heard_clock(-400)
    pocket.clock._ms += 300
    assert pocket.disk.clock_offset_ms == -400


@pytest.mark.parametrize("years", [5, -5])
def test_a_restore_that_was_seen_under_a_wrong_clock_is_not_said_for_years(pocket, years):
    right = pocket.clock.now()
    pocket.clock._now = right + timedelta(days=years * 365)
    pocket.db.execute(
        "INSERT INTO pulled (vault_id, epoch, scope, seq, chain, first, before) VALUES (?, 'e', 's', 1, '', 1, '')",
        (pocket.vault.vault_id,),
    )
    pocket.store.sync.restart_pull(0)
    assert "restored" in pocket.store.strip().notices(pocket.clock.now())
    pocket.clock._now = right
    assert "restored" not in pocket.store.strip().notices(pocket.clock.now())


@pytest.mark.parametrize("years", [5, -70])
def test_what_is_sealed_under_a_wrong_clock_opens_under_the_right_one(pocket, years):
    right = pocket.clock.now()
    pocket.clock._now = right + timedelta(days=years * 365)
    pocket.restart()
    change = pocket.seal(1, {"location": "x"})
    pocket.clock._now = right
    pocket.restart()
    assert pocket.store.history(change.record_id) == [change]

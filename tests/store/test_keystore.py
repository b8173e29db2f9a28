"""The device's secret: nothing is sealed under it before the key store has given it back, nothing replaces it."""

import asyncio
from pathlib import Path

import keyring
import pytest

from field_app.phone.store.keystore import KeyLost, KeyStoreSilent, NoSafePlace, device_secret, is_pending
from tests.steps.key_stores import Late, Storage, hangs, loop, raises, start, the_keyring_as_it_was

__all__ = ["loop", "start", "the_keyring_as_it_was"]


def secret(folder: Path, *, has_records: bool = False) -> bytes:
    return device_secret(folder, training=False, has_records=has_records)


def test_a_secret_is_made_once_and_read_back_by_a_later_start(tmp_path, start):
    storage = Storage()
    start(storage)
    made = secret(tmp_path)
    assert len(made) == 32
    assert is_pending(tmp_path)
    assert secret(tmp_path, has_records=True) == made
    assert is_pending(tmp_path), "the start that made it proves nothing"
    start(storage)
    assert secret(tmp_path, has_records=True) == made
    assert not is_pending(tmp_path)
    assert len(storage.writes) == 1


def test_a_first_write_that_arrives_after_the_second_changes_nothing(tmp_path, start, loop):
    storage = Late()
    start(storage)
    with pytest.raises(KeyStoreSilent):
        secret(tmp_path)
    start(storage, process=False)
    made = secret(tmp_path)
    asyncio.run_coroutine_threadsafe(storage.come_through(), loop).result()
    start(storage)
    assert secret(tmp_path, has_records=True) == made


@pytest.mark.parametrize("fault", [raises, hangs])
def test_a_read_that_fails_or_hangs_makes_no_new_secret(tmp_path, start, fault):
    storage = Storage()
    start(storage)
    made = secret(tmp_path)
    start(storage)
    storage.before_get = fault
    for has_records in (False, True):
        with pytest.raises(KeyStoreSilent):
            secret(tmp_path, has_records=has_records)
    storage.before_get = storage.nothing
    assert secret(tmp_path, has_records=True) == made
    assert len(storage.writes) == 1


def test_a_place_that_does_not_protect_is_refused(tmp_path, the_keyring_as_it_was):
    from keyring.backends.null import Keyring

    keyring.set_keyring(Keyring())
    with pytest.raises(NoSafePlace) as caught:
        secret(tmp_path)
    assert "training" in caught.value.advice


def test_training_keeps_it_in_a_file_that_only_its_owner_reads(tmp_path):
    made = device_secret(tmp_path, training=True, has_records=False)
    assert device_secret(tmp_path, training=True, has_records=True) == made
    assert (tmp_path / "training.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "training.key").write_bytes(made[:7])
    with pytest.raises(KeyLost):
        device_secret(tmp_path, training=True, has_records=True)
    assert len(device_secret(tmp_path, training=True, has_records=False)) == 32

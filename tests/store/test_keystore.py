"""The device's secret: kept where the platform protects it, never silently replaced."""

import asyncio

import keyring
import keyring.errors
import pytest

from field_app.phone.store import keystore
from field_app.phone.store.keystore import KeyLost, NoSafePlace, SecureStorageKeyring, device_secret


class Storage:
    """The platform's secure storage, as Flet offers it."""

    def __init__(self, **kept: str):
        self.kept, self.fails = dict(kept), False

    async def get_all(self):
        return dict(self.kept)

    async def set(self, name, value):
        if self.fails:
            raise RuntimeError("the platform would not")
        self.kept[name] = value

    async def remove(self, name):
        self.kept.pop(name, None)


@pytest.fixture(autouse=True)
def the_keyring_as_it_was():
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


async def test_the_secret_is_made_once_and_found_again(tmp_path):
    storage = Storage()
    made = await keystore.install(storage)
    secret = await asyncio.to_thread(device_secret, tmp_path, training=False, has_records=False)
    await made.flush()
    assert len(secret) == 32
    assert len(storage.kept) == 1
    await keystore.install(storage)  # a later start
    assert await asyncio.to_thread(device_secret, tmp_path, training=False, has_records=True) == secret


async def test_a_secret_that_has_gone_while_records_are_here_is_not_replaced(tmp_path):
    await keystore.install(Storage())
    with pytest.raises(KeyLost):
        device_secret(tmp_path, training=False, has_records=True)


async def test_a_store_that_has_not_been_read_gives_no_answer():
    unread = SecureStorageKeyring(Storage(), asyncio.get_running_loop())
    for ask in (lambda: unread.get_password("a", "b"), lambda: unread.set_password("a", "b", "c")):
        with pytest.raises(keyring.errors.KeyringLocked):
            ask()


async def test_a_write_that_failed_is_told_on_flush():
    storage = Storage()
    made = await keystore.install(storage)
    storage.fails = True
    await asyncio.to_thread(made.set_password, "a", "b", "c")
    with pytest.raises(keyring.errors.KeyringError):
        await made.flush()


async def test_a_deleted_entry_is_gone():
    made = await keystore.install(Storage())
    await asyncio.to_thread(made.set_password, "a", "b", "c")
    await asyncio.to_thread(made.delete_password, "a", "b")
    await made.flush()
    assert made.get_password("a", "b") is None
    with pytest.raises(keyring.errors.PasswordDeleteError):
        made.delete_password("a", "b")


def test_a_place_that_does_not_protect_is_refused(tmp_path):
    from keyring.backends.null import Keyring

    keyring.set_keyring(Keyring())
    with pytest.raises(NoSafePlace) as caught:
        device_secret(tmp_path, training=False, has_records=False)
    assert "training" in caught.value.advice


def test_training_keeps_it_in_a_file_that_only_its_owner_reads(tmp_path):
    secret = device_secret(tmp_path, training=True, has_records=False)
    assert device_secret(tmp_path, training=True, has_records=True) == secret
    assert (tmp_path / "training.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "training.key").unlink()
    with pytest.raises(KeyLost):
        device_secret(tmp_path, training=True, has_records=True)

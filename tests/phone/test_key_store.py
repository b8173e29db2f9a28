"""A phone whose key store fails: no database is made, nothing is sealed, and it is said; a later try goes on."""

from pathlib import Path
from typing import Any

import pytest

from field_app.phone.phone import Phone
from field_app.phone.store.keystore import KeyLost, KeyStoreSilent
from sync import pack_files
from tests.steps.builders import SHIPPED
from tests.steps.key_stores import NAME, Dropping, Storage, hangs, loop, raises, start, the_keyring_as_it_was
from tests.steps.ui.harness import PIN, NoCentre, Stopped, signed_in

__all__ = ["loop", "start", "the_keyring_as_it_was"]


@pytest.fixture(autouse=True)
def own_publisher(tmp_path_factory, monkeypatch) -> None:
    """No phone but a training one trusts the demonstration, and a training one needs no key store."""
    named = tmp_path_factory.mktemp("publisher") / "publishers.json"
    named.write_text('{"key": "Our service"}')
    monkeypatch.setattr(pack_files, "PUBLISHERS", named)


def opened(folder: Path) -> Phone:
    centre: Any = NoCentre
    return Phone(folder, centre, SHIPPED, clock=Stopped(), scrypt_n=2**10)


@pytest.mark.parametrize("fault", [raises, hangs])
def test_a_write_that_fails_or_hangs_is_told_and_no_database_is_made(tmp_path, start, fault):
    storage = Storage()
    storage.before_set = fault
    start(storage)
    with pytest.raises(KeyStoreSilent):
        opened(tmp_path)
    assert not (tmp_path / "phone.db").exists()
    storage.before_set = storage.nothing
    start(storage, process=False)
    phone = opened(tmp_path)
    assert phone.people() == []
    phone.close()


def test_a_write_that_is_dropped_is_told_and_no_database_is_made(tmp_path, start):
    start(Dropping())
    with pytest.raises(KeyStoreSilent):
        opened(tmp_path)
    assert not (tmp_path / "phone.db").exists()


def test_a_storage_that_forgets_after_a_restart_is_a_key_lost_and_says_that_it_never_was_read_back(tmp_path, start):
    storage = Storage()
    start(storage)
    phone = opened(tmp_path)
    assert signed_in(phone).store.strip().is_key_pending
    phone.close()
    storage.kept.clear()
    start(storage)
    with pytest.raises(KeyLost) as caught:
        opened(tmp_path)
    assert "never been read back" in caught.value.advice
    assert len(storage.writes) == 1, "a new key would make what is here unreadable for ever"


def test_a_secret_that_goes_later_is_not_replaced(tmp_path, start):
    storage = Storage()
    start(storage)
    phone = opened(tmp_path)
    signed_in(phone)
    phone.close()
    start(storage)
    phone = opened(tmp_path)
    assert not phone.unlock("amara", PIN).store.strip().is_key_pending
    phone.close()
    storage.kept[NAME] = "no secret of ours"
    start(storage)
    with pytest.raises(KeyLost) as caught:
        opened(tmp_path)
    assert "never been read back" not in caught.value.advice


def test_a_database_without_anybody_in_it_needs_no_old_secret(tmp_path, start):
    storage = Storage()
    start(storage)
    opened(tmp_path).close()
    storage.kept.clear()  # killed before the platform had written
    start(storage)
    opened(tmp_path).close()
    assert len(storage.writes) == 2

"""The device's secret, in the platform's key store.

keyring on desktops (only backends that really protect); Android's Keystore through Flet's SecureStorage
(`SecureStorageKeyring`). Where there is neither, the app says so: only training mode, with synthetic data, may
then keep the secret in a file. A secret that has gone while records exist is never silently replaced.
"""

import asyncio
import json
import os
from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

import keyring
import keyring.backend
import keyring.errors

from sync.core.errors import AlongsideError
from sync.core.signing import b64, unb64

SERVICE, ENTRY = "alongside.v1", "device"
SAFE = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "field_app.phone.store.keystore",
)


class NoSafePlace(AlongsideError):
    code = "no_safe_place"
    advice = "This device has no safe place for keys. Use it for training only, or ask your administrator."


class KeyLost(AlongsideError):
    code = "key_lost"
    advice = "This device's key is gone, though records are here. Do not reinstall: call your administrator."


def device_secret(folder: Path, *, training: bool, has_records: bool) -> bytes:
    """32 bytes that never leave this device. Raises NoSafePlace, or KeyLost when records are here without them."""
    if training:
        return _training_secret(folder / "training.key", has_records)
    backend = keyring.get_keyring()
    if not type(backend).__module__.startswith(SAFE):
        raise NoSafePlace(f"{type(backend).__module__} does not protect keys")
    kept = backend.get_password(SERVICE, ENTRY)
    if kept is None:
        if has_records:
            raise KeyLost("the device secret is missing")
        secret = os.urandom(32)
        backend.set_password(SERVICE, ENTRY, b64(secret))
        if backend.get_password(SERVICE, ENTRY) != b64(secret):
            raise NoSafePlace("the key store did not keep what it was given")
        return secret
    return unb64(kept)


class Storage(Protocol):
    """The platform's secure storage, as Flet offers it (`flet_secure_storage.SecureStorage`)."""

    async def get_all(self) -> Mapping[str, str] | None: ...
    async def set(self, key: str, value: str) -> object: ...
    async def remove(self, key: str) -> object: ...


async def install(storage: Storage) -> "SecureStorageKeyring":
    """Read the platform's secure storage, then make it the place for keys."""
    backend = SecureStorageKeyring(storage, asyncio.get_running_loop())
    await backend.prime()
    keyring.set_keyring(backend)
    return backend


def _training_secret(path: Path, has_records: bool) -> bytes:
    if not path.exists():
        if has_records:
            raise KeyLost("the training key is missing")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(os.urandom(32))
        fresh.chmod(0o600)
        fresh.replace(path)
    return path.read_bytes()


class SecureStorageKeyring(keyring.backend.KeyringBackend):
    """keyring over Flet's SecureStorage (Android Keystore). Read once at start, written through, flushed on request.

    keyring is synchronous and SecureStorage is not: reads come from memory, and a read before `prime` raises
    (None would mean "make a new key").
    """

    priority = 0.1  # type: ignore[assignment]  # never chosen by itself: main installs it

    def __init__(self, storage: Storage, loop: asyncio.AbstractEventLoop):
        super().__init__()
        self._storage, self._loop = storage, loop
        self._known: dict[str, str] | None = None
        self._writing: list[Future[object]] = []

    async def prime(self) -> None:
        self._known = {
            name: value for name, value in (await self._storage.get_all() or {}).items() if name.startswith("kr.")
        }

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(self._name(service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        name = self._name(service, username)
        self._entries()[name] = password
        self._writing.append(asyncio.run_coroutine_threadsafe(self._storage.set(name, password), self._loop))

    def delete_password(self, service: str, username: str) -> None:
        name = self._name(service, username)
        if self._entries().pop(name, None) is None:
            raise keyring.errors.PasswordDeleteError("not found")
        self._writing.append(asyncio.run_coroutine_threadsafe(self._storage.remove(name), self._loop))

    async def flush(self) -> None:
        """Wait until the platform has written every change. Raises KeyringError when it has not."""
        writing, self._writing = self._writing, []
        for future in writing:
            try:
                await asyncio.wrap_future(future)
            except Exception as error:  # noqa: BLE001 - whatever the platform raises, the key is not kept
                raise keyring.errors.KeyringError(type(error).__name__) from None

    def _entries(self) -> dict[str, str]:
        if self._known is None:
            raise keyring.errors.KeyringLocked("the key store has not been read yet")
        return self._known

    @staticmethod
    def _name(service: str, username: str) -> str:
        return "kr." + json.dumps([service, username])

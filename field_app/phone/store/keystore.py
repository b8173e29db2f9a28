"""The device's secret, in the platform's key store.

keyring on desktops (only backends that really protect); Android's Keystore through Flet's SecureStorage
(`SecureStorageKeyring`). Where there is neither, the app says so: only training mode, with synthetic data, may
then keep the secret in a file. A secret that has gone while records exist is never silently replaced.

A new secret is used only after the key store has given it back. That it outlives this process shows at a later start:
Android writes it to disk after it has said yes. Until then the file `key.pending` lies beside the database.
"""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from threading import Thread
from typing import ParamSpec, Protocol, TypeVar

import keyring
import keyring.backend

from sync.core.errors import AlongsideError
from sync.core.signing import b64, unb64

SERVICE, ENTRY = "alongside.v1", "device"
SECRET_BYTES = 32
LIMIT_S = 10.0  # that the key store has for one answer
PENDING = "key.pending"
SAFE = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "field_app.phone.store.keystore",
)
P = ParamSpec("P")
R = TypeVar("R")


class NoSafePlace(AlongsideError):
    code = "no_safe_place"
    advice = "This device has no safe place for keys. Use it for training only, or ask your administrator."


class KeyStoreSilent(AlongsideError):
    code = "key_store_silent"
    advice = "Nothing on this phone was changed. Tap Try again. If it stays so, restart the phone, then open Alongside."


class KeyLost(AlongsideError):
    code = "key_lost"
    advice = "This device's key is gone, though records are here. Do not reinstall: call your administrator."


def device_secret(folder: Path, *, training: bool, has_records: bool) -> bytes:
    """32 bytes that never leave this device. Call it in a worker thread: it waits for the key store.

    Raises NoSafePlace; KeyStoreSilent when the key store fails, does not answer in time or does not keep a new secret;
    KeyLost when records are here without the secret.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if training:
        return _training_secret(folder / "training.key", has_records)
    backend = keyring.get_keyring()
    if not type(backend).__module__.startswith(SAFE):
        raise NoSafePlace(f"{type(backend).__module__} does not protect keys")
    kept = _secret(_asked(backend.get_password, SERVICE, ENTRY))
    if kept is None:
        if has_records:
            raise KeyLost("the device secret is missing", advice=KeyLost.advice + _why(folder))
        kept = _candidate(folder)
        (folder / PENDING).touch()
        _asked(backend.set_password, SERVICE, ENTRY, b64(kept))
        if _secret(_asked(backend.get_password, SERVICE, ENTRY)) != kept:
            raise KeyStoreSilent("the key store did not keep what it was given")
    elif kept != _candidate(folder):
        (folder / PENDING).unlink(missing_ok=True)
    return kept


def is_pending(folder: Path) -> bool:
    """True until a start after the one that made the secret has read it back."""
    return (folder / PENDING).exists()


@cache
def _candidate(folder: Path) -> bytes:
    """The one secret that this process would give to a device without one.

    Another try so writes the same again: a first write that arrives late changes nothing.
    """
    return os.urandom(SECRET_BYTES)


def _secret(text: str | None) -> bytes | None:
    """What the key store holds; None when that is no secret of ours."""
    try:
        secret = unb64(text or "")
    except ValueError:
        return None
    return secret if len(secret) == SECRET_BYTES else None


def _why(folder: Path) -> str:
    return " It had never been read back: this phone's key store lost it." if is_pending(folder) else ""


def _asked(call: Callable[P, R], *args: P.args, **named_args: P.kwargs) -> R:
    """What the key store answers. Raises KeyStoreSilent when it fails, or takes longer than LIMIT_S."""
    answer: Future[R] = Future()

    def ask() -> None:
        try:
            answer.set_result(call(*args, **named_args))
        except Exception as error:  # noqa: BLE001 - whatever a platform raises
            answer.set_exception(error)

    Thread(target=ask, name="key store", daemon=True).start()
    try:
        return answer.result(LIMIT_S)
    except Exception as error:  # noqa: BLE001 - the same, or that the time is over
        raise KeyStoreSilent(f"the key store does not answer: {type(error).__name__}") from None


class Storage(Protocol):
    """The platform's secure storage, as Flet offers it (`flet_secure_storage.SecureStorage`)."""

    async def get(self, key: str) -> str | None: ...
    async def set(self, key: str, value: str) -> object: ...


def install(storage: Storage) -> None:
    """Make the platform's secure storage the place for keys. Call it on the event loop on which the storage answers."""
    keyring.set_keyring(SecureStorageKeyring(storage, asyncio.get_running_loop()))


def _training_secret(path: Path, has_records: bool) -> bytes:
    kept = path.read_bytes() if path.exists() else b""
    if len(kept) != SECRET_BYTES:
        if has_records:
            raise KeyLost("the training key is missing")
        kept = os.urandom(SECRET_BYTES)
        fresh = path.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    return kept


class SecureStorageKeyring(keyring.backend.KeyringBackend):
    """keyring over Flet's SecureStorage (Android Keystore). Each call waits for the platform, and keeps nothing itself.

    keyring is synchronous and SecureStorage runs on Flet's event loop: calls come from other threads.
    """

    priority = 0.1  # type: ignore[assignment]  # never chosen by itself: main installs it

    def __init__(self, storage: Storage, loop: asyncio.AbstractEventLoop):
        super().__init__()
        self._storage, self._loop = storage, loop

    def get_password(self, service: str, username: str) -> str | None:
        return self._wait(self._storage.get(_name(service, username)))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._wait(self._storage.set(_name(service, username), password))

    def _wait(self, call: Coroutine[object, object, R]) -> R:
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        try:
            return future.result(LIMIT_S)
        finally:
            future.cancel()


def _name(service: str, username: str) -> str:
    return "kr." + json.dumps([service, username])

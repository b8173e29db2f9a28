"""Sealing one row (envelope encryption): a fresh key for each, itself sealed under the nurse's key of the day.

    ct   = AES-256-GCM(DEK, pad(body),  aad = "alongside/ct/1"   ‖ what)
    wdek = AES-256-GCM(E,   DEK,        aad = "alongside/wdek/1" ‖ owner ‖ day ‖ what)

`what` says what the row is (table, id, version): a row moved, swapped or put back elsewhere does not open.
DEK is the row's own key. E, the day key, is 32 random bytes per vault and day (days since 1970); it lies in the vault,
sealed under the nurse's master key.
"""

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.core.errors import AlongsideError

Sealed = tuple[int, bytes, bytes]  # day, wdek, ct


class Damaged(AlongsideError):
    code = "damaged"
    advice = "A record on this phone is damaged. Sync now; what the centre has will come back."


class Locked(AlongsideError):
    code = "locked"
    advice = "Enter your PIN. What was kept is still here."


class Secret(bytearray):
    """A key, overwritten when the last that uses it lets it go. Copies that a library makes are its own."""

    def __del__(self) -> None:
        self[:] = bytes(len(self))


def seal(key: bytes | bytearray, plain: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: bytes | bytearray, sealed: bytes, aad: bytes) -> bytes:
    """Raises Damaged when the bytes are not what was sealed, or not for this place."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], aad)
    except (InvalidTag, ValueError):
        raise Damaged("a sealed row does not open") from None


class Keys:
    """An unlocked vault: seals rows under today's key, opens rows of any day. `day_key(day)` gives the key of a day.

    Once it is closed, everything raises Locked.
    """

    def __init__(self, owner: bytes, today: int, day_key: Callable[[int], bytes]):
        self._owner, self._today, self._day_key = owner, today, day_key
        self._known: dict[int, Secret] = {}

    def seal(self, what: bytes, body: bytes) -> Sealed:
        dek = os.urandom(32)
        wdek = seal(self._key(self._today), dek, self._aad(self._today, what))
        return self._today, wdek, seal(dek, pad(body), b"alongside/ct/1\0" + what)

    def open(self, what: bytes, day: int, wdek: bytes, ct: bytes) -> bytes:
        """Raises Damaged when the row was changed, moved, or sealed by another nurse."""
        dek = unseal(self._key(day), wdek, self._aad(day, what))
        return unpad(unseal(dek, ct, b"alongside/ct/1\0" + what))

    def close(self) -> None:
        """Let the keys go."""
        self._day_key = _locked
        self._known = {}

    def _key(self, day: int) -> Secret:
        known = self._known
        if day not in known:
            known[day] = Secret(self._day_key(day))
        return known[day]

    def _aad(self, day: int, what: bytes) -> bytes:
        return b"alongside/wdek/1\0" + self._owner + day.to_bytes(4, "big") + what


def _locked(_day: int) -> bytes:
    raise Locked("the vault is closed")


def pad(body: bytes) -> bytes:
    """Length, body, zeros: to steps of 256 bytes up to 4 KB, then of 4 KB, so that a size tells little."""
    size = len(body) + 4
    step = 256 if size <= 4096 else 4096
    return len(body).to_bytes(4, "big") + body + bytes(-size % step)


def unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]

"""Sealing one row: a fresh key for each, itself sealed under the nurse's key of the day.

    ct   = AES-256-GCM(DEK, pad(body),  aad = "alongside/ct/1"   ‖ what)
    wdek = AES-256-GCM(E,   DEK,        aad = "alongside/wdek/1" ‖ owner ‖ epoch ‖ what)

`what` says what the row is (table, id, version): a row moved, swapped or put back elsewhere does not open.
E is 32 random bytes per vault and day; it lies in the vault, sealed under the nurse's master key.
"""

import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.core.errors import AlongsideError

Sealed = tuple[int, bytes, bytes]  # epoch, wdek, ct


class Damaged(AlongsideError):
    code = "damaged"
    advice = "A record on this phone is damaged. Sync now; what the centre has will come back."


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises Damaged when the bytes are not what was sealed, or not for this place."""
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], aad)
    except (InvalidTag, ValueError):
        raise Damaged("a sealed row does not open") from None


class Keys:
    """An unlocked vault: seals and opens rows. `epoch_key(epoch)` gives the key of a day."""

    def __init__(self, owner: bytes, epoch: int, epoch_key: Callable[[int], bytes]):
        self._owner, self.epoch, self._epoch_key = owner, epoch, epoch_key

    def seal(self, what: bytes, body: bytes) -> Sealed:
        dek = os.urandom(32)
        wdek = seal(self._epoch_key(self.epoch), dek, self._aad(self.epoch, what))
        return self.epoch, wdek, seal(dek, pad(body), b"alongside/ct/1\0" + what)

    def open(self, what: bytes, epoch: int, wdek: bytes, ct: bytes) -> bytes:
        dek = unseal(self._epoch_key(epoch), wdek, self._aad(epoch, what))
        return unpad(unseal(dek, ct, b"alongside/ct/1\0" + what))

    def _aad(self, epoch: int, what: bytes) -> bytes:
        return b"alongside/wdek/1\0" + self._owner + epoch.to_bytes(4, "big") + what


def pad(body: bytes) -> bytes:
    """Length, body, zeros: to steps of 256 bytes up to 4 KB, then of 4 KB, so that a size tells little."""
    size = len(body) + 4
    step = 256 if size <= 4096 else 4096
    return len(body).to_bytes(4, "big") + body + bytes(-size % step)


def unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]

"""Sealing one row (envelope encryption): a fresh key for each, itself sealed under the nurse's key of the day.

    ct   = AES-256-GCM(DEK, pad(body),  aad = "alongside/ct/1"   ‖ 0 ‖ what)
    wdek = AES-256-GCM(E,   DEK,        aad = "alongside/wdek/1" ‖ 0 ‖ owner ‖ day ‖ what)

`what` says what the row is (table, id, version): a row moved, swapped or put back elsewhere does not open.
DEK is the row's own key. E, the day key, is 32 random bytes per vault and day (days since 1970). `owner` is the vault,
16 bytes; `day` has 4, big-endian. Sealed bytes begin with their nonce of 12. What does not open is a ValueError.
"""

import os
from functools import partial

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES, KEY_BYTES = 12, 32

Key = bytes | bytearray
new_key = partial(os.urandom, KEY_BYTES)


def seal(key: Key, plain: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: Key, sealed: bytes, aad: bytes) -> bytes:
    """Raises ValueError when the bytes are not what was sealed, or not for this place."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except InvalidTag:
        raise ValueError("it does not open") from None


def seal_row(day_key: Key, owner: bytes, day: int, what: bytes, body: bytes) -> tuple[bytes, bytes]:
    """`wdek` and `ct` of a row."""
    dek = new_key()
    return seal(day_key, dek, _wdek_aad(owner, day, what)), seal(dek, pad(body), _ct_aad(what))


def open_row(day_key: Key, owner: bytes, day: int, what: bytes, wdek: bytes, ct: bytes) -> bytes:
    """Raises ValueError when the row was changed, moved, or sealed by another nurse."""
    dek = unseal(day_key, wdek, _wdek_aad(owner, day, what))
    return unpad(unseal(dek, ct, _ct_aad(what)))


def pad(body: bytes) -> bytes:
    """Length, body, zeros: to steps of 256 bytes up to 4 KB, then of 4 KB, so that a size tells little."""
    size = len(body) + 4
    step = 256 if size <= 4096 else 4096
    return len(body).to_bytes(4, "big") + body + bytes(-size % step)


def unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


def _wdek_aad(owner: bytes, day: int, what: bytes) -> bytes:
    return b"alongside/wdek/1\0" + owner + day.to_bytes(4, "big") + what


def _ct_aad(what: bytes) -> bytes:
    return b"alongside/ct/1\0" + what

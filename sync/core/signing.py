"""Ed25519 signatures with a named purpose, and strict base64url.

What is signed is always `alongside/<purpose>/1`, a zero byte, and the canonical bytes of a value: a
signature made for one purpose never verifies for another.
"""

import base64
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.core.canonical import canonical


class Signer:
    """An Ed25519 key that signs. Made from 32 secret bytes, which it never shows."""

    def __init__(self, seed: bytes):
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = b64(self._key.public_key().public_bytes_raw())

    def sign(self, purpose: str, value: Any) -> str:
        return b64(self._key.sign(_message(purpose, value)))

    def derive(self, info: bytes) -> bytes:
        """32 secret bytes for another purpose, of which nothing of this key can be told (HKDF-SHA256)."""
        return HKDF(SHA256(), 32, None, info).derive(self._key.private_bytes_raw())

    def __repr__(self) -> str:
        return f"Signer({self.public[:8]}…)"


def verified(public: str, purpose: str, value: Any, signature: str) -> bool:
    """Whether this key signed this value for this purpose. False too for a malformed key or signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(unb64(public))
        key.verify(unb64(signature), _message(purpose, value))
    except (InvalidSignature, ValueError):
        return False
    return True


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of base64url text. Raises ValueError for any spelling but the one that `b64` writes."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("not strict base64url")
    return data


def _message(purpose: str, value: Any) -> bytes:
    return f"alongside/{purpose}/1\0".encode() + canonical(value)

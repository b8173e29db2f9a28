"""Sealing a few bytes to a public key, so that only its owner opens them: HPKE, base mode, one message (RFC 9180).

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. `cryptography` has HPKE of its own only where its
OpenSSL is newer than a phone's; what is made here opens there, and the other way round.
"""

from hmac import digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from sync.core.signing import b64, unb64

PUBLIC_BYTES = 32
KEM = b"KEM" + bytes.fromhex("0020")
AES_256_GCM = 2
KEY_BYTES = {
    1: 16,
    AES_256_GCM: 32,
}  # by number of the cipher; 1 is AES-128-GCM, for which the RFC has a worked example
BASE_MODE = b"\0"


class SealingKey:
    """The key that opens what was sealed to its public half. Made from 32 secret bytes, which it never shows."""

    def __init__(self, secret: bytes):
        self._key = X25519PrivateKey.from_private_bytes(secret)
        self.public = b64(self._key.public_key().public_bytes_raw())

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """Raises ValueError for what was not sealed to this key, with this info."""
        return opened(self._key, sealed, info)

    def __repr__(self) -> str:
        return f"SealingKey({self.public[:8]}…)"


def sealed_to(public: str, plain: bytes, info: bytes) -> bytes:
    """Seal to a public key, base64url. Raises ValueError for what is no such key."""
    return sealed(X25519PrivateKey.generate(), X25519PublicKey.from_public_bytes(unb64(public)), plain, info)


def sealed(ephemeral: X25519PrivateKey, receiver: X25519PublicKey, plain: bytes, info: bytes) -> bytes:
    """Seal under an ephemeral key, which is used this once: its public half, then the ciphertext."""
    public = ephemeral.public_key().public_bytes_raw()
    key, nonce = _keys(ephemeral.exchange(receiver), public, receiver.public_bytes_raw(), info)
    return public + AESGCM(key).encrypt(nonce, plain, b"")


def opened(receiver: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes:
    """Raises ValueError."""
    public = sealed[:PUBLIC_BYTES]
    shared = receiver.exchange(X25519PublicKey.from_public_bytes(public))
    key, nonce = _keys(shared, public, receiver.public_key().public_bytes_raw(), info)
    try:
        return AESGCM(key).decrypt(nonce, sealed[PUBLIC_BYTES:], b"")
    except InvalidTag:
        raise ValueError("not sealed to this key") from None


def _keys(
    shared: bytes, ephemeral: bytes, receiver: bytes, info: bytes, cipher: int = AES_256_GCM
) -> tuple[bytes, bytes]:
    """Key and nonce of the one message (RFC 9180, 4.1 and 5.1)."""
    suite, key_bytes = b"HPKE" + bytes.fromhex("0020 0001") + cipher.to_bytes(2, "big"), KEY_BYTES[cipher]
    secret = _expand(_extract(KEM, b"", b"eae_prk", shared), KEM, b"shared_secret", ephemeral + receiver, 32)
    context = BASE_MODE + _extract(suite, b"", b"psk_id_hash", b"") + _extract(suite, b"", b"info_hash", info)
    scheduled = _extract(suite, secret, b"secret", b"")
    return _expand(scheduled, suite, b"key", context, key_bytes), _expand(scheduled, suite, b"base_nonce", context, 12)


def _extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    return digest(salt, b"HPKE-v1" + suite + label + key, "sha256")


def _expand(key: bytes, suite: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labelled).derive(key)

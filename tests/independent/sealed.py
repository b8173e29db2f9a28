"""What a locked phone sends (5): a change as it lies, sealed for the centre. HPKE is that of `cryptography`."""

import secrets
import uuid

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .canonical import Json, canonical, from_base64url, read, to_base64url

HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def sealing_key(seed: bytes) -> X25519PrivateKey:
    """The centre's, from the seed of its signing key."""
    derived = HKDF(SHA256(), 32, None, b"alongside/seal/1").derive(seed)
    return X25519PrivateKey.from_private_bytes(derived)


def place(device_id: str, day: int) -> bytes:
    return uuid.UUID(device_id).bytes + day.to_bytes(4, "big")


def what(change_id: str, body: Json, *, void: bool) -> bytes:
    ids = [uuid.UUID(body[name]).bytes for name in ("record_id", "incident_id")]
    return b"change" + bytes.fromhex(change_id) + b"".join(ids) + bytes([void])


def seal(key: bytes, plain: bytes, associated: bytes) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated)


def unseal(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], associated)


def day_key_line(device_id: str, day: int, key: bytes, seal_key: str) -> Json:
    public = X25519PublicKey.from_public_bytes(from_base64url(seal_key))
    sealed = HPKE.encrypt(key, public, b"alongside/day/1\0" + place(device_id, day))
    return {"t": "day_key", "day": day, "key": to_base64url(sealed)}


def sealed_line(change_id: str, body: Json, day: int, key: bytes) -> Json:
    own, it = secrets.token_bytes(32), what(change_id, body, void=False)
    plain = canonical(body)
    padded = len(plain).to_bytes(4, "big") + plain
    step = 256 if len(padded) <= 4096 else 4096
    ct = seal(own, padded + bytes(-len(padded) % step), b"alongside/ct/1\0" + it)
    wdek = seal(key, own, b"alongside/wdek/1\0" + place(body["device_id"], day) + it)
    ids = {"id": change_id, "record_id": body["record_id"], "incident_id": body["incident_id"]}
    return {"t": "sealed", **ids, "day": day, "wdek": to_base64url(wdek), "ct": to_base64url(ct)}


def opened(day_key: Json, sealed: Json, device_id: str, centre: X25519PrivateKey) -> Json:
    """The body that lies in a line, for whoever has the centre's key."""
    day, it = sealed["day"], what(sealed["id"], sealed, void=sealed.get("void", False))
    key = HPKE.decrypt(from_base64url(day_key["key"]), centre, b"alongside/day/1\0" + place(device_id, day))
    own = unseal(key, from_base64url(sealed["wdek"]), b"alongside/wdek/1\0" + place(device_id, day) + it)
    padded = unseal(own, from_base64url(sealed["ct"]), b"alongside/ct/1\0" + it)
    return read(padded[4 : 4 + int.from_bytes(padded[:4], "big")])

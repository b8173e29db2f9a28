"""Canonical bytes, digests, base64url, signatures (2)."""

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = dict[str, Any]
MAX_STEPS, INTEGERS_BELOW = 16, 2**53


class Unreadable(ValueError):
    """A value, a line or a segment that is not of the protocol."""


def check(value: Any, steps: int = MAX_STEPS) -> None:
    if isinstance(value, dict | list):
        if (value and steps == 0) or (isinstance(value, dict) and not "".join(value).isascii()):
            raise Unreadable("too deep, or a name that is not ASCII")
        for inner in value.values() if isinstance(value, dict) else value:
            check(inner, steps - 1)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) >= INTEGERS_BELOW):
        raise Unreadable("a number")


def canonical(value: Any) -> bytes:
    check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def read(data: bytes) -> Any:
    """A JSON text as a value; refused where it could be read in two ways."""

    def once(pairs: list[tuple[str, Any]]) -> Json:
        if len(dict(pairs)) < len(pairs):
            raise Unreadable("a name twice")
        return dict(pairs)

    try:
        value = json.loads(data, object_pairs_hook=once)
        canonical(value)  # neither a float nor a lone surrogate
    except ValueError:
        raise Unreadable("not JSON of the protocol") from None
    return value


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise Unreadable("base64url in another spelling")
    return data


def public(key: Ed25519PrivateKey) -> str:
    return to_base64url(key.public_key().public_bytes_raw())


def message(purpose: str, claim: Json) -> bytes:
    return b"alongside/" + purpose.encode() + b"/1\0" + canonical(claim)


def sign(key: Ed25519PrivateKey, purpose: str, claim: Json) -> str:
    return to_base64url(key.sign(message(purpose, claim)))


def verifies(key: str, purpose: str, claim: Json, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(from_base64url(key)).verify(
            from_base64url(signature), message(purpose, claim)
        )
    except (InvalidSignature, ValueError):
        return False
    return True

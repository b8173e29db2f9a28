"""The bytes of section 2: restricted JSON, base64url, digests and signatures."""

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = dict[str, Any]
MAX_STEPS, MAX_INT = 16, 2**53


class Unreadable(ValueError):
    """What the other side sent, or what is to be sent, is not of the protocol."""


def check(value: Any, steps: int = MAX_STEPS) -> None:
    if isinstance(value, dict | list):
        if (value and steps == 0) or (isinstance(value, dict) and not "".join(value).isascii()):
            raise Unreadable("too deep, or a name")
        for inner in value.values() if isinstance(value, dict) else value:
            check(inner, steps - 1)
    elif not (value is None or isinstance(value, bool | str) or (isinstance(value, int) and abs(value) < MAX_INT)):
        raise Unreadable("a value")


def canonical(value: Any) -> bytes:
    check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def read(data: bytes) -> Any:
    def no_float(text: str) -> Any:
        raise Unreadable(text)

    def once(pairs: list[tuple[str, Any]]) -> Json:
        if len(dict(pairs)) != len(pairs):
            raise Unreadable("a name twice")
        return dict(pairs)

    try:
        value = json.loads(data.decode(), parse_float=no_float, parse_constant=no_float, object_pairs_hook=once)
        canonical(value)  # nor a lone surrogate
    except ValueError as error:
        raise Unreadable("not JSON of the restricted set") from error
    return value


def to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(data) != text:
        raise Unreadable("base64url in another spelling")
    return data


def public(key: Ed25519PrivateKey) -> str:
    return to_text(key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def message(purpose: str, claim: Json) -> bytes:
    return f"alongside/{purpose}/1\0".encode() + canonical(claim)


def sign(key: Ed25519PrivateKey, purpose: str, claim: Json) -> str:
    return to_text(key.sign(message(purpose, claim)))


def verifies(key: str, purpose: str, claim: Json, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(from_text(key)).verify(from_text(signature), message(purpose, claim))
    except (InvalidSignature, ValueError):
        return False
    return True

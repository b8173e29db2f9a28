"""What may be derived (3); instants, and texts that stand for others (5)."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from .canonical import Unreadable, from_base64url, to_base64url

EPOCH, MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)
SPELLINGS: dict[str, tuple[str, Callable[[str], bytes], Callable[[bytes], str]]] = {
    "s": ("[A-Za-z0-9_-]{86}", from_base64url, to_base64url),
    "h": ("[0-9a-f]{64}", bytes.fromhex, bytes.hex),
    "u": ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda t: UUID(t).bytes, lambda b: str(UUID(bytes=b))),
}
LETTERS, DIGITS = "ABCDEFGHIJKLMNOP", "0123456789abcdef"


def next_nonce(nonce: str) -> str:
    return to_base64url(hashlib.sha256(b"alongside/nonce/1\0" + nonce.encode()).digest()[:8])


def nth_record(incident_id: str, device_id: str, n: int) -> str:
    names = UUID(incident_id).bytes + UUID(device_id).bytes + n.to_bytes(4, "big")
    data = bytearray(hashlib.sha256(b"alongside/record/1\0" + names).digest()[:16])
    data[6], data[8] = 0b1000_0000 | data[6] & 0b1111, 0b1000_0000 | data[8] & 0b11_1111
    return str(UUID(bytes=bytes(data)))


def now() -> str:
    return to_instant((datetime.now(UTC) - EPOCH) // MS)


def to_instant(ms: int) -> str:
    return (EPOCH + ms * MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_ms(text: str) -> int | None:
    """Milliseconds since 1970; None for what is no instant of the calendar."""
    try:
        ms = (datetime.fromisoformat(text) - EPOCH) // MS if INSTANT.fullmatch(text) else None
    except ValueError:
        return None
    return ms if ms is not None and to_instant(ms) == text else None


def encode(text: str, recorded_ms: int) -> str:
    if text.startswith("~"):
        return "~" + text
    if (ms := to_ms(text)) is not None:
        return f"~{ms - recorded_ms}"
    for mark, (form, to_bytes, _) in SPELLINGS.items():
        if re.fullmatch(form, text):
            try:
                return f"~{mark}" + to_bytes(text).hex().translate(str.maketrans(DIGITS, LETTERS))
            except ValueError:  # it would not come back as it was
                return text
    return text


def decode(text: str, recorded_ms: int) -> str:
    if not text.startswith("~") or text.startswith("~~"):
        return text.removeprefix("~")
    if re.fullmatch("~-?[0-9]+", text):
        return to_instant(recorded_ms + int(text[1:]))
    if re.fullmatch("~[shu]([A-P]{2})*", text):
        return SPELLINGS[text[1]][2](bytes.fromhex(text[2:].translate(str.maketrans(LETTERS, DIGITS))))
    raise Unreadable("a text that stands for nothing")


def in_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every text in it changed, at any depth; names stay."""
    if isinstance(value, dict):
        return {name: in_texts(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [in_texts(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value

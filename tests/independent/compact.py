"""What a device draws (3), and what a compact line leaves out because it follows from others (5, 6)."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import add
from typing import Any
from uuid import UUID

from .canonical import Json, Unreadable, from_text, to_text

DEVICE_FIELDS = ("device_id", "device_seq", "device_prev")
STAYING = ("author", "boot_id", "clock_offset_ms", "form_version", "occurred_at", "op", "role", "utc_offset_min")
NUMBERED = 32
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
MARKED = {"s": to_text, "h": bytes.hex, "u": lambda data: str(UUID(bytes=data))}
PLAIN = (  # a text that is written as bytes: its mark, what it looks like, and its bytes
    ("s", re.compile("[A-Za-z0-9_-]{86}"), from_text),
    ("h", re.compile("[0-9a-f]{64}"), bytes.fromhex),
    ("u", re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), lambda text: UUID(text).bytes),
)
LETTERS, DIGITS = "ABCDEFGHIJKLMNOP", "0123456789abcdef"


# --- what is drawn (3)


def next_nonce(nonce: str) -> str:
    return to_text(hashlib.sha256(b"alongside/nonce/1\0" + nonce.encode()).digest()[:8])


def nth_record(incident_id: str, device_id: str, n: int) -> str:
    """The n-th record that a device begins in an incident."""
    said = b"alongside/record/1\0" + UUID(incident_id).bytes + UUID(device_id).bytes + n.to_bytes(4, "big")
    drawn = bytearray(hashlib.sha256(said).digest()[:16])
    drawn[6], drawn[8] = drawn[6] & 0x0F | 0x80, drawn[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(drawn)))


# --- instants, and texts that stand for others (5)


def to_ms(text: str) -> int | None:
    """Milliseconds since 1970, if the text is an instant of the calendar."""
    try:
        ms = (
            (datetime.fromisoformat(text) - BEGINNING) // timedelta(milliseconds=1) if INSTANT.fullmatch(text) else None
        )
    except ValueError:
        return None
    return ms if ms is not None and to_instant(ms) == text else None


def to_instant(ms: int) -> str:
    try:
        return (BEGINNING + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError as error:
        raise Unreadable("no instant") from error


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def texts(value: Any, change: Callable[[str], str]) -> Any:
    """A value with every text in it, at any depth, changed."""
    if isinstance(value, dict):
        return {name: texts(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [texts(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def mark(text: str, at: int) -> str:
    """A text as a line writes it, in a change recorded at this time."""
    if text.startswith("~"):
        return "~" + text
    if (ms := to_ms(text)) is not None:
        return f"~{ms - at}"
    for kind, shape, to_bytes in PLAIN:
        if shape.fullmatch(text):
            try:
                return f"~{kind}" + to_bytes(text).hex().translate(str.maketrans(DIGITS, LETTERS))
            except ValueError:  # base64url in another spelling
                return text
    return text


def unmark(text: str, at: int) -> str:
    rest = text[1:]
    if not text.startswith("~"):
        return text
    if rest.startswith("~"):
        return rest
    if re.fullmatch("-?[0-9]{1,15}", rest):
        return to_instant(at + int(rest))
    if re.fullmatch("[shu]([A-P]{2})*", rest):
        return MARKED[rest[0]](bytes.fromhex(rest[1:].translate(str.maketrans(LETTERS, DIGITS))))
    raise Unreadable("a text that stands for nothing")


# --- writing a line of a batch (5)


def shorten(body: Json, before: Sequence[Json], own: dict[str, int]) -> Json:
    """A body as a line of a batch, after the bodies before it. own: every change of this device, by id."""
    line = {name: value for name, value in body.items() if name not in DEVICE_FIELDS}
    number = body["device_seq"]
    places = ((own.get(parent, 0), parent) for parent in body["parents"])
    line["parents"] = [(number - n if n >= number - len(before) else -n) if n else parent for n, parent in places]
    back, own_incident = nearest(body, before, "incident_id"), body["incident_id"] == body["record_id"]
    line["incident_id"] = back or (0 if own_incident else body["incident_id"])
    line["record_id"] = nearest(body, before, "record_id") or numbered(body) or body["record_id"]
    if back and next_nonce(before[-back]["nonce"]) == body["nonce"]:
        del line["nonce"]
    line = step(line, body, before[-1] if before else {})
    if body["op"] == "cosign" and isinstance(strokes := body["patch"].get("strokes"), dict):
        line["patch"] = {**line["patch"], "strokes": {"deltas": strokes}}
    return line


def nearest(body: Json, before: Sequence[Json], name: str) -> int:
    """How many places back the same record or incident stands; 0: nowhere."""
    return next((back for back, one in enumerate(reversed(before), 1) if one[name] == body[name]), 0)


def numbered(body: Json) -> int:
    """The record by the number under which its device began it; 0: it has none."""
    about = body["incident_id"], body["device_id"]
    return next((-n for n in range(1, NUMBERED + 1) if nth_record(*about, n) == body["record_id"]), 0)


def step(line: Json, body: Json, last: Json) -> Json:
    """The line without what follows from the line before, where it can be said so."""
    at = to_ms(body["recorded_at"])
    then, last = since(last)
    if at is None or ("occurred_at" in last and "occurred_at" not in body):
        return line
    line["recorded_at"] = at - then
    line["monotonic_ms"] = body["monotonic_ms"] - last.get("monotonic_ms", 0) - line["recorded_at"]
    for name in STAYING:
        if name in last and name in body and last[name] == body[name]:
            del line[name]
    for name in ("patch", "record_id", "incident_id"):
        line[name] = texts(line[name], lambda text: mark(text, at))
    return line


def since(last: Json) -> tuple[int, Json]:
    """The time of the line before, and the line: from 1970, and nothing, where there is none."""
    then = to_ms(last["recorded_at"]) if last else None
    return (0, {}) if then is None else (then, last)


# --- reading a line of a run (5, 6)


def spell_out(line: Json, before: Sequence[tuple[str, Json]], lines: Sequence[Json]) -> Json:
    """A line of a run, with its device fields, as the body it says. before: every entry of the run so far, by id and
    body; lines: the bodies of those that were lines."""

    def at(back: int) -> tuple[str, Json]:
        if not 1 <= back <= len(before):
            raise Unreadable("no such place")
        return before[-back]

    body = unstep(line, lines[-1] if lines else {}) if isinstance(line["recorded_at"], int) else dict(line)
    body["parents"] = [one if isinstance(one, str) else at(one)[0] for one in body["parents"]]
    if isinstance(back := body["incident_id"], int) and back:
        body["incident_id"] = at(back)[1]["incident_id"]
    if isinstance(back := body["record_id"], int):
        if back < 0 and not body["incident_id"]:
            raise Unreadable("a record by number of an incident that is not named")
        drawn = back < 0 and nth_record(str(body["incident_id"]), body["device_id"], -back)
        body["record_id"] = drawn or at(back)[1]["record_id"]
    body["incident_id"] = body["incident_id"] or body["record_id"]
    if "nonce" not in body:
        same = (one for one in reversed(lines) if all(one[name] == body[name] for name in ("device_id", "incident_id")))
        body["nonce"] = next_nonce(next(same, {})["nonce"])
    if body["op"] == "cosign" and isinstance(strokes := body["patch"].get("strokes"), dict):
        if isinstance(given := line["patch"]["strokes"]["deltas"], dict):
            drawn: Any = given  # as it stands
        else:
            drawn = [list(accumulate(steps, lambda a, b: list(map(add, a, b)))) for steps in strokes["deltas"]]
        body["patch"] = {**body["patch"], "strokes": drawn}
    return body


def unstep(line: Json, last: Json) -> Json:
    then, last = since(last)
    at = then + line["recorded_at"]
    body = {name: last[name] for name in STAYING if name in last} | line
    body["recorded_at"] = to_instant(at)
    body["monotonic_ms"] = last.get("monotonic_ms", 0) + line["recorded_at"] + line["monotonic_ms"]
    for name in ("patch", "record_id", "incident_id"):
        body[name] = texts(body[name], lambda text: unmark(text, at))
    return body

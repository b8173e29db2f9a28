"""The `c` line (5): a body without what can be derived, and back."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from .canonical import Json
from .derived import decode, encode, in_texts, next_nonce, nth_record, to_instant, to_ms

CHAIN = ("device_id", "device_seq", "device_prev")
REPEATED = ("author", "boot_id", "clock_offset_ms", "form_version", "occurred_at", "op", "role", "utc_offset_min")
ENCODED = ("patch", "record_id", "incident_id")
MAX_N = 32


def compact(body: Json, before: Sequence[Json], numbers: Mapping[str, int]) -> Json:
    """The line of a body in a batch, after these bodies of it. `numbers`: this device's changes, by id."""
    line: Json = {name: value for name, value in body.items() if name not in CHAIN}
    number, record, incident = body["device_seq"], body["record_id"], body["incident_id"]
    named = [(numbers.get(parent, 0), parent) for parent in body["parents"]]
    line["parents"] = [(number - n if n >= number - len(before) else -n) if n else parent for n, parent in named]
    strokes = body["patch"].get("strokes") if body["op"] == "cosign" else None
    if has_deltas := isinstance(strokes, dict) or are_strokes(strokes):
        line["patch"] = {name: value for name, value in body["patch"].items() if name != "strokes"}
    drawn = (-n for n in range(1, MAX_N + 1) if nth_record(incident, body["device_id"], n) == record)
    back = nearest(body, before, "incident_id")
    line["record_id"] = nearest(body, before, "record_id") or next(drawn, record)
    line["incident_id"] = back or (0 if incident == record else incident)
    is_shorter = leave_out(line, body, before[-1] if before else {})
    if is_shorter and back and next_nonce(before[-back]["nonce"]) == body["nonce"]:
        del line["nonce"]
    if has_deltas:
        line["patch"]["strokes"] = {"deltas": strokes if isinstance(strokes, dict) else list(map(to_deltas, strokes))}
    return line


def nearest(body: Json, before: Sequence[Json], name: str) -> int:
    """How many places back the same record or incident stands; 0: nowhere."""
    return next((k for k, other in enumerate(reversed(before), 1) if other[name] == body[name]), 0)


def line_before(body: Json) -> tuple[int, Json]:
    """Its time and its fields; 1970 and nothing where there is none."""
    ms = to_ms(body["recorded_at"]) if body else None
    return (0, {"monotonic_ms": 0}) if ms is None else (ms, body)


def leave_out(line: Json, body: Json, last: Json) -> bool:
    """Leave out what follows from the line before. False where that cannot be said."""
    recorded_ms, (last_ms, last) = to_ms(body["recorded_at"]), line_before(last)
    if recorded_ms is None or ("occurred_at" in last and "occurred_at" not in body):
        return False
    line["recorded_at"] = recorded_ms - last_ms
    line["monotonic_ms"] = body["monotonic_ms"] - last["monotonic_ms"] - line["recorded_at"]
    for name in [name for name in REPEATED if name in last and name in body and last[name] == body[name]]:
        del line[name]
    line |= {name: in_texts(line[name], lambda text: encode(text, recorded_ms)) for name in ENCODED}
    return True


def put_in(line: Json, last: Json) -> Json:
    """The line with what follows from the line before, texts decoded."""
    last_ms, last = line_before(last)
    recorded_ms, strokes = last_ms + line["recorded_at"], line["patch"].get("strokes")
    body = {name: last[name] for name in REPEATED if name in last} | line
    body["recorded_at"] = to_instant(recorded_ms)
    body["monotonic_ms"] = last["monotonic_ms"] + line["recorded_at"] + line["monotonic_ms"]
    if apart := body["op"] == "cosign" and isinstance(strokes, dict):  # nothing is decoded in these
        body["patch"] = {**body["patch"], "strokes": None}
    body |= {name: in_texts(body[name], lambda text: decode(text, recorded_ms)) for name in ENCODED}
    return body | ({"patch": {**body["patch"], "strokes": strokes}} if apart else {})


def expand(line: Json, places: Sequence[tuple[str, Json]], lines: Sequence[Json]) -> Json:
    """The body of a `c` line of a segment, its chain fields there already. Raises LookupError, TypeError, ValueError.

    `places`: id and body of every entry before it; `lines`: the bodies of those that were `c` lines.
    """
    body = put_in(line, lines[-1] if lines else {}) if isinstance(line["recorded_at"], int) else dict(line)
    body["parents"] = [places[-parent][0] if isinstance(parent, int) else parent for parent in body["parents"]]
    record, incident = body["record_id"], body["incident_id"]
    if isinstance(incident, int) and incident:
        incident = places[-incident][1]["incident_id"]
    if isinstance(record, int):
        n = -record
        record = places[n][1]["record_id"] if n < 0 else nth_record(incident, body["device_id"], n)
    body |= {"record_id": record, "incident_id": incident or record}
    if "nonce" not in body:
        names = ("device_id", "incident_id")
        same = [other["nonce"] for other in lines if all(other[name] == body[name] for name in names)]
        body["nonce"] = next_nonce(same[-1])
    strokes = body["patch"].get("strokes")
    if body["op"] == "cosign" and isinstance(strokes, dict):
        deltas = strokes["deltas"]
        strokes = deltas if isinstance(deltas, dict) else list(map(from_deltas, deltas))
        body["patch"] = {**body["patch"], "strokes": strokes}
    return body


def are_strokes(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
        return False
    points = [point for stroke in value for point in stroke]
    return all(isinstance(point, list) and [*map(type, point)] == [int] * 3 for point in points)


def to_deltas(stroke: list[list[int]]) -> list[list[int]]:
    pairs = zip([[0, 0, 0], *stroke], stroke, strict=False)
    return [[end - start for start, end in zip(*pair, strict=True)] for pair in pairs]


def from_deltas(deltas: list[list[int]]) -> list[list[int]]:
    return list(accumulate(deltas, lambda point, step: list(map(sum, zip(point, step, strict=True)))))

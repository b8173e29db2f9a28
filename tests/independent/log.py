"""The entries of a segment (6), and why they are believed (8)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .canonical import Json, Unreadable, digest, verifies
from .compact import expand

ZEROS = "0" * 64


class Entry(NamedTuple):
    """An entry of a log. Verified and of an own change, it is a receipt."""

    change_id: str
    body: Json  # empty for an own change whose bytes are lost
    seq: int
    at: int
    void: bool
    scope: str


class Segment(NamedTuple):
    before: str
    entries: list[Entry]
    head: Json


@dataclass
class Range:
    """The verified range of a scope's log."""

    first: int
    before: str
    head: Json  # without its signature


def claim_of(head: Json) -> Json:
    return {name: head[name] for name in ("epoch", "scope", "seq", "chain")}


def next_chain(chain: str, change_id: str, seq: int, at: int, void: bool) -> str:
    numbers = seq.to_bytes(8, "big") + at.to_bytes(8, "big") + bytes([void])
    return hashlib.sha256(bytes.fromhex(chain) + bytes.fromhex(change_id) + numbers).hexdigest()


def entries_of(
    lines: Iterable[Json], scope: str, device_id: str, own: Mapping[int, str], bodies: Mapping[str, Json]
) -> list[Entry]:
    """`own`: this device's changes by number; `bodies`: by id. Raises LookupError, TypeError, ValueError."""
    entries: list[Entry] = []
    compact: list[Json] = []
    newest: dict[str, tuple[int, str]] = {}  # device -> number and id of its last entry
    last: Json = {}
    for line in lines:
        if line["t"] == "own":
            for i in range(line["n"]):
                change_id = own[line["first"] + i]
                body = bodies.get(change_id, {})
                entries.append(Entry(change_id, body, line["seq"] + i, line["at"], line.get("void", False), scope))
                newest[device_id] = (line["first"] + i, change_id)
            continue
        if line["t"] != "c":
            raise Unreadable("a line that does not belong in a segment")
        follows = {"seq": last["seq"] + 1, "at": last["at"], "device_id": last["device_id"]} if last else {}
        last = follows | line
        body = {name: value for name, value in last.items() if name not in ("t", "seq", "at", "void")}
        if "device_seq" not in body:
            number, body["device_prev"] = newest[body["device_id"]]
            body["device_seq"] = number + 1
        body = expand(body, [entry[:2] for entry in entries], compact)
        compact.append(body)
        entries.append(Entry(digest(body), body, last["seq"], last["at"], last.get("void", False), scope))
        newest[body["device_id"]] = (body["device_seq"], entries[-1].change_id)
    return entries


def verify(segment: Segment, centre_key: str) -> None:
    """Raise Unreadable unless the centre vouches for every entry."""
    chain, seq = segment.before, 0
    for entry in segment.entries:
        if entry.seq <= seq:
            raise Unreadable("log numbers do not rise")
        seq = entry.seq
        chain = next_chain(chain, entry.change_id, seq, entry.at, entry.void)
    if chain != segment.head["chain"] or (segment.entries and seq != segment.head["seq"]):
        raise Unreadable("the chain does not lead to the head")
    if not verifies(centre_key, "head", claim_of(segment.head), segment.head["signature"]):
        raise Unreadable("the head is not signed by the centre")

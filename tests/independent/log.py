"""What an answer says of a log: entries, runs, and their proof (6, 8)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from .canonical import Json, Unreadable, digest, verifies
from .compact import spell_out

ZERO = "0" * 64
LINE_FIELDS = ("t", "seq", "at", "void")


def link(chain: str, change_id: str, seq: int, at: int, void: bool) -> str:
    """The next chain of a log."""
    packed = bytes.fromhex(chain) + bytes.fromhex(change_id) + seq.to_bytes(8, "big") + at.to_bytes(8, "big")
    return hashlib.sha256(packed + (b"\1" if void else b"\0")).hexdigest()


@dataclass
class Entry:
    """An entry of a log, under a verified head: of an own change, its receipt."""

    change_id: str
    body: Json  # empty: an own one whose bytes are lost
    seq: int
    at: int
    void: bool
    scope: str


@dataclass
class Run:
    before: str
    entries: list[Entry]
    head: Json  # with its signature


@dataclass
class Span:
    first: int
    before: str
    head: Json  # without its signature


def entries(
    lines: list[Json], scope: str, device_id: str, own: Mapping[int, str], bodies: Mapping[str, Json]
) -> list[Entry]:
    """The entries of a run's lines. own: this device's changes by number, and what is here of their bodies."""
    found, before, spelled = list[Entry](), list[tuple[str, Json]](), list[Json]()
    chained, last = dict[str, tuple[int, str]](), Json()  # device → its last change in this run; the last `c` line

    def add(change_id: str, body: Json, seq: int, device: str, number: int) -> None:
        found.append(Entry(change_id, body, seq, line["at"], line.get("void", False), scope))
        before.append((change_id, body))
        chained[device] = (number, change_id)

    for line in lines:
        if line["t"] == "own":
            for place in range(line["n"]):
                number = line["first"] + place
                if number not in own:
                    raise Unreadable("no such own change")
                add(own[number], bodies.get(own[number], {}), line["seq"] + place, device_id, number)
            continue
        if last:
            line = {"seq": last["seq"] + 1, "at": last["at"], "device_id": last["device_id"], **line}
        last = line
        body = {name: value for name, value in line.items() if name not in LINE_FIELDS}
        if "device_seq" not in body:
            if body["device_id"] not in chained:
                raise Unreadable("no change of this device before it")
            number, body["device_prev"] = chained[body["device_id"]]
            body["device_seq"] = number + 1
        body = spell_out(body, before, spelled)
        spelled.append(body)
        add(digest(body), body, line["seq"], body["device_id"], body["device_seq"])
    return found


def proved(run: Run, centre_key: str) -> None:
    """Refuse a run whose chain does not end in its head, or whose head is not the centre's."""
    chain, seq = run.before, 0
    for entry in run.entries:
        if entry.seq <= seq:
            raise Unreadable("the numbers do not rise")
        chain, seq = link(chain, entry.change_id, entry.seq, entry.at, entry.void), entry.seq
    if chain != run.head["chain"] or (run.entries and seq != run.head["seq"]):
        raise Unreadable("the chain does not end in the head")
    if not verifies(centre_key, "head", claim_of(run.head), run.head["signature"]):
        raise Unreadable("the head is not the centre's")


def claim_of(head: Json) -> Json:
    return {name: head[name] for name in ("epoch", "scope", "seq", "chain")}

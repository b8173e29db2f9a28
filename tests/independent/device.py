"""A device in memory: its changes (3), its requests (5), its part of the log (8), what a restored centre lost (9)."""

import secrets
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import Json, Unreadable, digest, sign, to_base64url
from .compact import compact
from .derived import next_nonce, now, nth_record
from .fold import Record, fold
from .log import ZEROS, Entry, Range, Segment, claim_of, entries_of, verify


class Device:
    def __init__(self, key: Ed25519PrivateKey | None = None, device_id: str = "") -> None:
        self.key, self.device_id = key or Ed25519PrivateKey.generate(), device_id or str(uuid.uuid4())
        self.users: dict[str, Ed25519PrivateKey] = {}
        self.who: Json = {}
        self.token = self.scope = self.centre_key = self.seal_key = self.clock_offset_ms = None
        self.boot_id = secrets.token_hex(8)
        self.own: dict[int, str] = {}  # number -> id
        self.bodies: dict[str, Json] = {}  # id -> body, own and others'
        self.nonces: dict[str, str] = {}  # incident -> the last own nonce
        self.begun: dict[str, int] = {}  # incident -> how many records were begun
        self.log: dict[str, Entry] = {}  # id -> its entry
        self.verdicts: dict[int, Json] = {}  # number -> the last verdict
        self.ranges: dict[str, Range] = {}  # by scope
        self.kept: list[Segment] = []  # for a centre that was restored
        self.count = 0  # of the hellos
        self.spell_out = False  # the last response could not be believed: a number may have named another change
        self.ended: tuple[str, int] | None = None  # the ended epoch, and up to where the centre still has its log

    def change(self, incident_id: str, patch: Json, record_id: str = "", **more: Any) -> str:
        record_id, number, last = record_id or incident_id, max(self.own, default=0) + 1, self.nonces.get(incident_id)
        body = {"record_id": record_id, "incident_id": incident_id, "kind": "incident", "form_version": 1, "op": "set"}
        body |= {"patch": patch, "parents": self.record(record_id).heads}
        body |= {"author": self.who["practitioner_id"], "role": self.who["role"]}
        body |= {"device_id": self.device_id, "device_seq": number, "device_prev": self.own.get(number - 1, ZEROS)}
        body |= {"recorded_at": now(), "utc_offset_min": 0, "boot_id": self.boot_id}
        body |= {"monotonic_ms": time.monotonic_ns() // 1_000_000, "clock_offset_ms": self.clock_offset_ms}
        body |= {"nonce": next_nonce(last) if last else to_base64url(secrets.token_bytes(8)), **more}
        self.own[number] = change_id = digest(body)
        self.bodies[change_id], self.nonces[incident_id] = body, body["nonce"]
        return change_id

    def begin(self, incident_id: str) -> str:
        """The id of a new record in the incident."""
        self.begun[incident_id] = self.begun.get(incident_id, 0) + 1
        return nth_record(incident_id, self.device_id, self.begun[incident_id])

    def record(self, record_id: str) -> Record:
        bodies = {change_id: body for change_id, body in self.bodies.items() if body["record_id"] == record_id}
        return fold(bodies, self.void())

    def void(self) -> set[str]:
        return {change_id for change_id, entry in self.log.items() if entry.void}

    def is_settled(self, number: int) -> bool:
        """Whether a change has its receipt, or was refused and is kept aside."""
        verdict = self.verdicts.get(number, {})
        refused = verdict.get("verdict") == "refused" and verdict["code"] != "not_stored"
        return refused or self.own[number] in self.log

    def waiting(self) -> list[int]:
        return [n for n, change_id in self.own.items() if change_id in self.bodies and not self.is_settled(n)]

    def hello(self, *, newest: bool = False, want: Iterable[str] = ()) -> Json:
        last, verified = max(self.own, default=0), self.ranges.get(self.scope or "")
        acked = next((n for n in sorted(self.own) if not self.is_settled(n)), last + 1) - 1
        hello = {"t": "hello", "protocol": 1, "device_id": self.device_id, "app_version": "1.0.0", "acked": acked}
        hello |= {"device_seq": last, "device_head": self.own.get(last, ZEROS), "clock": {"wall": now()}}
        hello |= {"scope": self.scope, "head": verified and verified.head, "want": list(want)}
        if verified and verified.before != ZEROS:
            hello["verified_from"] = {"seq": verified.first, "chain": verified.before}
        hello |= {"newest": True} if newest and not verified else {}
        return hello | ({"spell_out": True} if self.spell_out else {})

    def signed(self, hello: Json) -> Json:
        """The hello as it goes out now: counted, and signed over all that it says."""
        self.count += 1
        claim = {name: value for name, value in hello.items() if name != "t"} | {"count": self.count}
        return {"t": "hello", **claim, "signature": sign(self.key, "hello", claim)}

    def batch_lines(self, numbers: Iterable[int], *, full: bool = False) -> Iterator[Json]:
        """A batch of each stretch of changes of which each was made on top of the one before it."""
        own = {change_id: number for number, change_id in self.own.items()}
        stretches: list[list[str]] = []
        for change_id in (self.own[number] for number in sorted(numbers)):
            if not stretches or self.bodies[change_id]["device_prev"] != stretches[-1][-1]:
                stretches.append([])
            stretches[-1].append(change_id)
        for ids in stretches:
            bodies = [self.bodies[change_id] for change_id in ids]
            yield {"t": "batch", "first": own[ids[0]], "n": len(ids), "prev": bodies[0]["device_prev"]}
            for place, body in enumerate(bodies):
                whole = {"t": "full", "id": ids[place], "body": body}
                yield whole if full else {"t": "c", **compact(body, bodies[:place], own)}
            claim = {"device_id": self.device_id, "device_seq": own[ids[-1]], "head": ids[-1]}
            yield {"t": "sig", "sig": sign(self.key, "batch", claim)}

    def returned_lines(self) -> Iterator[Json]:
        """The segments of an ended epoch that the centre has lost."""
        epoch, kept = self.ended or ("", 0)
        for before, entries, head in self.kept:
            if head["epoch"] == epoch and head["seq"] > kept:
                yield {"t": "segment", "before": before}
                for entry in entries:
                    yield {**entry.body, "t": "c", "seq": entry.seq, "at": entry.at, "void": entry.void}
                yield head

    def take(self, lines: list[Json], hello: Json) -> Segment:
        """Verify a segment, and only then believe it."""
        before, head, scope = lines[0]["before"], lines[-1], lines[-1]["scope"]
        try:
            segment = Segment(before, entries_of(lines[1:-1], scope, self.device_id, self.own, self.bodies), head)
            verify(segment, self.centre_key or "")
        except (LookupError, TypeError, ValueError, Unreadable):
            self.spell_out = True
            raise Unreadable("a segment") from None
        for entry in segment.entries:
            self.log[entry.change_id] = entry
            if entry.body:
                self.bodies[entry.change_id] = entry.body
                if entry.body["device_id"] == self.device_id:
                    self.own.setdefault(entry.body["device_seq"], entry.change_id)
        if all(entry.body for entry in segment.entries):
            self.kept.append(segment)
        verified = self.ranges.get(scope)
        if not segment.entries or scope != hello["scope"]:
            return segment
        if verified is None and (before == ZEROS or hello.get("newest")):
            self.ranges[scope] = Range(segment.entries[0].seq, before, claim_of(head))
        elif verified and before == verified.head["chain"]:
            verified.head = claim_of(head)
        elif verified and head["chain"] == verified.before:
            verified.first, verified.before = segment.entries[0].seq, before
        return segment

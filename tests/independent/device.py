"""A device in memory: its changes (3), its requests (5), and what it believes of an answer (8)."""

import secrets
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import Json, canonical, digest, sign, to_text
from .compact import next_nonce, now, nth_record, shorten
from .fold import Record, fold
from .log import ZERO, Entry, Run, Span, claim_of, entries, proved

BATCH_BYTES, MAX_BATCH_CHANGES = 65_536, 10_000


class Device:
    """A key, a chain of changes, and what has come of the log."""

    def __init__(self, key: Ed25519PrivateKey | None = None, device_id: str = "") -> None:
        self.key, self.device_id = key or Ed25519PrivateKey.generate(), device_id or str(uuid.uuid4())
        self.users: dict[str, Ed25519PrivateKey] = {}
        self.who: Json = {}
        self.token = self.scope = self.centre_key = self.clock_offset_ms = None
        self.boot_id = secrets.token_hex(8)
        self.own: dict[int, str] = {}  # number → id
        self.bodies: dict[str, Json] = {}  # id → body, of own and foreign changes
        self.nonces: dict[str, str] = {}  # incident → the last nonce
        self.begun: dict[str, int] = {}  # incident → how many records were begun in it
        self.log: dict[str, Entry] = {}  # id → its entry
        self.verdicts: dict[int, Json] = {}  # number → the last verdict
        self.spans: dict[str, Span] = {}  # scope → what is held of its log
        self.kept: list[Run] = []  # every verified run, for a centre that was restored
        self.ended: tuple[str, int] | None = None  # epoch, and up to where the centre still has its log

    # --- changes (3)

    def change(self, incident_id: str, patch: Json, record_id: str = "", **more: Any) -> str:
        record_id, number = record_id or incident_id, len(self.own) + 1
        body = {
            "record_id": record_id, "incident_id": incident_id, "kind": "incident", "form_version": 1, "op": "set",
            "patch": patch, "parents": self.record(record_id).heads, "author": self.who["practitioner_id"],
            "role": self.who["role"], "device_id": self.device_id, "device_seq": number,
            "device_prev": self.own.get(number - 1, ZERO), "recorded_at": now(), "utc_offset_min": 0,
            "boot_id": self.boot_id, "monotonic_ms": time.monotonic_ns() // 1_000_000,
            "clock_offset_ms": self.clock_offset_ms, "nonce": self.nonce(incident_id), **more,
        }  # fmt: skip
        self.own[number] = digest(body)
        self.bodies[self.own[number]] = body
        self.nonces[incident_id] = body["nonce"]
        return self.own[number]

    def nonce(self, incident_id: str) -> str:
        """The one that follows from this device's last in the incident; the first is drawn."""
        last = self.nonces.get(incident_id)
        return next_nonce(last) if last else to_text(secrets.token_bytes(8))

    def begin(self, incident_id: str) -> str:
        """The id of a new record in the incident."""
        self.begun[incident_id] = self.begun.get(incident_id, 0) + 1
        return nth_record(incident_id, self.device_id, self.begun[incident_id])

    def record(self, record_id: str) -> Record:
        return fold({i: body for i, body in self.bodies.items() if body["record_id"] == record_id}, self.void())

    def void(self) -> set[str]:
        return {change_id for change_id, entry in self.log.items() if entry.void}

    def refused(self, number: int) -> bool:
        verdict = self.verdicts.get(number, {})
        return verdict.get("verdict") == "refused" and verdict["code"] != "not_stored"

    def waiting(self) -> list[int]:
        """Own changes that are to be sent."""
        return [n for n, i in self.own.items() if i in self.bodies and i not in self.log and not self.refused(n)]

    # --- the request (5)

    def hello(self, newest: bool = False, want: Iterable[str] = ()) -> Json:
        last = len(self.own)
        settled = (n for n in range(1, last + 1) if self.own[n] not in self.log and not self.refused(n))
        span = self.spans.get(self.scope or "")
        hello = {
            "t": "hello", "device_id": self.device_id, "app_version": "0.4.0", "device_seq": last,
            "device_head": self.own.get(last, ZERO), "acked": next(settled, last + 1) - 1, "scope": self.scope,
            "head": span and span.head, "clock": {"wall": now()}, "protocol": 1, "want": list(want),
        }  # fmt: skip
        if span and span.before != ZERO:
            hello["verified_from"] = {"seq": span.first, "chain": span.before}
        return {**hello, "newest": True} if newest and not span else hello

    def batches(self, numbers: Iterable[int]) -> Iterator[list[int]]:
        batch, size = list[int](), 0
        for number in numbers:
            length = len(canonical(self.bodies[self.own[number]]))
            if batch and (number != batch[-1] + 1 or size + length > BATCH_BYTES or len(batch) == MAX_BATCH_CHANGES):
                yield batch
                batch, size = [], 0
            batch.append(number)
            size += length
        if batch:
            yield batch

    def batch_lines(self, batch: list[int], full: bool) -> Iterator[Json]:
        numbers = {change_id: number for number, change_id in self.own.items()}
        first, last, bodies = batch[0], batch[-1], [self.bodies[self.own[number]] for number in batch]
        yield {"t": "batch", "first": first, "n": len(batch), "prev": bodies[0]["device_prev"]}
        for place, body in enumerate(bodies):
            compact = {"t": "c", **shorten(body, bodies[:place], numbers)}
            yield {"t": "full", "id": self.own[first + place], "body": body} if full else compact
        claim = {"device_id": self.device_id, "device_seq": last, "head": self.own[last]}
        yield {"t": "sig", "sig": sign(self.key, "batch", claim)}

    def returned(self) -> Iterator[Json]:
        """After a restore: the runs of the ended epoch that the centre has lost (9)."""
        epoch, kept = self.ended or ("", 0)
        for run in self.kept:
            if run.head["epoch"] == epoch and run.head["seq"] > kept:
                yield {"t": "segment", "before": run.before}
                for entry in run.entries:
                    yield {**entry.body, "t": "c", "seq": entry.seq, "at": entry.at, "void": entry.void}
                yield {**run.head, "t": "head"}

    # --- runs (8)

    def take(self, before: str, lines: list[Json], hello: Json) -> Run:
        """Verify a run, and only then believe it."""
        head = {name: value for name, value in lines[-1].items() if name != "t"}
        found = entries(lines[:-1], head["scope"], self.device_id, self.own, self.bodies)
        run = Run(before, found, head)
        proved(run, self.centre_key or "")
        for entry in found:
            self.log[entry.change_id] = entry
            if entry.body:
                self.bodies[entry.change_id] = entry.body
                if entry.body["device_id"] == self.device_id:
                    self.own.setdefault(entry.body["device_seq"], entry.change_id)
        if all(entry.body for entry in found):
            self.kept.append(run)
        if found and head["scope"] == hello["scope"]:
            self.move_span(run, bool(hello.get("newest")))
        return run

    def move_span(self, run: Run, newest: bool) -> None:
        span, first, claim = self.spans.get(run.head["scope"]), run.entries[0].seq, claim_of(run.head)
        if span is None and (run.before == ZERO or newest):
            self.spans[run.head["scope"]] = Span(first, run.before, claim)
        elif span and run.before == span.head["chain"]:
            span.head = claim
        elif span and run.head["chain"] == span.before:
            span.first, span.before = first, run.before

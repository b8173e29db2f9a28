"""A second client of the centre, written from docs/protocol.md alone. Nothing in it is the project's own code.

It keeps everything in memory. The numbers in brackets are the sections of the page.
"""

import base64
import bz2
import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate
from operator import add
from typing import Any, Self

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = dict[str, Any]
ZERO = "0" * 64
MAX_STEPS, MAX_INT, PIECE, MAX_PIECE, STREAM = 16, 2**53, 65_536, 10_000, 524_288
DEVICE_FIELDS = ("device_id", "device_seq", "device_prev")
LINE_FIELDS = ("t", "seq", "at", "void")


class Unreadable(ValueError):
    """What the other side sent, or what is to be sent, is not of the protocol."""


class Problem(Exception):
    """The centre said no (13)."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body.get('code')}")
        self.status, self.code, self.body = status, body.get("code"), body


# --- Bytes (2) -------------------------------------------------------------------------------------------------------


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


def instant() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def link(chain: str, change_id: str, seq: int, at: int) -> str:
    """The next chain of a log (8)."""
    packed = bytes.fromhex(chain) + bytes.fromhex(change_id) + seq.to_bytes(8, "big") + at.to_bytes(8, "big")
    return hashlib.sha256(packed).hexdigest()


# --- Transport (4) ---------------------------------------------------------------------------------------------------


def streams(lines: Iterable[Json]) -> Iterator[bytes]:
    held = bytearray()
    for line in lines:
        held += canonical(line) + b"\n"
        if line["t"] in ("sig", "head") and len(held) >= STREAM:
            yield bz2.compress(held)
            held.clear()
    if held:
        yield bz2.compress(held)


def lines_in(chunks: Iterable[bytes], packed: bool) -> Iterator[Json]:
    """The lines of an answer as they come."""
    reader, rest = bz2.BZ2Decompressor(), b""
    for chunk in chunks:
        while chunk:
            data, chunk = (reader.decompress(chunk), reader.unused_data) if packed else (chunk, b"")
            reader = bz2.BZ2Decompressor() if reader.eof else reader
            *whole, rest = (rest + data).split(b"\n")
            yield from map(read, filter(bytes.strip, whole))
    if rest.strip():
        yield read(rest)


def run_lines(lines: Iterator[Json]) -> list[Json]:
    """The rest of a run, up to its head."""
    found = list[Json]()
    for line in lines:
        if line["t"] not in ("own", "c", "head"):
            raise Unreadable("a line that does not belong into a run")
        found.append(line)
        if line["t"] == "head":
            return found
    raise Unreadable("cut inside a run")


# --- The fold (14) and the document (15) -----------------------------------------------------------------------------


@dataclass
class Record:
    answers: Json = field(default_factory=dict)
    clashes: dict[str, list[Any]] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)  # ids
    heads: list[str] = field(default_factory=list)
    waiting_for: set[str] = field(default_factory=set)
    ancestors: dict[str, set[str]] = field(default_factory=dict)
    kind: str = ""
    version: int = 0
    retracted: bool = False


def fold(changes: dict[str, Json], void: Collection[str] = ()) -> Record:
    """One record, of its changes by id. A void one says nothing, but others still descend through it."""
    record, given, order = Record(), dict[str, list[str]](), list[str]()
    parents = {change_id: set(body["parents"]) & changes.keys() for change_id, body in changes.items()}
    left = {change_id: set(some) for change_id, some in parents.items()}
    while left:
        free = min(change_id for change_id, some in left.items() if not some)
        order.append(free)
        record.ancestors[free] = parents[free].union(*(record.ancestors[parent] for parent in parents[free]))
        left = {change_id: some - {free} for change_id, some in left.items() if change_id != free}
    for change_id in order:
        body = changes[change_id]
        if change_id in void:
            continue
        record.kind = record.kind or body["kind"]
        if body["op"] in ("set", "resolve", "acknowledge"):
            record.version = max(record.version, body["form_version"])
            for name in body["patch"]:
                given.setdefault(name, []).append(change_id)
        else:
            record.acts.append(change_id)
            record.retracted |= body["op"] == "retract"
    for name, ids in given.items():
        last = [one for one in ids if not any(one in record.ancestors[other] for other in ids)]
        values = [changes[one]["patch"][name] for one in last]
        if len({canonical(value) for value in values}) > 1:
            record.clashes[name] = values
        elif values[0] is not None:
            record.answers[name] = values[0]
    record.heads = sorted(changes.keys() - set[str]().union(*parents.values()))
    record.waiting_for = {parent for body in changes.values() for parent in body["parents"]} - changes.keys()
    record.version = record.version or min((changes[one]["form_version"] for one in record.acts[:1]), default=0)
    return record


def document(incident_id: str, changes: dict[str, Json], void: Collection[str] = ()) -> Json:
    records: dict[str, dict[str, Json]] = {}
    for change_id, body in changes.items():
        if body["incident_id"] == incident_id:
            records.setdefault(body["record_id"], {})[change_id] = body
    shown = []
    for record_id, its in sorted(records.items()):
        one = fold(its, void)
        if one.kind and not one.retracted:
            about = {"record": record_id, "kind": one.kind, "version": one.version}
            shown.append({**about, "answers": one.answers, "clashes": one.clashes})
    return {"incident": incident_id, "records": shown}


# --- The device ------------------------------------------------------------------------------------------------------


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


@dataclass
class Report:
    """What an exchange brought."""

    welcome: Json = field(default_factory=dict)
    verdicts: list[Json] = field(default_factory=list)
    again: Json | None = None
    runs: list[Run] = field(default_factory=list)
    end: Json | None = None  # None: the answer was cut

    @property
    def problem(self) -> str | None:
        return (self.end or {}).get("problem", {}).get("code")


def spell_out(body: Json, before: list[Entry]) -> None:
    """Parents, record and incident by place, and strokes as steps (5, 6)."""

    def at(back: int) -> Entry:
        if not 1 <= back <= len(before):
            raise Unreadable("no such place")
        return before[-back]

    body["parents"] = [one if isinstance(one, str) else at(one).change_id for one in body["parents"]]
    if isinstance(body["record_id"], int):
        body["record_id"] = at(body["record_id"]).body["record_id"]
    if isinstance(back := body["incident_id"], int):
        body["incident_id"] = at(back).body["incident_id"] if back else body["record_id"]
    if body["op"] == "cosign" and isinstance(strokes := body["patch"].get("strokes"), dict):
        drawn = [list(accumulate(steps, lambda a, b: list(map(add, a, b)))) for steps in strokes["steps"]]
        body["patch"] = {**body["patch"], "strokes": drawn}


class Client:
    """A device, its people, and its line to the centre."""

    def __init__(self, url: str, key: Ed25519PrivateKey | None = None, device_id: str = "") -> None:
        self.http = httpx.Client(base_url=url, timeout=20)
        self.key, self.device_id = key or Ed25519PrivateKey.generate(), device_id or str(uuid.uuid4())
        self.users: dict[str, Ed25519PrivateKey] = {}
        self.who: Json = {}
        self.token = self.scope = self.centre_key = self.clock_offset_ms = None
        self.boot_id = secrets.token_hex(8)
        self.own: dict[int, str] = {}  # number → id
        self.bodies: dict[str, Json] = {}  # id → body, of own and foreign changes
        self.log: dict[str, Entry] = {}  # id → its entry
        self.verdicts: dict[int, Json] = {}  # number → the last verdict
        self.spans: dict[str, Span] = {}  # scope → what is held of its log
        self.kept: list[Run] = []  # every verified run, for a centre that was restored
        self.ended: tuple[str, int] | None = None  # epoch, and up to where the centre still has its log

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *about: object) -> None:
        self.http.close()

    # --- signing in (11)

    def sign_in(self, username: str, password: str) -> Json:
        user = self.users.setdefault(username, Ed25519PrivateKey.generate())
        keys = {"public_key": public(self.key), "user_public_key": public(user)}
        proof = sign(self.key, "enrol", {"device_id": self.device_id, "username": username, **keys})
        device = {"device_id": self.device_id, "name": "Independent", "public_key": keys["public_key"]}
        asked = {"username": username, "password": password, "device": device, "proof": proof}
        answer = self.ask("/v1/sign-in", {**asked, "user_public_key": keys["user_public_key"]})
        if self.centre_key not in (None, answer["centre_key"]):
            raise Unreadable("another centre's key")
        self.centre_key, self.token, self.scope = answer["centre_key"], answer["token"], answer["scope"]
        self.who = answer["practitioner"]
        for number in [n for n, verdict in self.verdicts.items() if verdict.get("code") == "unknown_device"]:
            del self.verdicts[number]
        return answer

    def ask(self, path: str, body: Json) -> Json:
        headers = {"content-type": "application/json", **self.authority()}
        response = self.http.post(path, content=canonical(body), headers=headers)
        if response.status_code != 200:
            raise Problem(response.status_code, response.json())
        return response.json()

    def authority(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    # --- changes (3)

    def change(self, incident_id: str, patch: Json, record_id: str = "", **more: Any) -> str:
        record_id, number = record_id or incident_id, len(self.own) + 1
        body = {
            "record_id": record_id, "incident_id": incident_id, "kind": "incident", "form_version": 1, "op": "set",
            "patch": patch, "parents": self.record(record_id).heads, "author": self.who["practitioner_id"],
            "role": self.who["role"], "device_id": self.device_id, "device_seq": number,
            "device_prev": self.own.get(number - 1, ZERO), "recorded_at": instant(), "utc_offset_min": 0,
            "boot_id": self.boot_id, "monotonic_ms": time.monotonic_ns() // 1_000_000,
            "clock_offset_ms": self.clock_offset_ms, "nonce": to_text(secrets.token_bytes(12)), **more,
        }  # fmt: skip
        self.own[number] = digest(body)
        self.bodies[self.own[number]] = body
        return self.own[number]

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
        clock = {"wall": instant(), "boot_id": self.boot_id, "monotonic_ms": time.monotonic_ns() // 1_000_000}
        hello = {
            "t": "hello", "device_id": self.device_id, "app_version": "0.1.0", "device_seq": last, "clock": clock,
            "device_head": self.own.get(last, ZERO), "acked": next(settled, last + 1) - 1, "scope": self.scope,
            "head": span and span.head, "protocol": 1, "want": list(want),
            "short": all(change_id in self.bodies for change_id in self.own.values()),
        }  # fmt: skip
        if span and span.before != ZERO:
            hello["floor"] = {"seq": span.first, "chain": span.before}
        return {**hello, "newest": True} if newest and not span else hello

    def pieces(self, numbers: Iterable[int]) -> Iterator[list[int]]:
        piece, size = list[int](), 0
        for number in numbers:
            length = len(canonical(self.bodies[self.own[number]]))
            if piece and (number != piece[-1] + 1 or size + length > PIECE or len(piece) == MAX_PIECE):
                yield piece
                piece, size = [], 0
            piece.append(number)
            size += length
        if piece:
            yield piece

    def piece_lines(self, piece: list[int], full: bool) -> Iterator[Json]:
        numbers = {change_id: number for number, change_id in self.own.items()}
        first, last = piece[0], piece[-1]
        yield {"t": "piece", "first": first, "n": len(piece), "prev": self.bodies[self.own[first]]["device_prev"]}
        for number in piece:
            body = self.bodies[self.own[number]]
            compact = {"t": "c", **self.compact(body, number, first, numbers)}
            yield {"t": "full", "id": self.own[number], "body": body} if full else compact
        claim = {"device_id": self.device_id, "device_seq": last, "head": self.own[last]}
        yield {"t": "sig", "sig": sign(self.key, "piece", claim)}

    def compact(self, body: Json, number: int, first: int, numbers: dict[str, int]) -> Json:
        short = {name: value for name, value in body.items() if name not in DEVICE_FIELDS}
        short["parents"] = list(body["parents"])
        for at, parent in enumerate(body["parents"]):
            if known := numbers.get(parent):
                short["parents"][at] = number - known if known >= first else -known
        for back in range(1, number - first + 1):
            before = self.bodies[self.own[number - back]]
            for name in ("record_id", "incident_id"):
                if before[name] == body[name] and isinstance(short[name], str):
                    short[name] = back
        return short | ({"incident_id": 0} if short["incident_id"] == body["record_id"] else {})

    def returned(self) -> Iterator[Json]:
        """After a restore: the runs of the ended epoch that the centre has lost (9)."""
        epoch, kept = self.ended or ("", 0)
        for run in self.kept:
            if run.head["epoch"] == epoch and run.head["seq"] > kept:
                yield {"t": "run", "before": run.before}
                for entry in run.entries:
                    yield {**entry.body, "t": "c", "seq": entry.seq, "at": entry.at, "void": entry.void}
                yield {**run.head, "t": "head"}

    # --- one exchange, and the whole of them (6 to 10)

    def sync(self, on_run: Callable[[Run], None] = lambda run: None, **how: Any) -> Report:
        """Everything up, and one answer down; again in full where the centre asks for it, once."""
        report = Report()
        self.exchange(report, on_run, self.waiting(), False, how)
        if report.again:
            rest = [number for number in self.waiting() if number >= report.again["first"]]
            self.exchange(report, on_run, rest, report.again["full"], how)
        if report.problem == "epoch_ended" and self.ended:
            self.exchange(report, on_run, self.waiting(), False, how)
        return report

    def exchange(
        self, report: Report, on_run: Callable[[Run], None], numbers: list[int], full: bool, how: Json
    ) -> None:
        hello = self.hello(**how)
        pieces = [line for piece in self.pieces(numbers) for line in self.piece_lines(piece, full)]
        body = streams([hello, *pieces, *self.returned()])
        headers = {"content-type": "application/x-ndjson", "content-encoding": "bz2", "accept-encoding": "bz2"}
        report.end = None
        with self.http.stream("POST", "/v1/sync", content=body, headers=headers | self.authority()) as response:
            if response.status_code != 200 or response.headers["content-type"] != "application/x-ndjson":
                raise Problem(response.status_code, read(response.read()))
            lines = lines_in(response.iter_raw(), response.headers.get("content-encoding") == "bz2")
            for line in lines:
                match line["t"]:
                    case "welcome":
                        report.welcome = line
                        here, there = (
                            datetime.fromisoformat(at) for at in (hello["clock"]["wall"], line["server_time"])
                        )
                        self.clock_offset_ms = round((there - here).total_seconds() * 1000)
                    case "verdict":
                        report.verdicts.append(line)
                        self.verdicts[line["device_seq"]] = line
                    case "again":
                        report.again = line
                    case "run":
                        report.runs.append(self.take(line["before"], run_lines(lines), hello))
                        on_run(report.runs[-1])
                    case "end":
                        report.end = line
        if report.end is not None:
            self.finish(report, hello)

    def finish(self, report: Report, hello: Json) -> None:
        end = report.end or {}
        for low, high in end.get("gaps", ()):
            for number in range(low, high + 1):
                self.log.pop(self.own.get(number, ""), None)  # it waits again, whatever receipt there was
        if report.problem is None:
            self.ended = None
        if report.problem == "epoch_ended" and "kept" in report.welcome:
            self.ended = (hello["head"]["epoch"], report.welcome["kept"])
            self.spans.pop(hello["scope"])
            self.log = {i: entry for i, entry in self.log.items() if entry.seq <= self.ended[1]}

    # --- runs (6, 8)

    def entries(self, lines: list[Json], scope: str) -> list[Entry]:
        found, last = list[Entry](), dict[str, tuple[int, str]]()
        for line in lines:
            about = (line["at"], line.get("void", False), scope)
            if line["t"] == "own":
                for place in range(line["n"]):
                    number = line["first"] + place
                    if number not in self.own:
                        raise Unreadable("no such own change")
                    change_id = self.own[number]
                    found.append(Entry(change_id, self.bodies.get(change_id, {}), line["seq"] + place, *about))
                    last[self.device_id] = (number, change_id)
                continue
            body = {name: value for name, value in line.items() if name not in LINE_FIELDS}
            device = body["device_id"]
            if "device_seq" not in body:
                if device not in last:
                    raise Unreadable("no change of this device before it")
                body |= {"device_seq": last[device][0] + 1, "device_prev": last[device][1]}
            spell_out(body, found)
            found.append(Entry(digest(body), body, line["seq"], *about))
            last[device] = (body["device_seq"], found[-1].change_id)
        return found

    def take(self, before: str, lines: list[Json], hello: Json) -> Run:
        """Verify a run, and only then believe it."""
        head = {name: value for name, value in lines[-1].items() if name != "t"}
        entries = self.entries(lines[:-1], head["scope"])
        chain, seq = before, 0
        for entry in entries:
            if entry.seq <= seq:
                raise Unreadable("the numbers do not rise")
            chain, seq = link(chain, entry.change_id, entry.seq, entry.at), entry.seq
        claim = {name: head[name] for name in ("epoch", "scope", "seq", "chain")}
        if chain != head["chain"] or (entries and seq != head["seq"]):
            raise Unreadable("the chain does not end in the head")
        if not verifies(self.centre_key or "", "head", claim, head["signature"]):
            raise Unreadable("the head is not the centre's")
        for entry in entries:
            self.log[entry.change_id] = entry
            if entry.body:
                self.bodies[entry.change_id] = entry.body
                if entry.body["device_id"] == self.device_id:
                    self.own.setdefault(entry.body["device_seq"], entry.change_id)
        run = Run(before, entries, head)
        if all(entry.body for entry in entries):
            self.kept.append(run)
        if entries and head["scope"] == hello["scope"]:
            span = self.spans.get(head["scope"])
            if span is None and (before == ZERO or hello.get("newest")):
                self.spans[head["scope"]] = Span(entries[0].seq, before, claim)
            elif span and before == span.head["chain"]:
                span.head = claim
            elif span and head["chain"] == span.before:
                span.first, span.before = entries[0].seq, before
        return run

    # --- state check (9)

    def state_check(self) -> tuple[list[int], set[str]]:
        """The buckets that differ, and the changes to be wanted. Own ones that the centre lacks wait again."""
        span, sums = self.spans[self.scope or ""], [0] * 256
        here = {
            change_id
            for change_id, entry in self.log.items()
            if entry.scope == self.scope and span.first <= entry.seq <= span.head["seq"] and change_id in self.bodies
        }
        for change_id in here:
            sums[int(change_id[:2], 16)] ^= int(change_id[-16:], 16)
        asked = {"scope": self.scope, "first": span.first, "last": span.head["seq"]}
        answer = self.ask("/v1/state", {**asked, "sums": [f"{one:016x}" for one in sums]})
        there = set(answer["change_ids"])
        for change_id in here - there:
            if int(change_id[:2], 16) in answer["buckets"] and change_id in self.own.values():
                del self.log[change_id]
        return answer["buckets"], there - here

"""A second client of the centre, written from docs/protocol.md alone: nothing in it is the project's own code.

The numbers in brackets, here and in its other modules, are the sections of the page.
"""

import bz2
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import Json, Unreadable, canonical, public, read, sign
from .device import Device
from .log import Segment

NDJSON = "application/x-ndjson"
Response = dict[str, list[Any]]  # its lines by type; under `segment` the segments that verified


def problem_of(response: Response) -> str | None:
    """What the centre would not do, though it handled everything sent (6); `cut` without an end."""
    return response["end"][-1].get("problem", {}).get("code") if response["end"] else "cut"


class Problem(Exception):
    """The centre said no (13)."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body['code']}")
        self.status, self.code, self.count = status, body["code"], body.get("count")


def read_lines(chunks: Iterable[bytes], *, is_bz2: bool) -> Iterator[Json]:
    """The lines of a body as they come (4)."""
    stream, rest = bz2.BZ2Decompressor(), b""
    for chunk in chunks:
        while chunk:
            plain, chunk = (stream.decompress(chunk), stream.unused_data) if is_bz2 else (chunk, b"")
            stream = bz2.BZ2Decompressor() if stream.eof else stream
            *lines, rest = (rest + plain).split(b"\n")
            yield from (read(line) for line in lines if line)
    if rest:
        yield read(rest)


class Client(Device, AbstractContextManager):
    """A device, and its connection to the centre."""

    def __init__(self, url: str, key: Ed25519PrivateKey | None = None, device_id: str = "") -> None:
        super().__init__(key, device_id)
        self.http = httpx.Client(base_url=url, timeout=20)
        self.on_segment: Callable[[Segment], Any] = lambda segment: None

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def authority(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def ask(self, path: str, body: Json) -> Json:
        headers = {"content-type": "application/json", **self.authority}
        response = self.http.post(path, content=canonical(body), headers=headers)
        if response.status_code != 200:
            raise Problem(response.status_code, response.json())
        return response.json()

    def sign_in(self, username: str, password: str) -> None:
        user = self.users.setdefault(username, Ed25519PrivateKey.generate())
        device = {"device_id": self.device_id, "public_key": public(self.key)}
        proof = sign(self.key, "enrol", {**device, "username": username, "user_public_key": public(user)})
        asked = {
            "username": username,
            "password": password,
            "user_public_key": public(user),
            "proof": proof,
            "training": True,
        }
        answer = self.ask("/v1/sign-in", {**asked, "device": {**device, "name": "Independent"}})
        if self.centre_key not in (None, answer["centre_key"]):
            raise Unreadable("another centre's key")
        self.centre_key, self.token, self.scope = answer["centre_key"], answer["token"], answer["scope"]
        self.seal_key = answer["seal_key"]
        self.who = answer["practitioner"]

    def sync(self, *, newest: bool = False, want: Iterable[str] = ()) -> Response:
        """Everything up and one response down; once more where the centre asks for it, or was restored (9)."""
        response: Response = defaultdict(list)
        want = list(want)
        self.exchange(response, self.waiting(), self.hello(newest=newest, want=want))
        for resend in response["resend"][:1]:
            rest = [number for number in self.waiting() if number >= resend["first"]]
            self.exchange(response, rest, self.hello(newest=newest, want=want), full=resend["full"])
        if problem_of(response) == "epoch_ended" and self.ended:
            self.exchange(response, self.waiting(), self.hello())
        return response

    def exchange(self, response: Response, numbers: list[int], hello: Json, *, full: bool = False) -> None:
        """One request and its response; once more above the count that the centre has heard already (9)."""
        try:
            self.request(response, numbers, hello, full=full)
        except Problem as problem:
            if problem.code != "hello_stale" or not problem.count:
                raise
            self.count = problem.count
            self.request(response, numbers, hello, full=full)

    def request(self, response: Response, numbers: list[int], hello: Json, *, full: bool) -> None:
        streams = [[self.signed(hello)], [*self.returned_lines(), *self.batch_lines(numbers, full=full)]]
        body = b"".join(bz2.compress(b"".join(canonical(line) + b"\n" for line in lines)) for lines in streams)
        headers = {"content-type": NDJSON, "content-encoding": "bz2", "accept-encoding": "bz2", **self.authority}
        segment: list[Json] = []
        with self.http.stream("POST", "/v1/sync", content=body, headers=headers) as answer:
            if answer.status_code != 200 or answer.headers["content-type"] != NDJSON:
                raise Problem(answer.status_code, read(answer.read()))
            for line in read_lines(answer.iter_raw(), is_bz2=answer.headers.get("content-encoding") == "bz2"):
                if segment or line["t"] == "segment":
                    segment.append(line)
                    if line["t"] == "head":
                        response["segment"].append(self.take(segment, hello))
                        self.on_segment(response["segment"][-1])
                        segment = []
                    continue
                response[line["t"]].append(line)
                match line["t"]:
                    case "welcome":
                        ours, theirs = map(datetime.fromisoformat, (hello["clock"]["wall"], line["server_time"]))
                        self.clock_offset_ms = round((theirs - ours).total_seconds() * 1000)
                    case "verdict":
                        self.verdicts[line["device_seq"]] = line
                    case "end":
                        self.finish(response, hello)

    def finish(self, response: Response, hello: Json) -> None:
        for low, high in response["end"][-1].get("gaps", ()):
            for number in range(low, high + 1):
                self.log.pop(self.own.get(number, ""), None)  # it waits again, whatever receipt there was
        problem, kept = problem_of(response), response["welcome"][-1].get("kept")
        self.spell_out = False
        if kept is None:
            self.ended = None if problem != "device_revoked" else self.ended
        else:
            self.ended = (hello["head"]["epoch"], kept)
            del self.ranges[hello["scope"]]
            self.log = {entry.change_id: entry for entry in self.log.values() if entry.seq <= kept}

    def state_check(self) -> tuple[list[int], set[str]]:
        """The buckets that differ, and what is to be wanted; own changes that the centre lacks wait again (9)."""
        verified, sums = self.ranges[self.scope or ""], [0] * 256
        entries = [entry for entry in self.log.values() if entry.scope == self.scope and entry.change_id in self.bodies]
        ours = {entry.change_id for entry in entries if verified.first <= entry.seq <= verified.head["seq"]}
        for change_id in ours:
            sums[int(change_id[:2], 16)] ^= int(change_id[-16:], 16)
        asked = {"scope": self.scope, "first": verified.first, "last": verified.head["seq"]}
        answer = self.ask("/v1/state", {**asked, "sums": [f"{bucket_sum:016x}" for bucket_sum in sums]})
        theirs = set(answer["change_ids"])
        for change_id in ours - theirs:
            if int(change_id[:2], 16) in answer["buckets"] and change_id in self.own.values():
                del self.log[change_id]
        return answer["buckets"], theirs - ours

"""A second client of the centre, written from docs/protocol.md alone. Nothing in it is the project's own code.

It keeps everything in memory. The numbers in brackets, here and in its other modules, are the sections of the page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .canonical import Json, Unreadable, canonical, public, read, sign
from .device import Device
from .log import Run
from .transport import lines_in, run_lines, streams


class Problem(Exception):
    """The centre said no (13)."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status} {body.get('code')}")
        self.status, self.code, self.body = status, body.get("code"), body


@dataclass
class Report:
    """What an exchange brought."""

    welcome: Json = field(default_factory=dict)
    verdicts: list[Json] = field(default_factory=list)
    resend: Json | None = None
    runs: list[Run] = field(default_factory=list)
    end: Json | None = None  # None: the answer was cut

    @property
    def problem(self) -> str | None:
        return (self.end or {}).get("problem", {}).get("code")


class Client(Device):
    """A device, and its line to the centre."""

    def __init__(self, url: str, key: Ed25519PrivateKey | None = None, device_id: str = "") -> None:
        super().__init__(key, device_id)
        self.http = httpx.Client(base_url=url, timeout=20)

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

    # --- one exchange, and the whole of them (6 to 10)

    def sync(
        self, on_run: Callable[[Run], object] = lambda run: None, *, newest: bool = False, want: Iterable[str] = ()
    ) -> Report:
        """Everything up, and one answer down; again in full where the centre asks for it, once."""
        report, how = Report(), {"newest": newest, "want": list(want)}
        self.exchange(report, on_run, self.waiting(), False, how)
        if report.resend:
            rest = [number for number in self.waiting() if number >= report.resend["first"]]
            self.exchange(report, on_run, rest, report.resend["full"], how)
        if report.problem == "epoch_ended" and self.ended:
            self.exchange(report, on_run, self.waiting(), False, how)
        return report

    def exchange(
        self, report: Report, on_run: Callable[[Run], object], numbers: list[int], full: bool, how: Json
    ) -> None:
        hello = self.hello(**how)
        batches = [line for batch in self.batches(numbers) for line in self.batch_lines(batch, full)]
        body = streams([hello, *batches, *self.returned()])
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
                    case "resend":
                        report.resend = line
                    case "segment":
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

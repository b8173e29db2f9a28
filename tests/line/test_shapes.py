"""Every answer is read through a shape: whatever is missing in one or of another type is said."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.phone.phone import Phone as NursesPhone
from sync.client.http import Client
from sync.core.errors import AlongsideError
from sync.protocol.codec import response_lines
from sync.protocol.exchange import sync_once
from sync.protocol.line_stream import Line
from sync.protocol.messages import End, Resend, Verdict, Welcome
from tests.line.stand_in import Answered, Asked, passed_on, standing_in
from tests.steps.builders import CENTRE, PIN, SHIPPED, TRUST, Pocket, segment
from tests.steps.builders import Device as Stranger
from tests.steps.centre.running import Running
from tests.steps.ui.console import clashing, signed

WRONG: tuple[Any, ...] = (None, 7, -1, 2**52, "x", "", True, [], [None], [[]], {}, {"x": 1})
GONE = object()


def mutations(value: Any) -> Iterator[Any]:
    """The value with one part of it missing or of another type, for every part."""
    if isinstance(value, dict):
        for name, part in value.items():
            rest = {known: kept for known, kept in value.items() if known != name}
            yield rest
            yield from ({**value, name: wrong} for wrong in WRONG)
            yield from ({**value, name: wrong} for wrong in mutations(part))
    elif isinstance(value, list) and value:
        yield from ([wrong, *value[1:]] for wrong in WRONG)
        yield from ([wrong, *value[1:]] for wrong in mutations(value[0]))


class Forger:
    """A gateway that changes one part of one answer. `forge`: the body to answer with, for this path."""

    def __init__(self, centre: str):
        self.centre, self.path, self.forge, self.seen = centre, "", b"", {}

    def __call__(self, asked: Asked) -> Answered:
        if asked.path == self.path:
            return Answered(200, {"content-type": "application/json"}, self.forge)
        said = passed_on(self.centre, asked)
        self.seen[asked.path] = said.body
        return said


@pytest.fixture
def forger(running: Running) -> Forger:
    return Forger(running.url)


def tried(ask: Callable[[], object], forger: Forger, path: str, value: Any) -> bool:
    """Whether it was taken; an error in words is as good, anything else is not."""
    forger.path, forger.forge, code = path, json.dumps(value).encode(), ""
    try:
        ask()
    except AlongsideError as error:
        code = error.code
    forger.path = ""
    assert code != "error", value
    return not code


def test_no_answer_breaks_the_desk(running: Running, forger: Forger):
    phone, other = running.device(), running.device("tom.ellery")
    incident_id = signed(phone)
    clashing(phone, other, incident_id)
    with standing_in(forger) as at:
        desk = Desk(at.url, FetchedPacks(SHIPPED, TRUST), training=True)
        asks: dict[str, Callable[[], object]] = {
            "/v1/sign-in": lambda: desk.sign_in("ruth.okoro", PASSWORD),
            "/v1/incidents/search": lambda: desk.incidents("open"),
            f"/v1/incidents/{incident_id}": lambda: desk.incident(incident_id).incident.records,
            "/v1/devices": desk.phones,
            "/v1/packs": lambda: FetchedPacks((), TRUST).fetch(desk.client),
        }
        for path, ask in asks.items():
            ask()
            was = json.loads(forger.seen[path])
            taken = [tried(ask, forger, path, value) for value in mutations(was)]
            assert len(taken) > 20, path
            assert not all(taken), path
        desk.sign_in("ruth.okoro", PASSWORD)
        desk.close()


def test_no_answer_breaks_what_an_officer_reads(running: Running, forger: Forger):
    phone = running.device()
    incident_id = signed(phone)
    phone.cosign(incident_id)
    assert phone.sync().code == ""
    with standing_in(forger) as at:
        desk = Desk(at.url, FetchedPacks(SHIPPED, TRUST), training=True)
        desk.sign_in("dan.hart", PASSWORD)
        desk.sheets()
        was = json.loads(forger.seen["/v1/handovers"])
        taken = [tried(desk.sheets, forger, "/v1/handovers", value) for value in mutations(was)]
        desk.close()
    assert not all(taken)


def test_no_answer_breaks_a_nurses_first_sign_in(running: Running, forger: Forger, tmp_path: Path):
    folders = (tmp_path / str(number) for number in count())

    def sign_in(url: str) -> None:
        phone = NursesPhone(next(folders), lambda: Client(url, timeout=10), SHIPPED, training=True, scrypt_n=2**10)
        with closing(phone):
            session = phone.sign_in("amina.yusuf", PASSWORD, PIN)
            assert session.name("tom.ellery")
            session.seal(session.edit(session.new_incident(), "incident"))

    with standing_in(forger) as at:
        sign_in(at.url)
        was = json.loads(forger.seen["/v1/sign-in"])
        taken = [tried(partial(sign_in, at.url), forger, "/v1/sign-in", value) for value in list(mutations(was))[::7]]
    assert len(taken) > 30
    assert not all(taken)


def test_no_answer_breaks_the_daily_comparison(running: Running, forger: Forger):
    phone = running.device()
    with standing_in(forger) as at:
        client = Client(at.url, phone.client.token, timeout=10)
        for value in mutations({"buckets": [1], "change_ids": ["ab" * 32]}):
            tried(lambda: client.state("team:x", 1, 2, []), forger, "/v1/state", value)
        client.close()


def whole_response(pocket: Pocket) -> list[Line]:
    """A response with a line of every type in it, for a phone with one change."""
    own, theirs = pocket.seal(1, {"location": "x"}), Stranger().change(2, {"location": "y"})
    claim = {"device_id": pocket.device_id, "kind": "wipe", "command_id": "c"}
    command = {**claim, "signature": CENTRE.sign("command", {**claim, "command_id": "another"})}
    problem = {"code": "scope_not_yours", "status": 403, "title": "T", "advice": "A"}
    parts = [
        Welcome("e1", "2026-11-22T12:00:00.000Z", "0.1.0", kept=0),
        Verdict(1, "held", "parent_missing", "x", "y"), Resend(1),
        segment([own, theirs], own=pocket.device_id),
        End(more=False, gaps=((1, 1),), backoff_s=3, commands=(command,), problem=problem),
    ]  # fmt: skip
    return [json.loads(json.dumps(line)) for line in response_lines(parts)]


@pytest.mark.parametrize(
    "part", [pytest.param(slice(0, None, 4), id="some"), pytest.param(slice(None), id="all", marks=pytest.mark.long)]
)
def test_no_line_breaks_a_sync(pocket: Pocket, part: slice):
    lines, said = whole_response(pocket), [b""]
    assert {line["t"] for line in lines} == {"welcome", "verdict", "resend", "segment", "own", "c", "head", "end"}
    codes = []
    with standing_in(lambda _: Answered(200, {"content-type": "application/x-ndjson"}, said[0])) as at:
        client = Client(at.url, "token", own=pocket.store.sync.own, timeout=10)
        for place, line in enumerate(lines):
            for value in list(mutations(line))[part]:
                sent = [*lines[:place], value, *lines[place + 1 :]]
                said[0] = b"".join(json.dumps(each).encode() + b"\n" for each in sent)
                report = sync_once(pocket.store.sync, client)
                pocket.store.strip()
                pocket.store.deliveries()
                codes.append(report.code)
        client.close()
    assert {"bad_response", "untrusted"} <= set(codes)
    assert len(codes) > 200

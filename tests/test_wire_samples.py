"""Every message of every version that was shipped is still read, and means what it meant."""

import json
from pathlib import Path

import pytest

from sync.core.canonical import canonical, parse
from sync.protocol.codec import read_answers, read_hello
from sync.protocol.compact import Expander, read_change
from sync.protocol.messages import Again, End, LogSegment, Verdict, Welcome
from sync.protocol.verify import verify
from tests.builders import CENTRE
from tests.wire_samples import make

SAMPLES = sorted(path for path in make.HERE.iterdir() if (path / "ids.json").exists())


def lines(folder: Path, name: str) -> list:
    return [parse(line) for line in (folder / f"{name}.ndjson").read_bytes().splitlines()]


def ids(folder: Path, number: int) -> list[str]:
    return json.loads((folder / "ids.json").read_text())[str(number)]


@pytest.fixture(params=SAMPLES, ids=lambda path: path.name)
def folder(request) -> Path:
    return request.param


def test_a_request_is_read_as_it_was_meant(folder):
    hello, *rest = lines(folder, "request")
    read = read_hello(hello)
    assert (read.device_seq, read.scope, read.clock["boot_id"]) == (13, "team:cambs", "boot-1")
    made, number, prev, expander = [], 0, "", Expander()
    for line in rest:
        if line["t"] == "piece":
            number, prev, expander = line["first"], line["prev"], Expander(dict(enumerate(ids(folder, 1), 1)))
        elif line["t"] == "c":
            prev = expander.expand(line, read.device_id, number, prev).change_id
            number += 1
            made.append(prev)
    assert made == ids(folder, 1)


def test_a_request_in_full_form_is_read_as_it_was_meant(folder):
    _hello, _piece, *full, _sig = lines(folder, "request_full")
    assert [read_change(line["body"]).change_id for line in full] == [line["id"] for line in full] == ids(folder, 1)


def test_an_answer_is_read_as_it_was_meant(folder):
    mine = make.device(1)
    own = [read_change(line["body"]) for line in lines(folder, "request_full")[2:-1]]
    read = list(read_answers(lines(folder, "answer"), mine.device_id, lambda first, n: own[first - 1 :][:n]))
    assert [type(one) for one in read] == [Welcome, Verdict, Again, LogSegment, End]
    run = next(one for one in read if isinstance(one, LogSegment))
    verify(run, CENTRE.public)
    assert [entry.change.change_id for entry in run.entries[1::2]] == ids(folder, 2)
    assert [entry.void for entry in run.entries[:6]] == [False, False, True] * 2
    end = read[-1]
    assert (end.more, end.gaps, end.backoff_s, end.orders) == (True, ((1, 2), (9, 9)), 30, ({"kind": "later"},))
    assert end.problem["code"] == "sign_in_expired"


def test_the_messages_of_this_version_are_kept():
    """Whoever changes what is sent ships a new version, and keeps its samples: `python -m tests.wire_samples.make`."""
    newest = SAMPLES[-1]
    for name, said in make.messages().items():
        assert [canonical(line) for line in lines(newest, name)] == [canonical(line) for line in said], name

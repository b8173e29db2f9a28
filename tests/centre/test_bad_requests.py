"""Requests that are not of the protocol get a documented answer, say nothing back, and leave what was good."""

import bz2
import json
import secrets

import pytest
from sqlalchemy.exc import OperationalError

from sync.api.ingest.request_reader import MAX_BODY
from sync.core.canonical import canonical
from sync.protocol.messages import UNSTREAMED_BYTES
from tests.steps.centre.running import Phone, Running, answered, new_id, problem

CANARY = "Marigold Thistlewood 999 246 9145"


def bodies(phone: Phone) -> dict[str, tuple[bytes, str]]:
    hello, *batch = phone.lines(phone.batch(phone.device.changes))
    line = canonical(hello) + b"\n"
    rest = b"".join(canonical(one) + b"\n" for one in batch)

    def greeting(**other) -> bytes:
        return canonical({**hello, **other}) + b"\n"

    return {
        "nothing": (b"", "bad_hello"),
        "not json": (CANARY.encode() + b"\n", "not_json"),
        "not an object": (b"[]\n", "no_type"),
        "no hello": (rest, "bad_hello"),
        "hello twice named": (line.replace(b'"acked":0', b'"acked":0,"acked":0') + rest, "not_json"),
        "hello without head": (canonical({k: v for k, v in hello.items() if k != "device_head"}) + b"\n", "bad_hello"),
        "device id of no kind": (greeting(device_id=CANARY), "bad_hello"),
        "negative number": (greeting(device_seq=-1), "bad_hello"),
        "text for a number": (greeting(acked="0"), "bad_hello"),
        "no clock": (greeting(clock={}), "bad_hello"),
        "clock of no day": (greeting(clock={"wall": "2026-02-30T00:00:00.000Z"}), "bad_hello"),
        "head of no kind": (greeting(head={"seq": 1}), "bad_hello"),
        "a later protocol": (greeting(protocol=2), "protocol_unsupported"),
        "float": (line + b'{"t":"batch","first":1.5,"n":1,"prev":""}\n', "not_json"),
        "nested": (line + b'{"t":"c","patch":' + b"[" * 5000 + b"]" * 5000 + b"}\n", "not_json"),
        "surrogate": (line + b'{"t":"c","x":"\\ud800"}\n', "not_json"),
        "large number": (line + b'{"t":"c","x":1' + b"0" * 5000 + b"}\n", "not_json"),
        "change without batch": (line + canonical(batch[1]) + b"\n", "bad_batch"),
        "batch in a batch": (line + canonical(batch[0]) + b"\n" + rest, "bad_batch"),
        "too few changes": (line + canonical({**batch[0], "n": 2}) + b"\n" + rest.split(b"\n", 1)[1], "bad_batch"),
        "too many changes": (line + canonical(batch[0]) + b"\n" + (canonical(batch[1]) + b"\n") * 2, "bad_batch"),
        "no signature": (line + rest.replace(b'"sig":', b'"sog":'), "bad_batch"),
        "a batch of nothing": (line + canonical({**batch[0], "n": 0}) + b"\n", "bad_batch"),
        "cut short": (line + canonical(batch[0]) + b"\n" + canonical(batch[1]) + b"\n", "cut_short"),
        "a line without end": (line + b'{"t":"c","x":"' + b"y" * 600_000, "too_large"),
    }


@pytest.fixture
def sealed(phone: Phone) -> Phone:
    phone.record({"location": CANARY})
    return phone


def test_what_is_not_of_the_protocol_gets_a_documented_answer_without_content(running: Running, sealed) -> None:
    for what, (body, code) in bodies(sealed).items():
        response = sealed.post(body)
        status = 413 if code == "too_large" else 400
        assert (response.status_code, response.json()["code"]) == (status, code), what
        problem(response, status, code)
        assert not any(part in response.text for part in CANARY.split()), what
    assert running.rows() == []
    assert sealed.sync().code == ""


@pytest.mark.parametrize(
    ("encoding", "status", "code"), [("gzip", 415, "encoding_unsupported"), ("bz2", 400, "not_bz2")]
)
def test_an_encoding_that_is_not_what_it_says(sealed, encoding, status, code) -> None:
    problem(sealed.post(sealed.lines(), **{"content-encoding": encoding}), status, code)


def test_a_compressed_body_that_is_cut(sealed) -> None:
    body = bz2.compress(b"".join(canonical(line) + b"\n" for line in sealed.lines()))
    problem(sealed.post(body[:-4], **{"content-encoding": "bz2"}), 400, "cut_short")


def test_a_small_body_cannot_become_a_large_one(sealed) -> None:
    line = b'{"t":"later","x":"' + b"0" * 100_000 + b'"}\n'
    hello = canonical(sealed.lines()[0]) + b"\n"
    bomb = bz2.compress(hello + line * (MAX_BODY // len(line) + 2))
    assert len(bomb) < 50_000
    problem(sealed.post(bomb, **{"content-encoding": "bz2"}), 413, "too_large")
    problem(sealed.post(bz2.compress(b"0" * 20_000_000), **{"content-encoding": "bz2"}), 413, "too_large")


def test_a_body_that_says_it_is_too_large_is_not_read(sealed) -> None:
    import socket

    host, port = sealed.running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"POST /v1/sync HTTP/1.1\r\nhost: {host}\r\ncontent-length: {MAX_BODY + 1}\r\n\r\n".encode())
        assert b" 413 " in line.recv(4096).split(b"\r\n")[0]


def test_a_change_over_the_limit_is_refused_by_name_and_the_rest_is_kept(running: Running, sealed) -> None:
    large = sealed.record({"officer_safety_note": "x" * 300_000})
    other = sealed.record({"location": "Old Bridge"})
    found = answered(sealed.post(sealed.lines(sealed.batch(sealed.device.changes))))
    assert found["resend"]
    found = answered(sealed.post(sealed.lines(sealed.batch(sealed.device.changes), full=True)))
    assert [(one["device_seq"], one["code"]) for one in found["verdict"]] == [(large.device_seq, "change_too_large")]
    assert running.row(other) is not None
    assert running.row(large) is None


def test_batches_before_the_fault_are_kept(running: Running, sealed) -> None:
    body = b"".join(canonical(line) + b"\n" for line in sealed.lines(sealed.batch(sealed.device.changes)))
    problem(sealed.post(body + b"not json\n"), 400, "not_json")
    assert len(running.rows()) == 1
    assert sealed.sync().received == 1


def test_lines_of_a_later_version_are_passed_over(running: Running, sealed) -> None:
    hello, *batch = sealed.lines(sealed.batch(sealed.device.changes))
    found = answered(
        sealed.post([sealed.signed({**hello, "later": 1}), {"t": "later"}, *batch, {"t": "later", "n": 1}])
    )
    assert len(running.rows()) == 1
    assert "problem" not in found["end"][0]


def test_an_injected_string_is_only_a_string(running: Running, sealed, desk) -> None:
    for text in ("'; DROP TABLE change_log; --", '" OR 1=1 --', "%", "_", "\\", "'); DELETE FROM session; --"):
        change = sealed.record({"location": text, "cad_ref": text, "nature": text})
        assert sealed.sync().code == ""
        assert sealed.search(q=text, car=text, nature=text, standing=text).status_code == 200
        found = sealed.client.incidents(q=text, nature=text)
        assert change.incident_id in {line["incident_id"] for line in found["incidents"]}, text
        problem(sealed.get("/v1/incidents/" + text.replace("/", "")), 404, "not_found")
        problem(sealed.search(sort=text), 400, "bad_query") if len(text) <= 20 else None
    assert desk.client.incidents()["total"] == 7
    assert sealed.client.incidents(q="%")["total"] == 1


def test_a_wrong_address_or_method_is_a_problem_too(running: Running) -> None:
    with running.http() as http:
        problem(http.get("/v1/nothing"), 404, "not_found")
        problem(http.get("/v1/sync"), 405, "method_not_allowed")
        problem(http.get("/docs"), 404, "not_found")


def test_a_wrong_argument_is_named_and_not_repeated(sealed) -> None:
    response = sealed.search(view=CANARY, limit=CANARY, q=7, **{CANARY: CANARY})
    body = problem(response, 422, "request_invalid")
    assert {tuple(one["loc"]) for one in body["errors"]} == {("view",), ("limit",), ("q",), ()}
    assert all(set(one) == {"loc", "type"} for one in body["errors"])
    assert not any(part in response.text for part in CANARY.split())
    for limit in (0, 201, "50", True):
        problem(sealed.search(limit=limit), 422, "request_invalid")
    problem(sealed.search(q=CANARY * 10), 422, "request_invalid")
    problem(sealed.search(q=CANARY * 10_000), 413, "too_large")


def test_a_wrong_sign_in_request_is_named_and_not_repeated(running: Running) -> None:
    with running.http() as http:
        for body in ({"username": CANARY}, {"username": 7, "device": {"device_id": CANARY}}, [], "x", None):
            response = http.post("/v1/sign-in", content=json.dumps(body))
            problem(response, 422, "request_invalid")
            assert not any(part in response.text for part in CANARY.split())
        problem(http.post("/v1/sign-in", content=b"{"), 400, "not_json")
        problem(http.post("/v1/sign-in", content=b'{"a":1,"a":2}'), 400, "not_json")
        problem(http.post("/v1/sign-in", content=b" " * 70_000), 413, "too_large")


def test_every_answer_says_not_to_be_kept_or_guessed_at(running: Running, sealed) -> None:
    with running.http() as http:
        for path in ("/health", "/ready", "/v1/devices", "/nothing", "/openapi.json"):
            headers = http.get(path).headers
            assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff"), path


def test_a_database_that_is_away_is_said_and_nothing_is_marked(running: Running, sealed, monkeypatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("sync.api.ingest.request_reader.take", away)
    problem(sealed.post(sealed.lines(sealed.batch(sealed.device.changes))), 503, "not_ready")
    assert (sealed.sync().code, sealed.device.receipts) == ("not_ready", {})
    monkeypatch.undo()
    monkeypatch.setattr("sync.api.pull.response.receipts", away)
    assert (sealed.sync().code, sealed.device.receipts) == ("not_ready", {})

    def begun(*_: object):
        yield bz2.compress(canonical({"t": "later", "long": secrets.token_hex(UNSTREAMED_BYTES)}) + b"\n")
        away()

    monkeypatch.setattr("sync.api.routes.exchange._bytes", begun)  # and once the answer has begun
    assert (sealed.sync().code, sealed.device.receipts) == ("not_reachable", {})
    monkeypatch.undo()
    assert sealed.sync().code == ""
    assert len(running.rows()) == 1


def test_unknown_incident_ids_are_not_found(phone) -> None:
    problem(phone.get(f"/v1/incidents/{new_id()}"), 404, "not_found")

"""What passes is rewritten on the way: `content-encoding` dropped or changed, answers compressed again, no lengths."""

import bz2
import gzip
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from demo import PASSWORD
from sync.client.http import Client
from sync.protocol.exchange import sync_once
from tests.line.stand_in import Answered, Asked, page, passed_on, relay, standing_in, without
from tests.steps.centre.running import Phone, Running

ENCODING = "content-encoding"


def as_it_is(asked: Asked) -> Asked:
    return asked


def dropped(asked: Asked) -> Asked:
    return without(asked, ENCODING)


def changed(to: str) -> Callable[[Asked], Asked]:
    return lambda asked: replace(asked, headers={**asked.headers, ENCODING: to}) if ENCODING in asked.headers else asked


UP = {
    "as it is": as_it_is,
    "header dropped": dropped,
    "header changed to gzip": changed("gzip"),
    "header changed to identity": changed("identity"),
    "accept-encoding dropped": lambda asked: without(asked, "accept-encoding"),
    "accept-encoding gzip": lambda asked: replace(asked, headers={**asked.headers, "accept-encoding": "gzip"}),
    "bytes changed": lambda asked: (
        replace(asked, body=asked.body.replace(b"\xff", b"?") + b"?") if asked.body.startswith(b"BZh") else asked
    ),
}


def renamed(said: Answered, encoding: str = "") -> Answered:
    headers = {name: value for name, value in said.headers.items() if name != ENCODING}
    return replace(said, headers=headers | ({ENCODING: encoding} if encoding else {}))


def packed(pack: Callable[[bytes], bytes], name: str) -> Callable[[Answered], Answered]:
    return lambda said: replace(renamed(said, name), body=pack(said.body))


def unpacked(said: Answered) -> Answered:
    return replace(renamed(said), body=bz2.decompress(said.body) if said.body.startswith(b"BZh") else said.body)


DOWN = {
    "as it is": lambda said: said,
    "header dropped": renamed,
    "header changed": lambda said: renamed(said, "br"),
    "gzip around it": packed(gzip.compress, "bz2, gzip"),
    "gzip around it, unsaid": packed(gzip.compress, ""),
    "gzip in two parts": packed(lambda body: gzip.compress(body[:100]) + gzip.compress(body[100:]), "gzip"),
    "deflate around it": packed(zlib.compress, "deflate"),
    "gzip twice": packed(lambda body: gzip.compress(gzip.compress(body)), "gzip, gzip"),
    "unpacked": unpacked,
    "unpacked, gzip around it": lambda said: packed(gzip.compress, "gzip")(unpacked(said)),
    "a mark before it": lambda said: replace(renamed(said), body=b"\xef\xbb\xbf" + unpacked(said).body),
}
WAYS = [(up, down) for up in UP for down in DOWN if "as it is" in (up, down) or "dropped" in up + down]


@pytest.fixture
def nurse(running: Running) -> Phone:
    made = running.device()
    assert not made.sync().code
    return made


@pytest.mark.parametrize(("up", "down"), WAYS)
def test_the_work_arrives_in_the_first_exchange_all_the_same(nurse: Phone, running: Running, up: str, down: str):
    nurse.record({"location": "Mill Road " * 40})
    with relay(running.url, UP[up], DOWN[down]) as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        assert [sync_once(nurse.device, client).code for _ in range(2)] == ["", ""]
        assert client.packs()["packs"]
        nurse.device.sign_in(lambda *who, **keys: client.sign_in(*who, **keys, training=True), "amina.yusuf", PASSWORD)
        client.close()
    assert not nurse.device.waiting


def test_what_the_line_spoils_is_remembered_until_it_is_another_line(nurse: Phone, running: Running):
    with relay(running.url, dropped) as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        for asks in (2, 1):
            nurse.record({"location": "Mill Road"})
            at.asked.clear()
            assert sync_once(nurse.device, client).code == ""
            assert len(at.asked) == asks, "in bz2 first, then in plain lines; then in plain lines at once"
        client.forget_line()
        at.asked.clear()
        assert sync_once(nurse.device, client).code == ""
        assert [asked.body[:3] == b"BZh" for asked in at.asked] == [True, False]
        client.close()


def test_a_centre_that_cannot_read_it_in_any_form_says_so_and_bz2_is_tried_again(nurse: Phone, running: Running):
    nurse.record({"location": "Mill Road"})
    spoilt = relay(running.url, lambda asked: replace(without(asked, ENCODING), body=b"?" + asked.body))
    with spoilt as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        codes = [sync_once(nurse.device, client).code for _ in range(2)]
        client.close()
        assert codes == ["not_json", "not_json"]
        assert [asked.body[:3] == b"BZh" for asked in at.asked] == [True, False, True, False]
    assert len(nurse.device.waiting) == 1


@pytest.mark.parametrize("status", [400, 403, 406, 415, 501])
def test_a_gateway_that_refuses_what_it_cannot_read_gets_plain_lines(nurse: Phone, running: Running, status: int):
    nurse.record({"location": "Mill Road"})

    def answer(asked: Asked) -> Answered:
        return page(status) if ENCODING in asked.headers else passed_on(running.url, asked)

    with standing_in(answer) as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        assert sync_once(nurse.device, client).code == ""
        client.close()
    assert not nurse.device.waiting


def test_a_gateway_that_wants_to_know_the_length_is_told(nurse: Phone, running: Running):
    for _ in range(12):
        nurse.record({"location": "Mill Road"})

    def answer(asked: Asked) -> Answered:
        return page(411) if "content-length" not in asked.headers else passed_on(running.url, asked)

    with standing_in(answer) as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        assert sync_once(nurse.device, client).code == ""
        client.close()
        assert [("content-length" in asked.headers) for asked in at.asked] == [False, True]
    assert not nurse.device.waiting


def test_an_answer_that_is_spoilt_twice_is_asked_for_in_plain_lines(nurse: Phone, running: Running):
    nurse.record({"location": "Mill Road"})

    def spoilt(said: Answered) -> Answered:
        return replace(said, body=said.body[:-4] + b"????") if said.body.startswith(b"BZh") else said

    with relay(running.url, down=spoilt) as at:
        client = Client(at.url, nurse.client.token, own=nurse.device.own, timeout=10)
        codes = [sync_once(nurse.device, client).code for _ in range(3)]
        client.close()
    assert codes == ["bad_response", "", ""]
    assert not nurse.device.waiting

"""The client: whatever answers, it says what it was, and believes only the centre."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import httpx
import pytest

from sync.client.http import LITTLE, Client
from sync.core.errors import (
    AlongsideError,
    Busy,
    CaptivePortal,
    CentreAway,
    NotReachable,
    NotTheCentre,
    Problem,
    Unconnected,
    Untrusted,
)
from sync.protocol.batch import Batch
from sync.protocol.exchange import sync_once
from sync.protocol.messages import BATCH_BYTES, NO_CHANGE, Change, End, Hello, Welcome
from tests.steps.centre.running import Phone, Running, new_id

HELLO = Hello(new_id(), "0.1.0", 0, NO_CHANGE, 0, None, None, {"wall": "2026-11-22T12:00:00.000Z"})
IDLE_BYTES = 600  # of body, each way
ND = {"content-type": "application/x-ndjson"}
WELCOME = b'{"t":"welcome","epoch":"e","server_time":"s","min_app_version":"0","protocol":1}\n'


def answering(status: int, headers: dict[str, str] | None = None, content: bytes = b"") -> Client:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))

    return Client("https://centre.invalid", transport=httpx.MockTransport(answer))


def failing(error: Exception) -> Client:
    def fail(_request):
        raise error

    return Client("https://centre.invalid", transport=httpx.MockTransport(fail))


NO = b'{"type":"urn:alongside:problem:too_many_tries","code":"too_many_tries","title":"T","advice":"A"}'
PORTAL = {"content-type": "text/html; charset=utf-8"}
CASES = [
    (answering(200, headers=PORTAL, content=b"<html>Log in</html>"), CaptivePortal, "captive_portal"),
    (answering(302, headers={"location": "http://login.invalid"}), CaptivePortal, "captive_portal"),
    (answering(307, headers={"location": "http://login.invalid"}), CaptivePortal, "captive_portal"),
    (answering(511, headers=PORTAL), CaptivePortal, "captive_portal"),
    (answering(404, headers=PORTAL), NotTheCentre, "not_the_centre"),
    (answering(502, headers=PORTAL), CentreAway, "centre_away"),
    (answering(503), Busy, "busy"),
    (failing(httpx.ConnectError("no")), Unconnected, "not_reachable"),
    (failing(httpx.ReadTimeout("slow")), NotReachable, "not_reachable"),
    (failing(httpx.RemoteProtocolError("cut")), NotReachable, "not_reachable"),
    (Client("http://127.0.0.1:1", timeout=2), Unconnected, "not_reachable"),
    (answering(429, content=NO), Problem, "too_many_tries"),
    (answering(409, headers={"content-type": "application/problem+json"}, content=b"[]"), NotTheCentre,
     "not_the_centre"),
    (answering(409, headers={"content-type": "application/problem+json"}, content=b"<"), NotTheCentre,
     "not_the_centre"),
]  # fmt: skip


@pytest.mark.parametrize(("client", "kind", "code"), CASES)
def test_whatever_answers_is_said_plainly(client: Client, kind, code) -> None:
    for ask in (lambda: list(client.sync(HELLO, ())), lambda: client.incidents(q="Marigold"), client.devices):
        with pytest.raises(AlongsideError) as caught:
            ask()
        assert type(caught.value) is kind
        assert caught.value.code == code
        assert "Marigold" not in str(caught.value)
    client.close()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"[]", "bad_response"), (b'{"t":"welcome"}', "bad_response"),
     (b'{"t":"segment","before":""}\n{"t":"x"}\n', "bad_response"), (b'{"t":"segment","before":""}\n', "cut_short"),
     (b'{"t":"own","first":1,"n":1}', None), (WELCOME + b'{"t":"later"}\n{"t":"end"}\n', None)],
)  # fmt: skip
def test_an_answer_that_is_not_of_the_protocol_is_not_believed(content, code) -> None:
    client = answering(200, headers=ND, content=content)
    if code is None:
        assert all(isinstance(one, Welcome | End) for one in client.sync(HELLO, ()))
    else:
        with pytest.raises(Untrusted) as caught:
            list(client.sync(HELLO, ()))
        assert caught.value.code == code


def test_a_receipt_for_what_this_device_does_not_have_is_not_believed() -> None:
    line = b'{"t":"segment","before":""}\n{"t":"own","first":1,"n":1,"seq":1,"at":1}\n'
    with pytest.raises(Untrusted):
        list(answering(200, headers=ND, content=line).sync(HELLO, ()))


def test_the_body_streams_up_batch_by_batch(running: Running, phone: Phone) -> None:
    """After trouble with the line, the first batch is stored while the second is still being made."""
    changes: list[Change] = [phone.record({"officer_safety_note": secrets.token_hex(75_000)}) for _ in range(2)]
    seen: list[int] = []

    def batches():
        for change in changes:
            yield Batch((change,), phone.batch([change]).signature)
            for _ in range(200):
                if running.rows():
                    break
                time.sleep(0.02)
            seen.append(len(running.rows()))

    hello = phone.device.sign_hello(replace(phone.device.hello(), flush_bytes=BATCH_BYTES))
    answers = list(phone.client.sync(hello, batches()))
    assert seen[0] == 1
    assert isinstance(answers[-1], End)
    assert len(running.rows()) == 2


class Meeting(httpx.BaseTransport):
    """A line that is made only once packing has begun, for batches that come only once the line is being made."""

    def __init__(self):
        self.packing, self.connecting = Event(), Event()

    def batches(self) -> Iterator[Batch]:
        self.packing.set()
        assert self.connecting.wait(5), "the packing is over before the line is made"
        yield from ()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.connecting.set()
        assert self.packing.wait(5), "the line is made before the packing begins"
        request.read()
        return httpx.Response(200, headers=ND, stream=httpx.ByteStream(WELCOME + b'{"t":"end"}\n'))


def test_much_is_packed_while_the_line_is_made() -> None:
    line = Meeting()
    client = Client("https://centre.invalid", transport=line)
    assert isinstance(list(client.sync(replace(HELLO, device_seq=LITTLE + 1), line.batches()))[-1], End)


@pytest.mark.parametrize(("flush", "after"), [(0, "keep-alive"), (BATCH_BYTES, "close")])
def test_while_the_line_is_cut_every_request_has_a_connection_of_its_own(flush, after) -> None:
    asked: list[httpx.Request] = []

    def centre(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, headers=ND, stream=httpx.ByteStream(WELCOME + b'{"t":"end"}\n'))

    client = Client("https://centre.invalid", transport=httpx.MockTransport(centre))
    list(client.sync(replace(HELLO, flush_bytes=flush), ()))
    assert asked[0].headers["connection"] == after


class Weighing(httpx.BaseTransport):
    """The real line. Of each request: how many bytes of body went up, and came down."""

    def __init__(self) -> None:
        self._line, self.bodies = httpx.HTTPTransport(), []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        answer = self._line.handle_request(request)
        down = b"".join(answer.iter_raw())
        answer.close()
        self.bodies.append((len(body), len(down)))
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(down))

    def close(self) -> None:
        self._line.close()


def test_an_exchange_with_nothing_to_do_is_one_small_request(running: Running, phone: Phone) -> None:
    phone.record({"location": "Mill Road"})
    phone.sync()
    line = Weighing()
    client = Client(running.url, phone.client.token, own=phone.device.own, transport=line)
    report = sync_once(phone.device, client)
    assert (report.code, report.sent, report.pulled, report.more) == ("", 0, 0, False)
    [(up, down)] = line.bodies
    assert 0 < max(up, down) <= IDLE_BYTES
    client.close()


def test_an_error_of_the_store_while_sending_is_not_taken_for_the_network(running: Running, phone: Phone) -> None:
    def batches():
        yield phone.batch([phone.record({"location": "Old Bridge"})])
        raise KeyError("the store")

    with pytest.raises(KeyError):
        list(phone.client.sync(phone.device.sign_hello(phone.device.hello()), batches()))
    assert phone.sync().code == ""


def test_httpx_is_imported_only_when_something_is_asked() -> None:
    program = "import sys; from sync.client.http import Client; Client('http://x'); sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

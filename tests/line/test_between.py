"""Answers of something in between: each is named as what it is, none loses anything, and what can go on goes on."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import pytest

from sync.client.between import LONGEST_WAIT_S, backoff_s
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.errors import AlongsideError
from sync.protocol.exchange import sync_once
from sync.protocol.send_window import SendWindow
from tests.line.stand_in import Answered, Asked, page, passed_on, relay, standing_in
from tests.steps.centre.running import Phone, Running

NAMED = {
    200: "captive_portal", 204: "captive_portal", 301: "captive_portal", 302: "captive_portal", 307: "captive_portal",
    401: "captive_portal", 511: "captive_portal",
    403: "network_blocks", 407: "network_blocks", 451: "network_blocks",
    400: "not_the_centre", 404: "not_the_centre", 405: "not_the_centre", 411: "not_the_centre", 421: "not_the_centre",
    408: "not_reachable", 429: "busy", 503: "busy",
    500: "centre_away", 501: "centre_away", 502: "centre_away", 504: "centre_away", 520: "centre_away",
}  # fmt: skip
NDJSON = "application/x-ndjson"


@pytest.fixture
def nurse(running: Running) -> Phone:
    made = running.device()
    assert not made.sync().code
    return made


@contextmanager
def through(phone: Phone, url: str) -> Iterator[Client]:
    """The phone's line by way of this address."""
    client = Client(url, phone.client.token, own=phone.device.own, timeout=10)
    try:
        yield client
    finally:
        client.close()


def test_each_is_named_and_nothing_is_lost(nurse: Phone):
    nurse.record({"location": "Mill Road"})
    for status, code in NAMED.items():
        answer = Answered(204) if status == 204 else page(status, location="http://login.invalid/")
        with standing_in(lambda _, answer=answer: answer) as at, through(nurse, at.url) as client:
            said = {sync_once(nurse.device, client).code for _ in range(3)}
            with pytest.raises(AlongsideError) as caught:
                client.devices()
        assert (said, caught.value.code) == ({code}, code), status
        assert len(nurse.device.waiting) == 1
    assert nurse.sync().code == ""
    assert not nurse.device.waiting


STRANGE = [
    b"{}", b"[]", b"null", b'"login"', b"0", b"", b'{"status":"login_required","url":"http://portal.invalid"}',
    b'{"detail":"Not Found"}', b'{"code":5,"title":"no"}', b"\xff\xfe", b"[" * 100_000, b'{"token":"t"}',
    b'{"t":"welcome"}\n', b'{"incidents":[{}],"next":null,"total":"many"}', b'{"packs":{}}', b'{"command_id":7}',
]  # fmt: skip


def asks(client: Client, device: Device) -> list[Callable[[], object]]:
    """Everything that a device asks besides a sync."""
    return [
        lambda: device.sign_in(client.sign_in, "amina.yusuf", "x"),
        lambda: client.state("team:x", 1, 2, []),
        lambda: client.incidents(view="all"),
        lambda: client.incident("i"),
        client.handovers,
        client.devices,
        lambda: client.command("d"),
        client.packs,
        lambda: client.pack("p"),
    ]


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", "", NDJSON])
@pytest.mark.parametrize("status", [200, 403, 429, 502])
def test_json_of_a_stranger_is_no_fault_of_ours(kind: str, status: int):
    device = Device("Phone", lambda: datetime.now(UTC), practitioner={"practitioner_id": "amina.yusuf"}, scope="team:x")
    said: list[bytes] = []
    with standing_in(lambda _: Answered(status, {"content-type": kind}, said[-1])) as at:
        client = Client(at.url, "token", own=device.own, timeout=10)
        for body in STRANGE:
            said.append(body)
            for ask in asks(client, device):
                with pytest.raises(AlongsideError) as caught:
                    ask()
                assert caught.value.code != "error"
                assert caught.value.advice
            report = sync_once(device, client)
            assert report.code
            assert report.advice
        client.close()


def test_a_gateways_own_problem_is_not_taken_for_the_centres(nurse: Phone):
    said = json.dumps({"type": "about:blank", "title": "Too Many Requests", "status": 429}).encode()
    with (
        standing_in(lambda _: Answered(429, {"content-type": "application/problem+json"}, said)) as at,
        through(nurse, at.url) as client,
    ):
        assert sync_once(nurse.device, client).code == "busy"


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/plain; charset=latin-1", ""])
def test_an_answer_is_judged_by_what_it_says_and_not_by_its_type(nurse: Phone, running: Running, kind: str):
    nurse.record({"location": "Mill Road"})
    retyped = {"content-type": kind}
    retyping = relay(running.url, down=lambda said: replace(said, headers={**said.headers, **retyped}))
    with retyping as at, through(nurse, at.url) as client:
        assert sync_once(nurse.device, client).code == ""
        assert client.packs()["packs"]
        with pytest.raises(AlongsideError) as caught:
            client.devices()
    assert caught.value.code == "not_allowed", "and so is its no"
    assert not nurse.device.waiting


# --- come back later ---------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
HERE = format_datetime(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), (" 7 ", 7), ("0", 0), ("999999999999999999999", LONGEST_WAIT_S), ("9" * 5000, LONGEST_WAIT_S),
     ("-5", 0), ("1.5", 0), ("soon", 0), ("", 0), ("²", 0), ("Sun, 22 Nov 2026 22:02:00 GMT", 120),
     ("Sun, 22 Nov 2026 21:00:00 GMT", 0), ("Mon, 22 Nov 2032 21:00:00 GMT", LONGEST_WAIT_S),
     ("Sun, 99 Nov 99999 21:00:00 GMT", 0)],
)  # fmt: skip
def test_when_to_come_back_is_read_within_sane_limits(said: str, seconds: int):
    assert backoff_s({"retry-after": said, "date": HERE}) == seconds


def test_a_date_without_another_counts_from_the_clock_here():
    until = datetime.now(UTC) + timedelta(seconds=100)
    assert 90 <= backoff_s({"retry-after": format_datetime(until, usegmt=True)}) <= 101


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_is_busy_is_left_alone_for_as_long_as_it_says(nurse: Phone, running: Running, status: int):
    for headers, code in (({"retry_after": "90"}, "busy"), ({}, "busy")):
        with standing_in(lambda _, headers=headers: page(status, **headers)) as at, through(nurse, at.url) as client:
            report = sync_once(nurse.device, client)
        assert (report.code, report.backoff_s) == (code, 90 if headers else 0)
    no = {"type": "urn:alongside:problem:not_ready", "code": "not_ready", "title": "T", "advice": "A"}
    kind = {"content-type": "application/problem+json", "retry-after": "33"}
    with standing_in(lambda _: Answered(status, kind, json.dumps(no).encode())) as at, through(nurse, at.url) as client:
        report = sync_once(nurse.device, client)
    assert (report.code, report.backoff_s) == ("not_ready", 33)


# --- too much at once --------------------------------------------------------------------------------------------


@pytest.fixture
def gateway(running: Running):
    """`gateway(most)`: a gateway in front of the centre that answers 413 to bodies of more bytes."""

    def answer(most: int, asked: Asked) -> Answered:
        return page(413) if len(asked.body) > most else passed_on(running.url, asked)

    return lambda most: standing_in(partial(answer, most))


def synced(phone: Phone, client: Client, tries: int) -> list[str]:
    """What so many exchanges said, until nothing is left to do."""
    window, codes = SendWindow(), []
    for _ in range(tries):
        report = sync_once(phone.device, client, window=window)
        codes.append(report.code)
        if not (report.code or report.more or window.probing):
            break
    return codes


def noise(size: int) -> str:
    """Text that does not get smaller."""
    return secrets.token_urlsafe(size)


def test_what_is_too_much_at_once_goes_in_parts_without_another_failure(nurse: Phone, gateway):
    for _ in range(24):
        nurse.record({"officer_safety_note": noise(40_000)})
    with gateway(600_000) as at, through(nurse, at.url) as client:
        codes = synced(nurse, client, 20)
    assert not nurse.device.waiting
    assert codes.count("gateway_limit") <= 2
    assert set(codes) == {"gateway_limit", ""}


def test_the_one_change_that_is_too_large_for_a_gateway_is_set_aside_and_the_rest_goes_on(nurse: Phone, gateway):
    for number in range(1, 21):
        nurse.record({"officer_safety_note": noise(100_000 if number == 9 else 300)})
    with gateway(50_000) as at, through(nurse, at.url) as client:
        codes = synced(nurse, client, 60)
    assert set(codes) == {"gateway_limit", ""}
    aside = [change.device_seq for change in nurse.device.changes if change.change_id not in nurse.device.receipts]
    assert aside == [9]
    assert nurse.device.verdicts[9].code == "will_not_go"
    nurse.device.verdicts.clear()
    assert nurse.sync().code == ""
    assert len(nurse.device.receipts) == 20


def test_a_gateway_that_takes_nothing_at_all_is_a_network_that_blocks(nurse: Phone, gateway):
    changes = [nurse.record({"location": str(number)}) for number in range(8)]
    with gateway(0) as at, through(nurse, at.url) as client:
        codes = synced(nurse, client, 30)
    assert set(codes) == {"gateway_limit", "network_blocks"}
    assert nurse.device.waiting == changes, "no change is at fault"
    assert nurse.sync().code == ""


def test_what_a_filter_refuses_for_its_content_is_set_aside_and_the_rest_goes_on(nurse: Phone, running: Running):
    """In plain lines at last, since bz2 says nothing to a filter; but this one blocks what it read there."""
    made = [nurse.record({"location": f"note {number} {'BLOCK-ME' if number == 3 else ''}"}) for number in range(6)]

    def answer(asked: Asked) -> Answered:
        is_blocked = "content-encoding" in asked.headers or b"BLOCK-ME" in asked.body
        return page(403) if is_blocked else passed_on(running.url, asked)

    with standing_in(answer) as at, through(nurse, at.url) as client:
        codes = synced(nurse, client, 60)
    assert set(codes) == {"network_blocks", ""}
    assert [change for change in made if change.change_id not in nurse.device.receipts] == [made[3]]

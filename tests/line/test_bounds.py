"""No answer takes more memory than its kind is worth, however it is packed; what is over the bound is not read."""

import bz2
import gzip
import json
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest

from sync.client import body
from sync.client.answers import MEGABYTE, Reply
from sync.client.http import Client
from sync.client.memory_device import Device
from sync.core.errors import AlongsideError
from sync.protocol.exchange import sync_once
from sync.protocol.line_stream import PORTION_BYTES, Unreadable
from sync.protocol.segment import MAX_SEGMENT_ENTRIES
from tests.line.stand_in import Answered, standing_in

ZEROS = bytes(64 * MEGABYTE)
WELCOME = b'{"t":"welcome","epoch":"e","server_time":"2026-11-22T12:00:00.000Z","min_app_version":"0"}\n'
SEGMENT = b'{"t":"segment","before":"' + b"0" * 64 + b'"}\n'
BOMBS = {
    "gzip": gzip.compress(ZEROS * 4),
    "deflate": zlib.compress(ZEROS * 4),
    "gzip in gzip": gzip.compress(gzip.compress(ZEROS * 4)),
    "bz2": bz2.compress(ZEROS),
    "bz2 in gzip": gzip.compress(bz2.compress(ZEROS)),
    "spaces": gzip.compress(b" " * len(ZEROS)),
    "one long text": gzip.compress(b'{"incidents":"' + ZEROS.replace(b"\0", b"x") + b'"}'),
    "lines of no known type": gzip.compress(b'{"t":"x"}\n' * (8 * MEGABYTE)),
    "in clear": ZEROS,
}


@pytest.fixture(scope="module")
def device() -> Device:
    return Device("Phone", lambda: datetime.now(UTC), practitioner={"practitioner_id": "amina.yusuf"}, scope="team:x")


def peak_of(work) -> int:
    """The most that this took at once, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


ASKS = {
    "sign-in": lambda client, device: device.sign_in(client.sign_in, "amina.yusuf", "x"),
    "state": lambda client, _: client.state("team:x", 1, 2, []),
    "a page": lambda client, _: client.incidents(view="all"),
    "an incident": lambda client, _: client.incident("i"),
    "packs": lambda client, _: client.packs(),
    "a pack": lambda client, _: client.pack("p"),
    "devices": lambda client, _: client.devices(),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("status", [200, 413])
def test_a_bomb_for_an_answer_is_refused_within_its_bound(device: Device, bomb: str, status: int):
    with standing_in(lambda _: Answered(status, {"content-type": "application/json"}, BOMBS[bomb])) as at:
        client = Client(at.url, timeout=20)
        for name, ask in ASKS.items():

            def refused(ask=ask):
                with pytest.raises(AlongsideError):
                    ask(client, device)

            most = 32 if name in ("state", "an incident") else 8 if name not in ("sign-in", "packs") else 1
            room = (2 * most + 4 if status == 200 else 4) * MEGABYTE
            assert peak_of(refused) < room, name
        client.close()


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_for_a_sync_is_refused_within_a_few_megabytes(device: Device, bomb: str):
    content = BOMBS[bomb]
    with standing_in(lambda _: Answered(200, {"content-type": "application/x-ndjson"}, content)) as at:
        client = Client(at.url, "token", own=device.own, timeout=20)
        codes: list[str] = []
        peak = peak_of(lambda: codes.append(sync_once(device, client).code))
        client.close()
    assert codes[0] in ("bad_response", "cut_short")
    assert peak < 12 * MEGABYTE


@pytest.mark.parametrize("line", [
    b'{"t":"own","first":1,"n":9007199254740991,"seq":1,"at":1}\n',
    b'{"t":"own","first":1,"n":%d,"seq":1,"at":1}\n' % (MAX_SEGMENT_ENTRIES + 1),
])  # fmt: skip
def test_a_receipt_for_more_than_there_can_be_asks_the_store_for_nothing(device: Device, line: bytes):
    asked: list[int] = []
    with standing_in(lambda _: Answered(200, {}, WELCOME + SEGMENT + line)) as at:
        client = Client(at.url, "token", own=lambda _first, count: asked.append(count) or (), timeout=20)
        assert sync_once(device, client).code == "bad_response"
        client.close()
    assert asked == []


def test_a_segment_without_an_end_is_not_kept(device: Device):
    change = {
        "t": "c", "seq": 1, "at": 1, "device_id": device.device_id, "device_seq": 1, "device_prev": "0" * 64,
        "record_id": device.device_id, "incident_id": 0, "kind": "incident", "form_version": 1, "op": "set",
        "patch": {}, "parents": [], "author": "a", "role": "nurse", "recorded_at": "2026-11-22T12:00:00.000Z",
        "utc_offset_min": 0, "boot_id": "b", "monotonic_ms": 1, "clock_offset_ms": None, "nonce": "0123456789a",
    }  # fmt: skip
    line = json.dumps(change).encode() + b"\n"
    bomb = bz2.compress(WELCOME + SEGMENT + line * (2 * MAX_SEGMENT_ENTRIES))
    with standing_in(lambda _: Answered(200, {}, bomb)) as at:
        client = Client(at.url, "token", own=device.own, timeout=20)
        report = sync_once(device, client)
        client.close()
    assert report.code == "bad_response"


# --- decompressing by hand ---------------------------------------------------------------------------------------

SIZES = [0, 1, 2, 3, PORTION_BYTES - 1, PORTION_BYTES, PORTION_BYTES + 1, 3 * PORTION_BYTES]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 1000, 1 << 30])
def test_what_is_within_the_bound_comes_out_whole_in_whatever_pieces_it_came(size: int, step: int):
    plain = (b"{" + b"ab" * size)[:size]
    inner = gzip.compress(plain)
    for packed, most in ((plain, size), (inner, size), (zlib.compress(plain), size),
                         (gzip.compress(inner), max(size, len(inner)))):  # fmt: skip
        if len(packed) // step > 20_000:
            continue
        pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
        assert body.whole(iter(pieces), most) == plain
        if size:
            with pytest.raises(Unreadable):
                body.whole(iter(pieces), size - 1)


@pytest.mark.parametrize("cut", [1, 4, 9, 12])
def test_what_ends_early_is_not_taken_for_whole(cut: int):
    packed = gzip.compress(b'{"total": 5}')
    with pytest.raises(Unreadable):
        body.whole(iter([packed[:-cut]]), MEGABYTE)


def test_every_answer_has_its_bound():
    kinds = Reply.__subclasses__()
    assert len(kinds) > 9
    assert max(kind.most_bytes for kind in kinds) <= 32 * MEGABYTE

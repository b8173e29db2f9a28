"""The numbers of the worked example in docs/protocol.md are those that the code makes, and the code reads them back."""

import bz2
import json
import re
from hashlib import sha256

from sync.core.canonical import canonical, digest, parse
from sync.core.hpke import SealingKey
from sync.core.signing import Signer, verified
from sync.core.times import from_millis, instant
from sync.domain.records.fold import fold
from sync.domain.records.incident import Incident
from sync.domain.records.standing import NURSE_STATEMENT, document
from sync.protocol.batch import Batch, batch_claim
from sync.protocol.codec import hello_claim, read_hello, read_response, request_lines, response_lines, sign_hello
from sync.protocol.compact import Expander
from sync.protocol.line_stream import Limits, LineReader, compressed
from sync.protocol.messages import (
    NO_CHANGE,
    Change,
    End,
    Head,
    Hello,
    LogEntry,
    LogSegment,
    OwnChange,
    Welcome,
    chain_hash,
)
from sync.protocol.sealed import open_change, open_day_keys
from sync.protocol.verify import verify
from tests.steps.builders import by_number
from tests.steps.page import PROTOCOL, example, section

DEVICE, NURSE, CENTRE = (Signer(bytes([number]) * 32) for number in (1, 2, 3))
KEYS = json.loads(example("keys"))
IDS = json.loads(example("ids"))
CHAIN = json.loads(example("chain"))
REQUEST = [parse(line) for line in example("request").splitlines()]
RESPONSE = [parse(line) for line in example("response").splitlines()]
HELLO = read_hello(REQUEST[0])
AT = 1795362121500


def changes() -> list[Change]:
    """The two changes, from the page's compact lines."""
    made: list[Change] = []
    header, expander = REQUEST[1], Expander()
    for place, line in enumerate(REQUEST[2:4]):
        prev = made[-1].change_id if made else header["prev"]
        made.append(expander.expand(line, HELLO.device_id, header["first"] + place, prev))
    return made


def test_the_keys_come_from_the_seeds():
    assert {"device": DEVICE.public, "nurse": NURSE.public, "centre": CENTRE.public} == KEYS


def test_the_canonical_bytes_and_the_ids():
    first, second = changes()
    plain = example("canonical")
    assert canonical(parse(plain)) == plain.encode() == canonical(first.body)
    assert re.search(rf"\b{len(plain.encode())} bytes", section(PROTOCOL, "16. A worked example"))
    assert [sha256(plain.encode()).hexdigest(), digest(second.body)] == IDS
    assert [first.change_id, second.change_id] == IDS
    assert second.parents == (IDS[0],)
    assert second.device_prev == IDS[0]


def test_the_message_that_the_device_signs_stands_in_the_page():
    claim = batch_claim(HELLO.device_id, 2, IDS[1])
    assert f"alongside/batch/1\\0{canonical(claim).decode()}\n" in PROTOCOL
    assert verified(KEYS["device"], "batch", claim, REQUEST[4]["sig"])


def test_the_hello_is_signed_over_all_that_it_says():
    claim = hello_claim(REQUEST[0])
    assert f"alongside/hello/1\\0{canonical(claim).decode()}\n" in PROTOCOL
    assert verified(KEYS["device"], "hello", claim, HELLO.signature)
    assert sign_hello(HELLO, 1, DEVICE) == HELLO


def test_the_request_is_what_a_device_sends():
    first, second = changes()
    batch = Batch((first, second), DEVICE.sign("batch", batch_claim(HELLO.device_id, 2, second.change_id)))
    lines = list(request_lines(HELLO, [batch]))
    assert [canonical(line).decode() for line in lines] == example("request").splitlines()
    assert isinstance(HELLO, Hello)
    assert b"".join(map(bz2.decompress, compressed(lines))).decode().splitlines() == example("request").splitlines()


def test_the_first_link_is_hashed_as_shown():
    layout = [line.split()[0] for line in example("link").splitlines()]
    hashed = bytes.fromhex("".join(layout))
    assert len(hashed) == 81
    assert layout == [NO_CHANGE, IDS[0], f"{41:016x}", f"{AT:016x}", "00"]
    assert sha256(hashed).hexdigest() == CHAIN[0] == chain_hash(NO_CHANGE, IDS[0], 41, AT, void=False)
    assert chain_hash(CHAIN[0], IDS[1], 42, AT, void=False) == CHAIN[1]
    assert f"{AT} ({instant(from_millis(AT))})" in PROTOCOL


def test_the_response_is_what_a_centre_sends_and_its_receipts_verify():
    made = changes()
    head = Head("9f3c1a7be2d04855", "team:cambs", 42, CHAIN[1])
    head = Head(head.epoch, head.scope, head.seq, head.chain, CENTRE.sign("head", head.claim()))
    run = LogSegment(NO_CHANGE, tuple(LogEntry(seq, AT, OwnChange.of(one)) for seq, one in enumerate(made, 41)), head)
    parts = [Welcome(head.epoch, "2026-11-22T15:42:01.480Z", "1.0.0"), run, End()]
    lines = [canonical(line).decode() for line in response_lines(parts)]
    assert lines == example("response").splitlines()

    reader = LineReader(False, Limits(1 << 20))
    read = reader.feed(example("response").encode() + b"\n")
    back = list(read_response(read, by_number(made)))
    assert back == parts
    verify(back[1], KEYS["centre"])


def test_the_sealed_change_opens_to_the_first_one():
    day_key, sealed = (parse(line) for line in example("sealed").splitlines())
    key = SealingKey(CENTRE.derive(b"alongside/seal/1"))
    assert f"`{key.public}`" in section(PROTOCOL, "16. A worked example")
    opened = open_day_keys([day_key], HELLO.device_id, key)
    assert opened == {20_779: bytes([4]) * 32}
    first, _ = changes()
    assert open_change(sealed, HELLO.device_id, opened) == first.body
    assert sealed["id"] == IDS[0]


def test_the_proof_the_digest_and_the_nurses_signature():
    signatures = json.loads(example("signatures"))
    username = "amina.yusuf"
    claim = {
        "device_id": HELLO.device_id, "public_key": KEYS["device"], "user_public_key": KEYS["nurse"],
        "username": username,
    }  # fmt: skip
    assert verified(KEYS["device"], "enrol", claim, signatures["proof"])
    made = changes()
    incident = Incident(made[0].incident_id, {made[0].record_id: fold(made)})
    assert digest(document(incident)) == signatures["document"]
    claim = {
        "digest": signatures["document"], "statement": NURSE_STATEMENT, "author": username,
        "incident_id": incident.incident_id, "nonce": "EBESExQVFhc",
    }  # fmt: skip
    assert verified(KEYS["nurse"], "sign", claim, signatures["sign"])

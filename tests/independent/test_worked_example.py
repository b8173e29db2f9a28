"""Section 16 of the page, byte for byte, by the client written from the page."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.domain.records.standing import NURSE_STATEMENT
from tests.independent.canonical import (
    Unreadable,
    canonical,
    digest,
    message,
    public,
    read,
    sign,
    to_base64url,
    verifies,
)
from tests.independent.client import Client, read_lines
from tests.independent.fold import document
from tests.independent.log import ZEROS, claim_of, next_chain
from tests.independent.sealed import opened, sealing_key
from tests.steps.page import PROTOCOL, example

DEVICE_ID, INCIDENT = "6f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b", "0b9e7a52-3c41-4d8e-8f27-5a6b7c8d9e0f"


def key(byte: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)


def shown(name: str) -> list[dict]:
    return [read(line.encode()) for line in example(name).splitlines()]


@pytest.fixture
def worked() -> Iterator[Client]:
    """The device of the worked example, before its first exchange."""
    with Client("http://centre.invalid", key(1), DEVICE_ID) as client:
        client.who, client.scope = {"practitioner_id": "amina.yusuf", "role": "nurse"}, "team:cambs"
        client.boot_id, client.centre_key = "boot-1", public(key(3))
        first = {"monotonic_ms": 81250, "nonce": "AAECAwQFBgc", "recorded_at": "2026-11-22T15:37:40.123Z"}
        second = {"monotonic_ms": 283131, "recorded_at": "2026-11-22T15:41:02.004Z"}
        client.change(INCIDENT, {"location": "Mill Road, Café"}, **first)
        client.change(INCIDENT, {"arrived": {"at": "2026-11-22T15:41:02.000Z", "source": "tapped"}}, **second)
        yield client


def test_the_worked_keys_ids_and_bytes(worked):
    names = {"device": 1, "nurse": 2, "centre": 3}
    assert {name: public(key(byte)) for name, byte in names.items()} == json.loads(example("keys"))
    assert list(worked.own.values()) == json.loads(example("ids"))
    assert canonical(worked.bodies[worked.own[1]]) == example("canonical").encode()
    assert len(canonical(worked.bodies[worked.own[1]])) == 534
    claim = {"device_id": worked.device_id, "device_seq": 2, "head": worked.own[2]}
    assert message("batch", claim).decode().replace("\0", "\\0") in PROTOCOL.splitlines()
    opening = {name: value for name, value in shown("request")[0].items() if name not in ("t", "signature")}
    assert message("hello", opening).decode().replace("\0", "\\0") in PROTOCOL.splitlines()


def test_the_worked_change_as_a_locked_phone_sends_it(worked):
    centre = sealing_key(bytes([3]) * 32)
    assert f"`{to_base64url(centre.public_key().public_bytes_raw())}`" in PROTOCOL
    day_key, sealed = shown("sealed")
    assert opened(day_key, sealed, DEVICE_ID, centre) == worked.bodies[worked.own[1]]


def test_the_worked_request(worked):
    hello = worked.hello() | {"clock": {"wall": "2026-11-22T15:42:00.000Z"}}
    kept = {name: value for name, value in hello.items() if name in shown("request")[0]}
    assert hello == kept | {"want": []}
    lines = [worked.signed(kept), *worked.batch_lines([1, 2])]
    assert [canonical(line).decode() for line in lines] == example("request").splitlines()


def test_the_worked_chain_and_response(worked):
    at = 1795362121500
    chain = [next_chain(ZEROS, worked.own[1], 41, at, False)]
    chain.append(next_chain(chain[0], worked.own[2], 42, at, False))
    assert chain == json.loads(example("chain"))
    packed = "".join(line.split()[0] for line in example("link").splitlines())
    assert hashlib.sha256(bytes.fromhex(packed)).hexdigest() == chain[0]
    lines = list(read_lines([example("response").encode()], is_bz2=False))
    assert sign(key(3), "head", claim_of(lines[3])) == lines[3]["signature"]
    assert [canonical(line).decode() for line in lines] == example("response").splitlines()
    worked.take(lines[1:4], worked.hello())
    receipts = {change_id: (entry.seq, entry.at) for change_id, entry in worked.log.items()}
    assert receipts == {worked.own[1]: (41, at), worked.own[2]: (42, at)}
    assert (worked.waiting(), worked.hello()["head"]) == ([], claim_of(lines[3]))


@pytest.mark.parametrize(
    ("line", "name", "wrong"),
    [
        (0, "at", 1795362121501),
        (0, "seq", 40),
        (0, "n", 1),
        (0, "n", 3),
        (0, "void", True),
        (1, "seq", 43),
        (1, "chain", "7" * 64),
        (1, "scope", "team:other"),
        (1, "epoch", "0000000000000000"),
        (1, "signature", "A" * 86),
    ],
)
def test_a_segment_that_does_not_verify_is_not_believed(worked, line, name, wrong):
    lines = shown("response")
    lines[2 + line][name] = wrong
    with pytest.raises(Unreadable):
        worked.take(lines[1:4], worked.hello())
    assert (worked.log, worked.ranges, worked.waiting()) == ({}, {}, [1, 2])


def test_the_worked_signatures(worked):
    signatures = json.loads(example("signatures"))
    keys = {"public_key": public(key(1)), "user_public_key": public(key(2))}
    claim = {"device_id": worked.device_id, "username": "amina.yusuf", **keys}
    assert sign(key(1), "enrol", claim) == signatures["proof"]
    assert digest(document(INCIDENT, worked.bodies)) == signatures["document"]
    claim = {"digest": signatures["document"], "statement": NURSE_STATEMENT, "author": "amina.yusuf"}
    claim |= {"incident_id": INCIDENT, "nonce": "EBESExQVFhc"}
    assert sign(key(2), "sign", claim) == signatures["sign"]
    assert verifies(public(key(2)), "sign", claim, signatures["sign"])
    assert not verifies(public(key(2)), "cosign", claim, signatures["sign"])

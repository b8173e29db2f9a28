"""What a locked phone sends as it lies: the centre opens it, and goes on as with any change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sync.core.canonical import canonical
from sync.core.envelope import new_key, seal_row
from sync.core.hpke import SealingKey, sealed_to
from sync.protocol.batch import Batch
from sync.protocol.messages import Change
from sync.protocol.sealed import SealedChange, change_row, day_info
from tests.steps.centre.running import Phone, Running, answered, new_id, problem

DAY = 20_414


class Locked:
    """What lies on a device's phone: its changes, sealed under the keys of two days."""

    def __init__(self, running: Running, phone: Phone):
        self.running, self.phone, self.device_id = running, phone, phone.device.device_id
        self.keys = {DAY: new_key(), DAY + 1: new_key()}
        self.public = running.centre.sealing_key.public
        phone.device.scope = None

    def seal(self, change: Change, day: int = DAY, *, content: bytes | None = None, void: bool = False) -> SealedChange:
        names = [bytes.fromhex(text.replace("-", "")) for text in (change.record_id, change.incident_id)]
        what = change_row(bytes.fromhex(change.change_id), *names, void)
        owner = bytes.fromhex(self.device_id.replace("-", ""))
        wdek, ct = seal_row(self.keys[day], owner, day, what, content or change.content)
        for_centre = sealed_to(self.public, self.keys[day], day_info(self.device_id, day))
        ids = (change.device_id, change.device_seq, change.device_prev, change.change_id)
        return SealedChange(*ids, change.record_id, change.incident_id, void, day, for_centre, wdek, ct)

    def batch(self, *changes: SealedChange) -> Batch:
        last = changes[-1]
        claim = {"device_id": self.device_id, "device_seq": last.device_seq, "head": last.change_id}
        return Batch(changes, self.phone.device.sign_batch(claim))

    def send(self, *changes: SealedChange) -> dict[str, list[dict[str, Any]]]:
        return answered(self.phone.post(self.phone.lines(self.batch(*changes)), token=None))

    def refused(self, found: dict[str, list[dict[str, Any]]]) -> dict[int, str]:
        return {one["device_seq"]: one["code"] for one in found.get("verdict", []) if one["verdict"] == "refused"}


@pytest.fixture
def locked(running: Running, phone: Phone) -> Locked:
    return Locked(running, phone)


def made(locked: Locked, count: int = 3) -> list[Change]:
    return [locked.phone.record({"location": f"Old Bridge {number}"}) for number in range(count)]


def stored(locked: Locked) -> list[int]:
    return [row.device_seq for row in locked.running.rows() if row.device_id == locked.device_id]


def test_it_gets_the_same_id_receipt_and_verdict_as_in_clear(locked: Locked, running: Running):
    changes = made(locked)
    found = locked.send(locked.seal(changes[0]), locked.seal(changes[1], DAY + 1), locked.seal(changes[2]))
    assert "verdict" not in found
    assert [one["n"] for one in found["own"]] == [3]
    assert [running.row(change).body for change in changes] == [change.content for change in changes]
    assert {running.row(change).verdict for change in changes} == {"accepted"}
    running.check_chain()
    locked.phone.device.scope = f"device:{locked.device_id}"
    again = locked.send(*map(locked.seal, changes))
    assert [one["n"] for one in again["own"]] == [3]
    assert stored(locked) == [1, 2, 3], "sent twice, stored once"


def test_what_was_sent_sealed_is_known_when_it_comes_in_clear(locked: Locked):
    changes = made(locked)
    locked.send(locked.seal(changes[0]))
    report = locked.phone.sync()
    assert (report.code, report.received) == ("", 3)
    assert stored(locked) == [1, 2, 3]


SPOILT: dict[str, Callable[[SealedChange], SealedChange]] = {
    "its bytes": lambda one: replace(one, ct=one.ct[:-1] + bytes([one.ct[-1] ^ 1])),
    "its key": lambda one: replace(one, wdek=bytes(60)),
    "no bytes": lambda one: replace(one, ct=b""),
    "its day": lambda one: replace(one, day=DAY + 1),
    "its incident": lambda one: replace(one, incident_id=new_id()),
    "its validity": lambda one: replace(one, void=True),
}


@pytest.mark.parametrize("part", SPOILT)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_that_does_not_open_is_named_and_the_others_go_on(locked: Locked, part: str, place: int):
    changes = made(locked)
    sealed = [*map(locked.seal, changes)]
    sealed[place] = SPOILT[part](sealed[place])
    assert locked.refused(locked.send(*sealed)) == {place + 1: "not_opened"}
    left = [one for one in sealed if one.device_seq != place + 1]
    for one in left:  # what the signature did not cover goes out once more, in a batch of its own
        locked.send(one)
    assert sorted(stored(locked)) == [one.device_seq for one in left]


def test_a_day_key_that_does_not_open_costs_its_own_day_only(locked: Locked):
    first, second = made(locked, 2)
    locked.public = SealingKey(bytes(32)).public
    spoilt = locked.seal(first)
    locked.public = locked.running.centre.sealing_key.public
    assert locked.refused(locked.send(spoilt, locked.seal(second, DAY + 1))) == {1: "not_opened"}
    assert stored(locked) == [2]


def test_a_day_key_of_another_device_opens_nothing(locked: Locked):
    (change,) = made(locked, 1)
    other = Locked(locked.running, locked.running.device("tom.ellery"))
    foreign = sealed_to(locked.public, locked.keys[DAY], day_info(other.device_id, DAY))
    assert locked.refused(locked.send(replace(locked.seal(change), day_key=foreign))) == {1: "not_opened"}


def test_what_is_sealed_has_to_be_the_bytes_that_its_id_names(locked: Locked):
    changes = made(locked, 3)
    loose = changes[0].content.replace(b'":', b'" :', 1)
    contents = [loose, changes[0].content, b"no json"]
    sealed = [locked.seal(change, content=content) for change, content in zip(changes, contents, strict=True)]
    codes = [locked.refused(locked.send(one)).get(one.device_seq) for one in sealed]
    assert codes == [None, "id_wrong", "not_opened"], "canonical bytes come of the first: it is read, and is the change"
    assert stored(locked) == [1]


def test_without_the_devices_signature_nothing_is_opened(locked: Locked):
    changes = made(locked, 2)
    batch = replace(locked.batch(*map(locked.seal, changes)), signature=locked.phone.device.sign_batch({"other": 1}))
    found = answered(locked.phone.post(locked.phone.lines(batch), token=None))
    assert locked.refused(found) == {1: "signature_wrong", 2: "signature_wrong"}
    assert stored(locked) == []


def spoil(lines: list[dict[str, Any]], how: str) -> list[dict[str, Any]]:
    hello, header, *rest = lines
    keys = [line for line in rest if line["t"] == "day_key"]
    sealed = [line for line in rest if line["t"] == "sealed"]
    match how:
        case "a key before any batch":
            return [hello, *keys, header, *sealed, rest[-1]]
        case "more keys than changes":
            return [hello, header, *keys * 3, *sealed, rest[-1]]
        case "in clear and sealed":
            return [hello, header, *keys, sealed[0], {"t": "full", "id": sealed[1]["id"], "body": {}}, rest[-1]]
        case "one too few":
            return [hello, header, *keys, sealed[0], rest[-1]]
    raise KeyError(how)


@pytest.mark.parametrize(
    "how", ["a key before any batch", "more keys than changes", "in clear and sealed", "one too few"]
)
def test_lines_out_of_order_end_the_request(locked: Locked, how: str):
    batch = locked.batch(*map(locked.seal, made(locked, 2)))
    problem(locked.phone.post(spoil(locked.phone.lines(batch), how), token=None), 400, "bad_batch")
    assert stored(locked) == []


@pytest.mark.parametrize("field", ["id", "record_id", "incident_id", "day", "wdek", "ct", "void", "key"])
@pytest.mark.parametrize("value", [None, 7, -1, 2**40, "", "x", [], {}, True])
def test_whatever_stands_in_a_line_it_is_named_and_nothing_breaks(locked: Locked, field: str, value: Any):
    lines = locked.phone.lines(locked.batch(*map(locked.seal, made(locked, 2))))
    line = next(line for line in lines if field in line or (field == "void" and line["t"] == "sealed"))
    line[field] = value
    found = answered(locked.phone.post(b"".join(canonical(one) + b"\n" for one in lines), token=None))
    codes = set(locked.refused(found).values())
    assert codes <= {"not_opened", "signature_wrong", "id_wrong"}
    assert codes
    locked.running.check_chain()

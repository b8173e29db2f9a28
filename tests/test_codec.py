"""A request and a response arrive as they were made; what can be derived is not sent."""

from sync.core.canonical import canonical
from sync.protocol.codec import read_hello, read_response, request_lines, response_lines
from sync.protocol.compact import Expander
from sync.protocol.line_stream import Limits, LineReader, compressed
from sync.protocol.messages import Change, End, Hello, Resend, Verdict, Welcome
from tests.steps.builders import Device, by_number, segment, uid

HELLO = Hello(uid(1), "0.1.0", 2, "0" * 64, 0, "team:cambs", None, {"wall": "2026-11-22T12:00:00.000Z"})


def linked(count: int = 5) -> Device:
    device = Device()
    for number in range(count):
        parents = (device.made[-1].change_id,) if number else ()
        device.change(1, {"location": f"place {number}"}, parents=parents)
    return device


def decode(data: bytes, compressed: bool = True) -> list:
    reader = LineReader(compressed, Limits(1 << 20))
    return [*reader.feed(data), *reader.close()]


def test_a_request_arrives_as_it_was_made():
    device = linked()
    lines = decode(b"".join(compressed(request_lines(HELLO, [device.batch()]))))
    assert read_hello(lines[0]) == HELLO
    batch = lines[1]
    read: list[Change] = []
    expander = Expander()
    for number, line in enumerate(lines[2:-1]):
        previous = read[-1].change_id if read else batch["prev"]
        read.append(expander.expand(line, device.device_id, batch["first"] + number, previous))
    assert read == device.made


def test_ids_hashes_and_device_numbers_are_not_sent():
    device = linked()
    sent = b"".join(canonical(line) for line in request_lines(HELLO, [device.batch()]))
    for change in device.made:
        assert change.change_id.encode() not in sent


def test_a_response_arrives_as_it_was_made_and_names_own_changes_by_number():
    mine, theirs = linked(3), Device(2)
    theirs.change(1, {"location": "elsewhere"}, parents=(mine.made[0].change_id,))
    theirs.change(1, {"cad_ref": "17"}, parents=(theirs.made[0].change_id,))
    log = segment([*mine.made, *theirs.made], own=mine.device_id)
    parts = [
        Welcome("e1", "2026-11-22T12:00:00.000Z", "0.1.0"),
        Verdict(1, "held", "unknown_parent"),
        log,
        Resend(3),
        End(),
    ]
    lines = list(response_lines(parts))
    assert sum(line["t"] == "own" for line in lines) == 1
    back = list(read_response(decode(b"".join(compressed(lines))), by_number(mine.made)))
    assert back == parts

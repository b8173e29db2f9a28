"""What travels arrives as it was made; what can be derived is not sent; what is not of the protocol is refused."""

import bz2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.canonical import canonical
from sync.protocol.codec import read_hello, read_response, request_lines, response_lines
from sync.protocol.compact import Expander, read_change
from sync.protocol.line_stream import LineReader, Unreadable, compressed
from sync.protocol.messages import Change, End, Hello, Resend, Verdict, Welcome
from tests.steps.builders import Device, segment, uid

HELLO = Hello(uid(1), "0.1.0", 2, "0" * 64, 0, "team:cambs", None, {"wall": "2026-11-22T12:00:00.000Z"})


def linked(count: int = 5) -> Device:
    device = Device()
    for number in range(count):
        parents = (device.made[-1].change_id,) if number else ()
        device.change(1, {"location": f"place {number}"}, parents=parents)
    return device


def decode(data: bytes, compressed: bool = True) -> list:
    reader = LineReader(compressed, 1 << 20)
    return [*reader.feed(data), *reader.close()]


def test_a_request_arrives_as_it_was_made():
    device = linked()
    lines = decode(b"".join(compressed(request_lines(HELLO, [device.batch()]))))
    assert read_hello(lines[0]) == HELLO
    batch = lines[1]
    made: list[Change] = []
    expander = Expander()
    for number, line in enumerate(lines[2:-1]):
        previous = made[-1].change_id if made else batch["prev"]
        made.append(expander.expand(line, device.device_id, batch["first"] + number, previous))
    assert made == device.made


def test_ids_hashes_and_device_numbers_are_not_sent():
    device = linked()
    sent = b"".join(canonical(line) for line in request_lines(HELLO, [device.batch()]))
    for change in device.made:
        assert change.change_id.encode() not in sent


def test_an_answer_arrives_as_it_was_made_and_names_own_changes_by_number():
    mine, theirs = linked(3), Device(2)
    theirs.change(1, {"location": "elsewhere"}, parents=(mine.made[0].change_id,))
    theirs.change(1, {"cad_ref": "17"}, parents=(theirs.made[0].change_id,))
    log = segment([*mine.made, *theirs.made])
    answers = [
        Welcome("e1", "2026-11-22T12:00:00.000Z", "0.1.0"),
        Verdict(1, "held", "unknown_parent"),
        log,
        Resend(3),
        End(),
    ]
    lines = list(response_lines(answers, mine.device_id))
    assert sum(line["t"] == "own" for line in lines) == 1
    back = list(read_response(decode(b"".join(compressed(lines))), lambda first, n: mine.made[first - 1 :][:n]))
    assert back == answers


@given(st.data())
def test_bytes_may_arrive_in_any_portions(data):
    whole = b"".join(compressed(request_lines(HELLO, [linked().batch()]), 400, 400))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    reader, lines = LineReader(True, 1 << 20), []
    for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        lines += reader.feed(whole[start:stop])
    assert [*lines, *reader.close()] == decode(whole)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bz2.compress(b"x" * (2 << 20)), "too_large"),
        (b"plain text", "not_bz2"),
        (bz2.compress(b'{"t":"a","t":"b"}\n'), "not_json"),
        (bz2.compress(b"[1]\n"), "no_type"),
        (bz2.compress(b'{"t":"hello"}\n')[:-4], "cut_short"),
    ],
)
def test_what_is_not_of_the_protocol_is_named_and_refused(data, code):
    with pytest.raises(Unreadable) as caught:
        decode(data)
    assert caught.value.code == code


def test_a_bad_change_is_named_by_its_field_and_its_content_is_not_repeated():
    body = linked(1).made[0].body
    with pytest.raises(Unreadable) as caught:
        read_change({**body, "recorded_at": "Marigold Thistlewood"})
    assert (caught.value.code, caught.value.part) == ("bad_change", "recorded_at")
    assert "Marigold" not in str(caught.value)
    with pytest.raises(Unreadable, match="change_too_large"):
        read_change({**body, "patch": {"note": "x" * 300_000}})


def test_a_field_of_a_later_version_is_kept_and_counts_in_the_id():
    body = linked(1).made[0].body
    newer = read_change({**body, "weather": "rain"})
    assert newer.body["weather"] == "rain"
    assert newer.change_id != read_change(body).change_id
    assert Change.model_validate_json(canonical(newer.body)).change_id == newer.change_id


def test_a_change_does_not_show_its_content():
    change = Device().change(1, {"given_name": "Marigold"})
    assert "Marigold" not in repr(change) + str(change) + f"{change}"


@pytest.mark.parametrize("name", ["seq", "at", "void", "t"])
def test_a_change_may_not_carry_a_name_that_lines_use_themselves(name):
    with pytest.raises(Unreadable, match="bad_change"):
        read_change({**linked(1).made[0].body, name: 9})


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True, None])
@pytest.mark.parametrize("name", ["seq", "at", "void"])
def test_an_entry_whose_number_time_or_validity_is_none_is_refused(place, name, value):
    mine, theirs = linked(1), Device(2)
    theirs.change(1, {"location": "elsewhere"})
    lines = list(response_lines([segment([*mine.made, *theirs.made])], mine.device_id))
    lines[place][name] = 1 if name == "void" and value is True else value
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, lambda first, n: mine.made[first - 1 :][:n]))


@pytest.mark.parametrize("name", ["first", "n"])
def test_own_changes_that_are_named_by_no_number_are_refused(name):
    mine = linked(1)
    lines = list(response_lines([segment(mine.made)], mine.device_id))
    lines[1][name] = "1"
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, lambda first, n: mine.made[first - 1 :][:n]))


@pytest.mark.parametrize("before", ["xyz", None, "00", 7])
def test_a_run_that_begins_nowhere_is_named_and_refused(before):
    lines = list(response_lines([segment(linked(1).made)], uid(1)))
    lines[0]["before"] = before
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, lambda *_: []))

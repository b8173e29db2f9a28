"""Lines arrive whole whatever portions their bytes come in; what is not of the protocol is named and refused."""

import bz2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.batch import batch_lines
from sync.protocol.line_stream import Limits, LineReader, Unreadable, compressed
from tests.steps.builders import Device


def decode(data: bytes) -> list:
    reader = LineReader(True, Limits(1 << 20))
    return [*reader.feed(data), *reader.close()]


@given(st.data())
def test_bytes_may_arrive_in_any_portions(data):
    device = Device()
    for number in range(5):
        device.change(1, {"location": f"place {number}"})
    whole = b"".join(compressed(batch_lines(device.batch()), 400, 400))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    reader, lines = LineReader(True, Limits(1 << 20)), []
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

"""A segment whose lines no chain could cover, or that begins nowhere, is named and refused."""

import pytest

from sync.protocol.codec import read_response, response_lines
from sync.protocol.line_stream import Unreadable
from tests.steps.builders import Device, by_number, segment


def linked() -> Device:
    device = Device()
    device.change(1, {"location": "Mill Road"})
    return device


@pytest.mark.parametrize("place", [1, 2])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True, None])
@pytest.mark.parametrize("name", ["seq", "at", "void"])
def test_an_entry_whose_number_time_or_validity_is_none_is_refused(place, name, value):
    mine, theirs = linked(), Device(2)
    theirs.change(1, {"location": "elsewhere"})
    lines = list(response_lines([segment([*mine.made, *theirs.made], own=mine.device_id)]))
    lines[place][name] = 1 if name == "void" and value is True else value
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, by_number(mine.made)))


@pytest.mark.parametrize("name", ["first", "n"])
def test_own_changes_that_are_named_by_no_number_are_refused(name):
    mine = linked()
    lines = list(response_lines([segment(mine.made, own=mine.device_id)]))
    lines[1][name] = "1"
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, by_number(mine.made)))


@pytest.mark.parametrize("before", ["xyz", None, "00", 7])
def test_a_segment_that_begins_nowhere_is_named_and_refused(before):
    lines = list(response_lines([segment(linked().made)]))
    lines[0]["before"] = before
    with pytest.raises(Unreadable, match="bad_response"):
        list(read_response(lines, lambda *_: []))

"""The time of an entry says whether it counts, from the number on that the epoch's name gives."""

from dataclasses import replace

import pytest

from sync.core.errors import Untrusted
from sync.protocol.epochs import marked_after, new_name, stamped
from sync.protocol.messages import NO_CHANGE, Head, LogEntry, LogSegment, chain_hash
from sync.protocol.verify import verify
from tests.builders import CENTRE, SCOPE, Device


@pytest.mark.parametrize("now_ms", [1795362121500, 1795362121501])
@pytest.mark.parametrize("void", [True, False])
def test_a_time_is_put_forward_by_a_millisecond_at_most(now_ms, void):
    assert stamped(now_ms, void=void) % 2 == void
    assert stamped(now_ms, void=void) - now_ms in (0, 1)


@pytest.mark.parametrize("number", [0, 7, 9_999_999_999])
def test_a_name_says_from_where_on(number):
    assert marked_after(new_name(number)) == number
    assert new_name(number) != new_name(number)


@pytest.mark.parametrize(
    "name", ["9f3c1a7be2d04855", "e1", "9f3c1a7be2d04855.", "9f3c1a7be2d04855.07", "9F3c1a7be2d04855.7", ""]
)
def test_any_other_name_says_nothing(name):
    assert marked_after(name) is None


def run(epoch, *, void, at, seq=8):
    change = Device(1).change(1, {"location": "Mill Road"})
    head = Head(epoch, SCOPE, seq, chain_hash(NO_CHANGE, change.change_id, seq, at))
    return LogSegment(
        NO_CHANGE, (LogEntry(seq, at, change, void),), replace(head, signature=CENTRE.sign("head", head.claim()))
    )


@pytest.mark.parametrize(("void", "at"), [(True, 1000), (False, 1001)])
def test_an_entry_and_its_time_apart_are_not_believed(void, at):
    verify(run("0123456789abcdef.7", void=not void, at=at), CENTRE.public)
    with pytest.raises(Untrusted, match="counts"):
        verify(run("0123456789abcdef.7", void=void, at=at), CENTRE.public)


@pytest.mark.parametrize("epoch", ["0123456789abcdef", "0123456789abcdef.8"])
def test_what_was_logged_before_has_any_time(epoch):
    verify(run(epoch, void=True, at=1000), CENTRE.public)

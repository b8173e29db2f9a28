"""A segment is believed only as the centre signed it: one changed thing anywhere in it is caught."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sync.core.errors import Untrusted
from sync.core.signing import Signer
from sync.protocol.messages import NO_CHANGE, Head, LogEntry, LogSegment, chain_hash
from sync.protocol.verify import verify
from tests.steps.builders import CENTRE, NOON, SCOPE, Device, segment


def flip(log: LogSegment, **change) -> LogSegment:
    """The same segment with one thing changed in its first entry."""
    return replace(log, entries=(replace(log.entries[0], **change), *log.entries[1:]))


def bad_segments():
    device = Device()
    for number in range(3):
        device.change(1, {"location": str(number)})
    good = segment(device.made)
    other = segment(device.made, at=NOON - timedelta(days=1))
    yield "time", flip(good, received_ms=good.entries[0].received_ms + 1)
    yield "whether it counts", flip(good, void=True)
    yield "number", flip(good, seq=7)
    yield "content", flip(good, change=Device(2).change(1, {"location": "0"}))
    yield "left out", replace(good, entries=good.entries[1:])
    yield "order", replace(good, entries=good.entries[::-1])
    yield "before", replace(good, before="1" * 64)
    yield "signature of another segment", replace(good, head=replace(good.head, signature=other.head.signature))
    yield (
        "another's signature",
        replace(good, head=replace(good.head, signature=Signer(b"x" * 32).sign("head", good.head.claim()))),
    )
    yield "scope", replace(good, head=replace(good.head, scope="team:else"))
    yield "epoch", replace(good, head=replace(good.head, epoch="e2"))


@pytest.mark.parametrize(
    ("what", "bad"), list(bad_segments()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_one_changed_thing_in_a_segment_is_caught(what, bad):
    with pytest.raises(Untrusted):
        verify(bad, CENTRE.public)


@pytest.mark.parametrize("void", [True, False])
def test_whether_an_entry_counts_is_under_the_chain(void):
    change = Device().change(1, {"location": "Mill Road"})
    head = Head("0123456789abcdef", SCOPE, 8, chain_hash(NO_CHANGE, change.change_id, 8, 1000, void=void))
    signed = replace(head, signature=CENTRE.sign("head", head.claim()))
    good = LogSegment(NO_CHANGE, (LogEntry(8, 1000, change, void),), signed)
    verify(good, CENTRE.public)
    with pytest.raises(Untrusted, match="chain"):
        verify(flip(good, void=not void), CENTRE.public)

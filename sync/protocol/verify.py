"""When a segment of a log is believed: its hash chain leads to its head, and the centre signed that head.

A linked timestamping scheme (Haber and Stornetta 1991): the signature over the last hash vouches for all before it.
"""

from sync.core.errors import Untrusted
from sync.core.signing import verified
from sync.protocol.messages import LogSegment, chain_hash


def verify(segment: LogSegment, centre_key: str) -> None:
    """Raise Untrusted unless the centre's signature vouches for every entry of the segment."""
    chain, seq = segment.before, 0
    for entry in segment.entries:
        if entry.seq <= seq:
            raise Untrusted("numbers do not rise")
        seq = entry.seq
        chain = chain_hash(chain, entry.change.change_id, seq, entry.received_ms, void=entry.void)
    if chain != segment.head.chain or (segment.entries and seq != segment.head.seq):
        raise Untrusted("the chain does not lead to its head")
    if not verified(centre_key, "head", segment.head.claim(), segment.head.signature):
        raise Untrusted("the head is not signed by the centre")

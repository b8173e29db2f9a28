"""When a run of a log is believed: its chain leads to its head, and the centre signed that head."""

from sync.core.errors import Untrusted
from sync.core.signing import verified
from sync.protocol.epochs import marked_after
from sync.protocol.messages import LogSegment, chain_hash


def verify(run: LogSegment, centre_key: str) -> None:
    """Raise Untrusted unless every entry of the run is vouched for by the centre's signature."""
    chain, seq, marked = run.before, 0, marked_after(run.head.epoch)
    for entry in run.entries:
        if entry.seq <= seq:
            raise Untrusted("numbers do not rise")
        seq = entry.seq
        if marked is not None and seq > marked and entry.void != entry.received_ms % 2:
            raise Untrusted("whether an entry counts is not what its time says")
        chain = chain_hash(chain, entry.change.change_id, entry.seq, entry.received_ms)
    if chain != run.head.chain or (run.entries and seq != run.head.seq):
        raise Untrusted("the chain does not lead to its head")
    if not verified(centre_key, "head", run.head.claim(), run.head.signature):
        raise Untrusted("the head is not signed by the centre")

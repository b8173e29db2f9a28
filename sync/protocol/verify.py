"""When a run of a log is believed: its chain leads to its head, and the centre signed that head."""

from sync.core.errors import Untrusted
from sync.core.signing import verified
from sync.protocol.messages import LogSegment, chain_hash


def verify(run: LogSegment, centre_key: str) -> None:
    """Raise Untrusted unless every entry of the run is vouched for by the centre's signature."""
    chain, seq = run.before, 0
    for entry in run.entries:
        if entry.seq <= seq:
            raise Untrusted("numbers do not rise")
        seq = entry.seq
        chain = chain_hash(chain, entry.change.change_id, seq, entry.received_ms, void=entry.void)
    if chain != run.head.chain or (run.entries and seq != run.head.seq):
        raise Untrusted("the chain does not lead to its head")
    if not verified(centre_key, "head", run.head.claim(), run.head.signature):
        raise Untrusted("the head is not signed by the centre")

"""A batch: consecutive changes of one device under one signature, which covers all before it (a hash chain).

What can be derived is not sent: the device is the hello's, the numbers and `device_prev` follow from the batch's first
line, and the rest is `sync.protocol.compact`'s. The centre's end is `sync.api.ingest`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.protocol.compact import Compactor
from sync.protocol.line_stream import Line
from sync.protocol.messages import Change
from sync.protocol.sealed import SealedChange, sealed_lines


@dataclass(frozen=True)
class Batch:
    """Consecutive changes of one device, all in clear or all sealed, and its signature over the last of them.

    `earlier`: by id, the numbers of parents that are earlier changes of the same device; they are named so on the wire.
    """

    changes: tuple[Change | SealedChange, ...]
    signature: str
    earlier: Mapping[str, int] = field(default_factory=dict)


def batch_claim(device_id: str, device_seq: int, head: str) -> dict[str, Any]:
    """What a device signs (purpose "batch"): that the change with this number and id ends its chain so far."""
    return {"device_id": device_id, "device_seq": device_seq, "head": head}


def batch_lines(batch: Batch, full: bool = False) -> Iterator[Line]:
    """The lines of a batch. `full`: each change whole, with its id, so that a fault can be named to the change."""
    first = batch.changes[0]
    yield {"t": "batch", "first": first.device_seq, "prev": first.device_prev, "n": len(batch.changes)}
    changes = [change for change in batch.changes if isinstance(change, Change)]
    if full:
        yield from ({"t": "full", "id": change.change_id, "body": change.body} for change in changes)
    else:
        compactor = Compactor(batch.earlier)
        yield from ({**compactor.compact(change), "t": "c"} for change in changes)
    yield from sealed_lines(change for change in batch.changes if isinstance(change, SealedChange))
    yield {"t": "sig", "sig": batch.signature}

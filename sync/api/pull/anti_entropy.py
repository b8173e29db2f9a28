"""Anti-entropy: whether a device and the centre hold the same stretch of a scope's log, and what the centre has in it.

Both sides sum the ids of the stretch in buckets (sync.protocol.anti_entropy), as replicas do with a hash tree.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from sync.api.accounts.access import Caller, authorise, demand
from sync.api.problems import problem
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.protocol.anti_entropy import bucket_sums, differing_buckets, ids_in

log = change_log.c


def compare(
    db: Database, org: str, who: Caller, scope: str, first: int, last: int, device_sums: Sequence[str]
) -> dict[str, Any]:
    """The buckets that differ, and the ids that the centre has in them. `first`, `last`: the stretch, both included.

    Raises the problem answer for a scope that is not the caller's.
    """
    demand(who, "sync.pull")
    if not authorise(who, "sync.pull", scope):
        raise problem("scope_not_yours")
    stretch = (log.org == org) & (log.scope == scope) & log.seq.between(first, last)
    with db.read() as conn:
        ids = conn.execute(select(log.change_id).where(stretch)).scalars().all()
    buckets = differing_buckets(device_sums, bucket_sums(ids))
    return {"buckets": sorted(buckets), "change_ids": ids_in(ids, buckets)}

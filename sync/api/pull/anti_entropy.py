"""The state check: do a device and the centre hold the same stretch of a scope's log? Where not, what is in it here."""

from typing import Any

from sqlalchemy import select

from sync.api.accounts.access import Caller, authorise, demand
from sync.api.problems import problem
from sync.api.shapes import StateCheck
from sync.api.storage.database import Database
from sync.api.storage.schema import change_log
from sync.protocol.anti_entropy import differing, sums, within

log = change_log.c


def compare(db: Database, org: str, who: Caller, asked: StateCheck) -> dict[str, Any]:
    """The buckets that differ, and the ids the centre has in them."""
    demand(who, "sync.pull")
    if not authorise(who, "sync.pull", asked.scope):
        raise problem("scope_not_yours")
    here = (log.org == org) & (log.scope == asked.scope) & log.seq.between(asked.first, asked.last)
    with db.read() as conn:
        ids = conn.execute(select(log.change_id).where(here)).scalars().all()
    buckets = differing(asked.sums, sums(ids))
    return {"buckets": sorted(buckets), "change_ids": within(ids, buckets)}

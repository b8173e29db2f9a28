"""The audit trail of reads: who read what, when, on which device."""

import secrets

from sqlalchemy import insert, select

from sync.api.accounts.access import Caller
from sync.api.storage.database import Database
from sync.api.storage.schema import read_log

LISTS_NOTED_MS = 60_000


def note_read(db: Database, org: str, who: Caller, now_ms: int, what: str, **place: str | int) -> None:
    """Put down that this person reads this, in a transaction of its own, before it is answered.

    `what`: "incidents", "incident", "handover" or "pull". `place`: the incident, or the scope with its first and last
    number.
    """
    with db.write() as conn:
        conn.execute(
            insert(read_log).values(
                org=org,
                read_id=secrets.token_hex(16),
                at_ms=now_ms,
                practitioner_id=who.practitioner_id,
                device_id=who.device_id,
                what=what,
                **place,
            )
        )


def note_list(db: Database, org: str, who: Caller, now_ms: int) -> None:
    """Put down that this person reads lists, at most once a minute on a device, whatever they search for.

    The live board asks every few seconds: each time put down, they would hide the reads that matter.
    """
    reads = read_log.c
    recent = select(reads.read_id).where(
        reads.org == org,
        reads.at_ms.between(now_ms - LISTS_NOTED_MS, now_ms),
        reads.what == "incidents",
        reads.practitioner_id == who.practitioner_id,
        reads.device_id == who.device_id,
    )
    with db.read() as conn:
        noted = conn.execute(recent.limit(1)).first()
    if noted is None:
        note_read(db, org, who, now_ms, "incidents")

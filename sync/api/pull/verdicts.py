"""The verdicts that a device is told beside its receipts: what is not simply accepted, and what was judged again."""

from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter

from sqlalchemy import Row, select, text, update

from sync.api.storage.database import Database
from sync.api.storage.schema import TOLD, change_log
from sync.protocol.messages import Verdict

log = change_log.c


def stored_verdicts(db: Database, org: str, device_id: str, sent: Collection[int]) -> Iterator[Verdict]:
    """The verdicts on stored changes of this device: those of the numbers just sent, then those judged again since.

    A later verdict counts as told once it has been yielded and the iterator goes on.
    """
    mine = (log.org == org) & (log.device_id == device_id)
    found = select(log.seq, log.device_seq, log.verdict, log.code, log.field, log.advice, log.change_id).where(mine)
    rows: Sequence[Row] = []
    with db.read() as conn:
        later = sorted(conn.execute(found.where(text(TOLD))), key=attrgetter("seq"))
        if sent:
            between = log.device_seq.between(min(sent), max(sent))
            rows = sorted(conn.execute(found.where(log.verdict != "accepted", between)), key=attrgetter("seq"))
    fresh = [row for row in rows if row.device_seq in sent]
    named = {row.change_id for row in fresh}
    for row in [*fresh, *(row for row in later if row.change_id not in named)]:
        yield Verdict(row.device_seq, row.verdict, row.code, row.field, row.advice)
    if later:
        ids = [row.change_id for row in later]
        with db.write() as conn:
            conn.execute(update(change_log).where(mine, log.change_id.in_(ids), text(TOLD)).values(tell=log.tell - 1))

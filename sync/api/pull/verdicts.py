"""The verdicts that a device is told beside its receipts: what is not simply accepted, and what was judged again."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Row, select, text, update

from sync.api.storage.database import Database
from sync.api.storage.schema import TOLD, change_log
from sync.protocol.messages import Verdict

log = change_log.c


def stored_verdicts(db: Database, org: str, device_id: str, sent: Collection[int]) -> Iterator[Verdict]:
    """The verdicts on stored changes of this device: those of the numbers just sent, then those judged again since.

    A later verdict counts as told once it has been yielded and the iterator goes on.
    """
    columns = [log.device_seq, log.verdict, log.code, log.field, log.advice, log.change_id]
    mine = (log.org == org) & (log.device_id == device_id)
    rows: Sequence[Row] = []
    with db.read() as conn:
        later = conn.execute(select(*columns).where(mine, text(TOLD)).order_by(log.seq)).all()
        if sent:
            between = log.device_seq.between(min(sent), max(sent))
            rows = conn.execute(
                select(*columns).where(mine, log.verdict != "accepted", between).order_by(log.seq)
            ).all()
    fresh = [row for row in rows if row.device_seq in sent]
    named = {row.change_id for row in fresh}
    for row in [*fresh, *(row for row in later if row.change_id not in named)]:
        yield Verdict(row.device_seq, row.verdict, row.code, row.field, row.advice)
    if later:
        ids = [row.change_id for row in later]
        with db.write() as conn:
            conn.execute(update(change_log).where(mine, log.change_id.in_(ids), text(TOLD)).values(tell=log.tell - 1))

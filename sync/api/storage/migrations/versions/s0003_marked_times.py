"""A new epoch for each organisation: from here on the time of an entry says whether it counts (`sync.protocol.epochs`).

Phones go on as before: the head they have lies on the same chain.
"""

import time

from alembic import op
from sqlalchemy import text

from sync.protocol.epochs import new_name

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHY = "from here on the time of an entry says whether it counts"


def upgrade() -> None:
    conn, now_ms = op.get_bind(), time.time_ns() // 1_000_000
    for org, seq in conn.execute(text("SELECT org, seq FROM counter")).all():
        made = {"org": org, "epoch": new_name(seq), "began_ms": now_ms, "after_seq": seq, "reason": WHY}
        conn.execute(
            text(
                "INSERT INTO epoch (org, epoch, began_ms, after_seq, reason) VALUES (:org, :epoch, :began_ms, :after_seq, :reason)"
            ),
            made,
        )
        conn.execute(text("UPDATE organisation SET epoch = :epoch WHERE org = :org"), made)

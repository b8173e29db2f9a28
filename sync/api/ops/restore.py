"""After a backup has been put back: a new epoch, so that phones know that the centre has lost what came after it.

python -m sync.api.ops.restore --reason "disk of 22 November"
"""

import argparse
import secrets
import sys
import time

from sqlalchemy import Connection, insert, select, update

from sync.api.settings import from_environment
from sync.api.storage.database import Database
from sync.api.storage.migrations import migrate
from sync.api.storage.schema import counter, device, epoch, organisation

HELLOS = 1_000_000  # that a device may have said since the backup: what it said then cannot be said again

WHAT = """\
Run this once, after a backup of the database has been put back and before the centre is started again.
It gives the centre's history a new name. Nothing is deleted.
Each phone sees the new name at its next contact, keeps everything it has, and sends again what the backup lacks:
its own records, and what it had received of other people's. Nobody has to do anything on a phone.
"""


def new_epoch(conn: Connection, org: str, now_ms: int, reason: str) -> str:
    """Give the history a new name from now on; returns it. Raises LookupError for an organisation that is not there."""
    numbered = update(counter).where(counter.c.org == org).values(seq=counter.c.seq).returning(counter.c.seq)
    seq = conn.execute(numbered).scalar()  # locked, as whoever appends locks it
    if seq is None:
        raise LookupError(f"This database does not hold the organisation {org!r}.")
    name = secrets.token_hex(8)
    conn.execute(insert(epoch).values(org=org, epoch=name, began_ms=now_ms, after_seq=seq, reason=reason))
    conn.execute(update(device).where(device.c.org == org).values(hello_count=device.c.hello_count + HELLOS))
    conn.execute(update(organisation).where(organisation.c.org == org).values(epoch=name))
    return name


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sync.api.ops.restore", description=WHAT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reason", required=True, help="why, for whoever asks later: which backup, what had happened")
    reason = parser.parse_args(argv).reason
    settings = from_environment()
    db = Database(settings.database_url)
    try:
        with db.write() as conn:
            migrate(conn)
            before = conn.execute(select(organisation.c.epoch).where(organisation.c.org == settings.org)).scalar()
            after = new_epoch(conn, settings.org, time.time_ns() // 1_000_000, reason)
    except LookupError as error:
        print(f"{error} Is this the right backup, and the right ALONGSIDE_ORG? Nothing was changed.", file=sys.stderr)
        return 1
    finally:
        db.close()
    print(f"The centre's epoch is now {after}; it was {before}. Start the centre: phones send again what was lost.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

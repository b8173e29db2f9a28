"""The command that distributes a centre's tables, for PostgreSQL with the Citus extension.

python -m sync.api.ops.distribute            applies it; what is distributed already is left as it is
python -m sync.api.ops.distribute --print    prints the statements

Without the extension nothing is changed, and it says so.
"""

import argparse
import sys

from sync.api.settings import from_environment
from sync.api.storage.database import Database
from sync.api.storage.distribution import distribute, has_citus, statements
from sync.api.storage.migrations import migrate

MISSING = """\
This database has no Citus extension, so nothing was distributed and nothing was changed. The centre works as it is.
To distribute it: install Citus on every machine of the cluster and put it into shared_preload_libraries, run
CREATE EXTENSION citus in this database and on each worker, add the workers with citus_add_node, and run this again.
"""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sync.api.ops.distribute",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--print", action="store_true", help="print the statements and do nothing")
    if parser.parse_args(argv).print:
        print(";\n".join(["BEGIN", *statements(), "COMMIT"]) + ";")
        return 0
    db = Database(from_environment().database_url)
    try:
        with db.write() as conn:
            if not has_citus(conn):
                print(MISSING, end="", file=sys.stderr)
                return 1
            migrate(conn)
            count = distribute(conn)
    finally:
        db.close()
    print(f"{count} tables distributed by organisation." if count else "Every table is distributed already.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

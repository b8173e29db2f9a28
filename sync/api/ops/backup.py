"""A backup of a centre on SQLite, while it runs: one consistent file, read back and checked.

python -m sync.api.ops.backup FILE

The signing key, centre.key, is not in it: keep a copy of that apart. On PostgreSQL use pg_dump (docs/deploy.md).
"""

import argparse
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sync.api.settings import from_environment


def back_up(database: Path, file: Path) -> int:
    """Write the backup and check it. Returns the number of the last change in it.

    Raises FileExistsError where there is something already, sqlite3.Error and OSError where it cannot be written.
    """
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite fills an empty file
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, isolation_level=None)) as live:
            live.execute("VACUUM INTO ?", (str(file),))
        with closing(sqlite3.connect(file)) as backup:
            if backup.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("the backup does not pass its check")
            last = backup.execute("SELECT coalesce(max(seq), 0) FROM counter").fetchone()[0]
        with file.open("rb") as written:
            os.fsync(written.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return last


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sync.api.ops.backup", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="where to; nothing may be there yet")
    file = parser.parse_args(argv).file.resolve()
    settings = from_environment()
    if not settings.sqlite:
        print("This centre is on PostgreSQL: use pg_dump, as docs/deploy.md says. Nothing was done.", file=sys.stderr)
        return 2
    try:
        last = back_up(Path(settings.database_url.removeprefix("sqlite:///")), file)
    except (OSError, sqlite3.Error) as error:
        print(f"No backup was made: {error}", file=sys.stderr)
        return 1
    print(f"{file}: every change up to number {last}. Keep {settings.data / 'centre.key'} as well, apart from it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

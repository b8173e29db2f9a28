"""The schema's history, by Alembic. `migrate` brings a database to the newest version, whoever else calls it too.

env.py is what Alembic runs, with the connection that `migrate` was given; beside it lie the migrations.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from sync.api.storage.distribution import ONE_BY_ONE, keep_distributed

ONE_AT_A_TIME = 0x416C6F6E67  # the advisory lock's number


def config(conn: Connection | None = None) -> Config:
    """Alembic's settings, in memory: there is no alembic.ini."""
    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    alembic.attributes["connection"] = conn
    return alembic


def migrate(conn: Connection, to: str = "head") -> None:
    """Bring the database to this version within the caller's writing transaction: all of it, or nothing."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
        conn.execute(text(ONE_BY_ONE))  # any other PostgreSQL takes it for a setting that it does not know
    command.upgrade(config(conn), to)
    if to == "head":
        keep_distributed(conn)


@cache
def head() -> str | None:
    """The newest version this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def standing(conn: Connection) -> str | None:
    """The version the database is at."""
    return MigrationContext.configure(conn).get_current_revision()

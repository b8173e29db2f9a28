"""The schema's history. `migrate` brings a database to the newest version; several processes may call it at once."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

ONE_AT_A_TIME = 0x416C6F6E67  # the advisory lock's number


def config(conn: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def migrate(conn: Connection, to: str = "head") -> None:
    """Within the caller's writing transaction: all of it, or nothing."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    command.upgrade(config(conn), to)


@cache
def head() -> str | None:
    """The newest version this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def standing(conn: Connection) -> str | None:
    """The version the database is at."""
    return MigrationContext.configure(conn).get_current_revision()

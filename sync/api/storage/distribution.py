"""Distribution by organisation, for PostgreSQL with the Citus extension: every table by `org`, all of them colocated.

A migration does the same for tables that are new. The command is `sync.api.ops.distribute`.
"""

from collections.abc import Collection

from sqlalchemy import Connection, ForeignKeyConstraint, Table, text

from sync.api.storage.schema import metadata

FIRST = "organisation"  # the others lie beside it
ONE_BY_ONE = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'"  # so that all of it is one transaction


def statements(already: Collection[str] = ()) -> list[str]:
    """The SQL that distributes the tables that are not distributed `already`.

    Their foreign keys are dropped before and added after: between a table that is distributed and one that is not there
    can be none.
    """
    tables = sorted(metadata.sorted_tables, key=lambda table: table.name != FIRST)
    fresh = [table for table in tables if table.name not in already]
    keys = [(table, key) for table in fresh for key in table.foreign_key_constraints]
    keys.sort(key=lambda pair: str(pair[1].name))
    return [
        ONE_BY_ONE,
        *(f"ALTER TABLE {table.name} DROP CONSTRAINT {key.name}" for table, key in keys),
        *(_distributed(table) for table in fresh),
        *(_added(table, key) for table, key in keys),
    ]


def _distributed(table: Table) -> str:
    beside = "none" if table.name == FIRST else FIRST
    return f"SELECT create_distributed_table('{table.name}', 'org', colocate_with => '{beside}')"


def _added(table: Table, key: ForeignKeyConstraint) -> str:
    columns = ", ".join(key.column_keys)
    referred = ", ".join(element.column.name for element in key.elements)
    return (
        f"ALTER TABLE {table.name} ADD CONSTRAINT {key.name} "
        f"FOREIGN KEY ({columns}) REFERENCES {key.referred_table.name} ({referred})"
    )


def has_citus(conn: Connection) -> bool:
    return (
        conn.dialect.name == "postgresql"
        and conn.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'citus'")).first() is not None
    )


def distributed(conn: Connection) -> set[str]:
    """Our tables that are distributed. Raises ProgrammingError on a server without Citus."""
    rows = conn.execute(
        text(
            "SELECT c.relname FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()"
        )
    )
    return set(rows.scalars()) & metadata.tables.keys()


def distribute(conn: Connection) -> int:
    """Distribute every table that is not yet, in the caller's transaction. Returns how many that were."""
    already = distributed(conn)
    if not metadata.tables.keys() - already:
        return 0
    for statement in statements(already):
        conn.exec_driver_sql(statement)
    return len(metadata.tables) - len(already)


def keep_distributed(conn: Connection) -> None:
    """After a migration: where the database is distributed, new tables are too."""
    if has_citus(conn) and FIRST in distributed(conn):
        distribute(conn)

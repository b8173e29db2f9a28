"""One engine for SQLite and PostgreSQL: transactions that read, and transactions that write.

SQLite: a write begins with BEGIN IMMEDIATE, one at a time in this process; WAL and synchronous FULL, so that what is
acknowledged is on the disk. PostgreSQL: READ COMMITTED; the counter's row lock does the same work.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite

PRAGMAS = ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF")


class Database:
    def __init__(self, url: str, pool_size: int = 20):
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgres(url, pool_size)
        self._one_writer = threading.Lock() if self.sqlite else nullcontext()

    @property
    def sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.engine.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or leaves nothing."""
        with self._one_writer, self.engine.connect() as conn:
            conn = conn.execution_options(writes=True)
            with conn.begin():
                yield conn

    def ready(self) -> bool:
        """Whether the database answers and has every table as this version wants it."""
        from sync.api.migrations import head, standing

        with self.read() as conn:
            return standing(conn) == head()

    def close(self) -> None:
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(path).touch(mode=0o600)
    engine = create_engine(url, hide_parameters=True, pool_size=20, max_overflow=30)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # no implicit BEGIN: it comes from the hook below
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")

    return engine


def _postgres(url: str, pool_size: int) -> Engine:
    at = make_url(url)
    asked = at.query.get("options", "")  # such as "-c search_path=centre"
    limits = f"{asked} -c lock_timeout=15s -c statement_timeout=60s -c timezone=UTC"
    return create_engine(
        at.difference_update_query(["options"]),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=30,
        pool_pre_ping=True,
        connect_args={"options": limits},
    )


def upsert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or set their other columns where the key is there already."""
    if rows:
        conn.execute(_upsert(conn.dialect.name, table, tuple(rows[0])), rows)


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    others = {name: insert.excluded[name] for name in names if name not in keys}
    if not others:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(index_elements=keys, set_=others)

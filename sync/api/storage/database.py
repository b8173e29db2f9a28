"""One engine for SQLite and PostgreSQL: transactions that read, and transactions that write.

SQLite: a write begins with BEGIN IMMEDIATE, one at a time in this process; WAL and synchronous FULL, so that what is
acknowledged is on the disk. PostgreSQL: READ COMMITTED; the counter's row lock does the same work.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

PRAGMAS = ("busy_timeout=15000", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF")
WAL, TRIES, PAUSE_S = "PRAGMA journal_mode=WAL", 300, 0.05


class Database:
    """The centre's database: `read` and `write` are its transactions. Each may raise what SQLAlchemy raises."""

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
        from sync.api.storage.migrations import head, standing

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
    def _on_connect(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # no implicit BEGIN: it comes from the hook below
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _into_wal(connection)

    @event.listens_for(engine, "begin")
    def _on_begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")

    return engine


def _into_wal(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log. Several processes may open a new database at once, and this one statement does not
    wait for them, whatever the time-out: it is tried again for fifteen seconds. Raises sqlite3.OperationalError.
    """
    for _ in range(TRIES):
        try:
            connection.execute(WAL)
            return
        except sqlite3.OperationalError:
            time.sleep(PAUSE_S)
    connection.execute(WAL)


def _postgres(url: str, pool_size: int) -> Engine:
    address = make_url(url)
    own = address.query.get("options", "")  # such as "-c search_path=centre"
    limits = f"{own} -c lock_timeout=15s -c statement_timeout=60s -c timezone=UTC"
    return create_engine(
        address.difference_update_query(["options"]),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=30,
        pool_pre_ping=True,
        connect_args={"options": limits},
    )


class Unsought(FunctionElement[Any]):
    """A column by whose index SQLite is not to look for rows.

    SQLite has no statistics: of two indexes it takes the one that binds more columns, though half of the table have the
    value. Its unary plus keeps a column out of that. PostgreSQL knows its values, and gets the column as it is.
    """

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]):
        super().__init__(column)
        self.type = column.type


@compiles(Unsought)
def _as_it_is(unsought: Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(unsought.clauses, **options)


@compiles(Unsought, "sqlite")
def _with_a_plus(unsought: Unsought, compiler: SQLCompiler, **options: Any) -> str:
    return f"+{compiler.process(unsought.clauses, **options)}"


Rows = Sequence[Mapping[str, Any]]


def append(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns."""
    if rows:
        _many(conn, table, rows, replace=False)


def upsert(conn: Connection, table: Table, rows: Rows) -> None:
    """Insert rows, all of the same columns; or set those but the key where the key is there already."""
    if rows:
        _many(conn, table, rows, replace=True)


def insert_into(conn: Connection, table: Table) -> Any:
    """An insert that can say what happens where the row is there already."""
    return _insert_of(conn.dialect, table)


def _insert_of(dialect: Dialect, table: Table) -> Any:
    return (sqlite_dialect if dialect.name == "sqlite" else postgresql).insert(table)


def _many(conn: Connection, table: Table, rows: Rows, *, replace: bool) -> None:
    """Hand the rows to the driver as they are: SQLAlchemy going through every value costs as much as storing them."""
    sql, names = _insert(conn.dialect, table, tuple(rows[0]), replace)
    conn.exec_driver_sql(sql, list(map(itemgetter(*names), rows)) if names else list(rows))


@cache
def _insert(
    dialect: Dialect, table: Table, columns: tuple[str, ...], replace: bool
) -> tuple[str, Sequence[str] | None]:
    """The statement, and the names in the order in which its values are given; None when they are given by name."""
    insert = _insert_of(dialect, table)
    if replace:
        keys = [column.name for column in table.primary_key]
        others = {name: insert.excluded[name] for name in columns if name not in keys}
        if others:
            insert = insert.on_conflict_do_update(index_elements=keys, set_=others)
        else:
            insert = insert.on_conflict_do_nothing(index_elements=keys)
    statement = insert.compile(dialect=dialect, column_keys=columns)
    return statement.string, statement.positiontup

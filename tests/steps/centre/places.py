"""Where the centre's tests have their PostgreSQL databases, and how each test gets one as new.

A database for each test, where databases may be made. Where not, or where the server has Citus, of which databases
cannot just be copied: schemas in the given database, one that is filled anew for each test and one for each empty one.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, create_engine, insert, make_url, select, text

from sync.api.storage.database import Database
from sync.api.storage.distribution import distribute, has_citus
from sync.api.storage.migrations import migrate
from sync.api.storage.schema import metadata

Fill = Callable[[str], None]


def may_make_databases(server: str) -> bool:
    with _commanding(server) as conn:
        allowed = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        return bool(conn.execute(text(allowed)).scalar()) and not has_citus(conn)


@dataclass
class Databases:
    """A database for each test, copied from one that was filled once."""

    server: str
    fill: Fill
    template: str = ""

    @contextmanager
    def empty(self) -> Iterator[str]:
        with self._made("template1") as url:
            yield url

    @contextmanager
    def filled(self) -> Iterator[str]:
        if not self.template:
            name = _name()
            self._create(name, "template1")
            self.fill(self._named(name))
            self.template = name
        with self._made(self.template) as url:
            yield url

    def close(self) -> None:
        if self.template:
            self._drop(self.template)

    @contextmanager
    def _made(self, template: str) -> Iterator[str]:
        name = _name()
        self._create(name, template)
        try:
            yield self._named(name)
        finally:
            self._drop(name)

    def _create(self, name: str, template: str) -> None:
        with _commanding(self.server) as conn:
            conn.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))

    def _drop(self, name: str) -> None:
        with _commanding(self.server) as conn:
            conn.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))

    def _named(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)


@dataclass
class Schemas:
    """Schemas in the one given database; with Citus their tables are distributed."""

    server: str
    fill: Fill
    used: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @contextmanager
    def empty(self) -> Iterator[str]:
        name = self._create()
        try:
            yield self._named(name)
        finally:
            self._drop(name)

    @contextmanager
    def filled(self) -> Iterator[str]:
        """The same schema each time, with the rows that it had when it was new."""
        url = self._named(self.used) if self.used else self._fill()
        db = Database(url)
        with db.write() as conn:
            for table in reversed(metadata.sorted_tables):
                conn.execute(table.delete())
            for table in metadata.sorted_tables:
                if self.rows[table.name]:
                    conn.execute(insert(table), self.rows[table.name])
        db.close()
        yield url

    def close(self) -> None:
        if self.used:
            self._drop(self.used)

    def _fill(self) -> str:
        self.used = self._create()
        url = self._named(self.used)
        db = Database(url)
        with db.write() as conn:
            migrate(conn)
            if has_citus(conn):
                distribute(conn)
        self.fill(url)
        with db.read() as conn:
            for table in metadata.sorted_tables:
                self.rows[table.name] = [dict(row) for row in conn.execute(select(table)).mappings()]
        db.close()
        return url

    def _create(self) -> str:
        name = _name()
        with _commanding(self.server) as conn:
            conn.execute(text(f'CREATE SCHEMA "{name}"'))
        return name

    def _drop(self, name: str) -> None:
        with _commanding(self.server) as conn:
            conn.execute(text(f'DROP SCHEMA "{name}" CASCADE'))

    def _named(self, name: str) -> str:
        at = make_url(self.server).update_query_dict({"options": f"-c search_path={name}"})
        return at.render_as_string(hide_password=False)


def _name() -> str:
    return f"alongside_test_{secrets.token_hex(6)}"


@contextmanager
def _commanding(server: str) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()

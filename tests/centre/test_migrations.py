"""The schema: from nothing to the newest version on both databases, equal to what the code believes."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import UniqueConstraint, inspect

from sync.api.app import create_app, prepare
from sync.api.database import Database
from sync.api.migrations import head, migrate, standing
from sync.api.routes import Centre
from sync.api.schema import metadata
from sync.api.settings import Settings
from sync.signing import Signer
from tests.centre.running import Clock


def centre(url: str, data: Path, db: Database) -> Centre:
    return Centre(Settings(url, data, demo=True), db, Signer(bytes(32)), Clock())


def test_the_migrated_schema_is_the_schema(empty_url: str) -> None:
    db = Database(empty_url)
    assert not db.ready()
    with db.write() as conn:
        migrate(conn)
    with db.read() as conn:
        assert standing(conn) == head() == "0001"
        different = compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata)
    assert different == []
    assert db.ready()
    db.close()


def test_a_migration_that_fails_leaves_nothing(empty_url: str) -> None:
    db = Database(empty_url)

    def fail() -> None:
        with db.write() as conn:
            migrate(conn)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.read() as conn:
        assert inspect(conn).get_table_names() == []
    db.close()


def test_several_processes_may_start_at_once_and_again(empty_url: str, tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        db = Database(empty_url)
        try:
            prepare(centre(empty_url, tmp_path, db))
        except Exception as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)
        finally:
            db.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    start()
    assert not failed


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_every_key_begins_with_the_organisation(table) -> None:
    assert next(column.name for column in table.primary_key) == "org"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert "org" in constraint.columns
    for index in table.indexes:
        assert next(iter(index.columns)).name == "org"
    for key in table.foreign_key_constraints:
        assert key.columns[0].name == "org"
        assert key.elements[0].column.name == "org"


def test_an_app_can_be_made_while_the_database_is_away(tmp_path: Path) -> None:
    app = create_app(Settings("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path))
    assert app.state.centre.org == "alongside"

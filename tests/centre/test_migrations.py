"""The schema: made from nothing on both databases, just what the code believes, and left alone by a second start."""

import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect, select

from sync.api.app import create_app, prepare
from sync.api.ops.restore import new_epoch
from sync.api.routes.centre import Centre
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.api.storage.migrations import head, migrate, standing
from sync.api.storage.schema import metadata, organisation
from sync.core.signing import Signer
from tests.steps.builders import PACKS
from tests.steps.centre.running import Clock, Running


def centre(url: str, data: Path, db: Database) -> Centre:
    return Centre(Settings(url, data, training=True), db, Signer(bytes(32)), PACKS, Clock())


def test_the_migrated_schema_is_the_schema(empty_url: str) -> None:
    db = Database(empty_url)
    assert not db.ready()
    with db.write() as conn:
        migrate(conn)
    with db.read() as conn:
        assert standing(conn) == head() == "0001"
        different = compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata)
        migrated = described(conn)
    assert different == []
    assert db.ready()
    with db.write() as conn:
        metadata.drop_all(conn)
        metadata.create_all(conn)
        assert described(conn) == migrated
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


def test_a_second_start_changes_nothing(running: Running, phone) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    before = everything(running.db)
    prepare(running.centre)
    assert everything(running.db) == before


def everything(db: Database) -> dict[str, list[Any]]:
    """The schema, and every row of every table."""
    with db.read() as conn:
        there = MetaData()
        there.reflect(conn)
        rows = {
            name: sorted(conn.execute(select(table)).all(), key=repr) for name, table in sorted(there.tables.items())
        }
        return {"": described(conn), **rows}


def described(conn: Connection) -> list[Any]:
    """The tables as the database has them: columns, keys, indexes with their conditions."""
    look = inspect(conn)
    found = []
    for table in sorted(set(look.get_table_names()) - {"alembic_version"}):
        columns = [(one["name"], str(one["type"]), one["nullable"], one["default"]) for one in look.get_columns(table)]
        key = look.get_pk_constraint(table)["constrained_columns"]
        foreign = [sorted((name, str(value)) for name, value in one.items()) for one in look.get_foreign_keys(table)]
        indexes = [
            (one["name"], one["column_names"], one["unique"], {n: str(v) for n, v in one["dialect_options"].items()})
            for one in look.get_indexes(table)
        ]
        found.append((table, columns, key, sorted(foreign), sorted(indexes, key=str)))
    return found


def test_phones_go_on_from_where_they_were_when_the_history_is_named_anew(running: Running, phone) -> None:
    """After a restore that lost nothing: the head they have lies on the same chain."""
    first = phone.record({"location": "Old Bridge"})
    phone.sync()
    with running.db.write() as conn:
        new_epoch(conn, running.centre.org, running.centre.now_ms(), "a test")
    second = phone.record({"location": "New Bridge"})
    report = phone.sync()
    assert (report.code, report.sent, report.received, report.pulled) == ("", 1, 1, 0)
    assert phone.device.verified_range().head.epoch == epoch_of(running)
    assert {first.change_id, second.change_id} <= phone.device.receipts.keys()


def epoch_of(running: Running) -> str:
    with running.db.read() as conn:
        return conn.execute(select(organisation.c.epoch)).scalar_one()


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


def test_an_app_can_be_made_while_the_database_is_away(tmp_path: Path) -> None:
    app = create_app(Settings("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path, training=True))
    assert app.state.centre.org == "alongside"

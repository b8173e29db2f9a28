"""The schema: from nothing to the newest version on both databases, equal to what the code believes."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, insert, inspect, select, text

from sync.api.app import create_app, prepare
from sync.api.routes.exchange import Centre
from sync.api.settings import Settings
from sync.api.storage.database import Database
from sync.api.storage.migrations import head, migrate, standing
from sync.api.storage.schema import epoch, metadata, organisation
from sync.core.signing import Signer
from sync.protocol.epochs import marked_after
from tests.builders import PACKS
from tests.centre.running import Clock, Running

SHIPPED = Path(__file__).parent / "shipped"  # VERSION.json: every table of that version, with rows
VERSIONS = sorted(path.stem for path in SHIPPED.glob("*.json"))


def centre(url: str, data: Path, db: Database) -> Centre:
    return Centre(Settings(url, data), db, Signer(bytes(32)), PACKS, Clock())


def test_the_migrated_schema_is_the_schema(empty_url: str) -> None:
    db = Database(empty_url)
    assert not db.ready()
    with db.write() as conn:
        migrate(conn)
    with db.read() as conn:
        assert standing(conn) == head() == "0003"
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


def as_shipped(db: Database, version: str) -> dict[str, list[dict[str, Any]]]:
    """A database as that version left it, with rows in every table it had. Returns these."""
    rows = json.loads((SHIPPED / f"{version}.json").read_text())
    with db.write() as conn:
        migrate(conn, version)
        assert set(inspect(conn).get_table_names()) - {"alembic_version"} == rows.keys()
        assert all(rows.values())
        was = MetaData()
        was.reflect(conn)
        for table in was.sorted_tables:
            if table.name in rows:
                conn.execute(insert(table), [as_stored(row) for row in rows[table.name]])
    return rows


def check_all_kept(db: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    with db.read() as conn:
        for name, before in rows.items():
            now = [dict(row) for row in conn.execute(select(metadata.tables[name])).mappings()]
            for row in before:
                assert any(as_stored(row).items() <= one.items() for one in now), (name, row)


@pytest.mark.parametrize("version", VERSIONS)
def test_rows_of_every_shipped_version_are_all_kept(empty_url: str, tmp_path: Path, version: str) -> None:
    db = Database(empty_url)
    rows = as_shipped(db, version)
    prepare(centre(empty_url, tmp_path, db))
    with db.read() as conn:
        assert standing(conn) == head()
        history = conn.execute(select(epoch).order_by(epoch.c.after_seq)).all()
        last = rows["counter"][0]["seq"]
        assert [(one.after_seq, marked_after(one.epoch)) for one in history] == [(0, None), (last, last)]
        assert history[0].epoch == rows["organisation"].pop()["epoch"]
        assert history[1].epoch == conn.execute(select(organisation.c.epoch)).scalar()
    check_all_kept(db, rows)
    Running("", Centre(Settings(empty_url, tmp_path), db, Signer(bytes(32)), PACKS), Clock()).check_chain()
    db.close()


def test_phones_go_on_from_where_they_were_when_an_update_names_the_history_anew(running: Running, phone) -> None:
    first = phone.record({"location": "Old Bridge"})
    phone.sync()
    with running.db.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0002'"))  # as it was before the update
        migrate(conn)
    second = phone.record({"location": "New Bridge"})
    report = phone.sync()
    assert (report.code, report.sent, report.received, report.pulled) == ("", 1, 1, 0)
    assert phone.device.span().head.epoch == epoch_of(running)
    assert {first.change_id, second.change_id} <= phone.device.receipts.keys()


def epoch_of(running: Running) -> str:
    with running.db.read() as conn:
        return conn.execute(select(organisation.c.epoch)).scalar_one()


def as_stored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.encode() if name in ("body", "data") else value for name, value in row.items()}


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
    app = create_app(Settings("postgresql+psycopg://nobody@127.0.0.1:1/none", tmp_path))
    assert app.state.centre.org == "alongside"

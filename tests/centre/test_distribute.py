"""The command that distributes the tables, on a PostgreSQL with Citus and on one without."""

import pytest
from sqlalchemy import text

from sync.api.ops import distribute
from sync.api.settings import Settings
from sync.api.storage import distribution
from sync.api.storage.database import Database
from sync.api.storage.migrations import migrate
from sync.api.storage.schema import metadata


@pytest.fixture
def command(empty_url: str, tmp_path, monkeypatch):
    monkeypatch.setattr(distribute, "from_environment", lambda: Settings(empty_url, tmp_path, training=True))
    return distribute.main


def test_the_statements_are_printed_and_nothing_is_done(command, capsys) -> None:
    assert command(["--print"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert (said[0], said[-1]) == ("BEGIN;", "COMMIT;")
    keys = sum(len(table.foreign_key_constraints) for table in metadata.tables.values())
    dropped = [one for one in said if "DROP CONSTRAINT" in one]
    assert len(dropped) == keys == len([one for one in said if "ADD CONSTRAINT" in one])
    distributed = "SELECT create_distributed_table('organisation', 'org', colocate_with => 'none');"
    assert said.index(dropped[-1]) < said.index(distributed)
    assert (
        "ALTER TABLE enrolment ADD CONSTRAINT fk_enrolment_device "
        "FOREIGN KEY (org, device_id) REFERENCES device (org, device_id);"
    ) in said


def test_what_is_distributed_already_is_left_as_it_is() -> None:
    some = distribution.statements(metadata.tables.keys() - {"epoch"})
    assert some == [
        distribution.ONE_BY_ONE,
        "SELECT create_distributed_table('epoch', 'org', colocate_with => 'organisation')",
    ]


def test_without_the_extension_it_says_so_and_with_it_it_is_done(empty_url: str, command, capsys) -> None:
    db = Database(empty_url)
    with db.read() as conn:
        citus = distribution.has_citus(conn)
    assert command([]) == (0 if citus else 1)
    if citus:
        assert command([]) == 0  # again: nothing to do
        with db.read() as conn:
            assert distribution.distributed(conn) == metadata.tables.keys()
    else:
        assert "no Citus extension" in capsys.readouterr().err
        with db.read() as conn:
            assert not db.ready()
    db.close()


@pytest.mark.parametrize("empty_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_the_keys_that_are_taken_off_and_put_back_are_those_of_the_schema(empty_url: str) -> None:
    """All but the extension's own function, on any PostgreSQL: the names are right and the keys are as before."""
    db = Database(empty_url)
    keys = text(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
    )
    with db.write() as conn:
        migrate(conn)
        before = conn.execute(keys).all()
        for statement in distribution.statements():
            if "create_distributed_table" not in statement:
                conn.exec_driver_sql(statement)
        assert before
        assert conn.execute(keys).all() == before
    db.close()

"""Keys, joins and statements as a database distributed by organisation needs them.

Each statement that the program sends while the centre's tests run is checked where it is sent (`watch`); here is the
check itself, against statements that would not do.
"""

import pytest
from sqlalchemy import UniqueConstraint

from sync.api.storage.distribution import statements
from sync.api.storage.schema import metadata
from tests.steps.centre import watch
from tests.steps.centre.running import Running
from tests.steps.centre.statements import faults


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


def test_every_table_is_distributed_beside_the_first_one() -> None:
    """So every foreign key and every join is between tables of which the rows of one organisation lie together."""
    made = [one for one in statements() if "create_distributed_table" in one]
    assert len(made) == len(metadata.tables)
    assert "'organisation', 'org', colocate_with => 'none'" in made[0]
    assert all("'org', colocate_with => 'organisation'" in one for one in made[1:])


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT name FROM device", "device without an organisation"),
        ("SELECT count(*) FROM change_log WHERE seq > %(a)s", "change_log without an organisation"),
        ("SELECT name FROM device WHERE org = %(a)s OR name = %(b)s", "device without an organisation"),
        (
            "SELECT t.name FROM device d JOIN team t ON t.team_id = d.team_id WHERE d.org = %(a)s",
            "team without an organisation",
        ),
        (
            "SELECT name FROM device WHERE org = %(a)s AND device_id IN (SELECT device_id FROM session)",
            "session without an organisation",
        ),
        ("SELECT name FROM device WHERE org = %(a)s FOR UPDATE", "Lock is not for a distributed table"),
        (
            "WITH d AS (DELETE FROM waiting WHERE org = %(a)s RETURNING org) SELECT org FROM d",
            "With is not for a distributed table",
        ),
        ("UPDATE device SET name = %(a)s WHERE device_id = %(b)s", "device without an organisation"),
        ("UPDATE device SET org = %(a)s WHERE org = %(b)s", "an organisation that is changed"),
        ("UPDATE device SET name = random() WHERE org = %(b)s", "a change that calls a function"),
        ("UPDATE device SET name = t.name FROM team t WHERE device.org = %(b)s", "a change by way of another table"),
        ("DELETE FROM session", "session without an organisation"),
        ("INSERT INTO counter (seq) VALUES (%(a)s)", "an insert names no org"),
        ("INSERT INTO counter (org, seq) SELECT org, 0 FROM team WHERE org = %(a)s", "an insert of what a query gives"),
        (
            "INSERT INTO team (org, team_id) VALUES (%(a)s, %(b)s) ON CONFLICT (team_id) DO NOTHING",
            "a conflict that is not looked for within an organisation",
        ),
        ("TRUNCATE TABLE waiting", "TruncateTable is not expected of the program"),
    ],
)
def test_a_statement_that_would_not_do_is_caught(statement: str, why: str) -> None:
    assert why in faults(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM device WHERE device.org = %(a)s AND name = %(b)s",
        "SELECT t.name FROM device d JOIN team t ON t.org = d.org AND t.team_id = d.team_id WHERE d.org = %(a)s",
        "SELECT name FROM device WHERE org = %(a)s AND name IN (SELECT name FROM team WHERE team.org = %(a)s)",
        "UPDATE counter SET seq = counter.seq + %(n)s WHERE counter.org = %(a)s RETURNING counter.seq",
        "INSERT INTO team (org, team_id) VALUES (%(a)s, %(b)s) ON CONFLICT (org, team_id) DO NOTHING",
        "SELECT 1 FROM pg_extension",
    ],
)
def test_a_statement_that_keeps_to_one_organisation_passes(statement: str) -> None:
    assert faults(statement) == []


@pytest.mark.parametrize("url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_the_programs_statements_are_really_watched(running: Running, phone, desk) -> None:
    phone.record({"location": "Old Bridge"})
    phone.sync()
    desk.sync()
    assert desk.search().status_code == 200
    assert desk.get("/v1/devices").status_code == 200
    begun = [one.split()[0] for one in watch.seen]
    assert {"SELECT", "INSERT", "UPDATE"} <= set(begun)
    assert len(begun) > 30
    assert not any("pg_catalog" in one for one in watch.seen)

"""What a request costs the database does not grow with the centre's history: every statement of every route.

Work is counted (`tests/steps/centre/work.py`), not read off the words of a plan: one that goes through a whole table
can say "SEARCH … USING INDEX" too.
"""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, select

from sync.api.settings import database_url
from sync.api.storage.schema import change_log
from tests.steps.centre.asked import WAYS
from tests.steps.centre.history import History, laid
from tests.steps.centre.running import Clock, Phone, Running, serving
from tests.steps.centre.work import Work, counted

MOST = 1.5  # times the work, with many times the history
SLACK = {"sqlite": 150, "postgresql": 10}  # steps, rows: a line more in a list that is not full
# What has to look at every incident: words of the statement, and the work that this may be for each of them.
EXCEPTIONS = {
    "totals": ("SELECT count(*)", {"sqlite": 8, "postgresql": 2}),
    "text search": (" LIKE ", {"sqlite": 8, "postgresql": 3}),
}


def measured(at: History) -> dict[str, Work]:
    """The work of each way to ask, by statement."""
    work: dict[str, Work] = {}
    for name, way in WAYS.items():
        ask = way(at)
        with counted(at.db.engine) as work[name]:
            ask()
    return work


def grown(few: dict[str, Work], many: dict[str, Work], engine: str, incidents: int) -> list[str]:
    """The statements whose work grew too much; `incidents`: how many are there in the end."""
    too_much = []
    for way, work in many.items():
        for statement, after in work.items():
            before = few[way][statement]
            allowed = [figure[engine] * incidents for words, figure in EXCEPTIONS.values() if words in statement]
            if after > max(MOST * before + SLACK[engine], *allowed, 0):
                too_much.append(f"{way}: {before} -> {after}: {statement}")
    return too_much


def compared(at: History, first: int, then: int) -> list[str]:
    at.grow(first)
    few = measured(at)
    at.grow(then)
    many = measured(at)
    for words, _ in EXCEPTIONS.values():
        assert any(words in statement for work in many.values() for statement in work)
    return grown(few, many, at.db.engine.dialect.name, then)


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "data").mkdir()
    shutil.copy(sqlite_template, tmp_path / "data" / "centre.db")
    with serving(database_url("", tmp_path / "data"), tmp_path / "data", Clock()) as running:
        yield running


def test_no_request_costs_more_with_four_times_the_history(on_sqlite: Running, caplog) -> None:
    """And every route of the description is among those that were asked."""
    caplog.set_level(logging.INFO, "alongside.centre")
    assert compared(laid(on_sqlite, cars=6), 1_000, 4_000) == []
    requests = [record.fields for record in caplog.records if record.msg == "request"]  # type: ignore[attr-defined]
    with on_sqlite.http() as http:
        paths = http.get("/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert {(each["method"], each["route"]) for each in requests if each["status"] < 300} >= described


@pytest.mark.long
def test_no_request_costs_more_with_twenty_times_the_history(running: Running) -> None:
    assert compared(laid(running), 1_000, 20_000) == []


@pytest.mark.parametrize(
    ("sought", "too_much"), [(change_log.c.chain == "none", 1), (change_log.c.change_id == "none", 0)]
)
def test_a_walk_through_the_log_is_seen(
    running: Running, phone: Phone, sought: ColumnElement[bool], too_much: int
) -> None:
    """A counter that counts nothing would never find anything."""
    work: list[Work] = []
    for changes in (20, 400):
        incident_id = phone.record({"location": "Old Bridge"}).incident_id
        for _ in range(changes):
            phone.record({"given_name": "Ida"}, incident=incident_id, kind="person")
        phone.sync()
        with counted(running.db.engine) as counting, running.db.read() as conn:
            conn.execute(select(change_log).where(change_log.c.org == running.centre.org, sought)).all()
        work.append(counting)
    few, many = ({"sought": each} for each in work)
    assert len(grown(few, many, running.db.engine.dialect.name, 0)) == too_much

"""A real centre in this process, a nurse's device with a signed incident, and a supervisor's desk."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from field_app.ui.console.app import open_console
from sync.api.settings import database_url
from tests.steps.builders import SHIPPED, TRUST
from tests.steps.centre.running import Clock, Phone, Running, serving
from tests.steps.ui.console import Line
from tests.steps.ui.harness import App


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "data").mkdir()
    with serving(database_url("", tmp_path / "data"), tmp_path / "data", Clock()) as it:
        yield it


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def make_desk(running: Running, line: Line) -> Iterator[Callable[[], Desk]]:
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(running.url, FetchedPacks(SHIPPED, TRUST), transport=line, training=True))
        return made[-1]

    yield make
    for desk in made:
        desk.client.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    """Ruth's, the supervisor."""
    made = make_desk()
    made.sign_in("ruth.okoro", PASSWORD)
    return made


@pytest.fixture
def phone(running: Running) -> Phone:
    """Amina's."""
    return running.device()


@pytest.fixture
async def app(make_desk, running) -> AsyncIterator[App]:
    async with App(
        lambda page: open_console(page, make_desk, clock=running.clock, every=0.4), width=1440, height=900
    ) as made:
        yield made

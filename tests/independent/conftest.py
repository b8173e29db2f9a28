from collections.abc import Iterator

import pytest

from demo import PASSWORD
from tests.independent.client import Client
from tests.steps.centre.fixtures import (
    every_statement_keeps_to_one_organisation,
    postgres,
    postgres_server,
    running,
    sqlite_template,
    url,
)
from tests.steps.centre.running import Phone, Running

fixtures = (every_statement_keeps_to_one_organisation, postgres, postgres_server, running, sqlite_template, url)


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    """Amina's device, on the client written from the page."""
    with Client(running.url) as client:
        client.sign_in("amina.yusuf", PASSWORD)
        yield client


@pytest.fixture
def toms(running: Running) -> Phone:
    """A colleague's device, on the project's own client."""
    return running.device("tom.ellery", "Toms")

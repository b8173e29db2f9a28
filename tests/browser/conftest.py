"""One browser for the run; a fresh world for each test."""

import pytest

from tools.drive import chromium
from tools.world import World


@pytest.fixture(scope="session")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture
def world(tmp_path, browser):
    made = World(tmp_path, browser)
    yield made
    made.close()

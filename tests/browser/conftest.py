"""One browser for the run; a fresh world for each test."""

import pytest
from playwright.sync_api import Error

from tools.chromium import chromium, ended_after
from tools.world import World

LONGEST_S = 600  # the longest test takes 130 with nothing beside it, and took 250 with two others


@pytest.fixture(scope="session")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(autouse=True)
def _page_that_hangs():
    """Three times a page hung for good, its process at 100 % of a processor (docs/decisions/0018): ended, and said."""
    with ended_after(LONGEST_S):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Whatever failed: if it is because a page hangs, that is the reason given."""
    try:
        return (yield)
    except Exception:
        for page in [page for context in item.funcargs["browser"].contexts for page in context.pages]:
            try:
                page.evaluate("1")  # never answered by one that hangs, until it is ended
            except Error:
                page.context.close()
                raise
        raise


@pytest.fixture
def world(tmp_path, browser):
    made = World(tmp_path, browser)
    yield made
    made.close()

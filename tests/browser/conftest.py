"""One browser for the run; a fresh world for each test."""

import pytest

from tools.drive import chromium, ended_after
from tools.world import World

LONGEST_S = 400  # the longest test takes about 100 on two idle cores, and took 190 on busy ones


@pytest.fixture(scope="session")
def browser():
    with chromium() as one:
        yield one


@pytest.fixture(autouse=True)
def _page_that_hangs():
    """Chromium's own process hung twice, at 100 % of a processor, in a page it had just drawn anew: ended, and said."""
    with ended_after(LONGEST_S):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Whatever failed: if it is because a page hangs, that is the reason given."""
    try:
        return (yield)
    except Exception:
        for context in item.funcargs["browser"].contexts:
            for page in context.pages:
                page.evaluate("1")  # never answered by one that hangs, until it is ended
        raise


@pytest.fixture
def world(tmp_path, browser):
    made = World(tmp_path, browser)
    yield made
    made.close()

import pytest

from tests.faults import figures
from tests.faults.line import TestCentre
from tests.faults.processes import Centre
from tests.faults.rig import Rig
from tests.steps.centre.fixtures import postgres, postgres_server, running, sqlite_template, url

fixtures = (postgres, postgres_server, running, sqlite_template, url)


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return TestCentre.template(tmp_path_factory.mktemp("centre"))


@pytest.fixture
def rig(tmp_path, template):
    made = Rig(tmp_path, template)
    yield made
    made.close()


@pytest.fixture(scope="module")
def centre(tmp_path_factory):
    """A real one that the tests of a file share: what is in it already is one more thing to agree on."""
    made = Centre(tmp_path_factory.mktemp("centre"))
    made.start()
    assert made.ready()
    yield made
    made.kill()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown():
    """After each test, so that a run that is broken off has its figures too."""
    figures.write()

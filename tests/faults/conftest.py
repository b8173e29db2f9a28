import pytest

from tests.faults.rig import Rig, TestCentre


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return TestCentre.template(tmp_path_factory.mktemp("centre"))


@pytest.fixture
def rig(tmp_path, template):
    made = Rig(tmp_path, template)
    yield made
    made.close()

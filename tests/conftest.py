"""For every test: what shared steps assert is explained like a test's own; what costs time for nothing is left out."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.steps.builders import Pocket

pytest.register_assert_rewrite("tests.steps")

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")  # a slow machine is not a failing rule

# No test leaves this machine, so no client reads the world's authorities before its first request: 20 ms each.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)


@pytest.fixture
def pocket(tmp_path: Path) -> Iterator["Pocket"]:
    """A phone's store in a folder of its own, with one nurse's vault open."""
    from tests.steps.builders import Pocket  # here: what is imported before the line above explains no assertion

    made = Pocket(tmp_path)
    yield made
    made.db.conn.close()

"""For every test: what shared steps assert is explained like a test's own; what costs time for nothing is left out."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("tests.steps")

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")  # a slow machine is not a failing rule

# No test leaves this machine, so no client reads the world's authorities before its first request: 20 ms each.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)

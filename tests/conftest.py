"""For every test: what shared steps assert is explained like a test's own, and a slow machine is no failing rule."""

import pytest
from hypothesis import HealthCheck, settings

pytest.register_assert_rewrite("tests.steps")

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")

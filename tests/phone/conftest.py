"""A nurse at a phone, with a real centre."""

from tests.steps.at_a_phone import amina, desk, phone, running, sqlite_template

__all__ = ["amina", "desk", "phone", "running", "sqlite_template"]

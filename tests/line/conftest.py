"""A real centre on loopback, and a nurse at a phone."""

from tests.steps.at_a_phone import amina, phone, running, sqlite_template

__all__ = ["amina", "phone", "running", "sqlite_template"]

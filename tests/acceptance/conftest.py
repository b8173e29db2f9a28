"""The phone of the screens' own tests, and the one with a real centre."""

from tests.steps.at_a_phone import amina, phone, running, sqlite_template
from tests.steps.ui.fixtures import app, device, session

__all__ = ["amina", "app", "device", "phone", "running", "session", "sqlite_template"]

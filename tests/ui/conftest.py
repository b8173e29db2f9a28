"""A phone in a folder of its own, a nurse at it, and the app on a page."""

from tests.steps.ui.fixtures import app, device, session

__all__ = ["app", "device", "session"]

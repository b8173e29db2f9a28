"""The phone of the screens' own tests: a folder of its own, a nurse at it, the app on a page."""

from tests.ui.conftest import app, device, session

__all__ = ["app", "device", "session"]

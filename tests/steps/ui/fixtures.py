"""A phone in a folder of its own, a nurse at it, and the app on a page."""

from collections.abc import AsyncIterator, Iterator

import pytest

from field_app.phone.phone import Phone
from field_app.phone.session import Session
from field_app.ui.phone.start import open_app
from tests.steps.ui.harness import App, phone, signed_in


@pytest.fixture
def device(tmp_path) -> Iterator[Phone]:
    made = phone(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(device: Phone) -> Session:
    return signed_in(device)


@pytest.fixture
async def app(device: Phone, session: Session) -> AsyncIterator[App]:
    """The app, signed in, at home."""
    async with App(lambda page: open_app(page, device)) as made:
        made.made.enter(session, "amara")
        await made.until(lambda: made.has("new-incident"))
        yield made

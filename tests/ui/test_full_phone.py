"""A nurse whose phone is full: she gets in, reads and types; what cannot be kept is said, and stays on the screen."""

import flet as ft
import pytest

from field_app.ui.phone.start import open_app
from tests.steps.small_disk import RESERVE, fill, small_disk
from tests.steps.ui.harness import PIN, App, phone, signed_in
from tests.steps.ui.incident import at


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", "8m") as folder:
        yield folder


@pytest.fixture
def full(disk):
    """A phone with an incident on it: what fills its disk and starts the app again, and the incident."""
    made = phone(disk / "phone")
    incident_id = signed_in(made).new_incident()
    made.close()

    def start(*, reserve: bool):
        if not reserve:
            (disk / "phone" / RESERVE).unlink()
        fill(disk)
        return phone(disk / "phone")

    return start, incident_id


async def unlock(app):
    await app.until(lambda: app.has("pin"))
    await app.type("pin", PIN)
    await app.tap("sign-in")
    await app.until(lambda: app.has("new-incident"))


async def test_with_the_reserve_she_goes_on_and_is_told(full):
    start, _ = full
    device = start(reserve=True)
    async with App(lambda page: open_app(page, device)) as app:
        await unlock(app)
        assert app.says("This phone’s storage is full")
        await app.tap("new-incident")
        await app.until(lambda: app.has("next-step"))
        await app.tap("next-step")
        await app.until(lambda: len(app.made.session.store.incidents()) == 2)
        await app.go("/records")
        await app.until(lambda: app.says("delete photographs or apps"))
        assert len(app.made.session.store.incidents()) == 2
    device.close()


async def test_without_a_byte_she_reads_and_what_she_types_stays_until_it_can_be_kept(full, disk):
    start, incident_id = full
    device = start(reserve=False)
    async with App(lambda page: open_app(page, device)) as app:
        await unlock(app)
        assert app.has(f"incident-{incident_id}")
        await at(app, incident_id, "incident", "location")
        await app.type("answer-location", "Mill Road")
        await app.until(lambda: app.says("Free some space now"))
        assert app.inside("answer-location", ft.TextField).value == "Mill Road"
        (disk / "photographs").unlink()
        await app.change("answer-location", "Mill Road 3")
        await app.blur("answer-location")
        await app.until(lambda: any(draft.answers for draft in app.made.session.store.drafts()))
        await app.tap("back")
        await app.until(lambda: app.made.session.store.incident(incident_id).one("incident").values.get("location"))
    device.close()

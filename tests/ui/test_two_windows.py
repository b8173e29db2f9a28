"""The same section open in two windows: each shows what the other gave, and a clash in both where they differ."""

import flet as ft

from field_app.ui.phone.start import open_app
from tests.steps.ui.harness import PIN, App
from tests.steps.ui.incident import at


async def opened(app, device, incident_id):
    app.made.enter(device.unlock("amara", PIN), "amara")
    await at(app, incident_id, "person", "given_name")


async def test_two_windows_show_what_the_other_gave_and_a_clash_to_settle(device, session):
    incident_id = session.new_incident()
    async with App(lambda page: open_app(page, device)) as here, App(lambda page: open_app(page, device)) as there:
        for app in (here, there):
            await opened(app, device, incident_id)
        await here.type("answer-family_name", "Okafor")
        await there.tap("answer-identity_status-stated")
        await there.until(lambda: there.inside("answer-family_name", ft.TextField).value == "Okafor")
        await here.type("answer-given_name", "Mary")
        await there.type("answer-given_name", "Marie")
        for app in (here, there):
            await app.until(lambda app=app: app.has("clash-given_name"))
            assert app.says("Mary")
            assert app.says("Marie")
        await here.tap("use-given_name-0")
        await here.until(lambda: not session.store.incident(incident_id).clashes)
        for app in (here, there):
            await app.tap("back")
        await here.until(lambda: not session.store.drafts())
        record = session.store.incident(incident_id).one("person")
        assert record.values["given_name"] in ("Mary", "Marie")
        assert record.values["family_name"] == "Okafor"
        assert record.values["identity_status"] == "stated"
        assert record.clashes == {}

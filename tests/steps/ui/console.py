"""The console on a page: the line that can be cut, what phones have laid, and the steps of who sits at the desk."""

from types import SimpleNamespace
from typing import Any

import httpx

from demo import PASSWORD
from sync.core.times import instant
from tests.steps.centre.running import Phone
from tests.steps.ui.harness import App


class Line(httpx.HTTPTransport):
    """The line to the centre, which can be cut."""

    cut = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        return super().handle_request(request)


def begin(phone: Phone, name: str = "Ada", **answers: Any) -> str:
    """An incident with a person in it, on the phone only."""
    now = instant(phone.running.clock())
    incident = phone.record({
        "nature": "mh_primary", "location": "Elizabeth Way bridge", "cad_ref": "CC-0412",
        "arrived": {"at": now, "source": "tapped"}, **answers,
    }).incident_id  # fmt: skip
    phone.record(
        {"identity_status": "stated", "given_name": name, "family_name": "Example"}, incident=incident, kind="person"
    )
    return incident


def signed(phone: Phone, name: str = "Ada", **answers: Any) -> str:
    """A signed incident, received by the centre."""
    incident = begin(phone, name, **answers)
    phone.sign(incident)
    assert phone.sync().code == ""
    return incident


def clashing(phone: Phone, other: Phone, incident: str) -> None:
    """Both say where it was, and neither has seen what the other said."""
    for one, where in ((phone, "North side"), (other, "South steps")):
        one.sync()
        one.record({"location": where}, incident=incident, record_id=incident)
    for one in (phone, other):
        assert one.sync().code == ""


async def enter(app: App, username: str = "ruth.okoro") -> None:
    await app.type("username", username)
    await app.type("password", PASSWORD)
    await app.tap("sign-in")
    await app.until(lambda: app.has("who"))


async def review(app: App, incident_id: str) -> None:
    await app.tap("go-review")
    await app.until(lambda: app.has("queue-" + incident_id))
    await app.tap("queue-" + incident_id)
    await app.until(lambda: app.has("record-" + incident_id) and app.has("signature"))


async def open_record(app: App, incident_id: str) -> None:
    await app.tap("go-records")
    await app.until(lambda: app.has("row-" + incident_id))
    await app.tap("row-" + incident_id)


def press(app: App, key: str) -> None:
    app.made.key(SimpleNamespace(key=key, ctrl=False, alt=False, meta=False))

"""A real centre in this process, a nurse's device with a signed incident, and a supervisor's desk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo import PASSWORD
from field_app.desk.desk import Desk
from field_app.packs import FetchedPacks
from sync.api.settings import database_url
from sync.core.times import instant
from tests.builders import SHIPPED
from tests.centre.running import Clock, Phone, Running, serving


class Line(httpx.HTTPTransport):
    """The line to the centre, which can be cut."""

    cut = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        return super().handle_request(request)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "data").mkdir()
    with serving(database_url("", tmp_path / "data"), tmp_path / "data", Clock()) as it:
        yield it


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def make_desk(running: Running, line: Line) -> Iterator[Callable[[], Desk]]:
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(running.url, FetchedPacks(SHIPPED), transport=line))
        return made[-1]

    yield make
    for desk in made:
        desk.client.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    """Ruth's, the supervisor."""
    made = make_desk()
    made.sign_in("ruth.okoro", PASSWORD)
    return made


@pytest.fixture
def phone(running: Running) -> Phone:
    """Amina's."""
    return running.device()


def begin(phone: Phone, name: str = "Ada", **answers: Any) -> str:
    """An incident with a person in it, on the phone only."""
    now = instant(phone.running.clock())
    incident = phone.record({
        "nature": "mh_primary", "location": "Elizabeth Way bridge", "cad_ref": "CC-0412", "arrived": {"at": now, "source": "tapped"},
        **answers,
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

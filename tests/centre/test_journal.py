"""What is logged: ids, codes and numbers, and never a word of a record, a name or a password."""

import json
import logging
from pathlib import Path

import pytest

from demo import PASSWORD
from sync.api.logging import ALLOWED, JsonLines, note
from sync.core.canonical import canonical
from tests.steps.centre.running import Phone, Running, new_id

CANARIES = ("Marigold", "Thistlewood", "9992469145", "parapet", PASSWORD)


@pytest.fixture
def lines():
    """Every line that anything logs, as it would be written."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    keep, root, own = Keep(), logging.getLogger(), logging.getLogger("alongside.centre")
    keep.setFormatter(JsonLines())
    before = root.level, own.level
    root.addHandler(keep)
    root.setLevel(logging.DEBUG)
    own.setLevel(logging.INFO)
    yield found
    root.removeHandler(keep)
    root.setLevel(before[0])
    own.setLevel(before[1])


def test_no_line_holds_anything_of_a_record(lines, running: Running, phone: Phone, monkeypatch) -> None:
    change = phone.record({"location": "standing on the parapet", "cad_ref": "9992469145"})
    phone.record({"given_name": "Marigold", "family_name": "Thistlewood", "nhs_number": "9992469145"},
                 incident=change.incident_id, kind="person")  # fmt: skip
    phone.record({"arrived": {"at": "Marigold"}, "Thistlewood": "parapet"}, incident=change.incident_id)
    phone.sync()
    phone.client.incidents(q="Marigold Thistlewood")
    phone.client.incident(change.incident_id)
    for path in (
        "/Marigold",
        "/v1/incidents/Marigold",
        "/v1/devices?limit=Marigold&q=parapet",
        "/v1/Thistlewood?x=9992469145",
    ):
        phone.get(path)
    phone.search(q="Marigold", limit="Thistlewood", parapet="parapet")
    phone.post(b"Marigold Thistlewood")
    phone.post([*phone.lines()[:1], {"t": "batch", "first": "Marigold"}])
    with running.http() as http:
        http.post("/v1/sign-in", json={"username": "Marigold", "password": PASSWORD})
        http.get("/v1/devices", headers={"authorization": "Bearer Marigold"})
    monkeypatch.setattr(
        "sync.api.storage.projections.label", lambda incident: {}[incident.one("person").values["given_name"]]
    )
    phone.record({"location": "parapet"}, incident=change.incident_id)
    phone.sync()
    monkeypatch.setattr("sync.api.routes.incidents.whole", lambda *_: {}["Marigold"])
    assert phone.get(f"/v1/incidents/{new_id()}").json()["code"] == "centre_fault"
    text = "\n".join(lines)
    assert not [canary for canary in CANARIES if canary in text]
    assert '"event": "view_failed"' in text
    assert '"event": "fault"' in text
    assert '"error": "KeyError"' in text


def test_a_request_is_one_line_with_its_pattern_and_time(lines, running: Running, phone: Phone) -> None:
    incident = phone.record({"location": "Old Bridge"}).incident_id
    phone.sync()
    phone.client.incident(incident)
    found = [json.loads(line) for line in lines]
    requests = [line for line in found if line["event"] == "request"]
    synced, read = requests[-2:]
    assert (synced["route"], synced["status"], synced["changes"], synced["batches"]) == ("/v1/sync", 200, 1, 1)
    assert synced["device_id"] == phone.device.device_id
    assert isinstance(synced["ms"], int)
    assert (read["route"], read["practitioner_id"]) == ("/v1/incidents/{incident_id}", "amina.yusuf")
    assert all(set(line) <= ALLOWED for line in found)


def test_a_field_that_is_not_on_the_list_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a field"):
        note("request", location="Old Bridge")


def test_the_database_holds_no_canary_outside_the_tables_that_may(
    running: Running, phone: Phone, tmp_path: Path
) -> None:
    """A stolen log of reads, sessions or devices tells nothing of a person."""
    from sqlalchemy import select

    from sync.api.storage.schema import change_log, device, metadata, read_log, session

    change = phone.record({"location": "parapet"})
    phone.record({"given_name": "Marigold"}, incident=change.incident_id, kind="person")
    phone.sync()
    phone.client.incidents(q="Marigold")
    phone.client.incident(change.incident_id)
    with running.db.read() as conn:
        for table in (read_log, session, device, metadata.tables["sign_in_failure"]):
            assert "Marigold" not in str(conn.execute(select(table)).all())
        columns = [column for column in change_log.columns if column.name != "body"]
        assert "Marigold" not in str(conn.execute(select(*columns)).all())
    assert canonical({})

"""What one side leaves out of a `c` line, the other puts back: the client of the page, and the project's own."""

import json
from itertools import count

import pytest

from demo import PASSWORD
from sync.domain.records.standing import document as our_document
from sync.protocol.messages import Change
from tests.independent.client import Client
from tests.independent.compact import compact
from tests.independent.derived import now, nth_record
from tests.independent.fold import document
from tests.steps.centre.running import Phone, new_id


def awkward(incident: str) -> list[dict]:
    """Patches whose texts a compact line writes otherwise than they are, or nearly so."""
    instants = {"at": "0001-01-01T00:00:00.000Z", "till": "9999-12-31T23:59:59.999Z", "no": "2026-02-30T00:00:00.000Z"}
    return [
        {"unknown_note": "~", "unknown_b": "~~", "unknown_c": "~12", "unknown_d": "~uABC", "unknown_e": "~-4 ~s"},
        {"unknown_list": [now(), "~h", [incident, {"at": "1969-12-31T23:59:59.999Z", "~name": incident.upper()}]]},
        {"unknown_event": instants},
        {"unknown_bytes": ["0f" * 32, "0F" * 32, "A" * 86, "A" * 85 + "B", "-_" * 43, "f" * 63]},
        {"unknown_spelling": ["2026-11-22T24:00:00.000Z", "2026-11-22T15:41:02Z", "2026-11-22T15:41:60.000Z", ""]},
    ]


def of_an_incident(seal, begin) -> list[str]:
    """One incident with awkward answers and two persons; `occurred_at` comes, stays, goes and comes back."""
    incident = new_id()
    ids = [seal(incident, incident, "incident", patch) for patch in [{"location": "1 Mill Road"}, *awkward(incident)]]
    persons = [begin(incident), begin(incident)]
    occurred = [{"occurred_at": now()}, {"occurred_at": None}, {"occurred_at": None}, {}, {"occurred_at": now()}, {}]
    for step, at in enumerate(occurred):
        ids.append(seal(incident, persons[step % 2], "person", {"given_name": f"~{step}"}, **at))
    return ids


def by_the_client(client: Client) -> list[str]:
    return of_an_incident(
        lambda incident, record, kind, patch, **more: client.change(incident, patch, record, kind=kind, **more),
        client.begin,
    )


def by_our_device(phone: Phone) -> list[str]:
    numbers = count(1)
    return of_an_incident(
        lambda *about, **more: phone.device.seal(*about, **more).change_id,
        lambda incident: nth_record(incident, phone.device.device_id, next(numbers)),
    )


def in_the_log_of(phone: Phone) -> dict[str, dict]:
    """The bodies of others' changes that this phone has pulled."""
    changes = (entry.change for entry in phone.device.log.values())
    return {change.change_id: change.body for change in changes if isinstance(change, Change)}


def test_what_our_device_leaves_out_this_client_puts_back(client, toms):
    ids = by_our_device(toms)
    lines = [line for line in toms.lines(toms.batch(toms.device.waiting)) if line["t"] == "c"]
    assert not any("nonce" in line for line in lines[1:] if isinstance(line["recorded_at"], int))
    assert {line["record_id"] for line in lines} >= {-1, -2}
    toms.sync()
    client.sync()
    for change in toms.device.changes:
        assert client.bodies[change.change_id] == change.body
    assert set(ids) <= client.log.keys()


def test_what_this_client_leaves_out_our_device_puts_back(client, toms):
    ids = by_the_client(client)
    lines = [line for line in client.batch_lines(client.waiting()) if line["t"] == "c"]
    as_text = [line for line in lines if isinstance(line["recorded_at"], str)]
    assert len(as_text) == 2  # `occurred_at` is gone, twice
    assert [line for line in lines if "nonce" in line] == [lines[0], *as_text]
    assert {line["record_id"] for line in lines} >= {-1, -2}
    response = client.sync()
    assert (response["resend"], response["verdict"]) == ([], [])
    toms.sync()
    assert in_the_log_of(toms) == {change_id: client.bodies[change_id] for change_id in ids}


def test_both_write_a_batch_line_for_line_alike(toms):
    by_our_device(toms)
    changes = toms.device.waiting
    numbers = {change.change_id: change.device_seq for change in changes}
    bodies = [change.body for change in changes]
    ours = [line for line in toms.lines(toms.batch(changes)) if line["t"] == "c"]
    assert ours == [{"t": "c", **compact(body, bodies[:place], numbers)} for place, body in enumerate(bodies)]


def test_two_devices_in_one_incident_in_pages_cut_in_its_middle(running, client, toms, monkeypatch):
    incident = new_id()
    client.change(incident, {"location": "Mill Road"})
    client.sync()
    toms.sync()
    for step in range(6):
        toms.record({"unknown_note": f"~{step}", "unknown_at": now()}, incident=incident)
        client.change(incident, {"car": f"CJ2{step}"}, client.begin(incident), kind="person")
        client.change(incident, {"nature": f"welfare {step}"})
        for device in (toms, client) if step % 2 else (client, toms):
            device.sync()
    monkeypatch.setattr("sync.api.pull.log_pages.PAGE_ENTRIES", 4)
    for newest in (False, True):
        with Client(running.url) as third:
            third.sign_in("amina.yusuf", PASSWORD)
            response = third.sync(newest=newest)
            while response["end"][-1].get("more"):
                response = third.sync()
            assert third.log.keys() == {row.change_id for row in running.rows()}
            assert third.bodies == {row.change_id: json.loads(row.body) for row in running.rows()}
            assert {change_id: third.bodies[change_id] for change_id in client.bodies} == client.bodies
            assert len(third.kept) > 3
    toms.sync()
    assert our_document(toms.device.incident(incident)) == document(incident, third.bodies)


def test_strokes_and_places_are_spelled_out(client, toms):
    incident = toms.record({"location": "Mill Road"}).incident_id
    toms.record({"given_name": "Peregrine"}, incident=incident, kind="person")
    cosigned = toms.cosign(incident)
    toms.sync()
    client.sync()
    assert client.bodies[cosigned.change_id] == cosigned.body


ODD_STROKES = [
    {"deltas": [[[1, 2, 3], [1, 1, 1]]]},
    {"at": "~5"},
    {},
    [],
    [[]],
    [[[1, 2]]],
    [[[1, 2, True]], "2026-11-22T15:41:02.000Z"],
    "~",
    None,
]


@pytest.mark.parametrize("strokes", ODD_STROKES, ids=repr)
def test_strokes_that_are_none_stay_what_they_are(client, toms, strokes):
    incident = toms.record({"location": "Mill Road"}).incident_id
    theirs = toms.cosign(incident, strokes=strokes)
    assert [verdict.code for verdict in toms.sync().verdicts] == ["own_signature_wrong"]
    client.sync()
    assert client.bodies[theirs.change_id] == theirs.body
    mine = client.change(incident, {"strokes": strokes}, op="cosign")
    assert client.sync()["resend"] == []
    toms.sync()
    assert in_the_log_of(toms)[mine] == client.bodies[mine]

"""The client written from the page signs in, pushes and pulls with the real centre, beside the project's own device."""

import pytest

from demo import PASSWORD
from sync.domain.records.standing import NURSE_STATEMENT
from sync.domain.records.standing import document as our_document
from tests.independent.canonical import digest, sign
from tests.independent.client import Client, Problem, problem_of
from tests.independent.derived import now
from tests.independent.fold import document
from tests.independent.log import ZEROS
from tests.steps.centre.running import new_id


def sealed(client: Client) -> list[str]:
    """Two incidents, one with a person, over three changes each."""
    ids = []
    for place in ("Mill Road, Café", "Old Bridge"):
        incident = new_id()
        ids.append(client.change(incident, {"location": place}))
        ids.append(client.change(incident, {"given_name": "Peregrine"}, record_id=new_id(), kind="person"))
        ids.append(client.change(incident, {"arrived": {"at": now(), "source": "tapped"}}))
    return ids


def test_it_signs_in_pushes_and_gets_receipts_that_verify(running, client):
    ids = sealed(client)
    response = client.sync()
    assert (response["verdict"], response["resend"], response["end"]) == ([], [], [{"t": "end"}])
    assert client.waiting() == []
    rows = {row.change_id: row for row in running.rows()}
    assert set(ids) == set(rows)
    assert [(client.log[change_id].seq, client.log[change_id].at) for change_id in ids] == [
        (rows[change_id].seq, rows[change_id].received_ms) for change_id in ids
    ]
    assert {row.verdict for row in rows.values()} == {"accepted"}
    running.check_chain()


def test_a_wrong_password_is_a_problem(running, client):
    with pytest.raises(Problem) as caught:
        client.sign_in("amina.yusuf", "not the password")
    assert (caught.value.status, caught.value.code) == (401, "sign_in_wrong")


def test_a_repeat_gets_the_same_receipts(running, client):
    ids = sealed(client)
    client.sync()
    receipts = dict(client.log)
    client.log.clear()
    client.sync()
    assert {change_id: client.log[change_id][2:] for change_id in ids} == {
        change_id: receipts[change_id][2:] for change_id in ids
    }
    assert len(running.rows()) == len(ids)


def test_an_earlier_change_is_named_by_its_number_and_anothers_by_its_id(running, client, toms):
    incident = new_id()
    first = client.change(incident, {"location": "Mill Road"})
    client.sync()
    toms.sync()
    theirs = toms.record({"cad_ref": "CC-22112026-0147"}, incident=incident)
    toms.sync()
    client.sync()
    mine = client.change(incident, {"nature": "welfare"}, parents=[theirs.change_id])
    other = client.change(incident, {"car": "CJ21"}, parents=[first])
    both = client.change(incident, {"location": "Old Bridge"}, parents=sorted([mine, other]))
    named = [line["parents"] for line in client.batch_lines([2, 3, 4]) if line["t"] == "c"]
    assert named[:2] == [[theirs.change_id], [-1]]
    assert sorted(named[2]) == [1, 2]
    assert client.sync()["resend"] == []
    assert {row.change_id for row in running.rows()} == {first, theirs.change_id, mine, other, both}


def test_each_pulls_what_the_other_wrote(client, toms):
    theirs = toms.record({"location": "Mill Road, Café", "nature": "welfare"})
    person = toms.record({"given_name": "Peregrine"}, incident=theirs.incident_id, kind="person")
    toms.sync()
    ids = sealed(client)
    client.sync()
    assert client.bodies[theirs.change_id] == theirs.body
    assert client.bodies[person.change_id] == person.body
    assert client.record(theirs.record_id).answers == theirs.patch
    toms.sync()
    incident = client.bodies[ids[0]]["incident_id"]
    assert our_document(toms.device.incident(incident)) == document(incident, client.bodies)
    assert our_document(toms.device.incident(theirs.incident_id)) == document(theirs.incident_id, client.bodies)


def test_a_new_device_pulls_the_newest_first_page_by_page_to_a_whole_range(running, client, toms):
    """The changes are too long to share one page. The line breaks after the first page; nothing comes twice."""

    class Cut(Exception):
        pass

    def cut(_segment):
        raise Cut

    for number in range(6):
        toms.record({"unknown_note": f"{number}" * 160_000})
        toms.sync()
    whole, client.on_segment = client.on_segment, cut
    with pytest.raises(Cut):
        client.sync(newest=True)
    client.on_segment = whole
    verified = client.ranges[client.scope]
    newest = running.rows()[-1]
    assert (verified.head["seq"], verified.head["chain"]) == (newest.seq, newest.chain)
    assert verified.before != ZEROS
    first = len(client.log)
    assert 0 < first < 6
    toms.record({"location": "since then"})
    toms.sync()
    response = client.sync()
    assert problem_of(response) is None
    assert len(response["segment"]) > 2
    assert client.ranges[client.scope].before == ZEROS
    assert set(client.log) == {row.change_id for row in running.rows()}
    assert sum(len(segment.entries) for segment in response["segment"]) == 7 - first


def test_without_a_sign_in_a_push_is_complete(running, client):
    client.token, scope, client.scope = None, client.scope, None
    change_id = client.change(new_id(), {"location": "Mill Road"})
    response = client.sync()
    assert (problem_of(response), client.log[change_id].scope) == (None, scope)
    client.scope = scope
    assert problem_of(client.sync()) == "sign_in_needed"


def test_what_was_recorded_before_the_first_sign_in_is_offered_again_after_it(running, client):
    with Client(running.url) as new:
        new.who = client.who
        change_id = new.change(new_id(), {"location": "Mill Road"})
        with pytest.raises(Problem) as caught:
            new.sync()
        assert (caught.value.status, caught.value.code) == (403, "unknown_device")
        assert new.waiting() == [1]
        new.sign_in("Amina.Yusuf", PASSWORD)
        new.sync()
        assert change_id in new.log


def test_a_signature_made_by_this_client_stands(running, client, toms):
    incident = new_id()
    client.change(incident, {"location": "Mill Road"})
    claim = {
        "digest": digest(document(incident, client.bodies)),
        "statement": NURSE_STATEMENT,
        "author": "amina.yusuf",
        "incident_id": incident,
        "nonce": "EBESExQVFhc",
    }
    signature = sign(client.users["amina.yusuf"], "sign", claim)
    patch = {"digest": claim["digest"], "statement": NURSE_STATEMENT, "signature": signature}
    client.change(incident, patch, op="sign", nonce=claim["nonce"])
    client.change(incident, patch, op="sign")  # the signature names another nonce
    assert [verdict["code"] for verdict in client.sync()["verdict"]] == ["own_signature_wrong"]
    assert [row.void for row in running.rows()] == [False, False, True]
    toms.sync()
    ours = toms.device.incident(incident)
    assert our_document(ours) == document(incident, client.bodies, client.void())
    assert [act.op for act in ours.records[incident].acts] == ["sign"]
    assert list(ours.records[incident].heads) == client.record(incident).heads

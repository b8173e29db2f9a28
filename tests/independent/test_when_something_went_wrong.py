"""Section 9 between the client written from the page and the real centre: resending, gaps, restore, repair."""

import copy
import shutil
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo import PASSWORD
from sync.api.ops.restore import new_epoch
from tests.independent.canonical import Unreadable, sign
from tests.independent.client import Client, Problem, problem_of
from tests.steps.centre.running import Clock, new_id, serving

PLACES = ("Mill Road", "Old Bridge", "High Street")


def test_a_damaged_change_is_asked_for_in_full_and_named(running, client):
    ids = [client.change(new_id(), {"location": place}) for place in PLACES]
    client.bodies[ids[1]] = {**client.bodies[ids[1]], "utc_offset_min": 60}
    response = client.sync()
    assert response["resend"] == [{"t": "resend", "first": 1, "full": True}]
    assert [(one["device_seq"], one["verdict"], one["code"]) for one in response["verdict"]] == [
        (2, "refused", "id_wrong")
    ]
    for _ in range(3):
        client.sync()
    assert client.waiting() == []
    assert {row.change_id for row in running.rows()} == {ids[0], ids[2]}
    assert client.hello()["acked"] == 3


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_batch_signed_by_another_key_is_named(client, signed_in):
    change_id = client.change(new_id(), {"location": "Mill Road"})
    lines, wrong = client.batch_lines, sign(Ed25519PrivateKey.generate(), "batch", {})
    client.batch_lines = lambda numbers, **how: (
        line | ({"sig": wrong} if line["t"] == "sig" else {}) for line in lines(numbers, **how)
    )
    if not signed_in:
        client.token = client.scope = None
    assert [verdict["code"] for verdict in client.sync()["verdict"]] == ["signature_wrong"]
    assert change_id not in client.log


def test_another_key_does_not_open_an_exchange(running, client):
    client.change(new_id(), {"location": "Mill Road"})
    client.key = Ed25519PrivateKey.generate()
    with pytest.raises(Problem) as caught:
        client.sync()
    assert (caught.value.status, caught.value.code) == (403, "hello_wrong")
    assert running.rows() == []


def test_a_device_that_was_put_back_counts_on_above_what_the_centre_has_heard(client):
    for _ in range(3):
        client.sync()
    client.count = 0
    change_id = client.change(new_id(), {"location": "Mill Road"})
    assert problem_of(client.sync()) is None
    assert change_id in client.log
    assert client.count == 4


def test_a_parent_that_the_centre_does_not_have_by_its_number_is_asked_for_in_full(running, client):
    incident = new_id()
    lost = client.change(incident, {"location": "Mill Road"})
    client.bodies[lost] = {**client.bodies[lost], "utc_offset_min": 60}
    client.sync()
    assert client.waiting() == []
    mine = client.change(incident, {"car": "CJ21"}, parents=[lost])
    assert [line["parents"] for line in client.batch_lines([2]) if line["t"] == "c"] == [[-1]]
    response = client.sync()
    assert response["resend"] == [{"t": "resend", "first": 2, "full": True}]
    assert [(verdict["code"], verdict["field"]) for verdict in response["verdict"]] == [("parent_missing", lost)]
    assert client.log[mine].void is False
    assert client.sync()["end"] == [{"t": "end", "gaps": [[1, 1]]}]  # a refused change is named, and stays aside
    assert client.waiting() == []


def test_a_wrong_cursor_is_answered_with_history_differs(client, toms):
    client.change(new_id(), {"location": "Mill Road"})
    client.sync()
    verified = client.ranges[client.scope]
    client.ranges[client.scope] = replace(verified, head={**verified.head, "chain": "7" * 64})
    mine = client.change(new_id(), {"location": "High Street"})
    assert problem_of(client.sync()) == "history_differs"
    assert mine in client.log


def test_a_gap_is_named_and_filled(running, client):
    ids = [client.change(new_id(), {"location": place}) for place in PLACES]
    waiting = client.waiting
    client.waiting = lambda: [3]
    assert client.sync()["end"] == [{"t": "end", "gaps": [[1, 2]]}]
    client.waiting = waiting
    client.sync()
    assert {row.change_id for row in running.rows()} == set(ids)
    running.check_chain()


def test_a_wanted_change_comes_once_more(client, toms):
    theirs = toms.record({"location": "Mill Road"})
    toms.sync()
    mine = client.change(theirs.incident_id, {"car": "CJ21"})
    client.sync()
    kept = dict(client.bodies)
    verified = replace(client.ranges[client.scope])
    for lost in (theirs.change_id, mine):
        del client.bodies[lost]
    client.sync(want=[theirs.change_id, mine])
    assert client.bodies == kept
    assert client.ranges[client.scope] == verified


STATE = ("own", "bodies", "nonces", "begun", "log", "verdicts", "ranges", "kept")  # what lies in a device's folder


def folder_of(client: Client) -> dict:
    return copy.deepcopy({name: getattr(client, name) for name in STATE})


@pytest.mark.parametrize("meanwhile", [0, 1, 3])
def test_changes_of_a_folder_put_back_as_it_was_come_back_whole(running, client, meanwhile):
    client.change(new_id(), {"location": "Mill Road"})
    client.sync()
    before = folder_of(client)
    lost = [client.change(new_id(), {"location": place}) for place in PLACES[1:]]
    client.sync()
    vars(client).update(before)
    mine = [client.change(new_id(), {"location": "Station Road"}) for _ in range(meanwhile)]
    for _ in range(2):
        client.sync()
    assert {*lost, *mine} < client.bodies.keys()
    assert client.waiting() == []
    following = client.bodies[client.change(new_id(), {"location": "Castle Hill"})]
    assert following["device_seq"] == 2 + max(meanwhile, 2)
    client.sync()
    assert {row.change_id for row in running.rows()} == set(client.bodies)
    assert not any(row.void for row in running.rows())


def test_two_copies_of_a_device_come_to_hold_the_same(running, client):
    client.change(new_id(), {"location": "Mill Road"})
    client.sync()
    with Client(running.url, client.key, client.device_id) as twin:
        vars(twin).update(folder_of(client))
        for name in ("token", "scope", "centre_key", "who"):
            setattr(twin, name, getattr(client, name))
        for turn in range(3):
            for one in (client, twin, client, twin):
                one.change(new_id(), {"location": f"{turn}"})
            for one in (client, twin, client):
                one.sync()
        assert client.bodies == twin.bodies
        assert {row.change_id for row in running.rows()} == set(client.bodies)
        assert client.waiting() == twin.waiting() == []


def test_a_number_that_is_not_here_is_spelled_out_in_the_next_response(client, toms):
    mine = client.change(new_id(), {"location": "Mill Road"})
    client.change(new_id(), {"location": "Old Bridge"})
    client.sync()
    del client.own[1], client.bodies[mine], client.log[mine], client.ranges[client.scope]
    with pytest.raises(Unreadable):
        client.sync()
    assert client.hello()["spell_out"] is True
    client.sync()
    assert client.own[1] == mine
    assert "spell_out" not in client.hello()


def test_a_state_check_finds_a_missing_change(client, toms):
    theirs = [toms.record({"location": f"{number} Mill Road"}).change_id for number in range(20)]
    toms.sync()
    for place in PLACES:
        client.change(new_id(), {"location": place})
    client.sync()
    assert client.state_check() == ([], set())
    del client.bodies[theirs[7]]
    buckets, wanted = client.state_check()
    assert (buckets, wanted) == ([int(theirs[7][:2], 16)], {theirs[7]})
    client.sync(want=wanted)
    assert client.state_check() == ([], set())


def test_what_a_restored_centre_lost_comes_back_from_this_client(tmp_path, sqlite_template):
    """Its own change, and a colleague's whose device is gone."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    data.mkdir()
    shutil.copy(sqlite_template, data / "centre.db")
    url = f"sqlite:///{data / 'centre.db'}"
    with serving(url, data, Clock()) as running:
        client = Client(running.url)
        client.sign_in("amina.yusuf", PASSWORD)
        first = client.change(new_id(), {"location": "Mill Road"})
        toms = running.device("tom.ellery")
        client.sync()
    shutil.copytree(data, backup)
    with serving(url, data, Clock()) as running:
        toms = running.device("tom.ellery")
        theirs = toms.record({"location": "Old Bridge"}).change_id
        toms.sync()
        client.http.base_url = running.url
        mine = client.change(new_id(), {"location": "High Street"})
        client.sync()
        assert set(client.log) == {first, theirs, mine}
    shutil.rmtree(data)
    shutil.copytree(backup, data)
    with serving(url, data, Clock()) as running:
        with running.db.write() as conn:
            new_epoch(conn, "alongside", 0, "the disk broke")
        client.http.base_url = running.url
        assert problem_of(client.sync()) is None
        assert (client.waiting(), client.ended) == ([], None)
        rows = {row.change_id: row.verdict for row in running.rows()}
        assert rows.keys() == {first, mine, theirs}
        assert rows[first] == rows[mine] == "accepted"
        running.check_chain()
        client.sync()
        assert set(client.log) == {first, theirs, mine}
        assert client.state_check() == ([], set())
    client.http.close()

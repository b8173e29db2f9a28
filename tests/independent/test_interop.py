"""A client written from docs/protocol.md alone works with the real centre and with the project's own device."""

import ast
import hashlib
import json
import random
import shutil
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo import PASSWORD
from sync.api.ops.restore import new_epoch
from sync.domain.records.fold import fold as our_fold
from sync.domain.records.standing import NURSE_STATEMENT
from sync.domain.records.standing import document as our_document
from sync.protocol.messages import Change
from tests.independent.canonical import Unreadable, canonical, digest, message, public, read, sign, verifies
from tests.independent.client import Client, Problem
from tests.independent.compact import now, nth_record, shorten
from tests.independent.fold import document, fold
from tests.independent.log import ZERO, Span, link
from tests.independent.transport import lines_in
from tests.steps.centre.running import Clock, Phone, new_id, serving
from tests.steps.page import PROTOCOL, example

HERE = Path(__file__).parent
WRITTEN = ("canonical", "client", "compact", "device", "fold", "log", "transport")  # from the page alone


def sealed(client: Client) -> list[str]:
    """Two incidents, one with a person, over three changes each."""
    made = []
    for place in ("Mill Road, Café", "Old Bridge"):
        incident = new_id()
        made.append(client.change(incident, {"location": place}))
        made.append(client.change(incident, {"given_name": "Peregrine"}, record_id=new_id(), kind="person"))
        made.append(client.change(incident, {"arrived": {"at": now(), "source": "tapped"}}))
    return made


def same_record(bodies: dict[str, dict], void=()) -> None:
    """Both folds make the same of these changes."""
    mine = fold(bodies, void)
    ours = our_fold([Change.model_validate(body) for body in bodies.values()], void)
    assert ours.values == mine.answers
    assert {name: [one.value for one in some] for name, some in ours.clashes.items()} == mine.clashes
    assert list(ours.heads) == mine.heads
    assert set(ours.waiting_for) == mine.waiting_for
    assert [act.change_id for act in ours.acts] == mine.acts
    assert all(act.after == mine.ancestors[act.change_id] for act in ours.acts)
    assert (ours.kind, ours.form_version, ours.retracted) == (mine.kind, mine.version, mine.retracted)


def test_the_client_imports_nothing_of_the_project():
    assert {path.stem for path in HERE.glob("*.py")} - {*WRITTEN, "__init__", "conftest"} == {"test_interop"}
    tops = set[str]()
    for name in WRITTEN:
        for node in ast.walk(ast.parse((HERE / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert node.level == 1
                assert node.module in WRITTEN
            elif isinstance(node, ast.ImportFrom):
                tops.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
    assert tops - set(sys.stdlib_module_names) == {"cryptography", "httpx"}


def test_it_signs_in_pushes_and_gets_receipts_that_verify(running, client):
    made = sealed(client)
    report = client.sync()
    assert (report.verdicts, report.resend, report.end) == ([], None, {"t": "end"})
    assert client.waiting() == []
    rows = {row.change_id: row for row in running.rows()}
    assert set(made) == set(rows)
    assert [(client.log[one].seq, client.log[one].at) for one in made] == [
        (rows[one].seq, rows[one].received_ms) for one in made
    ]
    assert {row.verdict for row in rows.values()} == {"accepted"}
    running.check_chain()


def test_a_wrong_password_is_a_problem(running, client):
    with pytest.raises(Problem) as caught:
        client.sign_in("amina.yusuf", "not the password")
    assert (caught.value.status, caught.value.code) == (401, "sign_in_wrong")


def test_a_repeat_gets_the_same_receipts(running, client):
    made = sealed(client)
    client.sync()
    receipts = dict(client.log)
    client.log.clear()
    client.sync()
    assert {one: (client.log[one].seq, client.log[one].at) for one in made} == {
        one: (receipts[one].seq, receipts[one].at) for one in made
    }
    assert len(running.rows()) == len(made)


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
    compact = [line["parents"] for line in client.batch_lines([2, 3, 4], full=False) if line["t"] == "c"]
    assert compact[:2] == [[theirs.change_id], [-1]]
    assert sorted(compact[2]) == [1, 2]
    assert client.sync().resend is None
    assert {row.change_id for row in running.rows()} == {first, theirs.change_id, mine, other, both}


def test_each_pulls_what_the_other_wrote(client, toms):
    theirs = toms.record({"location": "Mill Road, Café", "nature": "welfare"})
    person = toms.record({"given_name": "Peregrine"}, incident=theirs.incident_id, kind="person")
    toms.sync()
    made = sealed(client)
    client.sync()
    assert client.bodies[theirs.change_id] == theirs.body
    assert client.bodies[person.change_id] == person.body
    assert client.record(theirs.record_id).answers == theirs.patch
    toms.sync()
    incident = client.bodies[made[0]]["incident_id"]
    assert our_document(toms.device.incident(incident)) == document(incident, client.bodies)
    assert our_document(toms.device.incident(theirs.incident_id)) == document(theirs.incident_id, client.bodies)


def test_the_fold_agrees_on_a_clash_and_on_its_resolution(client, toms):
    incident = new_id()
    client.change(incident, {"location": "Mill Road", "nature": "welfare"})
    client.sync()
    toms.sync()
    client.change(incident, {"location": "Old Bridge", "car": "CJ21"})
    toms.record({"location": "High Street"}, incident=incident)
    for device in (client, toms, client):
        device.sync()
    here = {one: body for one, body in client.bodies.items() if body["record_id"] == incident}
    assert sorted(client.record(incident).clashes["location"]) == ["High Street", "Old Bridge"]
    same_record(here)
    assert len(toms.device.incident(incident).records[incident].clashes["location"]) == 2

    client.change(incident, {"location": "Old Bridge"}, op="resolve")
    client.sync()
    toms.sync()
    here = {one: body for one, body in client.bodies.items() if body["record_id"] == incident}
    assert client.record(incident).clashes == {}
    same_record(here)
    assert toms.device.incident(incident).records[incident].values == client.record(incident).answers


@pytest.mark.parametrize("seed", range(40))
def test_the_fold_agrees_on_any_history(seed):
    chance = random.Random(seed)
    client = Client("http://centre.invalid", device_id=new_id())
    client.who = {"practitioner_id": "amina.yusuf", "role": "nurse"}
    record, made = new_id(), []
    for step in range(14):
        parents = sorted(chance.sample(made, min(len(made), chance.randint(0, 3))))
        patch = {name: chance.choice([1, True, "1", None, [1]]) for name in chance.sample("abc", chance.randint(0, 2))}
        op = chance.choice(["set", "set", "set", "resolve", "acknowledge", "sign", "review", "retract"])
        about = {"op": op, "parents": parents, "form_version": chance.randint(1, 3)}
        made.append(client.change(record, patch, nonce=f"nonce{step:06}", **about))
    here = dict(chance.sample(list(client.bodies.items()), 11))
    void = set(chance.sample(sorted(here), chance.randint(0, 3)))
    same_record(here)
    same_record(here, void)
    client.http.close()


def test_a_new_device_pulls_the_newest_first_page_by_page_to_a_whole_span(running, client, toms):
    """The changes are too long to share one page. The line breaks after the first page; nothing comes twice."""

    class Cut(Exception):
        pass

    def cut(run):
        raise Cut

    for number in range(6):
        toms.record({"unknown_note": f"{number}" * 160_000})
        toms.sync()
    with pytest.raises(Cut):
        client.sync(cut, newest=True)
    span = client.spans[client.scope]
    newest = running.rows()[-1]
    assert (span.head["seq"], span.head["chain"]) == (newest.seq, newest.chain)
    assert span.before != ZERO
    first = len(client.log)
    assert 0 < first < 6
    toms.record({"location": "since then"})
    toms.sync()
    report = client.sync()
    assert report.problem is None
    assert len(report.runs) > 2
    assert client.spans[client.scope].before == ZERO
    assert set(client.log) == {row.change_id for row in running.rows()}
    assert sum(len(run.entries) for run in report.runs) == 7 - first


def test_a_damaged_change_is_asked_for_in_full_and_named(running, client):
    made = [client.change(new_id(), {"location": place}) for place in ("Mill Road", "Old Bridge", "High Street")]
    client.bodies[made[1]] = {**client.bodies[made[1]], "utc_offset_min": 60}
    report = client.sync()
    assert report.resend == {"t": "resend", "first": 1, "full": True}
    assert [(one["device_seq"], one["verdict"], one["code"]) for one in report.verdicts] == [(2, "refused", "id_wrong")]
    for _ in range(3):
        client.sync()
    assert client.waiting() == []
    assert {row.change_id for row in running.rows()} == {made[0], made[2]}
    assert client.hello()["acked"] == 3


@pytest.mark.parametrize("known", [True, False])
def test_a_signature_by_another_key_is_named_to_anybody(client, known):
    made = client.change(new_id(), {"location": "Mill Road"})
    client.key = Ed25519PrivateKey.generate()
    if not known:
        client.token = client.scope = None
    assert [one["code"] for one in client.sync().verdicts] == ["signature_wrong"]
    assert made not in client.log


def test_a_parent_that_the_centre_does_not_have_by_its_number_is_asked_for_in_full(running, client):
    incident = new_id()
    lost = client.change(incident, {"location": "Mill Road"})
    client.bodies[lost] = {**client.bodies[lost], "utc_offset_min": 60}
    client.sync()
    assert client.waiting() == []
    mine = client.change(incident, {"car": "CJ21"}, parents=[lost])
    assert [line["parents"] for line in client.batch_lines([2], full=False) if line["t"] == "c"] == [[-1]]
    report = client.sync()
    assert report.resend == {"t": "resend", "first": 2, "full": True}
    assert [(one["code"], one["field"]) for one in report.verdicts] == [("parent_missing", lost)]
    assert client.log[mine].void is False
    assert client.sync().end == {"t": "end", "gaps": [[1, 1]]}  # a refused change is named, and stays aside
    assert client.waiting() == []


def test_what_was_recorded_before_the_first_sign_in_is_offered_again_after_it(running, client):
    with Client(running.url) as new:
        new.who = client.who
        made = new.change(new_id(), {"location": "Mill Road"})
        report = new.sync()
        assert [one["code"] for one in report.verdicts] == [report.problem] == ["unknown_device"]
        assert new.waiting() == []
        new.sign_in("Amina.Yusuf", PASSWORD)
        new.sync()
        assert made in new.log


def test_a_wrong_cursor_is_answered_with_history_differs(client, toms):
    sealed(client)
    client.sync()
    held = client.spans[client.scope]
    client.spans[client.scope] = Span(held.first, held.before, {**held.head, "chain": "7" * 64})
    mine = client.change(new_id(), {"location": "High Street"})
    report = client.sync()
    assert report.problem == "history_differs"
    assert mine in client.log


def test_a_wanted_change_comes_once_more(client, toms):
    theirs = toms.record({"location": "Mill Road"})
    toms.sync()
    mine = client.change(theirs.incident_id, {"car": "CJ21"})
    client.sync()
    kept = dict(client.bodies)
    span = client.spans[client.scope]
    for lost in (theirs.change_id, mine):
        del client.bodies[lost]
    client.sync(want=[theirs.change_id, mine])
    assert client.bodies == kept
    assert client.spans[client.scope] == span


def test_a_state_check_finds_a_missing_change(client, toms):
    theirs = [toms.record({"location": f"{number} Mill Road"}).change_id for number in range(20)]
    toms.sync()
    sealed(client)
    client.sync()
    assert client.state_check() == ([], set())
    del client.bodies[theirs[7]]
    buckets, wanted = client.state_check()
    assert (buckets, wanted) == ([int(theirs[7][:2], 16)], {theirs[7]})
    client.sync(want=wanted)
    assert client.state_check() == ([], set())


def test_a_gap_is_named_and_filled(running, client):
    made = [client.change(new_id(), {"location": place}) for place in ("Mill Road", "Old Bridge", "High Street")]
    waiting = client.waiting
    client.waiting = lambda: [3]
    assert client.sync().end == {"t": "end", "gaps": [[1, 2]]}
    client.waiting = waiting
    client.sync()
    assert {row.change_id for row in running.rows()} == set(made)
    running.check_chain()


def test_without_a_sign_in_a_push_is_complete(running, client):
    client.token, scope, client.scope = None, client.scope, None
    made = client.change(new_id(), {"location": "Mill Road"})
    report = client.sync()
    assert (report.problem, client.log[made].scope) == (None, scope)
    client.scope = scope
    assert client.sync().problem == "sign_in_needed"


def test_a_signature_made_by_this_client_stands(running, client, toms):
    incident = new_id()
    client.change(incident, {"location": "Mill Road"})
    nonce = "EBESExQVFhc"
    claim = {
        "digest": digest(document(incident, client.bodies)), "statement": NURSE_STATEMENT,
        "author": "amina.yusuf", "incident_id": incident, "nonce": nonce,
    }  # fmt: skip
    signature = sign(client.users["amina.yusuf"], "sign", claim)
    patch = {"digest": claim["digest"], "statement": NURSE_STATEMENT, "signature": signature}
    client.change(incident, patch, op="sign", nonce=nonce)
    client.change(incident, patch, op="sign")  # the signature names another nonce
    assert [one["code"] for one in client.sync().verdicts] == ["own_signature_wrong"]
    assert [row.void for row in running.rows()] == [False, False, True]
    toms.sync()
    ours = toms.device.incident(incident)
    assert our_document(ours) == document(incident, client.bodies, client.void())
    assert [act.op for act in ours.records[incident].acts] == ["sign"]
    assert list(ours.records[incident].heads) == client.record(incident).heads


def awkward(incident: str) -> list[dict]:
    """Patches whose texts a compact line writes otherwise than they are, or nearly so."""
    return [
        {"unknown_note": "~", "unknown_b": "~~", "unknown_c": "~12", "unknown_d": "~uABC", "unknown_e": "~-4 ~s"},
        {"unknown_list": [now(), "~h", [incident, {"at": "1969-12-31T23:59:59.999Z", "~name": incident.upper()}]]},
        {
            "unknown_event": {
                "at": "0001-01-01T00:00:00.000Z",
                "till": "9999-12-31T23:59:59.999Z",
                "no": "2026-02-30T00:00:00.000Z",
            }
        },
        {"unknown_bytes": ["0f" * 32, "0F" * 32, "A" * 86, "A" * 85 + "B", "-_" * 43, "f" * 63]},
        {"unknown_spelling": ["2026-11-22T24:00:00.000Z", "2026-11-22T15:41:02Z", "2026-11-22T15:41:60.000Z", ""]},
    ]


def of_an_incident(record, begin, nth: int) -> list[str]:
    """One incident with awkward answers and two persons; `occurred_at` comes, stays, goes and comes back."""
    incident = new_id()
    made = [
        record(incident, incident, "incident", patch)
        for patch in [{"location": f"{nth} Mill Road"}, *awkward(incident)]
    ]
    persons = [begin(incident), begin(incident)]
    for step, at in enumerate(
        [{"occurred_at": now()}, {"occurred_at": None}, {"occurred_at": None}, {}, {"occurred_at": now()}, {}]
    ):
        made.append(record(incident, persons[step % 2], "person", {"given_name": f"~{step}"}, **at))
    return made


def by_the_client(client: Client, nth: int) -> list[str]:
    return of_an_incident(
        lambda incident, record, kind, patch, **more: client.change(incident, patch, record, kind=kind, **more),
        client.begin,
        nth,
    )


def by_our_device(phone: Phone, nth: int) -> list[str]:
    begun = count(1)
    return of_an_incident(
        lambda *about, **more: phone.device.seal(*about, **more).change_id,
        lambda incident: nth_record(incident, phone.device.device_id, next(begun)),
        nth,
    )


def held_by(phone: Phone) -> dict[str, dict]:
    return {entry.change.change_id: entry.change.body for entry in phone.device.log.values()}


def test_what_our_device_leaves_out_this_client_puts_back(client, toms):
    made = by_our_device(toms, 1)
    lines = [line for line in toms.lines(toms.batch(toms.device.waiting)) if line["t"] == "c"]
    assert not any("nonce" in line for line in lines[1:] if isinstance(line["recorded_at"], int))
    assert {line["record_id"] for line in lines} >= {-1, -2}
    toms.sync()
    client.sync()
    for change in toms.device.changes:
        assert client.bodies[change.change_id] == change.body
    assert set(made) <= client.log.keys()


def test_what_this_client_leaves_out_our_device_puts_back(client, toms):
    made = by_the_client(client, 1)
    lines = [line for line in client.batch_lines(client.waiting(), full=False) if line["t"] == "c"]
    assert sum("nonce" not in line for line in lines) == len(made) - 1
    assert {line["record_id"] for line in lines} >= {-1, -2}
    assert sum(isinstance(line["recorded_at"], str) for line in lines) == 2  # `occurred_at` is gone, twice
    report = client.sync()
    assert (report.resend, report.verdicts) == (None, [])
    toms.sync()
    assert held_by(toms) == {change_id: client.bodies[change_id] for change_id in made}


def test_both_write_a_batch_line_for_line_alike(toms):
    by_our_device(toms, 1)
    changes = toms.device.waiting
    own = {change.change_id: change.device_seq for change in changes}
    ours = [line for line in toms.lines(toms.batch(changes)) if line["t"] == "c"]
    for place, line in enumerate(ours):
        before = [change.body for change in changes[:place]]
        written = {"t": "c", **shorten(changes[place].body, before, own)}
        if isinstance(line["recorded_at"], str):
            written["nonce"] = changes[place].nonce  # ours leaves out nothing of such a line, though it might
        assert written == line


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
            report = third.sync(newest=newest)
            while report.end and report.end.get("more"):
                report = third.sync()
            assert third.log.keys() == {row.change_id for row in running.rows()}
            assert third.bodies == {row.change_id: json.loads(row.body) for row in running.rows()}
            assert {one: third.bodies[one] for one in client.bodies} == client.bodies
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


@pytest.mark.parametrize("strokes", [{"deltas": [[[1, 2, 3], [1, 1, 1]]]}, {"at": "~5"}, {}])
def test_strokes_that_are_an_object_stay_what_they_are(client, toms, strokes):
    incident = toms.record({"location": "Mill Road"}).incident_id
    theirs = toms.cosign(incident, strokes=strokes)
    assert [one.code for one in toms.sync().verdicts] == ["own_signature_wrong"]
    client.sync()
    assert client.bodies[theirs.change_id] == theirs.body
    mine = client.change(incident, {"strokes": strokes}, op="cosign")
    assert client.sync().resend is None
    toms.sync()
    assert held_by(toms)[mine] == client.bodies[mine]


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
        report = client.sync()
        assert report.problem is None
        assert (client.waiting(), client.ended) == ([], None)
        rows = {row.change_id: row.verdict for row in running.rows()}
        assert rows.keys() == {first, mine, theirs}
        assert rows[first] == rows[mine] == "accepted"
        running.check_chain()
        client.sync()
        assert set(client.log) == {first, theirs, mine}
        assert client.state_check() == ([], set())
    client.http.close()


# --- section 17, byte for byte -----------------------------------------------------------------------------------------


@pytest.fixture
def worked() -> Iterator[Client]:
    """The device of the worked example, before its first exchange."""
    with Client("http://centre.invalid", key(1), "6f1d2c3b-4a59-4687-9a0b-1c2d3e4f5a6b") as client:
        client.who, client.scope, client.boot_id = (
            {"practitioner_id": "amina.yusuf", "role": "nurse"},
            "team:cambs",
            "boot-1",
        )
        client.centre_key = public(key(3))
        incident = "0b9e7a52-3c41-4d8e-8f27-5a6b7c8d9e0f"
        first = {"monotonic_ms": 81250, "nonce": "AAECAwQFBgc", "recorded_at": "2026-11-22T15:37:40.123Z"}
        second = {"monotonic_ms": 283131, "recorded_at": "2026-11-22T15:41:02.004Z"}
        client.change(incident, {"location": "Mill Road, Café"}, **first)
        client.change(incident, {"arrived": {"at": "2026-11-22T15:41:02.000Z", "source": "tapped"}}, **second)
        yield client


def key(byte: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32)


def test_the_worked_keys_ids_and_bytes(worked):
    names = {"device": 1, "nurse": 2, "centre": 3}
    assert {name: public(key(byte)) for name, byte in names.items()} == json.loads(example("keys"))
    assert list(worked.own.values()) == json.loads(example("ids"))
    assert canonical(worked.bodies[worked.own[1]]) == example("canonical").encode()
    assert len(canonical(worked.bodies[worked.own[1]])) == 534
    claim = {"device_id": worked.device_id, "device_seq": 2, "head": worked.own[2]}
    assert message("batch", claim).decode().replace("\0", "\\0") in PROTOCOL.splitlines()


def test_the_worked_request(worked):
    hello = worked.hello() | {"clock": {"wall": "2026-11-22T15:42:00.000Z"}}
    shown = [read(line.encode()) for line in example("request").splitlines()]
    kept = {name: value for name, value in hello.items() if name in shown[0]}
    assert hello == kept | {"want": []}
    lines = [kept, *worked.batch_lines([1, 2], full=False)]
    assert [canonical(line).decode() for line in lines] == example("request").splitlines()


def test_the_worked_chain_and_answer(worked):
    at = 1795362121500
    chain = [link(ZERO, worked.own[1], 41, at, False)]
    chain.append(link(chain[0], worked.own[2], 42, at, False))
    assert chain == json.loads(example("chain"))
    packed = "".join(line.split()[0] for line in example("link").splitlines())
    assert hashlib.sha256(bytes.fromhex(packed)).hexdigest() == chain[0]
    lines = list(lines_in([example("answer").encode()], packed=False))
    claim = {name: lines[3][name] for name in ("epoch", "scope", "seq", "chain")}
    assert sign(key(3), "head", claim) == lines[3]["signature"]
    assert [canonical(line).decode() for line in lines] == example("answer").splitlines()
    worked.take(lines[1]["before"], lines[2:4], worked.hello())
    assert {one: (entry.seq, entry.at) for one, entry in worked.log.items()} == {
        worked.own[1]: (41, at), worked.own[2]: (42, at)
    }  # fmt: skip
    assert (worked.waiting(), worked.hello()["head"]) == ([], claim)


@pytest.mark.parametrize(
    ("line", "name", "wrong"),
    [
        (0, "at", 1795362121501),
        (0, "seq", 40),
        (0, "n", 1),
        (0, "n", 3),
        (0, "void", True),
        (1, "seq", 43),
        (1, "chain", "7" * 64),
        (1, "scope", "team:other"),
        (1, "epoch", "0000000000000000"),
        (1, "signature", "A" * 86),
    ],
)
def test_a_run_that_does_not_verify_is_not_believed(worked, line, name, wrong):
    lines = [read(one.encode()) for one in example("answer").splitlines()]
    lines[2 + line][name] = wrong
    with pytest.raises(Unreadable):
        worked.take(lines[1]["before"], lines[2:4], worked.hello())
    assert (worked.log, worked.spans, worked.waiting()) == ({}, {}, [1, 2])


def test_the_worked_signatures(worked):
    shown = json.loads(example("signatures"))
    keys = {"public_key": public(key(1)), "user_public_key": public(key(2))}
    assert sign(key(1), "enrol", {"device_id": worked.device_id, "username": "amina.yusuf", **keys}) == shown["proof"]
    incident = worked.bodies[worked.own[1]]["incident_id"]
    assert digest(document(incident, worked.bodies)) == shown["document"]
    claim = {
        "digest": shown["document"], "statement": NURSE_STATEMENT,
        "author": "amina.yusuf", "incident_id": incident, "nonce": "EBESExQVFhc",
    }  # fmt: skip
    assert sign(key(2), "sign", claim) == shown["sign"]
    assert verifies(public(key(2)), "sign", claim, shown["sign"])
    assert not verifies(public(key(2)), "cosign", claim, shown["sign"])


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', "1.0", "1e3", "NaN", "9007199254740992", '"\\ud800"', '{"é":1}', "[" * 17 + "1" + "]" * 17],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(Unreadable):
        read(text.encode())

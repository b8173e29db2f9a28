"""The fold written from the page and the project's own make the same record of the same changes."""

import random

import pytest

from sync.domain.records.fold import fold as our_fold
from sync.protocol.messages import Change
from tests.independent.client import Client
from tests.independent.fold import fold
from tests.steps.centre.running import new_id


def same_record(bodies: dict[str, dict], void=()) -> None:
    """Both folds make the same of these changes."""
    theirs = fold(bodies, void)
    ours = our_fold([Change.model_validate(body) for body in bodies.values()], void)
    assert ours.values == theirs.answers
    assert {name: [given.value for given in both] for name, both in ours.clashes.items()} == theirs.clashes
    assert list(ours.heads) == theirs.heads
    assert set(ours.waiting_for) == theirs.waiting_for
    assert [act.change_id for act in ours.acts] == theirs.acts
    assert all(act.after == theirs.ancestors[act.change_id] for act in ours.acts)
    assert (ours.kind, ours.form_version, ours.retracted) == (theirs.kind, theirs.version, theirs.retracted)


def test_the_fold_agrees_on_a_clash_and_on_its_resolution(client, toms):
    incident = new_id()
    client.change(incident, {"location": "Mill Road", "nature": "welfare"})
    client.sync()
    toms.sync()
    client.change(incident, {"location": "Old Bridge", "car": "CJ21"})
    toms.record({"location": "High Street"}, incident=incident)
    for device in (client, toms, client):
        device.sync()
    assert sorted(client.record(incident).clashes["location"]) == ["High Street", "Old Bridge"]
    same_record({change_id: body for change_id, body in client.bodies.items() if body["record_id"] == incident})
    assert len(toms.device.incident(incident).records[incident].clashes["location"]) == 2

    client.change(incident, {"location": "Old Bridge"}, op="resolve")
    client.sync()
    toms.sync()
    assert client.record(incident).clashes == {}
    same_record({change_id: body for change_id, body in client.bodies.items() if body["record_id"] == incident})
    assert toms.device.incident(incident).records[incident].values == client.record(incident).answers


@pytest.mark.parametrize("seed", range(40))
def test_the_fold_agrees_on_any_history(seed):
    chance = random.Random(seed)
    client = Client("http://centre.invalid", device_id=new_id())
    client.who = {"practitioner_id": "amina.yusuf", "role": "nurse"}
    record, ids = new_id(), []
    for step in range(14):
        parents = sorted(chance.sample(ids, min(len(ids), chance.randint(0, 3))))
        patch = {name: chance.choice([1, True, "1", None, [1]]) for name in chance.sample("abc", chance.randint(0, 2))}
        op = chance.choice(["set", "set", "set", "resolve", "acknowledge", "sign", "review", "retract"])
        about = {"op": op, "parents": parents, "form_version": chance.randint(1, 3)}
        ids.append(client.change(record, patch, nonce=f"nonce{step:06}", **about))
    some = dict(chance.sample(list(client.bodies.items()), 11))
    void = set(chance.sample(sorted(some), chance.randint(0, 3)))
    same_record(some)
    same_record(some, void)
    named = [*chance.sample(sorted(void), chance.randint(0, len(void))), *chance.sample(ids, 1)]
    acceptance = client.change(record, {"changes": named}, op="accept", parents=sorted(some)[:1], nonce="nonce-accept")
    same_record({**some, acceptance: client.bodies[acceptance]}, void)
    same_record({**some, acceptance: client.bodies[acceptance]}, {*void, acceptance})
    client.http.close()

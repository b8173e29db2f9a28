"""What is left out of a change on the wire is put back exactly, whatever the change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import canonical
from sync.compact import Shortener, Unreadable, expand, numbers_named
from tests.builders import Device, uid

points = st.lists(st.integers(-5000, 5000), min_size=3, max_size=3)
drawn = st.lists(st.lists(points, max_size=6), max_size=3)
odd = st.sampled_from([None, "x", 3, [], [[]], [[[1, 2]]], [[[1, 2, True]]], [[1]]])
steps = st.tuples(st.integers(1, 3), st.integers(1, 2), st.booleans(), drawn | odd)


def there_and_back(changes, earlier=None):
    named = {change_id: number for number, change_id in (earlier or {}).items()}
    shorter, before = Shortener(named), []
    for change in changes:
        line = shorter.shorten(change)
        before.append(expand(line, change.device_id, change.device_seq, change.device_prev, before, earlier or {}))
        assert before[-1].change_id == change.change_id
    return before


@given(st.lists(steps, max_size=12))
def test_every_change_comes_back_as_it_was(made):
    device = Device()
    for record, incident, links, strokes in made:
        parents = (device.made[-1].change_id,) if links and device.made else ("f" * 64,)
        patch: dict[str, Any] = {"strokes": strokes} if not links else {"location": "x"}
        op = "set" if links else "cosign"
        device.change(record, patch, incident_id=uid(incident), parents=parents, op=op)
    assert there_and_back(device.made) == device.made


def test_what_was_said_before_is_named_by_its_place():
    device = Device()
    first = device.change(1, {"location": "x"})
    person = device.change(2, {"given_name": "Ida"}, incident_id=uid(1), kind="person")
    again = device.change(1, {"location": "y"}, parents=(first.change_id,))
    shorter = Shortener()
    said = [shorter.shorten(one) for one in (first, person, again)]
    assert [(one["record_id"], one["incident_id"]) for one in said] == [(uid(1), 0), (uid(2), 1), (2, 1)]
    assert said[2]["parents"] == [2]
    for line in said[1:]:
        assert uid(1).encode() not in canonical(line)


def test_an_earlier_change_of_the_device_is_named_by_its_number():
    device = Device()
    first = device.change(1, {"location": "x"})
    second = device.change(1, {"location": "y"}, parents=(first.change_id,))
    line = Shortener({first.change_id: 1}).shorten(second)
    assert line["parents"] == [-1]
    assert numbers_named([line]) == {1}
    assert there_and_back([second], {1: first.change_id}) == [second]


def test_a_signature_on_glass_travels_as_steps():
    device = Device()
    strokes = [[[100, 200, 0], [103, 198, 16], [103, 190, 33]], [[5, 5, 900]]]
    made = device.change(1, {"strokes": strokes, "digest": "d"}, op="cosign")
    assert Shortener().shorten(made)["patch"]["strokes"] == {
        "steps": [[[100, 200, 0], [3, -2, 16], [0, -8, 17]], [[5, 5, 900]]]
    }
    assert there_and_back([made]) == [made]


@pytest.mark.parametrize(
    "wrong",
    [
        {"parents": [1]},
        {"parents": [-4]},
        {"parents": [0]},
        {"parents": 7},
        {"record_id": 1},
        {"record_id": -1},
        {"record_id": 0},
        {"incident_id": 2},
        {"incident_id": -1},
        {"incident_id": None},
        {"patch": None},
        {"op": "cosign", "patch": {"strokes": {"steps": [[[1, 2]]]}}},
        {"op": "cosign", "patch": {"strokes": {"steps": [["x"]]}}},
        {"op": "cosign", "patch": {"strokes": {"other": []}}},
    ],
)
def test_what_leads_nowhere_is_unreadable_and_quotes_nothing(wrong):
    device = Device()
    line = {**Shortener().shorten(device.change(1, {"location": "Marigold"})), **wrong}
    with pytest.raises(Unreadable) as caught:
        expand(line, device.device_id, 1, "0" * 64, [])
    assert "Marigold" not in str(caught.value)

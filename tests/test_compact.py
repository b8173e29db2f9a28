"""What is left out of a change on the wire is put back exactly, whatever the change."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.canonical import canonical, parse
from sync.core.signing import b64
from sync.core.times import instant
from sync.protocol import delta
from sync.protocol.compact import Compactor, Expander, parent_numbers, read_change
from sync.protocol.derived_ids import next_nonce, record_id
from sync.protocol.line_stream import Unreadable
from sync.protocol.messages import Change
from tests.steps.builders import NOON, Device, uid

points = st.lists(st.integers(-5000, 5000), min_size=3, max_size=3)
drawn = st.lists(st.lists(points, max_size=6), max_size=3)
odd = st.sampled_from(
    [None, "x", 3, [], [[]], [[[1, 2]]], [[[1, 2, True]]], [[1]], {}, {"deltas": [[[1, 2, 3]]]}, {"at": "~5"}]
)
steps = st.tuples(st.integers(1, 3), st.integers(1, 2), st.booleans(), drawn | odd)


def there_and_back(changes, earlier=None):
    named = {change_id: number for number, change_id in (earlier or {}).items()}
    compactor, expander, back = Compactor(named), Expander(earlier or {}), []
    for change in changes:
        line = parse(canonical(compactor.compact(change)))
        back.append(expander.expand(line, change.device_id, change.device_seq, change.device_prev))
        assert back[-1].change_id == change.change_id
    return back


instants = st.datetimes(timezones=st.just(UTC)).map(instant) | st.sampled_from(
    ["2026-02-30T00:00:00.000Z", "0000-01-01T00:00:00.000Z"]
)
randoms = (
    st.binary(min_size=64, max_size=64).map(b64)
    | st.binary(min_size=32, max_size=32).map(bytes.hex)
    | st.uuids().map(str)
)
texts = (
    instants | randoms | randoms.map(str.upper) | st.sampled_from(["~", "~5", "~~", "~s", "~hAB", "A" * 64, "-" * 86])
)
values = st.recursive(
    texts | st.none() | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("at"), inner),
)


@given(st.lists(st.tuples(
    st.integers(1, 3), st.integers(1, 2), values, instants, st.booleans(), st.sampled_from(["nurse", "officer"]),
    st.sampled_from([{}, {"occurred_at": None}, {"occurred_at": "2026-11-22T11:00:00.000Z"}]),
), max_size=9))  # fmt: skip
def test_what_follows_from_the_line_before_comes_back_as_it_was(drafts):
    device = Device()
    for number, incident, value, at, follows, role, occurred in drafts:
        record = record_id(uid(incident), device.device_id, number) if follows else uid(number)
        nonces = [change.nonce for change in device.made if change.incident_id == uid(incident)]
        before = nonces[-1] if nonces else "nonce000000"
        about = {
            "recorded_at": at,
            "role": role,
            "monotonic_ms": number,
            "nonce": next_nonce(before) if follows else before,
        }
        body = {**device.change(record, {"note": value}, incident_id=uid(incident), **about).body}
        del body["occurred_at"]
        device.made[-1] = read_change({**body, **occurred})
    assert there_and_back(device.made) == device.made


def test_of_a_second_change_little_is_left():
    device = Device()
    first = device.change(1, {"location": "x"}, recorded_at=instant(NOON))
    device.change(
        record_id(uid(1), device.device_id, 2), {"arrived": {"at": instant(NOON)}}, incident_id=uid(1), kind="contact",
        nonce=next_nonce(first.nonce),
        recorded_at=instant(NOON + timedelta(seconds=9)), monotonic_ms=first.monotonic_ms + 8999,
    )  # fmt: skip
    compactor = Compactor()
    _, line = (compactor.compact(change) for change in device.made)
    assert line == {
        "record_id": -2, "incident_id": 1, "kind": "contact", "parents": [], "recorded_at": 9000, "monotonic_ms": -1,
        "patch": {"arrived": {"at": "~-9000"}},
    }  # fmt: skip


@given(st.lists(steps, max_size=12))
def test_every_change_comes_back_as_it_was(drafts):
    device = Device()
    for record, incident, links, strokes in drafts:
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
    compactor = Compactor()
    lines = [compactor.compact(change) for change in (first, person, again)]
    named = [(delta.decode(line["record_id"], 0), line["incident_id"]) for line in lines]
    assert named == [(uid(1), 0), (uid(2), 1), (2, 1)]
    assert lines[2]["parents"] == [2]
    for line in lines[1:]:
        assert uid(1).encode() not in canonical(line)


def test_an_earlier_change_of_the_device_is_named_by_its_number():
    device = Device()
    first = device.change(1, {"location": "x"})
    second = device.change(1, {"location": "y"}, parents=(first.change_id,))
    line = Compactor({first.change_id: 1}).compact(second)
    assert line["parents"] == [-1]
    assert parent_numbers([line]) == {1}
    assert there_and_back([second], {1: first.change_id}) == [second]


def test_a_signature_on_glass_travels_as_deltas():
    device = Device()
    strokes = [[[100, 200, 0], [103, 198, 16], [103, 190, 33]], [[5, 5, 900]]]
    change = device.change(1, {"strokes": strokes, "digest": "d"}, op="cosign")
    assert Compactor().compact(change)["patch"]["strokes"] == {
        "deltas": [[[100, 200, 0], [3, -2, 16], [0, -8, 17]], [[5, 5, 900]]]
    }
    assert there_and_back([change]) == [change]


@pytest.mark.parametrize("strokes", [{"deltas": [[[1, 2, 3], [1, 1, 1]]]}, {"deltas": {}}, {"at": "~5"}, {}])
def test_strokes_that_are_an_object_are_not_taken_for_deltas(strokes):
    change = Device().change(1, {"strokes": strokes, "digest": "~d"}, op="cosign")
    assert there_and_back([change]) == [change]


def test_a_step_that_could_not_be_read_is_not_written():
    device = Device()
    device.change(1, {}, monotonic_ms=2**53 - 1)
    device.change(1, {}, monotonic_ms=1 - 2**53)
    assert there_and_back(device.made) == device.made


@pytest.mark.parametrize(
    "wrong",
    [
        {"parents": [1]},
        {"recorded_at": 10**15},
        {"recorded_at": -(10**14)},
        {"recorded_at": True},
        {"monotonic_ms": 2**53 - 1},
        {"monotonic_ms": "1"},
        {"record_id": -(2**40), "incident_id": uid(1)},
        {"patch": {"location": "~"}},
        {"patch": {"location": "~+5"}},
        {"patch": {"location": "~ 5"}},
        {"patch": {"location": "~1_0"}},
        {"patch": {"location": "~٥"}},
        {"patch": {"location": "~uAB"}},
        {"patch": {"location": "~hab"}},
        {"patch": {"location": "~9" + 9 * "999999999"}},
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
        {"op": "cosign", "patch": {"strokes": {"deltas": [[[1, 2]]]}}},
        {"op": "cosign", "patch": {"strokes": {"deltas": [["x"]]}}},
        {"op": "cosign", "patch": {"strokes": {"other": []}}},
    ],
)
def test_what_leads_nowhere_is_unreadable_and_quotes_nothing(wrong):
    device = Device()
    line = {**Compactor().compact(device.change(1, {"location": "Marigold"})), **wrong}
    with pytest.raises(Unreadable) as caught:
        Expander().expand(line, device.device_id, 1, "0" * 64)
    assert "Marigold" not in str(caught.value)


# --- a change by itself ------------------------------------------------------------------------------------------


def test_a_bad_change_is_named_by_its_field_and_its_content_is_not_repeated():
    body = Device().change(1, {"location": "Mill Road"}).body
    with pytest.raises(Unreadable) as caught:
        read_change({**body, "recorded_at": "Marigold Thistlewood"})
    assert (caught.value.code, caught.value.part) == ("bad_change", "recorded_at")
    assert "Marigold" not in str(caught.value)
    with pytest.raises(Unreadable, match="change_too_large"):
        read_change({**body, "patch": {"note": "x" * 300_000}})


def test_a_field_of_a_later_version_is_kept_and_counts_in_the_id():
    body = Device().change(1, {"location": "Mill Road"}).body
    newer = read_change({**body, "weather": "rain"})
    assert newer.body["weather"] == "rain"
    assert newer.change_id != read_change(body).change_id
    assert Change.model_validate_json(canonical(newer.body)).change_id == newer.change_id


def test_a_change_does_not_show_its_content():
    change = Device().change(1, {"given_name": "Marigold"})
    assert "Marigold" not in repr(change) + str(change) + f"{change}"


@pytest.mark.parametrize("name", ["seq", "at", "void", "t"])
def test_a_change_may_not_carry_a_name_that_lines_use_themselves(name):
    with pytest.raises(Unreadable, match="bad_change"):
        read_change({**Device().change(1, {"location": "Mill Road"}).body, name: 9})
